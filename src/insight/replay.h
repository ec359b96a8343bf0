/* A journal's lines once more, one after the other, as time went: those of several nodes together.
 *
 * Within a node lines come in the order in which they were written. */
#ifndef ATTIMO_INSIGHT_REPLAY_H
#define ATTIMO_INSIGHT_REPLAY_H

#include "base/str.h"

struct replay_line {
    struct str bytes; /* without its end; valid during the call */
    const char *file;
    uint64_t offset; /* of its first byte in the (uncompressed) file */
};

struct replay {
    /* What is needed of a folder of segments, a day more on either side is read: a page view's
     * events may be that far apart. */
    int64_t from_ms;
    int64_t to_ms;
    int64_t now_ms; /* see segment_spans */
    /* Takes a line. Another value than 0 ends the reading and is returned. */
    int (*on_line)(void *context, const struct replay_line *line);
    /* A file cannot be read, or not from here on. 0: go on with the others; else likewise. */
    int (*on_failure)(void *context, const char *file, int error);
    /* So many bytes of files have been read, of all that will be (0: nobody knows). May be NULL;
     * called for every block. */
    void (*on_progress)(void *context, uint64_t done, uint64_t all);
    void *context;
};

/* Reads `path`, gzip or plain; "-" is standard input. Blank lines are passed over. If nothing of it
 * can be read, the error is returned that on_failure was told. */
int replay_file(const struct replay *replay, const char *path);

/* Reads the journal in the folder `data`, which somebody may be writing: the unfinished line at the
 * end of a newest segment is passed over, and so is a segment that is removed meanwhile. */
int replay_data(const struct replay *replay, const char *data);

#endif
