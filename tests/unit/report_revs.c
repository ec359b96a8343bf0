/* Texts of a page that were changed, and that come back. */
#include "support/reports.h"
#include "support/test.h"

#include <stdio.h>

/* So many page views of a revision on a day of November, a minute apart from `hour` o'clock (UTC)
 * on; `goals` of them reach their goal. */
static void see(struct report_fixture *f, const char *rev, int day, int hour, int views, int goals)
{
    for (int i = 0; i < views; i++) {
        char pv[64];
        char time[48];
        char more[64];
        (void)snprintf(pv, sizeof pv, "%s-%d-%d-%d", rev, day, hour, i);
        (void)snprintf(time, sizeof time, "11-%02dT%02d:%02d:00", day, hour, i);
        (void)snprintf(more, sizeof more, ",\"page\":\"/shoes\",\"rev\":\"%s\"", rev);
        reports_see(f, pv, time, more);
        if (i < goals)
            reports_add(f, pv, "click", time, ",\"cta\":\"whatsapp\",\"dest\":\"whatsapp\"");
    }
}

static void see_days(struct report_fixture *f, const char *rev, int first, int last, int views,
                     int goals)
{
    for (int day = first; day <= last; day++)
        see(f, rev, day, 9, views, goals);
}

enum { HOUR_MS = 3600000 };

static void a_text_that_was_taken_back_leaves_the_one_of_before_its_own_days(void **state)
{
    struct report_fixture *f = *state;
    see_days(f, "a", 1, 5, 10, 1);
    see_days(f, "b", 6, 10, 10, 1);
    see_days(f, "a", 11, 20, 10, 5);
    const struct report_answer *a = reports_answer(f);
    assert_int_equal(a->rev_count, 3);
    reports_assert_counts(a->revs[0].counts, 50, 50, 5, 5);
    reports_assert_counts(a->revs[1].counts, 50, 50, 5, 5);
    reports_assert_counts(a->revs[2].counts, 100, 100, 50, 50);
    assert_str(a->revs[2].rev, STR("a"));
    assert_int_equal(a->revs[2].first_ms - a->revs[0].first_ms, 10 * 24 * HOUR_MS);
    assert_false(a->revs[0].is_back || a->revs[1].is_back);
    assert_true(a->revs[2].is_back);
    assert_true(a->revs[0].last_ms < a->revs[1].first_ms);
}

/* Also where a cache has shown it the day before. */
static void it_is_back_from_its_hour_on(void **state)
{
    struct report_fixture *f = *state;
    see(f, "a", 1, 9, 20, 2);
    see_days(f, "b", 2, 3, 40, 4);
    see(f, "a", 3, 9, 1, 0);
    see(f, "b", 4, 9, 40, 4);
    see(f, "a", 4, 15, 12, 3);
    const struct report_answer *a = reports_answer(f);
    assert_int_equal(a->rev_count, 3);
    assert_int_equal(a->revs[0].counts.seen, 21);
    assert_int_equal(a->revs[1].counts.seen, 120);
    assert_int_equal(a->revs[2].counts.seen, 12);
    assert_int_equal(a->revs[2].first_ms - a->revs[0].first_ms, (3 * 24 + 6) * HOUR_MS);
}

static void what_caches_show_brings_no_text_back(void **state)
{
    struct report_fixture *f = *state;
    see_days(f, "a", 1, 3, 20, 2);
    see(f, "b", 3, 15, 10, 1);
    see_days(f, "b", 4, 6, 20, 2);
    see(f, "a", 3, 20, 3, 0);
    see(f, "a", 4, 9, 2, 0);
    see(f, "a", 6, 22, 4, 0); /* the last of all */
    see(f, "a", 7, 9, 1, 0);  /* alone on its day */
    see(f, "b", 8, 9, 1, 0);
    const struct report_answer *a = reports_answer(f);
    assert_int_equal(a->rev_count, 2);
    assert_int_equal(a->revs[0].counts.seen, 70);
    assert_int_equal(a->revs[1].counts.seen, 71);
}

/* Two servers with a text each, for some days: it changes once. */
static void two_texts_side_by_side_do_not_come_and_go(void **state)
{
    struct report_fixture *f = *state;
    see_days(f, "a", 1, 2, 20, 2);
    for (int day = 3; day < 9; day++) {
        see(f, "a", day, day % 2 ? 10 : 12, 20, 2);
        see(f, "b", day, 11, 20, 2);
    }
    see(f, "b", 9, 9, 20, 2);
    assert_int_equal(reports_answer(f)->rev_count, 2);
}

/* Nor on the last day, whichever ends it. */
static void two_texts_side_by_side_on_the_last_day_do_not_come_and_go(void **state)
{
    struct report_fixture *f = *state;
    see_days(f, "a", 1, 2, 20, 2);
    see(f, "b", 3, 9, 10, 1);
    see(f, "a", 3, 9, 20, 2);
    assert_int_equal(reports_answer(f)->rev_count, 2);
}

TEST_MAIN(REPORT_TEST(a_text_that_was_taken_back_leaves_the_one_of_before_its_own_days),
          REPORT_TEST(it_is_back_from_its_hour_on),
          REPORT_TEST(what_caches_show_brings_no_text_back),
          REPORT_TEST(two_texts_side_by_side_do_not_come_and_go),
          REPORT_TEST(two_texts_side_by_side_on_the_last_day_do_not_come_and_go))
