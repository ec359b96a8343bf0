/* Owns sleeping and waking. Whoever wakes the thread says at once that it is awake, so that of many
 * who come at the same time only one makes a system call. */
#include "server/sleeper.h"

#include "base/err.h"

int sleeper_init(struct sleeper *sleeper)
{
    atomic_init(&sleeper->depth, SLEEP_NONE);
    sleeper->is_called = false;
    if (uv_mutex_init(&sleeper->lock) != 0)
        return ERR_LIMIT;
    if (uv_cond_init(&sleeper->woken) != 0) {
        uv_mutex_destroy(&sleeper->lock);
        return ERR_LIMIT;
    }
    return 0;
}

void sleeper_finish(struct sleeper *sleeper)
{
    uv_cond_destroy(&sleeper->woken);
    uv_mutex_destroy(&sleeper->lock);
}

void sleeper_sleep(struct sleeper *sleeper, enum sleep_depth depth, uint64_t ms,
                   bool (*has_work)(void *context), void *context)
{
    uint64_t left = ms * 1000000;
    uv_mutex_lock(&sleeper->lock);
    atomic_store(&sleeper->depth, depth);
    if (!sleeper->is_called && !has_work(context))
        (void)uv_cond_timedwait(&sleeper->woken, &sleeper->lock, left);
    atomic_store(&sleeper->depth, SLEEP_NONE);
    sleeper->is_called = false;
    uv_mutex_unlock(&sleeper->lock);
}

static void call(struct sleeper *sleeper)
{
    sleeper->is_called = true;
    atomic_store(&sleeper->depth, SLEEP_NONE);
    uv_cond_signal(&sleeper->woken);
}

void sleeper_wake(struct sleeper *sleeper, enum sleep_depth from)
{
    if (atomic_load(&sleeper->depth) < (int)from)
        return;
    uv_mutex_lock(&sleeper->lock);
    if (atomic_load(&sleeper->depth) >= (int)from)
        call(sleeper);
    uv_mutex_unlock(&sleeper->lock);
}

void sleeper_call(struct sleeper *sleeper)
{
    uv_mutex_lock(&sleeper->lock);
    call(sleeper);
    uv_mutex_unlock(&sleeper->lock);
}
