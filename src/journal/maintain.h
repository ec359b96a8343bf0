/* Compressing segments that are some days old, and removing those that are too old. Slow: for a
 * thread of its own, beside the one that writes. */
#ifndef ATTIMO_JOURNAL_MAINTAIN_H
#define ATTIMO_JOURNAL_MAINTAIN_H

#include "journal/disk.h"
#include "journal/segment_list.h"

#include <stdatomic.h>

struct maintain_options {
    int dir_fd;
    const char *node;      /* segments of other nodes are left alone */
    uint64_t unsealed_seq; /* and so are those from here on (struct journal_state) */
    int64_t now_s;
    int64_t compress_after_s; /* since the last event was written to it; < 0: never */
    int64_t keep_s;           /* likewise */
    const struct disk *disk;  /* NULL: the system's */
    const atomic_bool *stop;  /* once it is true, what is under way is left as it was; or NULL */
};

enum { MAINTAIN_NODES_SIZE = 256 };

struct maintain_report {
    unsigned compressed;
    unsigned removed;
    int error;                    /* of the first segment that could not be dealt with; else 0 */
    char file[SEGMENT_FILE_SIZE]; /* that segment */
    unsigned foreign;             /* segments of other nodes that are older than `keep_s` */
    char foreign_nodes[MAINTAIN_NODES_SIZE]; /* whose: "a, b", as many as there is room for */
};

/* One segment's failure does not keep the others from being dealt with, and harms nothing: the next
 * run takes it up again. Returns an error only if the directory cannot be read. */
int maintain_run(const struct maintain_options *options, struct maintain_report *report);

#endif
