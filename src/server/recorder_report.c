/* Owns what is told of the journal: whether it works, how much has been recorded, and what has not.
 */
#include "server/recorder_report.h"

#include "base/err.h"
#include "server/metric.h"

enum { STATES = 4 };

static const char *const state_names[STATES] = {
    [JOURNAL_GOOD] = "good",
    [JOURNAL_FULL] = "full",
    [JOURNAL_FAILED] = "failed",
    [JOURNAL_FAILED + 1] = "closed",
};

static size_t state_index(const struct recorder_state *state)
{
    return state->error != 0 ? STATES - 1 : (size_t)state->journal.health;
}

bool recorder_is_good(const struct recorder_state *state)
{
    return state_index(state) == JOURNAL_GOOD;
}

void recorder_report_json(const struct recorder_state *state, struct buf *out)
{
    buf_printf(out, "\"journal\":{\"state\":\"%s\",", state_names[state_index(state)]);
    if (state->error != 0)
        buf_printf(out, "\"reason\":\"%s\",", err_words(state->error));
    buf_printf(out, "\"written\":%llu,\"dropped\":%llu,\"refused\":%llu,\"unwritten\":%llu}",
               (unsigned long long)state->journal.lines, (unsigned long long)state->dropped,
               (unsigned long long)state->refused, (unsigned long long)state->unwritten);
}

/* --- metrics */

static void write_events(const struct recorder_state *state, struct buf *out)
{
#define NAME(kind, name) name,
    static const char *const names[HIT_KIND_COUNT] = {HIT_KINDS(NAME)};
#undef NAME
    metric_begin(out, "events_total", "counter", "Lines written to the journal.");
    for (size_t i = 0; i < HIT_KIND_COUNT; i++)
        buf_printf(out, "attimo_events_total{event=\"%s\"} %llu\n", names[i],
                   (unsigned long long)state->events[i]);
    metric_counter(out, "dropped_views_total", state->dropped,
                   "Views that could not be recorded; `gap` lines tell of them.");
    metric_counter(out, "unwritten_posts_total", state->unwritten,
                   "Requests with events answered 503 because they were not written in time.");
}

static void write_commits(const struct recorder_state *state, struct buf *out)
{
    const struct metric_times times = {commit_bounds, state->commits.buckets, COMMIT_BUCKETS,
                                       state->commits.count, state->commits.sum_s};
    metric_histogram(out, "commit_seconds", &times,
                     "Writing, and in power mode syncing, one batch.");
}

static void write_journal(const struct recorder_state *state, struct buf *out)
{
    const struct journal_state *journal = &state->journal;
    metric_begin(out, "journal_state", "gauge", "1 for the state that the journal is in.");
    for (size_t i = 0; i < STATES; i++)
        buf_printf(out, "attimo_journal_state{state=\"%s\"} %d\n", state_names[i],
                   i == state_index(state));
    metric_counter(out, "journal_bytes_total", journal->bytes, "Bytes written to the journal.");
    metric_counter(out, "journal_failed_writes_total", journal->failed_writes,
                   "Commits that failed, but for want of space.");
    metric_counter(out, "journal_failed_syncs_total", journal->failed_syncs, "Syncs that failed.");
    metric_counter(out, "journal_lost_segments_total", journal->lost_segments,
                   "Segments that were deleted or moved while they were written.");
    metric_gauge(out, "journal_unsynced_bytes", journal->unsynced_bytes,
                 "What a power cut would take now.");
}

void recorder_report_metrics(const struct recorder_state *state, struct buf *out)
{
    write_events(state, out);
    write_commits(state, out);
    write_journal(state, out);
}
