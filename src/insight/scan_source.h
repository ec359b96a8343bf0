/* One file of a journal as whole lines in memory: by stretches, or block after block. */
#ifndef ATTIMO_INSIGHT_SCAN_SOURCE_H
#define ATTIMO_INSIGHT_SCAN_SOURCE_H

#include "insight/scan_stretch.h"
#include "journal/segment_list.h"

struct scan_source;

/* Opens a file of any kind, "-" is standard input; `block` is how much of it is read at a time, at
 * least. `path` must outlive the source. What is no regular file, a pipe or standard input, may
 * be compressed whatever its name. ERR_NO_GZIP: it is named as such a file, and is none.
 * ERR_NOT_FOUND, ERR_DENIED, ERR_FOLDER, ERR_IO, ERR_NO_MEMORY. */
int scan_source_open_file(struct scan_source **out, const char *path, size_t block);

/* Opens a segment of the directory `dir_fd`. The entry must outlive the source. ERR_NO_MEMORY, and
 * as segment_entry_open. */
int scan_source_open_segment(struct scan_source **out, int dir_fd,
                             const struct segment_entry *entry, size_t block);

void scan_source_close(struct scan_source *source);
const char *scan_source_name(const struct scan_source *source);

/* Whether it is a plain file that can be read anywhere: `out` is then all of it, as long as it was
 * when it was opened, to be cut into stretches. They can be read until the source is closed, and
 * nothing is filled. */
bool scan_source_stretch(const struct scan_source *source, struct scan_stretch *out);

/* Reads what comes next, aside: lines that were given stay where they are. May be called on any
 * thread. An error is kept for scan_source_turn. */
void scan_source_fill(struct scan_source *source);

/* Gives what was filled; what was given before is gone. No lines: the file has ended. An error
 * comes instead of the lines behind it: ERR_INVALID, a compressed file is damaged; ERR_IO;
 * ERR_NO_MEMORY. */
int scan_source_turn(struct scan_source *source, struct scan_lines *out);

/* Whether opening it anew gives the same again: not so with pipes and terminals. */
bool scan_source_is_repeatable(const struct scan_source *source);

#endif
