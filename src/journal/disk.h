/* The system calls by which the journal changes files, and reads what it goes on from, so that a
 * test can make each of them fail. */
#ifndef ATTIMO_JOURNAL_DISK_H
#define ATTIMO_JOURNAL_DISK_H

#include <stdint.h>
#include <sys/types.h>

/* Each behaves as the call that it is named after: -1 and errno, short writes, EINTR. */
struct disk {
    int (*create)(void *context, int dir_fd, const char *name); /* openat, for appending; EEXIST */
    ssize_t (*write)(void *context, int fd, const void *bytes, size_t n);
    ssize_t (*read)(void *context, int fd, void *bytes, size_t n, off_t at); /* pread */
    int (*truncate)(void *context, int fd, off_t size);
    int (*sync)(void *context, int fd);      /* fsync */
    int (*sync_data)(void *context, int fd); /* fdatasync */
    void *context;
};

/* The system's own. */
extern const struct disk disk_system;

/* Writes everything, whatever it takes. On failure a part may have been written: ERR_NO_SPACE,
 * ERR_IO... */
int disk_write_all(const struct disk *disk, int fd, const char *bytes, size_t n);

/* Reads the `n` bytes that stand `at` bytes behind the file's start. ERR_CHANGED: it ends before;
 * ERR_IO... */
int disk_read_all(const struct disk *disk, int fd, char *bytes, size_t n, uint64_t at);

/* `truncate` and the syncs, again after EINTR, with our codes. */
int disk_truncate(const struct disk *disk, int fd, off_t size);
int disk_sync(const struct disk *disk, int fd);
int disk_sync_data(const struct disk *disk, int fd);

#endif
