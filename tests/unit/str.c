/* Slices: what cutting, comparing and reading must give. */
#include "support/test.h"

#include "base/err.h"

static void splitting_gives_every_part_even_empty_ones(void **state)
{
    (void)state;
    struct str rest = STR("a,,b,");
    struct str part;
    static const char *const expected[] = {"a", "", "b", ""};
    for (size_t i = 0; i < 4; i++) {
        assert_true(str_split(&rest, ',', &part));
        assert_str(part, str_from(expected[i]));
    }
    assert_false(str_split(&rest, ',', &part));
}

static void numbers_are_digits_only_and_never_wrap(void **state)
{
    (void)state;
    uint64_t n;
    assert_int_equal(str_to_u64(STR("18446744073709551615"), &n), 0);
    assert_true(n == UINT64_MAX);
    assert_int_equal(str_to_u64(STR("18446744073709551616"), &n), ERR_TOO_LARGE);
    assert_int_equal(str_to_u64(STR("99999999999999999999999"), &n), ERR_TOO_LARGE);
    assert_int_equal(str_to_u64(STR(""), &n), ERR_INVALID);
    assert_int_equal(str_to_u64(STR("+1"), &n), ERR_INVALID);
    assert_int_equal(str_to_u64(STR("1 "), &n), ERR_INVALID);
}

static void case_is_folded_in_ascii_only(void **state)
{
    (void)state;
    assert_true(str_eq_nocase(STR("Content-LENGTH"), STR("content-length")));
    assert_false(str_eq_nocase(STR("@"), STR("`")));
    assert_false(str_eq_nocase(STR("\xC3\x80"), STR("\xC3\xA0")));
    assert_true(str_starts_with_nocase(STR("HTTPS://a"), STR("https://")));
    assert_true(str_starts_with_nocase(STR("a"), STR("A")));
    assert_true(str_starts_with_nocase(STR(""), STR("")));
    assert_false(str_starts_with_nocase(STR("HTTPS:/"), STR("https://")));
}

static void utf8_is_shortest_form_without_surrogates(void **state)
{
    (void)state;
    assert_true(str_is_utf8(STR("perch\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x91\x9F")));
    assert_true(str_is_utf8(STR("\xF4\x8F\xBF\xBF")));
    assert_false(str_is_utf8(STR("\xC0\xAF")));
    assert_false(str_is_utf8(STR("\xE0\x80\xAF")));
    assert_false(str_is_utf8(STR("\xED\xA0\x80")));
    assert_false(str_is_utf8(STR("\xF4\x90\x80\x80")));
    assert_false(str_is_utf8(STR("\x80")));
    assert_false(str_is_utf8(STR("\xE2\x82")));
}

/* The table of the Unicode standard, 3.9 "U+FFFD Substitution of Maximal Subparts". */
static void what_is_not_utf8_falls_into_maximal_parts(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *parts; /* the length of each, or 'a' for a well-formed character of one byte */
    } cases[] = {
        {"\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41", "11111111a"},
        {"\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41", "11111111a"},
        {"\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42", "11111a11a"},
        {"\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", "2132a"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct str rest = str_from(cases[i].text);
        for (const char *part = cases[i].parts; *part; part++) {
            bool valid;
            assert_true(rest.len > 0);
            size_t n = str_utf8_char(rest, &valid);
            assert_int_equal(valid, *part == 'a');
            assert_int_equal(n, valid ? 1 : *part - '0');
            rest = str_skip(rest, n);
        }
        assert_int_equal(rest.len, 0);
    }
}

static void length_is_in_characters(void **state)
{
    (void)state;
    assert_int_equal(str_utf8_length(STR("perché €")), 8);
}

TEST_MAIN(cmocka_unit_test(splitting_gives_every_part_even_empty_ones),
          cmocka_unit_test(numbers_are_digits_only_and_never_wrap),
          cmocka_unit_test(case_is_folded_in_ascii_only),
          cmocka_unit_test(utf8_is_shortest_form_without_surrogates),
          cmocka_unit_test(what_is_not_utf8_falls_into_maximal_parts),
          cmocka_unit_test(length_is_in_characters))
