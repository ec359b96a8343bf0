/* Owns finding the lines of a stretch. */
#include "insight/scan_stretch.h"

#include "base/err.h"
#include "journal/event.h"

#include <errno.h>
#include <unistd.h>

/* How much is read behind a stretch to find the end of its last line: few are longer. */
enum { BEYOND = 1024 };

static struct str unused(const struct scan_stretch *stretch)
{
    return str_skip(buf_str(stretch->memory), stretch->used);
}

/* Reads to the end of the stretch and a little more; of a long line twice as much as before. */
static int read_more(struct scan_stretch *stretch)
{
    struct buf *memory = stretch->memory;
    uint64_t from = stretch->at + memory->len;
    uint64_t want = from < stretch->end ? stretch->end - from + BEYOND : BEYOND + memory->len;
    if (want > stretch->size - from)
        want = stretch->size - from;
    char *to = buf_reserve(memory, want);
    ssize_t n;
    if (!to)
        return ERR_NO_MEMORY;
    do
        n = pread(stretch->fd, to, want, (off_t)from);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return err_from_errno(errno);
    memory->len += (size_t)n;
    stretch->is_read = n == 0 || from + (uint64_t)n == stretch->size;
    return 0;
}

static void drop(struct scan_stretch *stretch, size_t len)
{
    buf_consume(stretch->memory, len);
    stretch->at += len;
    stretch->used = 0;
}

/* It stands behind the first end of a line. */
static void find_first(struct scan_stretch *stretch)
{
    ptrdiff_t end = stretch->begin == 0 ? -1 : str_find(unused(stretch), '\n');
    stretch->has_first = stretch->begin == 0 || end >= 0;
    if (!stretch->has_first)
        drop(stretch, stretch->memory->len);
    stretch->used = (size_t)(end + 1);
    stretch->has_ended =
        stretch->at + stretch->used > stretch->end || (!stretch->has_first && stretch->is_read);
}

/* How much of what is in memory are whole lines of the stretch. */
static size_t whole_lines(struct scan_stretch *stretch)
{
    struct str bytes = unused(stretch);
    uint64_t at = stretch->at + stretch->used;
    size_t inside = at < stretch->end ? (size_t)(stretch->end - at) : 0;
    ptrdiff_t end = inside < bytes.len ? str_find(str_skip(bytes, inside), '\n') : -1;
    stretch->has_ended = end >= 0 || stretch->is_read;
    if (end >= 0)
        return inside + (size_t)end + 1;
    if (stretch->is_read && !stretch->is_live)
        return bytes.len;
    return (size_t)(str_find_last(bytes, '\n') + 1);
}

/* Of a line that is too long only the end is kept. */
static void drop_beginning(struct scan_stretch *stretch)
{
    size_t len = stretch->memory->len - EVENT_LINE_MAX;
    drop(stretch, len);
    stretch->dropped += len;
}

static void start(struct scan_stretch *stretch)
{
    stretch->at = stretch->begin;
    buf_clear(stretch->memory);
}

int scan_stretch_next(struct scan_stretch *stretch, struct scan_lines *out)
{
    *out = (struct scan_lines){0};
    if (!stretch->has_first)
        start(stretch);
    drop(stretch, stretch->used);
    while (!stretch->has_ended) {
        int rc = read_more(stretch);
        if (rc != 0)
            return rc;
        if (!stretch->has_first)
            find_first(stretch);
        if (!stretch->has_first || stretch->has_ended)
            continue;
        size_t whole = whole_lines(stretch);
        if (whole > 0) {
            *out = (struct scan_lines){
                .bytes = str_make(unused(stretch).ptr, whole),
                .offset = stretch->at + stretch->used - stretch->dropped,
                .dropped = stretch->dropped,
            };
            stretch->used += whole;
            stretch->dropped = 0;
            return 0;
        }
        drop(stretch, stretch->used);
        if (stretch->memory->len > SCAN_LINE_ROOM)
            drop_beginning(stretch);
    }
    return 0;
}
