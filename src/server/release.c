/* Owns the site that is live. */
#include "server/release.h"

#include "base/clock.h"
#include "base/err.h"

enum { RETIRED_MS = 2000 };

const double publish_bounds[PUBLISH_BUCKETS] = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                0.1,   0.25,   0.5,   1,    2.5,   5};

void release_counts_finish(struct release_counts *counts)
{
    buf_finish(&counts->rejected_json);
    buf_finish(&counts->schedule_json);
}

int release_init(struct release *release, void (*on_site)(void *context, struct site *site),
                 void *context)
{
    *release = (struct release){.on_site = on_site, .context = context};
    return uv_mutex_init(&release->lock) == 0 ? 0 : ERR_LIMIT;
}

static void drop_retired(struct release *release, uint64_t until_ms)
{
    size_t kept = 0;
    for (size_t i = 0; i < release->retired_count; i++) {
        if (release->retired[i].since_ms <= until_ms)
            site_unref(release->retired[i].site);
        else
            release->retired[kept++] = release->retired[i];
    }
    release->retired_count = kept;
}

void release_finish(struct release *release)
{
    if (!release->on_site)
        return;
    drop_retired(release, UINT64_MAX);
    site_unref(release->base);
    site_unref(release->site);
    takedowns_finish(&release->takedowns);
    gone_page_finish(&release->gone);
    release_counts_finish(&release->counts);
    uv_mutex_destroy(&release->lock);
    *release = (struct release){0};
}

static void retire(struct release *release, struct site *site)
{
    if (!site)
        return;
    if (release->retired_count == RELEASE_RETIRED_MAX) {
        site_unref(site);
        return;
    }
    release->retired[release->retired_count].site = site;
    release->retired[release->retired_count++].since_ms = clock_monotonic_ms();
}

/* With the lock held. */
static int go_live(struct release *release, struct site *base, const struct takedowns *takedowns)
{
    struct site *site;
    int rc = takedowns_apply(&site, base, takedowns);
    if (rc != 0)
        return rc;
    retire(release, release->site);
    release->site = site;
    release->on_site(release->context, site);
    return 0;
}

int release_base(struct release *release, struct site *base, struct release_counts *counts,
                 struct gone_page *gone)
{
    uv_mutex_lock(&release->lock);
    bool anew = !gone_page_same(&release->gone, gone);
    int rc = takedowns_prepare(&release->takedowns, gone, anew);
    if (rc == 0)
        rc = go_live(release, base, &release->takedowns);
    struct site *unused = base;
    if (rc == 0) {
        unused = release->base;
        release->base = base;
        release_counts_finish(&release->counts);
        release->counts = *counts;
        *counts = (struct release_counts){0};
        gone_page_finish(&release->gone);
        release->gone = *gone;
        *gone = (struct gone_page){0};
    }
    uv_mutex_unlock(&release->lock);
    site_unref(unused);
    return rc;
}

int release_takedowns(struct release *release, struct takedowns *takedowns)
{
    uv_mutex_lock(&release->lock);
    takedowns_inherit(takedowns, &release->takedowns);
    int rc = takedowns_prepare(takedowns, &release->gone, false);
    if (rc == 0 && release->base)
        rc = go_live(release, release->base, takedowns);
    if (rc == 0) {
        struct takedowns before = release->takedowns;
        release->takedowns = *takedowns;
        *takedowns = before;
        release->takedowns_version++;
    }
    uv_mutex_unlock(&release->lock);
    if (rc == 0 && release->on_takedowns)
        release->on_takedowns(release->takedowns_context);
    return rc;
}

unsigned release_put_public_first(struct release *release, struct resource **resources,
                                  size_t count, size_t *public_count)
{
    *public_count = 0;
    uv_mutex_lock(&release->lock);
    for (size_t i = 0; i < count; i++) {
        struct resource *resource = resources[i];
        if (takedowns_find(&release->takedowns, resource->path))
            continue;
        resources[i] = resources[*public_count];
        resources[(*public_count)++] = resource;
    }
    unsigned version = release->takedowns_version;
    uv_mutex_unlock(&release->lock);
    return version;
}

bool release_is_taken_down(struct release *release, struct str path)
{
    uv_mutex_lock(&release->lock);
    bool found = takedowns_find(&release->takedowns, path) != NULL;
    uv_mutex_unlock(&release->lock);
    return found;
}

unsigned release_takedowns_version(struct release *release)
{
    uv_mutex_lock(&release->lock);
    unsigned version = release->takedowns_version;
    uv_mutex_unlock(&release->lock);
    return version;
}

void release_observe(struct release *release, double seconds)
{
    size_t bucket = 0;
    while (bucket < PUBLISH_BUCKETS && seconds > publish_bounds[bucket])
        bucket++;
    uv_mutex_lock(&release->lock);
    release->times.buckets[bucket]++;
    release->times.sum_s += seconds;
    release->times.count++;
    uv_mutex_unlock(&release->lock);
}

void release_tidy(struct release *release)
{
    uint64_t now = clock_monotonic_ms();
    uv_mutex_lock(&release->lock);
    if (now > RETIRED_MS)
        drop_retired(release, now - RETIRED_MS);
    uv_mutex_unlock(&release->lock);
}

struct site *release_site(struct release *release)
{
    uv_mutex_lock(&release->lock);
    struct site *site = release->site ? site_ref(release->site) : NULL;
    uv_mutex_unlock(&release->lock);
    return site;
}
