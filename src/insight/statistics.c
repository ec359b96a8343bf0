/* Owns intervals and quantiles. */
#include "insight/statistics.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* The normal distribution's 97.5% point. */
static const double z = 1.959963984540054;

struct interval statistics_wilson(uint64_t successes, uint64_t trials)
{
    assert(successes <= trials);
    if (trials == 0)
        return (struct interval){0, 1};
    double n = (double)trials;
    double p = (double)successes / n;
    double middle = p + z * z / (2 * n);
    double half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n));
    double scale = 1 + z * z / n;
    /* At the ends the limit is 0 or 1 exactly; rounding must not say otherwise. */
    return (struct interval){
        successes == 0 ? 0 : (middle - half) / scale,
        successes == trials ? 1 : (middle + half) / scale,
    };
}

struct interval statistics_newcombe(struct share a, struct share b)
{
    if (a.trials == 0 || b.trials == 0)
        return (struct interval){-1, 1};
    double pa = (double)a.successes / (double)a.trials;
    double pb = (double)b.successes / (double)b.trials;
    struct interval ia = statistics_wilson(a.successes, a.trials);
    struct interval ib = statistics_wilson(b.successes, b.trials);
    return (struct interval){
        pa - pb - hypot(pa - ia.low, ib.high - pb),
        pa - pb + hypot(ia.high - pa, pb - ib.low),
    };
}

static int by_value(const void *left, const void *right)
{
    const double *a = left;
    const double *b = right;
    return (*a > *b) - (*a < *b);
}

void statistics_sort(double *values, size_t count)
{
    if (count > 1)
        qsort(values, count, sizeof *values, by_value);
}

double statistics_quantile(const double *sorted, size_t count, double q)
{
    assert(count > 0 && q >= 0 && q <= 1);
    double at = q * (double)(count - 1);
    size_t below = (size_t)at;
    if (below + 1 >= count)
        return sorted[count - 1];
    return sorted[below] + (at - (double)below) * (sorted[below + 1] - sorted[below]);
}
