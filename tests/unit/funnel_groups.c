/* Funnels over journals made by hand: what counts, by what, and what is left out. */
#include "support/funnels.h"
#include "support/test.h"

#include "base/crc.h"
#include "journal/event.h"

/* --- what counts once, and what not at all -------------------------------------------------- */

static void repeats_are_removed_and_counted(void **state)
{
    struct funnel_fixture *f = *state;
    f->query.steps = STR("view,click,click");
    funnels_add(f, "a", "view", 0, "");
    funnels_add(f, "a", "click", 1, ",\"d\":\"x\",\"n\":1,\"t\":5");
    funnels_add(f, "a", "click", 9, ",\"d\":\"x\",\"n\":1,\"t\":5");
    f->seq--;
    funnels_add(f, "a", "click", 1, ",\"d\":\"x\",\"n\":1,\"t\":5");
    funnels_assert_reached(funnels_answer(f), 1, 1, 0);
    assert_int_equal(f->answer->loss.duplicate, 2);
}

static void two_taps_of_one_document_are_two_events(void **state)
{
    struct funnel_fixture *f = *state;
    f->query.steps = STR("view,click,click");
    funnels_add(f, "a", "view", 0, "");
    funnels_add(f, "a", "click", 1, ",\"d\":\"x\",\"n\":1,\"t\":5");
    funnels_add(f, "a", "click", 1, ",\"d\":\"x\",\"n\":2,\"t\":5");
    funnels_assert_reached(funnels_answer(f), 1, 1, 1);
    assert_int_equal(f->answer->loss.duplicate, 0);
}

static void bots_staff_and_pages_never_seen_do_not_count(void **state)
{
    struct funnel_fixture *f = *state;
    f->query.steps = STR("view,click,order");
    funnels_add(f, "bot", "click", 1, ",\"d\":\"x\",\"n\":1");
    funnels_add(f, "bot", "view", 0, ",\"bot\":\"crawler\"");
    funnels_add(f, "staff", "view", 0, ",\"internal\":true");
    funnels_add(f, "unseen", "view", 0, ",\"purpose\":\"prefetch\"");
    funnels_add(f, "activated", "view", 0, ",\"purpose\":\"prefetch\"");
    funnels_add(f, "activated", "seen", 1, "");
    funnels_add(f, "plain", "view", 0, ",\"internal\":false");
    funnels_assert_reached(funnels_answer(f), 2, 0, 0);
    assert_int_equal(f->answer->loss.bot, 1);
    assert_int_equal(f->answer->loss.internal, 1);
    assert_int_equal(f->answer->loss.prefetch, 1);
    assert_int_equal(f->answer->coverage.view, 2);
    assert_int_equal(f->answer->coverage.seen, 1);
}

static void they_count_when_asked_for(void **state)
{
    struct funnel_fixture *f = *state;
    f->query.include = (struct include){true, true, true};
    funnels_add(f, "bot", "view", 0, ",\"bot\":\"crawler\"");
    funnels_add(f, "staff", "view", 0, ",\"internal\":true");
    funnels_add(f, "unseen", "view", 0, ",\"purpose\":\"prefetch\"");
    funnels_assert_reached(funnels_answer(f), 3, 0, 0);
    assert_int_equal(f->answer->loss.bot, 0);
}

static void clicks_without_a_view_are_told_unless_the_token_was_the_scripts(void **state)
{
    struct funnel_fixture *f = *state;
    f->query.steps = STR("seen,engaged");
    funnels_add(f, "lost", "click", 1, ",\"d\":\"x\",\"n\":1");
    funnels_add(f, "lost", "click", 2, ",\"d\":\"x\",\"n\":2");
    funnels_add(f, "lost", "click", 3, ",\"d\":\"x\",\"n\":2");
    funnels_add(f, "own", "seen", 1, ",\"pv_src\":\"client\"");
    funnels_add(f, "own", "click", 2, ",\"pv_src\":\"client\"");
    funnels_add_all(f, "good", "v0 s1 c2");
    (void)funnels_answer(f);
    assert_int_equal(f->answer->loss.orphan_click, 2);
}

static void damaged_lines_are_counted_and_hide_nothing(void **state)
{
    struct funnel_fixture *f = *state;
    funnels_add(f, "a", "view", 0, "");
    funnels_add_line(f, STR("{\"v\":1,\"seq\":2,\"id\":\"id-2\",\"ts\":\"2026-11-20T00:0"));
    funnels_add_line(f, STR("{\"event\":\"view\",\"pv\":\"b\"}"));
    funnels_add_line(f, STR("{\"ts\":\"2026-11-20T00:00:00Z\",\"pv\":\"b\"}"));
    funnels_add_line(f, STR("{\"ts\":\"yesterday\",\"event\":\"view\",\"pv\":\"b\"}"));
    funnels_add(f, "a", "click", 1, "");
    funnels_assert_reached(funnels_answer(f), 1, 1, 0);
    assert_int_equal(f->answer->loss.damaged, 4);
    assert_int_equal(f->damaged, 4);
}

static void a_line_that_does_not_match_its_checksum_is_damaged(void **state)
{
    struct funnel_fixture *f = *state;
    struct str body = STR("{\"ts\":\"2026-11-20T00:00:00Z\",\"event\":\"view\",\"pv\":\"b\"");
    struct buf line = BUF_EMPTY;
    buf_append(&line, body);
    buf_printf(&line, ",\"crc\":\"%08x\"}", (unsigned)crc_of(body));
    funnels_add_line(f, buf_str(&line));
    line.ptr[10]++;
    funnels_add_line(f, buf_str(&line));
    funnels_assert_reached(funnels_answer(f), 1, 0, 0);
    assert_int_equal(f->answer->loss.damaged, 1);
    buf_finish(&line);
}

static void a_whole_line_behind_a_torn_one_counts(void **state)
{
    struct funnel_fixture *f = *state;
    struct buf torn = BUF_EMPTY;
    char line[EVENT_LINE_ROOM];
    const struct event event = {.seq = 2,
                                .ts_ms = funnels_origin_ms,
                                .id = STR("01930000-0000-7000-8000-000000000001"),
                                .node = STR("a"),
                                .event = STR("view"),
                                .pv = STR("b")};
    ssize_t len = event_encode(&event, line);
    assert_true(len > 0);
    buf_append(&torn, STR("{\"v\":1,\"seq\":1,\"id\":\"0193"));
    buf_append(&torn, str_make(line, (size_t)len - 1));
    funnels_add_line(f, buf_str(&torn));
    funnels_assert_reached(funnels_answer(f), 1, 0, 0);
    assert_int_equal(f->answer->loss.damaged, 1);
    buf_finish(&torn);
}

static void the_server_tells_what_it_refused_and_could_not_record(void **state)
{
    struct funnel_fixture *f = *state;
    f->query.from_ms = funnels_origin_ms;
    funnels_add(f, "a", "gap", -1, ",\"n\":100");
    funnels_add(f, "b", "gap", 1, ",\"n\":7");
    funnels_add(f, "c", "gap", 1, "");
    funnels_add(f, "d", "refused", 1, ",\"n\":3");
    funnels_assert_reached(funnels_answer(f), 0, 0, 0);
    assert_int_equal(f->answer->loss.dropped, 8);
    assert_int_equal(f->answer->loss.refused, 3);
}

/* --- filters and groups --------------------------------------------------------------------- */

static void a_steps_conditions_look_at_the_event_and_then_at_its_view(void **state)
{
    struct funnel_fixture *f = *state;
    f->query.steps = STR("view:utm_source=ig,click:cta=call,device=mobile");
    funnels_add(f, "a", "click", 2, ",\"cta\":\"call\"");
    funnels_add(f, "a", "view", 1, ",\"utm_source\":\"ig\",\"device\":\"mobile\"");
    funnels_add(f, "b", "view", 1, ",\"utm_source\":\"ig\",\"device\":\"desktop\"");
    funnels_add(f, "b", "click", 2, ",\"cta\":\"call\"");
    funnels_add(f, "c", "view", 1, ",\"utm_source\":\"ig\",\"device\":\"mobile\",\"cta\":\"call\"");
    funnels_add(f, "c", "click", 2, "");
    funnels_add(f, "d", "view", 1, ",\"utm_source\":\"fb\",\"device\":\"mobile\"");
    funnels_add(f, "d", "click", 2, ",\"cta\":\"call\"");
    funnels_assert_reached(funnels_answer(f), 3, 1, 0);
}

static void groups_take_the_value_where_the_winning_chain_begins(void **state)
{
    struct funnel_fixture *f = *state;
    f->query.by[0] = STR("page");
    f->query.by_count = 1;
    funnels_add(f, "a", "view", 0, ",\"page\":\"/x\"");
    funnels_add(f, "b", "view", 5, ",\"page\":\"/y\",\"journey\":\"a\"");
    funnels_add(f, "b", "click", 9, ",\"page\":\"/y\"");
    funnels_add(f, "c", "view", 0, ",\"page\":\"/x\"");
    funnels_add(f, "d", "view", 0, "");
    funnels_assert_reached(funnels_answer(f), 3, 1, 0);
    assert_int_equal(f->answer->group_count, 3);
    funnels_assert_reached(funnels_group(f, "/x"), 1, 0, 0);
    funnels_assert_reached(funnels_group(f, "/y"), 1, 1, 0);
    funnels_assert_reached(funnels_group(f, NULL), 1, 0, 0);
}

static void what_stands_on_the_view_groups_its_other_events_too(void **state)
{
    struct funnel_fixture *f = *state;
    f->query.steps = STR("seen,click");
    f->query.by[0] = STR("utm_source");
    f->query.by_count = 1;
    funnels_add(f, "a", "seen", 2, "");
    funnels_add(f, "a", "click", 3, "");
    funnels_add(f, "a", "view", 1, ",\"utm_source\":\"ig\"");
    (void)funnels_answer(f);
    funnels_assert_reached(funnels_group(f, "ig"), 1, 1, 0);
}

/* The night of 25 October 2026 has 02:00 to 03:00 twice in Rome. */
static void days_and_hours_are_the_zones_own(void **state)
{
    struct funnel_fixture *f = *state;
    const double october = -26.0 * 86400;
    f->query.by[0] = STR("day");
    f->query.by[1] = STR("hour");
    f->query.by[2] = STR("weekday");
    f->query.by_count = 3;
    funnels_add(f, "a", "view", october - 2 * 3600, "");    /* Sunday 00:00 */
    funnels_add(f, "b", "view", october + 0.5 * 3600, "");  /* 02:30 */
    funnels_add(f, "c", "view", october + 1.5 * 3600, "");  /* 02:30 again */
    funnels_add(f, "d", "view", october + 22.5 * 3600, ""); /* 23:30 */
    funnels_add(f, "e", "view", october + 23 * 3600, "");   /* Monday 00:00 */
    (void)funnels_answer(f);
    static const struct {
        const char *day, *hour, *weekday;
        uint64_t count;
    } expected[] = {{"2026-10-25", "00", "7", 1},
                    {"2026-10-25", "02", "7", 2},
                    {"2026-10-25", "23", "7", 1},
                    {"2026-10-26", "00", "1", 1}};
    assert_int_equal(f->answer->group_count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_str(f->answer->groups[i].by[0], str_from(expected[i].day));
        assert_str(f->answer->groups[i].by[1], str_from(expected[i].hour));
        assert_str(f->answer->groups[i].by[2], str_from(expected[i].weekday));
        assert_int_equal(f->answer->groups[i].reached[0], expected[i].count);
    }
}

/* That of 29 March has no such hour, and the day is over an hour earlier. */
static void a_day_of_23_hours_is_a_day(void **state)
{
    struct funnel_fixture *f = *state;
    const double march = -236.0 * 86400;
    f->query.by[0] = STR("day");
    f->query.by[1] = STR("hour");
    f->query.by_count = 2;
    funnels_add(f, "a", "view", march - 3600, "");          /* 00:00 */
    funnels_add(f, "b", "view", march + 3599.999, "");      /* 01:59 */
    funnels_add(f, "c", "view", march + 3600, "");          /* 03:00 */
    funnels_add(f, "d", "view", march + 21.999 * 3600, ""); /* 23:59 */
    funnels_add(f, "e", "view", march + 22 * 3600, "");     /* Monday 00:00 */
    (void)funnels_answer(f);
    static const char *const expected[][2] = {{"2026-03-29", "00"},
                                              {"2026-03-29", "01"},
                                              {"2026-03-29", "03"},
                                              {"2026-03-29", "23"},
                                              {"2026-03-30", "00"}};
    assert_int_equal(f->answer->group_count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_str(f->answer->groups[i].by[0], str_from(expected[i][0]));
        assert_str(f->answer->groups[i].by[1], str_from(expected[i][1]));
        assert_int_equal(f->answer->groups[i].reached[0], 1);
    }
}

TEST_MAIN(FUNNEL_TEST(repeats_are_removed_and_counted),
          FUNNEL_TEST(two_taps_of_one_document_are_two_events),
          FUNNEL_TEST(bots_staff_and_pages_never_seen_do_not_count),
          FUNNEL_TEST(they_count_when_asked_for),
          FUNNEL_TEST(clicks_without_a_view_are_told_unless_the_token_was_the_scripts),
          FUNNEL_TEST(damaged_lines_are_counted_and_hide_nothing),
          FUNNEL_TEST(a_line_that_does_not_match_its_checksum_is_damaged),
          FUNNEL_TEST(a_whole_line_behind_a_torn_one_counts),
          FUNNEL_TEST(the_server_tells_what_it_refused_and_could_not_record),
          FUNNEL_TEST(a_steps_conditions_look_at_the_event_and_then_at_its_view),
          FUNNEL_TEST(groups_take_the_value_where_the_winning_chain_begins),
          FUNNEL_TEST(what_stands_on_the_view_groups_its_other_events_too),
          FUNNEL_TEST(days_and_hours_are_the_zones_own), FUNNEL_TEST(a_day_of_23_hours_is_a_day))
