/* Responses as bytes, gathered so that all answers to one read leave with one system call. */
#ifndef ATTIMO_SERVER_OUTPUT_H
#define ATTIMO_SERVER_OUTPUT_H

#include "server/handler.h"

enum {
    OUTPUT_COPY_MAX = 16 * 1024, /* larger bodies of the site are sent from where they are */
    OUTPUT_FULL = 16 * 1024      /* beyond it, send before answering more */
};

struct output {
    struct buf bytes;
    struct str tail; /* follows `bytes`; belongs to the site */
};

/* ERR_NO_MEMORY. Room for the common path is taken here, once. */
int output_init(struct output *output);
void output_finish(struct output *output);

struct output_options {
    const char *date_line; /* RESPONSE_DATE_LINE_LEN bytes */
    bool head_only;        /* an answer to HEAD */
    bool http10;           /* whose clients must be told that the connection stays */
    bool close;
};

/* Adds one response. Not while there is a tail: send first. */
void output_add(struct output *output, const struct answer *answer,
                const struct output_options *options);

static inline bool output_is_full(const struct output *output)
{
    return output->tail.len > 0 || output->bytes.len >= OUTPUT_FULL;
}

void output_clear(struct output *output);

#endif
