/* What the files of the journal share. Private to journal*.c. */
#ifndef ATTIMO_JOURNAL_JOURNAL_PARTS_H
#define ATTIMO_JOURNAL_JOURNAL_PARTS_H

#include "base/buf.h"
#include "base/hash.h"
#include "journal/journal.h"
#include "journal/lock.h"
#include "journal/segment.h"
#include "journal/segment_list.h"
#include "journal/uuid.h"

struct journal {
    struct journal_world world;
    enum durability durability;
    uint64_t segment_bytes;
    uint64_t segment_age_ms;
    int data_fd; /* the caller's */
    int dir_fd;
    int lock_fd;
    char node[NODE_MAX + 1];
    struct str node_text;
    int64_t origin_ms; /* which `origin` is of; the id in it is replaced for each event */
    struct str origin;
    char origin_text[EVENT_WRITTEN_MAX];

    struct segment *active; /* NULL until its first event */
    uint64_t active_first_seq;
    uint64_t active_since_ms; /* monotonic */
    int64_t active_start_ms;  /* the same by the wall clock, as its name says */

    struct buf batch;
    uint64_t batch_first_seq;
    uint64_t batch_lines;
    uint64_t next_seq;
    uint64_t first_seq; /* that could be given since opening */
    uint64_t end_seq;   /* and none from here on */
    bool is_held;       /* the lock file is ours to write; see handover.h */

    bool sync_is_of_active; /* a sync under way elsewhere is of the segment that is still active */
    uint64_t sync_size;     /* and covers this much of it */
    uint64_t failures_before_sync;

    struct journal_state state; /* the counts, and the health */
    struct random_stream random;
};

/* --- journal.c */

/* Notes in the lock file, if that is ours to write. */
int journal_note(const struct journal *journal, const struct lock_note *note);

/* --- journal_open.c */

/* Makes `journal/` if it is not there, durably, and opens it: a descriptor, or an error. */
int journal_open_folder(const struct disk *disk, int data_fd);

/* Cuts what stands behind the last intact line of the segment, durably: a second restart must not
 * find it again behind newer lines. One whose end the disk fails to give is told and left as it is:
 * no error. Numbers go on behind it. */
int journal_repair_tail(struct journal *journal, const struct segment_entry *entry,
                        struct journal_recovery *out);

#endif
