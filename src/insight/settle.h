/* What happened within one page view: repeats removed, in order. */
#ifndef ATTIMO_INSIGHT_SETTLE_H
#define ATTIMO_INSIGHT_SETTLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An event of a page view. Of texts that only tell it from others there are fingerprints. */
struct moment {
    int64_t ms;
    uint64_t seq;
    uint64_t id;       /* 0: none */
    uint64_t document; /* 0: none */
    uint32_t t;
    uint32_t n;           /* NO_COUNTER: none */
    uint32_t values : 30; /* a number that stands for what else is known of it */
    uint32_t is_view : 1;
    uint32_t is_click : 1;
    uint32_t next; /* of the same page view; 0: none */
};
#define NO_COUNTER UINT32_MAX

/* An event while its page view is being settled. */
struct settling {
    struct moment moment;
    uint32_t number;     /* of the moment */
    uint32_t steps;      /* that it can fill */
    int64_t document_ms; /* when the first event of its document came */
    uint64_t document_seq;
    bool is_first; /* the view; false to begin with */
};

/* Sorts by arrival (`ms`, `seq`) and removes what repeats an `id` or a document's counter: the
 * first to arrive stays. Returns how many are left. */
size_t settle_unique(struct settling *events, size_t count);

/* Sorts unique events into the order in which they happened: document after document as they first
 * appear, within one by `t` and `n`, the view before all of them; what has no document counts as
 * one by itself. Wall clocks then follow suit: an event is at the latest as late as any that comes
 * after it (`ms`, `seq`). */
void settle_order(struct settling *events, size_t count);

#endif
