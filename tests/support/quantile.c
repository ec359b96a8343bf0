#include "support/quantile.h"

#include <math.h>
#include <stdlib.h>

static int by_value(const void *left, const void *right)
{
    const double *a = left;
    const double *b = right;
    return (*a > *b) - (*a < *b);
}

double quantile_of(double *values, size_t count, double q)
{
    if (count == 0)
        return NAN;
    qsort(values, count, sizeof *values, by_value);
    double at = q * (double)(count - 1);
    size_t below = (size_t)at;
    size_t next = below + 1 < count ? below + 1 : below;
    return values[below] + (at - (double)below) * (values[next] - values[below]);
}
