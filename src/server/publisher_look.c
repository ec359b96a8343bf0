/* Owns finding out what has changed in the pages folder.
 *
 * A new version of a file is due when it is complete. inotify says so when its writer closes it, or
 * when it is moved into its place. What was only found by looking (after lost events, on file
 * systems that tell nothing) is complete when it is a second old and has not changed over a second:
 * the best that can be known without the writer's word. What a new folder holds may have been
 * written before the folder was watched; there, it is enough that nobody has the file open. */
#include "server/publisher_parts.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/fs.h"

#include <errno.h>
#include <unistd.h>

enum { SWEEP_MS = 3000, SWEEP_SHARE = 50 };

/* --- names */

static bool all_public(struct str path)
{
    struct str name;
    while (str_split(&path, '/', &name))
        if (!source_is_public(name))
            return false;
    return true;
}

/* Whether anything of this name matters: what is published, and what pages are made with. */
static bool matters(struct str path)
{
    if (str_eq(path, STR("_theme")))
        return true;
    if (!source_is_shared(path))
        return all_public(path);
    ptrdiff_t slash = str_find(path, '/');
    return slash < 0 || all_public(str_skip(path, (size_t)slash + 1));
}

/* --- one file */

static bool is_below(struct str path, const struct buf *folders)
{
    struct str rest = buf_str(folders);
    struct str folder;
    while (str_split(&rest, '\n', &folder))
        if (str_starts_with(path, folder))
            return true;
    return false;
}

/* Whether it is known to be complete, though nobody said so. */
static bool is_complete(const struct publisher *publisher, const struct entry *entry)
{
    struct str path = str_from(entry->path);
    if (publisher->trust_all || is_below(path, &publisher->trusted))
        return true;
    return entry->seen.size > 0 && is_below(path, &publisher->fresh) &&
           fs_is_at_rest(publisher->top_fd, entry->path);
}

/* How long ago a time of the file system was; 0 for one that is still to come, as clocks of other
 * machines and copied files have it. */
static uint64_t age_ns(struct timespec then)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    int64_t ns = (now.tv_sec - then.tv_sec) * INT64_C(1000000000) + now.tv_nsec - then.tv_nsec;
    return ns > 0 ? (uint64_t)ns : 0;
}

static bool has_settled(const struct publisher *publisher, const struct entry *entry)
{
    uint64_t wait = entry->writing ? SETTLE_WRITING_MS : SETTLE_MS;
    uint64_t age = age_ns(entry->seen.modified) / 1000000;
    if (!entry->writing && is_complete(publisher, entry))
        return true;
    return clock_monotonic_ms() - entry->seen_ms >= wait && (age == 0 || age >= wait);
}

/* The version's last change, as a time of uv_hrtime; where its completion was told, not before the
 * time at which nothing had been told yet. */
static uint64_t time_of_change(const struct entry *entry)
{
    uint64_t now = uv_hrtime();
    uint64_t age = age_ns(entry->seen.changed);
    uint64_t then = age < now ? now - age : 0;
    return entry->ready && then < entry->told_ns ? entry->told_ns : then;
}

static bool is_new_version(const struct entry *entry)
{
    if (!entry->has_tried || entry->ready || entry->unreadable ||
        !version_same(&entry->seen, &entry->tried))
        return true;
    /* What could not be read may be allowed now. */
    return entry->rejected && (entry->seen.changed.tv_sec != entry->tried.changed.tv_sec ||
                               entry->seen.changed.tv_nsec != entry->tried.changed.tv_nsec);
}

static void see_version(struct entry *entry, const struct stat *st)
{
    struct version version = version_of(st);
    if (!version_same(&version, &entry->seen))
        entry->seen_ms = clock_monotonic_ms();
    entry->seen = version;
}

/* It cannot be published at all, whatever is in it; what could not be looked at is not known to be
 * the version that it was. */
static void see_nothing_to_publish(struct entry *entry, bool looked_at, struct diags *diags)
{
    bool known = entry->diags.count == diags->count;
    for (size_t i = 0; known && i < diags->count; i++)
        known = strcmp(entry->diags.items[i].words, diags->items[i].words) == 0;
    entry->tried = entry->seen;
    entry->has_tried = looked_at;
    entry->ready = false;
    entry->rejected = diags->errors > 0;
    if (known)
        return;
    diags_finish(&entry->diags);
    diags_move(&entry->diags, diags);
    entry->news = NEWS_REJECTED;
}

static int classify(struct entry *entry, const struct fs_entry *seen)
{
    struct diags diags = {0};
    struct loaded_file file;
    int rc = loader_look(&file, seen, &diags);
    if (rc == 0 && file.file) {
        loaded_file_finish(&entry->file);
        entry->file = file;
    } else if (rc == 0) {
        see_nothing_to_publish(entry, !seen->error, &diags);
    }
    diags_finish(&diags);
    return rc;
}

/* Setting the modification time alone is told like a write, but no close follows. What tells them
 * apart: a write sets both times of a file to the same. */
static void check_writer(struct entry *entry)
{
    const struct version *v = &entry->seen;
    entry->written =
        v->modified.tv_sec == v->changed.tv_sec && v->modified.tv_nsec == v->changed.tv_nsec;
    entry->writing = entry->written;
    entry->ready |= !entry->written && entry->was_ready;
}

/* What was held back while it seemed to be written to is made up for. */
static void see_same_version(struct entry *entry)
{
    if (!entry->spoiled || entry->writing)
        return;
    entry->spoiled = false;
    entry->again |= entry->file.file != NULL;
}

static void see(struct publisher *publisher, struct entry *entry, const struct fs_entry *seen)
{
    entry->missing_ms = 0;
    entry->pass = publisher->pass;
    entry->look = false;
    entry->waiting = false;
    if (!seen->error)
        see_version(entry, seen->st);
    if (!seen->error && entry->writing && !entry->written)
        check_writer(entry);
    if (!seen->error && !is_new_version(entry)) {
        see_same_version(entry);
        return;
    }
    if (entry->shared && seen->error && seen->error == entry->unreadable)
        return; /* the settings know it already */
    if (!entry->shared) {
        if (classify(entry, seen) != 0)
            publisher->sweep_wanted = true; /* out of memory: another time */
        publisher->changed |= entry->news != NEWS_NONE;
        if (seen->error || !is_new_version(entry))
            return;
    }
    /* Some editors empty a file, close it, and open it once more to write it. */
    bool told = entry->ready && !entry->writing && entry->seen.size > 0;
    if (!told && !has_settled(publisher, entry)) {
        entry->waiting = true;
        return;
    }
    entry->changed_ns = time_of_change(entry);
    entry->unreadable = seen->error;
    entry->ready = false;
    entry->writing = false;
    entry->written = false;
    entry->spoiled = false;
    entry->due = true;
    entry->told = told;
}

static void see_missing(struct entry *entry)
{
    entry->look = false;
    entry->waiting = false;
    entry->ready = false;
    if (entry->missing_ms == 0)
        entry->missing_ms = clock_monotonic_ms();
}

/* --- all files */

static void watch_folder(struct publisher *publisher, const char *folder)
{
    int rc = watcher_add(&publisher->watcher, publisher->top_fd, folder);
    /* What else there may be is the folder's own, and told when it is entered. */
    if (rc != ERR_NO_SPACE || publisher->deaf)
        return;
    publisher->deaf = true;
    log_warning(publisher->options.log,
                "cannot watch %s/%s: %s; changes are found by looking every few seconds "
                "(fs.inotify.max_user_watches)",
                publisher->options.pages, folder, err_words(rc));
}

/* Whether there is something to say about a folder, as about one that is named like a page; for as
 * long as there is, it has an entry. */
static int on_folder(struct publisher *publisher, const struct fs_entry *seen, bool *has_entry)
{
    struct diags diags = {0};
    struct loaded_file none;
    watch_folder(publisher, seen->path); /* before it is listed, so that nothing is missed */
    int rc = source_is_shared(str_from(seen->path)) ? 0 : loader_look(&none, seen, &diags);
    struct entry *known = catalogue_find(&publisher->catalogue, str_from(seen->path));
    *has_entry = rc == 0 && diags.count > 0 && !(known && known->file.file);
    diags_finish(&diags);
    return rc;
}

static int on_entry(void *context, const struct fs_entry *seen)
{
    struct publisher *publisher = context;
    struct str path = str_from(seen->path);
    bool has_entry = true;
    int rc = 0;
    if (!matters(path))
        return 1;
    if (!seen->error && S_ISDIR(seen->st->st_mode))
        rc = on_folder(publisher, seen, &has_entry);
    if (seen->error == ERR_LOOP) /* what happens there has a name without it */
        watcher_forget(&publisher->watcher, path);
    if (rc != 0 || !has_entry)
        return rc;
    struct entry *entry = catalogue_add(&publisher->catalogue, path);
    if (!entry)
        return ERR_NO_MEMORY;
    entry->shared = source_is_shared(path);
    see(publisher, entry, seen);
    return 0;
}

void publisher_forget(struct publisher *publisher)
{
    publisher->sweep_wanted = true;
    publisher->shared_again = true; /* which makes every page again */
    for (size_t i = 0; i < publisher->catalogue.count; i++) {
        struct entry *entry = publisher->catalogue.entries[i];
        entry->again |= entry->file.file && entry->has_tried;
    }
}

void publisher_sweep(struct publisher *publisher)
{
    uint64_t start = clock_monotonic_ms();
    publisher->sweep_wanted = false;
    publisher->pass++;
    watch_folder(publisher, "");
    int rc = fs_walk(publisher->top_fd, on_entry, publisher);
    for (size_t i = 0; rc == 0 && i < publisher->catalogue.count; i++)
        if (publisher->catalogue.entries[i]->pass != publisher->pass)
            see_missing(publisher->catalogue.entries[i]);
    if (rc != 0)
        log_error(publisher->options.log, "cannot look at the pages folder: %s", err_words(rc));
    publisher->trust_all = false;
    buf_clear(&publisher->trusted);
    buf_clear(&publisher->fresh);

    /* However large the folder is, looking at it takes a small share of the time. */
    uint64_t now = clock_monotonic_ms();
    uint64_t rest = (now - start) * SWEEP_SHARE;
    publisher->next_sweep_ms = now + (rest > SWEEP_MS ? rest : SWEEP_MS);
}

void publisher_look(struct publisher *publisher)
{
    struct stat st;
    for (size_t i = 0; i < publisher->catalogue.count; i++) {
        struct entry *entry = publisher->catalogue.entries[i];
        if (!entry->look && !entry->waiting && entry->missing_ms == 0)
            continue;
        int rc = fs_stat_beneath(publisher->top_fd, entry->path, 0, &st);
        struct fs_entry seen = {.path = entry->path, .st = &st};
        if (rc == ERR_NOT_FOUND &&
            fs_stat_beneath(publisher->top_fd, entry->path, O_NOFOLLOW, &st) == ERR_NOT_FOUND) {
            see_missing(entry);
        } else if (rc != 0) {
            seen.st = NULL;
            seen.error = rc;
            see(publisher, entry, &seen);
        } else if (S_ISDIR(st.st_mode)) {
            /* A link to a folder, or a folder in a file's place. */
            see_missing(entry);
            publisher->sweep_wanted = true;
            buf_printf(&publisher->trusted, "%s/\n", entry->path);
        } else {
            see(publisher, entry, &seen);
        }
    }
}

/* --- what is told */

static void on_file_change(struct publisher *publisher, enum change change, struct str path)
{
    struct entry *entry = change == CHANGE_GONE ? catalogue_find(&publisher->catalogue, path)
                                                : catalogue_add(&publisher->catalogue, path);
    if (!entry) {
        publisher->sweep_wanted |=
            change != CHANGE_GONE || catalogue_has_folder(&publisher->catalogue, path);
        return;
    }
    entry->shared = source_is_shared(path);
    entry->look = true;
    if (change == CHANGE_WRITTEN) {
        if (!entry->writing)
            entry->was_ready = entry->ready || (entry->due && entry->told);
        entry->writing = true;
        entry->spoiled = true;
        entry->ready = false;
    }
    if (change == CHANGE_COMPLETE || change == CHANGE_GONE) {
        entry->writing = false;
        entry->written = false;
    }
    if (change == CHANGE_COMPLETE) {
        entry->ready = true;
        entry->told_ns = publisher->queue_empty_ns;
    }
}

/* It is watched before anything else is looked at, so that most of what is put into it is told. */
static void on_new_folder(struct publisher *publisher, struct str path)
{
    struct buf folder = BUF_EMPTY;
    buf_printf(&publisher->fresh, "%.*s/\n", STR_ARG(path));
    buf_append(&folder, path);
    buf_append_char(&folder, '\0');
    if (buf_status(&folder) == 0)
        watch_folder(publisher, folder.ptr);
    buf_finish(&folder);
}

static void on_change(void *context, enum change change, struct str path)
{
    struct publisher *publisher = context;
    switch (change) {
    case CHANGE_TOP:
        return; /* that is looked at every time */
    case CHANGE_LOST:
        log_warning(publisher->options.log, "events were lost: looking at all files");
        publisher->sweep_wanted = true;
        /* That a writer was done may be among what was lost. */
        for (size_t i = 0; i < publisher->catalogue.count; i++)
            publisher->catalogue.entries[i]->writing = publisher->catalogue.entries[i]->written =
                false;
        return;
    case CHANGE_FOLDER_APPEARED:
    case CHANGE_FOLDER_MOVED_IN:
    case CHANGE_FOLDER_TOUCHED:
    case CHANGE_FOLDER_GONE:
        if (!matters(path))
            return;
        publisher->sweep_wanted = true;
        if (change == CHANGE_FOLDER_MOVED_IN)
            buf_printf(&publisher->trusted, "%.*s/\n", STR_ARG(path));
        if (change == CHANGE_FOLDER_APPEARED)
            on_new_folder(publisher, path);
        return;
    default:
        if (matters(path))
            on_file_change(publisher, change, path);
    }
}

void publisher_drain(struct publisher *publisher)
{
    const struct watcher_sink sink = {on_change, publisher};
    watcher_drain(&publisher->watcher, &sink);
    publisher->queue_empty_ns = uv_hrtime();
}

static bool is_top(const struct publisher *publisher, const struct stat *st)
{
    return publisher->top_fd >= 0 && st->st_dev == publisher->top_device &&
           st->st_ino == publisher->top_inode;
}

int publisher_open_top(struct publisher *publisher)
{
    struct stat st;
    if (stat(publisher->options.pages, &st) != 0)
        return err_from_errno(errno);
    if (is_top(publisher, &st))
        return 0;
    int fd = fs_open_folder(publisher->options.pages);
    if (fd < 0)
        return fd;
    if (fstat(fd, &st) != 0) {
        int rc = err_from_errno(errno);
        (void)close(fd);
        return rc;
    }
    if (publisher->top_fd >= 0)
        (void)close(publisher->top_fd);
    watcher_forget(&publisher->watcher, STR(""));
    publisher->top_fd = fd;
    publisher->top_device = st.st_dev;
    publisher->top_inode = st.st_ino;
    /* Whoever switches a link, or moves a folder into its place, has it ready. */
    publisher->trust_all = true;
    publisher->sweep_wanted = true;
    return 0;
}
