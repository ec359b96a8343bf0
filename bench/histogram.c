/* Durations in log buckets. */
#include "histogram.h"

enum { SUB_COUNT = 1 << HISTOGRAM_SUB_BITS };

/* Values below SUB_COUNT have a bucket each. Above, the top SUB_BITS + 1 bits of the value choose:
 * how far they were shifted tells the row, what is below the leading one the place in it. */
static size_t bucket_of(uint64_t ns)
{
    const uint64_t greatest = (UINT64_C(1) << HISTOGRAM_MAX_BITS) - 1;
    if (ns > greatest)
        ns = greatest;
    if (ns < SUB_COUNT)
        return (size_t)ns;
    unsigned shift = 63U - (unsigned)__builtin_clzll(ns) - HISTOGRAM_SUB_BITS;
    return (size_t)(((shift + 1) << HISTOGRAM_SUB_BITS) + (ns >> shift) - SUB_COUNT);
}

static uint64_t upper_end(size_t bucket)
{
    if (bucket < SUB_COUNT)
        return bucket;
    unsigned shift = (unsigned)(bucket >> HISTOGRAM_SUB_BITS) - 1;
    uint64_t top = (bucket & (SUB_COUNT - 1)) + SUB_COUNT;
    return ((top + 1) << shift) - 1;
}

void histogram_add(struct histogram *histogram, uint64_t ns)
{
    histogram->count++;
    histogram->sum += ns;
    if (ns > histogram->max)
        histogram->max = ns;
    histogram->buckets[bucket_of(ns)]++;
}

uint64_t histogram_quantile(const struct histogram *histogram, double share)
{
    uint64_t wanted = (uint64_t)(share * (double)histogram->count + 0.5);
    if (wanted == 0)
        wanted = 1;
    uint64_t seen = 0;
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        seen += histogram->buckets[i];
        if (seen >= wanted) {
            uint64_t end = upper_end(i);
            return end < histogram->max ? end : histogram->max;
        }
    }
    return histogram->max;
}
