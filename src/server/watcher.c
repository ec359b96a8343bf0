/* Owns the inotify descriptor, and which folder each watch stands for. */
#include "server/watcher.h"

#include "base/err.h"
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <unistd.h>

enum { QUEUE_READ_SIZE = 64 * 1024 };

static const uint32_t folder_mask = IN_CLOSE_WRITE | IN_MODIFY | IN_CREATE | IN_DELETE |
                                    IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB | IN_EXCL_UNLINK |
                                    IN_ONLYDIR;
static const uint32_t parent_mask =
    IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ONLYDIR;

/* --- the table of watches */

/* The first watch whose number is not below `wd`. */
static size_t lower_bound(const struct watcher *watcher, int wd)
{
    size_t low = 0;
    size_t high = watcher->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (watcher->watches[middle].wd < wd)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The `n`-th name of the folder that `wd` watches, or NULL. */
static const char *folder_of(const struct watcher *watcher, int wd, size_t n)
{
    size_t i = lower_bound(watcher, wd) + n;
    return i < watcher->count && watcher->watches[i].wd == wd ? watcher->watches[i].folder : NULL;
}

static int insert(struct watcher *watcher, int wd, const char *folder)
{
    const char *known;
    for (size_t n = 0; (known = folder_of(watcher, wd, n)); n++)
        if (strcmp(known, folder) == 0)
            return 0;
    if (watcher->count == watcher->capacity) {
        size_t capacity = watcher->capacity ? 2 * watcher->capacity : 16;
        struct watch *grown = realloc(watcher->watches, capacity * sizeof *grown);
        if (!grown)
            return ERR_NO_MEMORY;
        watcher->watches = grown;
        watcher->capacity = capacity;
    }
    char *copy = strdup(folder);
    if (!copy)
        return ERR_NO_MEMORY;
    size_t at = lower_bound(watcher, wd);
    memmove(watcher->watches + at + 1, watcher->watches + at,
            (watcher->count - at) * sizeof *watcher->watches);
    watcher->watches[at] = (struct watch){.wd = wd, .folder = copy};
    watcher->count++;
    return 0;
}

static void erase(struct watcher *watcher, size_t at)
{
    free(watcher->watches[at].folder);
    watcher->count--;
    memmove(watcher->watches + at, watcher->watches + at + 1,
            (watcher->count - at) * sizeof *watcher->watches);
}

static bool is_in(struct str path, struct str folder)
{
    return folder.len == 0 || (str_starts_with(path, folder) &&
                               (path.len == folder.len || path.ptr[folder.len] == '/'));
}

void watcher_forget(struct watcher *watcher, struct str folder)
{
    for (size_t i = watcher->count; i-- > 0;) {
        if (!is_in(str_from(watcher->watches[i].folder), folder))
            continue;
        int wd = watcher->watches[i].wd;
        erase(watcher, i);
        /* One that is known by another name too goes on; the parent's watch is never in the table,
         * but may be the same one, when a link leads there. */
        if (!folder_of(watcher, wd, 0) && wd != watcher->parent_wd)
            (void)inotify_rm_watch(watcher->fd, wd);
    }
}

int watcher_add(struct watcher *watcher, int top_fd, const char *folder)
{
    char path[sizeof "/proc/self/fd/" + 12];
    if (watcher->fd < 0)
        return 0;
    /* Through a descriptor: what is watched is what cannot have left the top folder. */
    int fd = fs_open_beneath(top_fd, *folder ? folder : ".", O_PATH | O_DIRECTORY);
    if (fd < 0)
        return fd;
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int wd = inotify_add_watch(watcher->fd, path, folder_mask | IN_MASK_ADD);
    int rc = wd < 0 ? err_from_errno(errno) : insert(watcher, wd, folder);
    (void)close(fd);
    return rc;
}

/* --- what has happened */

static enum change change_of_folder(uint32_t mask)
{
    if (mask & IN_CREATE)
        return CHANGE_FOLDER_APPEARED;
    if (mask & IN_MOVED_TO)
        return CHANGE_FOLDER_MOVED_IN;
    return mask & IN_ATTRIB ? CHANGE_FOLDER_TOUCHED : CHANGE_FOLDER_GONE;
}

static enum change change_of_file(uint32_t mask)
{
    if (mask & IN_MODIFY)
        return CHANGE_WRITTEN;
    if (mask & (IN_CLOSE_WRITE | IN_MOVED_TO))
        return CHANGE_COMPLETE;
    if (mask & IN_CREATE)
        return CHANGE_APPEARED;
    return mask & IN_ATTRIB ? CHANGE_TOUCHED : CHANGE_GONE;
}

/* Tells of one event by every name that its folder has. */
static void tell(struct watcher *watcher, const struct inotify_event *event,
                 const struct watcher_sink *sink)
{
    const char *folder;
    char path[PATH_MAX];
    enum change change =
        event->mask & IN_ISDIR ? change_of_folder(event->mask) : change_of_file(event->mask);
    for (size_t n = 0; (folder = folder_of(watcher, event->wd, n)); n++) {
        int len = snprintf(path, sizeof path, "%s%s%s", folder, *folder ? "/" : "", event->name);
        if (len >= (int)sizeof path)
            continue; /* nothing that long can be opened */
        struct str name = str_make(path, (size_t)len);
        if (change == CHANGE_FOLDER_GONE || change == CHANGE_GONE)
            watcher_forget(watcher, name);
        sink->on_change(sink->context, change, name);
    }
}

static void on_event(struct watcher *watcher, const struct inotify_event *event,
                     const struct watcher_sink *sink)
{
    if (event->mask & IN_Q_OVERFLOW) {
        sink->on_change(sink->context, CHANGE_LOST, STR(""));
    } else if (event->mask & (IN_IGNORED | IN_UNMOUNT)) {
        while (folder_of(watcher, event->wd, 0))
            erase(watcher, lower_bound(watcher, event->wd));
        if (event->wd == watcher->parent_wd)
            watcher->parent_wd = -1;
        sink->on_change(sink->context, CHANGE_TOP, STR(""));
    } else if (event->len > 0) {
        if (event->wd == watcher->parent_wd && strcmp(event->name, watcher->top_name) == 0)
            sink->on_change(sink->context, CHANGE_TOP, STR(""));
        tell(watcher, event, sink);
    } else if (event->mask & IN_ATTRIB) {
        sink->on_change(sink->context, CHANGE_TOP, STR(""));
    }
}

void watcher_drain(struct watcher *watcher, const struct watcher_sink *sink)
{
    _Alignas(struct inotify_event) char queue[QUEUE_READ_SIZE];
    ssize_t n;
    while (watcher->fd >= 0 && (n = read(watcher->fd, queue, sizeof queue)) > 0) {
        for (const char *at = queue; at < queue + n;) {
            const struct inotify_event *event = (const void *)at;
            on_event(watcher, event, sink);
            at += sizeof *event + event->len;
        }
    }
}

/* --- making it */

/* Watches the folder that `top` has its name in: where a link is switched, or a whole folder
 * replaced, nothing is told to who watches what the name led to before. */
static int watch_parent(struct watcher *watcher, const char *top)
{
    struct str path = str_from(top);
    while (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    ptrdiff_t slash = str_find_last(path, '/');
    struct str name = str_skip(path, (size_t)(slash + 1));
    watcher->top_name = strndup(name.ptr, name.len);
    char *parent = slash > 0 ? strndup(path.ptr, (size_t)slash) : strdup(slash == 0 ? "/" : ".");
    if (watcher->top_name && parent)
        watcher->parent_wd = inotify_add_watch(watcher->fd, parent, parent_mask | IN_MASK_ADD);
    int rc = watcher->top_name && parent ? 0 : ERR_NO_MEMORY;
    free(parent);
    return rc;
}

int watcher_init(struct watcher *watcher, const char *top)
{
    *watcher = (struct watcher){.parent_wd = -1};
    watcher->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (watcher->fd < 0)
        return err_from_errno(errno);
    int rc = watch_parent(watcher, top);
    if (rc != 0)
        watcher_finish(watcher);
    return rc;
}

void watcher_finish(struct watcher *watcher)
{
    for (size_t i = 0; i < watcher->count; i++)
        free(watcher->watches[i].folder);
    free(watcher->watches);
    free(watcher->top_name);
    if (watcher->fd >= 0)
        (void)close(watcher->fd);
    *watcher = (struct watcher){.fd = -1, .parent_wd = -1};
}
