/* Markdown: what authors write is what visitors see. */
#include "support/test.h"

#include "base/err.h"
#include "site/markdown.h"

static void assert_html(const char *text, const char *expected)
{
    struct buf out = BUF_EMPTY;
    assert_int_equal(markdown_to_html(str_from(text), &out), 0);
    assert_str(buf_str(&out), str_from(expected));
    buf_finish(&out);
}

static void what_authors_use_is_rendered(void **state)
{
    (void)state;
    assert_html("", "");
    assert_html("## Orari\n", "<h2>Orari</h2>\n");
    assert_html("~~120~~ **99**", "<p><del>120</del> <strong>99</strong></p>\n");
    assert_html("| a |\n| --- |\n| b |\n",
                "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>b</td>\n"
                "</tr>\n</tbody>\n</table>\n");
    assert_html("a < b & \"c\"\n", "<p>a &lt; b &amp; &quot;c&quot;</p>\n");
}

static void html_passes_as_it_is_written(void **state)
{
    (void)state;
    assert_html("<div class=\"cards\">\n\n*a*\n\n</div>\n",
                "<div class=\"cards\">\n<p><em>a</em></p>\n</div>\n");
}

static void extensions_with_memory_errors_stay_off(void **state)
{
    (void)state;
    assert_html("https://a.example www.a.example a@b.example [[w]] $x$",
                "<p>https://a.example www.a.example a@b.example [[w]] $x$</p>\n");
}

static void files_from_windows_read_the_same(void **state)
{
    (void)state;
    assert_html("\xEF\xBB\xBF# a\r\n\r\nb\r\n", "<h1>a</h1>\n<p>b</p>\n");
}

static void what_is_too_large_or_not_utf8_is_refused(void **state)
{
    (void)state;
    struct buf out = BUF_EMPTY;
    char *large = malloc(MARKDOWN_SIZE_MAX + 1);
    assert_non_null(large);
    memset(large, 'x', MARKDOWN_SIZE_MAX + 1);
    assert_int_equal(markdown_to_html(str_make(large, MARKDOWN_SIZE_MAX + 1), &out), ERR_TOO_LARGE);
    assert_int_equal(markdown_to_html(str_make(large, MARKDOWN_SIZE_MAX), &out), 0);
    assert_int_equal(markdown_to_html(STR("caff\xE8"), &out), ERR_INVALID);
    free(large);
    buf_finish(&out);
}

/* What stands behind a text in memory is not part of it. */
static void a_text_may_end_within_a_link(void **state)
{
    (void)state;
    struct buf out = BUF_EMPTY;
    struct str text = STR("[a](/b)");
    text.len--;
    assert_int_equal(markdown_to_html(text, &out), 0);
    assert_str(buf_str(&out), STR("<p>[a](/b</p>\n"));
    buf_finish(&out);
}

TEST_MAIN(cmocka_unit_test(what_authors_use_is_rendered),
          cmocka_unit_test(html_passes_as_it_is_written),
          cmocka_unit_test(extensions_with_memory_errors_stay_off),
          cmocka_unit_test(files_from_windows_read_the_same),
          cmocka_unit_test(a_text_may_end_within_a_link),
          cmocka_unit_test(what_is_too_large_or_not_utf8_is_refused))
