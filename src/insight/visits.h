/* The page views that a question is about, gathered from lines in any order. */
#ifndef ATTIMO_INSIGHT_VISITS_H
#define ATTIMO_INSIGHT_VISITS_H

#include "insight/pool.h"
#include "insight/question.h"
#include "insight/tuples.h"

/* An event that can fill a step, or a click. Of texts there are fingerprints. */
struct moment {
    int64_t ms;
    uint64_t seq;
    uint64_t id;       /* 0: none */
    uint64_t document; /* 0: none */
    uint32_t t;
    uint32_t n;           /* NO_COUNTER: none */
    uint32_t values : 30; /* its own, in `values` */
    uint32_t is_view : 1;
    uint32_t is_click : 1;
    uint32_t next; /* of the same page view; 0: none */
};
#define NO_COUNTER UINT32_MAX

/* The same event when its page view is settled: what takes part in a chain. Ordered by `ms`, `seq`,
 * `visit`, `rank`. */
struct placed {
    int64_t ms; /* when it happened at the latest */
    uint64_t seq;
    uint64_t visit; /* its key */
    uint32_t rank;  /* within the page view */
    uint32_t steps; /* that it can fill, as bits */
    uint32_t by;    /* its group's values, parts of the time aside */
    uint32_t next;  /* of the same unit; 0: none */
};

union kept_event {
    struct moment moment;
    struct placed placed;
};

struct visit {
    uint64_t key;
    uint64_t journey; /* 0: none */
    int64_t first_ms;
    uint32_t moments; /* the first in a list */
    uint32_t carried; /* the view's dimensions, in `values` */
    uint32_t channel; /* in `channels` */
    bool has_view : 1;
    bool has_seen : 1;
    bool is_client : 1; /* the token is the script's own: there is no view */
    bool is_bot : 1;
    bool is_internal : 1;
    bool is_prefetch : 1;
};

struct visits {
    const struct question *question;
    struct table table; /* of struct visit */
    struct pool events; /* of union kept_event */
    struct tuples values;
    struct tuples channels; /* os, name */
    uint8_t *worth;         /* by number in `values`: whether such an event can fill a step */
    size_t worth_count;
    struct str line[LINE_KEYS_MAX]; /* the line being read */
    struct buf scratch;
    uint64_t dropped; /* what the server could not record, and what it has refused */
    uint64_t refused;
};

void visits_init(struct visits *visits, const struct question *question);
void visits_finish(struct visits *visits);

/* Takes in a line, as funnel_add. */
int visits_add(struct visits *visits, struct str line, const char **damage);

#endif
