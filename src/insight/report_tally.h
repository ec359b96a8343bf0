/* Counting the page views of one part, once all of their events are there. */
#ifndef ATTIMO_INSIGHT_REPORT_TALLY_H
#define ATTIMO_INSIGHT_REPORT_TALLY_H

#include "insight/report_spend.h"
#include "insight/report_taps.h"

/* What all parts share. */
struct tally_question {
    const struct report_query *query;
    const struct report_keys *keys;
    pthread_mutex_t open; /* see struct taps */
};

/* Where page views that carry the same values are counted. */
struct tally_meaning {
    uint64_t key;
    const struct str *texts;
    uint32_t row;      /* none if groups are by time: then there is */
    uint32_t timeless; /* the number in `timeless` */
    uint32_t campaign;
    uint32_t channel;
    uint32_t rev;
    uint32_t cost; /* the campaign's number in `spend` */
    bool has_campaign;
    struct taps_page page;
    double goal_value; /* NAN: nobody says */
};

struct tally_day {
    uint64_t key;
    int64_t day; /* since 1970 */
    struct report_counts now;
    struct report_counts before;
};

/* A revision of a page on one day of the zone. */
struct tally_rev {
    uint64_t key;
    int64_t day; /* since 1970 */
    struct report_rev rev;
};

/* The row of page views that have the same values at the same time, as far as groups tell it. */
struct tally_timed {
    uint64_t key;
    uint32_t row; /* 0: not found out yet */
};

struct tally {
    const struct report_query *query;
    const struct report_keys *keys;
    int64_t first;          /* second of the period on the zone's clock, if there is one before */
    int64_t last;           /* likewise */
    int64_t shift;          /* seconds from the period before to it */
    struct visits *visits;  /* whose page views are counted; set before the first */
    struct table meanings;  /* of struct tally_meaning, by the number of their texts */
    struct tuples timeless; /* values of the groups that are not of time */
    struct table timed;     /* of struct tally_timed */
    struct rows rows;
    struct rows campaigns;
    struct rows channels;
    struct tuples paths;
    struct tuples revs;       /* path, rev */
    struct table rev_days;    /* of struct tally_rev */
    struct table days;        /* of struct tally_day */
    struct tally_day *latest; /* that was counted in; NULL: none was */
    struct tally_offset {
        int64_t day; /* of UTC, since 1970 */
        int32_t seconds;
        bool holds; /* all that day */
    } offset;       /* of the zone */
    struct taps taps;
    struct spend spend;
    struct report_answer answer;
};

/* ERR_NO_MEMORY; tally_finish in any case. */
int tally_init(struct tally *tally, struct tally_question *question);
void tally_finish(struct tally *tally);

/* Counts a page view, or what it is lost for. ERR_NO_MEMORY. */
int tally_visit(struct tally *tally, struct visit *visit);

/* What the values that a page view carries lead to; NULL: out of memory. */
const struct tally_meaning *tally_meaning(struct tally *tally, uint32_t texts);

/* A revision, by its number, on a day; and a day. NULL: out of memory. */
struct report_rev *tally_find_rev(struct tally *tally, uint32_t number, int64_t day);
struct tally_day *tally_find_day(struct tally *tally, int64_t day);

/* Adds what `from`, made for the same question, has counted. ERR_NO_MEMORY. */
int tally_add(struct tally *tally, struct tally *from);

/* Completes `answer`. Nothing can be counted after it. ERR_NO_MEMORY. */
int tally_answer(struct tally *tally);

#endif
