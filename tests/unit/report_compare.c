/* Two times compared: what may be said of them, and what not. */
#include "insight/report_compare.h"

#include "support/test.h"

#include <math.h>

static enum verdict judge(struct report_counts before, struct report_counts after)
{
    return report_compare(&before, &after).verdict;
}

static void a_difference_is_told_where_its_interval_leaves_out_zero(void **state)
{
    (void)state;
    const struct report_counts before = {200, 200, 0, 20};
    assert_int_equal(judge(before, (struct report_counts){200, 200, 0, 60}), VERDICT_HIGHER);
    assert_int_equal(judge((struct report_counts){200, 200, 0, 60}, before), VERDICT_LOWER);
    assert_int_equal(judge(before, before), VERDICT_SAME);
    /* Published with z = 2.048, p = 0.0405: the interval just leaves it out. */
    assert_int_equal(judge(before, (struct report_counts){200, 200, 0, 34}), VERDICT_HIGHER);
    assert_int_equal(judge(before, (struct report_counts){200, 200, 0, 32}), VERDICT_SAME);
}

static void what_takes_more_views_to_show_says_how_many(void **state)
{
    (void)state;
    const struct report_counts before = {2000, 2000, 0, 200};
    const struct report_counts after = {100, 100, 0, 15};
    struct comparison c = report_compare(&before, &after);
    assert_int_equal(c.verdict, VERDICT_SAME);
    assert_in_range(c.more, 200, 300);
    const uint64_t seen = 100 + c.more;
    assert_int_equal(judge(before, (struct report_counts){seen, seen, 0, seen * 15 / 100}),
                     VERDICT_HIGHER);
}

static void unlike_coverage_allows_no_verdict(void **state)
{
    (void)state;
    const struct report_counts before = {1000, 1000, 0, 100};
    assert_int_equal(judge(before, (struct report_counts){1000, 951, 0, 300}), VERDICT_HIGHER);
    assert_int_equal(judge(before, (struct report_counts){1000, 949, 0, 300}), VERDICT_COVERAGE);
    assert_int_equal(judge((struct report_counts){1000, 949, 0, 300}, before), VERDICT_COVERAGE);
    /* Of a time in which no view was recorded nobody knows the coverage. */
    assert_int_equal(judge(before, (struct report_counts){0, 500, 0, 50}), VERDICT_COVERAGE);
    assert_int_equal(
        judge((struct report_counts){0, 500, 0, 50}, (struct report_counts){0, 500, 0, 150}),
        VERDICT_HIGHER);
}

static void of_nothing_there_is_none(void **state)
{
    (void)state;
    const struct report_counts some = {10, 10, 0, 1};
    assert_int_equal(judge((struct report_counts){0}, some), VERDICT_NONE);
    assert_int_equal(judge(some, (struct report_counts){5, 0, 0, 0}), VERDICT_NONE);
}

TEST_MAIN(cmocka_unit_test(a_difference_is_told_where_its_interval_leaves_out_zero),
          cmocka_unit_test(what_takes_more_views_to_show_says_how_many),
          cmocka_unit_test(unlike_coverage_allows_no_verdict),
          cmocka_unit_test(of_nothing_there_is_none))
