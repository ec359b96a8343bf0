/* Counts of durations in buckets that grow with the value, as HdrHistogram has them: from 1 ns to
 * 18 minutes with an error below 1%, in a fixed table. */
#ifndef ATTIMO_BENCH_HISTOGRAM_H
#define ATTIMO_BENCH_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

enum {
    HISTOGRAM_SUB_BITS = 7, /* 128 buckets to each power of two */
    HISTOGRAM_MAX_BITS = 40,
    HISTOGRAM_BUCKETS = (HISTOGRAM_MAX_BITS - HISTOGRAM_SUB_BITS + 1) << HISTOGRAM_SUB_BITS
};

/* A zeroed struct is empty. */
struct histogram {
    uint64_t count;
    uint64_t max;
    uint64_t sum;
    uint64_t buckets[HISTOGRAM_BUCKETS];
};

void histogram_add(struct histogram *histogram, uint64_t ns);

/* The value that a share (0.99) of all does not exceed, in ns: the upper end of its bucket, and
 * never over the greatest value. 0 if empty. */
uint64_t histogram_quantile(const struct histogram *histogram, double share);

#endif
