/* The keys of lines that a report reads, and what they are for. */
#ifndef ATTIMO_INSIGHT_REPORT_KEYS_H
#define ATTIMO_INSIGHT_REPORT_KEYS_H

#include "insight/line.h"
#include "insight/report.h"

/* By number in struct line_keys; behind them those of the query's groups. */
enum report_key {
    REPORT_EVENT,
    REPORT_TS,
    REPORT_SEQ,
    REPORT_ID,
    REPORT_PV,
    REPORT_PV_SRC,
    REPORT_D,
    REPORT_N,
    REPORT_T,
    REPORT_PURPOSE,
    REPORT_BOT,
    REPORT_INTERNAL,
    REPORT_CTA,
    REPORT_DEST,
    REPORT_ENGAGED_MS, /* from here on: the figures of enum report_measure */
    REPORT_SCROLL,
    REPORT_TTFB,
    REPORT_LCP,
    REPORT_INP,
    REPORT_CLS,
    REPORT_PAGE, /* from here on: what holds for all of a page view, and is carried by it */
    REPORT_REV,
    REPORT_OS,
    REPORT_APP,
    REPORT_UTM_SOURCE,
    REPORT_UTM_MEDIUM,
    REPORT_UTM_CAMPAIGN,
    REPORT_REF_HOST,
    REPORT_KEY_COUNT,
};

enum report_measure {
    MEASURE_ENGAGED_MS,
    MEASURE_SCROLL,
    MEASURE_TTFB,
    MEASURE_LCP,
    MEASURE_INP,
    MEASURE_CLS,
    MEASURE_COUNT
};

enum { CARRIED_MAX = REPORT_KEY_COUNT - REPORT_PAGE + REPORT_BY_MAX };

struct report_keys {
    struct line_keys keys;
    size_t carried; /* how many values a page view carries: those of keys from REPORT_PAGE on */
    size_t by[REPORT_BY_MAX]; /* where a group's value is among them; BY_TIME: it is none of them */
    bool by_time;             /* whether any is a part of the time */
};
#define BY_TIME SIZE_MAX

/* ERR_INVALID, with words in `why`: a key is not of page views. */
int report_keys_init(struct report_keys *keys, const struct report_query *query, struct buf *why);

#endif
