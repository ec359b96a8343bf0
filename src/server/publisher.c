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
    struct loader loader;
    const struct listing *listing;
    bool assets_only;          /* else all but the assets, which pages look at */
    struct compiled *compiled; /* by index in the listing */
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
        const struct loaded_file *file = &load->listing->files[i];
        if ((file->source.kind == SOURCE_ASSET) != load->assets_only)
            continue;
        int rc = loader_compile(&load->compiled[i], &load->loader, file, &share->diags);
        if (rc == ERR_NO_MEMORY)
            atomic_store(&load->error, rc);
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

    atomic_store(&load->next, 0);
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

static bool is_served(const struct compiled *compiled)
{
    return compiled->resource && (compiled->state == PAGE_LIVE || compiled->state == PAGE_EXPIRED);
}

/* Gathers references to all that is served, in order of the listing. */
static int gather(const struct load *load, struct resource ***out, size_t *count)
{
    size_t room = 1;
    for (size_t i = 0; i < load->listing->count; i++)
        room += 1 + load->compiled[i].redirect_count;
    struct resource **resources = calloc(room, sizeof(struct resource *));
    if (!resources)
        return ERR_NO_MEMORY;
    *count = 0;
    for (size_t i = 0; i < load->listing->count; i++) {
        const struct compiled *compiled = &load->compiled[i];
        if (!is_served(compiled))
            continue;
        resources[(*count)++] = resource_ref(compiled->resource);
        for (size_t k = 0; k < compiled->redirect_count; k++)
            resources[(*count)++] = resource_ref(compiled->redirects[k]);
    }
    *out = resources;
    return 0;
}

static void release(struct resource **resources, size_t count)
{
    for (size_t i = 0; i < count; i++)
        resource_unref(resources[i]);
    free(resources);
}

/* The assets come first, as a site of their own that pages look them up in. */
static int load_assets(struct load *load, struct site **assets, struct diags *diags)
{
    struct resource **resources = NULL;
    struct diags repeated = {0}; /* what two files of one URL are told, the whole site tells too */
    size_t count = 0;
    load->assets_only = true;
    int rc = load_all(load, diags);
    if (rc == 0)
        rc = gather(load, &resources, &count);
    if (rc == 0)
        rc = site_create(assets, resources, count, &repeated);
    release(resources, count);
    diags_finish(&repeated);
    return rc;
}

static int load_site(struct publisher *publisher, struct load *load, struct diags *diags)
{
    struct site *assets = NULL;
    int rc = load_assets(load, &assets, diags);
    if (rc == 0) {
        load->loader.assets = assets;
        load->assets_only = false;
        rc = load_all(load, diags);
    }
    if (rc == 0)
        rc = gather(load, &publisher->resources, &publisher->count);
    /* What is neither served nor waiting for its time was rejected. */
    for (size_t i = 0; i < load->listing->count; i++)
        publisher->rejected += load->compiled[i].state == PAGE_LIVE && !load->compiled[i].resource;
    site_unref(assets);
    return rc;
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
    struct load load = {.listing = &listing};
    int rc = loader_settings(&settings, pages_fd, diags);
    if (rc == 0)
        rc = loader_list(&listing, pages_fd, diags);
    if (rc != 0)
        goto out;

    load.loader = (struct loader){
        .pages_fd = pages_fd, .settings = settings, .now = clock_wall(), .tier = TIER_QUICK};
    load.compiled = calloc(listing.count + 1, sizeof *load.compiled);
    rc = load.compiled ? load_site(publisher, &load, diags) : ERR_NO_MEMORY;
    if (rc == 0)
        rc = publish(publisher, diags);
    for (size_t i = 0; load.compiled && i < listing.count; i++)
        compiled_finish(&load.compiled[i]);
    free(load.compiled);
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
    release(publisher->resources, publisher->count);
    site_unref(publisher->site);
    *publisher = (struct publisher){0};
}
