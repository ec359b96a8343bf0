/* Spans: every byte is what the RFC says it is, wherever it stands. */
#include "http/span.h"

#include "support/test.h"

#include <ctype.h>

static bool is_token_char(unsigned char c)
{
    return c > ' ' && c < 0x7f && !strchr("\"(),/:;<=>?@[\\]{}", c);
}

static bool is_value_char(unsigned char c)
{
    return (c >= ' ' || c == '\t') && c != 0x7f;
}

/* Where each byte stands behind 0 to 40 good ones and before 0 to 20, in memory of just that size.
 */
static void expect_all(const char *(*span)(const char *at, const char *end),
                       bool (*is_good)(unsigned char c))
{
    enum { BEFORE = 40, BEHIND = 20 };
    for (size_t size = 0; size <= BEFORE + BEHIND; size++) {
        char *bytes = malloc(size ? size : 1);
        assert_non_null(bytes);
        memset(bytes, 'a', size);
        assert_ptr_equal(span(bytes, bytes + size), bytes + size);
        size_t first = size > BEHIND ? size - BEHIND : 0;
        for (size_t at = first; at < size; at++) {
            for (int c = 0; c < 256; c++) {
                bytes[at] = (char)c;
                const char *end = bytes + (is_good((unsigned char)c) ? size : at);
                assert_ptr_equal(span(bytes, bytes + size), end);
            }
            bytes[at] = 'a';
        }
        free(bytes);
    }
}

static void a_token_ends_before_the_first_byte_that_is_none_of_its_own(void **state)
{
    (void)state;
    expect_all(span_token, is_token_char);
}

static void a_value_ends_before_the_first_control_character(void **state)
{
    (void)state;
    expect_all(span_value, is_value_char);
}

static bool is_host_char(unsigned char c)
{
    return isalnum(c) || (c != '\0' && strchr("-._~!$&'()*+;=%", c));
}

static bool is_path_char(unsigned char c)
{
    return c > ' ' && c != '?' && c != '#';
}

static void a_host_ends_before_the_first_byte_that_is_none_of_its_own(void **state)
{
    (void)state;
    expect_all(span_host, is_host_char);
}

static void a_path_ends_before_query_fragment_and_space(void **state)
{
    (void)state;
    expect_all(span_path, is_path_char);
}

static void the_first_of_several_counts(void **state)
{
    (void)state;
    static const char text[] = "accept: text/html,\tapplication/xhtml+xml\r\n\r\n";
    const char *end = text + sizeof text - 1;
    assert_ptr_equal(span_token(text, end), strchr(text, ':'));
    assert_ptr_equal(span_value(text, end), strchr(text, '\r'));
    assert_ptr_equal(span_value(text + 20, end), strchr(text, '\r'));
}

TEST_MAIN(cmocka_unit_test(a_token_ends_before_the_first_byte_that_is_none_of_its_own),
          cmocka_unit_test(a_value_ends_before_the_first_control_character),
          cmocka_unit_test(a_host_ends_before_the_first_byte_that_is_none_of_its_own),
          cmocka_unit_test(a_path_ends_before_query_fragment_and_space),
          cmocka_unit_test(the_first_of_several_counts))
