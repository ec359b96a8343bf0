/* Reading a journal from its first event to its last: segments in order, plain and compressed. What
 * is damaged is told and passed over, and never hides what stands behind it. */
#ifndef ATTIMO_JOURNAL_ITERATE_H
#define ATTIMO_JOURNAL_ITERATE_H

#include "journal/event.h"
#include "journal/segment_list.h"

struct iterate;

enum damage_reason {
    DAMAGE_CHECKSUM,   /* bytes that are no line with a right checksum */
    DAMAGE_TORN,       /* the file ends within a line */
    DAMAGE_UNKNOWN,    /* written whole, but no event of this version */
    DAMAGE_UNREADABLE, /* from here on the file cannot be read: `error` says why */
};

struct damage {
    enum damage_reason reason;
    int error;
    const char *file;
    uint64_t offset; /* in the uncompressed file */
    uint64_t len;    /* 0: not known */
};

struct iterate_options {
    int dir_fd; /* the directory of segments; the caller keeps it open */
    bool live;  /* somebody may be writing: an unfinished line at the very end is no damage */
    void (*on_damage)(void *context, const struct damage *damage); /* or NULL */
    void *context;
    const char *node; /* whose segments are read, must outlive the iteration; NULL: those of all,
                         one node after the other */
};

/* Lists the directory. ERR_NOT_FOUND, ERR_DENIED, ERR_IO, ERR_NO_MEMORY. */
int iterate_create(struct iterate **out, const struct iterate_options *options);
void iterate_destroy(struct iterate *it);

/* 1: the next event, whose texts are valid until the next call; 0: there is none, but may be one
 * later if somebody writes; ERR_NO_MEMORY. `on_damage` is called before it returns. */
int iterate_next(struct iterate *it, struct event *event);

/* Of the event that was last given: its line, without '\n', and where it stands. */
struct str iterate_line(const struct iterate *it);
const char *iterate_file(const struct iterate *it);
uint64_t iterate_offset(const struct iterate *it);

/* The segments that are read, and a start at the `index`-th of them (count: at the end).
 * ERR_NO_MEMORY. */
const struct segment_list *iterate_segments(const struct iterate *it);
int iterate_seek(struct iterate *it, size_t index);

/* Lists the directory again, so that segments that are new will be read too (of several nodes those
 * behind the place where reading stands only: who follows reads one node at a time). From then on,
 * what a server that is being taken over still writes into the segment before, or into new ones
 * behind that, is given as well, when it comes: its number is then below that of the event before.
 */
int iterate_refresh(struct iterate *it);

#endif
