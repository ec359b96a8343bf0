/* The page views that a report is about, gathered from events in any order.
 *
 * Events are noted in pieces, each by one thread at a time; what the pieces hold is then put
 * together, by several threads too: a page view is always in the same part. */
#ifndef ATTIMO_INSIGHT_REPORT_GATHER_H
#define ATTIMO_INSIGHT_REPORT_GATHER_H

#include "insight/pool.h"
#include "insight/report_keys.h"
#include "insight/settle.h"
#include "insight/tuples.h"

/* What the phone measured. It is cumulative: of several the one with the highest counter stands,
 * then the latest. */
struct report_summary {
    int64_t ms;
    uint64_t seq;
    uint32_t n;
    float values[MEASURE_COUNT]; /* NAN: not measured */
};

struct report_visit {
    uint64_t key;
    int64_t first_ms;
    uint32_t by_view; /* what it carries, by the word of the view and of `seen`; in `carried` */
    uint32_t by_seen;
    uint32_t moments; /* taps and departures, the first in a list; 0: none */
    uint32_t summary; /* 0: none */
    uint8_t flags;
};

enum visit_flag {
    VISIT_VIEW = 1,
    VISIT_SEEN = 2,
    VISIT_ENGAGED = 4,
    VISIT_CLIENT = 8, /* the token is the script's own: there is no view */
    VISIT_BOT = 16,
    VISIT_INTERNAL = 32,
    VISIT_PREFETCH = 64,
    VISIT_READ = 128, /* nearly to its end */
};

/* What a tap or a departure is about: a row of `taps`. */
enum { TAP_EVENT, TAP_CTA, TAP_DEST, TAP_WIDTH };

enum { GATHER_PARTS = 16 };

struct gather_part {
    struct table visits;   /* of struct report_visit */
    struct pool moments;   /* of struct moment; `values` is a number in `taps` */
    struct pool summaries; /* of struct report_summary */
};

struct gather {
    const struct report_query *query;
    struct tuples carried;
    struct tuples taps;
    struct gather_part parts[GATHER_PARTS];
    struct loss loss;
};

struct gather_piece; /* what was noted */

void gather_init(struct gather *gather, const struct report_query *query,
                 const struct report_keys *keys);
void gather_finish(struct gather *gather);

int gather_piece_create(struct gather_piece **out, const struct report_query *query,
                        const struct report_keys *keys);
void gather_piece_destroy(struct gather_piece *piece);

/* Notes an event: the values of its keys, its time, its line. ERR_NO_MEMORY. */
int gather_note(struct gather_piece *piece, const struct str *values, int64_t ms, struct str line);

/* Puts what the pieces hold, in their order, to the rest, and empties them: first gather_meet for
 * each piece, then gather_take for each part, which several threads may do at the same time for
 * several parts, then gather_empty for each piece. ERR_NO_MEMORY. */
int gather_meet(struct gather *gather, struct gather_piece *piece);
int gather_take(struct gather *gather, const struct gather_piece *piece, size_t part);
void gather_empty(struct gather_piece *piece);

/* The value of one of the keys that a page view carries. */
static inline struct str gather_value(const struct gather *gather, uint32_t carried,
                                      enum report_key key)
{
    return tuples_row(&gather->carried, carried)[key - REPORT_PAGE];
}

#endif
