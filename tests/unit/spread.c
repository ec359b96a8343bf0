/* Counted values give the quantiles that the values themselves give. */
#include "support/test.h"

#include "insight/spread.h"
#include "insight/statistics.h"

#include <math.h>

enum { COUNT = 50000 };

static uint32_t random_below(uint64_t *random, uint32_t bound)
{
    *random = *random * 6364136223846793005 + 1442695040888963407;
    return (uint32_t)((*random >> 33) % bound);
}

static void assert_quantiles(struct spread *spread, double *values, size_t count, double slack)
{
    static const double parts[] = {0, 0.1, 0.5, 0.75, 0.9, 1};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        double expected = statistics_select(values, count, parts[i]);
        double actual = spread_quantile(spread, parts[i]);
        if (!(fabs(actual - expected) <= slack * expected))
            fail_msg("%f is not %f", actual, expected);
    }
}

/* `parts` spreads are filled in turn and then put together. */
static void compare(size_t count, uint32_t bound, size_t parts, double slack)
{
    static double values[COUNT];
    struct spread spreads[8] = {{0}};
    uint64_t random = 20261122;
    for (size_t i = 0; i < count; i++) {
        uint32_t value = random_below(&random, bound);
        values[i] = value;
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
    compare(100, UINT32_MAX, 1, 1.0 / SPREAD_EXACT);
}

static void the_largest_and_the_round_ones_are_told(void **state)
{
    (void)state;
    static const uint32_t values[] = {0, 8191, 8192, 16384, 60000, UINT32_MAX};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct spread spread = {0};
        assert_int_equal(spread_add(&spread, values[i]), 0);
        assert_true(fabs(spread_quantile(&spread, 0.5) - values[i]) <= values[i] / 8192.0);
        if (values[i] <= 60000)
            assert_true(spread_quantile(&spread, 0.5) == values[i]);
        spread_finish(&spread);
    }
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
          cmocka_unit_test(large_values_have_four_digits),
          cmocka_unit_test(the_largest_and_the_round_ones_are_told),
          cmocka_unit_test(parts_together_are_the_whole))
