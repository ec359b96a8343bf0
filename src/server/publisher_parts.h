/* What the files of the publisher share. Private to publisher*.c. All of it belongs to the
 * publishing thread, once that has started. */
#ifndef ATTIMO_SERVER_PUBLISHER_PARTS_H
#define ATTIMO_SERVER_PUBLISHER_PARTS_H

#include "server/batch.h"
#include "server/improver.h"
#include "server/kept.h"
#include "server/publisher.h"
#include "server/watcher.h"
#include "site/sitemap.h"

#include <stdatomic.h>

struct publisher {
    struct publisher_options options;
    struct release release;
    struct catalogue catalogue;
    struct settings *settings;
    struct diags settings_diags;
    struct site *assets; /* what pages look up; a reference */
    struct sitemap sitemap;
    unsigned takedowns_seen; /* by the site map: release_takedowns_version */
    struct diags site_diags; /* what pages want of each other in the site that is live */
    struct improver improver;
    struct kept kept;

    uv_thread_t thread;
    bool has_thread;
    atomic_bool stopping;
    int bell; /* an eventfd: stop, or something was improved */
    bool serving;
    atomic_bool reread;

    struct watcher watcher;
    bool deaf; /* it was told that a folder cannot be watched */
    int top_fd;
    bool top_gone; /* and what was published stays */
    bool failed;   /* out of memory: try again, but not at once */
    dev_t top_device;
    ino_t top_inode;
    unsigned pass;
    bool sweep_wanted;
    bool trust_all;     /* what the next sweep finds is complete */
    struct buf trusted; /* the same below these folders: each ends in "/\n" */
    struct buf fresh;   /* ... and below these, of files that nobody is writing */
    uint64_t next_sweep_ms;
    uint64_t queue_empty_ns; /* the queue of events was empty then */

    bool shared_changed;      /* what pages are made with is another than in the settings */
    bool shared_again;        /* it may be: somebody asks for it to be read anew */
    bool changed;             /* the next site differs from the last */
    bool improved;            /* the same, in its tiers alone */
    uint64_t improved_due_ms; /* ... which are to be live by then */
    uint64_t make_ms;         /* how long it took to make the last site */
    size_t improve_next;      /* where in the catalogue to look for more */
    bool improve_idle;
    int64_t wall_seen_ms;
};

/* --- publisher_look.c: what is in the folder */

/* Whether the name of the folder leads somewhere, and to the same place as before. Opens what it
 * leads to. ERR_NOT_FOUND, ERR_DENIED... */
int publisher_open_top(struct publisher *publisher);

/* Hears what has happened. */
void publisher_drain(struct publisher *publisher);

/* Nothing that is known of the files holds any more: the next sweep and publishing take them as
 * they are then. What somebody is writing must settle as before. */
void publisher_forget(struct publisher *publisher);

/* Looks at every file, or at those to which something has happened; marks what is due. */
void publisher_sweep(struct publisher *publisher);
void publisher_look(struct publisher *publisher);

/* --- publisher_compile.c: what becomes of it */

/* Compiles what is due, releases a site if anything has changed (or tiers have, if `improved`), and
 * tells. ERR_NO_MEMORY. */
int publisher_publish(struct publisher *publisher, bool improved);

/* --- publisher_log.c: what is said about it */

void publisher_tell(struct publisher *publisher, struct entry *entry);
void publisher_tell_site(struct publisher *publisher, struct diags *diags); /* takes them */
void publisher_tell_settings(const struct publisher *publisher, bool refused);
void publisher_tell_removed(const struct publisher *publisher, const struct entry *entry);

/* Tells commands which versions stay live of files that may not be published. */
void publisher_tell_kept(struct publisher *publisher);

/* Fills in what is to be known of the whole catalogue. */
void publisher_count(struct publisher *publisher, struct release_counts *counts);

#endif
