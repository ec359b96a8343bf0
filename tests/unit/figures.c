/* How figures are written. */
#include "cli/figures.h"

#include "support/test.h"

static void assert_change(uint64_t before, uint64_t now, const char *expected)
{
    struct buf text = BUF_EMPTY;
    figures_append_change(&text, before, now, LANG_EN);
    assert_str(buf_str(&text), str_from(expected));
    assert_int_equal(figures_is_same(before, now), str_eq(buf_str(&text), STR("=")));
    buf_finish(&text);
}

static void a_change_is_told_as_far_as_it_is_one(void **state)
{
    (void)state;
    assert_change(700, 700, "=");
    assert_change(1000, 1004, "=");
    assert_change(1000, 996, "=");
    assert_change(200, 201, "+1%");
    assert_change(200, 199, "−1%");
    assert_change(8, 12, "+50%");
}

static void all_is_gone_only_where_nothing_is_left(void **state)
{
    (void)state;
    assert_change(1000, 3, "−99%");
    assert_change(1000, 0, "−100%");
    assert_change(0, 3, "–");
    assert_change(0, 0, "–");
}

TEST_MAIN(cmocka_unit_test(a_change_is_told_as_far_as_it_is_one),
          cmocka_unit_test(all_is_gone_only_where_nothing_is_left))
