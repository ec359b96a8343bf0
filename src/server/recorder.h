/* The journal thread: takes what the workers' feeds hold (packed hits), makes events of it, writes
 * them to the journal together (group commit), and releases the acknowledgements.
 *
 * Failure modes: no page ever waits for it. Where the journal cannot be opened or written, groups
 * are completed with 503 and views are counted as dropped, until it works again by itself; a `gap`
 * line then tells how many. */
#ifndef ATTIMO_SERVER_RECORDER_H
#define ATTIMO_SERVER_RECORDER_H

#include "base/log.h"
#include "capture/hit.h"
#include "journal/journal.h"
#include "server/feed.h"

struct recorder_options {
    const char *data;               /* the data folder; made if it is not there */
    struct journal_options journal; /* but for `data_fd`; the descriptor of a handover is the
                                       recorder's from recorder_create on */
    int64_t compress_after_s;       /* since a segment's last event; < 0: never */
    int64_t keep_s;                 /* likewise */
    size_t ring_bytes;              /* of each feed; room for two packed hits at least */
    size_t feeds;                   /* one for each worker */
    const struct log *log;
    /* A group's events are in the journal (status 0), or are not (503). On the recorder's thread,
     * or within recorder_stop. */
    void (*complete)(void *context, size_t feed, struct ticket ticket, unsigned status);
    /* All that waited for one commit is completed: now is the time to tell somebody. NULL: nobody
     * wants to know. */
    void (*completed)(void *context);
    void *context;
};

struct recorder;

/* Opens the journal. `options` is copied, what it points at is not. ERR_IN_USE: another process
 * writes there. That the journal cannot be opened for another reason is logged, and is no error: it
 * is tried again while running. ERR_NO_MEMORY, ERR_LIMIT. */
int recorder_create(struct recorder **out, const struct recorder_options *options);

struct feed *recorder_feed(struct recorder *recorder, size_t index);

/* Starts its threads. ERR_LIMIT. */
int recorder_start(struct recorder *recorder);

/* From now on old segments are compressed and removed after these times. From any thread. */
void recorder_tune(struct recorder *recorder, int64_t compress_after_s, int64_t keep_s);

/* Writes and completes what the feeds still hold, ends the threads, and closes the journal in
 * order. Nothing may be offered any more. Started or not. */
void recorder_stop(struct recorder *recorder);

/* Takes NULL. */
void recorder_destroy(struct recorder *recorder);

enum { COMMIT_BUCKETS = 10 };

/* The upper bounds of the buckets, in seconds. */
extern const double commit_bounds[COMMIT_BUCKETS];

struct recorder_state {
    int error; /* why there is no journal; 0: there is one */
    struct journal_state journal;
    uint64_t events[HIT_KIND_COUNT]; /* written */
    uint64_t dropped;                /* views */
    uint64_t refused;                /* events, by feed_refuse */
    uint64_t unwritten;              /* groups that were answered with 503 */
    struct {
        uint64_t buckets[COMMIT_BUCKETS + 1]; /* not cumulative; the last is for all above */
        double sum_s;
        uint64_t count;
    } commits;
};

/* From any thread. */
void recorder_state(struct recorder *recorder, struct recorder_state *state);

#endif
