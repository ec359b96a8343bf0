/* What segments a journal's directory holds, in the order in which they were written, and opening
 * one of them. */
#ifndef ATTIMO_JOURNAL_SEGMENT_LIST_H
#define ATTIMO_JOURNAL_SEGMENT_LIST_H

#include "journal/segment_name.h"

#include <stddef.h>

struct segment_entry {
    struct segment_name name;
    bool has_twin;  /* it is there both plain and compressed; the other one is not read */
    bool is_newest; /* of its node */
    bool is_last;   /* of those that one process has written in a row: may still be written */
    char file[SEGMENT_FILE_SIZE];
};

/* A zeroed struct is an empty list. */
struct segment_list {
    struct segment_entry *items; /* by node, then by number; of twins the one that holds more */
    size_t count;
};

/* Reads the directory. What is no segment is left out. ERR_IO, ERR_NO_MEMORY... */
int segment_list_read(struct segment_list *out, int dir_fd);
void segment_list_finish(struct segment_list *list);

/* Opens the file for reading; a plain one that has been compressed since the directory was listed
 * is found under its new name. `*compressed`: how the file is that was found. Its descriptor, or
 * ERR_NOT_FOUND, ERR_DENIED, ERR_IO...; ERR_FOLDER; ERR_INVALID: not a regular file either (never
 * blocks on a FIFO), or an empty one that should be compressed. */
int segment_entry_open(const struct segment_entry *entry, int dir_fd, bool *compressed);

#endif
