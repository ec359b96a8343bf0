/* Funnels over journals made by hand. */
#include "support/test.h"

#include "base/crc.h"
#include "insight/funnel.h"
#include "journal/event.h"

#include <math.h>
#include <stdio.h>

/* 2026-11-20T00:00:00Z; times below are seconds after it. */
static const int64_t origin_ms = 1795132800000;

struct fixture {
    struct funnel_query query;
    struct zone *zone;
    struct funnel *funnel;
    struct buf line;
    const struct funnel_answer *answer;
    unsigned seq;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    assert_int_equal(zone_create(&f->zone, STR("Europe/Rome")), 0);
    f->query = (struct funnel_query){
        .steps = STR("view,click,order"),
        .unit = STR("journey"),
        .window_ms = 600 * 1000,
        .from_ms = INT64_MIN,
        .to_ms = INT64_MAX,
        .now_ms = origin_ms + INT64_C(1000) * 86400 * 365,
        .zone = f->zone,
    };
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    funnel_destroy(f->funnel);
    zone_destroy(f->zone);
    buf_finish(&f->line);
    free(f);
    return 0;
}

static const char *add_line(struct fixture *f, struct str line)
{
    const char *damage;
    struct buf why = BUF_EMPTY;
    if (!f->funnel)
        assert_int_equal(funnel_create(&f->funnel, &f->query, &why), 0);
    assert_int_equal(funnel_add(f->funnel, line, &damage), 0);
    return damage;
}

static void format_time(struct buf *out, double seconds)
{
    time_t when = (time_t)(origin_ms / 1000) + (time_t)floor(seconds);
    int ms = (int)lround((seconds - floor(seconds)) * 1000);
    struct tm tm;
    assert_non_null(gmtime_r(&when, &tm));
    buf_printf(out, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900, tm.tm_mon + 1,
               tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, ms);
}

/* An event of a page view; `more` is further members, each after a comma. */
static void add(struct fixture *f, const char *pv, const char *event, double seconds,
                const char *more)
{
    buf_clear(&f->line);
    f->seq++;
    buf_printf(&f->line, "{\"v\":1,\"seq\":%u,\"id\":\"id-%u\",\"ts\":\"", f->seq, f->seq);
    format_time(&f->line, seconds);
    buf_printf(&f->line, "\",\"node\":\"a\",\"event\":\"%s\",\"pv\":\"%s\"%s}", event, pv, more);
    assert_null(add_line(f, buf_str(&f->line)));
}

/* "v0 c30 o90" of one page view. */
static void add_all(struct fixture *f, const char *pv, const char *text)
{
    char letter;
    double seconds;
    int used;
    for (; sscanf(text, " %c%lf%n", &letter, &seconds, &used) == 2; text += used)
        add(f, pv,
            letter == 'v'   ? "view"
            : letter == 's' ? "seen"
            : letter == 'c' ? "click"
            : letter == 'o' ? "order"
                            : "help",
            seconds, "");
}

static const struct funnel_group *answer(struct fixture *f)
{
    struct buf why = BUF_EMPTY;
    if (!f->funnel)
        assert_int_equal(funnel_create(&f->funnel, &f->query, &why), 0);
    assert_int_equal(funnel_answer(f->funnel, &f->answer), 0);
    return &f->answer->total;
}

static void assert_reached(const struct funnel_group *group, uint64_t a, uint64_t b, uint64_t c)
{
    if (group->reached[0] != a || group->reached[1] != b || group->reached[2] != c)
        fail_msg("%llu/%llu/%llu is not %llu/%llu/%llu", (unsigned long long)group->reached[0],
                 (unsigned long long)group->reached[1], (unsigned long long)group->reached[2],
                 (unsigned long long)a, (unsigned long long)b, (unsigned long long)c);
}

/* --- the worked example --------------------------------------------------------------------- */

static void add_example(struct fixture *f)
{
    add_all(f, "A", "v0 c30 o90");
    add_all(f, "B", "v0 c50 v700 c720 o800");
    add_all(f, "C", "v0 v10 c20");
    add_all(f, "D", "c5 v10 o20");
    add_all(f, "E", "v0 h15 c30 o40");
    add_all(f, "F", "v0 c600 o601");
    add_all(f, "G", "v0 c0 o0");
}

static void the_worked_example_gives_its_numbers(void **state)
{
    struct fixture *f = *state;
    add_example(f);
    const struct funnel_group *total = answer(f);
    assert_reached(total, 7, 6, 4);
    assert_int_equal(total->elapsed_count, 4);
    assert_true(fabs(statistics_quantile(total->elapsed_s, 4, 0.5) - 65) < 1e-9);
    assert_true(total->elapsed_s[0] == 0 && total->elapsed_s[3] == 100);
}

static void the_worked_example_strictly(void **state)
{
    struct fixture *f = *state;
    f->query.mode = CHAIN_STRICT;
    add_example(f);
    assert_reached(answer(f), 7, 5, 3);
}

static void the_worked_example_increasing(void **state)
{
    struct fixture *f = *state;
    f->query.mode = CHAIN_INCREASING;
    add_example(f);
    assert_reached(answer(f), 7, 5, 3);
}

/* --- order ---------------------------------------------------------------------------------- */

static void inside_a_page_view_the_documents_own_clock_counts(void **state)
{
    struct fixture *f = *state;
    f->query.steps = STR("seen,click,order");
    add(f, "a", "click", 1, ",\"d\":\"x\",\"n\":2,\"t\":900");
    add(f, "a", "order", 2, ",\"d\":\"x\",\"n\":3,\"t\":950");
    add(f, "a", "seen", 3, ",\"d\":\"x\",\"n\":1,\"t\":20");
    assert_reached(answer(f), 1, 1, 1);
}

static void a_view_comes_before_all_that_happens_on_it(void **state)
{
    struct fixture *f = *state;
    add(f, "a", "click", 1, ",\"d\":\"x\",\"n\":1,\"t\":5");
    add(f, "a", "view", 2, "");
    assert_reached(answer(f), 1, 1, 0);
}

static void documents_follow_each_other_as_they_came(void **state)
{
    struct fixture *f = *state;
    f->query.steps = STR("seen,click,order");
    add(f, "a", "seen", 1, ",\"d\":\"z\",\"n\":1,\"t\":9000");
    add(f, "a", "click", 2, ",\"d\":\"b\",\"n\":1,\"t\":10");
    assert_reached(answer(f), 1, 1, 0);
}

static void between_page_views_the_wall_clock_counts_and_lines_may_come_in_any_order(void **state)
{
    struct fixture *f = *state;
    add(f, "c", "order", 30, ",\"journey\":\"a\"");
    add(f, "b", "click", 20, ",\"journey\":\"a\"");
    add(f, "a", "view", 10, "");
    assert_reached(answer(f), 1, 1, 1);
}

static void the_journey_that_seen_tells_holds_for_the_whole_page_view(void **state)
{
    struct fixture *f = *state;
    f->query.steps = STR("view,seen,click");
    add_all(f, "a", "v0 s1");
    add(f, "b", "view", 10, ",\"d\":\"x\"");
    add(f, "b", "seen", 11, ",\"journey\":\"a\"");
    add(f, "b", "click", 12, "");
    assert_reached(answer(f), 1, 1, 1);
}

static void a_page_view_as_unit_is_on_its_own(void **state)
{
    struct fixture *f = *state;
    f->query.unit = STR("pv");
    add(f, "a", "view", 0, "");
    add(f, "b", "view", 1, ",\"journey\":\"a\"");
    add(f, "b", "click", 2, ",\"journey\":\"a\"");
    assert_reached(answer(f), 2, 1, 0);
}

static void any_key_can_be_the_unit_and_who_lacks_it_is_none(void **state)
{
    struct fixture *f = *state;
    f->query.unit = STR("utm_campaign");
    add(f, "a", "view", 0, ",\"utm_campaign\":\"estate\"");
    add(f, "b", "view", 1, ",\"utm_campaign\":\"estate\"");
    add(f, "b", "click", 2, "");
    add(f, "c", "view", 3, "");
    assert_reached(answer(f), 1, 1, 0);
}

/* --- what counts once, and what not at all -------------------------------------------------- */

static void repeats_are_removed_and_counted(void **state)
{
    struct fixture *f = *state;
    f->query.steps = STR("view,click,click");
    add(f, "a", "view", 0, "");
    add(f, "a", "click", 1, ",\"d\":\"x\",\"n\":1,\"t\":5");
    add(f, "a", "click", 9, ",\"d\":\"x\",\"n\":1,\"t\":5");
    assert_null(add_line(f, buf_str(&f->line)));
    assert_reached(answer(f), 1, 1, 0);
    assert_int_equal(f->answer->loss.duplicate, 2);
}

static void two_taps_of_one_document_are_two_events(void **state)
{
    struct fixture *f = *state;
    f->query.steps = STR("view,click,click");
    add(f, "a", "view", 0, "");
    add(f, "a", "click", 1, ",\"d\":\"x\",\"n\":1,\"t\":5");
    add(f, "a", "click", 1, ",\"d\":\"x\",\"n\":2,\"t\":5");
    assert_reached(answer(f), 1, 1, 1);
    assert_int_equal(f->answer->loss.duplicate, 0);
}

static void bots_staff_and_pages_never_seen_do_not_count(void **state)
{
    struct fixture *f = *state;
    f->query.steps = STR("view,click,order");
    add(f, "bot", "click", 1, ",\"d\":\"x\",\"n\":1");
    add(f, "bot", "view", 0, ",\"bot\":\"crawler\"");
    add(f, "staff", "view", 0, ",\"internal\":true");
    add(f, "unseen", "view", 0, ",\"purpose\":\"prefetch\"");
    add(f, "activated", "view", 0, ",\"purpose\":\"prefetch\"");
    add(f, "activated", "seen", 1, "");
    add(f, "plain", "view", 0, ",\"internal\":false");
    assert_reached(answer(f), 2, 0, 0);
    assert_int_equal(f->answer->loss.bot, 1);
    assert_int_equal(f->answer->loss.internal, 1);
    assert_int_equal(f->answer->loss.prefetch, 1);
    assert_int_equal(f->answer->coverage.view, 2);
    assert_int_equal(f->answer->coverage.seen, 1);
}

static void they_count_when_asked_for(void **state)
{
    struct fixture *f = *state;
    f->query.with_bots = f->query.with_internal = f->query.with_prefetches = true;
    add(f, "bot", "view", 0, ",\"bot\":\"crawler\"");
    add(f, "staff", "view", 0, ",\"internal\":true");
    add(f, "unseen", "view", 0, ",\"purpose\":\"prefetch\"");
    assert_reached(answer(f), 3, 0, 0);
    assert_int_equal(f->answer->loss.bot, 0);
}

static void clicks_without_a_view_are_told_unless_the_token_was_the_scripts(void **state)
{
    struct fixture *f = *state;
    f->query.steps = STR("seen,engaged");
    add(f, "lost", "click", 1, ",\"d\":\"x\",\"n\":1");
    add(f, "lost", "click", 2, ",\"d\":\"x\",\"n\":2");
    add(f, "lost", "click", 3, ",\"d\":\"x\",\"n\":2");
    add(f, "own", "seen", 1, ",\"pv_src\":\"client\"");
    add(f, "own", "click", 2, ",\"pv_src\":\"client\"");
    add_all(f, "good", "v0 s1 c2");
    (void)answer(f);
    assert_int_equal(f->answer->loss.orphan_click, 2);
}

static void damaged_lines_are_counted_and_hide_nothing(void **state)
{
    struct fixture *f = *state;
    add(f, "a", "view", 0, "");
    assert_non_null(add_line(f, str_make(f->line.ptr, f->line.len - 9)));
    assert_non_null(add_line(f, STR("{\"event\":\"view\",\"pv\":\"b\"}")));
    assert_non_null(add_line(f, STR("{\"ts\":\"2026-11-20T00:00:00Z\",\"pv\":\"b\"}")));
    assert_non_null(add_line(f, STR("{\"ts\":\"yesterday\",\"event\":\"view\",\"pv\":\"b\"}")));
    add(f, "a", "click", 1, "");
    assert_reached(answer(f), 1, 1, 0);
    assert_int_equal(f->answer->loss.damaged, 4);
}

static void a_line_that_does_not_match_its_checksum_is_damaged(void **state)
{
    struct fixture *f = *state;
    struct str body = STR("{\"ts\":\"2026-11-20T00:00:00Z\",\"event\":\"view\",\"pv\":\"b\"");
    buf_append(&f->line, body);
    buf_printf(&f->line, ",\"crc\":\"%08x\"}", (unsigned)crc_of(body));
    assert_null(add_line(f, buf_str(&f->line)));
    f->line.ptr[10]++;
    assert_non_null(add_line(f, buf_str(&f->line)));
    assert_reached(answer(f), 1, 0, 0);
    assert_int_equal(f->answer->loss.damaged, 1);
}

static void a_whole_line_behind_a_torn_one_counts(void **state)
{
    struct fixture *f = *state;
    struct buf torn = BUF_EMPTY;
    char line[EVENT_LINE_ROOM];
    const struct event event = {.seq = 2,
                                .ts_ms = origin_ms,
                                .id = STR("01930000-0000-7000-8000-000000000001"),
                                .node = STR("a"),
                                .event = STR("view"),
                                .pv = STR("b")};
    ssize_t len = event_encode(&event, line);
    assert_true(len > 0);
    buf_append(&torn, STR("{\"v\":1,\"seq\":1,\"id\":\"0193"));
    buf_append(&torn, str_make(line, (size_t)len - 1));
    assert_non_null(add_line(f, buf_str(&torn)));
    assert_reached(answer(f), 1, 0, 0);
    assert_int_equal(f->answer->loss.damaged, 1);
    buf_finish(&torn);
}

static void the_server_tells_what_it_refused_and_could_not_record(void **state)
{
    struct fixture *f = *state;
    f->query.from_ms = origin_ms;
    add(f, "a", "gap", -1, ",\"n\":100");
    add(f, "b", "gap", 1, ",\"n\":7");
    add(f, "c", "gap", 1, "");
    add(f, "d", "refused", 1, ",\"n\":3");
    assert_reached(answer(f), 0, 0, 0);
    assert_int_equal(f->answer->loss.dropped, 8);
    assert_int_equal(f->answer->loss.refused, 3);
}

/* --- filters and groups --------------------------------------------------------------------- */

static void a_steps_conditions_look_at_the_event_and_then_at_its_view(void **state)
{
    struct fixture *f = *state;
    f->query.steps = STR("view:utm_source=ig,click:cta=call,device=mobile");
    add(f, "a", "click", 2, ",\"cta\":\"call\"");
    add(f, "a", "view", 1, ",\"utm_source\":\"ig\",\"device\":\"mobile\"");
    add(f, "b", "view", 1, ",\"utm_source\":\"ig\",\"device\":\"desktop\"");
    add(f, "b", "click", 2, ",\"cta\":\"call\"");
    add(f, "c", "view", 1, ",\"utm_source\":\"ig\",\"device\":\"mobile\",\"cta\":\"call\"");
    add(f, "c", "click", 2, "");
    add(f, "d", "view", 1, ",\"utm_source\":\"fb\",\"device\":\"mobile\"");
    add(f, "d", "click", 2, ",\"cta\":\"call\"");
    assert_reached(answer(f), 3, 1, 0);
}

static const struct funnel_group *group(struct fixture *f, const char *value)
{
    for (size_t i = 0; i < f->answer->group_count; i++) {
        const struct funnel_group *g = &f->answer->groups[i];
        if (value ? g->by[0].ptr && str_eq(g->by[0], str_from(value)) : !g->by[0].ptr)
            return g;
    }
    fail_msg("no group %s", value ? value : "without a value");
    return NULL;
}

static void groups_take_the_value_where_the_winning_chain_begins(void **state)
{
    struct fixture *f = *state;
    f->query.by[0] = STR("page");
    f->query.by_count = 1;
    add(f, "a", "view", 0, ",\"page\":\"/x\"");
    add(f, "b", "view", 5, ",\"page\":\"/y\",\"journey\":\"a\"");
    add(f, "b", "click", 9, ",\"page\":\"/y\"");
    add(f, "c", "view", 0, ",\"page\":\"/x\"");
    add(f, "d", "view", 0, "");
    assert_reached(answer(f), 3, 1, 0);
    assert_int_equal(f->answer->group_count, 3);
    assert_reached(group(f, "/x"), 1, 0, 0);
    assert_reached(group(f, "/y"), 1, 1, 0);
    assert_reached(group(f, NULL), 1, 0, 0);
}

static void what_stands_on_the_view_groups_its_other_events_too(void **state)
{
    struct fixture *f = *state;
    f->query.steps = STR("seen,click");
    f->query.by[0] = STR("utm_source");
    f->query.by_count = 1;
    add(f, "a", "seen", 2, "");
    add(f, "a", "click", 3, "");
    add(f, "a", "view", 1, ",\"utm_source\":\"ig\"");
    (void)answer(f);
    assert_reached(group(f, "ig"), 1, 1, 0);
}

/* The night of 25 October 2026 has 02:00 to 03:00 twice in Rome, that of 29 March 2026 not at all.
 */
static void days_and_hours_are_the_zones_own(void **state)
{
    struct fixture *f = *state;
    const double october = -26.0 * 86400;
    f->query.by[0] = STR("day");
    f->query.by[1] = STR("hour");
    f->query.by[2] = STR("weekday");
    f->query.by_count = 3;
    add(f, "a", "view", october - 2 * 3600, "");    /* Sunday 00:00 */
    add(f, "b", "view", october + 0.5 * 3600, "");  /* 02:30 */
    add(f, "c", "view", october + 1.5 * 3600, "");  /* 02:30 again */
    add(f, "d", "view", october + 22.5 * 3600, ""); /* 23:30 */
    add(f, "e", "view", october + 23 * 3600, "");   /* Monday 00:00 */
    (void)answer(f);
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

/* --- time ----------------------------------------------------------------------------------- */

static void the_range_holds_for_entries_only(void **state)
{
    struct fixture *f = *state;
    f->query.from_ms = origin_ms + 10 * 1000;
    f->query.to_ms = origin_ms + 20 * 1000;
    add_all(f, "early", "v9.999 c15");
    add_all(f, "first", "v10 c30 o40");
    add_all(f, "late", "v20 c21");
    add_all(f, "again", "v0 v15 c16");
    assert_reached(answer(f), 2, 2, 1);
}

static void entries_younger_than_the_window_are_open_whatever_came_of_them(void **state)
{
    struct fixture *f = *state;
    f->query.now_ms = origin_ms + 1000 * 1000;
    add_all(f, "old", "v399 c401");
    add_all(f, "just", "v400 c401");
    add_all(f, "young", "v400.001 c401");
    add_all(f, "younger", "v999");
    const struct funnel_group *total = answer(f);
    assert_reached(total, 2, 2, 0);
    assert_int_equal(total->open, 2);
}

static void nothing_gives_nothing(void **state)
{
    struct fixture *f = *state;
    const struct funnel_group *total = answer(f);
    assert_reached(total, 0, 0, 0);
    assert_int_equal(f->answer->group_count, 0);
    assert_int_equal(total->elapsed_count, 0);
}

static void coverage_is_told_by_channel(void **state)
{
    struct fixture *f = *state;
    f->query.steps = STR("seen,click");
    add(f, "a", "view", 0, ",\"app\":\"instagram\",\"os\":\"ios\",\"utm_source\":\"ig\"");
    add(f, "a", "seen", 1, "");
    add(f, "b", "view", 0, ",\"app\":\"instagram\",\"os\":\"ios\"");
    add(f, "c", "view", 0, ",\"app\":\"instagram\",\"os\":\"android\"");
    add(f, "d", "view", 0, ",\"utm_source\":\"qr\",\"os\":\"ios\"");
    add(f, "d", "seen", 0, "");
    (void)answer(f);
    assert_int_equal(f->answer->channel_count, 3);
    assert_str(f->answer->channels[0].name, STR("instagram"));
    assert_str(f->answer->channels[0].os, STR("ios"));
    assert_int_equal(f->answer->channels[0].view, 2);
    assert_int_equal(f->answer->channels[0].seen, 1);
    assert_int_equal(f->answer->coverage.view, 4);
    assert_int_equal(f->answer->coverage.seen, 2);
}

/* --- what a question may be ----------------------------------------------------------------- */

#define THIRTY_TWO "c,c,c,c,c,c,c,c,c,c,c,c,c,c,c,c,c,c,c,c,c,c,c,c,c,c,c,c,c,c,c,c"

static void steps_that_are_none_are_refused_with_a_reason(void **state)
{
    struct fixture *f = *state;
    static const char thirty_three[] = THIRTY_TWO ",a";
    static const char *const bad[] = {
        "", "view,", ",view", "view:", "view:cta", "view:cta=", ":a=b", thirty_three};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct buf why = BUF_EMPTY;
        f->query.steps = str_from(bad[i]);
        if (funnel_create(&f->funnel, &f->query, &why) == 0)
            fail_msg("was taken: %s", bad[i]);
        assert_true(why.len > 0);
        buf_finish(&why);
    }
}

static void thirty_two_steps_are_allowed(void **state)
{
    struct fixture *f = *state;
    f->query.steps = STR(THIRTY_TWO);
    for (int i = 0; i < 40; i++)
        add(f, "a", "c", i, "");
    assert_int_equal(answer(f)->reached[31], 1);
}

#define FUNNEL_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

TEST_MAIN(FUNNEL_TEST(the_worked_example_gives_its_numbers),
          FUNNEL_TEST(the_worked_example_strictly), FUNNEL_TEST(the_worked_example_increasing),
          FUNNEL_TEST(inside_a_page_view_the_documents_own_clock_counts),
          FUNNEL_TEST(a_view_comes_before_all_that_happens_on_it),
          FUNNEL_TEST(documents_follow_each_other_as_they_came),
          FUNNEL_TEST(between_page_views_the_wall_clock_counts_and_lines_may_come_in_any_order),
          FUNNEL_TEST(the_journey_that_seen_tells_holds_for_the_whole_page_view),
          FUNNEL_TEST(a_page_view_as_unit_is_on_its_own),
          FUNNEL_TEST(any_key_can_be_the_unit_and_who_lacks_it_is_none),
          FUNNEL_TEST(repeats_are_removed_and_counted),
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
          FUNNEL_TEST(days_and_hours_are_the_zones_own),
          FUNNEL_TEST(the_range_holds_for_entries_only),
          FUNNEL_TEST(entries_younger_than_the_window_are_open_whatever_came_of_them),
          FUNNEL_TEST(nothing_gives_nothing), FUNNEL_TEST(coverage_is_told_by_channel),
          FUNNEL_TEST(steps_that_are_none_are_refused_with_a_reason),
          FUNNEL_TEST(thirty_two_steps_are_allowed))
