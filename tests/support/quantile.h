/* Quantiles in the obvious way, to compare with. */
#ifndef ATTIMO_TESTS_QUANTILE_H
#define ATTIMO_TESTS_QUANTILE_H

#include <stddef.h>

/* See spread_quantile; puts the values in order. */
double quantile_of(double *values, size_t count, double q);

#endif
