/* Owns `attimo journal tail`: the last events, and then those that come. */
#include "base/err.h"
#include "cli/cli.h"
#include "cli/journal.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { LOOK_AGAIN_MS = 100 };

/* One node's part of the journal. */
struct node {
    char *name;
    struct iterate *it;
    struct event event; /* the next that is printed */
    bool has_event;
};

struct tail {
    struct journal_view view;
    bool pretty;
    struct node *nodes;
    size_t count;
    uint64_t skip; /* of the events that come, the first that are not wanted */
};

static void on_damage(void *context, const struct damage *damage)
{
    journal_print_damage(context, damage, stderr);
}

/* --- nodes ---------------------------------------------------------------------------------- */

static int add_node(struct tail *tail, const char *name)
{
    struct node *grown = realloc(tail->nodes, (tail->count + 1) * sizeof *grown);
    if (!grown)
        return ERR_NO_MEMORY;
    tail->nodes = grown;
    struct node *node = &tail->nodes[tail->count];
    *node = (struct node){.name = strdup(name)};
    if (!node->name)
        return ERR_NO_MEMORY;
    tail->count++;
    const struct iterate_options options = {tail->view.dir_fd, tail->view.live, on_damage,
                                            &tail->view, node->name};
    return iterate_create(&node->it, &options);
}

static bool is_known(const struct tail *tail, const char *name)
{
    for (size_t i = 0; i < tail->count; i++)
        if (strcmp(tail->nodes[i].name, name) == 0)
            return true;
    return false;
}

/* Finds nodes that were not there yet. */
static int find_nodes(struct tail *tail)
{
    struct segment_list list;
    int rc = segment_list_read(&list, tail->view.dir_fd);
    for (size_t i = 0; rc == 0 && i < list.count; i++)
        if (!is_known(tail, list.items[i].name.node))
            rc = add_node(tail, list.items[i].name.node);
    segment_list_finish(&list);
    return rc;
}

/* --- where to begin ------------------------------------------------------------------------- */

/* How many events the `index`-th segment has; what is damaged is told when it is printed. */
static int count_segment(const struct tail *tail, const struct node *node, size_t index,
                         uint64_t *events)
{
    const struct iterate_options options = {.dir_fd = tail->view.dir_fd, .node = node->name};
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
        rc = iterate_seek(it, index);
        while (rc >= 0 && (rc = iterate_next(it, &event)) == 1 &&
               strcmp(iterate_file(it), file) == 0)
            ++*events;
    }
    iterate_destroy(it);
    return rc < 0 ? rc : 0;
}

/* Moves to the segment in which the node's last `lines` events begin; `*found` stand from there.
 * The last segment is read in any case: what comes next may come into that one. */
static int seek_back(const struct tail *tail, const struct node *node, uint64_t lines,
                     uint64_t *found)
{
    const size_t count = iterate_segments(node->it)->count;
    size_t index = count;
    *found = 0;
    while (index > 0 && (*found < lines || index == count)) {
        uint64_t events;
        int rc = count_segment(tail, node, --index, &events);
        if (rc != 0)
            return rc;
        *found += events;
    }
    return iterate_seek(node->it, index);
}

/* The last events of all are among the last of each node. */
static int seek_all_back(struct tail *tail, uint64_t lines)
{
    uint64_t all = 0;
    for (size_t i = 0; i < tail->count; i++) {
        uint64_t found;
        int rc = seek_back(tail, &tail->nodes[i], lines, &found);
        if (rc != 0)
            return rc;
        all += found;
    }
    tail->skip = all > lines ? all - lines : 0;
    return 0;
}

/* --- printing ------------------------------------------------------------------------------- */

static void print_event(const struct journal_view *view, const struct iterate *it,
                        const struct event *event, bool pretty)
{
    struct str line = iterate_line(it);
    if (pretty) {
        journal_print_pretty(event, view->lang, view->has_colour, view->out);
    } else {
        (void)fwrite(line.ptr, 1, line.len, view->out);
        (void)fputc('\n', view->out);
    }
}

/* The node whose next event is the earliest, or NULL. */
static int find_earliest(struct tail *tail, struct node **out)
{
    *out = NULL;
    for (size_t i = 0; i < tail->count; i++) {
        struct node *node = &tail->nodes[i];
        int rc = node->has_event ? 1 : iterate_next(node->it, &node->event);
        if (rc < 0)
            return rc;
        node->has_event = rc == 1;
        if (node->has_event && (!*out || node->event.ts_ms < (*out)->event.ts_ms))
            *out = node;
    }
    return 0;
}

/* Prints what is there, in the order of time; an error, or 0. */
static int print_all(struct tail *tail)
{
    struct node *node;
    int rc;
    while ((rc = find_earliest(tail, &node)) == 0 && node && !ferror(tail->view.out)) {
        node->has_event = false;
        if (tail->skip > 0)
            tail->skip--;
        else
            print_event(&tail->view, node->it, &node->event, tail->pretty);
    }
    return rc;
}

static int follow(struct tail *tail)
{
    const struct timespec pause = {.tv_nsec = LOOK_AGAIN_MS * 1000000L};
    int rc = 0;
    tail->skip = 0;
    while (rc == 0 && fflush(tail->view.out) == 0 && !ferror(tail->view.out)) {
        (void)nanosleep(&pause, NULL);
        for (size_t i = 0; rc == 0 && i < tail->count; i++)
            rc = iterate_refresh(tail->nodes[i].it);
        if (rc == 0)
            rc = find_nodes(tail);
        if (rc == 0)
            rc = print_all(tail);
    }
    return rc;
}

int journal_tail(const struct journal_view *view, const struct journal_tail_options *options)
{
    struct tail tail = {.view = *view, .pretty = options->pretty};
    /* Who follows waits for a writer that may be there only later. */
    tail.view.live = view->live || options->follow;
    int rc = find_nodes(&tail);
    if (rc == 0)
        rc = seek_all_back(&tail, options->lines);
    if (rc == 0)
        rc = print_all(&tail);
    if (rc == 0 && options->follow)
        rc = follow(&tail);
    for (size_t i = 0; i < tail.count; i++) {
        iterate_destroy(tail.nodes[i].it);
        free(tail.nodes[i].name);
    }
    free(tail.nodes);
    return rc == 0 ? EXIT_GOOD : journal_report_error(view, rc);
}
