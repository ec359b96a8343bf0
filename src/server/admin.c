/* Owns what the operator's machines ask: does it run, can it serve, what does it do. */
#include "server/admin.h"

#include "server/metric.h"
#include "server/recorder_report.h"
#include "server/recording.h"
#include "server/reload.h"

#include "capture/form.h"
#include "http/response.h"

#include <stdio.h>
#include <unistd.h>

enum { LOOP_STUCK_MS = 5000 };

/* --- health and readiness */

/* This loop does, or nobody would be asking. */
bool admin_loops_turn(const struct admin *admin)
{
    uint64_t now = clock_monotonic_ms();
    for (size_t i = 0; i < admin->worker_count; i++)
        if (now > counter_read(&admin->workers[i].counters.turned_ms) + LOOP_STUCK_MS)
            return false;
    return true;
}

static void answer_body(const struct exchange *exchange, struct answer *answer, unsigned status,
                        const char *content_type)
{
    /* What stands in scratch is the body; its fields go behind it. */
    struct buf *out = exchange->scratch;
    size_t body_len = out->len;
    response_content_fields(out, content_type, body_len);
    buf_append(out, STR("Cache-Control: no-store\r\n"));
    if (buf_status(out) != 0) {
        handler_error(answer, out, 503, "out of memory", false);
        return;
    }
    answer->status = status;
    answer->body = str_make(out->ptr, body_len);
    answer->fields = str_skip(buf_str(out), body_len);
}

static void answer_health(const struct admin *admin, const struct exchange *exchange,
                          struct answer *answer)
{
    bool good = admin_loops_turn(admin);
    buf_append(exchange->scratch, good ? STR("ok\n") : STR("a loop is stuck\n"));
    answer_body(exchange, answer, good ? 200 : 503, "text/plain; charset=utf-8");
}

/* Libraries and forms write `?journal=`. */
static bool asks_for_journal(struct str query)
{
    struct str name;
    struct str value;
    while (form_next(&query, &name, &value))
        if (str_eq(name, STR("journal")))
            return true;
    return false;
}

static void answer_ready(const struct admin *admin, const struct exchange *exchange,
                         struct answer *answer)
{
    struct recorder_state state = {0};
    bool ready = !admin->draining && admin_loops_turn(admin);
    if (admin->recorder)
        recorder_state(admin->recorder, &state);
    if (admin->recorder && asks_for_journal(exchange->request->query))
        ready = ready && recorder_is_good(&state);
    struct buf *out = exchange->scratch;
    struct release *release = admin->release;
    buf_printf(out, "{\"ready\":%s,\"draining\":%s,", ready ? "true" : "false",
               admin->draining ? "true" : "false");
    uv_mutex_lock(&release->lock);
    const struct release_counts *counts = &release->counts;
    buf_printf(out,
               "\"pages\":{\"live\":%zu,\"rejected\":%zu,\"scheduled\":%zu,\"draft\":%zu,"
               "\"expired\":%zu},\"taken_down\":%zu,\"rejected\":[%.*s],\"schedule\":[%.*s],",
               counts->pages[PAGE_LIVE], counts->rejected, counts->pages[PAGE_SCHEDULED],
               counts->pages[PAGE_DRAFT], counts->pages[PAGE_EXPIRED], release->takedowns.count,
               STR_ARG(buf_str(&counts->rejected_json)), STR_ARG(buf_str(&counts->schedule_json)));
    uv_mutex_unlock(&release->lock);
    if (admin->recorder)
        recorder_report_json(&state, out);
    else
        buf_append(out, STR("\"journal\":{\"state\":\"off\"}"));
    buf_append(out, STR("}\n"));
    answer_body(exchange, answer, ready ? 200 : 503, "application/json");
}

/* --- metrics (Prometheus text format 0.0.4) */

static uint64_t sum(const struct admin *admin, size_t offset)
{
    uint64_t total = 0;
    for (size_t i = 0; i < admin->worker_count; i++) {
        const char *counters = (const char *)&admin->workers[i].counters;
        total += counter_read((const atomic_uint_least64_t *)(const void *)(counters + offset));
    }
    return total;
}

#define SUM(admin, field) sum((admin), offsetof(struct counters, field))

static void write_traffic(const struct admin *admin, struct buf *out)
{
    metric_begin(out, "requests_total", "counter", "Requests answered, by class of status code.");
    for (size_t class = 2; class < 6; class ++)
        buf_printf(out, "attimo_requests_total{code=\"%zuxx\"} %llu\n", class,
                   (unsigned long long)sum(admin, offsetof(struct counters, responses) +
                                                      class * sizeof(atomic_uint_least64_t)));
    metric_counter(out, "refused_requests_total", SUM(admin, refused),
                   "Requests that were not well formed.");
    metric_counter(out, "sent_bytes_total", SUM(admin, bytes_sent),
                   "Bytes that sockets took, heads included.");
}

static void write_refused(const struct admin *admin, struct buf *out)
{
#define NAME(reason, name) name,
    static const char *const names[REFUSAL_COUNT] = {REFUSALS(NAME)};
#undef NAME
    metric_begin(out, "refused_events_total", "counter", "Events that were not taken, by reason.");
    for (size_t reason = 0; reason < REFUSAL_COUNT; reason++) {
        uint64_t total = 0;
        for (size_t i = 0; i < admin->worker_count; i++)
            total += counter_read(&admin->workers[i].options.recording->refused[reason]);
        buf_printf(out, "attimo_refused_events_total{reason=\"%s\"} %llu\n", names[reason],
                   (unsigned long long)total);
    }
}

static void write_connections(const struct admin *admin, struct buf *out)
{
    metric_gauge(out, "connections", atomic_load(&admin->acceptor->connections),
                 "Connections that are open.");
    metric_gauge(out, "connections_max", admin->acceptor->max_connections,
                 "Connections that may be open at once.");
    metric_counter(out, "connections_total", SUM(admin, opened), "Connections accepted.");
    metric_counter(out, "timed_out_connections_total", SUM(admin, timed_out),
                   "Connections closed by a deadline.");
    metric_counter(out, "accept_pauses_total", counter_read(&admin->acceptor->pauses),
                   "How often accepting stopped for want of descriptors.");
}

static void write_resources(const struct admin *admin, struct buf *out)
{
    size_t count;
    size_t best = 0;
    size_t bytes = 0;
    struct site *site = release_site(admin->release);
    struct resource *const *resources = site_resources(site, &count);
    for (size_t i = 0; i < count; i++) {
        bytes += resource_memory(resources[i]);
        best += resources[i]->tier == TIER_BEST;
    }
    site_unref(site);
    metric_begin(out, "resources", "gauge",
                 "Pages and assets that are served, by compression tier.");
    buf_printf(out, "attimo_resources{tier=\"quick\"} %zu\n", count - best);
    buf_printf(out, "attimo_resources{tier=\"best\"} %zu\n", best);
    metric_gauge(out, "site_bytes", bytes, "Memory of all resources in all codings.");
}

static void write_pages(struct release *release, struct buf *out)
{
    static const char *const states[] = {
        [PAGE_LIVE] = "live",
        [PAGE_SCHEDULED] = "scheduled",
        [PAGE_EXPIRED] = "expired",
        [PAGE_DRAFT] = "draft",
    };
    metric_begin(out, "pages", "gauge",
                 "Pages by state; rejected ones may be live as they were before.");
    for (size_t i = 0; i < PAGE_STATES; i++)
        buf_printf(out, "attimo_pages{state=\"%s\"} %zu\n", states[i], release->counts.pages[i]);
    buf_printf(out, "attimo_pages{state=\"rejected\"} %zu\n", release->counts.rejected);
    metric_gauge(out, "next_switch_timestamp_seconds", (uint64_t)release->counts.next_switch,
                 "When the next page begins or ends; 0: none will.");
    metric_gauge(out, "takedowns", release->takedowns.count, "Pages that were taken down by hand.");
}

static void write_publish_times(const struct publish_times *times, struct buf *out)
{
    const struct metric_times values = {publish_bounds, times->buckets, PUBLISH_BUCKETS,
                                        times->count, times->sum_s};
    metric_histogram(out, "publish_seconds", &values,
                     "From the moment that a file was complete until it was live.");
}

static void write_site(const struct admin *admin, struct buf *out)
{
    uv_mutex_lock(&admin->release->lock);
    write_pages(admin->release, out);
    write_publish_times(&admin->release->times, out);
    uv_mutex_unlock(&admin->release->lock);
    write_resources(admin, out);
}

static void write_reloads(const struct reload *reload, struct buf *out)
{
    metric_begin(out, "reloads_total", "counter", "Reloads on SIGHUP, by what came of them.");
    buf_printf(out,
               "attimo_reloads_total{result=\"good\"} %llu\n"
               "attimo_reloads_total{result=\"failed\"} %llu\n",
               (unsigned long long)reload->good, (unsigned long long)reload->failed);
    metric_gauge(out, "last_reload_successful", reload->last_failed ? 0 : 1,
                 "0: the last reload has failed.");
    metric_gauge(out, "last_reload_success_timestamp_seconds", (uint64_t)reload->last_good,
                 "When the configuration was read that is in force.");
}

/* The names that Prometheus's own client libraries use, for dashboards that know them. */
static void write_process(const struct admin *admin, struct buf *out)
{
    struct timespec cpu = {0};
    char text[128] = {0};
    long pages = 0;
    if (pread(admin->statm, text, sizeof text - 1, 0) <= 0 || sscanf(text, "%*s %ld", &pages) != 1)
        pages = 0;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
    buf_printf(out,
               "# HELP process_cpu_seconds_total User and system time.\n"
               "# TYPE process_cpu_seconds_total counter\n"
               "process_cpu_seconds_total %lld.%09ld\n"
               "# HELP process_resident_memory_bytes Resident memory.\n"
               "# TYPE process_resident_memory_bytes gauge\n"
               "process_resident_memory_bytes %ld\n"
               "# HELP process_start_time_seconds Start time since the epoch.\n"
               "# TYPE process_start_time_seconds gauge\n"
               "process_start_time_seconds %lld\n",
               (long long)cpu.tv_sec, cpu.tv_nsec, pages * sysconf(_SC_PAGESIZE),
               (long long)admin->started);
}

static void answer_metrics(const struct admin *admin, const struct exchange *exchange,
                           struct answer *answer)
{
    struct buf *out = exchange->scratch;
    struct recorder_state state;
    metric_begin(out, "build_info", "gauge", "The version that runs.");
    buf_printf(out, "attimo_build_info{version=\"%s\"} 1\n", admin->version);
    write_traffic(admin, out);
    write_connections(admin, out);
    write_site(admin, out);
    if (admin->recorder) {
        recorder_state(admin->recorder, &state);
        write_refused(admin, out);
        recorder_report_metrics(&state, out);
    }
    write_reloads(admin->reload, out);
    write_process(admin, out);
    answer_body(exchange, answer, 200, "text/plain; version=0.0.4; charset=utf-8");
}

enum verdict admin_handle(void *context, const struct exchange *exchange, struct answer *answer)
{
    static const struct {
        struct str path;
        void (*answer)(const struct admin *, const struct exchange *, struct answer *);
    } routes[] = {
        {STR_INIT("/healthz"), answer_health},
        {STR_INIT("/readyz"), answer_ready},
        {STR_INIT("/metrics"), answer_metrics},
    };
    const struct request *request = exchange->request;
    if (!exchange->body_read) {
        if (!request->expects_continue)
            return VERDICT_READ_BODY;
        answer->close = true;
    }
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        if (!str_eq(request->path, routes[i].path))
            continue;
        if (request->method == METHOD_GET || request->method == METHOD_HEAD) {
            routes[i].answer(context, exchange, answer);
        } else {
            answer->status = 405;
            answer->fields = STR("Allow: GET, HEAD\r\nContent-Length: 0\r\n");
        }
        return VERDICT_RESPOND;
    }
    handler_error(answer, exchange->scratch, 404, "there is /healthz, /readyz and /metrics", false);
    return VERDICT_RESPOND;
}
