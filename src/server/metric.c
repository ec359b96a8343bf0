/* Owns the format of metrics. */
#include "server/metric.h"

void metric_begin(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_printf(out, "# HELP attimo_%s %s\n# TYPE attimo_%s %s\n", name, help, name, type);
}

static void append_sample(struct buf *out, const char *name, uint64_t value)
{
    buf_printf(out, "attimo_%s %llu\n", name, (unsigned long long)value);
}

void metric_counter(struct buf *out, const char *name, uint64_t value, const char *help)
{
    metric_begin(out, name, "counter", help);
    append_sample(out, name, value);
}

void metric_gauge(struct buf *out, const char *name, uint64_t value, const char *help)
{
    metric_begin(out, name, "gauge", help);
    append_sample(out, name, value);
}

void metric_histogram(struct buf *out, const char *name, const struct metric_times *times,
                      const char *help)
{
    uint64_t below = 0;
    metric_begin(out, name, "histogram", help);
    for (size_t i = 0; i < times->bucket_count; i++) {
        below += times->buckets[i];
        buf_printf(out, "attimo_%s_bucket{le=\"%g\"} %llu\n", name, times->bounds[i],
                   (unsigned long long)below);
    }
    buf_printf(out,
               "attimo_%s_bucket{le=\"+Inf\"} %llu\n"
               "attimo_%s_sum %.6f\n"
               "attimo_%s_count %llu\n",
               name, (unsigned long long)times->count, name, times->sum_s, name,
               (unsigned long long)times->count);
}
