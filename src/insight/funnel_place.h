/* A funnel's page views of one part: whether they count, and which of their events may take part in
 * chains. */
#ifndef ATTIMO_INSIGHT_FUNNEL_PLACE_H
#define ATTIMO_INSIGHT_FUNNEL_PLACE_H

#include "insight/row_numbers.h"
#include "insight/units.h"

/* An event on its way to its unit. */
struct to_place {
    uint64_t unit;
    struct placed event;
};

struct funnel_place {
    const struct question *question;
    struct row_numbers *by; /* groups' values, parts of the time absent; shared by all parts */
    struct row_memory *memory;
    struct table meanings;
    struct buf out[UNITS_PARTS]; /* struct to_place, by the part of their unit */
    struct placed *whole;        /* of a page view that is a unit by itself */
    size_t whole_count;
    size_t whole_room;
    struct loss loss;
    uint64_t unserved;               /* see struct funnel_answer */
    struct funnel_channel coverage;  /* of all */
    struct funnel_channel *channels; /* by number, without their names */
    size_t channel_count;
};

/* ERR_NO_MEMORY. */
int funnel_place_init(struct funnel_place *place, const struct question *question,
                      struct row_numbers *by);
void funnel_place_finish(struct funnel_place *place);

/* Takes in a page view: its events are in `whole` if it is a unit by itself, else in `out`.
 * ERR_NO_MEMORY. */
int funnel_place_add(struct funnel_place *place, struct visits *visits, struct visit *visit);

#endif
