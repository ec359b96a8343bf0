/* Owns the journal's thread, and what happens once a second.
 *
 * Happy path: sleep; take all that the feeds hold, commit it, complete it; nap, because whoever has
 * come once comes again, and views that come meanwhile need wake nobody; sleep deeply once a nap
 * has brought nothing. The sync of each second is made on the syncer's thread, old segments are the
 * upkeep's. */
#include "server/recorder.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/fs.h"
#include "server/recorder_parts.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { NAP_MS = 5, TICK_MS = 1000 };

/* --- the journal */

static int open_data(struct recorder *r)
{
    const char *data = r->options.data;
    if (r->data_fd >= 0)
        return 0;
    int rc = fs_make_data_folder(data);
    if (rc != 0)
        return rc;
    r->data_fd = open(data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return r->data_fd >= 0 ? 0 : err_from_errno(errno);
}

void recorder_tell_unread(const struct recorder *r, const struct journal_recovery *recovery)
{
    if (*recovery->unread)
        log_warning(r->options.log, "journal: cannot read the end of %s, which stays as it is: %s",
                    recovery->unread, err_words(ERR_IO));
}

static void tell_recovery(const struct recorder *r, const struct journal_recovery *recovery)
{
    const struct log *log = r->options.log;
    recorder_tell_unread(r, recovery);
    if (recovery->cut_bytes > 0)
        log_warning(log, "journal: cut %llu bytes without a whole line off the end of %s",
                    (unsigned long long)recovery->cut_bytes, recovery->file);
    if (recovery->unclean)
        log_warning(log, "journal: the last server did not end in order; numbers go on at %llu",
                    (unsigned long long)recovery->next_seq);
}

/* Tells of a failure once, until it is another one. */
static void set_error(struct recorder *r, int rc)
{
    if (rc == r->state.error)
        return;
    if (rc != 0)
        log_error(r->options.log, "no events are recorded: %s/journal: %s", r->options.data,
                  err_words(rc));
    else
        log_info(r->options.log, "events are recorded again");
    uv_mutex_lock(&r->lock);
    r->state.error = rc;
    uv_mutex_unlock(&r->lock);
}

static int open_journal(struct recorder *r)
{
    struct journal_recovery recovery;
    int rc = open_data(r);
    if (rc != 0)
        return rc;
    r->options.journal.data_fd = r->data_fd;
    rc = journal_open(&r->journal, &r->options.journal, &recovery);
    if (rc != 0)
        return rc;
    if (r->options.journal.handover)
        log_info(r->options.log, "journal: numbers will go on at %llu",
                 (unsigned long long)recovery.next_seq);
    r->options.journal.handover = NULL;
    if (r->holds)
        journal_hold(r->journal);
    tell_recovery(r, &recovery);
    recorder_publish_state(r);
    return 0;
}

static void tell_health(struct recorder *r, enum journal_health health)
{
    const struct log *log = r->options.log;
    if (health == r->health_told)
        return;
    r->health_told = health;
    if (health == JOURNAL_FULL)
        log_error(log, "journal: no space left; events are refused until there is");
    else if (health == JOURNAL_FAILED)
        log_error(log,
                  "journal: a write or a sync has failed; see what the kernel says of the disk");
    else
        log_info(log, "journal: works again");
}

static void tell_lost_folders(struct recorder *r, uint64_t lost)
{
    if (lost > r->lost_folders_told)
        log_error(r->options.log,
                  "journal: somebody took its folder away; events go on in another one, %s/journal",
                  r->options.data);
    r->lost_folders_told = lost;
}

void recorder_publish_state(struct recorder *r)
{
    if (!r->journal)
        return;
    const struct journal_state state = journal_state(r->journal);
    tell_lost_folders(r, state.lost_folders);
    set_error(r, state.folder_error);
    tell_health(r, state.health);
    atomic_store(&r->upkeep.unsealed_seq, state.unsealed_seq);
    uv_mutex_lock(&r->lock);
    r->state.journal = state;
    r->lock_fd = journal_lock_fd(r->journal);
    uv_mutex_unlock(&r->lock);
}

/* --- syncs of DURABILITY_PROCESS */

static void begin_sync(struct recorder *r)
{
    if (r->options.journal.durability == DURABILITY_POWER || !syncer_is_free(&r->syncer))
        return;
    int fd = journal_sync_begin(r->journal);
    if (fd >= 0)
        syncer_give(&r->syncer, fd);
    else if (fd != ERR_NOT_FOUND)
        log_error(r->options.log, "journal: cannot sync: %s", err_words(fd));
}

static void end_sync(struct recorder *r)
{
    int fd;
    bool failed;
    if (!syncer_take(&r->syncer, &fd, &failed))
        return;
    journal_sync_end(r->journal, fd, failed);
    recorder_publish_state(r);
}

/* --- the thread */

/* Another one cannot take its place: the lock is in this one, and the kernel may keep us out of any
 * other (isolate). */
static void look_at_data(struct recorder *r)
{
    const char *data = r->options.data;
    struct stat ours;
    struct stat there;
    bool taken;
    if (fstat(r->data_fd, &ours) != 0)
        return;
    if (stat(data, &there) == 0)
        taken = ours.st_ino != there.st_ino || ours.st_dev != there.st_dev;
    else
        taken = errno == ENOENT || errno == ENOTDIR;
    if (taken && !r->data_is_taken)
        log_error(r->options.log,
                  "somebody took the data folder %s away, which is in use: put it back, or restart",
                  data);
    r->data_is_taken = taken;
}

static void look_after_journal(struct recorder *r)
{
    int rc = journal_tick(r->journal);
    if (rc == ERR_NOT_FOUND)
        log_error(r->options.log, "journal: somebody took the segment away that was being written");
    else if (rc != 0)
        log_error(r->options.log, "journal: cannot end a segment: %s", err_words(rc));
    look_at_data(r);
}

static void tick(struct recorder *r)
{
    uint64_t now = clock_monotonic_ms();
    if (now < r->next_tick_ms)
        return;
    r->next_tick_ms = now + TICK_MS;
    if (!r->journal)
        set_error(r, open_journal(r));
    if (!r->journal)
        return;
    recorder_tell_losses(r);
    look_after_journal(r);
    begin_sync(r);
    recorder_publish_state(r);
}

static bool has_anything(void *context)
{
    const struct recorder *r = context;
    for (size_t i = 0; i < r->feed_count; i++)
        if (!feed_is_empty(&r->feeds[i]))
            return true;
    return false;
}

static bool has_group(void *context)
{
    const struct recorder *r = context;
    for (size_t i = 0; i < r->feed_count; i++)
        if (feed_has_group(&r->feeds[i]))
            return true;
    return false;
}

static void gather(struct recorder *r)
{
    const struct timespec pause = {.tv_nsec = (long)r->gather_ns};
    r->gather_ns = 0;
    if (pause.tv_nsec > 0)
        (void)nanosleep(&pause, NULL);
}

static void record(void *argument)
{
    struct recorder *r = argument;
    while (!atomic_load(&r->stopping)) {
        gather(r);
        enum taken taken = recorder_take(r);
        end_sync(r);
        tick(r);
        recorder_follow(r);
        uint64_t now = clock_monotonic_ms();
        uint64_t until_tick = r->next_tick_ms > now ? r->next_tick_ms - now : 0;
        if (taken == TAKEN_ALL)
            sleeper_sleep(&r->sleeper, SLEEP_NAP, NAP_MS, has_group, r);
        else if (taken == TAKEN_NOTHING)
            sleeper_sleep(&r->sleeper, SLEEP_DEEP, until_tick, has_anything, r);
    }
}

/* --- life */

struct feed *recorder_feed(struct recorder *r, size_t index)
{
    assert(index < r->feed_count);
    return &r->feeds[index];
}

static int init_feeds(struct recorder *r)
{
    r->feeds = calloc(r->options.feeds, sizeof *r->feeds);
    if (!r->feeds)
        return ERR_NO_MEMORY;
    for (; r->feed_count < r->options.feeds; r->feed_count++) {
        int rc = feed_init(&r->feeds[r->feed_count], r->options.ring_bytes, &r->sleeper);
        if (rc != 0)
            return rc;
    }
    return 0;
}

static int init_parts(struct recorder *r)
{
    const struct upkeep_options upkeep = {
        .data = r->options.data,
        .node = r->node,
        .compress_after_s = r->options.compress_after_s,
        .keep_s = r->options.keep_s,
        .log = r->options.log,
    };
    if (uv_mutex_init(&r->lock) != 0)
        return ERR_LIMIT;
    if (uv_cond_init(&r->followed) != 0)
        goto fail_lock;
    sleeper_init(&r->sleeper);
    if (syncer_init(&r->syncer, r->options.journal.world.disk, &r->sleeper) != 0)
        goto fail_cond;
    if (upkeep_init(&r->upkeep, &upkeep) != 0)
        goto fail_syncer;
    return 0;

fail_syncer:
    syncer_finish(&r->syncer);
fail_cond:
    uv_cond_destroy(&r->followed);
fail_lock:
    uv_mutex_destroy(&r->lock);
    return ERR_LIMIT;
}

static void init_options(struct recorder *r, const struct recorder_options *options)
{
    r->options = *options;
    r->data_fd = -1;
    r->lock_fd = -1;
    r->is_alone = !options->journal.handover;
    if (options->journal.handover) {
        r->handover = *options->journal.handover;
        r->options.journal.handover = &r->handover;
    }
    assert(segment_node_is_valid(options->journal.node));
    memcpy(r->node, options->journal.node.ptr, options->journal.node.len);
    if (!r->options.journal.world.disk)
        r->options.journal.world.disk = &disk_system;
}

int recorder_create(struct recorder **out, const struct recorder_options *options)
{
    struct recorder *r = calloc(1, sizeof *r);
    if (r)
        init_options(r, options);
    int rc = r ? init_parts(r) : ERR_NO_MEMORY;
    if (rc != 0) {
        if (options->journal.handover)
            (void)close(options->journal.handover->lock_fd);
        free(r);
        return rc;
    }
    rc = init_feeds(r);
    if (rc == 0)
        rc = hit_reader_create(&r->reader);
    if (rc == 0)
        rc = open_journal(r);
    if (rc == ERR_IN_USE || rc == ERR_NO_MEMORY) {
        recorder_destroy(r);
        return rc;
    }
    set_error(r, rc);
    *out = r;
    return 0;
}

int recorder_start(struct recorder *r)
{
    int rc = syncer_start(&r->syncer);
    if (rc == 0 && r->is_alone)
        rc = upkeep_start(&r->upkeep);
    if (rc == 0 && uv_thread_create(&r->thread, record, r) != 0)
        rc = ERR_LIMIT;
    r->has_thread = rc == 0;
    return rc;
}

void recorder_tune(struct recorder *r, int64_t compress_after_s, int64_t keep_s)
{
    upkeep_tune(&r->upkeep, compress_after_s, keep_s);
}

void recorder_stop(struct recorder *r)
{
    atomic_store(&r->stopping, true);
    if (r->has_thread) {
        sleeper_call(&r->sleeper);
        (void)uv_thread_join(&r->thread);
        r->has_thread = false;
        recorder_follow(r); /* what was ordered as it left */
    }
    while (recorder_take(r) != TAKEN_NOTHING)
        ;
    recorder_tell_losses(r);
    syncer_stop(&r->syncer);
    end_sync(r);
    upkeep_stop(&r->upkeep);
    if (!r->journal)
        return;
    uv_mutex_lock(&r->lock);
    r->lock_fd = -1;
    uv_mutex_unlock(&r->lock);
    int rc = journal_close(r->journal);
    r->journal = NULL;
    if (rc != 0)
        log_error(r->options.log, "journal: not closed in order: %s", err_words(rc));
}

void recorder_destroy(struct recorder *r)
{
    if (!r)
        return;
    recorder_stop(r);
    for (size_t i = 0; i < r->feed_count; i++)
        feed_finish(&r->feeds[i]);
    free(r->feeds);
    hit_reader_destroy(r->reader);
    buf_finish(&r->batch.tickets);
    if (r->data_fd >= 0)
        (void)close(r->data_fd);
    if (r->options.journal.handover)
        (void)close(r->handover.lock_fd);
    upkeep_finish(&r->upkeep);
    syncer_finish(&r->syncer);
    uv_cond_destroy(&r->followed);
    uv_mutex_destroy(&r->lock);
    free(r);
}

void recorder_state(struct recorder *r, struct recorder_state *state)
{
    uv_mutex_lock(&r->lock);
    *state = r->state;
    uv_mutex_unlock(&r->lock);
    for (size_t i = 0; i < r->feed_count; i++) {
        state->dropped += counter_read(&r->feeds[i].dropped);
        state->refused += counter_read(&r->feeds[i].refused);
        state->unwritten += counter_read(&r->feeds[i].unwritten);
    }
}
