/* Owns reading journals line by line. */
#include "cli/input.h"

#include "base/err.h"
#include "base/gzip.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { BLOCK_SIZE = 256 * 1024, LINE_SIZE_MAX = 16 * 1024 * 1024 };

/* A file being read: plain, or through gzip. */
struct source {
    const char *name;
    int fd;
    struct gzip_reader *gzip;
    struct buf rest; /* what is not yet a whole line */
    uint64_t lines;
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
    source->lines++;
    if (str_trim_lines(line).len == 0)
        return 0;
    return input->on_line(input->context, line, source->name, source->lines);
}

/* Tells the whole lines in `rest` and keeps what is behind the last. */
static int tell_lines(const struct input *input, struct source *source)
{
    struct str left = buf_str(&source->rest);
    for (ptrdiff_t end; (end = str_find(left, '\n')) >= 0; left = str_skip(left, (size_t)end + 1)) {
        int rc = tell(input, source, str_make(left.ptr, (size_t)end));
        if (rc != 0)
            return rc;
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

static int is_segment(const struct dirent *entry)
{
    struct str name = str_from(entry->d_name);
    return name.ptr[0] != '.' &&
           (str_ends_with(name, STR(".ndjson")) || str_ends_with(name, STR(".ndjson.gz")));
}

/* Names are in order, so the plain one stands just before its compressed double. */
static bool is_double(const char *name, const char *before)
{
    return before && str_starts_with(str_from(name), str_from(before)) &&
           strcmp(name + strlen(before), ".gz") == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int read_segment(const struct input *input, struct buf *path)
{
    int rc = read_file(input, path->ptr);
    if (rc != ERR_NOT_FOUND)
        return report(input, path->ptr, rc);
    buf_printf(path, ".gz");
    rc = buf_status(path);
    if (rc == 0)
        rc = read_file(input, path->ptr);
    return rc == ERR_NOT_FOUND ? 0 : report(input, path->ptr, rc);
}

int input_read_data(const struct input *input, const char *data)
{
    struct buf path = BUF_EMPTY;
    struct dirent **names = NULL;
    int count = 0;
    int rc;
    buf_printf(&path, "%s/journal", data);
    rc = buf_status(&path);
    if (rc == 0)
        count = scandir(path.ptr, &names, is_segment, by_name);
    if (count < 0)
        rc = report(input, path.ptr, err_from_errno(errno));
    for (int i = 0; i < count; i++) {
        buf_clear(&path);
        buf_printf(&path, "%s/journal/%s", data, names[i]->d_name);
        if (rc == 0)
            rc = buf_status(&path);
        if (rc == 0 && !is_double(names[i]->d_name, i > 0 ? names[i - 1]->d_name : NULL))
            rc = read_segment(input, &path);
    }
    for (int i = 0; i < count; i++)
        free(names[i]);
    free(names);
    buf_finish(&path);
    return rc;
}
