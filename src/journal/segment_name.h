/* The names of the journal's files: `<node>-<first seq, 20 digits>-<YYYYMMDDTHHMMSSZ>.ndjson`, with
 * `.gz` behind it once compressed. */
#ifndef ATTIMO_JOURNAL_SEGMENT_NAME_H
#define ATTIMO_JOURNAL_SEGMENT_NAME_H

#include "base/str.h"

enum { NODE_MAX = 32, SEGMENT_FILE_SIZE = NODE_MAX + 64 };

struct segment_name {
    char node[NODE_MAX + 1];
    uint64_t first_seq; /* no line in the file has a smaller one */
    int64_t start_ms;   /* when it was begun; whole seconds */
    bool compressed;
};

/* Whether `node` can be one: [a-z0-9_]+, at most NODE_MAX. */
bool segment_node_is_valid(struct str node);

/* The name of the file, with a NUL. ERR_INVALID: the time is not of the years 0 to 9999. */
int segment_name_write(char out[SEGMENT_FILE_SIZE], const struct segment_name *name);

/* Reads one back. ERR_INVALID: the file is none of ours. */
int segment_name_read(struct segment_name *out, struct str file);

#endif
