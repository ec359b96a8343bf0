/* From the pages folder to the site that is served. Reads and compiles at start with the quick
 * tier, on as many threads as there are processors, and then replaces every resource by its best
 * tier, on one niced thread of libuv's pool, in steps that each publish a new site. Lives on the
 * control thread. */
#ifndef ATTIMO_SERVER_PUBLISHER_H
#define ATTIMO_SERVER_PUBLISHER_H

#include "base/diag.h"
#include "site/loader.h"
#include "site/site.h"

#include <stdatomic.h>
#include <uv.h>

struct publisher_options {
    const char *pages; /* path of the folder */
    /* A new site is there; the receiver takes references of its own. On the control thread. */
    void (*on_site)(void *context, struct site *site);
    void *context;
};

struct publisher {
    struct publisher_options options;
    uv_loop_t *loop;
    uv_work_t work;
    bool working;
    atomic_bool cancelled;
    struct site *site;           /* a reference to what was published last */
    struct resource **resources; /* references; what the next site is made of */
    size_t count;
    size_t improved; /* so many from the start on are of the best tier */
    size_t rejected; /* files that may not be published */
};

/* Loads the folder, and gives the first site to `on_site` before it returns. What is wrong with
 * pages is in `diags`, and does not fail. ERR_NOT_FOUND, ERR_DENIED: the folder itself cannot be
 * read. ERR_NO_MEMORY. */
int publisher_load(struct publisher *publisher, uv_loop_t *loop,
                   const struct publisher_options *options, struct diags *diags);

/* Starts the best tier in the background. */
void publisher_improve(struct publisher *publisher);

/* Ends the background work as soon as the page under way is done; the loop must turn until then. */
void publisher_cancel(struct publisher *publisher);

/* After that. */
void publisher_finish(struct publisher *publisher);

#endif
