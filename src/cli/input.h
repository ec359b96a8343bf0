/* Journals as commands are given them: a folder of data, a file, or standard input. */
#ifndef ATTIMO_CLI_INPUT_H
#define ATTIMO_CLI_INPUT_H

#include "base/buf.h"

struct input {
    /* Takes one line without its end; valid during the call. Another value than 0 ends the reading
     * and is returned. `name` and `number` (from 1) tell where it stands. */
    int (*on_line)(void *context, struct str line, const char *name, uint64_t number);
    /* A file could not be read, or only up to where it is damaged. 0: go on with the others. */
    int (*on_failure)(void *context, const char *name, int error);
    void *context;
};

/* Reads the lines of `path`, gzip or plain; "-" is standard input. Blank lines are passed over. */
int input_read_file(const struct input *input, const char *path);

/* Reads all segments of the journal in the folder `data`, in the order of their names; of a segment
 * that is there both plain and compressed, the plain one. One that vanishes meanwhile has been
 * compressed, and is read so, or was too old. */
int input_read_data(const struct input *input, const char *data);

#endif
