/* What a report reads of lines, and what it is for. */
#ifndef ATTIMO_INSIGHT_REPORT_KEYS_H
#define ATTIMO_INSIGHT_REPORT_KEYS_H

#include "insight/report.h"
#include "insight/visits.h"

/* Numbers of texts (see visits_want_text); behind them those of the query's groups. */
enum report_text {
    REPORT_CTA,
    REPORT_DEST,
    REPORT_PAGE, /* from here on: what holds for all of a page view */
    REPORT_REV,
    REPORT_OS,
    REPORT_APP,
    REPORT_UTM_SOURCE,
    REPORT_UTM_MEDIUM,
    REPORT_UTM_CAMPAIGN,
    REPORT_REF_HOST,
    REPORT_TEXT_COUNT,
};

/* Numbers of figures (see visits_want_figure). */
enum report_measure {
    MEASURE_ENGAGED_MS,
    MEASURE_SCROLL,
    MEASURE_TTFB,
    MEASURE_LCP,
    MEASURE_INP,
    MEASURE_CLS,
    MEASURE_COUNT
};

/* What is told of events (see struct visits_options). */
enum report_mark { MARK_ENGAGED = 1, MARK_READ = 2 };

struct report_keys {
    struct visits_wanted wanted;
    size_t by[REPORT_BY_MAX]; /* numbers of texts, or parts of the time */
    bool by_time;             /* whether any is */
};
#define BY_DAY     (SIZE_MAX - 2)
#define BY_HOUR    (SIZE_MAX - 1)
#define BY_WEEKDAY SIZE_MAX
static inline bool report_keys_is_time(size_t by)
{
    return by >= BY_DAY;
}

/* ERR_INVALID: a key is not of page views, and `*why` says which. */
int report_keys_init(struct report_keys *keys, const struct report_query *query,
                     struct complaint *why);

uint8_t report_keys_tell(struct str event);
uint8_t report_keys_tell_figures(const float *values);

#endif
