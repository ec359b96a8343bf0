/* The parts of `attimo journal`. */
#ifndef ATTIMO_CLI_JOURNAL_H
#define ATTIMO_CLI_JOURNAL_H

#include "base/lang.h"
#include "journal/iterate.h"

#include <stdio.h>

/* A data directory's journal, as all parts of the command see it. */
struct journal_view {
    const char *data; /* as its user wrote it */
    int dir_fd;       /* of the segments */
    bool live;        /* a server is writing */
    enum lang lang;
    FILE *out;
    bool has_colour; /* what reads `out` shows colours */
};

/* Each prints to `out` and returns an exit code. */
int journal_verify(const struct journal_view *view);
int journal_stat(const struct journal_view *view);

struct journal_tail_options {
    uint64_t lines; /* how many of the last to begin with */
    bool follow;    /* and then all that come, until interrupted */
    bool pretty;    /* for people */
};
int journal_tail(const struct journal_view *view, const struct journal_tail_options *options);

/* One event as a line for people, colours included. */
void journal_print_pretty(const struct event *event, enum lang lang, bool colour, FILE *out);

/* "data/journal/FILE:OFFSET: what is wrong". */
void journal_print_damage(const struct journal_view *view, const struct damage *damage, FILE *out);

/* Says on stderr that reading failed; the exit code for it. */
int journal_report_error(const struct journal_view *view, int rc);

#endif
