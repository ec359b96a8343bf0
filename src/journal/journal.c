/* Owns the batch, the active segment and the state of the journal. Opening is in journal_open.c. */
#include "journal/journal.h"

#include "base/buf.h"
#include "base/err.h"
#include "journal/journal_parts.h"
#include "journal/lock.h"
#include "journal/uuid.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CLOCK_STEP_MS = 60 * 1000 };

static int64_t wall_ms(const struct journal *j)
{
    return j->world.wall_ms(j->world.context);
}

static uint64_t monotonic_ms(const struct journal *j)
{
    return j->world.monotonic_ms(j->world.context);
}

static void take_random(struct journal *j, unsigned char out[UUID_RANDOM_SIZE])
{
    const uint64_t numbers[2] = {random_stream_next(&j->random), random_stream_next(&j->random)};
    memcpy(out, numbers, UUID_RANDOM_SIZE);
}

/* Where the event comes from, and when. Events come many to a millisecond, and then only their ids
 * differ. */
static void set_origin(struct journal *j, struct event *event)
{
    static const char no_id[UUID_LEN + 1] = "00000000-0000-0000-0000-000000000000";
    unsigned char random[UUID_RANDOM_SIZE];
    char *id = j->origin_text + EVENT_ID_AT;
    event->node = j->node_text;
    if (event->ts_ms != j->origin_ms || j->origin.len == 0) {
        event->id = STR(no_id);
        j->origin = event_write_origin(event, j->origin_text);
        j->origin_ms = event->ts_ms;
    }
    take_random(j, random);
    uuid_write(id, event->ts_ms, random);
    event->id = str_make(id, UUID_LEN);
    event->written.origin = j->origin;
}

int journal_add(struct journal *j, struct event *event)
{
    char *room = buf_reserve(&j->batch, EVENT_LINE_ROOM);
    if (!room) {
        /* What was added before is still there. */
        j->batch.failed = false;
        return ERR_NO_MEMORY;
    }
    if (j->next_seq >= j->end_seq)
        return ERR_LIMIT;
    set_origin(j, event);
    event->seq = j->next_seq;
    ssize_t n = event_encode(event, room);
    if (n < 0)
        return (int)n;
    if (j->batch.len == 0)
        j->batch_first_seq = j->next_seq;
    j->batch.len += (size_t)n;
    j->batch_lines++;
    j->next_seq++;
    return 0;
}

struct journal_mark journal_mark(const struct journal *j)
{
    return (struct journal_mark){j->batch.len, j->batch_lines, j->next_seq};
}

void journal_go_back(struct journal *j, const struct journal_mark *mark)
{
    assert(mark->bytes <= j->batch.len && mark->next_seq <= j->next_seq);
    j->batch.len = mark->bytes;
    j->batch_lines = mark->lines;
    j->next_seq = mark->next_seq;
}

size_t journal_pending(const struct journal *j)
{
    return j->batch.len;
}

/* --- segments ------------------------------------------------------------------------------- */

/* A sync that is under way on another thread is then of no segment any more. */
static void leave_segment(struct journal *j)
{
    segment_destroy(j->active);
    j->active = NULL;
    j->sync_is_of_active = false;
}

static void note_failed_sync(struct journal *j)
{
    j->state.failed_syncs++;
    j->state.health = JOURNAL_FAILED;
}

static void note_sync(struct journal *j)
{
    if (j->state.health == JOURNAL_FAILED)
        j->state.health = JOURNAL_GOOD;
}

static uint64_t failures(const struct journal *j)
{
    return j->state.failed_syncs + j->state.failed_writes;
}

int journal_sync(struct journal *j)
{
    if (!j->active || segment_unsynced(j->active) == 0)
        return 0;
    int rc = segment_sync(j->active);
    if (rc == 0) {
        note_sync(j);
    } else {
        note_failed_sync(j);
        /* In DURABILITY_POWER that is the batch: a sync has covered all that was acknowledged. */
        if (j->durability == DURABILITY_POWER)
            segment_cut_unsynced(j->active);
        leave_segment(j);
    }
    return rc;
}

int journal_note(const struct journal *j, const struct lock_note *note)
{
    return j->is_held ? lock_note(j->world.disk, j->lock_fd, note) : 0;
}

/* All that was in it is then on the disk, whatever the durability, and the lock file knows a number
 * that no line of a sealed segment reaches: they may all be removed one day. */
static int seal(struct journal *j)
{
    int rc = journal_sync(j);
    leave_segment(j);
    const struct lock_note note = {.next_seq = j->batch.len > 0 ? j->batch_first_seq : j->next_seq};
    int noted = journal_note(j, &note);
    return rc != 0 ? rc : noted;
}

/* That the clock was set back, readers tell by the next name alone, which is earlier then. Steps of
 * less than an hour they allow for anyhow. */
static bool is_ahead(const struct journal *j)
{
    return wall_ms(j) < j->active_start_ms - CLOCK_STEP_MS;
}

static bool is_over(const struct journal *j)
{
    return monotonic_ms(j) - j->active_since_ms >= j->segment_age_ms || is_ahead(j);
}

static bool is_full(const struct journal *j)
{
    uint64_t size = segment_size(j->active);
    return size > 0 && size + j->batch.len > j->segment_bytes;
}

/* Where it cannot be looked for, nothing is known against it. */
static bool folder_is_in_place(const struct journal *j)
{
    struct stat ours;
    struct stat there;
    if (fstat(j->dir_fd, &ours) != 0)
        return true;
    if (fstatat(j->data_fd, "journal", &there, 0) != 0)
        return errno != ENOENT && errno != ENOTDIR && errno != ELOOP;
    return ours.st_ino == there.st_ino && ours.st_dev == there.st_dev;
}

/* What is written in a folder that was taken away is found by nobody: what it has is left there,
 * and nothing is written until there is another one. */
static int ready_folder(struct journal *j)
{
    j->state.folder_error = 0;
    if (folder_is_in_place(j))
        return 0;
    j->state.lost_segments += j->active != NULL;
    if (j->active)
        (void)seal(j);
    int fd = journal_open_folder(j->world.disk, j->data_fd);
    if (fd < 0) {
        j->state.folder_error = fd;
        return fd;
    }
    (void)close(j->dir_fd);
    j->dir_fd = fd;
    j->state.lost_folders++;
    return 0;
}

/* The segment that the batch goes to. That one sealed before could not be synced is no reason to
 * refuse this batch. */
static int ready_segment(struct journal *j)
{
    if (j->active && (is_over(j) || is_full(j)))
        (void)seal(j);
    if (j->active)
        return 0;
    int rc = ready_folder(j);
    if (rc != 0)
        return rc;
    struct segment_name name = {.first_seq = j->batch_first_seq, .start_ms = wall_ms(j)};
    memcpy(name.node, j->node, sizeof name.node);
    j->active_since_ms = monotonic_ms(j);
    j->active_start_ms = name.start_ms;
    j->active_first_seq = j->batch_first_seq;
    return segment_create(&j->active, j->world.disk, j->dir_fd, &name);
}

/* --- commit --------------------------------------------------------------------------------- */

static int write_batch(struct journal *j)
{
    int rc = ready_segment(j);
    if (rc == 0)
        rc = segment_append(j->active, buf_str(&j->batch));
    if (rc == 0) {
        if (j->state.health == JOURNAL_FULL)
            j->state.health = JOURNAL_GOOD;
        return j->durability == DURABILITY_POWER ? journal_sync(j) : 0;
    }
    /* One without a line would carry a number that is not its first line's. */
    if (j->active && (segment_is_dead(j->active) || segment_size(j->active) == 0))
        leave_segment(j);
    if (j->state.folder_error != 0)
        return rc; /* which says nothing of the disk */
    if (rc != ERR_NO_SPACE) {
        j->state.failed_writes++;
        j->state.health = JOURNAL_FAILED;
    } else if (j->state.health == JOURNAL_GOOD) {
        j->state.health = JOURNAL_FULL;
    }
    return rc;
}

int journal_commit(struct journal *j)
{
    if (j->batch.len == 0)
        return 0;
    int rc = write_batch(j);
    if (rc == 0) {
        j->state.lines += j->batch_lines;
        j->state.bytes += j->batch.len;
    } else {
        j->state.refused += j->batch_lines;
    }
    buf_clear(&j->batch);
    j->batch_lines = 0;
    return rc;
}

int journal_tick(struct journal *j)
{
    if (ready_folder(j) != 0 || !j->active)
        return 0;
    if (!segment_is_in_place(j->active)) {
        j->state.lost_segments++;
        (void)seal(j);
        return ERR_NOT_FOUND;
    }
    return is_over(j) ? seal(j) : 0;
}

/* --- syncing from elsewhere ------------------------------------------------------------------ */

int journal_sync_begin(struct journal *j)
{
    if (!j->active || segment_unsynced(j->active) == 0)
        return ERR_NOT_FOUND;
    int fd = segment_sync_fd(j->active);
    if (fd >= 0) {
        j->sync_is_of_active = true;
        j->sync_size = segment_size(j->active);
        j->failures_before_sync = failures(j);
    }
    return fd;
}

void journal_sync_end(struct journal *j, int fd, bool failed)
{
    (void)close(fd);
    if (j->sync_is_of_active)
        segment_was_synced(j->active, j->sync_size, failed);
    if (failed)
        note_failed_sync(j);
    else if (failures(j) == j->failures_before_sync)
        note_sync(j);
    if (failed && j->sync_is_of_active)
        leave_segment(j);
    j->sync_is_of_active = false;
}

struct journal_state journal_state(const struct journal *j)
{
    struct journal_state state = j->state;
    state.next_seq = j->next_seq;
    state.unsealed_seq = j->active          ? j->active_first_seq
                         : j->batch.len > 0 ? j->batch_first_seq
                                            : j->next_seq;
    state.unsynced_bytes = j->active ? segment_unsynced(j->active) : 0;
    return state;
}

/* --- the end -------------------------------------------------------------------------------- */

void journal_destroy(struct journal *j)
{
    if (!j)
        return;
    segment_destroy(j->active);
    buf_finish(&j->batch);
    if (j->dir_fd >= 0)
        (void)close(j->dir_fd);
    if (j->lock_fd >= 0)
        (void)close(j->lock_fd);
    free(j);
}

int journal_close(struct journal *j)
{
    int rc = journal_sync(j);
    leave_segment(j);
    const struct lock_note note = {.clean = true, .next_seq = j->next_seq};
    if (rc == 0)
        rc = journal_note(j, &note);
    journal_destroy(j);
    return rc;
}
