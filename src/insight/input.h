/* Journals as questions are put to them: a server's folder of segments, a file, standard input. */
#ifndef ATTIMO_INSIGHT_INPUT_H
#define ATTIMO_INSIGHT_INPUT_H

#include "base/str.h"

struct input_line {
    struct str bytes; /* without its end; valid during the call */
    const char *file;
    uint64_t offset; /* of its first byte in the (uncompressed) file */
};

struct input {
    /* Takes one line. Another value than 0 ends the reading and is returned. */
    int (*on_line)(void *context, const struct input_line *line);
    /* A file cannot be read, or not from here on. 0: go on with the others; else likewise. */
    int (*on_failure)(void *context, const char *file, int error);
    void *context;
};

/* Reads the lines of `path`, gzip or plain; "-" is standard input. Blank ones are passed over. */
int input_read_file(const struct input *input, const char *path);

/* Reads the journal in the folder `data`, which somebody may be writing: the unfinished line at the
 * end of a newest segment is passed over, and so is a segment that is removed meanwhile. */
int input_read_data(const struct input *input, const char *data);

#endif
