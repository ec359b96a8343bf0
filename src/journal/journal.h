/* The durable log of events, written by one thread: lines wait in a batch and are committed
 * together (group commit), by one write and, if so chosen, one sync.
 *
 * Happy path: open, add..., commit, then release what waits for it; tick once a second; close.
 * Failure modes: a failed commit refuses its whole batch, whose numbers are never given again. A
 * full disk leaves no torn line and heals by itself. A failed sync is final for its batch and its
 * segment, and the state is JOURNAL_FAILED until a sync has succeeded: lines that were refused are
 * cut off again in DURABILITY_POWER, but where that fails, or in a crash, a refused event may be
 * found; an acknowledged one is found once. Of files that somebody takes away, or their folder, a
 * tick later no more is written.
 */
#ifndef ATTIMO_JOURNAL_JOURNAL_H
#define ATTIMO_JOURNAL_JOURNAL_H

#include "journal/disk.h"
#include "journal/event.h"
#include "journal/segment_name.h"

struct journal;

/* PROCESS: committed lines are in the kernel and survive the death of the process. POWER: they are
 * on the disk. */
enum durability { DURABILITY_PROCESS, DURABILITY_POWER };

/* What the journal takes from the world, so that tests can hold it; all zero: the system's. */
struct journal_world {
    const struct disk *disk;
    int64_t (*wall_ms)(void *context);
    uint64_t (*monotonic_ms)(void *context);
    void *context;
};

struct journal_options {
    int data_fd;     /* the data directory; the caller keeps it open as long as the journal */
    struct str node; /* of the form that segment_node_is_valid asks for */
    enum durability durability;
    uint64_t segment_bytes;  /* a segment that would get larger is sealed; 0: 64 MiB */
    uint64_t segment_age_ms; /* one that is older likewise; 0: a day */
    struct journal_world world;
    const struct journal_handover *handover; /* from another process, see handover.h; NULL: the
                                                lock is taken */
};

/* What was found at opening. */
struct journal_recovery {
    bool unclean;                   /* the last writer did not end in order */
    uint64_t next_seq;              /* the first number that will be given */
    uint64_t cut_bytes;             /* this many bytes without an intact line were cut off */
    char file[SEGMENT_FILE_SIZE];   /* the end of this segment; "" if there was none */
    char unread[SEGMENT_FILE_SIZE]; /* the end of this one the disk failed to give; or "" */
};

/* Takes the lock, makes `journal/` if it is not there, repairs the end of the last segment. One
 * that is handed over is not repaired, and not held yet. hash_init must have been called.
 * ERR_IN_USE: another process writes here. ERR_INVALID: the node's
 * name. ERR_LIMIT: numbers have come to their end. */
int journal_open(struct journal **out, const struct journal_options *options,
                 struct journal_recovery *recovery);

/* Ends in order: what was committed is synced and the end is noted. Events that were added and not
 * committed are dropped. Frees, whatever it returns: ERR_IO, ERR_NO_SPACE: the next opening will
 * take it for an unclean end. */
int journal_close(struct journal *journal);

/* Frees without a note, as if the process had died. Takes NULL. */
void journal_destroy(struct journal *journal);

/* Encodes the event into the batch; fills in its `seq`, `id` (valid until the next call) and
 * `node`. Errors of event_encode, for this event alone; ERR_NO_MEMORY, ERR_LIMIT. */
int journal_add(struct journal *journal, struct event *event);

/* How far the batch has come; and back to there: what was added since is forgotten, and its numbers
 * are given to others. A mark holds until the next commit. */
struct journal_mark {
    size_t bytes;
    uint64_t lines;
    uint64_t next_seq;
};
struct journal_mark journal_mark(const struct journal *journal);
void journal_go_back(struct journal *journal, const struct journal_mark *mark);

/* Bytes of the batch. */
size_t journal_pending(const struct journal *journal);

/* Writes the batch, and syncs it in DURABILITY_POWER; the batch is empty afterwards. Any error
 * refuses all of it. ERR_NO_SPACE, ERR_IO... An empty batch is written at once. */
int journal_commit(struct journal *journal);

/* Once a second: seals a segment that is too old, or that was begun before the clock was set back
 * behind its beginning, and leaves one whose file was deleted or moved away; where that befell the
 * whole folder `journal/`, it makes another one, and until it can, commits fail. Returns what went
 * wrong with a segment; the state tells all of it. */
int journal_tick(struct journal *journal);

/* Syncs what was committed, at once; sealing and closing do so by themselves. ERR_IO. */
int journal_sync(struct journal *journal);

/* The same in two parts, so that the sync itself can be done on another thread while events go on:
 * for DURABILITY_PROCESS, each second. Begin returns a descriptor for fdatasync, ERR_NOT_FOUND
 * where nothing waits for a sync, or another error; end takes it back, with whether the sync has
 * failed. One at a time. */
int journal_sync_begin(struct journal *journal);
void journal_sync_end(struct journal *journal, int fd, bool failed);

enum journal_health {
    JOURNAL_GOOD,
    JOURNAL_FULL,   /* the last commit found no space */
    JOURNAL_FAILED, /* a write or a sync failed, and no sync has succeeded since */
};

struct journal_state {
    enum journal_health health;
    uint64_t next_seq;
    uint64_t unsealed_seq; /* segments of this node from here on may still be written */
    uint64_t lines;        /* committed since opening */
    uint64_t bytes;
    uint64_t refused;       /* lines of batches that failed */
    uint64_t failed_writes; /* commits that failed, but for want of space */
    uint64_t failed_syncs;
    uint64_t lost_segments; /* files that were deleted or moved while they were written */
    uint64_t lost_folders;  /* likewise, in whose place there is another one now */
    int folder_error;       /* why there is none, and commits fail; else 0 */
    uint64_t unsynced_bytes;
};

struct journal_state journal_state(const struct journal *journal);

#endif
