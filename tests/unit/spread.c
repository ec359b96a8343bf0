/* Counted values give the quantiles that the values themselves give. */
#include "support/quantile.h"
#include "support/test.h"

#include "insight/spread.h"

#include <math.h>

enum { COUNT = 50000 };

static uint64_t random_below(uint64_t *random, uint64_t bound)
{
    *random = *random * 6364136223846793005 + 1442695040888963407;
    return (*random >> 20) % bound;
}

static void assert_quantiles(struct spread *spread, double *values, size_t count, double slack)
{
    static const double parts[] = {0, 0.1, 0.5, 0.75, 0.9, 1};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        double expected = quantile_of(values, count, parts[i]);
        double actual = spread_quantile(spread, parts[i]);
        if (!(fabs(actual - expected) <= slack * expected))
            fail_msg("%f is not %f", actual, expected);
    }
}

/* `parts` spreads are filled in turn and then put together. */
static void compare(size_t count, uint64_t bound, size_t parts, double slack)
{
    static double values[COUNT];
    struct spread spreads[8] = {{0}};
    uint64_t random = 20261122;
    for (size_t i = 0; i < count; i++) {
        uint64_t value = random_below(&random, bound);
        values[i] = (double)value;
        assert_int_equal(spread_add(&spreads[i % parts], value), 0);
    }
    for (size_t i = 1; i < parts; i++)
        assert_int_equal(spread_take(&spreads[0], &spreads[i]), 0);
    assert_int_equal(spreads[0].count, count);
    assert_quantiles(&spreads[0], values, count, slack);
    spread_finish(&spreads[0]);
}

static void small_values_are_exact_however_many(void **state)
{
    (void)state;
    static const size_t counts[] = {1, 2, 3, 4, 5, 100, 1023, 1024, 1025, 1026, COUNT};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        compare(counts[i], SPREAD_EXACT, 1, 0);
        compare(counts[i], 7, 1, 0);
    }
}

static void large_values_have_four_digits(void **state)
{
    (void)state;
    compare(COUNT, 1000000, 1, 1.0 / SPREAD_EXACT);
    compare(COUNT, UINT32_MAX, 1, 1.0 / SPREAD_EXACT);
    compare(COUNT, SPREAD_MAX, 1, 1.0 / SPREAD_EXACT);
    compare(1025, SPREAD_MAX, 8, 1.0 / SPREAD_EXACT);
}

static void few_values_are_exact(void **state)
{
    (void)state;
    static const uint64_t times[] = {90000, 100001, 40000, 0};
    struct spread spread = {0};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        assert_int_equal(spread_add(&spread, times[i]), 0);
    assert_true(fabs(spread_quantile(&spread, 0.5) - 65000) < 1e-6);
    assert_true(fabs(spread_quantile(&spread, 0.9) - 97000.7) < 1e-6);
    assert_true(spread_quantile(&spread, 1) == 100001);
    spread_finish(&spread);
    compare(SPREAD_KNOWN, SPREAD_MAX, 1, 0);
    compare(SPREAD_KNOWN, SPREAD_MAX, 8, 0);
}

/* Small ones are counted soon, wide apart ones stay a list for long. */
static uint64_t small_or_large(uint64_t i)
{
    return i < 1500 ? i : (i - 1500) * (i - 1500) * (i - 1500) * 200;
}

/* What is told does not depend on how values are kept, and so not on the order in which they come.
 */
static void the_order_makes_no_difference(void **state)
{
    (void)state;
    enum { MANY = 3000 };
    struct spread up = {0};
    struct spread down = {0};
    for (uint64_t i = 0; i < MANY; i++) {
        assert_int_equal(spread_add(&up, small_or_large(i)), 0);
        assert_int_equal(spread_add(&down, small_or_large(MANY - 1 - i)), 0);
    }
    assert_non_null(up.blocks);
    assert_null(down.blocks);
    for (int q = 0; q <= 100; q++)
        assert_true(spread_quantile(&up, q / 100.0) == spread_quantile(&down, q / 100.0));
    spread_finish(&up);
    spread_finish(&down);
}

/* Half an hour's milliseconds: as a list as long as counting would take more memory. */
static void values_are_counted_when_that_takes_less(void **state)
{
    (void)state;
    struct spread spread = {0};
    uint64_t random = 1;
    for (size_t n = 1; n <= 100000; n++) {
        assert_int_equal(spread_add(&spread, random_below(&random, 1800000)), 0);
        if (n == 8192)
            assert_null(spread.blocks);
        if (n == 32769)
            assert_non_null(spread.blocks);
    }
    spread_finish(&spread);
}

/* A thousand and more of them. */
static void the_largest_and_the_round_ones_are_told(void **state)
{
    (void)state;
    static const uint64_t values[] = {0, 8191, 8192, 16384, 60000, UINT32_MAX, SPREAD_MAX};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct spread spread = {0};
        for (int n = 0; n < 2000; n++)
            assert_int_equal(spread_add(&spread, values[i]), 0);
        double told = spread_quantile(&spread, 0.5);
        assert_true(fabs(told - (double)values[i]) <= (double)values[i] / SPREAD_EXACT);
        assert_true(values[i] > 60000 || told == (double)values[i]);
        spread_finish(&spread);
    }
}

static void what_is_too_large_is_the_largest(void **state)
{
    (void)state;
    struct spread spread = {0};
    assert_int_equal(spread_add(&spread, UINT64_MAX), 0);
    assert_true(spread_quantile(&spread, 0.5) == (double)SPREAD_MAX);
    spread_finish(&spread);
}

/* Some parts have few values and some many. */
static void parts_together_are_the_whole(void **state)
{
    (void)state;
    static const size_t counts[] = {8, 1000, 3000, 8 * 1024, 8 * 1024 + 5, COUNT};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        compare(counts[i], SPREAD_EXACT, 8, 0);
        compare(counts[i], SPREAD_EXACT, 3, 0);
    }
    struct spread many = {0};
    struct spread few = {0};
    for (uint32_t i = 0; i < 5000; i++)
        assert_int_equal(spread_add(&many, 10), 0);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(spread_add(&few, 20), 0);
    assert_int_equal(spread_take(&few, &many), 0);
    assert_int_equal(few.count, 5003);
    assert_true(spread_quantile(&few, 0.5) == 10 && spread_quantile(&few, 1) == 20);
    assert_int_equal(many.count, 0);
    assert_true(isnan(spread_quantile(&many, 0.5)));
    spread_finish(&few);
}

TEST_MAIN(cmocka_unit_test(small_values_are_exact_however_many),
          cmocka_unit_test(large_values_have_four_digits), cmocka_unit_test(few_values_are_exact),
          cmocka_unit_test(what_is_too_large_is_the_largest),
          cmocka_unit_test(the_order_makes_no_difference),
          cmocka_unit_test(values_are_counted_when_that_takes_less),
          cmocka_unit_test(the_largest_and_the_round_ones_are_told),
          cmocka_unit_test(parts_together_are_the_whole))
