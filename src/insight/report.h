/* Reports: what page views have led to, by page or by whatever else is known of them.
 *
 * The unit is the page view, so that groups of any kind add up to the total. Knows nothing of
 * pages: what they are for, what that is worth and when somebody is there is handed in as a table.
 * The semantics are those of docs/report.md. */
#ifndef ATTIMO_INSIGHT_REPORT_H
#define ATTIMO_INSIGHT_REPORT_H

#include "base/buf.h"
#include "insight/report_answer.h"

#include "base/zone.h"

enum { REPORT_BY_MAX = 8 };

/* A call to action of a page. */
struct report_cta {
    struct str id;
    double value; /* what one is worth; NAN: nobody says */
};

struct report_page {
    struct str path;
    struct str goal; /* a call to action, "read" or "shared"; empty: any tap */
    const struct report_cta *ctas;
    size_t cta_count;
    const void *hours; /* for `is_open`; NULL: not known */
};

struct report_pages {
    const struct report_page *items; /* by `path`, in the order of str_cmp */
    size_t count;
    bool (*is_open)(const void *hours, int64_t ms);
};

/* What a campaign has cost: the same on each of its days. */
struct report_cost {
    struct str campaign;
    int64_t first_day; /* since 1970, in the zone */
    int64_t last_day;
    double amount;
};

struct report_costs {
    const struct report_cost *items;
    size_t count;
};

struct report_query {
    struct str by[REPORT_BY_MAX]; /* keys of views; or day, hour, weekday */
    size_t by_count;
    int64_t before_ms; /* where the period before begins; `from_ms`: there is none */
    int64_t from_ms;   /* page views before this do not count */
    int64_t to_ms;     /* nor from this moment on */
    const struct zone *zone;
    struct report_pages pages;
    struct report_costs costs;
    bool with_bots; /* count what is left out otherwise */
    bool with_internal;
    bool with_prefetches;
};

struct report;

/* All that the query points to must outlive the report. ERR_INVALID: the query is none, with words
 * in `why`. ERR_NO_MEMORY. */
int report_create(struct report **out, const struct report_query *query, struct buf *why);
void report_destroy(struct report *report);

/* Takes in one line of a journal, without its line end. A line that cannot be read counts as
 * damaged, and `*damage` says in words why (else it is NULL). ERR_NO_MEMORY. */
int report_add(struct report *report, struct str line, const char **damage);

/* The answer, once; it is the report's and lives as long. Lines cannot be added after it.
 * ERR_NO_MEMORY. */
int report_answer(struct report *report, const struct report_answer **out);

#endif
