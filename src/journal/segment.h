/* The active journal segment: one append-only file of NDJSON lines.
 *
 * Happy path: create, append lines, sync, seal. Failure modes: a short or failed write is cut back
 * to the last whole line; a failed sync makes the segment unusable for good, because the kernel may
 * have dropped the pages that it could not write. */
#ifndef ATTIMO_JOURNAL_SEGMENT_H
#define ATTIMO_JOURNAL_SEGMENT_H

#include "journal/disk.h"
#include "journal/segment_name.h"

struct segment;

/* Creates the file in the directory `dir_fd`, and syncs both. The caller keeps `dir_fd` and `disk`
 * for as long as the segment lives. On failure no file is left. ERR_EXISTS: the name is taken.
 * ERR_NO_SPACE, ERR_IO, ERR_NO_MEMORY... */
int segment_create(struct segment **out, const struct disk *disk, int dir_fd,
                   const struct segment_name *name);

/* Appends whole lines, each ending in '\n'. On failure nothing of `lines` is left in the file, if
 * the segment lives. ERR_NO_SPACE: worth another try later. Any other error: the segment is dead,
 * and a part may be left. */
int segment_append(struct segment *segment, struct str lines);

/* Makes durable what was appended; nothing to do is done at once. On failure (ERR_IO, whatever the
 * system said) the segment is dead. */
int segment_sync(struct segment *segment);

/* For a sync on another thread: a descriptor of the same open file, or an error. The caller syncs
 * and closes it, and then says here, on the segment's thread, what came of it, and how large the
 * segment was when the descriptor was made. */
int segment_sync_fd(const struct segment *segment);
void segment_was_synced(struct segment *segment, uint64_t size, bool failed);

/* Cuts off what no sync has covered, if the disk lets it: for lines of which nobody was told that
 * they are recorded. */
void segment_cut_unsynced(struct segment *segment);

/* A dead one takes no more lines. */
bool segment_is_dead(const struct segment *segment);

/* Bytes in it, and how many of them no sync has covered. */
uint64_t segment_size(const struct segment *segment);
uint64_t segment_unsynced(const struct segment *segment);

/* Whether its name still leads to it: somebody may have deleted or moved the file. */
bool segment_is_in_place(const struct segment *segment);

/* Closes it, synced or not. A file without a line is removed. Takes NULL. */
void segment_destroy(struct segment *segment);

#endif
