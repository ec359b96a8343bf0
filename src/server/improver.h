/* Compresses one resource after the other with the best tier, on a thread of its own with a low
 * priority: what takes seconds must not stand before a page that was just saved. */
#ifndef ATTIMO_SERVER_IMPROVER_H
#define ATTIMO_SERVER_IMPROVER_H

#include "site/resource.h"

#include <uv.h>

struct improver {
    uv_thread_t thread;
    bool has_thread;
    void (*on_done)(void *context);
    void *context;

    uv_mutex_t lock; /* guards what follows */
    uv_cond_t given;
    struct resource *resource; /* a reference; NULL: nothing to do */
    struct resource *better;   /* a reference; what became of it, until it is taken */
    bool done;
    bool stopping;
};

/* `on_done` is called on the improver's thread, after each resource. ERR_LIMIT: no thread. */
int improver_init(struct improver *improver, void (*on_done)(void *context), void *context);

/* Lets the resource under way come to its end, and drops it. Takes a zeroed struct. */
void improver_finish(struct improver *improver);

/* Gives it a resource, unless it has one: false then. */
bool improver_give(struct improver *improver, struct resource *resource);

/* Takes the result, if there is one: references to what was given, and to the better one (NULL:
 * out of memory). */
bool improver_take(struct improver *improver, struct resource **given, struct resource **better);

#endif
