/* What time the segments of a journal are of, as far as their names tell: one is written to from
 * when it was begun until the next of its node is. Where that one, or today, is before it, the
 * clock was set back, and its events may be of any time. */
#ifndef ATTIMO_INSIGHT_SEGMENT_SPAN_H
#define ATTIMO_INSIGHT_SEGMENT_SPAN_H

#include "journal/segment_list.h"

struct segment_span {
    int64_t begin_ms; /* of it, or of what came behind it with a clock that was set back */
    int64_t end_ms;   /* INT64_MAX: it is the newest of its node */
    bool is_vague;    /* the clock was set back */
};

/* One for each segment of the list, in its order; for the caller to free. Where `now_ms` is 0, the
 * name of the newest is believed. ERR_NO_MEMORY. */
int segment_spans(struct segment_span **out, const struct segment_list *list, int64_t now_ms);

/* Whether it can hold something from `from_ms` on and before `to_ms` (INT64_MIN, INT64_MAX: without
 * bounds), by a clock that is wrong by less than `slack_ms`. */
bool segment_span_meets(const struct segment_span *span, int64_t from_ms, int64_t to_ms,
                        int64_t slack_ms);

#endif
