/* What was tapped: the taps of a page view settled, and counted for each call to action. */
#ifndef ATTIMO_INSIGHT_REPORT_TAPS_H
#define ATTIMO_INSIGHT_REPORT_TAPS_H

#include "insight/report_gather.h"

struct tapped_entry {
    uint64_t key;
    struct report_tapped told;
    const struct report_page *page; /* NULL: not known */
    double value;                   /* of one */
    uint64_t last_view;             /* the last that was counted in `views`, and in `left` */
    uint64_t last_left;
};

struct taps {
    const struct gather *gather;
    struct table entries; /* of struct tapped_entry */
    struct settling *settling;
    size_t room;
    uint64_t views; /* so far: numbers them */
};

/* What the taps of one page view come to. */
struct taps_of_view {
    size_t repeats; /* events that came again */
    size_t clicks;
    size_t goal; /* taps on the goal */
    bool left;   /* hid the page right after one of these */
    double value;
};

void taps_init(struct taps *taps, const struct gather *gather);
void taps_finish(struct taps *taps);

/* Where a page view was: its page as text, under a number, and in the query's table. */
struct taps_page {
    struct str path;
    uint32_t number;
    const struct report_page *known; /* NULL: not there */
};

/* Settles the taps of a page view. With `counts` they are counted, too. ERR_NO_MEMORY. */
int taps_take(struct taps *taps, const struct gather_part *part, const struct report_visit *visit,
              const struct taps_page *page, bool counts, struct taps_of_view *out);

/* What a goal of the page is worth that is a call to action; NAN: nobody says. */
double taps_goal_value(const struct report_page *page);

/* The counts, in order; the caller frees them. ERR_NO_MEMORY. */
int taps_tell(const struct taps *taps, struct report_tapped **out, size_t *count);

#endif
