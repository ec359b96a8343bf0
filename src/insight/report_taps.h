/* What was tapped: the taps of page views, counted for each call to action. */
#ifndef ATTIMO_INSIGHT_REPORT_TAPS_H
#define ATTIMO_INSIGHT_REPORT_TAPS_H

#include "insight/report_keys.h"
#include "insight/tuples.h"

#include <pthread.h>

struct taps {
    const struct report_query *query;
    struct visits *visits; /* that it is told of */
    pthread_mutex_t *open; /* held while the query is asked whether somebody is there */
    struct tuples names;   /* call to action, destination */
    struct table kinds;    /* of struct tap_kind: what the texts of events are here */
    struct table entries;  /* of struct tapped_entry */
    uint64_t views;        /* so far: numbers them */
};

/* What the taps of one page view come to. */
struct taps_of_view {
    size_t clicks;
    size_t goal; /* taps on the goal */
    bool left;   /* hid the page right after one of these */
    double value;
};

void taps_init(struct taps *taps, const struct report_query *query, pthread_mutex_t *open);
void taps_finish(struct taps *taps);

/* Where a page view was: its page as text, under a number, and in the query's table. */
struct taps_page {
    struct str path;
    uint32_t number;
    const struct report_page *known; /* NULL: not there */
};

/* Puts the taps of a page view in order, and counts them if `counts`. ERR_NO_MEMORY. */
int taps_take(struct taps *taps, struct visit *visit, const struct taps_page *page, bool counts,
              struct taps_of_view *out);

/* Adds what `from`, made for the same query, has counted; pages have their numbers in `paths`.
 * ERR_NO_MEMORY. */
int taps_add(struct taps *taps, const struct taps *from, struct tuples *paths);

/* What a goal of the page is worth that is a call to action; NAN: nobody says. */
double taps_goal_value(const struct report_page *page);

/* The counts, in order; the caller frees them. ERR_NO_MEMORY. */
int taps_tell(const struct taps *taps, struct report_tapped **out, size_t *count);

#endif
