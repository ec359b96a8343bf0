/* Exports: the events of a journal, or its page views, one by one as they are read.
 *
 * What is left out is known from the page view's first lines (a bot's, the firm's own staff's), or
 * late: a page that was fetched ahead counts once it is seen. So an event waits for its view for
 * a minute (views are written by another way than clicks), and a prefetch waits for a day; all else
 * goes on at once. A page view's token is good for 24 hours: that is how long anything is kept, so
 * memory grows with the page views of two days at most, whatever the length of the journal.
 *
 * Lines should come nearly in order of time (`replay.h`). If time falls back by more than a day,
 * another journal begins: all that waits is settled first. */
#ifndef ATTIMO_INSIGHT_EXPORT_H
#define ATTIMO_INSIGHT_EXPORT_H

#include "insight/entry.h"
#include "insight/loss.h"

struct export_query {
    int64_t from_ms; /* events, or page views, before this are left out */
    int64_t to_ms;   /* and those from this moment on */
    bool flat;       /* page views instead of events */
    struct include include;
};

/* One event (`values` by enum entry_key) or page view (by enum flat_column). */
struct export_row {
    struct str line; /* of an event: as the journal has it */
    const struct str *values;
};

/* Takes a row, which is valid during the call. Another value than 0 ends the export. */
typedef int export_take(void *context, const struct export_row *row);

/* What was given, and what was left out: events, or page views. Lines in any case. */
struct export_counts {
    uint64_t given;
    uint64_t bot;
    uint64_t prefetch;
    uint64_t internal;
    uint64_t duplicate; /* events */
    uint64_t damaged;   /* lines, and files that could not be read to their end */
};

enum { EXPORT_DAY_MS = 24 * 3600 * 1000, EXPORT_MINUTE_MS = 60 * 1000 };

struct export;

/* ERR_NO_MEMORY. */
int export_create(struct export **out, const struct export_query *query, export_take *take,
                  void *context);
void export_destroy(struct export *export);

/* Takes in a line. One that cannot be read counts as damaged, and `*damage` says why (else it is
 * NULL). ERR_NO_MEMORY, or what `take` has returned. */
int export_add(struct export *export, struct str line, const struct text **damage);

/* Settles what still waits. */
int export_end(struct export *export);

const struct export_counts *export_counts(const struct export *export);

#endif
