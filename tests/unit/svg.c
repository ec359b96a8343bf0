/* The lines of a scale stand at round numbers, not far above what is drawn. */
#include "support/test.h"

#include "insight/svg.h"

#include <math.h>

static void a_scale_ends_at_the_next_round_number(void **state)
{
    (void)state;
    static const struct {
        double value;
        double round;
    } cases[] = {
        {11500, 15000}, {15000, 15000}, {15001, 20000}, {23000, 25000},      {31, 40},
        {7, 8},         {8.5, 10},      {12, 15},       {9000001, 10000000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_float_equal(svg_round_up(cases[i].value), cases[i].round, 0);
}

static void nobody_is_counted_in_halves(void **state)
{
    (void)state;
    assert_float_equal(svg_round_up(1.5), 2, 0);
    assert_float_equal(svg_round_up(2.5), 3, 0);
}

static void an_empty_scale_has_one_step(void **state)
{
    (void)state;
    assert_float_equal(svg_round_up(0), 1, 0);
    assert_float_equal(svg_round_up(NAN), 1, 0);
}

TEST_MAIN(cmocka_unit_test(a_scale_ends_at_the_next_round_number),
          cmocka_unit_test(nobody_is_counted_in_halves),
          cmocka_unit_test(an_empty_scale_has_one_step))
