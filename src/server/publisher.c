/* Owns loading the site and making it better.
 *
 * Failure modes: a page that cannot be published is left out and told in the diagnostics; when
 * memory is too short for the best tier of a resource, its quick one stays. */
#include "server/publisher.h"

#include "base/clock.h"
#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { LOAD_THREADS_MAX = 8, IMPROVE_STEP_MS = 250, IMPROVE_NICE = 10 };

/* --- loading, on several threads
 * ------------------------------------------------------------------ */

struct load {
    int pages_fd;
    const struct listing *listing;
    const struct settings *settings;
    struct resource **resources; /* by index in the listing; NULL where rejected */
    atomic_size_t next;
    atomic_int error;
};

struct load_share {
    struct load *load;
    struct diags diags;
    uv_thread_t thread;
    bool started;
};

static void load_some(void *argument)
{
    struct load_share *share = argument;
    struct load *load = share->load;
    size_t i;
    while ((i = atomic_fetch_add(&load->next, 1)) < load->listing->count) {
        int rc = loader_compile(&load->resources[i], load->pages_fd, &load->listing->files[i],
                                load->settings, TIER_QUICK, &share->diags);
        if (rc == ERR_NO_MEMORY)
            atomic_store(&load->error, rc);
        if (rc != 0)
            load->resources[i] = NULL;
    }
}

static int load_all(struct load *load, struct diags *diags)
{
    struct load_share shares[LOAD_THREADS_MAX] = {0};
    size_t threads = uv_available_parallelism();
    if (threads > LOAD_THREADS_MAX)
        threads = LOAD_THREADS_MAX;
    if (threads > load->listing->count / 8)
        threads = load->listing->count / 8;

    for (size_t i = 0; i < threads; i++) {
        shares[i].load = load;
        shares[i].started = uv_thread_create(&shares[i].thread, load_some, &shares[i]) == 0;
    }
    struct load_share own = {.load = load};
    if (threads == 0 || !shares[0].started)
        load_some(&own);
    diags_move(diags, &own.diags);
    for (size_t i = 0; i < threads; i++) {
        if (shares[i].started)
            (void)uv_thread_join(&shares[i].thread);
        diags_move(diags, &shares[i].diags);
    }
    return atomic_load(&load->error);
}

/* Keeps what was compiled, closed up, in the publisher. */
static void keep_compiled(struct publisher *publisher, struct load *load)
{
    publisher->resources = load->resources;
    for (size_t i = 0; i < load->listing->count; i++) {
        if (load->resources[i])
            publisher->resources[publisher->count++] = load->resources[i];
        else
            publisher->rejected++;
    }
}

static int publish(struct publisher *publisher, struct diags *diags)
{
    struct site *site;
    int rc = site_create(&site, publisher->resources, publisher->count, diags);
    if (rc != 0)
        return rc;
    site_unref(publisher->site);
    publisher->site = site;
    publisher->options.on_site(publisher->options.context, site);
    return 0;
}

static int load_folder(struct publisher *publisher, int pages_fd, struct diags *diags)
{
    struct listing listing = {0};
    struct settings *settings = NULL;
    int rc = loader_settings(&settings, pages_fd, diags);
    if (rc == 0)
        rc = loader_list(&listing, pages_fd, diags);
    if (rc != 0)
        goto out;

    struct load load = {.pages_fd = pages_fd, .listing = &listing, .settings = settings};
    load.resources = calloc(listing.count + 1, sizeof *load.resources);
    rc = load.resources ? load_all(&load, diags) : ERR_NO_MEMORY;
    if (load.resources)
        keep_compiled(publisher, &load);
    if (rc == 0)
        rc = publish(publisher, diags);
out:
    listing_finish(&listing);
    settings_destroy(settings);
    return rc;
}

int publisher_load(struct publisher *publisher, uv_loop_t *loop,
                   const struct publisher_options *options, struct diags *diags)
{
    *publisher = (struct publisher){.options = *options, .loop = loop};
    int fd = open(options->pages, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return err_from_errno(errno);
    int rc = load_folder(publisher, fd, diags);
    (void)close(fd);
    return rc;
}

/* --- the best tier, behind the serving
 * ------------------------------------------------------------ */

static void improve_some(uv_work_t *work)
{
    struct publisher *publisher = work->data;
    uint64_t until = clock_monotonic_ms() + IMPROVE_STEP_MS;
    /* Linux keeps the nice value per thread. */
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), IMPROVE_NICE);
    while (publisher->improved < publisher->count && clock_monotonic_ms() < until &&
           !atomic_load(&publisher->cancelled)) {
        struct resource **slot = &publisher->resources[publisher->improved++];
        struct resource *better;
        if (resource_recompress(&better, *slot, TIER_BEST) == 0) {
            resource_unref(*slot);
            *slot = better;
        }
    }
}

static void start_step(struct publisher *publisher);

static void on_improved(uv_work_t *work, int status)
{
    struct publisher *publisher = work->data;
    struct diags known = {0}; /* what they say was said when the site was loaded */
    (void)status;
    publisher->working = false;
    if (atomic_load(&publisher->cancelled))
        return;
    (void)publish(publisher, &known); /* short of memory: the site before stays */
    diags_finish(&known);
    if (publisher->improved < publisher->count)
        start_step(publisher);
}

static void start_step(struct publisher *publisher)
{
    publisher->work.data = publisher;
    publisher->working =
        uv_queue_work(publisher->loop, &publisher->work, improve_some, on_improved) == 0;
}

void publisher_improve(struct publisher *publisher)
{
    if (publisher->count > 0)
        start_step(publisher);
}

void publisher_cancel(struct publisher *publisher)
{
    atomic_store(&publisher->cancelled, true);
    if (publisher->working)
        (void)uv_cancel((uv_req_t *)&publisher->work);
}

void publisher_finish(struct publisher *publisher)
{
    for (size_t i = 0; i < publisher->count; i++)
        resource_unref(publisher->resources[i]);
    free(publisher->resources);
    site_unref(publisher->site);
    *publisher = (struct publisher){0};
}
