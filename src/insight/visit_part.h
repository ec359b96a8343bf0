/* One part of the page views under way: gathered from records, given when they are over. */
#ifndef ATTIMO_INSIGHT_VISIT_PART_H
#define ATTIMO_INSIGHT_VISIT_PART_H

#include "insight/pool.h"
#include "insight/recall.h"
#include "insight/visit_record.h"

struct visit_part {
    struct visit_reader *reader;
    size_t number;
    struct table visits; /* of struct gathered */
    uint32_t oldest;     /* the first in the order of their beginnings */
    uint32_t youngest;
    struct recall given;   /* those that were given and may come again */
    struct recall joined;  /* journeys that have other page views, the first of which is not under
                              way */
    struct keyset missed;  /* ids of what the server tells of events that are not there */
    struct pool events;    /* of struct moment */
    uint32_t *free_events; /* numbers of those that can be used again */
    size_t free_count;
    size_t free_room;
    struct pool figures;   /* of struct visit_figures */
    uint32_t free_figures; /* the first in a list: its `n` is the next */
    struct table merges;   /* of texts, by both numbers */
    struct settling *list; /* of the page view that is given */
    size_t room;
    struct visits_missing missing;
};

void visit_part_init(struct visit_part *part, struct visit_reader *reader, size_t number);
void visit_part_finish(struct visit_part *part);

/* Forgets all that was gathered. */
void visit_part_clear(struct visit_part *part);

/* Takes in records, one behind the other, and the figures of those that have any.
 * SCAN_AGAIN(_IN_ORDER): one is of a page view that was given already, or should not have been
 * alone. ERR_NO_MEMORY. */
int visit_part_add(struct visit_part *part, const struct visits_options *options,
                   struct str records, struct str figures);

/* Gives the page views that are over when nothing comes from before `settled_ms`, at most
 * VISIT_PART_GIVEN, and forgets them. `*more` says whether that many were not enough. What on_visit
 * returned if not 0; ERR_NO_MEMORY. */
enum { VISIT_PART_GIVEN = 16384 };
int visit_part_give(struct visit_part *part, const struct visits_options *options,
                    int64_t settled_ms, bool *more);

#endif
