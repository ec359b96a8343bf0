/* Limits: whoever brings too much is stopped, and nobody else, and nothing lasts. */
#include "capture/limit.h"

#include "base/hash.h"

#include "support/test.h"

#include <stdio.h>

enum { HOUR_MS = 3600 * 1000 };

static struct limit *limit_of(unsigned per_second, unsigned at_once)
{
    const struct limit_options options = {per_second, at_once, 1024};
    struct limit *limit;
    assert_int_equal(limit_create(&limit, &options), 0);
    return limit;
}

static unsigned taken(struct limit *limit, struct str who, unsigned tries, uint64_t now)
{
    unsigned n = 0;
    for (unsigned i = 0; i < tries; i++)
        n += limit_take(limit, who, 1, now);
    return n;
}

static void so_many_at_once_and_then_so_many_a_second(void **state)
{
    (void)state;
    struct limit *limit = limit_of(2, 60);
    assert_int_equal(taken(limit, STR("a"), 100, HOUR_MS), 60);
    assert_int_equal(taken(limit, STR("a"), 100, HOUR_MS + 499), 0);
    assert_int_equal(taken(limit, STR("a"), 100, HOUR_MS + 500), 1);
    assert_int_equal(taken(limit, STR("a"), 100, HOUR_MS + 10500), 20);
    assert_int_equal(taken(limit, STR("a"), 100, 2 * HOUR_MS), 60);
    limit_destroy(limit);
}

static void a_flood_of_one_harms_no_other(void **state)
{
    (void)state;
    struct limit *limit = limit_of(1, 10);
    assert_int_equal(taken(limit, STR("flood"), 100000, HOUR_MS), 10);
    for (int i = 0; i < 100; i++) {
        char who[16];
        int len = snprintf(who, sizeof who, "visitor %d", i);
        assert_int_equal(taken(limit, str_make(who, (size_t)len), 10, HOUR_MS), 10);
    }
    assert_int_equal(taken(limit, STR("flood"), 100, HOUR_MS), 0);
    limit_destroy(limit);
}

static void several_are_taken_together_or_not_at_all(void **state)
{
    (void)state;
    struct limit *limit = limit_of(1, 10);
    assert_true(limit_take(limit, STR("a"), 8, HOUR_MS));
    assert_false(limit_take(limit, STR("a"), 3, HOUR_MS));
    assert_true(limit_take(limit, STR("a"), 2, HOUR_MS));
    assert_false(limit_take(limit, STR("a"), 1, HOUR_MS));
    limit_destroy(limit);
}

static void more_of_them_than_places_take_no_more_memory(void **state)
{
    (void)state;
    struct limit *limit = limit_of(1, 1);
    for (int i = 0; i < 100000; i++) {
        struct str who = str_make((const char *)&i, sizeof i);
        assert_true(limit_take(limit, who, 1, HOUR_MS + (uint64_t)i));
    }
    limit_destroy(limit);
}

/* Whoever floods must not get rid of what is known of him by bringing others along. */
static void in_a_full_table_whoever_has_brought_least_goes(void **state)
{
    (void)state;
    const struct limit_options options = {.per_second = 1, .at_once = 10, .places = 4};
    struct limit *limit;
    assert_int_equal(limit_create(&limit, &options), 0);
    assert_int_equal(taken(limit, STR("flood"), 100, HOUR_MS), 10);
    for (int i = 0; i < 20; i++) {
        char who[16];
        int len = snprintf(who, sizeof who, "other %d", i);
        assert_int_equal(taken(limit, str_make(who, (size_t)len), 1, HOUR_MS), 1);
    }
    assert_int_equal(taken(limit, STR("flood"), 100, HOUR_MS), 0);
    limit_destroy(limit);
}

static void without_a_rate_there_is_no_limit(void **state)
{
    (void)state;
    struct limit *limit = limit_of(0, 0);
    assert_int_equal(taken(limit, STR("a"), 100000, HOUR_MS), 100000);
    limit_destroy(limit);
}

static int set_up(void **state)
{
    (void)state;
    return hash_init();
}

TEST_MAIN_WITH(set_up, NULL, cmocka_unit_test(so_many_at_once_and_then_so_many_a_second),
               cmocka_unit_test(a_flood_of_one_harms_no_other),
               cmocka_unit_test(several_are_taken_together_or_not_at_all),
               cmocka_unit_test(more_of_them_than_places_take_no_more_memory),
               cmocka_unit_test(in_a_full_table_whoever_has_brought_least_goes),
               cmocka_unit_test(without_a_rate_there_is_no_limit))
