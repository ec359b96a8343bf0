/* From the pages folder to the site that is served, and again for every change, within
 * milliseconds: one thread that watches, reads, compiles and releases, one of low priority that
 * makes what is live smaller.
 *
 * Happy path: create (everything is compiled and live), start, stop, destroy. Failure modes: a file
 * that may not be published leaves its last good version live; events that were lost, or never
 * came, are made up for by looking at all files every few seconds; a pages folder that has gone
 * leaves everything as it was. */
#ifndef ATTIMO_SERVER_PUBLISHER_H
#define ATTIMO_SERVER_PUBLISHER_H

#include "base/diag.h"
#include "base/log.h"
#include "server/release.h"

struct publisher_options {
    const char *pages; /* path of the folder */
    const char *data;  /* where commands are told what stays live (kept.h); NULL: nowhere */
    const struct log *log;
    bool without_capture; /* whatever _site.yaml says */
    /* A new site is there; the receiver takes references of its own. From any thread. */
    void (*on_site)(void *context, struct site *site);
    /* What publisher_reread asked for is live; or, with an error, nothing is other than it was: the
     * folder is gone (ERR_NOT_FOUND, ERR_DENIED...), ERR_NO_MEMORY. From its thread. */
    void (*on_reread)(void *context, int error);
    void *context;
};

struct publisher;

/* Loads the folder, and gives the first site to `on_site` before it returns. What is wrong with
 * pages is in `diags`, and does not fail. `options` is copied, what it points to is not.
 * ERR_NOT_FOUND, ERR_DENIED: the folder itself cannot be read. ERR_NO_MEMORY, ERR_LIMIT. */
int publisher_create(struct publisher **out, const struct publisher_options *options,
                     struct diags *diags);

/* From now on the folder is followed, and the best tier is made in the background. ERR_LIMIT: no
 * threads. */
int publisher_start(struct publisher *publisher);

/* Reads the whole folder anew, as if nothing of it were known, and makes every page again; what
 * somebody is writing follows once it is complete. From any thread; several calls in a row may be
 * met together. */
void publisher_reread(struct publisher *publisher);

/* Ends that, once the file under way is done. */
void publisher_stop(struct publisher *publisher);

void publisher_destroy(struct publisher *publisher);

/* What is live; valid as long as the publisher. */
struct release *publisher_release(struct publisher *publisher);

#endif
