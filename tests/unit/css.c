/* The addresses that a style fetches. */
#include "site/css.h"

#include "base/buf.h"
#include "support/test.h"

/* Its addresses, each with a space behind it, are those expected. */
static void assert_addresses(const char *style, const char *expected)
{
    struct str css = str_from(style);
    struct str address;
    struct buf found = BUF_EMPTY;
    while (css_next_address(&css, &address)) {
        buf_append(&found, address);
        buf_append_char(&found, ' ');
    }
    buf_append_char(&found, '\0');
    assert_string_equal(found.ptr, expected);
    buf_finish(&found);
}

static void addresses_stand_in_url_and_behind_import(void **state)
{
    (void)state;
    assert_addresses("a{b:url(x.png)} c{d:URL( \"y z.png\" ),url('w;.png')}",
                     "x.png y z.png w;.png ");
    assert_addresses("@import 'a.css';@IMPORT/**/\"b.css\" screen;@import url(c.css)",
                     "a.css b.css c.css ");
    assert_addresses("a{b:url(data:image/png;base64,AA==)}", "data:image/png;base64,AA== ");
    assert_addresses("a{b:c}", "");
    assert_addresses("", "");
}

static void comments_strings_and_namespaces_fetch_nothing(void **state)
{
    (void)state;
    assert_addresses("/* url(a) @import 'b' */c{d:url(e)}/* url(f)", "e ");
    assert_addresses(
        "@namespace url(http://www.w3.org/1999/xhtml);\n@namespace svg 'x';a{b:url(c)}", "c ");
    assert_addresses("a{content:'url(b)';c:url(d)}", "d ");
}

/* Else half of the style would be passed over, and the policy block what it fetches. */
static void what_only_looks_like_a_comment_or_a_string_hides_nothing(void **state)
{
    (void)state;
    assert_addresses("a{b:url(https://x.example/*/c.png)}d{e:url(f)}",
                     "https://x.example/*/c.png f ");
    assert_addresses("a{b:url(\"c/*d\")}e{content:\"/*\";f:url(g)}", "c/*d g ");
    assert_addresses("a{content:'\\'';b:url(c)}.d\\'e{f:url(g)}", "c g ");
    assert_addresses("/* l'ora */a{b:url(c)}", "c ");
    assert_addresses("a{content:'b\n;c:url(d)}", "d ");
}

static void styles_that_break_off_end(void **state)
{
    (void)state;
    static const char *const broken[] = {"@import", "@import ", "/*",           "/* ",       "'",
                                         "'a\\",    "\\",       "@namespace x", "@import /*"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        assert_addresses(broken[i], "");
    assert_addresses("url(", " ");
    assert_addresses("url('a", "a ");
    assert_addresses("url(a", "a ");
}

TEST_MAIN(cmocka_unit_test(addresses_stand_in_url_and_behind_import),
          cmocka_unit_test(comments_strings_and_namespaces_fetch_nothing),
          cmocka_unit_test(what_only_looks_like_a_comment_or_a_string_hides_nothing),
          cmocka_unit_test(styles_that_break_off_end))
