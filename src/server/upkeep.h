/* Looks after sealed segments of the journal, on a thread of its own with a low priority: old ones
 * are compressed, older ones removed. Those of other nodes stay; a warning tells, once, of those
 * that are older than they would be kept. */
#ifndef ATTIMO_SERVER_UPKEEP_H
#define ATTIMO_SERVER_UPKEEP_H

#include "base/log.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

struct upkeep_options {
    const char *data;
    const char *node;
    int64_t compress_after_s; /* since a segment's last event; < 0: never */
    int64_t keep_s;           /* likewise */
    const struct log *log;
};

struct upkeep {
    struct upkeep_options options;
    uv_thread_t thread;
    bool has_thread;
    int last_error;
    bool has_told_foreign; /* of segments of other nodes: once is enough */
    /* Segments from here on may still be written; 0: nothing is known yet. From any thread. */
    atomic_uint_least64_t unsealed_seq;

    uv_mutex_t lock; /* guards what follows, and the times of the options */
    uv_cond_t woken;
    bool tuned;
    atomic_bool stopping;
};

/* ERR_LIMIT. */
int upkeep_init(struct upkeep *upkeep, const struct upkeep_options *options);

/* ERR_LIMIT: no thread. */
int upkeep_start(struct upkeep *upkeep);

/* From now on segments are kept for so long, and looked at right away. From any thread. */
void upkeep_tune(struct upkeep *upkeep, int64_t compress_after_s, int64_t keep_s);

/* Ends the thread, if there is one: a segment that is being compressed is left as it was. */
void upkeep_stop(struct upkeep *upkeep);

void upkeep_finish(struct upkeep *upkeep);

#endif
