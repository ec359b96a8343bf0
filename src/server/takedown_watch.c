/* Owns noticing that a page was taken down or restored.
 *
 * libuv's watcher will do here: the files are renamed into the folder whole. */
#include "server/takedown_watch.h"

#include "base/err.h"
#include "base/fs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { LOOK_MS = 1000, TAKEDOWNS_MODE = 0755 };

static bool is_same(const struct takedown *a, const struct takedown *b)
{
    return str_eq(a->then, b->then) && str_eq(a->reason, b->reason) && str_eq(a->since, b->since);
}

static void tell(const struct takedown_watch *watch, const struct takedowns *before,
                 const struct takedowns *now)
{
    for (size_t i = 0; i < now->count; i++) {
        const struct takedown *t = &now->items[i];
        const struct takedown *known = takedowns_find(before, t->path);
        if (!known || !is_same(known, t))
            log_warning(watch->log, "%.*s is taken down%s%.*s: %.*s", STR_ARG(t->path),
                        t->then.len > 0 ? " and leads to " : "", STR_ARG(t->then),
                        STR_ARG(t->reason));
    }
    for (size_t i = 0; i < before->count; i++)
        if (!takedowns_find(now, before->items[i].path))
            log_warning(watch->log, "%.*s is restored", STR_ARG(before->items[i].path));
}

static void tell_diags(const struct takedown_watch *watch, const struct diags *diags)
{
    struct buf line = BUF_EMPTY;
    for (size_t i = 0; i < diags->count; i++) {
        buf_clear(&line);
        diag_format(&diags->items[i], &line);
        log_error(watch->log, "%s/%.*s", watch->folder, STR_ARG(buf_str(&line)));
    }
    buf_finish(&line);
}

static bool are_in_force(const struct takedowns *takedowns, const struct takedowns *now)
{
    bool same = takedowns->count == now->count;
    for (size_t i = 0; same && i < now->count; i++)
        same = str_eq(takedowns->items[i].path, now->items[i].path) &&
               is_same(&takedowns->items[i], &now->items[i]);
    return same;
}

/* What cannot be read leaves in force what was, and is read again a second later; `again`: for that
 * alone, so that there is nothing new to tell of files. */
static void read_all(struct takedown_watch *watch, bool again)
{
    struct takedowns takedowns = {0};
    struct diags diags = {0};
    int rc = takedowns_read(&takedowns, watch->data, &diags);
    bool unread = takedowns.unread;
    if (rc == 0)
        rc = takedowns_keep_spoiled(&takedowns, &watch->release->takedowns, &diags);
    bool changes = rc == 0 && !are_in_force(&takedowns, &watch->release->takedowns);
    if (changes)
        rc = release_takedowns(watch->release, &takedowns);
    bool is_known = rc != 0 ? watch->failed : again && unread && watch->unread;
    watch->failed = rc != 0;
    watch->unread = unread;
    if (rc != 0 && !is_known)
        log_error(watch->log, "cannot read %s: %s", watch->folder, err_words(rc));
    else if (rc == 0 && changes)
        tell(watch, &takedowns, &watch->release->takedowns);
    if (!is_known)
        tell_diags(watch, &diags);
    diags_finish(&diags);
    takedowns_finish(&takedowns);
}

static void on_event(uv_fs_event_t *event, const char *name, int events, int status)
{
    (void)events;
    (void)status;
    /* A file that is being written, and will be renamed. */
    if (!name || *name != '.')
        read_all(event->data, false);
}

static void follow(struct takedown_watch *watch)
{
    (void)uv_fs_event_stop(&watch->event);
    /* Where nothing can be watched, looking every second must do. */
    (void)uv_fs_event_start(&watch->event, on_event, watch->folder, 0);
}

static void on_look(uv_timer_t *timer)
{
    struct takedown_watch *watch = timer->data;
    struct stat st = {0};
    (void)stat(watch->folder, &st);
    bool other = st.st_ino != watch->seen.st_ino || st.st_dev != watch->seen.st_dev;
    bool changed = other || st.st_mtim.tv_sec != watch->seen.st_mtim.tv_sec ||
                   st.st_mtim.tv_nsec != watch->seen.st_mtim.tv_nsec;
    watch->seen = st;
    if (other)
        follow(watch);
    if (changed || watch->failed || watch->unread)
        read_all(watch, !changed);
}

void takedown_watch_init(struct takedown_watch *watch, uv_loop_t *loop, const struct log *log)
{
    *watch = (struct takedown_watch){.loop = loop, .log = log};
    (void)uv_fs_event_init(loop, &watch->event);
    watch->event.data = watch;
    (void)uv_timer_init(loop, &watch->look);
    watch->look.data = watch;
}

void takedown_watch_start(struct takedown_watch *watch, const char *data, struct release *release)
{
    watch->data = data;
    watch->release = release;
    if (asprintf(&watch->folder, "%s/takedowns", data) < 0) {
        watch->folder = NULL;
        return;
    }
    int rc = fs_make_data_folder(data);
    if (rc == 0 && mkdir(watch->folder, TAKEDOWNS_MODE) != 0 && errno != EEXIST)
        rc = err_from_errno(errno);
    if (rc != 0)
        log_warning(watch->log, "cannot make %s: %s; pages cannot be taken down", watch->folder,
                    err_words(rc));
    on_look(&watch->look);
    (void)uv_timer_start(&watch->look, on_look, LOOK_MS, LOOK_MS);
}

void takedown_watch_close(struct takedown_watch *watch)
{
    uv_close((uv_handle_t *)&watch->event, NULL);
    uv_close((uv_handle_t *)&watch->look, NULL);
    free(watch->folder);
    watch->folder = NULL;
}
