/* What the JSON of funnels and reports has in common: values without their names. */
#ifndef ATTIMO_CLI_ANSWER_JSON_H
#define ATTIMO_CLI_ANSWER_JSON_H

#include "base/buf.h"
#include "insight/loss.h"

/* A text; null where `ptr` is NULL. */
void answer_json_text(struct buf *out, struct str text);

/* A number; null for NAN. */
void answer_json_number(struct buf *out, double number);

/* A moment in UTC; null where there is no bound (INT64_MIN, INT64_MAX). */
void answer_json_moment(struct buf *out, int64_t ms);

/* {"page":"/x","app":null}: the values of a group under their keys. */
void answer_json_by(struct buf *out, const struct str *keys, const struct str *values,
                    size_t count);

/* {"bot":63,...}: what is left out. */
void answer_json_loss(struct buf *out, const struct loss *loss);

#endif
