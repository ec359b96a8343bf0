/* Owns opening a journal: the lock, what the last writer left, the first number. */
#include "base/clock.h"
#include "base/err.h"
#include "base/hash.h"
#include "journal/handover.h"
#include "journal/journal_parts.h"
#include "journal/lock.h"
#include "journal/recover.h"
#include "journal/segment_list.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    SEGMENT_BYTES = 64 * 1024 * 1024,
    SEGMENT_AGE_MS = 24 * 60 * 60 * 1000,
    UNCLEAN_SKIP = 1 << 20,
};

static int64_t system_wall_ms(void *context)
{
    (void)context;
    return clock_wall_ms();
}

static uint64_t system_monotonic_ms(void *context)
{
    (void)context;
    return clock_monotonic_ms();
}

/* One whose name was not synced is made again the next time. */
int journal_open_folder(const struct disk *disk, int data_fd)
{
    if (mkdirat(data_fd, "journal", 0750) == 0) {
        int rc = disk_sync(disk, data_fd);
        if (rc != 0) {
            (void)unlinkat(data_fd, "journal", AT_REMOVEDIR);
            return rc;
        }
    } else if (errno != EEXIST) {
        return err_from_errno(errno);
    }
    int fd = openat(data_fd, "journal", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0)
        return fd;
    return errno == ENOTDIR ? ERR_NO_FOLDER : err_from_errno(errno);
}

static void go_on_behind(struct journal *j, uint64_t seq)
{
    if (seq >= j->next_seq)
        j->next_seq = seq + 1;
}

/* Up to which number it goes nobody knows: no segment holds as many as a process that takes over
 * leaves out. */
static void pass_over(struct journal *j, const struct segment_entry *entry,
                      struct journal_recovery *out)
{
    go_on_behind(j, entry->name.first_seq + JOURNAL_HANDOVER_SKIP);
    (void)snprintf(out->unread, sizeof out->unread, "%s", entry->file);
}

static int cut(struct journal *j, int fd, const struct tail *tail)
{
    int rc = disk_truncate(j->world.disk, fd, (off_t)tail->good);
    return rc == 0 ? disk_sync(j->world.disk, fd) : rc;
}

int journal_repair_tail(struct journal *j, const struct segment_entry *entry,
                        struct journal_recovery *out)
{
    struct tail tail = {0};
    int fd = openat(j->dir_fd, entry->file, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    int rc = fd < 0 ? err_from_errno(errno) : recover_find_tail(j->world.disk, fd, &tail);
    bool is_unread = rc == ERR_IO;
    if (is_unread) {
        pass_over(j, entry, out);
    } else if (rc == 0 && tail.good < tail.size) {
        rc = cut(j, fd, &tail);
        out->cut_bytes = tail.size - tail.good;
        (void)snprintf(out->file, sizeof out->file, "%s", entry->file);
    }
    if (fd >= 0)
        (void)close(fd);
    if (rc == 0 && tail.has_seq)
        go_on_behind(j, tail.last_seq);
    return is_unread ? 0 : rc;
}

/* A take-over leaves the last segment of each process that took part, and a power cut may have come
 * in the middle of it. The numbers go on behind all that the segments of this node show. A
 * compressed one is not read: it was sealed, and the note in the lock file is behind it. */
static int recover(struct journal *j, struct journal_recovery *out)
{
    struct segment_list list;
    int rc = segment_list_read(&list, j->dir_fd);
    for (size_t i = 0; rc == 0 && i < list.count; i++) {
        const struct segment_entry *entry = &list.items[i];
        if (!entry->is_last || strcmp(entry->name.node, j->node) != 0)
            continue;
        go_on_behind(j, entry->name.first_seq);
        if (!entry->name.compressed)
            rc = journal_repair_tail(j, entry, out);
    }
    segment_list_finish(&list);
    return rc;
}

static int start(struct journal *j, int data_fd, struct journal_recovery *out)
{
    struct lock_note note = {0};
    j->lock_fd = lock_take(data_fd, &note);
    if (j->lock_fd < 0)
        return j->lock_fd;
    j->dir_fd = journal_open_folder(j->world.disk, data_fd);
    if (j->dir_fd < 0)
        return j->dir_fd;

    j->next_seq = note.next_seq > 0 ? note.next_seq : 1;
    uint64_t noted = j->next_seq;
    int rc = recover(j, out);
    if (rc != 0)
        return rc;
    /* A journal of which nobody has noted anything is new, unless it holds something. */
    bool is_new = note.next_seq == 0 && j->next_seq == 1;
    /* Behind a segment that cannot be read numbers go on further up, however it was ended. */
    bool is_as_noted = j->next_seq == noted || *out->unread;
    out->unclean = !is_new && (!note.clean || !is_as_noted || out->cut_bytes > 0);
    if (out->unclean)
        j->next_seq += UNCLEAN_SKIP;
    out->next_seq = j->next_seq;
    if (j->next_seq > EVENT_NUMBER_MAX)
        return ERR_LIMIT;
    j->first_seq = j->next_seq;
    const struct lock_note open_note = {.next_seq = j->next_seq};
    rc = lock_note(j->world.disk, j->lock_fd, &open_note);
    /* Without the note the lines themselves will show that numbers have gone on. */
    return rc == ERR_NO_SPACE ? 0 : rc;
}

/* What the process before has written is still being written. */
static int start_behind(struct journal *j, int data_fd, const struct journal_handover *handover,
                        struct journal_recovery *out)
{
    if (handover->first_seq > EVENT_NUMBER_MAX)
        return ERR_LIMIT;
    j->dir_fd = journal_open_folder(j->world.disk, data_fd);
    if (j->dir_fd < 0)
        return j->dir_fd;
    j->is_held = false;
    j->first_seq = j->next_seq = out->next_seq = handover->first_seq;
    j->lock_fd = handover->lock_fd;
    return 0;
}

static void fill_in_world(struct journal_world *world)
{
    if (!world->disk)
        world->disk = &disk_system;
    if (!world->wall_ms)
        world->wall_ms = system_wall_ms;
    if (!world->monotonic_ms)
        world->monotonic_ms = system_monotonic_ms;
}

int journal_open(struct journal **out, const struct journal_options *options,
                 struct journal_recovery *recovery)
{
    *recovery = (struct journal_recovery){0};
    if (!segment_node_is_valid(options->node))
        return ERR_INVALID;
    struct journal *j = malloc(sizeof *j);
    if (!j)
        return ERR_NO_MEMORY;
    *j = (struct journal){
        .world = options->world,
        .durability = options->durability,
        .segment_bytes = options->segment_bytes ? options->segment_bytes : SEGMENT_BYTES,
        .segment_age_ms = options->segment_age_ms ? options->segment_age_ms : SEGMENT_AGE_MS,
        .data_fd = options->data_fd,
        .dir_fd = -1,
        .lock_fd = -1,
        .end_seq = EVENT_NUMBER_MAX + 1,
        .is_held = true,
    };
    memcpy(j->node, options->node.ptr, options->node.len);
    j->node_text = str_make(j->node, options->node.len);
    fill_in_world(&j->world);
    random_stream_init(&j->random, NULL);
    int rc = options->handover ? start_behind(j, options->data_fd, options->handover, recovery)
                               : start(j, options->data_fd, recovery);
    if (rc != 0) {
        journal_destroy(j);
        return rc;
    }
    *out = j;
    return 0;
}
