/* Owns the way from the feeds to the journal: hits become events, events a batch, the batch is
 * committed, and then whoever waits for it is told.
 *
 * A group is never split between batches, and of one that cannot be added whole nothing is written.
 * While the journal fails again and again it is tried less and less often, so that a broken disk is
 * not answered with a new segment for every click; what comes meanwhile is refused at once. */
#include "server/recorder_parts.h"

#include "base/clock.h"
#include "base/err.h"

enum { BATCH_BYTES = 1024 * 1024, RETRY_FIRST_MS = 10, RETRY_LAST_MS = 1000 };

#define GATHER_MAX_NS UINT64_C(5000000)

const double commit_bounds[COMMIT_BUCKETS] = {0.00003, 0.0001, 0.0003, 0.001, 0.003,
                                              0.01,    0.03,   0.1,    0.3,   1};

struct batch_ticket {
    size_t feed;
    struct ticket ticket;
    bool failed;
};

/* --- into the batch */

static int add_hit(struct recorder *r, struct str record)
{
    struct event event;
    enum hit_kind kind = hit_read(&event, record, r->reader);
    int rc = r->journal ? journal_add(r->journal, &event) : ERR_NOT_FOUND;
    r->batch.events[kind] += rc == 0;
    return rc;
}

static void add_event(struct recorder *r, struct str record)
{
    struct group *group = &r->batch.group;
    if (!group->is_open && r->journal) {
        group->is_open = true;
        group->start = journal_mark(r->journal);
        memcpy(group->events, r->batch.events, sizeof group->events);
    }
    group->has_failed = group->has_failed || add_hit(r, record) != 0;
}

/* As if nobody had offered it. */
static void forget_group(struct recorder *r)
{
    const struct group *group = &r->batch.group;
    if (!group->is_open)
        return;
    journal_go_back(r->journal, &group->start);
    memcpy(r->batch.events, group->events, sizeof group->events);
}

static void add_ticket(struct recorder *r, size_t feed, struct ticket ticket)
{
    const struct batch_ticket waiting = {feed, ticket, r->batch.group.has_failed};
    buf_append(&r->batch.tickets, str_make((const char *)&waiting, sizeof waiting));
    bool has_room = buf_status(&r->batch.tickets) == 0;
    if (waiting.failed || !has_room)
        forget_group(r);
    r->batch.group = (struct group){0};
    if (!has_room) {
        r->batch.tickets.failed = false;
        r->options.complete(r->options.context, feed, ticket, 503);
        if (r->options.completed)
            r->options.completed(r->options.context);
    }
}

/* Takes one thing that was offered. False once the batch is full, which is never within a group. */
static bool take_item(struct recorder *r, size_t feed, const struct feed_item *item)
{
    switch (item->kind) {
    case FEED_VIEW:
        if (add_hit(r, item->record) == 0)
            r->batch.views++;
        else
            r->lost_views++;
        break;
    case FEED_EVENT:
        add_event(r, item->record);
        return true;
    case FEED_TICKET:
    default:
        add_ticket(r, feed, item->ticket);
        break;
    }
    return !r->journal || journal_pending(r->journal) < BATCH_BYTES;
}

/* --- what was not recorded */

static uint64_t sum_dropped(const struct recorder *r)
{
    uint64_t sum = r->lost_views;
    for (size_t i = 0; i < r->feed_count; i++)
        sum += counter_read(&r->feeds[i].dropped);
    return sum;
}

static uint64_t sum_refused(const struct recorder *r)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < r->feed_count; i++)
        sum += counter_read(&r->feeds[i].refused);
    return sum;
}

static int add_loss(struct recorder *r, enum hit_kind kind, uint64_t n)
{
    char packed[HIT_ROOM];
    const struct hit hit = {
        .kind = kind, .ts_ms = clock_wall_ms(), .n = {.set = true, .value = (int64_t)n}};
    return add_hit(r, str_make(packed, hit_pack(&hit, packed)));
}

/* Not with each batch: whoever brings nothing but what is refused must not fill the journal. What
 * is told is told for good only when it is committed. */
static void add_losses(struct recorder *r)
{
    uint64_t gap = sum_dropped(r) - r->reported_gap;
    uint64_t refused = sum_refused(r) - r->reported_refused;
    if (gap > 0 && add_loss(r, HIT_GAP, gap) == 0)
        r->batch.gap = gap;
    if (refused > 0 && add_loss(r, HIT_REFUSED, refused) == 0)
        r->batch.refused = refused;
}

/* --- out of it */

static bool next_ticket(struct str *tickets, struct batch_ticket *out)
{
    if (tickets->len == 0)
        return false;
    memcpy(out, tickets->ptr, sizeof *out);
    *tickets = str_skip(*tickets, sizeof *out);
    return true;
}

static uint64_t count_unwritten(const struct batch *batch, bool written)
{
    struct str tickets = buf_str(&batch->tickets);
    struct batch_ticket waiting;
    uint64_t count = 0;
    while (next_ticket(&tickets, &waiting))
        count += !written || waiting.failed;
    return count;
}

static void complete_all(struct recorder *r, bool written)
{
    struct str tickets = buf_str(&r->batch.tickets);
    struct batch_ticket waiting;
    while (next_ticket(&tickets, &waiting))
        r->options.complete(r->options.context, waiting.feed, waiting.ticket,
                            written && !waiting.failed ? 0 : 503);
    if (r->batch.tickets.len > 0 && r->options.completed)
        r->options.completed(r->options.context);
}

static void count_commit(struct recorder_state *state, const struct batch *batch, uint64_t ns)
{
    double seconds = (double)ns / 1e9;
    size_t bucket = 0;
    while (bucket < COMMIT_BUCKETS && seconds > commit_bounds[bucket])
        bucket++;
    state->commits.buckets[bucket]++;
    state->commits.sum_s += seconds;
    state->commits.count++;
    for (size_t kind = 0; kind < HIT_KIND_COUNT; kind++)
        state->events[kind] += batch->events[kind];
}

static void note_failure(struct recorder *r)
{
    unsigned shift = r->failures < 7 ? r->failures : 7;
    uint64_t pause = r->failures == 0 ? 0 : (uint64_t)RETRY_FIRST_MS << shift;
    r->failures++;
    r->retry_at_ms = clock_monotonic_ms() + (pause < RETRY_LAST_MS ? pause : RETRY_LAST_MS);
}

static int write_batch(struct recorder *r)
{
    if (!r->journal || journal_pending(r->journal) == 0)
        return ERR_NOT_FOUND;
    int rc = journal_commit(r->journal);
    if (rc == 0) {
        r->failures = 0;
        r->reported_gap += r->batch.gap;
        r->reported_refused += r->batch.refused;
    } else {
        note_failure(r);
    }
    return rc;
}

/* Those who are answered together come back together, a little later than the next sync would
 * begin: half of them would always wait for the other half's. A quarter of a sync lets them in. */
static uint64_t gather_time(const struct recorder *r, uint64_t commit_ns)
{
    size_t groups = r->batch.tickets.len / sizeof(struct batch_ticket);
    if (r->options.journal.durability != DURABILITY_POWER || groups < 2)
        return 0;
    return commit_ns / 4 < GATHER_MAX_NS ? commit_ns / 4 : GATHER_MAX_NS;
}

/* Whoever has an answer finds it in the figures. */
static void commit(struct recorder *r)
{
    uint64_t began = uv_hrtime();
    int rc = write_batch(r);
    uint64_t ns = uv_hrtime() - began;
    r->gather_ns = gather_time(r, ns);
    if (rc != 0)
        r->lost_views += r->batch.views;
    uv_mutex_lock(&r->lock);
    if (rc == 0)
        count_commit(&r->state, &r->batch, ns);
    r->state.unwritten += count_unwritten(&r->batch, rc == 0);
    r->state.dropped = r->lost_views;
    uv_mutex_unlock(&r->lock);
    recorder_publish_state(r);
    complete_all(r, rc == 0);

    struct buf tickets = r->batch.tickets;
    buf_clear(&tickets);
    r->batch = (struct batch){.tickets = tickets};
}

/* --- all of it */

static bool is_resting(const struct recorder *r)
{
    return r->failures > 1 && clock_monotonic_ms() < r->retry_at_ms;
}

/* While the journal rests, or where there is none. */
static void refuse_item(struct recorder *r, size_t feed, const struct feed_item *item)
{
    r->lost_views += item->kind == FEED_VIEW;
    r->batch.group.has_failed |= item->kind == FEED_EVENT;
    if (item->kind == FEED_TICKET)
        add_ticket(r, feed, item->ticket);
}

enum taken recorder_take(struct recorder *r)
{
    enum taken taken = TAKEN_NOTHING;
    bool resting = !r->journal || is_resting(r);
    for (size_t turn = 0; turn < r->feed_count && taken != TAKEN_SOME; turn++) {
        size_t i = r->next_feed;
        struct feed_item item;
        r->next_feed = (i + 1) % r->feed_count;
        while (taken != TAKEN_SOME && feed_next(&r->feeds[i], &item)) {
            taken = TAKEN_ALL;
            if (resting)
                refuse_item(r, i, &item);
            else if (!take_item(r, i, &item))
                taken = TAKEN_SOME;
        }
        feed_release(&r->feeds[i]);
    }
    if (taken == TAKEN_NOTHING)
        return taken;
    commit(r);
    return taken;
}

void recorder_tell_losses(struct recorder *r)
{
    if (!r->journal || is_resting(r))
        return;
    add_losses(r);
    if (journal_pending(r->journal) == 0 && journal_state(r->journal).health != JOURNAL_GOOD)
        (void)add_loss(r, HIT_GAP, 0);
    if (journal_pending(r->journal) > 0)
        commit(r);
}
