/* What the files of the recorder share. Private to recorder*.c. */
#ifndef ATTIMO_SERVER_RECORDER_PARTS_H
#define ATTIMO_SERVER_RECORDER_PARTS_H

#include "journal/handover.h"
#include "server/recorder.h"
#include "server/syncer.h"
#include "server/upkeep.h"

/* The group that is being taken; zeroed between groups. */
struct group {
    bool is_open;    /* some of it was added */
    bool has_failed; /* an event of it could not be */
    struct journal_mark start;
    uint64_t events[HIT_KIND_COUNT]; /* of the batch before it */
};

/* What waits for the journal's next commit. */
struct batch {
    struct buf tickets; /* of struct batch_ticket */
    uint64_t events[HIT_KIND_COUNT];
    uint64_t views;
    uint64_t gap; /* what its `gap` line tells, and its `refused` line */
    uint64_t refused;
    struct group group;
};

/* What the control thread wants (recorder_handover.c); the last one counts. */
struct recorder_orders {
    uint64_t given; /* so many so far, and so many are followed */
    uint64_t followed;
    bool lets_go; /* else it holds */
    uint64_t first_seq;
    bool is_alone;
    int result; /* of the last that was followed */
};

struct recorder {
    struct recorder_options options;
    char node[NODE_MAX + 1];
    int data_fd; /* -1: not open */
    struct sleeper sleeper;
    struct feed *feeds;
    size_t feed_count; /* that are initialised */
    uv_thread_t thread;
    bool has_thread;
    atomic_bool stopping;
    struct syncer syncer;
    struct upkeep upkeep;

    /* The recorder's thread's own. */
    struct journal *journal; /* NULL: could not be opened */
    struct batch batch;
    struct hit_reader *reader;
    size_t next_feed;          /* whose turn it is: one that is never empty holds up no other */
    uint64_t lost_views;       /* of batches that failed, or for which there was no journal */
    uint64_t reported_gap;     /* views that `gap` lines have told of */
    uint64_t reported_refused; /* likewise */
    unsigned failures;         /* commits in a row */
    uint64_t retry_at_ms;      /* nothing is tried before */
    uint64_t gather_ns;        /* nothing is taken for so long, that more may come */
    uint64_t next_tick_ms;
    enum journal_health health_told;
    uint64_t lost_folders_told;
    bool data_is_taken;               /* away from where it was: told */
    struct journal_handover handover; /* options.journal has it until the journal is open */
    bool holds;                       /* the lock file, whatever it was opened with */
    bool is_alone;                    /* the server before has ended, and all is done that waited */

    uv_mutex_t lock; /* guards what follows */
    struct recorder_state state;
    struct recorder_orders orders;
    uv_cond_t followed;
    int lock_fd; /* the journal's; -1: there is none */
};

/* --- recorder_commit.c */

enum taken { TAKEN_NOTHING, TAKEN_ALL, TAKEN_SOME };

/* Takes what the feeds hold, or a batch full of it, commits and completes it. */
enum taken recorder_take(struct recorder *recorder);

/* Once a second: writes the lines that tell what was not recorded; on a journal that is not well,
 * also where there is nothing to tell, to see whether it works again. */
void recorder_tell_losses(struct recorder *recorder);

/* --- recorder_handover.c */

/* On the recorder's thread: does what was ordered. */
void recorder_follow(struct recorder *recorder);

/* --- recorder.c */

/* A word in the log of a segment whose end could not be looked at. */
void recorder_tell_unread(const struct recorder *recorder, const struct journal_recovery *recovery);

/* Where the journal may have changed: a word in the log if its health or its folder has, and the
 * state as others see it. */
void recorder_publish_state(struct recorder *recorder);

#endif
