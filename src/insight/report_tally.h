/* Counting page views, once all of their events are there. */
#ifndef ATTIMO_INSIGHT_REPORT_TALLY_H
#define ATTIMO_INSIGHT_REPORT_TALLY_H

#include "insight/report_spend.h"
#include "insight/report_taps.h"

struct tally {
    const struct report_query *query;
    const struct report_keys *keys;
    struct gather *gather;
    struct table meanings; /* of struct meaning: what the values of a page view lead to */
    struct rows rows;
    struct rows campaigns;
    struct rows channels;
    struct tuples paths;
    struct tuples revs;           /* path, rev */
    struct report_rev *rev_items; /* by number in `revs` */
    size_t rev_room;
    struct table days; /* of struct tally_day */
    struct taps taps;
    struct spend spend;
    struct report_answer answer;
};

/* ERR_NO_MEMORY; tally_finish in any case. */
int tally_init(struct tally *tally, struct gather *gather, const struct report_keys *keys);
void tally_finish(struct tally *tally);

/* Counts a page view, or what it is lost for. ERR_NO_MEMORY. */
int tally_visit(struct tally *tally, const struct gather_part *part,
                const struct report_visit *visit);

/* Completes `answer`. Nothing can be counted after it. ERR_NO_MEMORY. */
int tally_answer(struct tally *tally);

#endif
