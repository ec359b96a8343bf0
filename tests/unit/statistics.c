/* Intervals against constants that others have published. */
#include "support/test.h"

#include "insight/statistics.h"

#include <math.h>

static void assert_near(double actual, double expected, double tolerance)
{
    if (fabs(actual - expected) > tolerance)
        fail_msg("%.6f is not %.6f", actual, expected);
}

static void assert_interval(struct interval actual, double low, double high)
{
    assert_near(actual.low, low, 0.00005);
    assert_near(actual.high, high, 0.00005);
}

/* Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3. */
static void a_share_has_the_published_wilson_interval(void **state)
{
    (void)state;
    assert_interval(statistics_wilson(81, 263), 0.2553, 0.3662);
    assert_interval(statistics_wilson(15, 148), 0.0624, 0.1605);
    assert_interval(statistics_wilson(0, 20), 0, 0.1611);
    assert_interval(statistics_wilson(1, 29), 0.0061, 0.1718);
    assert_interval(statistics_wilson(4, 7), 0.2505, 0.8418);
}

static void the_ends_of_a_wilson_interval_are_exact(void **state)
{
    (void)state;
    assert_true(statistics_wilson(0, 3).low == 0);
    assert_true(statistics_wilson(3, 3).high == 1);
    assert_true(statistics_wilson(0, 0).low == 0 && statistics_wilson(0, 0).high == 1);
}

/* Newcombe 1998, "Interval estimation for the difference", table II, method 10. */
static void a_difference_has_the_published_newcombe_interval(void **state)
{
    (void)state;
    assert_interval(statistics_newcombe((struct share){56, 70}, (struct share){48, 80}), 0.0524,
                    0.3339);
    assert_interval(statistics_newcombe((struct share){9, 10}, (struct share){3, 10}), 0.1705,
                    0.8090);
    assert_interval(statistics_newcombe((struct share){5, 56}, (struct share){0, 29}), -0.0381,
                    0.1926);
    assert_interval(statistics_newcombe((struct share){0, 10}, (struct share){0, 20}), -0.1611,
                    0.2775);
}

static void a_difference_turned_round_is_the_same(void **state)
{
    (void)state;
    struct share a = {20, 200};
    struct share b = {34, 200};
    struct interval forth = statistics_newcombe(a, b);
    struct interval back = statistics_newcombe(b, a);
    assert_near(forth.low, -back.high, 1e-12);
    assert_near(forth.high, -back.low, 1e-12);
    assert_true(statistics_newcombe(a, (struct share){0, 0}).low == -1);
}

/* (1.96 + 0.84)^2 2pq / d^2 with p = 0.45 and d = 0.1: 388.5 in each of two equal arms, and so is
 * the harmonic mean of unequal ones, 380 and 398. */
static void how_many_more_trials_it_takes(void **state)
{
    (void)state;
    assert_int_equal(statistics_more_trials((struct share){190, 380}, (struct share){152, 380}),
                     18);
    assert_int_equal(statistics_more_trials((struct share){195, 390}, (struct share){156, 390}), 0);
    assert_true(statistics_more_trials((struct share){5, 10}, (struct share){40, 100}) ==
                UINT64_MAX);
    assert_true(statistics_more_trials((struct share){50, 100}, (struct share){50, 100}) ==
                UINT64_MAX);
    assert_true(statistics_more_trials((struct share){0, 0}, (struct share){1, 2}) == UINT64_MAX);
}

TEST_MAIN(cmocka_unit_test(a_share_has_the_published_wilson_interval),
          cmocka_unit_test(the_ends_of_a_wilson_interval_are_exact),
          cmocka_unit_test(a_difference_has_the_published_newcombe_interval),
          cmocka_unit_test(a_difference_turned_round_is_the_same),
          cmocka_unit_test(how_many_more_trials_it_takes))
