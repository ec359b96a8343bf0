/* What an export gives of a journal, and what it leaves out. */
#include "support/test.h"

#include "base/buf.h"
#include "insight/export.h"
#include "insight/flat.h"
#include "journal/event.h"

#define AT(day, time) "\"ts\":\"2026-11-" day "T" time "Z\""
#define LINE(id, when, event, pv, more) \
    "{\"v\":1,\"id\":\"" id "\"," when ",\"event\":\"" event "\",\"pv\":\"" pv "\"" more "}"

/* The ids of what is given, in order, with a space behind each. */
struct fixture {
    struct export *export;
    struct buf given;
    struct str columns[8]; /* of page views: which, and what they hold, `|` between */
    size_t column_count;
    size_t stop_after; /* rows; 0: never */
};

static struct export_query everything(void)
{
    return (struct export_query){.from_ms = INT64_MIN, .to_ms = INT64_MAX};
}

static int on_event(void *context, const struct export_row *row)
{
    struct fixture *f = context;
    buf_append(&f->given, row->values[ENTRY_id]);
    buf_append_char(&f->given, ' ');
    return f->stop_after > 0 && --f->stop_after == 0;
}

static int on_page_view(void *context, const struct export_row *row)
{
    struct fixture *f = context;
    for (size_t i = 0; i < f->column_count; i++)
        for (size_t c = 0; c < FLAT_COLUMNS; c++)
            if (str_eq(flat_columns[c].name, f->columns[i])) {
                buf_append(&f->given, row->values[c]);
                buf_append_char(&f->given, i + 1 < f->column_count ? '|' : ' ');
            }
    return 0;
}

static void begin(struct fixture *f, struct export_query query)
{
    export_destroy(f->export);
    buf_clear(&f->given);
    assert_int_equal(export_create(&f->export, &query, query.flat ? on_page_view : on_event, f), 0);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    *state = f;
    begin(f, everything());
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    export_destroy(f->export);
    buf_finish(&f->given);
    free(f);
    return 0;
}

static void add(struct fixture *f, const char *line)
{
    const struct text *damage;
    /* In memory of its own size, so that reading behind it is found. */
    struct str text = str_from(line);
    char *copy = malloc(text.len);
    assert_non_null(copy);
    memcpy(copy, text.ptr, text.len);
    assert_int_equal(export_add(f->export, str_make(copy, text.len), &damage), 0);
    free(copy);
}

#define ADD_ALL(f, ...)                                                \
    do {                                                               \
        const char *const lines_[] = {__VA_ARGS__};                    \
        for (size_t i_ = 0; i_ < sizeof lines_ / sizeof *lines_; i_++) \
            add((f), lines_[i_]);                                      \
    } while (0)

static void assert_given(struct fixture *f, const char *ids)
{
    assert_str(buf_str(&f->given), str_from(ids));
}

static void assert_at_end(struct fixture *f, const char *ids)
{
    assert_int_equal(export_end(f->export), 0);
    assert_given(f, ids);
    assert_int_equal(buf_status(&f->given), 0);
}

/* --- events --------------------------------------------------------------------------------- */

static void what_counts_goes_on_at_once(void **state)
{
    struct fixture *f = *state;
    add(f, LINE("1", AT("01", "10:00:00"), "view", "A", ""));
    assert_given(f, "1 ");
    add(f, LINE("2", AT("01", "10:00:01"), "click", "A", ",\"d\":\"x\",\"n\":1"));
    assert_given(f, "1 2 ");
    assert_at_end(f, "1 2 ");
    assert_int_equal(export_counts(f->export)->given, 2);
}

static void a_bots_events_go_with_its_view(void **state)
{
    struct fixture *f = *state;
    ADD_ALL(f, LINE("1", AT("01", "10:00:00"), "view", "A", ",\"bot\":\"crawler\""),
            LINE("2", AT("01", "10:00:01"), "click", "A", ""),
            LINE("3", AT("01", "10:00:01"), "view", "B", ",\"internal\":true"),
            LINE("4", AT("01", "10:00:02"), "click", "B", ""));
    assert_at_end(f, "");
    assert_int_equal(export_counts(f->export)->bot, 2);
    assert_int_equal(export_counts(f->export)->internal, 2);
}

static void what_is_asked_for_is_in(void **state)
{
    struct fixture *f = *state;
    struct export_query query = everything();
    query.include = (struct include){true, true, true};
    begin(f, query);
    ADD_ALL(f, LINE("1", AT("01", "10:00:00"), "view", "A", ",\"bot\":\"crawler\""),
            LINE("2", AT("01", "10:00:00"), "view", "B", ",\"internal\":true"),
            LINE("3", AT("01", "10:00:00"), "view", "C", ",\"purpose\":\"prefetch\""));
    assert_given(f, "1 2 3 ");
}

static void a_click_waits_for_its_view(void **state)
{
    struct fixture *f = *state;
    ADD_ALL(f, LINE("1", AT("01", "10:00:00.010"), "click", "A", ""),
            LINE("2", AT("01", "10:00:00.010"), "click", "B", ""));
    assert_given(f, "");
    add(f, LINE("3", AT("01", "10:00:00.012"), "view", "A", ",\"bot\":\"headless\""));
    assert_given(f, "");
    add(f, LINE("4", AT("01", "10:00:00.012"), "view", "B", ""));
    assert_given(f, "2 4 ");
    assert_int_equal(export_counts(f->export)->bot, 2);
}

static void a_click_whose_view_is_missing_waits_a_minute(void **state)
{
    struct fixture *f = *state;
    ADD_ALL(f, LINE("1", AT("01", "10:00:00"), "click", "A", ""),
            LINE("2", AT("01", "10:00:20"), "click", "A", ""),
            LINE("3", AT("01", "10:00:59"), "view", "B", ""));
    assert_given(f, "3 ");
    add(f, LINE("4", AT("01", "10:01:00"), "view", "C", ""));
    assert_given(f, "3 1 2 4 ");
    add(f, LINE("5", AT("01", "10:01:01"), "click", "A", ""));
    assert_given(f, "3 1 2 4 5 ");
    add(f, LINE("6", AT("01", "10:01:01"), "click", "D", ""));
    assert_at_end(f, "3 1 2 4 5 6 ");
}

static void what_knows_no_page_view_is_judged_by_itself(void **state)
{
    struct fixture *f = *state;
    ADD_ALL(f, "{\"id\":\"1\"," AT("01", "10:00:00") ",\"event\":\"gap\",\"n\":3}",
            "{\"id\":\"2\"," AT("01", "10:00:00") ",\"event\":\"click\",\"transport\":\"ping\"}",
            "{\"id\":\"3\"," AT("01", "10:00:00") ",\"event\":\"redirect\",\"bot\":\"scanner\"}");
    assert_given(f, "1 2 ");
}

static void the_scripts_own_token_needs_no_view(void **state)
{
    struct fixture *f = *state;
    ADD_ALL(
        f, LINE("1", AT("01", "10:00:00"), "seen", "A", ",\"pv_src\":\"client\""),
        LINE("2", AT("01", "10:00:00"), "click", "A", ",\"pv_src\":\"client\""),
        LINE("3", AT("01", "10:00:00"), "seen", "B", ",\"pv_src\":\"client\",\"bot\":\"headless\""),
        LINE("4", AT("01", "10:00:00"), "click", "B", ",\"pv_src\":\"client\""));
    assert_given(f, "1 2 ");
}

static void a_prefetch_counts_once_it_is_seen(void **state)
{
    struct fixture *f = *state;
    ADD_ALL(f, LINE("1", AT("01", "10:00:00"), "view", "A", ",\"purpose\":\"prefetch\""),
            LINE("2", AT("01", "10:00:00"), "view", "B", ",\"purpose\":\"prefetch\""),
            LINE("3", AT("01", "11:00:00"), "view", "C", ""));
    assert_given(f, "3 ");
    ADD_ALL(f, LINE("4", AT("01", "12:00:00"), "seen", "A", ""),
            LINE("5", AT("01", "12:00:01"), "click", "A", ""));
    assert_given(f, "3 1 4 5 ");
    /* Nobody can see the other one any more. */
    ADD_ALL(f, LINE("6", AT("02", "11:00:00"), "view", "D", ""),
            LINE("7", AT("03", "11:00:00"), "view", "E", ""));
    assert_given(f, "3 1 4 5 6 7 ");
    assert_int_equal(export_counts(f->export)->prefetch, 1);
}

static void repeated_events_are_given_once(void **state)
{
    struct fixture *f = *state;
    ADD_ALL(f, LINE("1", AT("01", "10:00:00"), "view", "A", ""),
            LINE("1", AT("01", "10:00:00"), "view", "A", ""),
            LINE("2", AT("01", "10:00:01"), "click", "A", ",\"d\":\"x\",\"n\":1"),
            LINE("3", AT("02", "09:00:00"), "click", "A", ",\"d\":\"x\",\"n\":1"),
            LINE("4", AT("02", "09:00:00"), "click", "A", ",\"d\":\"y\",\"n\":1"),
            LINE("5", AT("02", "09:00:00"), "click", "A", ",\"d\":\"x\",\"n\":11"));
    assert_at_end(f, "1 2 4 5 ");
    assert_int_equal(export_counts(f->export)->duplicate, 2);
}

static void the_range_is_of_events_but_their_views_may_be_before(void **state)
{
    struct fixture *f = *state;
    struct export_query query = everything();
    query.from_ms = INT64_C(1793613600000); /* 2026-11-02T10:00:00Z */
    query.to_ms = query.from_ms + 3600000;
    begin(f, query);
    ADD_ALL(f, LINE("1", AT("02", "09:59:59.999"), "view", "A", ",\"bot\":\"crawler\""),
            LINE("2", AT("02", "09:59:59.999"), "view", "B", ""),
            LINE("3", AT("02", "10:00:00.000"), "click", "A", ""),
            LINE("4", AT("02", "10:00:00.000"), "click", "B", ""),
            LINE("5", AT("02", "10:59:59.999"), "view", "C", ",\"purpose\":\"prefetch\""),
            LINE("6", AT("02", "11:00:00.000"), "seen", "C", ""));
    assert_at_end(f, "4 5 ");
    assert_int_equal(export_counts(f->export)->bot, 1);
}

static void another_journal_begins_where_time_falls_back(void **state)
{
    struct fixture *f = *state;
    ADD_ALL(f, LINE("1", AT("09", "10:00:00"), "view", "A", ""),
            LINE("2", AT("09", "10:00:00"), "click", "B", ""),
            LINE("3", AT("01", "10:00:00"), "view", "C", ",\"bot\":\"crawler\""),
            LINE("4", AT("01", "10:00:01"), "click", "C", ""),
            LINE("1", AT("01", "10:00:02"), "view", "D", ""));
    assert_at_end(f, "1 2 1 ");
}

static void damage_is_told_and_hides_nothing(void **state)
{
    struct fixture *f = *state;
    const struct text *damage;
    char line[EVENT_LINE_ROOM + 16] = "\x01\x02{\"v\":1,\"se";
    size_t before = strlen(line);
    const struct event event = {
        .seq = 1, .ts_ms = 1, .id = STR("1"), .node = STR("n"), .event = STR("gap")};
    ssize_t n = event_encode(&event, line + before);
    assert_true(n > 0);
    struct str whole = str_make(line, before + (size_t)n - 1);

    assert_int_equal(export_add(f->export, whole, &damage), 0);
    assert_non_null(damage);
    assert_int_equal(export_add(f->export, str_skip(whole, before + 1), &damage), 0);
    assert_non_null(damage);
    line[before + 40] ^= 1;
    assert_int_equal(export_add(f->export, str_skip(whole, before), &damage), 0);
    assert_string_equal(damage->en, "the checksum is wrong");
    assert_at_end(f, "1 ");
    assert_int_equal(export_counts(f->export)->damaged, 3);
}

static void who_takes_no_more_ends_it(void **state)
{
    struct fixture *f = *state;
    const struct text *damage;
    f->stop_after = 2;
    add(f, LINE("1", AT("01", "10:00:00"), "view", "A", ""));
    struct str second = STR(LINE("2", AT("01", "10:00:00"), "view", "B", ""));
    assert_int_equal(export_add(f->export, second, &damage), 1);
    assert_given(f, "1 2 ");
}

/* --- page views ----------------------------------------------------------------------------- */

#define FLAT_OF(f, ...)                                         \
    do {                                                        \
        const struct str columns_[] = {__VA_ARGS__};            \
        struct export_query query_ = everything();              \
        query_.flat = true;                                     \
        memcpy((f)->columns, columns_, sizeof columns_);        \
        (f)->column_count = sizeof columns_ / sizeof *columns_; \
        begin((f), query_);                                     \
    } while (0)

static void a_page_view_is_one_row(void **state)
{
    struct fixture *f = *state;
    FLAT_OF(f, STR("pv"), STR("utm_source"), STR("page"), STR("seen"), STR("engaged"),
            STR("clicks"), STR("left"), STR("lcp"));
    ADD_ALL(f,
            LINE("1", AT("01", "10:00:00"), "view", "A", ",\"page\":\"/a\",\"utm_source\":\"qr\""),
            LINE("2", AT("01", "10:00:01"), "seen", "A", ",\"page\":\"/a\""),
            LINE("3", AT("01", "10:00:01"), "view", "B", ",\"page\":\"/b\""),
            LINE("4", AT("01", "10:00:02"), "engaged", "A", ""),
            LINE("5", AT("01", "10:00:03"), "click", "A", ",\"cta\":\"call\""),
            LINE("6", AT("01", "10:00:03"), "left", "A", ""),
            LINE("7", AT("01", "10:00:04"), "summary", "A", ",\"d\":\"x\",\"n\":5,\"lcp\":812.5"));
    assert_at_end(f, "A|qr|/a|true|true|1|true|812.5 B||/b|false|false|0|false| ");
    assert_int_equal(export_counts(f->export)->given, 2);
}

static void the_first_tap_is_told_and_which_others_there_were(void **state)
{
    struct fixture *f = *state;
    FLAT_OF(f, STR("clicks"), STR("cta"), STR("dest"), STR("click_t"), STR("ctas"));
    ADD_ALL(f, LINE("1", AT("01", "10:00:00"), "view", "A", ""),
            LINE("2", AT("01", "10:00:02"), "click", "A",
                 ",\"t\":2000,\"cta\":\"call\",\"dest\":\"tel\""),
            LINE("3", AT("01", "10:00:03"), "click", "A",
                 ",\"t\":3000,\"cta\":\"call\",\"dest\":\"tel\""),
            LINE("4", AT("01", "10:00:04"), "click", "A", ",\"t\":4000,\"cta\":\"whatsapp\""),
            LINE("5", AT("01", "10:00:05"), "click", "A", ",\"t\":5000,\"dest\":\"page\""));
    assert_at_end(f, "4|call|tel|2000|call;whatsapp ");
}

static void the_last_summary_counts(void **state)
{
    struct fixture *f = *state;
    FLAT_OF(f, STR("engaged_ms"), STR("scroll"));
    ADD_ALL(
        f, LINE("1", AT("01", "10:00:00"), "view", "A", ""),
        LINE("2", AT("01", "10:00:05"), "summary", "A",
             ",\"d\":\"x\",\"n\":3,\"engaged_ms\":900,\"scroll\":10"),
        LINE("3", AT("01", "10:00:09"), "summary", "A", ",\"d\":\"x\",\"n\":9,\"engaged_ms\":4000"),
        LINE("4", AT("01", "10:00:09"), "summary", "A",
             ",\"d\":\"x\",\"n\":7,\"engaged_ms\":2000"));
    assert_at_end(f, "4000| ");
}

static void the_views_word_counts_and_seen_fills_its_gaps(void **state)
{
    struct fixture *f = *state;
    FLAT_OF(f, STR("ts"), STR("utm_source"), STR("app"), STR("journey"));
    ADD_ALL(f, LINE("1", AT("01", "10:00:00.000"), "click", "A", ",\"journey\":\"x\""),
            LINE("2", AT("01", "10:00:00.002"), "seen", "A",
                 ",\"utm_source\":\"seen\",\"app\":\"instagram\",\"journey\":\"y\""),
            LINE("3", AT("01", "10:00:00.003"), "view", "A", ",\"utm_source\":\"view\""),
            LINE("4", AT("01", "10:00:00.004"), "view", "B", ""));
    assert_at_end(f, "2026-11-01T10:00:00.003Z|view|instagram|y "
                     "2026-11-01T10:00:00.004Z|||B ");
}

static void page_views_that_do_not_count_are_left_out(void **state)
{
    struct fixture *f = *state;
    FLAT_OF(f, STR("pv"), STR("clicks"));
    ADD_ALL(f, LINE("1", AT("01", "10:00:00"), "view", "A", ",\"bot\":\"crawler\""),
            LINE("2", AT("01", "10:00:00"), "click", "A", ""),
            LINE("3", AT("01", "10:00:00"), "view", "B", ",\"internal\":true"),
            LINE("4", AT("01", "10:00:00"), "view", "C", ",\"purpose\":\"prefetch\""),
            LINE("5", AT("01", "10:00:00"), "view", "D", ",\"purpose\":\"prefetch\""),
            LINE("6", AT("01", "20:00:00"), "seen", "D", ""),
            LINE("7", AT("01", "20:00:00"), "click", "E", ""));
    assert_at_end(f, "D|0 E|1 ");
    const struct export_counts *counts = export_counts(f->export);
    assert_int_equal(counts->bot, 1);
    assert_int_equal(counts->internal, 1);
    assert_int_equal(counts->prefetch, 1);
}

static void a_page_view_is_told_after_a_day(void **state)
{
    struct fixture *f = *state;
    FLAT_OF(f, STR("pv"), STR("clicks"));
    ADD_ALL(f, LINE("1", AT("01", "10:00:00"), "view", "A", ""),
            LINE("2", AT("02", "09:00:00"), "view", "B", ""),
            LINE("3", AT("02", "09:59:59"), "click", "A", ""));
    assert_given(f, "");
    add(f, LINE("4", AT("02", "10:00:00"), "click", "B", ""));
    assert_given(f, "A|1 ");
    assert_at_end(f, "A|1 B|1 ");
}

static void a_tap_without_script_is_a_row_but_a_redirect_is_not(void **state)
{
    struct fixture *f = *state;
    FLAT_OF(f, STR("page"), STR("view"), STR("clicks"));
    ADD_ALL(f, "{\"id\":\"1\"," AT("01", "10:00:00") ",\"event\":\"click\",\"page\":\"/a\"}",
            "{\"id\":\"2\"," AT("01", "10:00:00") ",\"event\":\"redirect\",\"page\":\"/a\"}",
            "{\"id\":\"3\"," AT("01", "10:00:00") ",\"event\":\"gap\",\"n\":3}");
    assert_at_end(f, "/a|false|1 ");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

TEST_MAIN(TEST(what_counts_goes_on_at_once), TEST(a_bots_events_go_with_its_view),
          TEST(what_is_asked_for_is_in), TEST(a_click_waits_for_its_view),
          TEST(a_click_whose_view_is_missing_waits_a_minute),
          TEST(what_knows_no_page_view_is_judged_by_itself),
          TEST(the_scripts_own_token_needs_no_view), TEST(a_prefetch_counts_once_it_is_seen),
          TEST(repeated_events_are_given_once),
          TEST(the_range_is_of_events_but_their_views_may_be_before),
          TEST(another_journal_begins_where_time_falls_back),
          TEST(damage_is_told_and_hides_nothing), TEST(who_takes_no_more_ends_it),
          TEST(a_page_view_is_one_row), TEST(the_first_tap_is_told_and_which_others_there_were),
          TEST(the_last_summary_counts), TEST(the_views_word_counts_and_seen_fills_its_gaps),
          TEST(page_views_that_do_not_count_are_left_out), TEST(a_page_view_is_told_after_a_day),
          TEST(a_tap_without_script_is_a_row_but_a_redirect_is_not))
