/* Reports: what page views have led to, by page or by whatever else is known of them.
 *
 * The unit is the page view, so that groups of any kind add up to the total. Knows nothing of
 * pages: what they are for, what that is worth and when somebody is there is handed in as a table.
 * The semantics are those of docs/report.md. */
#ifndef ATTIMO_INSIGHT_REPORT_H
#define ATTIMO_INSIGHT_REPORT_H

#include "base/diag.h"
#include "base/zone.h"
#include "insight/report_answer.h"
#include "insight/scan.h"

enum { REPORT_BY_MAX = 8, REPORT_DAYS_MAX = 36600 };

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
    void *hours; /* for `is_open`; NULL: not known */
};

struct report_pages {
    const struct report_page *items; /* by `path`, in the order of str_cmp */
    size_t count;
    bool (*is_open)(void *hours, int64_t ms);
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
    int64_t before_ms; /* where the period before begins, as long on the zone's clock as one with an
                          end; `from_ms`: there is none */
    int64_t from_ms;   /* page views before this do not count */
    int64_t to_ms;     /* nor from this moment on */
    int64_t now_ms;    /* see scan.h */
    const struct zone *zone;
    struct report_pages pages;
    struct report_costs costs;
    struct include include;
};

struct report;

/* All that the query points to must outlive the report. ERR_INVALID: the query is none, and `*why`
 * says what it lacks. ERR_NO_MEMORY. */
int report_create(struct report **out, const struct report_query *query, struct complaint *why);
void report_destroy(struct report *report);

/* Where the lines are. */
struct report_source {
    const char *file; /* plain or gzip, "-" for standard input; NULL: the journal in `data` */
    const char *data;
    unsigned threads;  /* as in struct scan */
    size_t piece_size; /* likewise */
    /* A line that cannot be read; it counts as damaged. */
    void (*on_damage)(void *context, const struct scan_damage *damage);
    /* A file that cannot be read to its end; it counts as damaged. 0: go on without it. */
    int (*on_failure)(void *context, const char *file, int error);
    void *context;
};

/* Reads all of it, once. ERR_NO_MEMORY, or what `on_failure` has returned; see scan_file. */
int report_read(struct report *report, const struct report_source *source);

/* The answer, once; it is the report's and lives as long. ERR_LIMIT: from the first day that is
 * asked for (or that there is) to the last are more than REPORT_DAYS_MAX. ERR_NO_MEMORY. */
int report_answer(struct report *report, const struct report_answer **out);

#endif
