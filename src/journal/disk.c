/* Owns the calls that change the journal's files, and some that read them. */
#include "journal/disk.h"

#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { FILE_MODE = 0640 };

static int system_create(void *context, int dir_fd, const char *name)
{
    (void)context;
    return openat(dir_fd, name, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                  FILE_MODE);
}

static ssize_t system_write(void *context, int fd, const void *bytes, size_t n)
{
    (void)context;
    return write(fd, bytes, n);
}

static ssize_t system_read(void *context, int fd, void *bytes, size_t n, off_t at)
{
    (void)context;
    return pread(fd, bytes, n, at);
}

static int system_truncate(void *context, int fd, off_t size)
{
    (void)context;
    return ftruncate(fd, size);
}

static int system_sync(void *context, int fd)
{
    (void)context;
    return fsync(fd);
}

static int system_sync_data(void *context, int fd)
{
    (void)context;
    return fdatasync(fd);
}

const struct disk disk_system = {
    .create = system_create,
    .write = system_write,
    .read = system_read,
    .truncate = system_truncate,
    .sync = system_sync,
    .sync_data = system_sync_data,
};

int disk_write_all(const struct disk *disk, int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t written = disk->write(disk->context, fd, bytes, n);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return err_from_errno(errno);
        if (written == 0)
            return ERR_IO;
        bytes += written;
        n -= (size_t)written;
    }
    return 0;
}

int disk_read_all(const struct disk *disk, int fd, char *bytes, size_t n, uint64_t at)
{
    while (n > 0) {
        ssize_t got = disk->read(disk->context, fd, bytes, n, (off_t)at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0 ? ERR_CHANGED : err_from_errno(errno);
        bytes += got;
        n -= (size_t)got;
        at += (uint64_t)got;
    }
    return 0;
}

int disk_truncate(const struct disk *disk, int fd, off_t size)
{
    int rc;
    do
        rc = disk->truncate(disk->context, fd, size);
    while (rc != 0 && errno == EINTR);
    return rc == 0 ? 0 : err_from_errno(errno);
}

/* EINTR comes before anything was given up, so that asking again is no lie. */
int disk_sync(const struct disk *disk, int fd)
{
    int rc;
    do
        rc = disk->sync(disk->context, fd);
    while (rc != 0 && errno == EINTR);
    return rc == 0 ? 0 : err_from_errno(errno);
}

int disk_sync_data(const struct disk *disk, int fd)
{
    int rc;
    do
        rc = disk->sync_data(disk->context, fd);
    while (rc != 0 && errno == EINTR);
    return rc == 0 ? 0 : err_from_errno(errno);
}
