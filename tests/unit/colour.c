/* Colours: their contrast, and text that can be read. */
#include "site/colour.h"

#include "support/test.h"

static struct colour colour(const char *text)
{
    struct colour c;
    assert_int_equal(colour_parse(str_from(text), &c), 0);
    return c;
}

static void contrast_is_what_wcag_says(void **state)
{
    (void)state;
    assert_float_equal(colour_contrast(colour("#000"), colour("#fff")), 21, 0.001);
    assert_float_equal(colour_contrast(colour("#ffffff"), colour("#777777")), 4.478, 0.001);
    assert_float_equal(colour_contrast(colour("#767676"), colour("#FFFFFF")), 4.542, 0.001);
}

static void text_keeps_its_colour_where_it_can_be_read(void **state)
{
    (void)state;
    struct colour green = colour_readable(colour("#0b6b4f"), colour("#fff"), colour("#000"));
    assert_int_equal(green.green, 0x6B);
    static const char *const brands[] = {"#ffcc00", "#fff", "#e30613", "#00a0e3", "#000"};
    for (size_t i = 0; i < sizeof brands / sizeof *brands; i++) {
        struct colour on_light =
            colour_readable(colour(brands[i]), colour("#fbfaf6"), colour("#000"));
        struct colour on_dark =
            colour_readable(colour(brands[i]), colour("#111412"), colour("#fff"));
        assert_true(colour_contrast(on_light, colour("#fbfaf6")) >= 4.5);
        assert_true(colour_contrast(on_dark, colour("#111412")) >= 4.5);
    }
}

static void what_is_no_colour_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"",        "#",   "#12",    "#1234",
                                        "#12345g", "red", "123456", "#1234567"};
    struct colour c;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_not_equal(colour_parse(str_from(texts[i]), &c), 0);
}

TEST_MAIN(cmocka_unit_test(contrast_is_what_wcag_says),
          cmocka_unit_test(text_keeps_its_colour_where_it_can_be_read),
          cmocka_unit_test(what_is_no_colour_is_refused))
