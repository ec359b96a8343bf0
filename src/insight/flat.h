/* The table of page views: one row for each, with where it came from and what came of it. */
#ifndef ATTIMO_INSIGHT_FLAT_H
#define ATTIMO_INSIGHT_FLAT_H

#include "insight/entry.h"

/* What the view tells (else `seen`, else any event of the page view): the event's own keys. */
// clang-format off
#define FLAT_CARRIED(X)                                                                    \
    X(node) X(page) X(rev) X(theme_rev) X(intent) X(stage) X(variant)                      \
    X(utm_source) X(utm_medium) X(utm_campaign) X(utm_content) X(utm_term) X(utm_id)       \
    X(ref_host) X(app) X(device) X(os) X(lang) X(country) X(purpose) X(bot)                \
    X(internal) X(early) X(gpc) X(save_data) X(cached)

/* What the last summary says. */
#define FLAT_MEASURED(X) X(engaged_ms) X(scroll) X(ttfb) X(fcp) X(lcp) X(cls) X(inp)

#define FLAT_COLUMNS_ALL(X)                                                                \
    X(pv) X(pv_src) X(journey) X(ts)                                                       \
    FLAT_CARRIED(X)                                                                        \
    X(view) X(seen) X(engaged) X(clicks) X(ctas) X(cta) X(dest) X(click_t) X(left)         \
    X(returns)                                                                             \
    FLAT_MEASURED(X)
// clang-format on

enum flat_column {
#define FLAT_COLUMN(name) FLAT_##name,
    FLAT_COLUMNS_ALL(FLAT_COLUMN)
#undef FLAT_COLUMN
        FLAT_COLUMNS,
};

extern const struct column flat_columns[FLAT_COLUMNS];

#endif
