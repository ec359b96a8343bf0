/* The recorder's state as machines of the operator read it. */
#ifndef ATTIMO_SERVER_RECORDER_REPORT_H
#define ATTIMO_SERVER_RECORDER_REPORT_H

#include "base/buf.h"
#include "server/recorder.h"

/* Whether events can be written. */
bool recorder_is_good(const struct recorder_state *state);

/* A member of a JSON object: "journal":{...}. */
void recorder_report_json(const struct recorder_state *state, struct buf *out);

/* Prometheus text format 0.0.4. */
void recorder_report_metrics(const struct recorder_state *state, struct buf *out);

#endif
