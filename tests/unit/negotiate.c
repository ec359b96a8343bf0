/* Negotiation: which coding and which status a client's fields lead to. */
#include "http/negotiate.h"

#include "support/test.h"

#include <stdio.h>

enum { GZIP = 1U << CODING_GZIP, BROTLI = 1U << CODING_BROTLI, ALL = GZIP | BROTLI | 1U };

static enum coding chosen(const char *const *lines, unsigned available)
{
    struct negotiation n = {0};
    for (; *lines; lines++)
        negotiate_line(&n, str_from(*lines));
    struct accepted accepted = negotiate_finish(&n);
    return negotiate_choose(&accepted, available);
}

#define assert_chosen(line, available, coding) \
    assert_int_equal(chosen((const char *const[]){line, NULL}, available), CODING_##coding)

static void a_phone_gets_the_smallest_form_that_there_is(void **state)
{
    (void)state;
    assert_chosen("gzip, deflate, br, zstd", ALL, BROTLI);
    assert_chosen("gzip, deflate, br, zstd", 1U | GZIP, GZIP);
    assert_chosen("gzip, deflate, br, zstd", 1U, IDENTITY);
    assert_chosen("gzip,deflate,br,zstd", ALL, BROTLI);
    assert_chosen("gzip, deflate", ALL, GZIP);
}

static void what_browsers_send_is_recognised_as_what_it_says(void **state)
{
    (void)state;
    static const char *const usual[] = {"gzip, deflate, br, zstd", "gzip, deflate, br"};
    static const char *const others[] = {
        "",   "gzip, deflate, bs",      "gzip, deflate, br;q=0",
        "br", "gzip, deflate, br, zst", "gzip, deflate, br, zstd;q=0"};
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        struct negotiation n = {0};
        negotiate_line(&n, str_from(usual[i]));
        struct accepted read = negotiate_finish(&n);
        assert_true(negotiate_is_usual(str_from(usual[i])));
        for (unsigned available = 1; available <= ALL; available += 2)
            assert_int_equal(negotiate_smallest(available), negotiate_choose(&read, available));
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(negotiate_is_usual(str_from(others[i])));
}

static void quality_counts_more_than_size(void **state)
{
    (void)state;
    assert_chosen("br;q=0.5, gzip;q=0.8", ALL, GZIP);
    assert_chosen("br;q=0.5, gzip;q=0.501", ALL, GZIP);
    assert_chosen("identity, gzip;q=0.9, br;q=0.9", ALL, IDENTITY);
    assert_chosen("br ; q=0.2 ,\tgzip\t;\tQ=0.1", ALL, BROTLI);
    assert_chosen("br;q=1.000, gzip;q=0.999", ALL, BROTLI);
}

static void quality_zero_refuses(void **state)
{
    (void)state;
    assert_chosen("br;q=0, gzip", ALL, GZIP);
    assert_chosen("br;q=0.000, gzip;q=0.", ALL, IDENTITY);
    assert_chosen("gzip;q=0", 1U | GZIP, IDENTITY);
}

static void identity_answers_when_everything_is_refused(void **state)
{
    (void)state;
    assert_chosen("*;q=0", ALL, IDENTITY);
    assert_chosen("identity;q=0", 1U, IDENTITY);
    assert_chosen("identity;q=0, *;q=0", ALL, IDENTITY);
    assert_chosen("compress, zstd", ALL, IDENTITY);
}

static void identity_unnamed_comes_after_all_that_is_named(void **state)
{
    (void)state;
    assert_chosen("gzip;q=0.001", ALL, GZIP);
    assert_chosen("identity;q=0, br;q=0.001", ALL, BROTLI);
}

static void a_star_stands_for_what_is_not_named(void **state)
{
    (void)state;
    assert_chosen("*", ALL, BROTLI);
    assert_chosen("br;q=0, *", ALL, GZIP);
    assert_chosen("gzip;q=0.3, *;q=0.2", ALL, GZIP);
    assert_chosen("gzip;q=0.1, *;q=0.2", ALL, BROTLI);
    assert_chosen("gzip, *;q=0", ALL, GZIP);
}

static void names_are_read_in_any_case_and_x_gzip_is_gzip(void **state)
{
    (void)state;
    assert_chosen("GZip", ALL, GZIP);
    assert_chosen("BR", ALL, BROTLI);
    assert_chosen("x-gzip", ALL, GZIP);
    assert_chosen("IDENTITY;q=1, X-GZIP;q=0.5", ALL, IDENTITY);
}

static void what_is_malformed_is_passed_over_and_the_rest_counts(void **state)
{
    (void)state;
    static const char *const malformed[] = {
        "br;q=1.001", "br;q=2",   "br;q=-1", "br;q=0.1234", "br;q=",    "br;q",       "br;q=.5",
        "br;level=5", "br q=0.5", "br gzip", "br;q=1;x=1",  "br;q=0,5", "br;q= 0.5x", ";q=1",
        "br;;q=1",    ",,,",      "bro",     "b",           "\xFF\xFE", "br;q=1e0",
    };
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++) {
        char line[64];
        (void)snprintf(line, sizeof line, "%s,gzip;q=0.1", malformed[i]);
        if (chosen((const char *const[]){line, NULL}, ALL) != CODING_GZIP)
            fail_msg("\"%s\" was understood", malformed[i]);
    }
}

static void several_lines_are_one_list(void **state)
{
    (void)state;
    const char *const lines[] = {"gzip;q=0.5", "", "br;q=0.4", NULL};
    assert_int_equal(chosen(lines, ALL), CODING_GZIP);
    const char *const usual[] = {"*;q=0.5, br;q=0", "gzip, deflate, br", NULL};
    assert_int_equal(chosen(usual, ALL), CODING_BROTLI);
}

static void without_a_field_or_with_an_empty_one_nothing_is_encoded(void **state)
{
    (void)state;
    struct accepted accepted = negotiate_default();
    assert_int_equal(negotiate_choose(&accepted, ALL), CODING_IDENTITY);
    assert_chosen("", ALL, IDENTITY);
    assert_chosen(" ", ALL, IDENTITY);
}

static void a_field_at_the_end_of_memory_is_not_read_beyond(void **state)
{
    (void)state;
    /* Exactly allocated, so that the sanitizer sees one byte too many. */
    static const char *const lines[] = {"br", "br;", "br;q", "br;q=", "br;q=0", "br ", "gzip,"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        size_t length = strlen(lines[i]);
        char *copy = malloc(length);
        assert_non_null(copy);
        memcpy(copy, lines[i], length);
        struct negotiation n = {0};
        negotiate_line(&n, str_make(copy, length));
        assert_false(negotiate_etag_matches(str_make(copy, length), STR("\"x\"")));
        free(copy);
    }
}

static void a_client_that_has_the_page_is_recognised(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "\"abc\"",          "W/\"abc\"",          "\"x\", \"abc\"", "\"x\",W/\"abc\",\"y\"", "*",
        " \t\"abc\"\t ",    "\"a,b\", \"abc\"",   ", ,\"abc\"",     "garbage, \"abc\"",      " * ",
        "W/\"\", \"abc\" ", "W/x, \"\", \"abc\"",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        if (!negotiate_etag_matches(str_from(lines[i]), STR("\"abc\"")))
            fail_msg("%s does not match", lines[i]);
        if (*lines[i] != '*' && !negotiate_etag_matches(str_from(lines[i]), STR("W/\"abc\"")))
            fail_msg("%s does not match weakly", lines[i]);
    }
}

static void a_client_that_has_another_page_is_not(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "",          "\"abcd\"", "\"ab\"",      "abc",      "\"ABC\"",     "\"x,\"abc",
        "w/\"abc\"", "\"abc",    "\"*\", \"\"", "*, \"x\"", "W/W/\"abc\"",
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        if (negotiate_etag_matches(str_from(lines[i]), STR("\"abc\"")))
            fail_msg("%s matches", lines[i]);
}

static void only_strong_tags_match_strongly(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        bool matches;
    } cases[] = {
        {"\"abc\"", true}, {"W/\"abc\"", false}, {"W/\"abc\", \"abc\"", true},
        {"*", true},       {"\"abcd\"", false},  {"\"x\", W/\"abc\"", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (negotiate_etag_matches_strongly(str_from(cases[i].line), STR("\"abc\"")) !=
            cases[i].matches)
            fail_msg("%s should %smatch", cases[i].line, cases[i].matches ? "" : "not ");
    assert_false(negotiate_etag_matches_strongly(STR("\"abc\""), STR("W/\"abc\"")));
}

TEST_MAIN(cmocka_unit_test(a_phone_gets_the_smallest_form_that_there_is),
          cmocka_unit_test(what_browsers_send_is_recognised_as_what_it_says),
          cmocka_unit_test(quality_counts_more_than_size), cmocka_unit_test(quality_zero_refuses),
          cmocka_unit_test(identity_answers_when_everything_is_refused),
          cmocka_unit_test(identity_unnamed_comes_after_all_that_is_named),
          cmocka_unit_test(a_star_stands_for_what_is_not_named),
          cmocka_unit_test(names_are_read_in_any_case_and_x_gzip_is_gzip),
          cmocka_unit_test(what_is_malformed_is_passed_over_and_the_rest_counts),
          cmocka_unit_test(several_lines_are_one_list),
          cmocka_unit_test(without_a_field_or_with_an_empty_one_nothing_is_encoded),
          cmocka_unit_test(a_field_at_the_end_of_memory_is_not_read_beyond),
          cmocka_unit_test(a_client_that_has_the_page_is_recognised),
          cmocka_unit_test(a_client_that_has_another_page_is_not),
          cmocka_unit_test(only_strong_tags_match_strongly))
