/* After an unclean end: where the last line of a segment that was written whole ends. */
#ifndef ATTIMO_JOURNAL_RECOVER_H
#define ATTIMO_JOURNAL_RECOVER_H

#include "journal/disk.h"
#include "journal/event.h"

struct tail {
    uint64_t size;     /* of the file */
    uint64_t good;     /* up to here it ends with an intact line (or is empty) */
    bool has_seq;      /* there is such a line */
    uint64_t last_seq; /* and its number */
};

/* Reads `fd` backwards to its last line with a right checksum. Changes nothing. ERR_IO,
 * ERR_NO_MEMORY. */
int recover_find_tail(const struct disk *disk, int fd, struct tail *out);

#endif
