/* Owns reading a journal in order of time. */
#include "insight/replay.h"

#include "base/buf.h"
#include "base/err.h"
#include "insight/line.h"
#include "insight/scan_source.h"
#include "insight/segment_span.h"
#include "journal/line_source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK_SIZE = 256 * 1024, PROGRESS_LINES = 1024 };

/* A page view's events may be a day apart; and a clock that is set back within a segment, which
 * names do not tell, is rarely set back by more than an hour. */
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

/* An empty line is none: nothing is lost with it. */
static int tell_line(const struct replay *replay, const struct replay_line *line)
{
    return str_trim_lines(line->bytes).len > 0 ? replay->on_line(replay->context, line) : 0;
}

/* --- one file ------------------------------------------------------------------------------- */

struct file {
    const char *path;
    uint64_t size; /* 0: not known */
};

static int tell_lines(const struct replay *replay, const struct file *file,
                      const struct scan_lines *lines)
{
    struct str left = lines->bytes;
    uint64_t offset = lines->offset;
    uint64_t dropped = lines->dropped;
    for (unsigned count = 1; left.len > 0; count++) {
        ptrdiff_t end = str_find(left, '\n');
        struct str line = str_make(left.ptr, end < 0 ? left.len : (size_t)end);
        const struct replay_line told = {line, file->path, offset};
        int rc = tell_line(replay, &told);
        if (rc != 0)
            return rc;
        offset += line.len + 1 + dropped;
        dropped = 0;
        left = str_skip(left, line.len + 1);
        if (count % PROGRESS_LINES == 0)
            progress(replay, offset, file->size);
    }
    progress(replay, offset, file->size);
    return 0;
}

/* There is nothing else to go on with. */
static int report_file(const struct replay *replay, const char *path, int error, bool given)
{
    int rc = report(replay, path, error);
    return rc == 0 && !given ? error : rc;
}

int replay_file(const struct replay *replay, const char *path)
{
    struct file file = {.path = path};
    struct scan_source *source;
    struct scan_lines lines;
    struct stat st;
    int rc = scan_source_open_file(&source, path, BLOCK_SIZE);
    if (rc != 0)
        return report_file(replay, path, rc, false);
    bool is_compressed = str_ends_with(str_from(path), STR(".gz"));
    if (!is_compressed && stat(path, &st) == 0 && S_ISREG(st.st_mode))
        file.size = (uint64_t)st.st_size;
    int stopped = 0;
    bool given = false;
    do {
        scan_source_fill(source);
        rc = scan_source_turn(source, &lines);
        if (rc == 0)
            stopped = tell_lines(replay, &file, &lines);
        given = given || lines.bytes.len > 0;
    } while (rc == 0 && stopped == 0 && lines.bytes.len > 0);
    scan_source_close(source);
    return stopped ? stopped : report_file(replay, path, rc, given);
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
    struct segment_span *spans; /* of those in `list` */
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

static bool is_needed(const struct folder *folder, const struct segment_entry *entry)
{
    const struct replay *replay = folder->replay;
    return segment_span_meets(&folder->spans[entry - folder->list.items], replay->from_ms,
                              replay->to_ms, margin_ms);
}

/* Opens the next segment that is needed; without one, `source` stays NULL. */
static int open_next(struct folder *folder, struct node *node)
{
    for (; node->at < node->count; node->at++) {
        const struct segment_entry *entry = &node->entries[node->at];
        if (!is_needed(folder, entry))
            continue;
        int rc = line_source_create(&node->source, folder->fd, entry);
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
        node->has_line = result == LINE_WHOLE || (result == LINE_TORN && !entry->is_last);
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
        rc = tell_line(replay, &line);
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
    int rc = segment_spans(&folder->spans, list, folder->replay->now_ms);
    for (size_t i = 0; rc == 0 && i < list->count; i++) {
        const struct segment_entry *entry = &list->items[i];
        struct stat st;
        if (i == 0 || strcmp(entry->name.node, entry[-1].name.node) != 0)
            folder->nodes[folder->count++].entries = entry;
        folder->nodes[folder->count - 1].count++;
        if (is_needed(folder, entry) && fstatat(folder->fd, entry->file, &st, 0) == 0)
            folder->sizes[i] = (uint64_t)st.st_size;
        folder->all += folder->sizes[i];
    }
    return rc;
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
    free(folder.spans);
    free(folder.nodes);
    free(folder.sizes);
    segment_list_finish(&folder.list);
    if (folder.fd >= 0)
        (void)close(folder.fd);
    buf_finish(&path);
    return rc;
}
