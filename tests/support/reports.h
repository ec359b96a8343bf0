/* A journal made by hand, line after line, and the report over it. */
#ifndef ATTIMO_TESTS_REPORTS_H
#define ATTIMO_TESTS_REPORTS_H

#include "insight/report.h"

/* The site has /guide, whose goal is reading; /shoes: WhatsApp (worth 18) and calls (5); and /shop:
 * directions, and hours from nine to five, UTC. */
struct report_fixture {
    struct report_query query; /* by page, all of the journal */
    struct zone *zone;
    struct report *report;
    struct buf lines; /* the journal */
    const struct report_answer *answer;
    unsigned seq;
};

int reports_set_up(void **state);
int reports_tear_down(void **state);
#define REPORT_TEST(name) cmocka_unit_test_setup_teardown(name, reports_set_up, reports_tear_down)

/* Adds an event of a page view at a time of 2026; `more` is further members, each after a comma. */
void reports_add(struct report_fixture *f, const char *pv, const char *event, const char *time,
                 const char *more);

/* Adds a page view that is seen. */
void reports_see(struct report_fixture *f, const char *pv, const char *time, const char *more);

/* Days in the zone of the query, as "2026-11-20": its period, and where the one before begins. */
void reports_set_range(struct report_fixture *f, const char *before, const char *from,
                       const char *to);

/* Asks the question, of what was added until now. */
const struct report_answer *reports_answer(struct report_fixture *f);

/* The row whose first value is `value`. */
const struct report_row *reports_row(const struct report_rows *rows, const char *value);

void reports_assert_counts(struct report_counts counts, uint64_t view, uint64_t seen,
                           uint64_t engaged, uint64_t goal);

#endif
