/* Owns going through a journal. */
#include "journal/iterate.h"

#include "base/err.h"
#include "journal/line_source.h"

#include <assert.h>
#include <stdlib.h>

struct iterate {
    struct iterate_options options;
    struct segment_list list;
    size_t index; /* of the segment that is read, or comes next */
    struct line_source *source;
    struct line line;

    /* A server that is being taken over writes its last segment for a while after the next one has
     * begun its first, and may begin others behind it. Whoever follows must not miss that. */
    struct segment_entry left; /* the newest of the servers before that was passed; "": none was */
    struct line_source *left_source; /* NULL: nothing comes there */
    bool follows;                    /* the list was read again */
    bool in_left;                    /* the last line stands there */
    char scratch[EVENT_LINE_MAX];
};

/* The segments that are wanted. */
static int list_segments(const struct iterate *it, struct segment_list *list)
{
    const char *node = it->options.node;
    size_t kept = 0;
    int rc = segment_list_read(list, it->options.dir_fd);
    for (size_t i = 0; rc == 0 && i < list->count; i++)
        if (!node || strcmp(list->items[i].name.node, node) == 0)
            list->items[kept++] = list->items[i];
    list->count = rc == 0 ? kept : 0;
    return rc;
}

int iterate_create(struct iterate **out, const struct iterate_options *options)
{
    struct iterate *it = calloc(1, sizeof *it);
    if (!it)
        return ERR_NO_MEMORY;
    it->options = *options;
    int rc = list_segments(it, &it->list);
    if (rc != 0) {
        free(it);
        return rc;
    }
    *out = it;
    return 0;
}

void iterate_destroy(struct iterate *it)
{
    if (!it)
        return;
    line_source_destroy(it->source);
    line_source_destroy(it->left_source);
    segment_list_finish(&it->list);
    free(it);
}

static const struct segment_entry *segment(const struct iterate *it)
{
    return &it->list.items[it->index];
}

/* Where the last line stands. */
static const struct segment_entry *place(const struct iterate *it)
{
    return it->in_left ? &it->left : segment(it);
}

static void tell(const struct iterate *it, enum damage_reason reason, int error, uint64_t len)
{
    const struct damage damage = {
        .reason = reason,
        .error = error,
        .file = place(it)->file,
        .offset = it->line.offset,
        .len = len,
    };
    if (it->options.on_damage)
        it->options.on_damage(it->options.context, &damage);
}

static void set_left(struct iterate *it, const struct segment_entry *entry,
                     struct line_source *source)
{
    line_source_destroy(it->left_source);
    it->left_source = source;
    it->left = *entry;
}

static void leave(struct iterate *it)
{
    if (it->options.live && segment(it)->is_last)
        set_left(it, segment(it), it->source);
    else
        line_source_destroy(it->source);
    it->source = NULL;
    it->index++;
}

/* A file that has gone since it was listed was removed after its time: that is no damage. */
static int enter(struct iterate *it)
{
    int rc = line_source_create(&it->source, it->options.dir_fd, segment(it));
    if (rc == 0 || rc == ERR_NO_MEMORY)
        return rc;
    it->line = (struct line){0};
    if (rc != ERR_NOT_FOUND)
        tell(it, DAMAGE_UNREADABLE, rc, 0);
    leave(it);
    return 0;
}

/* Whether the whole line, or the end of it, is an event. */
static bool take_line(struct iterate *it, struct event *event)
{
    struct str part = event_line_intact_part(it->line.bytes);
    uint64_t before = it->line.len - part.len;
    if (before > 0 || part.len == 0)
        tell(it, DAMAGE_CHECKSUM, 0, before);
    if (part.len == 0)
        return false;
    it->line = (struct line){.bytes = part, .offset = it->line.offset + before, .len = part.len};
    if (event_decode(event, part, it->scratch) == 0)
        return true;
    tell(it, DAMAGE_UNKNOWN, 0, part.len);
    return false;
}

static void tell_end(const struct iterate *it, int result, bool is_written)
{
    if (result < 0)
        tell(it, DAMAGE_UNREADABLE, result, 0);
    else if (result == LINE_TORN && !is_written)
        tell(it, DAMAGE_TORN, 0, it->line.len);
}

/* The segment has no more lines. False: but may get some, and none comes behind it. */
static bool finish_segment(struct iterate *it, int result)
{
    if (result >= 0 && it->options.live && segment(it)->is_newest &&
        it->index + 1 == it->list.count)
        return false;
    tell_end(it, result, it->options.live && segment(it)->is_last);
    leave(it);
    return true;
}

/* --- where nobody stands any more */

static bool is_before(const struct segment_name *a, const struct segment_name *b)
{
    int order = strcmp(a->node, b->node);
    return order < 0 || (order == 0 && a->first_seq < b->first_seq);
}

/* The first of the segments that one process has written in a row up to where we stand. */
static size_t own_first(const struct iterate *it)
{
    size_t first = it->index;
    while (first > 0 && !it->list.items[first - 1].is_last)
        first--;
    return first;
}

/* What stands behind the one that was left, and before our own, has come since. NULL: nothing. */
static const struct segment_entry *behind_left(const struct iterate *it)
{
    size_t end = own_first(it);
    for (size_t i = 0; i < end; i++)
        if (is_before(&it->left.name, &it->list.items[i].name))
            return &it->list.items[i];
    return NULL;
}

/* Whoever begins the next segment writes this one no more. */
static int enter_behind_left(struct iterate *it, const struct segment_entry *next, int result)
{
    struct line_source *source = NULL;
    tell_end(it, result, false);
    int rc = line_source_create(&source, it->options.dir_fd, next);
    if (rc == ERR_NO_MEMORY)
        return rc;
    set_left(it, next, source);
    it->line = (struct line){0};
    if (rc != 0 && rc != ERR_NOT_FOUND)
        tell(it, DAMAGE_UNREADABLE, rc, 0);
    return 0;
}

/* 1: a line has come there. */
static int take_left(struct iterate *it, struct event *event)
{
    const struct segment_entry *next;
    int rc = 0;
    it->in_left = it->follows && it->options.live;
    while (it->in_left && rc == 0) {
        int result = it->left_source ? line_source_next(it->left_source, &it->line) : LINE_END;
        if (result == LINE_WHOLE)
            rc = take_line(it, event);
        else if ((next = behind_left(it)))
            rc = enter_behind_left(it, next, result);
        else
            it->in_left = false;
    }
    return rc;
}

int iterate_next(struct iterate *it, struct event *event)
{
    it->in_left = false;
    while (it->index < it->list.count) {
        int result;
        if (!it->source) {
            result = enter(it);
            if (result != 0)
                return result;
            continue;
        }
        result = line_source_next(it->source, &it->line);
        if (result == LINE_WHOLE) {
            if (take_line(it, event))
                return 1;
        } else if (!finish_segment(it, result)) {
            break;
        }
    }
    return take_left(it, event);
}

struct str iterate_line(const struct iterate *it)
{
    return it->line.bytes;
}

const char *iterate_file(const struct iterate *it)
{
    assert(it->in_left || it->index < it->list.count);
    return place(it)->file;
}

uint64_t iterate_offset(const struct iterate *it)
{
    return it->line.offset;
}

const struct segment_list *iterate_segments(const struct iterate *it)
{
    return &it->list;
}

int iterate_seek(struct iterate *it, size_t index)
{
    const struct segment_entry none = {0};
    assert(index <= it->list.count);
    line_source_destroy(it->source);
    it->source = NULL;
    it->index = index;
    size_t first = own_first(it);
    set_left(it, first > 0 ? &it->list.items[first - 1] : &none, NULL);
    if (first == 0 || !it->options.live || it->left.name.compressed)
        return 0;
    /* What is there was not asked for. One that cannot be read says so to whoever reads it. */
    int rc = line_source_create(&it->left_source, it->options.dir_fd, &it->left);
    while (rc == 0 && line_source_next(it->left_source, &it->line) == LINE_WHOLE)
        continue;
    return rc == ERR_NO_MEMORY ? rc : 0;
}

static bool is_same(const struct segment_name *a, const struct segment_name *b)
{
    return strcmp(a->node, b->node) == 0 && a->first_seq == b->first_seq;
}

int iterate_refresh(struct iterate *it)
{
    struct segment_list list;
    int rc = list_segments(it, &list);
    if (rc != 0)
        return rc;
    /* Where we stand: at a segment, or behind the last. */
    bool behind = it->index == it->list.count;
    const struct segment_entry *here = it->list.count == 0 ? NULL
                                       : behind            ? &it->list.items[it->index - 1]
                                                           : segment(it);
    size_t index = 0;
    while (here && index < list.count && is_before(&list.items[index].name, &here->name))
        index++;
    bool still_there = here && index < list.count && is_same(&list.items[index].name, &here->name);
    if (behind && still_there)
        index++;
    if (here && !still_there) {
        line_source_destroy(it->source);
        it->source = NULL;
        set_left(it, here, NULL);
    }
    segment_list_finish(&it->list);
    it->list = list;
    it->index = index;
    it->follows = true;
    return 0;
}
