/* Days of a report, and those of the period before. */
#include "support/reports.h"
#include "support/test.h"

#include <stdio.h>

#define SHOES ",\"page\":\"/shoes\""
#define ORDER ",\"cta\":\"whatsapp\",\"dest\":\"whatsapp\""

/* Rome's 25th of October 2026 has 25 hours. */
static void days_are_those_of_the_zone(void **state)
{
    struct report_fixture *f = *state;
    f->query.by[0] = STR("day");
    f->query.by[1] = STR("hour");
    f->query.by_count = 2;
    reports_set_range(f, "2026-10-24", "2026-10-25", "2026-10-26");
    reports_see(f, "a", "10-24T21:59:59", SHOES); /* the day before */
    reports_see(f, "b", "10-24T22:00:00", SHOES);
    reports_see(f, "c", "10-25T00:30:00", SHOES); /* 2:30, summer time */
    reports_see(f, "d", "10-25T01:30:00", SHOES); /* 2:30 again */
    reports_see(f, "e", "10-25T22:59:59", SHOES);
    reports_see(f, "f", "10-25T23:00:00", SHOES); /* the day after */
    const struct report_answer *a = reports_answer(f);
    assert_int_equal(a->day_count, 1);
    assert_int_equal(a->days[0].now.seen, 4);
    assert_int_equal(a->days[0].before.seen, 1);
    assert_int_equal(a->rows.count, 3);
    assert_str(a->rows.items[1].by[0], STR("2026-10-25"));
    assert_str(a->rows.items[1].by[1], STR("02"));
    assert_int_equal(a->rows.items[1].now.seen, 2);
    assert_int_equal(a->hours[6][2], 2);
}

/* And its 29th of March 23; the days before and after it have what is theirs. */
static void a_day_of_23_hours_is_a_day(void **state)
{
    struct report_fixture *f = *state;
    f->query.by[0] = STR("day");
    f->query.by[1] = STR("hour");
    f->query.by_count = 2;
    reports_set_range(f, "2026-03-28", "2026-03-28", "2026-03-31");
    reports_see(f, "a", "03-28T22:59:59", SHOES); /* the day before, 23:59 */
    reports_see(f, "b", "03-28T23:00:00", SHOES); /* 0:00 */
    reports_see(f, "c", "03-29T00:59:59", SHOES); /* 1:59 */
    reports_see(f, "d", "03-29T01:00:00", SHOES); /* 3:00, summer time */
    reports_see(f, "e", "03-29T21:59:59", SHOES); /* 23:59 */
    reports_see(f, "f", "03-29T22:00:00", SHOES); /* the day after, 0:00 */
    reports_see(f, "g", "03-30T21:59:59", SHOES); /* its end */
    reports_see(f, "h", "03-30T22:00:00", SHOES); /* too late */
    const struct report_answer *a = reports_answer(f);
    static const unsigned hours[] = {0, 1, 3, 23};
    assert_int_equal(a->day_count, 3);
    assert_int_equal(a->days[0].now.seen, 1);
    assert_int_equal(a->days[1].now.seen, 4);
    assert_int_equal(a->days[2].now.seen, 2);
    assert_int_equal(a->hours[6][2], 0);
    for (size_t i = 0; i < sizeof hours / sizeof *hours; i++)
        assert_int_equal(a->hours[6][hours[i]], 1);
    assert_int_equal(a->rows.count, 7);
}

static void the_period_before_is_counted_beside(void **state)
{
    struct report_fixture *f = *state;
    reports_set_range(f, "2026-11-09", "2026-11-16", "2026-11-23");
    reports_see(f, "a", "11-08T22:59:59", SHOES); /* too early */
    reports_see(f, "b", "11-08T23:00:00", SHOES);
    reports_add(f, "b", "click", "11-08T23:00:04", ORDER);
    reports_see(f, "c", "11-15T23:00:00", SHOES);
    reports_see(f, "d", "11-22T22:59:59", SHOES);
    reports_add(f, "d", "click", "11-22T23:30:00", ORDER); /* a tap belongs to its page view */
    reports_see(f, "e", "11-22T23:00:00", SHOES);          /* too late */
    const struct report_answer *a = reports_answer(f);
    reports_assert_counts(a->total.now, 2, 2, 1, 1);
    reports_assert_counts(a->total.before, 1, 1, 1, 1);
    assert_int_equal(a->day_count, 7);
    assert_int_equal(a->days[0].now.seen, 1);
    assert_int_equal(a->days[0].before.goal, 1);
    assert_int_equal(a->days[6].now.goal, 1);
    assert_int_equal(a->total.taps, 1);
}

static void a_row_of_a_day_has_the_day_before_that_it_is_compared_with(void **state)
{
    struct report_fixture *f = *state;
    f->query.by[0] = STR("day");
    f->query.by[1] = STR("weekday");
    f->query.by_count = 2;
    reports_set_range(f, "2026-11-15", "2026-11-16", "2026-11-17");
    reports_see(f, "a", "11-15T10:00:00", SHOES);
    reports_see(f, "b", "11-16T10:00:00", SHOES);
    const struct report_answer *a = reports_answer(f);
    assert_int_equal(a->rows.count, 1);
    assert_int_equal(a->days[0].before.seen, 1);
    assert_str(a->rows.items[0].by[0], STR("2026-11-16"));
    assert_str(a->rows.items[0].by[1], STR("1"));
    assert_int_equal(a->rows.items[0].before.seen, 1);
}

enum { HOUR_MS = 3600000 };

/* A page view an hour, of 54 hours and of the 54 before; the last day has 6 of them. */
static void each_day_faces_as_many_hours_as_it_has(void **state)
{
    static const unsigned views[] = {24, 24, 6};
    struct report_fixture *f = *state;
    f->query.by[0] = STR("day");
    reports_set_range(f, "2026-11-08", "2026-11-10", "2026-11-12");
    f->query.before_ms -= 6 * HOUR_MS;
    f->query.to_ms += 6 * HOUR_MS;
    for (int hour = 0; hour < 108; hour++) {
        char pv[16];
        char time[48];
        int of_month = hour + 17; /* since the 7th, 0:00 UTC */
        (void)snprintf(pv, sizeof pv, "p%d", hour);
        (void)snprintf(time, sizeof time, "11-%02dT%02d:00:00", 7 + of_month / 24, of_month % 24);
        reports_see(f, pv, time, SHOES);
    }
    const struct report_answer *a = reports_answer(f);
    assert_int_equal(a->day_count, 3);
    assert_int_equal(a->rows.count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(a->days[i].now.seen, views[i]);
        assert_int_equal(a->days[i].before.seen, views[i]);
        assert_int_equal(a->rows.items[i].before.seen, views[i]);
    }
}

/* From one at night to three; the two hours before are of the day before, one of them. */
static void the_days_of_the_period_before_add_up(void **state)
{
    struct report_fixture *f = *state;
    reports_set_range(f, "2026-11-10", "2026-11-10", "2026-11-10");
    f->query.before_ms -= HOUR_MS;
    f->query.from_ms += HOUR_MS;
    f->query.to_ms += 3 * HOUR_MS;
    reports_see(f, "a", "11-09T22:30:00", SHOES);
    reports_see(f, "b", "11-09T23:30:00", SHOES);
    const struct report_answer *a = reports_answer(f);
    assert_int_equal(a->total.before.seen, 2);
    assert_int_equal(a->day_count, 1);
    assert_int_equal(a->days[0].before.seen, 2);
}

/* A period from the second 2:10 of a night with two of them. The first 2:50 is of the one before,
 * and on the clock farther from its beginning than the period is long. */
static void an_hour_that_comes_twice_stays_in_its_period(void **state)
{
    struct report_fixture *f = *state;
    reports_set_range(f, "2026-10-24", "2026-10-25", "2026-10-26");
    f->query.before_ms += 4 * HOUR_MS + HOUR_MS / 3;
    f->query.from_ms += 3 * HOUR_MS + HOUR_MS / 6;
    reports_see(f, "a", "10-25T00:50:00", SHOES);
    const struct report_answer *a = reports_answer(f);
    assert_int_equal(a->total.before.seen, 1);
    assert_int_equal(a->day_count, 1);
    assert_int_equal(a->days[0].before.seen, 1);
}

/* Mondays are compared with Mondays. */
static void a_row_of_a_weekday_has_that_weekday_before(void **state)
{
    struct report_fixture *f = *state;
    f->query.by[0] = STR("weekday");
    reports_set_range(f, "2026-11-08", "2026-11-16", "2026-11-24");
    reports_see(f, "a", "11-09T10:00:00", SHOES); /* a Monday, as the 16th */
    reports_see(f, "b", "11-08T10:00:00", SHOES); /* as many days before it as that */
    reports_see(f, "c", "11-16T10:00:00", SHOES);
    const struct report_answer *a = reports_answer(f);
    assert_int_equal(a->rows.count, 1);
    assert_int_equal(a->rows.items[0].before.seen, 1);
}

TEST_MAIN(REPORT_TEST(days_are_those_of_the_zone), REPORT_TEST(a_day_of_23_hours_is_a_day),
          REPORT_TEST(the_period_before_is_counted_beside),
          REPORT_TEST(each_day_faces_as_many_hours_as_it_has),
          REPORT_TEST(the_days_of_the_period_before_add_up),
          REPORT_TEST(an_hour_that_comes_twice_stays_in_its_period),
          REPORT_TEST(a_row_of_a_day_has_the_day_before_that_it_is_compared_with),
          REPORT_TEST(a_row_of_a_weekday_has_that_weekday_before))
