/* Owns what becomes of segments once they are sealed. A plain segment is removed only when its
 * compressed twin is whole and on the disk under its name: written aside, read back, synced,
 * renamed, directory synced. A twin that is there already, from a run that was killed or from a
 * copy, is written over only where it holds nothing that the plain one has not. */
#include "journal/maintain.h"

#include "base/err.h"
#include "base/gzip.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_SIZE = SEGMENT_FILE_SIZE + 8, PIECE = 256 * 1024 };

static bool is_stopped(const struct maintain_options *o)
{
    return o->stop && atomic_load(o->stop);
}

/* A plain segment, read in pieces: a page of a mapped file that the disk fails to give would be the
 * end of the process. */
struct plain {
    const struct maintain_options *options;
    int fd;
    struct stat st;
    uint64_t at; /* so much of it has been read */
};

static int open_plain(struct plain *plain, const struct maintain_options *o, const char *file)
{
    *plain = (struct plain){.options = o};
    plain->fd = openat(o->dir_fd, file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (plain->fd < 0)
        return err_from_errno(errno);
    if (fstat(plain->fd, &plain->st) == 0)
        return 0;
    int rc = err_from_errno(errno);
    (void)close(plain->fd);
    return rc;
}

static uint64_t left_of(const struct plain *plain)
{
    return (uint64_t)plain->st.st_size - plain->at;
}

/* The next bytes, as many as there is room for; 0 at the end. */
static ssize_t read_plain(void *context, char *out, size_t room)
{
    struct plain *plain = context;
    const struct maintain_options *o = plain->options;
    size_t n = room < left_of(plain) ? room : (size_t)left_of(plain);
    int rc = is_stopped(o) ? ERR_STOPPED : disk_read_all(o->disk, plain->fd, out, n, plain->at);
    if (rc != 0)
        return rc;
    plain->at += n;
    return (ssize_t)n;
}

/* How a compressed file stands to a plain one. */
struct likeness {
    uint64_t missing; /* bytes of the plain one that it does not give back */
    bool has_more;    /* it gives others, too */
};

/* Reads until it has ended, or other bytes stand in a plain one's place. */
static int compare_all(struct gzip_reader *reader, struct plain *plain, char pieces[2 * PIECE],
                       struct likeness *like)
{
    char *own = pieces + PIECE;
    ssize_t n;
    plain->at = 0;
    while ((n = gzip_read(reader, pieces, PIECE)) > 0) {
        ssize_t there = read_plain(plain, own, (size_t)n);
        if (there < 0)
            return (int)there;
        bool is_other = memcmp(pieces, own, (size_t)there) != 0;
        like->has_more = is_other || there < n;
        if (is_other)
            return ERR_INVALID;
        like->missing = left_of(plain);
    }
    return (int)n;
}

/* Reads the file against `plain`; closes `fd`. What was found is in `like` on failure, too:
 * ERR_INVALID, ERR_NO_GZIP; ERR_STOPPED, ERR_IO, ERR_NO_MEMORY... */
static int compare(int fd, struct plain *plain, struct likeness *like)
{
    struct gzip_reader *reader;
    *like = (struct likeness){.missing = (uint64_t)plain->st.st_size};
    char *pieces = malloc(2 * PIECE);
    int rc = pieces ? gzip_reader_create(&reader, fd) : ERR_NO_MEMORY;
    if (rc != 0) {
        free(pieces);
        (void)close(fd);
        return rc;
    }
    rc = gzip_reader_check(reader);
    if (rc == 0)
        rc = compare_all(reader, plain, pieces, like);
    gzip_reader_destroy(reader);
    free(pieces);
    return rc;
}

/* Its time stays that of the last event, from which its age is told. */
static int write_compressed(const struct maintain_options *o, int fd, struct plain *plain)
{
    const struct timespec times[2] = {plain->st.st_atim, plain->st.st_mtim};
    plain->at = 0;
    int rc = gzip_write_file(fd, read_plain, plain);
    if (rc == 0 && (fchmod(fd, plain->st.st_mode & 0777) != 0 || futimens(fd, times) != 0))
        rc = err_from_errno(errno);
    return rc == 0 ? disk_sync(o->disk, fd) : rc;
}

static int make_aside(const struct maintain_options *o, const char *aside, struct plain *plain)
{
    (void)unlinkat(o->dir_fd, aside, 0); /* of a run that was killed */
    int fd = o->disk->create(o->disk->context, o->dir_fd, aside);
    if (fd < 0)
        return err_from_errno(errno);
    int rc = write_compressed(o, fd, plain);
    (void)close(fd);
    if (rc != 0)
        return rc;
    fd = openat(o->dir_fd, aside, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return err_from_errno(errno);
    struct likeness like;
    rc = compare(fd, plain, &like);
    bool is_another = rc == 0 && (like.missing > 0 || like.has_more);
    return is_another || rc == ERR_INVALID || rc == ERR_NO_GZIP ? ERR_IO : rc;
}

/* Writes the compressed one, in the place of one that is there. */
static int make_twin(const struct maintain_options *o, const char *name, struct plain *plain)
{
    char aside[NAME_SIZE + 4];
    (void)snprintf(aside, sizeof aside, "%s.tmp", name);
    int rc = make_aside(o, aside, plain);
    if (rc == 0 && renameat(o->dir_fd, aside, o->dir_fd, name) != 0)
        rc = err_from_errno(errno);
    if (rc != 0)
        (void)unlinkat(o->dir_fd, aside, 0);
    return rc;
}

/* Whether the compressed one that is there holds all of the plain one, and is then on the disk.
 * ERR_INVALID: each holds something that the other has not, and neither may go. */
static int look_at_twin(const struct maintain_options *o, const char *name, struct plain *plain,
                        bool *holds_all)
{
    struct likeness like;
    int fd = openat(o->dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return err_from_errno(errno);
    int rc = disk_sync(o->disk, fd);
    if (rc != 0) {
        (void)close(fd);
        return rc;
    }
    rc = compare(fd, plain, &like);
    *holds_all = rc == 0 && like.missing == 0;
    bool is_damaged = rc == ERR_INVALID || rc == ERR_NO_GZIP;
    return is_damaged && !like.has_more ? 0 : rc;
}

static void name_twins(const struct segment_entry *entry, char plain[NAME_SIZE],
                       char compressed[NAME_SIZE])
{
    struct str name = str_from(entry->file);
    (void)str_cut_end(&name, STR(".gz"));
    (void)snprintf(plain, NAME_SIZE, "%.*s", STR_ARG(name));
    (void)snprintf(compressed, NAME_SIZE, "%.*s.gz", STR_ARG(name));
}

static int compress(const struct maintain_options *o, const struct segment_entry *entry)
{
    char file[NAME_SIZE];
    char name[NAME_SIZE];
    struct plain plain;
    bool holds_all = false;
    name_twins(entry, file, name);
    int rc = open_plain(&plain, o, file);
    if (rc != 0)
        return rc;
    if (entry->has_twin)
        rc = look_at_twin(o, name, &plain, &holds_all);
    if (rc == 0 && !holds_all)
        rc = make_twin(o, name, &plain);
    (void)close(plain.fd);
    if (rc == 0)
        rc = disk_sync(o->disk, o->dir_fd);
    if (rc == 0 && unlinkat(o->dir_fd, file, 0) != 0)
        rc = err_from_errno(errno);
    return rc;
}

static int remove_segment(const struct maintain_options *o, const struct segment_entry *entry)
{
    char plain[NAME_SIZE];
    char compressed[NAME_SIZE];
    name_twins(entry, plain, compressed);
    if ((entry->has_twin || entry->name.compressed) && unlinkat(o->dir_fd, compressed, 0) != 0)
        return err_from_errno(errno);
    if ((entry->has_twin || !entry->name.compressed) && unlinkat(o->dir_fd, plain, 0) != 0)
        return err_from_errno(errno);
    return 0;
}

static int maintain_segment(const struct maintain_options *o, const struct segment_entry *entry,
                            struct maintain_report *report)
{
    struct stat st;
    if (fstatat(o->dir_fd, entry->file, &st, AT_SYMLINK_NOFOLLOW) != 0)
        return err_from_errno(errno);
    int64_t age_s = o->now_s - st.st_mtime;
    if (o->keep_s >= 0 && age_s > o->keep_s) {
        int rc = remove_segment(o, entry);
        report->removed += rc == 0;
        return rc;
    }
    bool has_plain = !entry->name.compressed || entry->has_twin;
    if (o->compress_after_s >= 0 && age_s > o->compress_after_s && has_plain) {
        int rc = compress(o, entry);
        report->compressed += rc == 0;
        return rc;
    }
    return 0;
}

/* --- whose they are not --------------------------------------------------------------------- */

static void add_node(struct maintain_report *report, const char *node)
{
    size_t len = strlen(report->foreign_nodes);
    size_t room = sizeof report->foreign_nodes - len;
    int n = snprintf(report->foreign_nodes + len, room, "%s%s", len > 0 ? ", " : "", node);
    if (n < 0 || (size_t)n >= room)
        report->foreign_nodes[len] = '\0';
}

/* They may be another server's, which writes here no more or never has: they are only told. */
static void find_foreign(const struct maintain_options *o, const struct segment_list *list,
                         struct maintain_report *report)
{
    const char *last = o->node;
    for (size_t i = 0; o->keep_s >= 0 && i < list->count; i++) {
        const struct segment_entry *entry = &list->items[i];
        struct stat st;
        if (strcmp(entry->name.node, o->node) == 0 ||
            fstatat(o->dir_fd, entry->file, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
            o->now_s - st.st_mtime <= o->keep_s)
            continue;
        report->foreign++;
        if (strcmp(entry->name.node, last) != 0)
            add_node(report, entry->name.node);
        last = entry->name.node;
    }
}

int maintain_run(const struct maintain_options *options, struct maintain_report *report)
{
    struct segment_list list;
    struct maintain_options o = *options;
    if (!o.disk)
        o.disk = &disk_system;
    *report = (struct maintain_report){0};
    int rc = segment_list_read(&list, o.dir_fd);
    if (rc != 0)
        return rc;
    for (size_t i = 0; i < list.count && !is_stopped(&o); i++) {
        const struct segment_entry *entry = &list.items[i];
        if (strcmp(entry->name.node, o.node) != 0 || entry->name.first_seq >= o.unsealed_seq)
            continue;
        int error = maintain_segment(&o, entry, report);
        if (error != 0 && error != ERR_STOPPED && report->error == 0) {
            report->error = error;
            memcpy(report->file, entry->file, sizeof report->file);
        }
    }
    find_foreign(&o, &list, report);
    segment_list_finish(&list);
    return 0;
}
