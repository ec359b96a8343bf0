/* From page views to units: each with the events that take part in its chains, on all threads. */
#ifndef ATTIMO_INSIGHT_UNITS_H
#define ATTIMO_INSIGHT_UNITS_H

#include "insight/pool.h"
#include "insight/question.h"
#include "insight/recall.h"

enum { UNITS_PARTS = VISITS_PARTS };

/* An event that takes part in a chain. Ordered by `ms`, `seq`, `visit`, `rank`. */
struct placed {
    int64_t ms; /* when it happened at the latest */
    uint64_t seq;
    uint64_t visit;       /* its key */
    uint32_t rank;        /* within the page view */
    uint32_t steps;       /* that it can fill, as bits */
    uint32_t next;        /* of the same unit; 0: none */
    const struct str *by; /* its group's values, parts of the time absent */
};

/* The units of one part. */
struct units {
    bool is_endless;    /* what a unit's key stands for may go on for ever */
    bool keeps_undated; /* likewise if the key has no date (see view_key.h) */
    struct table table; /* of struct unit */
    uint32_t oldest;    /* the first in the order of their beginnings */
    uint32_t youngest;
    struct pool events;  /* of struct placed */
    uint32_t free_event; /* the first in a list */
    struct recall done;  /* keys of units that were given */
    struct placed *list; /* of the unit that is given */
    size_t room;
};

void units_init(struct units *units, enum unit_kind kind);
void units_finish(struct units *units);

/* Adds an event to the unit with the key `unit`. SCAN_AGAIN(_IN_ORDER): that one was given already.
 * ERR_NO_MEMORY. */
int units_add(struct units *units, uint64_t unit, const struct placed *event);

/* Gives the units that are over when all page views have been added that were over at `settled_ms`
 * (INT64_MAX: all), each with its events in order, and forgets them. What `on_unit` returned if not
 * 0; ERR_NO_MEMORY. */
struct units_taker {
    int (*on_unit)(void *context, const struct placed *events, size_t count);
    void *context;
};
int units_give(struct units *units, int64_t settled_ms, const struct units_taker *taker);

#endif
