/* Owns the file that lines are appended to. */
#include "journal/segment.h"

#include "base/err.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct segment {
    const struct disk *disk;
    int dir_fd;
    int fd;
    bool dead;
    uint64_t size;
    uint64_t synced;
    char file[SEGMENT_FILE_SIZE];
};

/* Without the directory's sync a power cut may take the name of a file whose bytes are safe. */
static int make_file(struct segment *segment)
{
    const struct disk *disk = segment->disk;
    segment->fd = disk->create(disk->context, segment->dir_fd, segment->file);
    if (segment->fd < 0)
        return err_from_errno(errno);
    int rc = disk_sync(disk, segment->fd);
    if (rc == 0)
        rc = disk_sync(disk, segment->dir_fd);
    if (rc == 0)
        return 0;
    (void)unlinkat(segment->dir_fd, segment->file, 0);
    (void)close(segment->fd);
    return rc == ERR_NO_SPACE ? ERR_NO_SPACE : ERR_IO;
}

int segment_create(struct segment **out, const struct disk *disk, int dir_fd,
                   const struct segment_name *name)
{
    struct segment *segment = malloc(sizeof *segment);
    if (!segment)
        return ERR_NO_MEMORY;
    *segment = (struct segment){.disk = disk, .dir_fd = dir_fd};
    int rc = segment_name_write(segment->file, name);
    if (rc == 0)
        rc = make_file(segment);
    if (rc != 0) {
        free(segment);
        return rc;
    }
    *out = segment;
    return 0;
}

/* A torn line would swallow the next one, so nothing may be left of lines that were refused. */
static int cut_back(struct segment *segment, int rc)
{
    if (disk_truncate(segment->disk, segment->fd, (off_t)segment->size) != 0)
        rc = ERR_IO;
    if (rc != ERR_NO_SPACE)
        segment->dead = true;
    return rc;
}

int segment_append(struct segment *segment, struct str lines)
{
    assert(!segment->dead && str_ends_with(lines, STR("\n")));
    int rc = disk_write_all(segment->disk, segment->fd, lines.ptr, lines.len);
    if (rc != 0)
        return cut_back(segment, rc);
    segment->size += lines.len;
    return 0;
}

int segment_sync(struct segment *segment)
{
    assert(!segment->dead);
    if (segment->synced == segment->size)
        return 0;
    bool failed = disk_sync_data(segment->disk, segment->fd) != 0;
    segment_was_synced(segment, segment->size, failed);
    return failed ? ERR_IO : 0;
}

int segment_sync_fd(const struct segment *segment)
{
    int fd = fcntl(segment->fd, F_DUPFD_CLOEXEC, 0);
    return fd < 0 ? err_from_errno(errno) : fd;
}

void segment_was_synced(struct segment *segment, uint64_t size, bool failed)
{
    assert(size <= segment->size);
    if (failed)
        segment->dead = true;
    else if (size > segment->synced)
        segment->synced = size;
}

void segment_cut_unsynced(struct segment *segment)
{
    if (disk_truncate(segment->disk, segment->fd, (off_t)segment->synced) == 0)
        segment->size = segment->synced;
}

bool segment_is_dead(const struct segment *segment)
{
    return segment->dead;
}

uint64_t segment_size(const struct segment *segment)
{
    return segment->size;
}

uint64_t segment_unsynced(const struct segment *segment)
{
    return segment->size - segment->synced;
}

bool segment_is_in_place(const struct segment *segment)
{
    struct stat ours;
    struct stat there;
    return fstat(segment->fd, &ours) == 0 &&
           fstatat(segment->dir_fd, segment->file, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
           ours.st_ino == there.st_ino && ours.st_dev == there.st_dev;
}

void segment_destroy(struct segment *segment)
{
    if (!segment)
        return;
    if (segment->size == 0 && segment_is_in_place(segment))
        (void)unlinkat(segment->dir_fd, segment->file, 0);
    (void)close(segment->fd);
    free(segment);
}
