/* Owns the thread that syncs. */
#include "server/syncer.h"

#include "base/err.h"

static void sync_files(void *argument)
{
    struct syncer *syncer = argument;
    uv_mutex_lock(&syncer->lock);
    for (;;) {
        while (!syncer->stopping && (syncer->fd < 0 || syncer->done))
            uv_cond_wait(&syncer->given, &syncer->lock);
        if (syncer->fd < 0 || syncer->done)
            break;
        int fd = syncer->fd;
        uv_mutex_unlock(&syncer->lock);
        bool failed = disk_sync_data(syncer->disk, fd) != 0;
        uv_mutex_lock(&syncer->lock);
        syncer->failed = failed;
        syncer->done = true;
        sleeper_call(syncer->owner);
    }
    uv_mutex_unlock(&syncer->lock);
}

int syncer_init(struct syncer *syncer, const struct disk *disk, struct sleeper *owner)
{
    *syncer = (struct syncer){.disk = disk, .owner = owner, .fd = -1};
    if (uv_mutex_init(&syncer->lock) != 0)
        return ERR_LIMIT;
    if (uv_cond_init(&syncer->given) != 0) {
        uv_mutex_destroy(&syncer->lock);
        return ERR_LIMIT;
    }
    return 0;
}

int syncer_start(struct syncer *syncer)
{
    if (uv_thread_create(&syncer->thread, sync_files, syncer) != 0)
        return ERR_LIMIT;
    syncer->has_thread = true;
    return 0;
}

void syncer_stop(struct syncer *syncer)
{
    if (!syncer->has_thread)
        return;
    uv_mutex_lock(&syncer->lock);
    syncer->stopping = true;
    uv_cond_signal(&syncer->given);
    uv_mutex_unlock(&syncer->lock);
    (void)uv_thread_join(&syncer->thread);
    syncer->has_thread = false;
}

void syncer_finish(struct syncer *syncer)
{
    syncer_stop(syncer);
    uv_cond_destroy(&syncer->given);
    uv_mutex_destroy(&syncer->lock);
}

bool syncer_is_free(struct syncer *syncer)
{
    uv_mutex_lock(&syncer->lock);
    bool is_free = syncer->fd < 0;
    uv_mutex_unlock(&syncer->lock);
    return is_free;
}

void syncer_give(struct syncer *syncer, int fd)
{
    uv_mutex_lock(&syncer->lock);
    syncer->fd = fd;
    syncer->done = false;
    uv_cond_signal(&syncer->given);
    uv_mutex_unlock(&syncer->lock);
}

bool syncer_take(struct syncer *syncer, int *fd, bool *failed)
{
    uv_mutex_lock(&syncer->lock);
    bool done = syncer->fd >= 0 && syncer->done;
    if (done) {
        *fd = syncer->fd;
        *failed = syncer->failed;
        syncer->fd = -1;
    }
    uv_mutex_unlock(&syncer->lock);
    return done;
}
