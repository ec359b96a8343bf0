/* What happened within one page view: repeats removed, in order. */
#ifndef ATTIMO_INSIGHT_SETTLE_H
#define ATTIMO_INSIGHT_SETTLE_H

#include "insight/visits.h"

/* An event while its page view is being settled. */
struct settling {
    struct moment moment;
    uint32_t number;     /* in the pool of events */
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
