/* What campaigns have cost, shared by the page views that they brought. */
#include "support/reports.h"
#include "support/test.h"

#include "base/calendar.h"

#include <math.h>

#define SHOES ",\"page\":\"/shoes\""
#define SHOP  ",\"page\":\"/shop\""

static void assert_near(double actual, double expected)
{
    if (!(fabs(actual - expected) < 1e-6 * (1 + fabs(expected))))
        fail_msg("%f is not %f", actual, expected);
}

static int64_t day_of(const char *text)
{
    struct date date;
    assert_int_equal(calendar_parse_date(str_from(text), &date), 0);
    return calendar_days(date);
}

#define AUTUMN ",\"utm_source\":\"meta\",\"utm_campaign\":\"autumn\""

/* 100 over ten days, of which the period has five: the 16th to the 20th. */
static void a_campaigns_cost_is_spread_over_its_days_and_their_views(void **state)
{
    struct report_fixture *f = *state;
    const struct report_cost costs[] = {
        {STR("autumn"), day_of("2026-11-11"), day_of("2026-11-20"), 100},
        {STR("winter"), day_of("2026-11-16"), day_of("2026-11-16"), 7},
    };
    f->query.costs = (struct report_costs){costs, 2};
    reports_set_range(f, "2026-11-09", "2026-11-16", "2026-11-23");
    reports_see(f, "a", "11-16T10:00:00", SHOES AUTUMN);
    reports_see(f, "b", "11-16T10:00:00", SHOP AUTUMN);
    reports_see(f, "c", "11-17T10:00:00", SHOP AUTUMN);
    reports_see(f, "d", "11-21T10:00:00", SHOP AUTUMN); /* a day without a cost */
    reports_see(f, "e", "11-16T10:00:00", SHOP);
    const struct report_answer *a = reports_answer(f);
    /* 20 of days with views: 10 shared by a and b, 10 for c. 30 of those without, shared by all. */
    assert_near(reports_row(&a->rows, "/shoes")->cost, 5 + 7.5);
    assert_near(reports_row(&a->rows, "/shop")->cost, 5 + 10 + 22.5);
    assert_near(reports_row(&a->campaigns, "autumn")->cost, 50);
    assert_near(a->cost_unused, 7);
    assert_near(a->total.cost, 57);
    assert_near(reports_row(&a->channels, "utm")->cost, 50);
}

#define MADE_UP ",\"pv_src\":\"client\",\"page\":\"/shop\"" AUTUMN

/* A browser that hides the server's token leaves two page views of one visit: one that was served,
 * and one that was seen. */
static void a_page_whose_token_is_hidden_bears_its_cost_once(void **state)
{
    struct report_fixture *f = *state;
    const struct report_cost costs[] = {
        {STR("autumn"), day_of("2026-11-16"), day_of("2026-11-17"), 60},
    };
    f->query.by[0] = STR("os");
    f->query.costs = (struct report_costs){costs, 1};
    reports_set_range(f, "2026-11-09", "2026-11-16", "2026-11-23");
    reports_see(f, "a", "11-16T10:00:00", SHOP AUTUMN ",\"os\":\"android\"");
    reports_add(f, "b", "view", "11-16T10:00:00", SHOP AUTUMN ",\"os\":\"ios\"");
    reports_add(f, "c", "seen", "11-16T10:00:01", MADE_UP ",\"os\":\"ios\"");
    reports_add(f, "d", "seen", "11-16T10:00:02", MADE_UP ",\"os\":\"macos\"");
    const struct report_answer *a = reports_answer(f);
    /* The second day's 30 are shared as the first day's. */
    assert_near(reports_row(&a->rows, "android")->cost, 30);
    assert_near(reports_row(&a->rows, "ios")->cost, 30);
    assert_true(isnan(reports_row(&a->rows, "macos")->cost));
    assert_near(reports_row(&a->channels, "utm")->cost, 60);
    assert_near(reports_row(&a->campaigns, "autumn")->cost, 60);
    assert_near(a->total.cost, 60);
}

/* As of a page that another cache has answered with. */
static void a_day_on_which_none_was_served_is_shared_by_those_that_were_seen(void **state)
{
    struct report_fixture *f = *state;
    const struct report_cost costs[] = {
        {STR("autumn"), day_of("2026-11-16"), day_of("2026-11-18"), 90},
    };
    f->query.by[0] = STR("os");
    f->query.costs = (struct report_costs){costs, 1};
    reports_set_range(f, "2026-11-09", "2026-11-16", "2026-11-23");
    reports_see(f, "a", "11-16T10:00:00", SHOP AUTUMN ",\"os\":\"android\"");
    reports_add(f, "b", "seen", "11-17T10:00:00", MADE_UP ",\"os\":\"ios\"");
    reports_add(f, "c", "seen", "11-17T11:00:00", MADE_UP ",\"os\":\"macos\"");
    const struct report_answer *a = reports_answer(f);
    /* 30 for the first day, 30 for two on the second, 30 for three on the third. */
    assert_near(reports_row(&a->rows, "android")->cost, 30 + 10);
    assert_near(reports_row(&a->rows, "ios")->cost, 15 + 10);
    assert_near(reports_row(&a->rows, "macos")->cost, 15 + 10);
    assert_near(a->cost_unused, 0);
    assert_near(a->total.cost, 90);
}

static void a_day_on_which_few_were_served_is_shared_by_all(void **state)
{
    struct report_fixture *f = *state;
    const struct report_cost costs[] = {
        {STR("autumn"), day_of("2026-11-16"), day_of("2026-11-16"), 40},
    };
    f->query.by[0] = STR("os");
    f->query.costs = (struct report_costs){costs, 1};
    reports_set_range(f, "2026-11-09", "2026-11-16", "2026-11-23");
    reports_see(f, "a", "11-16T10:00:00", SHOP AUTUMN ",\"os\":\"android\"");
    reports_add(f, "b", "seen", "11-16T11:00:00", MADE_UP ",\"os\":\"ios\"");
    reports_add(f, "c", "seen", "11-16T12:00:00", MADE_UP ",\"os\":\"ios\"");
    reports_add(f, "d", "seen", "11-16T13:00:00", MADE_UP ",\"os\":\"macos\"");
    const struct report_answer *a = reports_answer(f);
    assert_near(reports_row(&a->rows, "android")->cost, 10);
    assert_near(reports_row(&a->rows, "ios")->cost, 20);
    assert_near(reports_row(&a->rows, "macos")->cost, 10);
}

static void without_costs_there_is_none(void **state)
{
    struct report_fixture *f = *state;
    reports_see(f, "a", "11-16T10:00:00", SHOES AUTUMN);
    const struct report_answer *a = reports_answer(f);
    assert_true(isnan(a->total.cost));
    assert_true(isnan(a->rows.items[0].cost));
}

TEST_MAIN(REPORT_TEST(a_campaigns_cost_is_spread_over_its_days_and_their_views),
          REPORT_TEST(a_page_whose_token_is_hidden_bears_its_cost_once),
          REPORT_TEST(a_day_on_which_none_was_served_is_shared_by_those_that_were_seen),
          REPORT_TEST(a_day_on_which_few_were_served_is_shared_by_all),
          REPORT_TEST(without_costs_there_is_none))
