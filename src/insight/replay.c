/* Owns reading a journal in order of time. */
#include "insight/replay.h"

#include "base/buf.h"
#include "base/err.h"
#include "base/gzip.h"
#include "insight/line.h"
#include "journal/line_source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK_SIZE = 256 * 1024, LINE_SIZE_MAX = 16 * 1024 * 1024, PROGRESS_LINES = 1024 };

/* A clock that is set back is rarely set back by more. */
static const int64_t margin_ms = INT64_C(25) * 3600 * 1000;

static int report(const struct replay *replay, const char *path, int error)
{
    return error == 0 || error == ERR_NO_MEMORY ? error
                                                : replay->on_failure(replay->context, path, error);
}

static void progress(const struct replay *replay, uint64_t done, uint64_t all)
{
    if (replay->on_progress)
        replay->on_progress(replay->context, done, all);
}

/* --- one file ------------------------------------------------------------------------------- */

struct file {
    const char *name;
    int fd;
    struct gzip_reader *gzip;
    struct buf rest; /* what is not yet a whole line */
    uint64_t offset; /* of `rest` */
    uint64_t size;   /* 0: not known */
    int stopped;     /* what `on_line` has returned */
};

static ssize_t read_block(struct file *file, char *out, size_t room)
{
    if (file->gzip)
        return gzip_read(file->gzip, out, room);
    ssize_t n;
    do
        n = read(file->fd, out, room);
    while (n < 0 && errno == EINTR);
    return n < 0 ? err_from_errno(errno) : n;
}

static int tell(const struct replay *replay, struct file *file, struct str line)
{
    const struct replay_line told = {line, file->name, file->offset};
    if (str_trim_lines(line).len > 0)
        file->stopped = replay->on_line(replay->context, &told);
    return file->stopped;
}

/* Tells the whole lines in `rest` and keeps what is behind the last. */
static int tell_lines(const struct replay *replay, struct file *file)
{
    struct str left = buf_str(&file->rest);
    for (ptrdiff_t end; (end = str_find(left, '\n')) >= 0; left = str_skip(left, (size_t)end + 1)) {
        int rc = tell(replay, file, str_make(left.ptr, (size_t)end));
        if (rc != 0)
            return rc;
        file->offset += (uint64_t)end + 1;
    }
    buf_consume(&file->rest, file->rest.len - left.len);
    progress(replay, file->offset, file->size);
    return file->rest.len > LINE_SIZE_MAX ? ERR_TOO_LARGE : 0;
}

static int read_all(const struct replay *replay, struct file *file)
{
    for (;;) {
        char *room = buf_reserve(&file->rest, BLOCK_SIZE);
        if (!room)
            return ERR_NO_MEMORY;
        ssize_t n = read_block(file, room, BLOCK_SIZE);
        if (n < 0)
            return (int)n;
        if (n == 0)
            return file->rest.len > 0 ? tell(replay, file, buf_str(&file->rest)) : 0;
        file->rest.len += (size_t)n;
        int rc = tell_lines(replay, file);
        if (rc != 0)
            return rc;
    }
}

static int open_file(struct file *file, const char *path)
{
    struct stat st;
    file->fd = open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
    if (file->fd < 0 || fstat(file->fd, &st) != 0)
        return err_from_errno(errno);
    if (!str_ends_with(str_from(path), STR(".gz"))) {
        file->size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
        return 0;
    }
    int rc = gzip_reader_create(&file->gzip, file->fd);
    if (rc == 0)
        file->fd = -1; /* the reader's now */
    return rc;
}

int replay_file(const struct replay *replay, const char *path)
{
    struct file file = {.name = path, .fd = STDIN_FILENO};
    bool is_stdin = strcmp(path, "-") == 0;
    int rc = is_stdin ? 0 : open_file(&file, path);
    if (rc == 0)
        rc = read_all(replay, &file);
    gzip_reader_destroy(file.gzip);
    if (!is_stdin && file.fd >= 0)
        (void)close(file.fd);
    buf_finish(&file.rest);
    return file.stopped ? file.stopped : report(replay, path, rc);
}

/* --- a folder of segments ------------------------------------------------------------------- */

/* What one node has written: its segments, and the line that is its next. */
struct node {
    const struct segment_entry *entries;
    size_t count;
    size_t at; /* the segment that is read */
    struct line_source *source;
    struct line line;
    bool has_line;
    bool ends;  /* the segment, with this line */
    int64_t ms; /* of the line, or of the last one that had a time */
};

struct folder {
    const struct replay *replay;
    int fd;
    struct segment_list list;
    struct node *nodes;
    size_t count;
    uint64_t *sizes; /* of the files in `list`, 0 for those that are not needed */
    uint64_t all;
    uint64_t done; /* of files that are read */
};

/* The moment that the line tells, near its start if the server has written it. */
static int64_t moment_of(struct str line, int64_t otherwise)
{
    enum { START = 160 };
    static const struct str key = STR_INIT("\"ts\":\"");
    struct str start = str_make(line.ptr, line.len < START ? line.len : START);
    const char *found = memmem(start.ptr, start.len, key.ptr, key.len);
    int64_t ms;
    if (!found)
        return otherwise;
    struct str text = str_skip(line, (size_t)(found - line.ptr) + key.len);
    ptrdiff_t end = str_find(text, '"');
    text.len = end < 0 ? 0 : (size_t)end;
    return line_time(text, &ms) == 0 ? ms : otherwise;
}

static bool is_needed(const struct replay *replay, const struct segment_entry *entry, bool is_last)
{
    if (replay->to_ms < INT64_MAX - margin_ms && entry->name.start_ms >= replay->to_ms + margin_ms)
        return false;
    /* The next segment begins where this one ends. */
    return is_last || replay->from_ms < INT64_MIN + margin_ms ||
           entry[1].name.start_ms >= replay->from_ms - margin_ms;
}

/* Opens the next segment that is needed; without one, `source` stays NULL. */
static int open_next(struct folder *folder, struct node *node)
{
    for (; node->at < node->count; node->at++) {
        const struct segment_entry *entry = &node->entries[node->at];
        if (!is_needed(folder->replay, entry, node->at + 1 == node->count))
            continue;
        int rc = line_source_create(&node->source, folder->fd, entry,
                                    entry->is_newest ? LINES_STREAMED : LINES_MAPPED);
        if (rc == 0)
            return 0;
        bool is_gone = rc == ERR_NOT_FOUND;
        rc = is_gone ? 0 : report(folder->replay, entry->file, rc);
        if (rc != 0)
            return rc;
    }
    return 0;
}

static void close_segment(struct folder *folder, struct node *node)
{
    folder->done += folder->sizes[&node->entries[node->at] - folder->list.items];
    line_source_destroy(node->source);
    node->source = NULL;
    node->ends = false;
    node->at++;
}

/* Moves to the node's next line, if there is one. */
static int advance(struct folder *folder, struct node *node)
{
    node->has_line = false;
    while (!node->has_line) {
        if (node->ends)
            close_segment(folder, node);
        int rc = node->source ? 0 : open_next(folder, node);
        if (rc != 0 || !node->source)
            return rc;
        const struct segment_entry *entry = &node->entries[node->at];
        int result = line_source_next(node->source, &node->line);
        node->has_line = result == LINE_WHOLE || (result == LINE_TORN && !entry->is_newest);
        node->ends = result != LINE_WHOLE;
        rc = result < 0 ? report(folder->replay, entry->file, result) : 0;
        if (rc != 0)
            return rc;
    }
    if (folder->count > 1)
        node->ms = moment_of(node->line.bytes, node->ms);
    return 0;
}

static struct node *earliest(const struct folder *folder)
{
    struct node *first = NULL;
    for (size_t i = 0; i < folder->count; i++) {
        struct node *node = &folder->nodes[i];
        if (node->has_line && (!first || node->ms < first->ms))
            first = node;
    }
    return first;
}

static int replay_nodes(struct folder *folder)
{
    const struct replay *replay = folder->replay;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < folder->count; i++)
        rc = advance(folder, &folder->nodes[i]);
    struct node *node;
    for (unsigned lines = 1; rc == 0 && (node = earliest(folder)); lines++) {
        const struct replay_line line = {node->line.bytes, node->entries[node->at].file,
                                         node->line.offset};
        rc = replay->on_line(replay->context, &line);
        if (lines % PROGRESS_LINES == 0)
            progress(replay, folder->done + (folder->count > 1 ? 0 : line.offset), folder->all);
        if (rc == 0)
            rc = advance(folder, node);
    }
    for (size_t i = 0; i < folder->count; i++)
        line_source_destroy(folder->nodes[i].source);
    return rc;
}

/* One node for each name; segments are listed by it. */
static int find_nodes(struct folder *folder)
{
    const struct segment_list *list = &folder->list;
    folder->nodes = calloc(list->count ? list->count : 1, sizeof *folder->nodes);
    folder->sizes = calloc(list->count ? list->count : 1, sizeof *folder->sizes);
    if (!folder->nodes || !folder->sizes)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < list->count; i++) {
        const struct segment_entry *entry = &list->items[i];
        struct stat st;
        if (i == 0 || strcmp(entry->name.node, entry[-1].name.node) != 0)
            folder->nodes[folder->count++].entries = entry;
        folder->nodes[folder->count - 1].count++;
        if (is_needed(folder->replay, entry, entry->is_newest) &&
            fstatat(folder->fd, entry->file, &st, 0) == 0)
            folder->sizes[i] = (uint64_t)st.st_size;
        folder->all += folder->sizes[i];
    }
    return 0;
}

int replay_data(const struct replay *replay, const char *data)
{
    struct folder folder = {.replay = replay, .fd = -1};
    struct buf path = BUF_EMPTY;
    buf_printf(&path, "%s/journal", data);
    int rc = buf_status(&path);
    if (rc == 0) {
        folder.fd = open(path.ptr, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        rc = folder.fd < 0 ? err_from_errno(errno) : segment_list_read(&folder.list, folder.fd);
        rc = report(replay, path.ptr, rc);
    }
    if (rc == 0 && folder.list.count > 0)
        rc = find_nodes(&folder);
    if (rc == 0)
        rc = replay_nodes(&folder);
    free(folder.nodes);
    free(folder.sizes);
    segment_list_finish(&folder.list);
    if (folder.fd >= 0)
        (void)close(folder.fd);
    buf_finish(&path);
    return rc;
}
