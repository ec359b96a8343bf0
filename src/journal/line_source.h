/* The lines of one segment, plain or compressed, one after the other, whatever they hold. */
#ifndef ATTIMO_JOURNAL_LINE_SOURCE_H
#define ATTIMO_JOURNAL_LINE_SOURCE_H

#include "base/str.h"
#include "journal/segment_list.h"

struct line_source;

/* Opens the file. ERR_NO_MEMORY, and as segment_entry_open. */
int line_source_create(struct line_source **out, int dir_fd, const struct segment_entry *entry);
void line_source_destroy(struct line_source *source);

struct line {
    struct str bytes; /* without '\n'; of a line that is too long for an event, its end */
    uint64_t offset;  /* of its first byte in the (uncompressed) file */
    uint64_t len;     /* without '\n' */
};

enum line_result {
    LINE_END,   /* nothing is left, for now */
    LINE_WHOLE, /* valid until the next call */
    LINE_TORN,  /* the file ends without '\n'; asked again, the rest is read anew */
};

/* The next line, or an error: ERR_INVALID, a compressed file is damaged; ERR_IO. `out->offset` is
 * then where the rest cannot be read. */
int line_source_next(struct line_source *source, struct line *out);

#endif
