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

static int by_value(const void *left, const void *right)
{
    const double *a = left;
    const double *b = right;
    return (*a > *b) - (*a < *b);
}

static double middle_of(double a, double b, double c)
{
    if ((a < b) == (b < c))
        return b;
    return (b < a) == (a < c) ? a : c;
}

static void swap(double *a, double *b)
{
    double kept = *a;
    *a = *b;
    *b = kept;
}

/* Puts the k-th smallest value at `k` and none larger before it (Hoare's Find). Who knows the rule
 * can bring values in an order that makes it slow: after many rounds the rest is sorted. */
static void find(double *values, size_t count, size_t k)
{
    size_t first = 0;
    size_t end = count;
    for (int rounds = 0; end - first > 16 && rounds < 64; rounds++) {
        double pivot = middle_of(values[first], values[first + (end - first) / 2], values[end - 1]);
        size_t less = first;
        size_t at = first;
        size_t more = end;
        while (at < more) {
            if (values[at] < pivot)
                swap(&values[less++], &values[at++]);
            else if (values[at] > pivot)
                swap(&values[at], &values[--more]);
            else
                at++;
        }
        if (k < less)
            end = less;
        else if (k >= more)
            first = more;
        else
            return;
    }
    qsort(values + first, end - first, sizeof *values, by_value);
}

double statistics_select(double *values, size_t count, double q)
{
    assert(count > 0 && q >= 0 && q <= 1);
    double at = q * (double)(count - 1);
    size_t below = (size_t)at;
    find(values, count, below);
    if (below + 1 >= count)
        return values[count - 1];
    double next = values[below + 1];
    for (size_t i = below + 2; i < count; i++)
        if (values[i] < next)
            next = values[i];
    return values[below] + (at - (double)below) * (next - values[below]);
}
