/* The file `lock` of a data directory: keeps a second writer out, and remembers across restarts how
 * far numbers have come and whether the last writer ended well. */
#ifndef ATTIMO_JOURNAL_LOCK_H
#define ATTIMO_JOURNAL_LOCK_H

#include "journal/disk.h"

#include <stdbool.h>
#include <stdint.h>

struct lock_note {
    bool clean;        /* the writer has ended in order */
    uint64_t next_seq; /* clean: the next number; else a number that was free at some time */
};

/* Takes the lock, and reads what the last holder has noted (nothing: not clean, 0). Returns a
 * descriptor that holds the lock until it and all its copies are closed. ERR_IN_USE: another
 * process has it. */
int lock_take(int data_fd, struct lock_note *note);

/* Whether a process holds the lock now. Asking takes it for an instant, in which lock_take may
 * fail. */
bool lock_is_taken(int data_fd);

/* Notes durably. */
int lock_note(const struct disk *disk, int fd, const struct lock_note *note);

#endif
