/* The few figures that say how far a number can be trusted. */
#ifndef ATTIMO_INSIGHT_STATISTICS_H
#define ATTIMO_INSIGHT_STATISTICS_H

#include <stdint.h>

struct interval {
    double low;
    double high;
};

/* Wilson's 95% interval for a share, `successes` of `trials`, within 0 and 1. Nothing is known from
 * no trials: 0 to 1. */
struct interval statistics_wilson(uint64_t successes, uint64_t trials);

/* A share observed: `successes` of `trials`. */
struct share {
    uint64_t successes;
    uint64_t trials;
};

/* Newcombe's 95% interval for the difference `a` - `b` of two independent shares, from their Wilson
 * intervals (Newcombe 1998, method 10); -1 to 1 where either has no trials. */
struct interval statistics_newcombe(struct share a, struct share b);

/* How many more trials of `b` it takes until a difference as large as the one observed would be
 * shown four times in five (95% level, normal approximation, pooled variance). 0: hardly any.
 * UINT64_MAX: `a` has too few for that, or there is no difference at all. */
uint64_t statistics_more_trials(struct share a, struct share b);

#endif
