/* Owns the thread of the best tier. */
#include "server/improver.h"

#include "base/err.h"

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

enum { IMPROVER_NICE = 19 };

static void improve(void *argument)
{
    struct improver *improver = argument;
    /* A processor that does nothing else counts as idle: whoever serves gets it at once. */
    const struct sched_param none = {0};
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), IMPROVER_NICE);
    (void)sched_setscheduler(0, SCHED_IDLE, &none);
    uv_mutex_lock(&improver->lock);
    for (;;) {
        while (!improver->stopping && (!improver->resource || improver->done))
            uv_cond_wait(&improver->given, &improver->lock);
        if (improver->stopping)
            break;
        struct resource *resource = improver->resource;
        uv_mutex_unlock(&improver->lock);

        struct resource *better = NULL;
        if (resource_recompress(&better, resource, TIER_BEST) != 0)
            better = NULL;

        uv_mutex_lock(&improver->lock);
        improver->better = better;
        improver->done = true;
        improver->on_done(improver->context);
    }
    uv_mutex_unlock(&improver->lock);
}

int improver_init(struct improver *improver, void (*on_done)(void *context), void *context)
{
    *improver = (struct improver){.on_done = on_done, .context = context};
    if (uv_mutex_init(&improver->lock) != 0)
        return ERR_LIMIT;
    if (uv_cond_init(&improver->given) != 0)
        goto fail_mutex;
    if (uv_thread_create(&improver->thread, improve, improver) != 0)
        goto fail_cond;
    improver->has_thread = true;
    return 0;

fail_cond:
    uv_cond_destroy(&improver->given);
fail_mutex:
    uv_mutex_destroy(&improver->lock);
    return ERR_LIMIT;
}

void improver_finish(struct improver *improver)
{
    if (!improver->has_thread)
        return;
    uv_mutex_lock(&improver->lock);
    improver->stopping = true;
    uv_cond_signal(&improver->given);
    uv_mutex_unlock(&improver->lock);
    (void)uv_thread_join(&improver->thread);
    resource_unref(improver->resource);
    resource_unref(improver->better);
    uv_cond_destroy(&improver->given);
    uv_mutex_destroy(&improver->lock);
    *improver = (struct improver){0};
}

bool improver_give(struct improver *improver, struct resource *resource)
{
    uv_mutex_lock(&improver->lock);
    bool free_hands = !improver->resource;
    if (free_hands) {
        improver->resource = resource_ref(resource);
        uv_cond_signal(&improver->given);
    }
    uv_mutex_unlock(&improver->lock);
    return free_hands;
}

bool improver_take(struct improver *improver, struct resource **given, struct resource **better)
{
    uv_mutex_lock(&improver->lock);
    bool done = improver->done;
    if (done) {
        *given = improver->resource;
        *better = improver->better;
        improver->resource = NULL;
        improver->better = NULL;
        improver->done = false;
    }
    uv_mutex_unlock(&improver->lock);
    return done;
}
