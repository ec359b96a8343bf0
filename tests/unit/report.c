/* Reports over journals made by hand. */
#include "support/reports.h"
#include "support/test.h"

#include "base/calendar.h"
#include "base/err.h"

#include <math.h>
#include <stdio.h>

#define SHOES ",\"page\":\"/shoes\""
#define SHOP  ",\"page\":\"/shop\""
#define ORDER ",\"cta\":\"whatsapp\",\"dest\":\"whatsapp\""
#define CALL  ",\"cta\":\"call\",\"dest\":\"tel\""
#define GO    ",\"cta\":\"directions\",\"dest\":\"map\""

static void assert_near(double actual, double expected)
{
    if (!(fabs(actual - expected) < 1e-6 * (1 + fabs(expected))))
        fail_msg("%f is not %f", actual, expected);
}

/* --- what counts ---------------------------------------------------------------------------- */

static void a_page_view_reaches_its_pages_own_goal_once(void **state)
{
    struct report_fixture *f = *state;
    reports_see(f, "a", "11-20T10:00:00", SHOES);
    reports_add(f, "a", "click", "11-20T10:00:05", ORDER);
    reports_add(f, "a", "click", "11-20T10:00:06", ORDER); /* a double tap */
    reports_see(f, "b", "11-20T10:00:00", SHOES);
    reports_add(f, "b", "click", "11-20T10:00:05", CALL); /* not the goal */
    reports_add(f, "c", "view", "11-20T10:00:00", SHOES);
    reports_add(f, "c", "click", "11-20T10:00:05", ORDER); /* `seen` got lost */
    reports_see(f, "d", "11-20T10:00:00", SHOES);
    reports_see(f, "e", "11-20T10:00:00", SHOP);
    reports_add(f, "e", "engaged", "11-20T10:00:03", "");

    const struct report_answer *a = reports_answer(f);
    reports_assert_counts(a->total.now, 5, 4, 3, 1);
    const struct report_row *shoes = reports_row(&a->rows, "/shoes");
    reports_assert_counts(shoes->now, 4, 3, 2, 1);
    assert_int_equal(shoes->taps, 3);
    assert_near(shoes->value, 18);
    const struct report_tapped *order =
        &a->tapped[str_eq(a->tapped[0].cta, STR("whatsapp")) ? 0 : 1];
    assert_str(order->cta, STR("whatsapp"));
    assert_int_equal(order->taps, 3);
    assert_int_equal(order->views, 1);
    assert_near(order->value, 18);
    assert_true(isnan(reports_row(&a->rows, "/shop")->value));
    assert_int_equal(a->goal_guessed, 0);
    assert_str(a->rows.items[0].by[0], STR("/shoes"));
}

static void a_page_to_be_read_is_read_to_three_quarters(void **state)
{
    struct report_fixture *f = *state;
    reports_see(f, "a", "11-20T10:00:00", ",\"page\":\"/guide\"");
    reports_add(f, "a", "summary", "11-20T10:00:30", ",\"scroll\":80");
    reports_see(f, "b", "11-20T10:00:00", ",\"page\":\"/guide\"");
    reports_add(f, "b", "summary", "11-20T10:00:30", ",\"scroll\":74.9");
    reports_add(f, "b", "click", "11-20T10:00:31", CALL);
    reports_see(f, "c", "11-20T10:00:00", ",\"page\":\"/guide\"");
    reports_add(f, "c", "summary", "11-20T10:00:02", ",\"scroll\":0.9"); /* of a hundred */
    reports_assert_counts(reports_answer(f)->total.now, 3, 3, 2, 1);
}

static void what_comes_again_counts_once(void **state)
{
    struct report_fixture *f = *state;
    reports_see(f, "a", "11-20T10:00:00", SHOES);
    reports_add(f, "a", "click", "11-20T10:00:05", ORDER ",\"d\":\"x\",\"n\":3,\"t\":5000");
    reports_add(f, "a", "click", "11-20T10:05:00", ORDER ",\"d\":\"x\",\"n\":3,\"t\":5000");
    const struct report_answer *a = reports_answer(f);
    assert_int_equal(a->total.taps, 1);
    assert_int_equal(a->loss.duplicate, 1);
}

static void who_leaves_after_a_tap_is_counted_with_it(void **state)
{
    struct report_fixture *f = *state;
    reports_see(f, "a", "11-20T10:00:00", SHOES);
    reports_add(f, "a", "left", "11-20T10:00:07", ",\"d\":\"x\",\"n\":4,\"t\":7000");
    reports_add(f, "a", "click", "11-20T10:00:08", CALL ",\"d\":\"x\",\"n\":3,\"t\":6000");
    reports_add(f, "a", "click", "11-20T10:00:05", ORDER ",\"d\":\"x\",\"n\":2,\"t\":3000");
    reports_see(f, "b", "11-20T10:00:00", SHOES);
    reports_add(f, "b", "click", "11-20T10:00:05", ORDER);
    reports_add(f, "b", "left", "11-20T10:00:06", "");
    const struct report_answer *a = reports_answer(f);
    assert_int_equal(a->total.now.goal, 2);
    assert_int_equal(a->total.left, 1);
    assert_int_equal(a->tapped_count, 2);
    assert_str(a->tapped[0].cta, STR("whatsapp"));
    assert_int_equal(a->tapped[0].views, 2);
    assert_int_equal(a->tapped[0].left, 1);
    assert_near(a->tapped[0].value, 36);
    assert_int_equal(a->tapped[1].left, 1);
    assert_false(a->tapped[1].is_goal);
}

static void taps_at_a_closed_door_are_told_with_their_hours(void **state)
{
    struct report_fixture *f = *state;
    reports_see(f, "a", "11-23T07:30:00", SHOP); /* a Monday, 8:30 in Rome */
    reports_add(f, "a", "click", "11-23T07:30:05", GO);
    reports_see(f, "b", "11-23T10:00:00", SHOP);
    reports_add(f, "b", "click", "11-23T10:00:05", GO);
    reports_see(f, "c", "11-23T07:00:00", SHOP);
    reports_add(f, "c", "click", "11-23T07:00:05",
                ",\"cta\":\"shop\",\"dest\":\"web\""); /* never shut */
    const struct report_answer *a = reports_answer(f);
    assert_int_equal(a->tapped_count, 2);
    assert_int_equal(a->tapped[0].taps, 2);
    assert_int_equal(a->tapped[0].closed, 1);
    assert_int_equal(a->tapped[0].closed_at[0][8], 1);
    assert_int_equal(a->tapped[1].closed, 0);
}

/* Somebody has to be there for a call, a message, a chat and for who comes along. */
static void what_needs_somebody_has_opening_hours(void **state)
{
    struct report_fixture *f = *state;
    static const struct {
        const char *dest;
        uint64_t closed;
    } dests[] = {{"tel", 1},  {"sms", 1},   {"whatsapp", 1}, {"map", 1},
                 {"mail", 0}, {"share", 0}, {"page", 0}};
    const size_t count = sizeof dests / sizeof *dests;
    reports_see(f, "a", "11-23T03:00:00", SHOP);
    for (size_t i = 0; i < count; i++) {
        char more[64];
        (void)snprintf(more, sizeof more, ",\"cta\":\"%s\",\"dest\":\"%s\"", dests[i].dest,
                       dests[i].dest);
        reports_add(f, "a", "click", "11-23T03:00:05", more);
    }
    const struct report_answer *a = reports_answer(f);
    assert_int_equal(a->tapped_count, count);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < count; k++)
            if (str_eq(a->tapped[i].dest, str_from(dests[k].dest)))
                assert_int_equal(a->tapped[i].closed, dests[k].closed);
}

#define GAP                                                               \
    "{\"v\":1,\"seq\":90,\"id\":\"gap\",\"ts\":\"2026-11-20T10:00:00Z\"," \
    "\"node\":\"a\",\"event\":\"gap\",\"n\":7}\n"

static void what_does_not_count_is_told(void **state)
{
    struct report_fixture *f = *state;
    reports_see(f, "a", "11-20T10:00:00", SHOES ",\"bot\":\"ua\"");
    reports_add(f, "b", "view", "11-20T10:00:00", SHOES ",\"purpose\":\"prefetch\"");
    reports_see(f, "c", "11-20T10:00:00", SHOES ",\"purpose\":\"prefetch\""); /* seen after all */
    reports_see(f, "d", "11-20T10:00:00", SHOES ",\"internal\":true");
    reports_add(f, "e", "click", "11-20T10:00:00", ORDER);
    buf_append(&f->lines, STR(GAP GAP)); /* a line that repeats an id */
    reports_add(f, "", "refused", "11-20T10:00:00", ",\"n\":2");
    buf_append(&f->lines, STR("{\"event\":\"view\"\n"));
    const struct report_answer *a = reports_answer(f);
    reports_assert_counts(a->total.now, 1, 1, 0, 0);
    assert_int_equal(a->loss.bot, 1);
    assert_int_equal(a->loss.prefetch, 1);
    assert_int_equal(a->loss.internal, 1);
    assert_int_equal(a->loss.orphan_click, 1);
    assert_int_equal(a->loss.dropped, 7);
    assert_int_equal(a->loss.refused, 2);
    assert_int_equal(a->loss.damaged, 1);
}

/* Nothing ties such events to a page view: a redirect that a mail scanner follows, and what happens
 * behind a view with `capture: page`. */
static void what_is_lost_is_counted_in_page_views(void **state)
{
    struct report_fixture *f = *state;
    static const char *const later[] = {"seen", "engaged", "click", "summary", "left"};
    reports_add(f, "", "redirect", "11-20T10:00:00", ORDER ",\"bot\":\"library:go\"");
    reports_add(f, "", "view", "11-20T10:00:00", SHOES ",\"internal\":true");
    for (size_t i = 0; i < sizeof later / sizeof *later; i++)
        reports_add(f, "", later[i], "11-20T10:00:01", SHOES ",\"internal\":true");
    reports_add(f, "c", "seen", "11-20T10:00:00",
                SHOES ",\"pv_src\":\"client\",\"bot\":\"word:spider\"");
    const struct report_answer *a = reports_answer(f);
    reports_assert_counts(a->total.now, 0, 0, 0, 0);
    assert_int_equal(a->loss.internal, 1);
    assert_int_equal(a->loss.bot, 1);
    assert_int_equal(a->loss.orphan_click, 0);
}

/* --- groups --------------------------------------------------------------------------------- */

static void a_channel_is_the_app_else_the_source_else_the_referrer(void **state)
{
    struct report_fixture *f = *state;
    reports_see(f, "a", "11-20T10:00:00",
                SHOES ",\"os\":\"ios\",\"app\":\"instagram\",\"utm_source\":\"x\"");
    reports_see(f, "b", "11-20T10:00:00",
                SHOES ",\"os\":\"ios\",\"utm_source\":\"news\",\"utm_medium\":\"email\"");
    reports_add(f, "c", "view", "11-20T10:00:00", SHOES ",\"ref_host\":\"google.com\"");
    reports_see(f, "d", "11-20T10:00:00", SHOES);
    reports_see(f, "e", "11-20T10:00:00", SHOES);
    const struct report_answer *a = reports_answer(f);
    assert_int_equal(a->channels.count, 4);
    assert_null(a->channels.items[0].by[CHANNEL_KIND].ptr);
    assert_int_equal(a->channels.items[0].now.seen, 2);
    const struct report_row *app = reports_row(&a->channels, "app");
    assert_str(app->by[CHANNEL_NAME], STR("instagram"));
    assert_str(app->by[CHANNEL_DETAIL], STR("ios"));
    assert_str(reports_row(&a->channels, "utm")->by[CHANNEL_DETAIL], STR("email"));
    reports_assert_counts(reports_row(&a->channels, "referrer")->now, 1, 0, 0, 0);
}

/* Another server's journal may write keys that it has no value for. */
static void an_empty_text_is_no_channel(void **state)
{
    struct report_fixture *f = *state;
    reports_see(f, "a", "11-20T10:00:00", SHOES ",\"app\":\"x\",\"os\":\"\"");
    reports_see(f, "b", "11-20T10:00:00", SHOES ",\"app\":\"x\"");
    reports_see(f, "c", "11-20T10:00:00", SHOES ",\"app\":\"\",\"utm_source\":\"y\"");
    reports_see(f, "d", "11-20T10:00:00", SHOES ",\"utm_source\":\"y\",\"utm_medium\":\"\"");
    reports_see(f, "e", "11-20T10:00:00", SHOES ",\"ref_host\":\"\"");
    reports_see(f, "f", "11-20T10:00:00", SHOES);
    const struct report_answer *a = reports_answer(f);
    assert_int_equal(a->channels.count, 3);
    for (size_t i = 0; i < a->channels.count; i++)
        assert_int_equal(a->channels.items[i].now.seen, 2);
}

/* --- what phones measured, and what was written --------------------------------------------- */

static void the_last_summary_of_a_page_view_counts(void **state)
{
    struct report_fixture *f = *state;
    static const int engaged[] = {1000, 2000, 4000, 8000};
    char more[96];
    char pv[2] = "a";
    for (int i = 0; i < 4; i++, pv[0]++) {
        reports_see(f, pv, "11-16T10:00:00", SHOES);
        (void)snprintf(more, sizeof more, ",\"n\":9,\"engaged_ms\":%d,\"lcp\":%d,\"cls\":0.25",
                       engaged[i], 1000 * (i + 1));
        reports_add(f, pv, "summary", "11-16T10:00:40", more);
        reports_add(f, pv, "summary", "11-16T10:00:50", ",\"n\":5,\"engaged_ms\":99000,\"lcp\":9");
    }
    reports_see(f, "z", "11-16T10:00:00", SHOES);
    reports_add(f, "y", "view", "11-16T10:00:00", SHOES); /* never seen */
    reports_add(f, "y", "summary", "11-16T10:00:50", ",\"n\":5,\"engaged_ms\":99000,\"lcp\":9");
    const struct report_answer *a = reports_answer(f);
    const struct report_row *shoes = reports_row(&a->rows, "/shoes");
    assert_int_equal(shoes->measured, 4);
    assert_near(shoes->engaged_s, 3);
    assert_near(shoes->vitals[VITAL_LCP], 3250);
    assert_near(shoes->vitals[VITAL_CLS], 0.25);
    assert_true(isnan(shoes->vitals[VITAL_INP]));
    assert_near(a->total.vitals[VITAL_LCP], 3250);
}

static void a_page_from_the_cache_counts_its_summaries_anew(void **state)
{
    struct report_fixture *f = *state;
    reports_see(f, "a", "11-20T10:00:00", SHOES);
    reports_add(f, "a", "summary", "11-20T10:00:20",
                ",\"d\":\"x\",\"n\":5,\"engaged_ms\":9000,\"lcp\":2000");
    reports_add(f, "a", "summary", "11-20T11:00:00",
                ",\"d\":\"y\",\"n\":2,\"engaged_ms\":3000,\"lcp\":100");
    reports_add(f, "a", "summary", "11-20T11:00:05", /* late */
                ",\"d\":\"y\",\"n\":1,\"engaged_ms\":1000,\"lcp\":100");
    const struct report_answer *a = reports_answer(f);
    assert_int_equal(a->total.measured, 1);
    assert_near(a->total.engaged_s, 3);
    assert_near(a->total.vitals[VITAL_LCP], 100);
}

static void revisions_are_told_in_the_order_of_their_beginnings(void **state)
{
    struct report_fixture *f = *state;
    reports_set_range(f, "2026-11-09", "2026-11-16", "2026-11-23");
    reports_see(f, "c", "11-18T10:00:00", SHOES ",\"rev\":\"new\"");
    reports_add(f, "c", "click", "11-18T10:00:05", ORDER);
    reports_see(f, "b", "11-17T10:00:00", SHOES ",\"rev\":\"old\"");
    reports_see(f, "a", "11-10T10:00:00", SHOES ",\"rev\":\"old\"");
    reports_see(f, "x", "11-10T10:00:00", SHOP ",\"rev\":\"r\"");
    const struct report_answer *a = reports_answer(f);
    assert_int_equal(a->rev_count, 3);
    assert_str(a->revs[0].rev, STR("old"));
    reports_assert_counts(a->revs[0].counts, 2, 2, 0, 0);
    assert_str(a->revs[1].rev, STR("new"));
    reports_assert_counts(a->revs[1].counts, 1, 1, 1, 1);
    assert_true(a->revs[0].last_ms < a->revs[1].first_ms);
}

static void only_what_is_known_of_a_page_view_can_be_a_group(void **state)
{
    struct report_fixture *f = *state;
    struct complaint why;
    f->query.by[0] = STR("cta");
    assert_int_equal(report_create(&f->report, &f->query, &why), ERR_INVALID);
    assert_str(why.part, STR("cta"));
}

static void where_nothing_counts_the_days_are_not_all_since_1970(void **state)
{
    struct report_fixture *f = *state;
    struct date date = {2026, 11, 23};
    f->query.to_ms = calendar_days(date) * CALENDAR_DAY_S * 1000;
    reports_see(f, "a", "11-20T10:00:00", SHOES ",\"bot\":\"ua\"");
    assert_int_equal(reports_answer(f)->day_count, 1);
}

static void nothing_gives_nothing(void **state)
{
    struct report_fixture *f = *state;
    const struct report_answer *a = reports_answer(f);
    reports_assert_counts(a->total.now, 0, 0, 0, 0);
    assert_int_equal(a->rows.count, 0);
    assert_true(isnan(a->total.engaged_s));
}

static void a_period_may_begin_behind_all_that_is_there(void **state)
{
    struct report_fixture *f = *state;
    struct date date = {2027, 1, 1};
    reports_see(f, "a", "11-20T10:00:00", SHOES);
    f->query.from_ms = calendar_days(date) * CALENDAR_DAY_S * 1000;
    const struct report_answer *a = reports_answer(f);
    reports_assert_counts(a->total.now, 0, 0, 0, 0);
    assert_int_equal(a->day_count, 1);
    assert_int_equal(a->days[0].day, calendar_days(date));
}

/* A page view that has long been silent is forgotten; if it comes again, all is read once more. */
static void long_journals_are_counted_as_they_are_read(void **state)
{
    struct report_fixture *f = *state;
    char text[2][32];
    for (int day = 1; day <= 28; day++) {
        (void)snprintf(text[0], sizeof *text, "p%d", day);
        (void)snprintf(text[1], sizeof *text, "02-%02dT10:00:00", day);
        reports_see(f, text[0], text[1], SHOES);
        reports_add(f, text[0], "click", text[1], ORDER);
    }
    reports_assert_counts(reports_answer(f)->total.now, 28, 28, 28, 28);
    report_destroy(f->report);
    reports_add(f, "p1", "click", "02-28T11:00:00", CALL);
    reports_assert_counts(reports_answer(f)->total.now, 28, 28, 28, 28);
    assert_int_equal(f->answer->tapped_count, 2);
}

/* Lines that come long after their time have all read once more. */
static void damage_counts_once_though_all_is_read_again(void **state)
{
    struct report_fixture *f = *state;
    buf_append(&f->lines, STR("damage\n"));
    for (int day = 1; day <= 28; day++)
        for (int i = 0; i < 4; i++) {
            char pv[32];
            char time[64];
            (void)snprintf(pv, sizeof pv, "p%d-%d", day, i);
            (void)snprintf(time, sizeof time, "11-%02dT10:00:0%d.000", day, i);
            reports_see(f, pv, time, "");
        }
    reports_see(f, "late", "11-01T09:00:00.000", "");
    const struct report_answer *a = reports_answer(f);
    assert_int_equal(a->loss.damaged, 1);
    assert_int_equal(a->total.now.view, 28 * 4 + 1);
}

TEST_MAIN(REPORT_TEST(damage_counts_once_though_all_is_read_again),
          REPORT_TEST(a_page_view_reaches_its_pages_own_goal_once),
          REPORT_TEST(a_page_to_be_read_is_read_to_three_quarters),
          REPORT_TEST(what_comes_again_counts_once),
          REPORT_TEST(who_leaves_after_a_tap_is_counted_with_it),
          REPORT_TEST(taps_at_a_closed_door_are_told_with_their_hours),
          REPORT_TEST(what_needs_somebody_has_opening_hours),
          REPORT_TEST(what_does_not_count_is_told),
          REPORT_TEST(what_is_lost_is_counted_in_page_views),
          REPORT_TEST(a_channel_is_the_app_else_the_source_else_the_referrer),
          REPORT_TEST(an_empty_text_is_no_channel),
          REPORT_TEST(the_last_summary_of_a_page_view_counts),
          REPORT_TEST(a_page_from_the_cache_counts_its_summaries_anew),
          REPORT_TEST(revisions_are_told_in_the_order_of_their_beginnings),
          REPORT_TEST(long_journals_are_counted_as_they_are_read),
          REPORT_TEST(only_what_is_known_of_a_page_view_can_be_a_group),
          REPORT_TEST(nothing_gives_nothing),
          REPORT_TEST(where_nothing_counts_the_days_are_not_all_since_1970),
          REPORT_TEST(a_period_may_begin_behind_all_that_is_there))
