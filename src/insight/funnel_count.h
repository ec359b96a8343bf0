/* A funnel's units of one part, counted by group. */
#ifndef ATTIMO_INSIGHT_FUNNEL_COUNT_H
#define ATTIMO_INSIGHT_FUNNEL_COUNT_H

#include "insight/funnel_place.h"

struct funnel_count {
    const struct question *question;
    struct units units;
    struct tuples rows; /* the groups' values, parts of the time included */
    struct funnel_group total;
    struct funnel_group *groups; /* by number in `rows` */
    size_t group_room;
    struct chain_event *events;
    size_t room;
};

void funnel_count_init(struct funnel_count *count, const struct question *question);
void funnel_count_finish(struct funnel_count *count);

/* Takes in events, struct to_place one behind the other. ERR_NO_MEMORY,
 * SCAN_AGAIN(_IN_ORDER). */
int funnel_count_add(struct funnel_count *count, struct str items);

/* Counts a unit that is whole, with its events in order. ERR_NO_MEMORY. */
int funnel_count_unit(struct funnel_count *count, const struct placed *events, size_t number);

/* Counts the units that are over (see units_give). ERR_NO_MEMORY. */
int funnel_count_settled(struct funnel_count *count, int64_t settled_ms);

/* Adds what `from` has counted, and takes its times away. ERR_NO_MEMORY. */
int funnel_count_merge(struct funnel_count *count, struct funnel_count *from);

#endif
