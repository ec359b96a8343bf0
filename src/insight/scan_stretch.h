/* A stretch of a plain file as lines, read by one thread into memory that stays in its processor's
 * cache.
 *
 * A line belongs to the stretch in which the line before it ends; the first of the file to the one
 * that begins with it. So stretches of which each begins where another ends give every line once.
 */
#ifndef ATTIMO_INSIGHT_SCAN_STRETCH_H
#define ATTIMO_INSIGHT_SCAN_STRETCH_H

#include "base/buf.h"

/* Lines that can be read now. */
struct scan_lines {
    struct str bytes;
    uint64_t offset;  /* of the first in the (uncompressed) file */
    uint64_t dropped; /* bytes of the first that were too many to keep; only its end is here */
};

/* A line that is longer is no event; its end may be one, behind what a crash has left. */
enum { SCAN_LINE_ROOM = 1024 * 1024 };

/* Whoever cuts it sets the upper ones, and zeros for the rest. */
struct scan_stretch {
    int fd;
    uint64_t begin;
    uint64_t end;
    uint64_t size; /* of the file: what stands behind it is not read */
    bool is_live;  /* somebody may be writing: an unfinished line at the end is no line yet */

    struct buf *memory; /* of the thread that reads; other stretches' use it before and after */
    uint64_t at;        /* where in the file that begins */
    uint64_t dropped;   /* before what is not read of it, of the same line */
    size_t used;        /* of it */
    bool has_first;     /* its first line has been found */
    bool is_read;       /* there is nothing behind what is in memory */
    bool has_ended;
};

/* Reads lines into the memory and gives them; what was given before is gone. No lines: that was
 * all. Mostly all come at once. ERR_IO, ERR_NO_MEMORY. */
int scan_stretch_next(struct scan_stretch *stretch, struct scan_lines *out);

#endif
