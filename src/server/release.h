/* What is live: the site made of the pages folder, with the takedowns that are in force, and the
 * figures that go with it. The publishing thread brings sites, the control thread takedowns; either
 * takes effect at once, whatever the other is busy with. Any thread. */
#ifndef ATTIMO_SERVER_RELEASE_H
#define ATTIMO_SERVER_RELEASE_H

#include "server/takedown.h"
#include "site/page.h"

#include <uv.h>

enum { PAGE_STATES = 4, PUBLISH_BUCKETS = 12, RELEASE_RETIRED_MAX = 32 };

/* Of what the pages folder holds. */
struct release_counts {
    size_t pages[PAGE_STATES]; /* by enum page_state */
    size_t rejected;           /* files whose present version may not be published */
    struct buf rejected_json;  /* some of them: members of a JSON array, without its brackets */
    struct buf schedule_json;  /* of the pages that will begin or end, the next ones, likewise */
    time_t next_switch;        /* when the first of them does; 0: none will */
};
void release_counts_finish(struct release_counts *counts);

/* How long it took from the moment that an author was done with a file until it was live. */
struct publish_times {
    uint64_t buckets[PUBLISH_BUCKETS + 1]; /* not cumulative; the last is for all above */
    double sum_s;
    uint64_t count;
};

/* The upper bounds of the buckets, in seconds. */
extern const double publish_bounds[PUBLISH_BUCKETS];

struct release {
    void (*on_site)(void *context, struct site *site);
    void (*on_takedowns)(void *context); /* others are in force; on the control thread; or NULL */
    void *context;
    void *takedowns_context;

    uv_mutex_t lock; /* guards what follows */
    struct site *base;
    struct site *site;
    struct takedowns takedowns;
    unsigned takedowns_version;
    struct gone_page gone; /* what stands in the place of pages that are taken down */
    struct release_counts counts;
    struct publish_times times;
    struct {
        struct site *site;
        uint64_t since_ms;
    } retired[RELEASE_RETIRED_MAX];
    size_t retired_count;
};

/* `on_site` is given each new site, by whichever thread brought what changed; it takes references
 * of its own. ERR_LIMIT. */
int release_init(struct release *release, void (*on_site)(void *context, struct site *site),
                 void *context);
void release_finish(struct release *release);

/* From now on `base` is served, with `gone` for what is taken down. Takes the reference, and what
 * is in `counts` and `gone`. ERR_NO_MEMORY: what was live before stays. */
int release_base(struct release *release, struct site *base, struct release_counts *counts,
                 struct gone_page *gone);

/* From now on these are in force; takes them, and leaves in `takedowns` those that were before, to
 * be finished. ERR_NO_MEMORY: nothing has changed. */
int release_takedowns(struct release *release, struct takedowns *takedowns);

/* Puts those of `resources` that are not taken down first, in their order, and how many they are
 * into `public_count`; a number that is another one whenever takedowns have changed. */
unsigned release_put_public_first(struct release *release, struct resource **resources,
                                  size_t count, size_t *public_count);

/* That number. */
unsigned release_takedowns_version(struct release *release);

/* Whether what `path` leads to is taken down. */
bool release_is_taken_down(struct release *release, struct str path);

/* Counts the time of one file. */
void release_observe(struct release *release, double seconds);

/* Lets go of sites that no worker is likely to hold any more, so that it is not a worker that frees
 * them. For the publishing thread, every now and then. */
void release_tidy(struct release *release);

/* A reference to what is live. */
struct site *release_site(struct release *release);

#endif
