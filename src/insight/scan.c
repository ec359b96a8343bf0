/* Owns the rounds of reading: which pieces of which files are read at the same time.
 *
 * Happy path: files are opened in the order of time; each round cuts the lines that they have given
 * into pieces, and at the same time lets the crew take in the round before, read those pieces and
 * fill the next blocks; then damage is told. Failure modes: a file that cannot be read is told and
 * left; a line that comes long after its time restarts all, once, without promises about time. */
#include "insight/scan.h"

#include "base/err.h"
#include "insight/scan_piece.h"
#include "insight/scan_source.h"
#include "insight/segment_span.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A piece is large enough that handing it out costs nothing, and small enough that no thread waits
 * long for the last one of a round; what a round gives stays in the processor's cache. */
enum {
    PIECE_SIZE = 256 * 1024,
    PIECES_OF_ONE = 16,
    PIECES_MAX = SCAN_PIECES_MAX / 2,
    CLOCK_SLACK_MS = 3600 * 1000
};

/* A file that is to be read, is being read, or has been. */
struct file {
    const struct segment_entry *entry; /* NULL: the one of scan_file */
    int64_t start_ms;                  /* it holds nothing from before that */
    struct scan_source *source;        /* NULL: not open */
    struct scan_lines lines;           /* given, and not yet cut into pieces */
    struct scan_stretch rest;          /* likewise, of a file that is read by stretches */
    bool given;                        /* something of it has been */
    bool failed;                       /* and it has been told so */
};

struct reading {
    const struct scan *scan;
    size_t piece_size;
    int dir_fd;
    const char *path; /* of scan_file, else NULL */
    struct crew *crew;
    struct file *files; /* by time */
    size_t file_count;
    size_t first; /* all before it are done with */
    size_t next;  /* the first that has not been opened */
    bool promises;
    bool restarted;
    int64_t promised_ms; /* nothing from before that will come */
    int64_t latest_ms;   /* has come */
    uint64_t damage_found;
    uint64_t damage_told;
    struct file *fills[CREW_MAX];
    size_t fill_count;
    struct scan_piece pieces[PIECES_MAX];
    struct file *pieces_of[PIECES_MAX];
    size_t piece_count;
    struct scan_round before; /* the round that is taken in while this one is read */
    bool is_done;
    struct line_guess *guesses[SCAN_READERS_MAX]; /* one for each thread */
    struct buf memories[SCAN_READERS_MAX];        /* likewise, see scan_stretch */
    atomic_bool taken[SCAN_READERS_MAX];
};

/* What stands before the first round. */
static const struct scan_round nothing = {.settled_ms = INT64_MIN};

/* --- files ---------------------------------------------------------------------------------- */

static int report(const struct reading *r, struct file *file, int error)
{
    bool is_known = file->failed;
    if (error == 0 || error == ERR_NO_MEMORY)
        return error;
    file->failed = true;
    if (is_known)
        return 0;
    int rc = r->scan->on_failure(r->scan->context, r->path ? r->path : file->entry->file, error);
    return rc == 0 && r->path && !file->given ? error : rc;
}

/* A segment that has gone since the directory was listed was removed after its time. */
static int open_next(struct reading *r)
{
    struct file *file = &r->files[r->next++];
    size_t block = r->piece_size * PIECES_OF_ONE;
    int rc = r->path ? scan_source_open_file(&file->source, r->path, block)
                     : scan_source_open_segment(&file->source, r->dir_fd, file->entry, block);
    if (rc == 0 && r->path && !r->restarted)
        r->promises = scan_source_is_repeatable(file->source);
    if (rc == 0)
        (void)scan_source_stretch(file->source, &file->rest);
    return rc == ERR_NOT_FOUND && !r->path ? 0 : report(r, file, rc);
}

static void close_file(struct file *file)
{
    scan_source_close(file->source);
    file->source = NULL;
    file->lines = (struct scan_lines){0};
    file->rest = (struct scan_stretch){0};
}

/* --- a round -------------------------------------------------------------------------------- */

/* Two rounds one behind the other have different pieces. */
static size_t first_piece(const struct reading *r)
{
    return r->before.first == 0 ? PIECES_MAX : 0;
}

static bool has_more(const struct file *file)
{
    return file->lines.bytes.len > 0 || file->rest.begin < file->rest.end;
}

static struct scan_lines cut_lines(struct scan_lines *lines, size_t piece_size)
{
    struct scan_lines cut = *lines;
    if (cut.bytes.len > piece_size) {
        ptrdiff_t end = str_find(str_skip(cut.bytes, piece_size), '\n');
        cut.bytes.len = end < 0 ? cut.bytes.len : piece_size + (size_t)end + 1;
    }
    lines->bytes = str_skip(lines->bytes, cut.bytes.len);
    lines->offset += cut.bytes.len + lines->dropped;
    lines->dropped = 0;
    return cut;
}

static struct scan_stretch cut_stretch(struct scan_stretch *rest, size_t piece_size)
{
    struct scan_stretch cut = *rest;
    if (cut.end - cut.begin > piece_size)
        cut.end = cut.begin + piece_size;
    rest->begin = cut.end;
    return cut;
}

/* Cuts a piece off what is to be read of a file. */
static void cut_piece(struct reading *r, struct file *file)
{
    struct scan_piece *piece = &r->pieces[r->piece_count];
    r->pieces_of[r->piece_count] = file;
    file->given = true;
    piece->scan = r->scan;
    piece->number = first_piece(r) + r->piece_count++;
    piece->file = scan_source_name(file->source);
    piece->lines = cut_lines(&file->lines, r->piece_size);
    piece->stretch = cut_stretch(&file->rest, r->piece_size);
}

/* What is there is cut into pieces; what has been cut up to its end is filled anew meanwhile. Files
 * that are read in blocks are as many at a time as there are threads. */
static int plan(struct reading *r)
{
    size_t open = 0;
    size_t room = (size_t)crew_size(r->crew) * PIECES_OF_ONE;
    if (room > PIECES_MAX)
        room = PIECES_MAX;
    r->piece_count = r->fill_count = 0;
    for (size_t i = r->first; i < r->file_count && open < crew_size(r->crew); i++) {
        int rc = i == r->next ? open_next(r) : 0;
        struct file *file = &r->files[i];
        if (rc != 0)
            return rc;
        if (!file->source)
            continue;
        while (has_more(file) && r->piece_count < room)
            cut_piece(r, file);
        if (has_more(file))
            break;
        if (file->rest.end == 0)
            r->fills[r->fill_count++] = file;
        open++;
    }
    return 0;
}

/* There are as many as threads. */
static unsigned take_reader(struct reading *r)
{
    unsigned i = 0;
    while (atomic_exchange(&r->taken[i], true))
        i = (i + 1) % crew_size(r->crew);
    return i;
}

static int read_piece(struct reading *r, struct scan_piece *piece)
{
    unsigned reader = take_reader(r);
    piece->reader = reader;
    piece->guess = r->guesses[reader];
    piece->stretch.memory = &r->memories[reader];
    int rc = scan_piece_read(piece);
    atomic_store(&r->taken[reader], false);
    return rc;
}

/* What takes longest comes first, so that all threads end at nearly the same time. */
static int do_task(void *context, size_t task)
{
    struct reading *r = context;
    if (task < r->scan->parts)
        return r->scan->on_part(r->scan->context, task, &r->before);
    task -= r->scan->parts;
    if (task >= r->fill_count)
        return read_piece(r, &r->pieces[task - r->fill_count]);
    scan_source_fill(r->fills[task]->source);
    return 0;
}

static void tell_damage(struct reading *r)
{
    for (size_t i = 0; i < r->piece_count; i++)
        for (size_t k = 0; k < r->pieces[i].damage_count; k++)
            if (++r->damage_found > r->damage_told) {
                r->scan->on_damage(r->scan->context, &r->pieces[i].damages[k]);
                r->damage_told = r->damage_found;
            }
}

/* Of a file that cannot be read here the rest is left. */
static int leave_failed(struct reading *r)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < r->piece_count; i++) {
        if (r->pieces[i].failure == 0)
            continue;
        rc = report(r, r->pieces_of[i], r->pieces[i].failure);
        close_file(r->pieces_of[i]);
    }
    return rc;
}

/* Moves on to what has been filled. */
static int turn(struct reading *r)
{
    int rc = leave_failed(r);
    for (size_t i = r->first; rc == 0 && i < r->next; i++) {
        struct file *file = &r->files[i];
        if (!file->source || has_more(file))
            continue;
        if (file->rest.end == 0)
            rc = report(r, file, scan_source_turn(file->source, &file->lines));
        if (!has_more(file))
            close_file(file);
    }
    if (rc != 0)
        return rc;
    while (r->first < r->next && !r->files[r->first].source)
        r->first++;
    return 0;
}

/* --- time ----------------------------------------------------------------------------------- */

/* Whether a line is from long before what the others made believe. */
static bool look_at_time(struct reading *r)
{
    bool is_late = false;
    for (size_t i = 0; i < r->piece_count; i++) {
        is_late = is_late || r->pieces[i].first_ms < r->promised_ms;
        if (r->pieces[i].last_ms > r->latest_ms)
            r->latest_ms = r->pieces[i].last_ms;
    }
    return is_late;
}

static int64_t settled(struct reading *r)
{
    if (r->first == r->file_count)
        return INT64_MAX;
    int64_t start_ms = r->path ? r->latest_ms : r->files[r->first].start_ms;
    if (r->promises && start_ms > r->promised_ms + CLOCK_SLACK_MS)
        r->promised_ms = start_ms - CLOCK_SLACK_MS;
    return r->promised_ms;
}

static int start_again(struct reading *r, bool in_order)
{
    for (size_t i = 0; i < r->file_count; i++)
        close_file(&r->files[i]);
    r->first = r->next = 0;
    r->promises &= in_order;
    r->restarted = true;
    r->promised_ms = r->latest_ms = INT64_MIN;
    r->damage_found = 0;
    r->before = nothing;
    return r->scan->on_restart(r->scan->context, in_order);
}

/* Reads a round and takes in the one before; behind the last one there is nothing to read. */
static int read_round(struct reading *r)
{
    const struct scan *scan = r->scan;
    int rc = plan(r);
    if (rc == 0)
        rc = crew_run(r->crew, do_task, r, scan->parts + r->fill_count + r->piece_count);
    if (rc == 0)
        rc = look_at_time(r) ? SCAN_AGAIN : scan->on_round(scan->context, r->crew, &r->before);
    if (rc == SCAN_AGAIN || rc == SCAN_AGAIN_IN_ORDER)
        return start_again(r, rc == SCAN_AGAIN_IN_ORDER && !r->restarted);
    if (rc != 0)
        return rc;
    r->is_done = r->before.settled_ms == INT64_MAX;
    tell_damage(r);
    rc = turn(r);
    r->before = (struct scan_round){first_piece(r), r->piece_count, settled(r)};
    return rc;
}

static int read_all(struct reading *r)
{
    int rc = crew_create(&r->crew, r->scan->threads);
    for (unsigned i = 0; rc == 0 && i < crew_size(r->crew); i++) {
        r->guesses[i] = calloc(1, sizeof *r->guesses[i]);
        rc = r->guesses[i] ? 0 : ERR_NO_MEMORY;
    }
    r->piece_size = r->scan->piece_size ? r->scan->piece_size : PIECE_SIZE;
    r->promised_ms = r->latest_ms = INT64_MIN;
    r->before = nothing;
    while (rc == 0 && !r->is_done)
        rc = read_round(r);
    for (size_t i = 0; i < r->file_count; i++)
        close_file(&r->files[i]);
    for (size_t i = 0; i < PIECES_MAX; i++)
        scan_piece_finish(&r->pieces[i]);
    for (size_t i = 0; i < SCAN_READERS_MAX; i++)
        free(r->guesses[i]);
    for (size_t i = 0; i < SCAN_READERS_MAX; i++)
        buf_finish(&r->memories[i]);
    crew_destroy(r->crew);
    return rc;
}

/* --- what is read --------------------------------------------------------------------------- */

int scan_file(const struct scan *scan, const char *path)
{
    struct file file = {.start_ms = INT64_MIN};
    struct reading *r = calloc(1, sizeof *r);
    if (!r)
        return ERR_NO_MEMORY;
    r->scan = scan;
    r->path = path;
    r->files = &file;
    r->file_count = 1;
    int rc = read_all(r);
    free(r);
    return rc;
}

static int by_start(const void *left, const void *right)
{
    const struct file *a = left;
    const struct file *b = right;
    if (a->start_ms != b->start_ms)
        return a->start_ms < b->start_ms ? -1 : 1;
    return a->entry < b->entry ? -1 : 1;
}

static int read_segments(const struct scan *scan, int dir_fd, const struct segment_list *list)
{
    struct reading *r = calloc(1, sizeof *r);
    struct file *files = calloc(list->count + 1, sizeof *files);
    struct segment_span *spans = NULL;
    int rc = r && files ? segment_spans(&spans, list, scan->now_ms) : ERR_NO_MEMORY;
    if (rc == 0) {
        r->scan = scan;
        r->dir_fd = dir_fd;
        r->files = files;
        r->promises = true;
        for (size_t i = 0; i < list->count; i++)
            if (segment_span_meets(&spans[i], scan->from_ms, scan->to_ms, CLOCK_SLACK_MS))
                files[r->file_count++] = (struct file){
                    .entry = &list->items[i],
                    .start_ms = spans[i].begin_ms,
                };
        qsort(files, r->file_count, sizeof *files, by_start);
        rc = read_all(r);
    }
    free(spans);
    free(files);
    free(r);
    return rc;
}

int scan_data(const struct scan *scan, const char *data)
{
    struct buf path = BUF_EMPTY;
    struct segment_list list = {0};
    buf_printf(&path, "%s/journal", data);
    int rc = buf_status(&path);
    int fd = -1;
    if (rc == 0) {
        fd = open(path.ptr, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        rc = fd < 0 ? err_from_errno(errno) : segment_list_read(&list, fd);
        if (rc != 0 && rc != ERR_NO_MEMORY)
            rc = scan->on_failure(scan->context, path.ptr, rc);
    }
    if (rc == 0)
        rc = read_segments(scan, fd, &list);
    segment_list_finish(&list);
    if (fd >= 0)
        (void)close(fd);
    buf_finish(&path);
    return rc;
}
