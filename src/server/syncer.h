/* A thread that syncs one file after the other, so that the thread that writes them goes on
 * meanwhile. */
#ifndef ATTIMO_SERVER_SYNCER_H
#define ATTIMO_SERVER_SYNCER_H

#include "journal/disk.h"
#include "server/sleeper.h"

#include <uv.h>

struct syncer {
    const struct disk *disk;
    struct sleeper *owner;
    uv_thread_t thread;
    bool has_thread;

    uv_mutex_t lock; /* guards what follows */
    uv_cond_t given;
    int fd; /* -1: nothing to do, and nothing to be taken */
    bool done;
    bool failed;
    bool stopping;
};

/* `owner` is called when a sync is done. ERR_LIMIT. */
int syncer_init(struct syncer *syncer, const struct disk *disk, struct sleeper *owner);

/* ERR_LIMIT: no thread. */
int syncer_start(struct syncer *syncer);

/* Ends the thread, if there is one, after the sync that is under way; its result can still be
 * taken. */
void syncer_stop(struct syncer *syncer);

void syncer_finish(struct syncer *syncer);

/* Whether syncer_give may be called. */
bool syncer_is_free(struct syncer *syncer);

/* The descriptor is the syncer's until it is taken. */
void syncer_give(struct syncer *syncer, int fd);

/* Once the sync is done: gives the descriptor back, and says what came of it. */
bool syncer_take(struct syncer *syncer, int *fd, bool *failed);

#endif
