/* Owns the lock file. Its one line, "clean 00000000000000000042\n" or "open  ...", always has the
 * same length and is written by one call, so that no end of a process leaves half of it. */
#include "journal/lock.h"

#include "base/err.h"
#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

enum { NOTE_LEN = 27, WORD_LEN = 6, SEQ_LEN = 20 };

static void read_note(int fd, struct lock_note *note)
{
    char text[NOTE_LEN];
    *note = (struct lock_note){0};
    if (pread(fd, text, NOTE_LEN, 0) != NOTE_LEN ||
        str_to_u64(str_make(text + WORD_LEN, SEQ_LEN), &note->next_seq) != 0)
        return;
    note->clean = memcmp(text, "clean ", WORD_LEN) == 0;
}

/* Not O_RDWR for both calls: who only asks may not be allowed to write. */
static int open_lock(int data_fd, int flags)
{
    int fd = openat(data_fd, "lock", flags | O_CLOEXEC | O_NOFOLLOW, 0640);
    return fd < 0 ? err_from_errno(errno) : fd;
}

int lock_take(int data_fd, struct lock_note *note)
{
    int fd = open_lock(data_fd, O_RDWR | O_CREAT);
    if (fd < 0)
        return fd;
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        int rc = errno == EWOULDBLOCK ? ERR_IN_USE : err_from_errno(errno);
        (void)close(fd);
        return rc;
    }
    read_note(fd, note);
    return fd;
}

bool lock_is_taken(int data_fd)
{
    int fd = open_lock(data_fd, O_RDONLY);
    if (fd < 0)
        return false;
    bool taken = flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    (void)close(fd);
    return taken;
}

int lock_note(const struct disk *disk, int fd, const struct lock_note *note)
{
    char text[NOTE_LEN + 1];
    (void)snprintf(text, sizeof text, "%s %020" PRIu64 "\n", note->clean ? "clean" : "open ",
                   note->next_seq);
    if (lseek(fd, 0, SEEK_SET) != 0)
        return err_from_errno(errno);
    int rc = disk_write_all(disk, fd, text, NOTE_LEN);
    return rc == 0 ? disk_sync(disk, fd) : rc;
}
