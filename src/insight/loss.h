/* What funnels and reports leave out, and say so. */
#ifndef ATTIMO_INSIGHT_LOSS_H
#define ATTIMO_INSIGHT_LOSS_H

#include <stdint.h>

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

#endif
