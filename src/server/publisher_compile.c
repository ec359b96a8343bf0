/* Owns making the site again from what has changed.
 *
 * What is read now may be written to at the same moment. So each result is held back until the
 * queue of events has been looked at once more: a file that was written to since it became due
 * keeps its version before, and its writer's close will make it due again. Pages that are made
 * again for another reason (settings, a picture, the time) are read anew as well, and count only if
 * the file is the version that was compiled before.
 *
 * What all pages are made with counts together: while one of its files is being written, or is away
 * to be replaced, what was read of all of them before stays in force. */
#include "server/publisher_parts.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/fs.h"

#include <stdlib.h>

/* --- what must be made again */

static void make_pages_again(struct publisher *publisher)
{
    for (size_t i = 0; i < publisher->catalogue.count; i++)
        publisher->catalogue.entries[i]->again |= entry_is_page(publisher->catalogue.entries[i]);
}

/* Takes what was read; errors in it leave what was before in force. */
static void take_settings(struct publisher *publisher, struct settings *settings,
                          struct diags *diags)
{
    bool refused = diags->errors > 0 && publisher->settings;
    if (publisher->options.without_capture)
        settings_set_capture(settings, CAPTURE_OFF);
    diags_finish(&publisher->settings_diags);
    diags_move(&publisher->settings_diags, diags);
    publisher_tell_settings(publisher, refused);
    publisher->changed = true;
    publisher->shared_changed = publisher->shared_again = false;
    if (refused) {
        settings_destroy(settings);
        return;
    }
    settings_destroy(publisher->settings);
    publisher->settings = settings;
    make_pages_again(publisher);
}

/* Whether something has happened to the file that is not over, as far as has been told. */
static bool is_under_way(const struct entry *entry)
{
    return entry->look || entry->writing || entry->waiting || entry->missing_ms != 0;
}

static bool shared_are_under_way(const struct publisher *publisher)
{
    for (size_t i = 0; i < publisher->catalogue.count; i++)
        if (publisher->catalogue.entries[i]->shared &&
            is_under_way(publisher->catalogue.entries[i]))
            return true;
    return false;
}

/* Looks once more at what is other than when it was looked at last. */
static void look_at_changed(const struct publisher *publisher, struct entry *entry)
{
    struct stat st;
    int rc = fs_stat_beneath(publisher->top_fd, entry->path, 0, &st);
    if (rc == 0 && S_ISDIR(st.st_mode))
        return; /* what is wrong with a folder is found by walking it alone */
    struct version now = rc == 0 ? version_of(&st) : entry->seen;
    entry->look |= rc != entry->unreadable || !version_same(&now, &entry->seen);
}

/* Whether any of them was changed while they were read; one of them may have been read half. */
static bool shared_have_changed(struct publisher *publisher)
{
    publisher_drain(publisher);
    for (size_t i = 0; i < publisher->catalogue.count; i++)
        if (publisher->catalogue.entries[i]->shared)
            look_at_changed(publisher, publisher->catalogue.entries[i]);
    return shared_are_under_way(publisher);
}

/* Reads what all pages are made with. */
static int read_settings(struct publisher *publisher)
{
    struct diags diags = {0};
    struct settings *settings = NULL;
    int rc = loader_settings(&settings, publisher->top_fd, &diags);
    if (rc == 0 && publisher->settings && shared_have_changed(publisher))
        settings_destroy(settings);
    else if (rc == 0)
        take_settings(publisher, settings, &diags);
    diags_finish(&diags);
    return rc;
}

/* A folder that has gone holds no settings, and half a file is none: those in force stay until it
 * is back, or whole. */
static int take_shared(struct publisher *publisher)
{
    for (size_t i = 0; i < publisher->catalogue.count; i++) {
        struct entry *entry = publisher->catalogue.entries[i];
        if (!entry->shared || !entry->due)
            continue;
        entry->due = false;
        entry->tried = entry->seen;
        entry->has_tried = true;
        publisher->shared_changed = true;
    }
    bool are_asked_for = publisher->shared_changed || publisher->shared_again;
    if (publisher->settings &&
        (publisher->top_gone || !are_asked_for || shared_are_under_way(publisher)))
        return 0;
    return read_settings(publisher);
}

/* Pages whose time has come; all of them when the clock was put back. */
static void take_scheduled(struct publisher *publisher)
{
    enum { STEP_MS = 2000 };
    int64_t now_ms = clock_wall_ms();
    bool put_back = now_ms < publisher->wall_seen_ms - STEP_MS;
    if (put_back)
        log_info(publisher->options.log, "the clock was put back: pages are what they were then");
    publisher->wall_seen_ms = now_ms;
    for (size_t i = 0; i < publisher->catalogue.count; i++) {
        struct entry *entry = publisher->catalogue.entries[i];
        time_t at = entry->compiled.changes_at;
        bool changes = entry->compiled.source.len > 0;
        entry->timed |= changes && (put_back || (at != 0 && at <= now_ms / 1000));
    }
}

static bool looks_for(const struct compiled *compiled, struct str asset)
{
    struct str rest = buf_str(&compiled->assets);
    struct str path;
    while (str_split(&rest, '\n', &path))
        if (str_eq(path, asset))
            return true;
    return false;
}

/* Pages that show `asset`, and those that may have been refused for want of it. */
static void make_pages_with(struct publisher *publisher, struct str asset)
{
    for (size_t i = 0; i < publisher->catalogue.count; i++) {
        struct entry *entry = publisher->catalogue.entries[i];
        if (entry_is_page(entry))
            entry->again |= entry->rejected || looks_for(&entry->compiled, asset);
    }
}

/* --- compiling */

enum what { WHAT_ASSETS, WHAT_TIMED, WHAT_PAGES };

static bool is_wanted(const struct entry *entry, enum what what)
{
    if (entry->shared || !entry->file.file || entry_is_asset(entry) != (what == WHAT_ASSETS))
        return false;
    return what == WHAT_TIMED ? entry->timed : entry->due || entry->again;
}

static int list_tasks(const struct publisher *publisher, enum what what, struct batch *batch)
{
    const struct catalogue *catalogue = &publisher->catalogue;
    size_t count = 0;
    for (size_t i = 0; i < catalogue->count; i++)
        count += is_wanted(catalogue->entries[i], what);
    *batch = (struct batch){
        .loader = {.pages_fd = publisher->top_fd,
                   .settings = publisher->settings,
                   .assets = publisher->assets,
                   .now = publisher->wall_seen_ms / 1000, /* or what is due would not be yet */
                   .tier = TIER_QUICK},
        .serving = publisher->serving,
    };
    batch->tasks = calloc(count + 1, sizeof *batch->tasks);
    if (!batch->tasks)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < catalogue->count; i++)
        if (is_wanted(catalogue->entries[i], what))
            batch->tasks[batch->count++] =
                (struct task){.entry = catalogue->entries[i], .timed = what == WHAT_TIMED};
    return 0;
}

/* Whether the result is that of one whole version, and of the right one: the one that was found
 * complete, or the one that was compiled before. A change may show in the file some time before the
 * kernel tells of it. */
static bool counts(const struct entry *entry, const struct task *task)
{
    if (!task->stable || entry->spoiled || task->error == ERR_NO_MEMORY)
        return false;
    if (entry->due)
        return version_same(&task->before, &entry->seen);
    return entry->has_tried && version_same(&task->before, &entry->tried);
}

static void accept_failure(struct entry *entry)
{
    if (entry->due || !entry->rejected)
        entry->news = NEWS_REJECTED;
    entry->rejected = true;
}

static void take_compiled(struct publisher *publisher, size_t position, struct task *task)
{
    struct entry *entry = publisher->catalogue.entries[position];
    compiled_finish(&entry->compiled);
    entry->compiled = task->compiled;
    task->compiled = (struct compiled){0};
    publisher->improve_next = position;
    publisher->improve_idle = false;
}

static void accept_success(struct publisher *publisher, size_t position, struct task *task)
{
    struct entry *entry = publisher->catalogue.entries[position];
    bool other_state = entry->compiled.state != task->compiled.state;
    if (entry->due || other_state || entry->rejected)
        entry->news = NEWS_PUBLISHED;
    entry->rejected = false;
    entry->saved = publisher->serving && (entry->due || entry->saved);
    take_compiled(publisher, position, task);
}

/* The version that was good last goes on through its times, whatever its file holds by now. */
static void accept_timed(struct publisher *publisher, size_t position, struct task *task)
{
    struct entry *entry = publisher->catalogue.entries[position];
    entry->timed = false;
    if (task->error != 0) {
        if (task->error != ERR_NO_MEMORY) /* which is worth another try */
            entry->compiled.changes_at = 0;
        return;
    }
    if (entry->compiled.state != task->compiled.state)
        entry->news = NEWS_PUBLISHED;
    if (!entry->rejected) {
        diags_finish(&entry->diags);
        diags_move(&entry->diags, &task->diags);
    }
    take_compiled(publisher, position, task);
    publisher->changed = true;
}

static bool is_same_asset(const struct entry *entry, const struct task *task)
{
    const struct resource *before = entry->compiled.resource;
    const struct resource *after = task->compiled.resource;
    return before && after && strcmp(before->version, after->version) == 0;
}

/* Not yet. A writer's close makes it due again; where somebody only touched it, the next look. What
 * there was no memory for is tried again as it was. */
static void hold_back(struct entry *entry, const struct task *task)
{
    if (entry->due) {
        entry->has_tried = false;
        entry->look = true;
        entry->ready |= entry->told && !entry->spoiled;
    }
    entry->due = false;
    entry->again &= task->error == ERR_NO_MEMORY;
}

/* Whether it is the system that failed, which tells nothing of the file. */
static bool is_unread(const struct task *task)
{
    return task->error == ERR_LIMIT || task->error == ERR_IO;
}

static void accept_task(struct publisher *publisher, struct task *task)
{
    size_t position = catalogue_position(&publisher->catalogue, str_from(task->entry->path));
    struct entry *entry = publisher->catalogue.entries[position];
    if (task->timed) {
        accept_timed(publisher, position, task);
        return;
    }
    if (!counts(entry, task)) {
        hold_back(entry, task);
        return;
    }
    if (is_unread(task) && entry->rejected && !entry->has_tried) {
        entry->due = entry->again = false; /* it was told; each sweep tries it once */
        return;
    }
    bool other_asset = entry_is_asset(entry) && task->error == 0 && !is_same_asset(entry, task);
    entry->tried = task->before;
    entry->has_tried = !is_unread(task);
    diags_finish(&entry->diags);
    diags_move(&entry->diags, &task->diags);
    if (task->error == 0)
        accept_success(publisher, position, task);
    else
        accept_failure(entry);
    entry->due = false;
    entry->again = false;
    publisher->changed = true;
    if (other_asset)
        make_pages_with(publisher, str_from(entry->file.url));
}

static int compile(struct publisher *publisher, enum what what)
{
    struct batch batch;
    int rc = list_tasks(publisher, what, &batch);
    if (rc != 0)
        return rc;
    if (batch.count > 0) {
        batch_run(&batch);
        publisher_drain(publisher);
    }
    for (size_t i = 0; i < batch.count; i++) {
        rc = batch.tasks[i].error == ERR_NO_MEMORY ? ERR_NO_MEMORY : rc;
        accept_task(publisher, &batch.tasks[i]);
    }
    batch_finish(&batch);
    return rc;
}

/* --- the site */

static void release_all(struct resource **resources, size_t count)
{
    for (size_t i = 0; i < count; i++)
        resource_unref(resources[i]);
    free(resources);
}

/* Of what is not taken down; what is keeps its place all the same. */
static int make_sitemap(struct publisher *publisher, struct resource **resources, size_t count)
{
    const struct sitemap before = publisher->sitemap;
    size_t public_count;
    publisher->takedowns_seen =
        release_put_public_first(&publisher->release, resources, count, &public_count);
    int rc =
        sitemap_make(&publisher->sitemap, publisher->settings->url, resources, count, public_count);
    if (publisher->sitemap.pages != before.pages || publisher->sitemap.robots != before.robots)
        publisher->improve_idle = false;
    return rc;
}

/* What search engines ask for, unless the author has files of his own for it. */
static int add_sitemap(struct publisher *publisher, struct resource ***resources, size_t *count)
{
    const struct sitemap *sitemap = &publisher->sitemap;
    int rc = make_sitemap(publisher, *resources, *count);
    if (rc != 0)
        return rc;
    struct resource **grown = realloc(*resources, (*count + 2) * sizeof(struct resource *));
    if (!grown)
        return ERR_NO_MEMORY;
    *resources = grown;
    if (sitemap->pages)
        grown[(*count)++] = resource_ref(sitemap->pages);
    if (sitemap->robots)
        grown[(*count)++] = resource_ref(sitemap->robots);
    return 0;
}

static int make_site(struct publisher *publisher, bool assets_only, struct site **out,
                     struct diags *diags)
{
    struct resource **resources = NULL;
    size_t count = 0;
    int rc = catalogue_gather(&publisher->catalogue, assets_only, &resources, &count);
    if (rc == 0 && !assets_only)
        rc = add_sitemap(publisher, &resources, &count);
    if (rc == 0)
        rc = site_create(out, resources, count, diags);
    release_all(resources, count);
    return rc;
}

static int compile_assets(struct publisher *publisher)
{
    bool had_changes = publisher->changed;
    publisher->changed = false;
    int rc = compile(publisher, WHAT_ASSETS);
    bool assets_changed = publisher->changed || !publisher->assets;
    publisher->changed |= had_changes;
    if (rc != 0 || !assets_changed)
        return rc;
    struct site *assets;
    struct diags none = {0};
    rc = make_site(publisher, true, &assets, &none);
    diags_finish(&none);
    if (rc != 0)
        return rc;
    site_unref(publisher->assets);
    publisher->assets = assets;
    return 0;
}

/* What is not there, and has not come back while it was waited for. */
static void remove_missing(struct publisher *publisher)
{
    uint64_t now = clock_monotonic_ms();
    for (size_t i = publisher->catalogue.count; i-- > 0;) {
        struct entry *entry = publisher->catalogue.entries[i];
        if (entry->missing_ms == 0 || now - entry->missing_ms < GRACE_MS)
            continue;
        publisher->changed = true;
        publisher->shared_changed |= entry->shared;
        publisher_tell_removed(publisher, entry);
        if (entry_is_asset(entry)) {
            make_pages_with(publisher, str_from(entry->file.url));
            site_unref(publisher->assets);
            publisher->assets = NULL;
        }
        catalogue_remove(&publisher->catalogue, i);
    }
}

static void note_served(struct publisher *publisher)
{
    for (size_t i = 0; i < publisher->catalogue.count; i++) {
        struct entry *entry = publisher->catalogue.entries[i];
        entry->served = entry->compiled.resource && !entry->clash &&
                        entry->compiled.state != PAGE_DRAFT &&
                        entry->compiled.state != PAGE_SCHEDULED;
        bool clashes = entry->clash != NULL;
        if (clashes || entry->clashed || entry->news != NEWS_NONE)
            publisher_tell(publisher, entry);
        entry->clashed = clashes;
        entry->news = NEWS_NONE;
    }
}

static int go_live(struct publisher *publisher)
{
    struct site *site;
    struct diags diags = {0};
    struct release_counts counted = {0};
    struct gone_page gone;
    uint64_t began = clock_monotonic_ms();
    int rc = gone_page_make(&gone, publisher->settings, publisher->assets);
    if (rc == 0)
        rc = make_site(publisher, false, &site, &diags);
    if (rc == 0) {
        publisher_count(publisher, &counted);
        rc = release_base(&publisher->release, site, &counted, &gone);
    }
    release_counts_finish(&counted);
    gone_page_finish(&gone);
    if (rc == 0) {
        publisher->changed = false;
        publisher->improved = false;
        publisher_tell_kept(publisher);
        note_served(publisher);
        publisher_tell_site(publisher, &diags);
        publisher->make_ms = clock_monotonic_ms() - began;
    }
    diags_finish(&diags);
    return rc;
}

int publisher_publish(struct publisher *publisher, bool improved)
{
    if (!publisher->top_gone)
        remove_missing(publisher);
    take_scheduled(publisher);
    int rc = take_shared(publisher);
    if (rc == 0)
        rc = compile_assets(publisher);
    if (rc == 0)
        rc = compile(publisher, WHAT_TIMED);
    if (rc == 0)
        rc = compile(publisher, WHAT_PAGES);
    if (rc == 0 && (publisher->changed || improved))
        rc = go_live(publisher);
    return rc;
}
