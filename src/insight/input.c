/* Owns reading journals line by line. */
#include "insight/input.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/gzip.h"
#include "journal/line_source.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { BLOCK_SIZE = 256 * 1024, LINE_SIZE_MAX = 16 * 1024 * 1024 };

/* A file being read: plain, or through gzip. */
struct source {
    const char *name;
    int fd;
    struct gzip_reader *gzip;
    struct buf rest; /* what is not yet a whole line */
    uint64_t offset; /* of `rest` */
};

static ssize_t read_block(struct source *source, char *out, size_t room)
{
    if (source->gzip)
        return gzip_read(source->gzip, out, room);
    ssize_t n;
    do
        n = read(source->fd, out, room);
    while (n < 0 && errno == EINTR);
    return n < 0 ? err_from_errno(errno) : n;
}

static int tell(const struct input *input, struct source *source, struct str line)
{
    const struct input_line told = {line, source->name, source->offset};
    return str_trim_lines(line).len > 0 ? input->on_line(input->context, &told) : 0;
}

/* Tells the whole lines in `rest` and keeps what is behind the last. */
static int tell_lines(const struct input *input, struct source *source)
{
    struct str left = buf_str(&source->rest);
    for (ptrdiff_t end; (end = str_find(left, '\n')) >= 0; left = str_skip(left, (size_t)end + 1)) {
        int rc = tell(input, source, str_make(left.ptr, (size_t)end));
        if (rc != 0)
            return rc;
        source->offset += (uint64_t)end + 1;
    }
    buf_consume(&source->rest, source->rest.len - left.len);
    return source->rest.len > LINE_SIZE_MAX ? ERR_TOO_LARGE : 0;
}

static int read_all(const struct input *input, struct source *source)
{
    for (;;) {
        char *room = buf_reserve(&source->rest, BLOCK_SIZE);
        if (!room)
            return ERR_NO_MEMORY;
        ssize_t n = read_block(source, room, BLOCK_SIZE);
        if (n < 0)
            return (int)n;
        if (n == 0)
            return source->rest.len > 0 ? tell(input, source, buf_str(&source->rest)) : 0;
        source->rest.len += (size_t)n;
        int rc = tell_lines(input, source);
        if (rc != 0)
            return rc;
    }
}

static int read_file(const struct input *input, const char *path)
{
    struct source source = {.name = path, .fd = STDIN_FILENO};
    bool is_stdin = strcmp(path, "-") == 0;
    int rc = 0;
    if (!is_stdin)
        source.fd = open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
    if (source.fd < 0)
        return err_from_errno(errno);
    if (str_ends_with(str_from(path), STR(".gz"))) {
        rc = gzip_reader_create(&source.gzip, source.fd);
        is_stdin |= rc == 0; /* the descriptor is the reader's now */
    }
    if (rc == 0)
        rc = read_all(input, &source);
    gzip_reader_destroy(source.gzip);
    if (!is_stdin)
        (void)close(source.fd);
    buf_finish(&source.rest);
    return rc;
}

static int report(const struct input *input, const char *path, int error)
{
    return error == 0 || error == ERR_NO_MEMORY ? error
                                                : input->on_failure(input->context, path, error);
}

int input_read_file(const struct input *input, const char *path)
{
    return report(input, path, read_file(input, path));
}

/* --- a folder of segments ------------------------------------------------------------------- */

static int read_lines(const struct input *input, const struct segment_entry *entry,
                      struct line_source *source)
{
    struct line line;
    for (;;) {
        int result = line_source_next(source, &line);
        bool unfinished = result == LINE_TORN && entry->is_newest;
        if (result < 0 || result == LINE_END || unfinished)
            return result < 0 ? report(input, entry->file, result) : 0;
        const struct input_line told = {line.bytes, entry->file, line.offset};
        int rc = input->on_line(input->context, &told);
        if (rc != 0 || result == LINE_TORN)
            return rc;
    }
}

static int read_segment(const struct input *input, int dir_fd, const struct segment_entry *entry)
{
    struct line_source *source;
    int rc = line_source_create(&source, dir_fd, entry,
                                entry->is_newest ? LINES_STREAMED : LINES_MAPPED);
    if (rc == ERR_NOT_FOUND)
        return 0;
    if (rc != 0)
        return report(input, entry->file, rc);
    rc = read_lines(input, entry, source);
    line_source_destroy(source);
    return rc;
}

int input_read_data(const struct input *input, const char *data)
{
    struct buf path = BUF_EMPTY;
    struct segment_list list = {0};
    buf_printf(&path, "%s/journal", data);
    int rc = buf_status(&path);
    int fd = rc == 0 ? open(path.ptr, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (rc == 0 && fd < 0)
        rc = report(input, path.ptr, err_from_errno(errno));
    else if (rc == 0)
        rc = report(input, path.ptr, segment_list_read(&list, fd));
    for (size_t i = 0; rc == 0 && i < list.count; i++)
        rc = read_segment(input, fd, &list.items[i]);
    segment_list_finish(&list);
    if (fd >= 0)
        (void)close(fd);
    buf_finish(&path);
    return rc;
}
