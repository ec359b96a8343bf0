/* From page views to units: each with the events that take part in its chains. */
#ifndef ATTIMO_INSIGHT_UNITS_H
#define ATTIMO_INSIGHT_UNITS_H

#include "insight/settle.h"

struct unit {
    uint64_t key;
    uint32_t events; /* the first in a list of struct placed */
};

struct units {
    struct visits *visits;
    struct table table; /* of struct unit */
    struct tuples by;   /* groups' values, parts of the time absent */
    struct table meanings;
    struct settling *settling;
    size_t room;
};

void units_init(struct units *units, struct visits *visits);
void units_finish(struct units *units);

/* Settles a page view and gives its events to their units. Tells how many events were repeats, and
 * how many were clicks. ERR_NO_MEMORY. */
int units_add(struct units *units, const struct visit *visit, size_t *repeats, size_t *clicks);

/* The unit's events in order, in memory that grows as needed. ERR_NO_MEMORY. */
struct placed_list {
    struct placed *items;
    size_t count;
    size_t room;
};
int units_events(const struct units *units, const struct unit *unit, struct placed_list *out);

#endif
