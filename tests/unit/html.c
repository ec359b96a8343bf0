/* HTML: elements are found where they stand, whatever the markup is like. */
#include "site/html.h"

#include "base/buf.h"
#include "base/err.h"
#include "support/test.h"

/* Every element of the document: its tag, and its start tag as the source has it. */
static void assert_elements(const char *source, const char *expected)
{
    struct html *html;
    struct html_element element = {0};
    struct buf found = BUF_EMPTY;
    assert_int_equal(html_parse(&html, str_from(source)), 0);
    while (html_next(html, &element))
        buf_printf(&found, "%s=%.*s ", element.tag, (int)(element.end - element.begin),
                   source + element.begin);
    assert_str(buf_str(&found), str_from(expected));
    buf_finish(&found);
    html_destroy(html);
}

static void elements_are_found_where_they_stand(void **state)
{
    (void)state;
    assert_elements("<!doctype html><html lang=it><head><title>a</title></head><body class='x'><p>b"
                    "<img src=a>",
                    "html=<html lang=it> head=<head> title=<title> body=<body class='x'> p=<p> "
                    "img=<img src=a> ");
    assert_elements("ciao <b\n>x", "html= head= body= b=<b\n> ");
    assert_elements("", "html= head= body= ");
    assert_elements("<!-- <p> --><script>'<p>'</script><textarea><p></textarea><x-y>",
                    "html= head= script=<script> body= textarea=<textarea> =<x-y> ");
}

static void attributes_and_texts_are_decoded(void **state)
{
    (void)state;
    struct html *html;
    struct html_element element = {0};
    struct str value;
    assert_int_equal(html_parse(&html, STR("\n<a DATA-CTA=\"a&amp;b\" hidden>\xC3\xA8 &euro;</a>")),
                     0);
    while (html_next(html, &element) && strcmp(element.tag, "a") != 0)
        continue;
    assert_true(html_attribute(&element, "data-cta", &value));
    assert_str(value, STR("a&b"));
    assert_true(html_attribute(&element, "hidden", &value));
    assert_false(html_attribute(&element, "href", &value));
    assert_str(element.text, STR("\xC3\xA8 \xE2\x82\xAC"));
    assert_int_equal(element.line, 2);
    html_destroy(html);
}

/* A tree as deep as the source is long, and one that is far larger than it. */
static void hostile_markup_ends_in_time(void **state)
{
    (void)state;
    struct buf deep = BUF_EMPTY;
    struct buf wide = BUF_EMPTY;
    struct html *html;
    struct html_element element = {0};
    size_t count = 0;
    for (int i = 0; i < 100000; i++)
        buf_append(&deep, STR("<div>"));
    assert_int_equal(html_parse(&html, buf_str(&deep)), 0);
    while (html_next(html, &element))
        count++;
    assert_int_equal(count, 100003);
    html_destroy(html);

    buf_append(&wide, STR("<p>"));
    for (int i = 0; i < 2000; i++)
        buf_printf(&wide, "<font color=%d>", i);
    for (int i = 0; i < 2000; i++)
        buf_append(&wide, STR("</p><p>x"));
    int rc = html_parse(&html, buf_str(&wide));
    assert_int_equal(rc, ERR_TOO_LARGE);
    buf_finish(&deep);
    buf_finish(&wide);
}

static void note_element(void *context, const struct html_element *element)
{
    const char *source = html_value(element, "src");
    buf_printf(context, "<%s%s%s>", element->tag, source ? " " : "", source ? source : "");
}

static void note_text(void *context, struct str text, const struct html_element *parent)
{
    if (html_is_within(parent, "p"))
        buf_printf(context, "[%.*s in %s]", STR_ARG(text), parent->tag);
}

static void note_end(void *context, const struct html_element *element)
{
    if (html_is_within(element, "p"))
        buf_printf(context, "</%s>", element->tag);
}

static void assert_visit(const char *source, const char *expected)
{
    static const struct html_visitor visitor = {note_element, note_text, note_end};
    struct html *html;
    struct buf seen = BUF_EMPTY;
    assert_int_equal(html_parse(&html, str_from(source)), 0);
    html_visit(html, &visitor, &seen);
    assert_str(buf_str(&seen), str_from(expected));
    html_destroy(html);
    buf_finish(&seen);
}

static void a_visit_goes_through_elements_and_texts_in_order(void **state)
{
    (void)state;
    assert_visit("<p>Uno<img src=a.png>", "<html><head><body><p>[Uno in p]<img a.png></img></p>");
    assert_visit("<P>a<B>b</P>c", "<html><head><body><p>[a in p]<b>[b in b]</b></p><b>");
    assert_visit("<!-- <img src=x> --><p>&lt;img&gt;", "<html><head><body><p>[<img> in p]</p>");
    assert_visit("", "<html><head><body>");
}

TEST_MAIN(cmocka_unit_test(a_visit_goes_through_elements_and_texts_in_order),
          cmocka_unit_test(elements_are_found_where_they_stand),
          cmocka_unit_test(attributes_and_texts_are_decoded),
          cmocka_unit_test(hostile_markup_ends_in_time))
