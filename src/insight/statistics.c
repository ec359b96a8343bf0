/* Owns intervals and quantiles. */
#include "insight/statistics.h"

#include <assert.h>
#include <math.h>

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

uint64_t statistics_more_trials(struct share a, struct share b)
{
    /* (1.96 + 0.84) squared: the 97.5% point, and the 80% point for the power. */
    const double k = 7.848879734349088;
    if (a.trials == 0 || b.trials == 0)
        return UINT64_MAX;
    double difference =
        (double)a.successes / (double)a.trials - (double)b.successes / (double)b.trials;
    double pooled = (double)(a.successes + b.successes) / (double)(a.trials + b.trials);
    double variance = k * pooled * (1 - pooled);
    double left = difference * difference - variance / (double)a.trials;
    if (left <= 0 || variance / left > 1e15)
        return UINT64_MAX;
    uint64_t wanted = (uint64_t)ceil(variance / left);
    return wanted > b.trials ? wanted - b.trials : 0;
}
