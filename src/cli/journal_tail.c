/* Owns `attimo journal tail`: the last events, and then those that come. */
#include "base/err.h"
#include "cli/cli.h"
#include "cli/journal.h"
#include "cli/screen.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { LOOK_AGAIN_MS = 100 };

static void on_damage(void *context, const struct damage *damage)
{
    journal_print_damage(context, damage, stderr);
}

/* How many events the `index`-th segment has; what is damaged is told when it is printed. */
static int count_segment(const struct journal_view *view, size_t index, uint64_t *events)
{
    const struct iterate_options options = {.dir_fd = view->dir_fd, .live = view->live};
    struct iterate *it;
    struct event event;
    *events = 0;
    int rc = iterate_create(&it, &options);
    if (rc != 0)
        return rc;
    const struct segment_list *list = iterate_segments(it);
    if (index < list->count) {
        char file[SEGMENT_FILE_SIZE];
        memcpy(file, list->items[index].file, sizeof file);
        iterate_seek(it, index);
        while ((rc = iterate_next(it, &event)) == 1 && strcmp(iterate_file(it), file) == 0)
            ++*events;
    }
    iterate_destroy(it);
    return rc < 0 ? rc : 0;
}

/* Moves to the segment in which the last `lines` events begin; `*skip` of its own are not wanted.
 */
static int seek_back(const struct journal_view *view, struct iterate *it, uint64_t lines,
                     uint64_t *skip)
{
    size_t index = iterate_segments(it)->count;
    uint64_t found = 0;
    while (index > 0 && found < lines) {
        uint64_t events;
        int rc = count_segment(view, --index, &events);
        if (rc != 0)
            return rc;
        found += events;
    }
    *skip = found > lines ? found - lines : 0;
    iterate_seek(it, index);
    return 0;
}

static void print_event(const struct journal_view *view, const struct iterate *it,
                        const struct event *event, bool pretty)
{
    struct str line = iterate_line(it);
    if (pretty) {
        bool colour = screen_has_colour(fileno(view->out));
        journal_print_pretty(event, view->lang, colour, view->out);
    } else {
        (void)fwrite(line.ptr, 1, line.len, view->out);
        (void)fputc('\n', view->out);
    }
}

/* Prints what is there; an error, or 0. */
static int print_all(const struct journal_view *view, struct iterate *it, bool pretty,
                     uint64_t *skip)
{
    struct event event;
    int rc;
    while ((rc = iterate_next(it, &event)) == 1) {
        if (*skip > 0)
            --*skip;
        else
            print_event(view, it, &event, pretty);
        if (ferror(view->out))
            return 0;
    }
    return rc;
}

static int follow(const struct journal_view *view, struct iterate *it, bool pretty)
{
    const struct timespec pause = {.tv_nsec = LOOK_AGAIN_MS * 1000000L};
    uint64_t skip = 0;
    int rc = 0;
    while (rc == 0 && fflush(view->out) == 0 && !ferror(view->out)) {
        (void)nanosleep(&pause, NULL);
        rc = iterate_refresh(it);
        if (rc == 0)
            rc = print_all(view, it, pretty, &skip);
    }
    return rc;
}

int journal_tail(const struct journal_view *view, const struct journal_tail_options *options)
{
    struct journal_view damage_view = *view;
    /* Who follows waits for a writer that may be there only later. */
    damage_view.live = view->live || options->follow;
    const struct iterate_options iterate_options = {view->dir_fd, damage_view.live, on_damage,
                                                    &damage_view};
    struct iterate *it;
    uint64_t skip;
    int rc = iterate_create(&it, &iterate_options);
    if (rc != 0)
        return journal_report_error(view, rc);
    rc = seek_back(&damage_view, it, options->lines, &skip);
    if (rc == 0)
        rc = print_all(view, it, options->pretty, &skip);
    if (rc == 0 && options->follow)
        rc = follow(view, it, options->pretty);
    iterate_destroy(it);
    return rc == 0 ? EXIT_GOOD : journal_report_error(view, rc);
}
