/* What funnels and reports leave out, and say so. */
#ifndef ATTIMO_INSIGHT_LOSS_H
#define ATTIMO_INSIGHT_LOSS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What counts though it is left out otherwise. */
struct include {
    bool bots;
    bool internal;
    bool prefetches; /* that were never seen */
};

/* Page views that were left out, or events, or lines. */
struct loss {
    uint64_t bot;
    uint64_t prefetch; /* never seen */
    uint64_t internal;
    uint64_t duplicate;    /* events, among those that a funnel's steps or a report's taps need */
    uint64_t refused;      /* by the server */
    uint64_t dropped;      /* views that the server could not record */
    uint64_t orphan_click; /* clicks whose page view is missing */
    uint64_t damaged;      /* lines, and files that could not be read to their end */
};

/* Where a page view that does not count is counted instead; NULL: it counts. */
static inline uint64_t *loss_of(struct loss *loss, const struct include *include, bool is_bot,
                                bool is_unseen_prefetch, bool is_internal)
{
    if (is_bot && !include->bots)
        return &loss->bot;
    if (is_unseen_prefetch && !include->prefetches)
        return &loss->prefetch;
    return is_internal && !include->internal ? &loss->internal : NULL;
}

/* Adds what a part of the page views has. */
static inline void loss_add(struct loss *loss, const struct loss *part)
{
    loss->bot += part->bot;
    loss->prefetch += part->prefetch;
    loss->internal += part->internal;
    loss->duplicate += part->duplicate;
    loss->orphan_click += part->orphan_click;
}

#endif
