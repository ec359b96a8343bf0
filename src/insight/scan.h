/* Reading journals on all processors: from files to the values of the keys that a question wants.
 *
 * Reading goes in rounds. In a round pieces of one file or of several are read at the same time,
 * each by one thread, line after line. What they gave is taken in, in parts that also go to all
 * threads, while the pieces of the next round are read: so no thread waits for the others more than
 * once a round. Pieces are numbered in the order of the lines: what is taken in in that order does
 * not depend on threads.
 *
 * A line that is no event, or does not match its checksum, is told as damage and hides nothing
 * else: where a whole line stands behind it, that one is given. */
#ifndef ATTIMO_INSIGHT_SCAN_H
#define ATTIMO_INSIGHT_SCAN_H

#include "insight/crew.h"
#include "insight/line.h"

/* Pieces of two rounds, because those of one are still taken in while the next is read; and the
 * first two keys of every question, `event` and `ts`. */
enum { SCAN_PIECES_MAX = 256, SCAN_READERS_MAX = CREW_MAX };
enum { SCAN_EVENT, SCAN_TS };

/* Read all once more. IN_ORDER: and, the first time, go on telling what is settled, as the lines
 * are in order. */
enum { SCAN_AGAIN = 1, SCAN_AGAIN_IN_ORDER = 2 };

struct scan_event {
    const struct str *values; /* of the keys, see line_read; valid during the call */
    int64_t ms;               /* its `ts` */
    struct str line;          /* without its end */
    unsigned reader;          /* who has read it: one of SCAN_READERS_MAX */
    uint64_t ending;          /* see line_guess_read; each reader has its own */
};

struct scan_damage {
    const char *file;
    uint64_t offset; /* of the line's first byte in the (uncompressed) file */
    const struct text *why;
};

struct scan_round {
    size_t first; /* of its pieces */
    size_t pieces;
    int64_t settled_ms; /* no event from before it comes in a later round; INT64_MAX: there is no
                           later one */
};

/* What a question tells. Functions return 0, or an error, which ends the reading and is then
 * returned. */
struct scan {
    const struct line_keys *keys;
    int64_t from_ms;   /* events of this time are needed; others need not be given */
    int64_t to_ms;     /* (to_ms itself is needed no more) */
    int64_t now_ms;    /* see segment_spans */
    unsigned threads;  /* see crew_create */
    size_t piece_size; /* 0: the usual; tests want small ones */

    /* Takes an event of a piece; called on several threads, but never twice at a time for one piece
     * or one reader. */
    int (*on_event)(void *context, size_t piece, const struct scan_event *event);

    /* Takes in what a round's pieces gave: called once for each part below `parts`, on several
     * threads, while on_event is called for other pieces. SCAN_AGAIN(_IN_ORDER): something came
     * that was believed to be over. NULL: `parts` is 0. */
    int (*on_part)(void *context, size_t part, const struct scan_round *round);
    size_t parts;

    /* The rest is called on the thread of the caller, while no other function is. */

    /* A round has been taken in. The crew is idle, and may be given work during the call.
     * SCAN_AGAIN likewise. */
    int (*on_round)(void *context, struct crew *crew, const struct scan_round *round);
    /* The lines are not in the order of time that `settled_ms` relied on, or somebody said
     * SCAN_AGAIN. What was given is to be forgotten; all is given again, and unless `in_order`
     * `settled_ms` tells nothing before the end. */
    int (*on_restart)(void *context, bool in_order);
    void (*on_damage)(void *context, const struct scan_damage *damage);
    /* A file cannot be read, or not from here on. 0: go on with the others. */
    int (*on_failure)(void *context, const char *file, int error);
    void *context;
};

/* Reads the file `path`, gzip (if its name ends in ".gz") or plain, with lines in any order; "-" is
 * standard input. If nothing of it can be read, the error is returned that on_failure was told. */
int scan_file(const struct scan *scan, const char *path);

/* Reads the journal in the folder `data`, which somebody may be writing: the unfinished line at the
 * end of a newest segment is passed over, and so is a segment that is removed meanwhile. Segments
 * whose names say that they hold nothing of the time that is needed are not opened. */
int scan_data(const struct scan *scan, const char *data);

#endif
