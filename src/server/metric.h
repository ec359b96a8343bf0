/* Metrics as Prometheus reads them (text format 0.0.4). Names are given without `attimo_`, with
 * which all of them begin. */
#ifndef ATTIMO_SERVER_METRIC_H
#define ATTIMO_SERVER_METRIC_H

#include "base/buf.h"

/* What stands before a metric's samples. `type`: "counter", "gauge" or "histogram". */
void metric_begin(struct buf *out, const char *name, const char *type, const char *help);

/* Metrics of one sample. */
void metric_counter(struct buf *out, const char *name, uint64_t value, const char *help);
void metric_gauge(struct buf *out, const char *name, uint64_t value, const char *help);

/* How long things took. */
struct metric_times {
    const double *bounds;    /* of the buckets, in seconds, rising */
    const uint64_t *buckets; /* how many are in each; not cumulative */
    size_t bucket_count;
    uint64_t count; /* of all, those above the last bound too */
    double sum_s;
};
void metric_histogram(struct buf *out, const char *name, const struct metric_times *times,
                      const char *help);

#endif
