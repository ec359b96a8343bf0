/* What is over is known when it comes again, but not remembered for ever. */
#include "insight/recall.h"
#include "insight/units.h"
#include "journal/token_date.h"

#include "support/journals.h"
#include "support/test.h"

#include <stdio.h>

static const int64_t hour_ms = 3600 * 1000;
static const int64_t day_ms = INT64_C(24) * 3600 * 1000;
static const int64_t begin_ms = 1795132800000;

/* --- keys ----------------------------------------------------------------------------------- */

static uint64_t key_of(int64_t ms, int number)
{
    char token[JOURNAL_TOKEN];
    journal_token(token, ms, number);
    return view_key(str_from(token), token_date(str_from(token)));
}

static void a_tokens_key_tells_when_it_was_made(void **state)
{
    const int64_t span_ms = INT64_C(1) << VIEW_KEY_SPAN_BITS;
    (void)state;
    for (int64_t ms = begin_ms; ms < begin_ms + 400 * day_ms; ms += 98765432) {
        int64_t made_ms = view_key_made_ms(key_of(ms, 1));
        assert_true(made_ms > ms);
        assert_true(made_ms <= ms + span_ms);
    }
    assert_true(view_key_made_ms(key_of(INT64_C(1650000000000), 1)) < INT64_MAX);
    assert_true(view_key_made_ms(key_of(INT64_C(2700000000000), 1)) < INT64_MAX);
}

static void other_texts_have_no_date(void **state)
{
    static const char *const others[] = {
        "p3",
        "AZ_BCDEFABCDEFGHIJK",
        "AZ_BCDEFABCDEFGHIJKLM",
        "AZ.BCDEFABCDEFGHIJKL",
        "AZ\xffGHIJKABCDEFGHIJKL",
        "01234567890123456789",
        "cv37s2lq5v6c73b9v2pg",
        "AAAAAAAAAAAAAAAAAAAA",
        "A___________________",
    };
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_true(view_key_made_ms(view_key(str_from(others[i]),
                                              token_date(str_from(others[i])))) == INT64_MAX);
    assert_true(view_key_made_ms(view_key_without_id(STR("AZ_BCDEFABCDEFGHIJKL"))) == INT64_MAX);
    assert_int_equal(view_key(STR(""), -1), 0);
    assert_int_equal(view_key((struct str){0}, -1), 0);
}

/* A hundred thousand of one moment, and as many that have no date. */
static void keys_of_one_moment_are_different(void **state)
{
    enum { KEYS = 100000 };
    struct keyset set = {0};
    (void)state;
    for (int i = 0; i < KEYS; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "p%d", i);
        assert_int_equal(keyset_add(&set, key_of(begin_ms, i)), 0);
        assert_int_equal(keyset_add(&set, view_key(str_from(name), -1)), 0);
    }
    assert_int_equal(set.count, 2 * KEYS);
    keyset_finish(&set);
}

/* --- what is remembered --------------------------------------------------------------------- */

/* Forty an hour for sixty days: each is known, or may have been there, whenever it comes. */
static void a_dated_key_is_forgotten_but_not_denied(void **state)
{
    enum { HOURS = 60 * 24, EACH = 40 };
    struct recall recall = {0};
    (void)state;
    for (int hour = 0; hour < HOURS; hour++) {
        recall_settle(&recall, begin_ms + hour * hour_ms);
        for (int i = 0; i < EACH; i++)
            assert_int_equal(recall_add(&recall, key_of(begin_ms + hour * hour_ms, i)), 0);
        for (int before = hour; before >= 0; before--) {
            uint64_t key = key_of(begin_ms + before * hour_ms, before % EACH);
            bool may_be_missed = recall_may_have_forgotten(&recall, key);
            assert_true(recall_has(&recall, key) || may_be_missed);
            assert_true(!may_be_missed || hour - before >= 144);
        }
        assert_true(recall.keys.room <= (size_t)6 * 7 * 24 * EACH);
    }
    recall_finish(&recall);
}

static void what_has_no_date_is_kept(void **state)
{
    struct recall recall = {0};
    (void)state;
    for (int day = 0; day < 200; day++) {
        char name[16];
        (void)snprintf(name, sizeof name, "p%d", day);
        recall_settle(&recall, begin_ms + day * day_ms);
        assert_int_equal(recall_add(&recall, view_key(str_from(name), -1)), 0);
    }
    assert_int_equal(recall.keys.count, 200);
    recall_finish(&recall);
}

/* Nobody knows what comes yet, or nothing does. */
static void without_time_nothing_is_forgotten(void **state)
{
    struct recall recall = {0};
    (void)state;
    for (int hour = 0; hour < 2400; hour++) {
        recall_settle(&recall, hour % 2 ? INT64_MIN : INT64_MAX);
        assert_int_equal(recall_add(&recall, key_of(begin_ms + hour * hour_ms, 1)), 0);
    }
    assert_int_equal(recall.keys.count, 2400);
    recall_finish(&recall);
}

/* --- units ---------------------------------------------------------------------------------- */

static int on_unit(void *context, const struct placed *events, size_t count)
{
    size_t *units = context;
    (void)events;
    *units += count > 0;
    return 0;
}

static int add_at(struct units *units, int64_t begun_ms, int64_t ms)
{
    uint64_t key = key_of(begun_ms, 1);
    const struct placed event = {.ms = ms, .visit = key};
    return units_add(units, key, &event);
}

/* An hour each. */
static void pass_days(struct units *units, int days, const struct units_taker *taker)
{
    for (int hour = 0; hour < days * 24; hour++) {
        int64_t ms = begin_ms + hour * hour_ms;
        assert_int_equal(add_at(units, ms, ms), 0);
        assert_int_equal(units_give(units, ms, taker), 0);
    }
}

static void journeys_are_forgotten_but_not_denied(void **state)
{
    static const int ago_days[] = {6, 7, 10, 30, 59};
    (void)state;
    for (size_t i = 0; i < sizeof ago_days / sizeof *ago_days; i++) {
        struct units units;
        size_t given = 0;
        const struct units_taker taker = {on_unit, &given};
        int hour = (60 - ago_days[i]) * 24;
        units_init(&units, UNIT_JOURNEY);
        pass_days(&units, 60, &taker);
        assert_true(given > (size_t)54 * 24);
        assert_true(units.done.keys.count < (size_t)16 * 24);
        assert_int_equal(add_at(&units, begin_ms + hour * hour_ms, begin_ms + 60 * day_ms),
                         SCAN_AGAIN);
        units_finish(&units);
    }
}

/* One begins ten days before the others, and goes on behind them. */
static void journeys_without_a_date_are_kept_if_asked(void **state)
{
    (void)state;
    struct units units;
    size_t given = 0;
    const struct units_taker taker = {on_unit, &given};
    const uint64_t key = view_key(STR("of a script"), -1);
    const struct placed event = {.ms = begin_ms - 10 * day_ms, .visit = key};
    for (int keeps = 0; keeps < 2; keeps++) {
        units_init(&units, UNIT_JOURNEY);
        units.keeps_undated = keeps;
        given = 0;
        assert_int_equal(units_add(&units, key, &event), 0);
        assert_int_equal(units_give(&units, begin_ms, &taker), 0);
        assert_int_equal(given, keeps ? 0 : 1);
        pass_days(&units, 60, &taker);
        assert_int_equal(units_add(&units, key, &event), keeps ? 0 : SCAN_AGAIN_IN_ORDER);
        if (keeps) {
            assert_int_equal(units_give(&units, INT64_MAX, &taker), 0);
            assert_int_equal(units.table.count, 0);
        }
        units_finish(&units);
    }
}

TEST_MAIN(cmocka_unit_test(a_tokens_key_tells_when_it_was_made),
          cmocka_unit_test(other_texts_have_no_date),
          cmocka_unit_test(keys_of_one_moment_are_different),
          cmocka_unit_test(a_dated_key_is_forgotten_but_not_denied),
          cmocka_unit_test(what_has_no_date_is_kept),
          cmocka_unit_test(without_time_nothing_is_forgotten),
          cmocka_unit_test(journeys_are_forgotten_but_not_denied),
          cmocka_unit_test(journeys_without_a_date_are_kept_if_asked))
