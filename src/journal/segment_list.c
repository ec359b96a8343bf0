/* Owns listing segments, and opening what was listed. */
#include "journal/segment_list.h"

#include "base/err.h"
#include "base/gzip.h"
#include "journal/handover.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int by_name(const void *a, const void *b)
{
    const struct segment_name *x = &((const struct segment_entry *)a)->name;
    const struct segment_name *y = &((const struct segment_entry *)b)->name;
    int order = strcmp(x->node, y->node);
    if (order == 0)
        order = (x->first_seq > y->first_seq) - (x->first_seq < y->first_seq);
    if (order == 0)
        order = (x->start_ms > y->start_ms) - (x->start_ms < y->start_ms);
    return order ? order : x->compressed - y->compressed;
}

static int add(struct segment_list *list, const char *file)
{
    struct segment_entry entry = {0};
    struct str name = str_from(file);
    if (segment_name_read(&entry.name, name) != 0)
        return 0;
    memcpy(entry.file, name.ptr, name.len + 1);
    /* Doubled at each power of two. */
    if ((list->count & (list->count - 1)) == 0) {
        size_t capacity = list->count ? list->count * 2 : 1;
        struct segment_entry *items = realloc(list->items, capacity * sizeof *items);
        if (!items)
            return ERR_NO_MEMORY;
        list->items = items;
    }
    list->items[list->count++] = entry;
    return 0;
}

static bool are_twins(const struct segment_entry *plain, const struct segment_entry *compressed)
{
    return compressed->name.compressed && !plain->name.compressed &&
           strncmp(compressed->file, plain->file, strlen(plain->file)) == 0;
}

/* Whether that much and more can be unpacked: the end of a file that was cut short tells any size.
 * Takes `fd`. */
static bool gives_more(int fd, uint64_t size)
{
    enum { PIECE = 16 << 10 };
    struct gzip_reader *reader;
    char piece[PIECE];
    uint64_t given = 0;
    ssize_t n = 1;
    if (gzip_reader_create(&reader, fd) != 0) {
        (void)close(fd);
        return false;
    }
    while (given <= size && (n = gzip_read(reader, piece, sizeof piece)) > 0)
        given += (uint64_t)n;
    gzip_reader_destroy(reader);
    return given > size;
}

/* Whoever was killed while compressing leaves twins that hold the same. A copy of a journal to
 * which a later one was added has as the plain one what it was while it was still written. */
static bool holds_more(int dir_fd, const struct segment_entry *compressed,
                       const struct segment_entry *plain)
{
    bool is_compressed;
    uint64_t size = 0;
    struct stat st;
    int fd = segment_entry_open(compressed, dir_fd, &is_compressed);
    if (fd < 0)
        return false;
    if (gzip_told_size(fd, &size) == 0 && fstatat(dir_fd, plain->file, &st, 0) == 0 &&
        size > (uint64_t)st.st_size)
        return gives_more(fd, (uint64_t)st.st_size);
    (void)close(fd);
    return false;
}

/* Of twins the one that holds less goes, and the last of each node is marked. */
static void settle(struct segment_list *list, int dir_fd)
{
    size_t kept = 0;
    qsort(list->items, list->count, sizeof *list->items, by_name);
    for (size_t i = 0; i < list->count; i++) {
        struct segment_entry *last = kept > 0 ? &list->items[kept - 1] : NULL;
        const struct segment_entry *entry = &list->items[i];
        if (!last || !are_twins(last, entry)) {
            list->items[kept++] = *entry;
            continue;
        }
        if (holds_more(dir_fd, entry, last))
            *last = *entry;
        last->has_twin = true;
    }
    list->count = kept;
    for (size_t i = 0; i < kept; i++) {
        struct segment_entry *entry = &list->items[i];
        const struct segment_name *name = &entry->name, *next = &entry[1].name;
        entry->is_newest = i + 1 == kept || strcmp(name->node, next->node) != 0;
        entry->is_last =
            entry->is_newest || next->first_seq - name->first_seq >= JOURNAL_HANDOVER_SKIP / 2;
    }
}

int segment_list_read(struct segment_list *out, int dir_fd)
{
    *out = (struct segment_list){0};
    int fd = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir) {
        int rc = err_from_errno(errno);
        if (fd >= 0)
            (void)close(fd);
        return rc;
    }
    int rc = 0;
    const struct dirent *entry;
    errno = 0;
    while (rc == 0 && (entry = readdir(dir))) {
        rc = add(out, entry->d_name);
        errno = 0;
    }
    if (rc == 0 && errno != 0)
        rc = err_from_errno(errno);
    (void)closedir(dir);
    if (rc == 0 && out->count > 0)
        settle(out, dir_fd);
    if (rc != 0)
        segment_list_finish(out);
    return rc;
}

void segment_list_finish(struct segment_list *list)
{
    if (!list)
        return;
    free(list->items);
    *list = (struct segment_list){0};
}

static int open_file(int dir_fd, const char *file)
{
    int fd = openat(dir_fd, file, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    return fd < 0 ? err_from_errno(errno) : fd;
}

/* A folder can be opened like a file. No server leaves an empty file that is compressed. */
static int check_file(int fd, bool compressed)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return err_from_errno(errno);
    if (S_ISDIR(st.st_mode))
        return ERR_FOLDER;
    return S_ISREG(st.st_mode) && (!compressed || st.st_size > 0) ? 0 : ERR_INVALID;
}

int segment_entry_open(const struct segment_entry *entry, int dir_fd, bool *compressed)
{
    char file[SEGMENT_FILE_SIZE + 4];
    *compressed = entry->name.compressed;
    int fd = open_file(dir_fd, entry->file);
    if (fd == ERR_NOT_FOUND && !*compressed) {
        *compressed = true;
        (void)snprintf(file, sizeof file, "%s.gz", entry->file);
        fd = open_file(dir_fd, file);
    }
    int rc = fd < 0 ? fd : check_file(fd, *compressed);
    if (fd >= 0 && rc != 0)
        (void)close(fd);
    return rc != 0 ? rc : fd;
}
