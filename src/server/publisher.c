/* Owns the publishing thread: when it sleeps, what wakes it, and in which order things are done. */
#include "server/publisher_parts.h"

#include "base/clock.h"
#include "base/err.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum {
    LOOK_MS = 250,     /* between two looks at files that must settle */
    IMPROVE_MS = 250,  /* between two sites that differ in their tiers alone */
    SAVED_MS = 20,     /* the same, where somebody has just saved what is better now */
    MAKE_SHARE = 8,    /* ... but however large the site is, making it takes a part of the time */
    SCHEDULE_MS = 1000 /* the longest sleep while something is scheduled: clocks are set */
};

/* --- the best tier */

static void ring(void *context)
{
    const struct publisher *publisher = context;
    const uint64_t one = 1;
    /* Full, it is readable all the same. */
    if (write(publisher->bell, &one, sizeof one) < 0)
        return;
}

/* When the better tier should be live of what somebody has just saved, or of anything else. */
static uint64_t improved_due_ms(const struct publisher *publisher, bool saved)
{
    uint64_t wait = publisher->make_ms * MAKE_SHARE;
    wait = wait < SAVED_MS ? SAVED_MS : wait;
    return clock_monotonic_ms() + (saved && wait < IMPROVE_MS ? wait : IMPROVE_MS);
}

/* Where the resource stands, if it still does; `out` gets the file that it is of, or NULL. */
static struct resource **find_place(struct publisher *publisher, const struct resource *resource,
                                    struct entry **out)
{
    struct sitemap *sitemap = &publisher->sitemap;
    struct entry *entry = catalogue_find(&publisher->catalogue, resource->file);
    *out = entry && entry->compiled.resource == resource ? entry : NULL;
    if (*out)
        return &entry->compiled.resource;
    if (sitemap->pages == resource)
        return &sitemap->pages;
    return sitemap->robots == resource ? &sitemap->robots : NULL;
}

static void take_improved(struct publisher *publisher)
{
    struct resource *given;
    struct resource *better;
    struct entry *entry;
    if (!improver_take(&publisher->improver, &given, &better))
        return;
    publisher->improve_idle |= !better; /* out of memory: not again before something changes */
    struct resource **place = find_place(publisher, given, &entry);
    if (better && place) {
        resource_unref(given);
        *place = resource_ref(better);
        uint64_t due_ms = improved_due_ms(publisher, entry && entry->saved);
        if (!publisher->improved || due_ms < publisher->improved_due_ms)
            publisher->improved_due_ms = due_ms;
        publisher->improved = true;
        if (entry)
            entry->saved = false;
    }
    resource_unref(given);
    resource_unref(better);
}

static bool can_be_improved(const struct resource *resource)
{
    return resource && resource->tier != TIER_BEST;
}

/* What was changed last comes first, then what stands behind it, round and round. What is made
 * of all pages comes last. */
static void give_improver(struct publisher *publisher)
{
    const struct catalogue *catalogue = &publisher->catalogue;
    for (size_t i = 0; i < catalogue->count && !publisher->improve_idle; i++) {
        if (publisher->improve_next >= catalogue->count)
            publisher->improve_next = 0;
        const struct entry *entry = catalogue->entries[publisher->improve_next];
        if (can_be_improved(entry->compiled.resource)) {
            (void)improver_give(&publisher->improver, entry->compiled.resource);
            return; /* it goes on from here, once it is done or if it was busy */
        }
        publisher->improve_next++;
    }
    struct resource *made = publisher->sitemap.robots;
    if (!can_be_improved(made))
        made = publisher->sitemap.pages;
    if (can_be_improved(made) && !publisher->improve_idle)
        (void)improver_give(&publisher->improver, made);
    else
        publisher->improve_idle = true;
}

/* --- sleeping */

static void sooner(uint64_t *wait_ms, uint64_t other)
{
    if (other < *wait_ms)
        *wait_ms = other;
}

static uint64_t until_ms(uint64_t now, uint64_t then)
{
    return then > now ? then - now : 0;
}

/* How long it may sleep if nothing happens. */
static uint64_t sleep_ms(const struct publisher *publisher)
{
    uint64_t now = clock_monotonic_ms();
    int64_t wall_ms = clock_wall_ms();
    uint64_t wait = until_ms(now, publisher->next_sweep_ms);
    if (publisher->top_gone || publisher->failed)
        return LOOK_MS;
    if (publisher->sweep_wanted)
        return 0;
    if (publisher->improved)
        sooner(&wait, until_ms(now, publisher->improved_due_ms));
    for (size_t i = 0; i < publisher->catalogue.count; i++) {
        const struct entry *entry = publisher->catalogue.entries[i];
        int64_t at_ms = (int64_t)entry->compiled.changes_at * 1000;
        if (entry->waiting)
            sooner(&wait, LOOK_MS);
        if (entry->look || entry->due || entry->again)
            return 0;
        if (entry->missing_ms != 0)
            sooner(&wait, until_ms(now, entry->missing_ms + GRACE_MS));
        if (at_ms > wall_ms && at_ms - wall_ms < SCHEDULE_MS)
            sooner(&wait, (uint64_t)(at_ms - wall_ms));
        else if (at_ms != 0)
            sooner(&wait, at_ms > wall_ms ? SCHEDULE_MS : LOOK_MS);
    }
    return wait;
}

static void wait_for_something(struct publisher *publisher)
{
    struct pollfd fds[] = {{.fd = publisher->bell, .events = POLLIN},
                           {.fd = publisher->watcher.fd, .events = POLLIN}};
    uint64_t unused;
    uint64_t wait = sleep_ms(publisher);
    if (poll(fds, 2, 0) == 0 && wait > 0) {
        (void)poll(fds, 2, wait > INT_MAX ? INT_MAX : (int)wait);
        /* Nothing had happened until just now. */
        publisher->queue_empty_ns = uv_hrtime();
    }
    if (fds[0].revents != 0 && read(publisher->bell, &unused, sizeof unused) < 0)
        return; /* it was rung for nothing */
}

/* --- rounds */

static int check_top(struct publisher *publisher)
{
    int rc = publisher_open_top(publisher);
    if (rc != 0 && !publisher->top_gone)
        log_error(publisher->options.log, "%s: %s; what was published stays live",
                  publisher->options.pages, err_words(rc));
    publisher->top_gone = rc != 0;
    return rc;
}

static void run_round(struct publisher *publisher)
{
    bool reread = atomic_exchange(&publisher->reread, false);
    int gone = check_top(publisher);
    if (reread && gone == 0)
        publisher_forget(publisher);
    publisher_drain(publisher);
    take_improved(publisher);
    if (!publisher->top_gone) {
        if (publisher->sweep_wanted || clock_monotonic_ms() >= publisher->next_sweep_ms)
            publisher_sweep(publisher);
        publisher_look(publisher);
    }
    give_improver(publisher);
    bool improved = publisher->improved &&
                    (publisher->improve_idle || clock_monotonic_ms() >= publisher->improved_due_ms);
    publisher->changed |=
        release_takedowns_version(&publisher->release) != publisher->takedowns_seen;
    int rc = publisher_publish(publisher, improved);
    if (rc != 0 && !publisher->failed)
        log_error(publisher->options.log, "cannot publish: %s", err_words(rc));
    publisher->failed = rc != 0;
    give_improver(publisher);
    release_tidy(&publisher->release);
    if (reread)
        publisher->options.on_reread(publisher->options.context, gone != 0 ? gone : rc);
}

static void run(void *argument)
{
    struct publisher *publisher = argument;
    while (!atomic_load(&publisher->stopping)) {
        run_round(publisher);
        wait_for_something(publisher);
    }
}

/* --- start and end */

static void report(const struct publisher *publisher, struct diags *diags)
{
    diags_copy(diags, &publisher->settings_diags);
    diags_copy(diags, &publisher->site_diags);
    for (size_t i = 0; i < publisher->catalogue.count; i++) {
        const struct entry *entry = publisher->catalogue.entries[i];
        diags_copy(diags, &entry->diags);
        if (entry->clash)
            diags_say(diags, SEVERITY_ERROR, str_from(entry->path), 0, "url",
                      "%s is also the address of %s: rename or remove one of them",
                      "%s è anche l’indirizzo di %s: cambia nome a uno dei due, o toglilo",
                      entry->file.url, entry->clash->path);
    }
}

static int load(struct publisher *publisher, struct diags *diags)
{
    int rc = publisher_open_top(publisher);
    if (rc != 0)
        return rc;
    publisher->wall_seen_ms = clock_wall_ms();
    publisher_sweep(publisher);
    rc = publisher_publish(publisher, false);
    if (rc == 0)
        report(publisher, diags);
    publisher->serving = rc == 0;
    return rc;
}

int publisher_create(struct publisher **out, const struct publisher_options *options,
                     struct diags *diags)
{
    struct publisher *publisher = calloc(1, sizeof *publisher);
    if (!publisher)
        return ERR_NO_MEMORY;
    publisher->options = *options;
    publisher->top_fd = -1;
    publisher->watcher.fd = -1;
    publisher->bell = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    int rc = release_init(&publisher->release, options->on_site, options->context);
    publisher->release.on_takedowns = ring;
    publisher->release.takedowns_context = publisher;
    if (publisher->bell < 0)
        rc = ERR_LIMIT;
    if (rc == 0 && watcher_init(&publisher->watcher, options->pages) != 0)
        log_warning(options->log, "cannot watch the pages folder: changes are found by looking "
                                  "every few seconds (fs.inotify.max_user_instances)");
    if (rc == 0)
        rc = load(publisher, diags);
    if (rc == 0)
        *out = publisher;
    else
        publisher_destroy(publisher);
    return rc;
}

int publisher_start(struct publisher *publisher)
{
    int rc = improver_init(&publisher->improver, ring, publisher);
    if (rc == 0 && uv_thread_create(&publisher->thread, run, publisher) != 0)
        rc = ERR_LIMIT;
    publisher->has_thread = rc == 0;
    return rc;
}

void publisher_reread(struct publisher *publisher)
{
    atomic_store(&publisher->reread, true);
    ring(publisher);
}

void publisher_stop(struct publisher *publisher)
{
    if (!publisher)
        return;
    atomic_store(&publisher->stopping, true);
    if (publisher->has_thread) {
        ring(publisher);
        (void)uv_thread_join(&publisher->thread);
    }
    publisher->has_thread = false;
    improver_finish(&publisher->improver);
}

void publisher_destroy(struct publisher *publisher)
{
    if (!publisher)
        return;
    publisher_stop(publisher);
    catalogue_finish(&publisher->catalogue);
    settings_destroy(publisher->settings);
    diags_finish(&publisher->settings_diags);
    diags_finish(&publisher->site_diags);
    site_unref(publisher->assets);
    sitemap_finish(&publisher->sitemap);
    release_finish(&publisher->release);
    kept_finish(&publisher->kept);
    watcher_finish(&publisher->watcher);
    buf_finish(&publisher->trusted);
    buf_finish(&publisher->fresh);
    if (publisher->top_fd >= 0)
        (void)close(publisher->top_fd);
    if (publisher->bell >= 0)
        (void)close(publisher->bell);
    free(publisher);
}

struct release *publisher_release(struct publisher *publisher)
{
    return &publisher->release;
}
