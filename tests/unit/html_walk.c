/* Walking HTML: what browsers make of what authors wrote. */
#include "site/html_walk.h"

#include "base/buf.h"
#include "base/err.h"
#include "support/test.h"

static void on_element(void *context, const struct html_element *element)
{
    struct buf *seen = context;
    const char *source = html_attribute(element, "src");
    buf_printf(seen, "<%s%s%s>", element->name, source ? " " : "", source ? source : "");
}

static void on_text(void *context, struct str text, const struct html_element *parent)
{
    struct buf *seen = context;
    if (html_is_within(parent, "p"))
        buf_printf(seen, "[%.*s in %s]", STR_ARG(text), parent->name);
}

static void assert_walk(const char *html, const char *expected)
{
    static const struct html_visitor visitor = {on_element, on_text};
    struct buf seen = BUF_EMPTY;
    assert_int_equal(html_walk(str_from(html), &visitor, &seen), 0);
    assert_str(buf_str(&seen), str_from(expected));
    buf_finish(&seen);
}

static void elements_come_in_order_as_browsers_see_them(void **state)
{
    (void)state;
    assert_walk("<p>Uno<img src=a.png>", "<html><head><body><p>[Uno in p]<img a.png>");
    assert_walk("<P>a<B>b</P>c", "<html><head><body><p>[a in p]<b>[b in b]<b>");
    assert_walk("", "<html><head><body>");
}

static void what_is_commented_out_or_text_is_no_element(void **state)
{
    (void)state;
    assert_walk("<!-- <img src=x> --><p>&lt;img&gt;", "<html><head><body><p>[<img> in p]");
    assert_walk("<script>'<img src=x>'</script>", "<html><head><script><body>");
}

static void html_that_would_take_too_deep_a_tree_is_refused(void **state)
{
    (void)state;
    static const struct html_visitor visitor = {on_element, NULL};
    struct buf html = BUF_EMPTY;
    struct buf seen = BUF_EMPTY;
    for (int i = 0; i < 20000; i++)
        buf_append(&html, STR("<div>"));
    assert_int_equal(html_walk(buf_str(&html), &visitor, &seen), 0);
    buf_append(&html, STR("<div>"));
    buf_clear(&seen);
    assert_int_equal(html_walk(buf_str(&html), &visitor, &seen), ERR_TOO_LARGE);
    assert_int_equal(seen.len, 0);
    buf_finish(&html);
    buf_finish(&seen);
}

TEST_MAIN(cmocka_unit_test(elements_come_in_order_as_browsers_see_them),
          cmocka_unit_test(what_is_commented_out_or_text_is_no_element),
          cmocka_unit_test(html_that_would_take_too_deep_a_tree_is_refused))
