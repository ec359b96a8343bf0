/* Owns reading a segment line by line, in memory that does not grow with what stands in it. No file
 * is mapped: of a page that the disk fails to give, or that is cut off meanwhile, the process would
 * die. */
#include "journal/line_source.h"

#include "base/err.h"
#include "base/gzip.h"
#include "journal/event.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { BUFFER_SIZE = 256 * 1024 };

struct line_source {
    int fd;                   /* if plain; else -1 */
    struct gzip_reader *gzip; /* if compressed */

    char *buffer;     /* what was read and not consumed */
    size_t at;        /* the next line begins here */
    size_t len;       /* of what is in the buffer */
    uint64_t base;    /* where in the file the buffer begins */
    uint64_t dropped; /* of the line that begins here, this much is gone already */
};

/* On success `fd` belongs to the source. */
static int attach(struct line_source *source, int fd, bool compressed)
{
    source->buffer = malloc(BUFFER_SIZE);
    if (!source->buffer)
        return ERR_NO_MEMORY;
    if (compressed)
        return gzip_reader_create(&source->gzip, fd);
    source->fd = fd;
    return 0;
}

int line_source_create(struct line_source **out, int dir_fd, const struct segment_entry *entry)
{
    bool compressed;
    struct line_source *source = calloc(1, sizeof *source);
    if (!source)
        return ERR_NO_MEMORY;
    source->fd = -1;
    int fd = segment_entry_open(entry, dir_fd, &compressed);
    int rc = fd < 0 ? fd : attach(source, fd, compressed);
    if (rc != 0) {
        if (fd >= 0)
            (void)close(fd);
        line_source_destroy(source);
        return rc;
    }
    *out = source;
    return 0;
}

void line_source_destroy(struct line_source *source)
{
    if (!source)
        return;
    gzip_reader_destroy(source->gzip);
    if (source->fd >= 0)
        (void)close(source->fd);
    free(source->buffer);
    free(source);
}

/* Makes room behind the line that has begun. Of one that is too long for an event only the end is
 * of interest, because an intact line may stand there. */
static void make_room(struct line_source *source)
{
    size_t drop = source->at;
    if (drop == 0 && source->len == BUFFER_SIZE) {
        drop = source->len - EVENT_LINE_MAX;
        source->dropped += drop;
    }
    memmove(source->buffer, source->buffer + drop, source->len - drop);
    source->base += drop;
    source->len -= drop;
    source->at = 0;
}

/* How many bytes came; 0 at the end. */
static ssize_t read_more(struct line_source *source)
{
    ssize_t n;
    make_room(source);
    char *room = source->buffer + source->len;
    if (source->gzip)
        n = gzip_read(source->gzip, room, BUFFER_SIZE - source->len);
    else
        do
            n = pread(source->fd, room, BUFFER_SIZE - source->len,
                      (off_t)(source->base + source->len));
        while (n < 0 && errno == EINTR);
    if (n > 0)
        source->len += (size_t)n;
    return n < 0 && !source->gzip ? err_from_errno(errno) : n;
}

static struct str unread(const struct line_source *source)
{
    return str_make(source->buffer + source->at, source->len - source->at);
}

/* The line that begins here, as far as it is there. */
static void describe(const struct line_source *source, struct str bytes, struct line *out)
{
    *out = (struct line){
        .bytes = bytes,
        .offset = source->base + source->at - source->dropped,
        .len = source->dropped + bytes.len,
    };
}

/* A writer may cut back what we have seen of an unfinished line, and write another. */
static void forget_unfinished(struct line_source *source)
{
    if (source->gzip)
        return;
    source->len = source->at;
    source->base -= source->dropped;
    source->dropped = 0;
}

int line_source_next(struct line_source *source, struct line *out)
{
    size_t searched = 0;
    for (;;) {
        struct str rest = unread(source);
        ptrdiff_t end = str_find(str_skip(rest, searched), '\n');
        if (end >= 0) {
            rest.len = searched + (size_t)end;
            describe(source, rest, out);
            source->at += rest.len + 1;
            source->dropped = 0;
            return LINE_WHOLE;
        }
        searched = rest.len;
        uint64_t dropped = source->dropped;
        ssize_t n = read_more(source);
        searched -= (size_t)(source->dropped - dropped);
        if (n > 0)
            continue;
        describe(source, unread(source), out);
        if (n < 0)
            return (int)n;
        bool torn = out->len > 0;
        if (torn)
            forget_unfinished(source);
        return torn ? LINE_TORN : LINE_END;
    }
}
