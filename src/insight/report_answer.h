/* What a report answers: plain figures, no words. */
#ifndef ATTIMO_INSIGHT_REPORT_ANSWER_H
#define ATTIMO_INSIGHT_REPORT_ANSWER_H

#include "base/str.h"
#include "insight/loss.h"

/* Page views: answered by the server; seen; of these with engagement; of these with the goal. */
struct report_counts {
    uint64_t view;
    uint64_t seen;
    uint64_t engaged;
    uint64_t goal;
};

enum report_vital { VITAL_TTFB, VITAL_LCP, VITAL_INP, VITAL_CLS, VITAL_COUNT };

struct report_row {
    const struct str *by; /* the row's values; `ptr` NULL: none. NULL for the total */
    struct report_counts now;
    struct report_counts before; /* in the period before */
    uint64_t taps;               /* on goals, each of them, also where `seen` is missing */
    uint64_t left;               /* of now.goal: hid the page right after a tap on the goal */
    uint64_t measured;           /* of now.seen: with figures from the phone */
    double value;                /* what the goals are worth; NAN: nobody says */
    double cost;                 /* NAN: none is known */
    double engaged_s;            /* median; NAN where nothing was measured, and so on */
    double vitals[VITAL_COUNT];  /* 75th percentiles: ms, of CLS a number */
};

/* A day of the zone, since 1970, or what the period has of it; and what is as long, and as far into
 * the period before. */
struct report_day {
    int64_t day;
    struct report_counts now;
    struct report_counts before;
};

enum { REPORT_WEEKDAYS = 7, REPORT_HOURS = 24 };

/* One call to action on one page. */
struct report_tapped {
    struct str page;
    struct str cta;
    struct str dest;
    bool is_goal;
    bool is_link;                                      /* no call to action: nobody has named it */
    uint64_t views;                                    /* seen page views with a tap */
    uint64_t left;                                     /* of these: hid the page right after one */
    uint64_t taps;                                     /* all of them */
    uint64_t closed;                                   /* of `taps`: while nobody was there */
    uint32_t closed_at[REPORT_WEEKDAYS][REPORT_HOURS]; /* Monday first */
    double value;                                      /* of `views`; NAN: nobody says */
};

/* A text of a page, as long as it was there; of all that was read, the period before too. */
struct report_rev {
    struct str page;
    struct str rev;
    int64_t first_ms;
    int64_t last_ms;
    bool is_back; /* it had been there before another one */
    struct report_counts counts;
};

struct report_rows {
    struct report_row *items;
    size_t count;
};

/* What a row of `channels` has as its values. */
enum { CHANNEL_KIND, CHANNEL_NAME, CHANNEL_DETAIL, CHANNEL_WIDTH };

struct report_answer {
    struct report_row total;
    struct report_rows rows;      /* most seen first; by value if the first key is of time */
    struct report_rows campaigns; /* by utm_campaign, those that have one */
    struct report_rows channels;  /* kind: "app", "utm", "referrer", or none: direct; name; of an
                                     app its system, of utm the medium */
    struct report_day *days;      /* each of the period's, in order */
    size_t day_count;
    struct report_tapped *tapped; /* by page, most views first */
    size_t tapped_count;
    struct report_rev *revs; /* by page, then by their beginnings */
    size_t rev_count;
    uint64_t hours[REPORT_WEEKDAYS][REPORT_HOURS]; /* seen, by the zone's clock */
    double cost_unused;    /* of campaigns without a page view in the period */
    uint64_t goal_guessed; /* of total.now.goal: pages of which the goal is not known */
    struct loss loss;
    int64_t first_ms; /* of the page views that count; 0 if there are none */
    int64_t last_ms;
    int64_t before_first_ms; /* of those of the period before; 0 if there are none */
};

#endif
