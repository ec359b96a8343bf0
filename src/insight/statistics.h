/* The few figures that say how far a number can be trusted. */
#ifndef ATTIMO_INSIGHT_STATISTICS_H
#define ATTIMO_INSIGHT_STATISTICS_H

#include <stddef.h>
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

/* Sorts the values for statistics_quantile. */
void statistics_sort(double *values, size_t count);

/* The value below which the part `q` (0 to 1) of sorted values lies, interpolated linearly between
 * the two nearest (Hyndman and Fan, type 7: what R, NumPy and quantile_cont do). `count` > 0. */
double statistics_quantile(const double *sorted, size_t count, double q);

#endif
