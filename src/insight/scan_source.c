/* Owns one file: what it is, and reading it in blocks of whole lines, in memory that its lines
 * cannot make grow. */
#include "insight/scan_source.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/gzip.h"
#include "journal/event.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct scan_source {
    const char *name;
    size_t block;
    bool is_live; /* somebody may be writing: an unfinished line at the end is no line yet */
    bool is_regular;
    uint64_t size; /* of a plain file, when it was opened; else 0 */

    int fd; /* -1 where it is the gzip reader's */
    struct gzip_reader *gzip;

    struct buf given; /* whole lines, and then what has begun of the next */
    struct buf filled;
    size_t rest;      /* of `given`: how much has begun */
    uint64_t at;      /* where in the file that begins */
    uint64_t dropped; /* before that, of the same line */
    bool ended;
    int error;
};

/* --- opening -------------------------------------------------------------------------------- */

static int create(struct scan_source **out, const char *name, size_t block)
{
    struct scan_source *source = calloc(1, sizeof *source);
    *out = source;
    if (!source)
        return ERR_NO_MEMORY;
    source->name = name;
    source->block = block;
    source->fd = -1;
    return 0;
}

static int start_gzip(struct scan_source *source)
{
    int rc = gzip_reader_create(&source->gzip, source->fd);
    if (rc == 0)
        source->fd = -1;
    return rc;
}

static int close_failed(struct scan_source **source, int rc)
{
    if (rc != 0) {
        scan_source_close(*source);
        *source = NULL;
    }
    return rc;
}

int scan_source_open_file(struct scan_source **out, const char *path, size_t block)
{
    bool is_stdin = strcmp(path, "-") == 0;
    struct stat st = {0};
    int rc = create(out, path, block);
    if (rc != 0)
        return rc;
    struct scan_source *source = *out;
    source->fd = is_stdin ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
    if (source->fd < 0 || fstat(source->fd, &st) != 0)
        rc = err_from_errno(errno);
    source->is_regular = rc == 0 && !is_stdin && S_ISREG(st.st_mode);
    bool is_gzip = str_ends_with(str_from(path), STR(".gz"));
    if (rc == 0 && (is_gzip || !source->is_regular))
        rc = start_gzip(source);
    if (rc == 0 && is_gzip)
        rc = gzip_reader_check(source->gzip);
    if (rc == 0 && !is_gzip && source->is_regular)
        source->size = (uint64_t)st.st_size;
    return close_failed(out, rc);
}

static int measure(struct scan_source *source)
{
    struct stat st;
    if (fstat(source->fd, &st) != 0)
        return err_from_errno(errno);
    source->size = (uint64_t)st.st_size;
    return 0;
}

int scan_source_open_segment(struct scan_source **out, int dir_fd,
                             const struct segment_entry *entry, size_t block)
{
    bool is_gzip;
    int rc = create(out, entry->file, block);
    if (rc != 0)
        return rc;
    struct scan_source *source = *out;
    source->is_live = entry->is_last;
    int fd = segment_entry_open(entry, dir_fd, &is_gzip);
    if (fd < 0)
        return close_failed(out, fd);
    source->fd = fd;
    if (is_gzip)
        rc = start_gzip(source);
    else
        rc = measure(source);
    return close_failed(out, rc);
}

void scan_source_close(struct scan_source *source)
{
    if (!source)
        return;
    gzip_reader_destroy(source->gzip);
    if (source->fd >= 0)
        (void)close(source->fd);
    buf_finish(&source->given);
    buf_finish(&source->filled);
    free(source);
}

const char *scan_source_name(const struct scan_source *source)
{
    return source->name;
}

/* --- reading -------------------------------------------------------------------------------- */

bool scan_source_stretch(const struct scan_source *source, struct scan_stretch *out)
{
    if (source->size == 0)
        return false;
    *out = (struct scan_stretch){
        .fd = source->fd,
        .end = source->size,
        .size = source->size,
        .is_live = source->is_live,
    };
    return true;
}

static ssize_t read_some(struct scan_source *source, char *out, size_t room)
{
    if (source->gzip)
        return gzip_read(source->gzip, out, room);
    ssize_t n;
    do
        n = read(source->fd, out, room);
    while (n < 0 && errno == EINTR);
    return n < 0 ? err_from_errno(errno) : n;
}

/* Of a line that is too long only the end is kept. */
static void drop_beginning(struct scan_source *source)
{
    size_t drop = source->filled.len - EVENT_LINE_MAX;
    buf_consume(&source->filled, drop);
    source->dropped += drop;
    source->at += drop;
}

void scan_source_fill(struct scan_source *source)
{
    struct buf *filled = &source->filled;
    struct str given = buf_str(&source->given);
    bool has_line_end = false;
    buf_clear(filled);
    if (source->ended)
        return;
    buf_append(filled, str_skip(given, given.len - source->rest));
    for (size_t done = 0; done < source->block || !has_line_end;) {
        size_t room = done < source->block ? source->block - done : source->block;
        char *to = buf_reserve(filled, room);
        ssize_t n = to ? read_some(source, to, room) : ERR_NO_MEMORY;
        if (n <= 0) {
            source->ended = true;
            source->error = (int)n;
            return;
        }
        has_line_end = has_line_end || memchr(to, '\n', (size_t)n);
        filled->len += (size_t)n;
        done += (size_t)n;
        if (!has_line_end && filled->len > SCAN_LINE_ROOM)
            drop_beginning(source);
    }
}

/* How much of a block are whole lines. */
static size_t whole_lines(const struct scan_source *source)
{
    if (source->ended && source->error == 0 && !source->is_live)
        return source->given.len;
    return (size_t)(str_find_last(buf_str(&source->given), '\n') + 1);
}

int scan_source_turn(struct scan_source *source, struct scan_lines *out)
{
    struct buf given = source->given;
    source->given = source->filled;
    source->filled = given;
    size_t whole = whole_lines(source);
    source->rest = source->given.len - whole;
    *out = (struct scan_lines){
        .bytes = str_make(source->given.ptr, whole),
        .offset = source->at - source->dropped,
        .dropped = source->dropped,
    };
    if (whole > 0)
        source->dropped = 0;
    source->at += whole;
    return whole == 0 ? source->error : 0;
}

bool scan_source_is_repeatable(const struct scan_source *source)
{
    return source->is_regular;
}
