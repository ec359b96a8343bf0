/* Owns the disk that fails. */
#include "support/fault.h"

#include <errno.h>
#include <stddef.h>

static bool take(int *count)
{
    if (*count <= 0)
        return false;
    --*count;
    return true;
}

static int fault_create(void *context, int dir_fd, const char *name)
{
    struct fault *f = context;
    if (take(&f->fail_creates)) {
        errno = f->create_error;
        return -1;
    }
    return disk_system.create(NULL, dir_fd, name);
}

static ssize_t fault_write(void *context, int fd, const void *bytes, size_t n)
{
    struct fault *f = context;
    f->writes++;
    if (take(&f->interrupts)) {
        errno = EINTR;
        return -1;
    }
    if (f->piece > 0 && n > f->piece)
        n = f->piece;
    if (f->write_error != 0) {
        if (f->write_room == 0) {
            errno = f->write_error;
            return -1;
        }
        if (n > f->write_room)
            n = f->write_room;
        f->write_room -= n;
    }
    return disk_system.write(NULL, fd, bytes, n);
}

static ssize_t fault_read(void *context, int fd, void *bytes, size_t n, off_t at)
{
    struct fault *f = context;
    if (!take(&f->good_reads) && take(&f->fail_reads)) {
        errno = EIO;
        return -1;
    }
    return disk_system.read(NULL, fd, bytes, n, at);
}

static int fault_truncate(void *context, int fd, off_t size)
{
    struct fault *f = context;
    if (take(&f->fail_truncates)) {
        errno = EIO;
        return -1;
    }
    return disk_system.truncate(NULL, fd, size);
}

static int fault_sync(void *context, int fd)
{
    struct fault *f = context;
    if (take(&f->interrupts)) {
        errno = EINTR;
        return -1;
    }
    if (!take(&f->good_file_syncs) && take(&f->fail_file_syncs)) {
        errno = f->sync_error;
        return -1;
    }
    f->file_syncs++;
    return f->skip_syncs ? 0 : disk_system.sync(NULL, fd);
}

static int fault_sync_data(void *context, int fd)
{
    struct fault *f = context;
    if (take(&f->interrupts)) {
        errno = EINTR;
        return -1;
    }
    if (take(&f->fail_syncs)) {
        errno = f->sync_error;
        return -1;
    }
    f->syncs++;
    return f->skip_syncs ? 0 : disk_system.sync_data(NULL, fd);
}

void fault_init(struct fault *f)
{
    *f = (struct fault){
        .disk =
            {
                .create = fault_create,
                .write = fault_write,
                .read = fault_read,
                .truncate = fault_truncate,
                .sync = fault_sync,
                .sync_data = fault_sync_data,
                .context = f,
            },
        .sync_error = EIO,
        .create_error = ENOSPC,
    };
}
