/* What pages carry so that events can be told of them. */
#include "support/page.h"
#include "support/test.h"

#include "base/fs.h"
#include "site/capture_js.h"

#include <stdio.h>

static struct str fields_of(const struct compiled_page *f)
{
    return f->compiled.resource->representations[CODING_IDENTITY].fields;
}

static void assert_policy_allows(const struct compiled_page *f, const char *script)
{
    char hash[HASH_BASE64_SIZE];
    hash_sha256_base64(hash, str_from(script));
    assert_contains(fields_of(f), str_from(hash));
}

static void a_page_reports_by_one_script_that_its_policy_allows(void **state)
{
    (void)state;
    struct compiled_page f = compile_file("a.md", "/a", SITE, STR(HEAD "---\nTesto\n"));
    assert_int_equal(occurrences(body_of(&f), "<script>{let "), 1);
    assert_contains(body_of(&f), str_from(capture_js));
    assert_policy_allows(&f, capture_js);
    assert_contains(fields_of(&f), STR("connect-src 'self'"));
    page_drop(&f);
}

static void links_to_act_on_report_without_script_too(void **state)
{
    (void)state;
    struct compiled_page f =
        compile_file("a.md", "/caff\xC3\xA8/pi\xC3\xB9&bello+", SITE,
                     STR(HEAD "cta:\n- call: Chiama\n- link: Compra\n  to: /x\n  id: shop\n---\n"));
    assert_contains(body_of(&f),
                    STR("data-cta=\"call\" href=\"tel:05215550100\" "
                        "ping=\"/_/p?p=/caff%25C3%25A8/pi%25C3%25B9%26bello%2B&amp;cta=call\">"));
    assert_contains(body_of(&f), STR("&amp;cta=shop\">"));
    page_drop(&f);
}

static void assert_silent(const char *file, const char *path, const char *site, const char *text)
{
    struct compiled_page f = compile_file(file, path, site, str_from(text));
    assert_non_null(f.compiled.resource);
    assert_int_equal(occurrences(body_of(&f), "PerformanceObserver"), 0);
    assert_int_equal(occurrences(body_of(&f), " ping="), 0);
    page_drop(&f);
}

static void what_is_not_recorded_does_not_report(void **state)
{
    (void)state;
    static const char html[] = "---\ndraft: true\n---\n<title>T</title><a data-cta=x href=/x>x</a>";
    assert_silent("a.md", "/a", SITE "capture: off\n", HEAD "cta: {call: x}\n---\n");
    assert_silent("a.html", "/a", SITE "capture: off\n", html + strlen("---\ndraft: true\n---\n"));
    assert_silent("a.md", "/a", SITE, HEAD "draft: true\ncta: {call: x}\n---\n");
    assert_silent("a.html", "/a", SITE, html);
    assert_silent("404.md", "/404", SITE, HEAD "cta: {call: x}\n---\n");
    assert_silent("a.md", "/a", SITE, HEAD "expires_at: 1969-01-01\ncta: {call: x}\n---\n");
}

static void a_site_may_do_without_token_and_journey(void **state)
{
    (void)state;
    struct compiled_page f =
        compile_file("a.md", "/a", SITE "capture: page\n", STR(HEAD "cta: {call: x}\n---\n"));
    assert_contains(body_of(&f), str_from(capture_page_js));
    assert_policy_allows(&f, capture_page_js);
    assert_int_equal(occurrences(body_of(&f), "#j="), 0);
    assert_int_equal(occurrences(body_of(&f), ".pv"), 0);
    assert_int_equal(occurrences(body_of(&f), " ping="), 1);
    page_drop(&f);
}

static void authors_html_reports_and_keeps_every_other_byte(void **state)
{
    (void)state;
    struct compiled_page f = compile_file(
        "a.html", "/a", SITE,
        STR("<!doctype html><html lang=it><head><title>T</title></head><body>\n"
            "<A data-cta=chat href='https://wa.me/39347'>a</A><button data-cta=more>b</button>"
            "<a data-cta=' due ' href=/x ping=/mio>c</a><a href=/y>d</a>"
            "<table><a data-cta=\"tr&egrave;\" href=/z>e</a></table>\n</body></html>\n"));
    assert_contains(body_of(&f),
                    STR("<body>\n<A ping=\"/_/p?p=/a&amp;cta=chat\" data-cta=chat "
                        "href='https://wa.me/39347'>a</A><button data-cta=more>b</button>"
                        "<a data-cta=' due ' href=/x ping=/mio>c</a><a href=/y>d</a>"
                        "<table><a ping=\"/_/p?p=/a&amp;cta=tr%C3%A8\" "
                        "data-cta=\"tr&egrave;\" href=/z>e</a></table>\n<script>"));
    assert_true(str_ends_with(body_of(&f), STR("</script>\n</body></html>\n")));
    assert_policy_allows(&f, capture_js);
    page_drop(&f);
}

/* --- weight */

static size_t compressed(struct str body)
{
    struct buf out = BUF_EMPTY;
    assert_int_equal(compress_body(CODING_BROTLI, TIER_BEST, body, &out), 0);
    size_t size = out.len;
    buf_finish(&out);
    return size;
}

/* How much more the sample page at that path weighs for it. */
static size_t weight_in(const char *path, const char *file)
{
    struct buf site = BUF_EMPTY;
    struct buf bytes = BUF_EMPTY;
    struct buf without = BUF_EMPTY;
    char name[256];
    (void)snprintf(name, sizeof name, "pages/%s", file);
    assert_int_equal(fs_read("pages/_site.yaml", 65536, &site), 0);
    assert_int_equal(fs_read(name, 65536, &bytes), 0);
    buf_append_char(&site, '\0');
    struct compiled_page f = compile_file(file, path, site.ptr, buf_str(&bytes));
    struct str body = body_of(&f);
    const char *begin = memmem(body.ptr, body.len, "<script>{let ", 13);
    const char *end = memmem(begin, (size_t)(body.ptr + body.len - begin), "</script>\n", 10);
    end += strlen("</script>\n");
    buf_append(&without, str_make(body.ptr, (size_t)(begin - body.ptr)));
    buf_append(&without, str_make(end, (size_t)(body.ptr + body.len - end)));
    size_t weight = compressed(body) - compressed(buf_str(&without));
    page_drop(&f);
    buf_finish(&without);
    buf_finish(&bytes);
    buf_finish(&site);
    return weight;
}

/* Brotli gives or takes a dozen bytes with what stands beside it. */
static void the_script_weighs_less_than_a_kilobyte(void **state)
{
    (void)state;
    static const char *const pages[][2] = {
        {"/", "index.md"},
        {"/privacy", "privacy.md"},
        {"/voglio-andare/negozio", "voglio-andare/negozio.md"},
        {"/voglio-fare/analisi-corsa", "voglio-fare/analisi-corsa.md"},
        {"/voglio-sapere/scegliere-scarpe", "voglio-sapere/scegliere-scarpe.md"},
    };
    enum { COUNT = sizeof pages / sizeof *pages };
    size_t sum = 0;
    for (size_t i = 0; i < COUNT; i++) {
        size_t weight = weight_in(pages[i][0], pages[i][1]);
        sum += weight;
        if (weight >= 1024)
            fail_msg("%zu B in %s", weight, pages[i][1]);
    }
    if (sum / COUNT >= 1000)
        fail_msg("%zu B on average", sum / COUNT);
}

TEST_MAIN(cmocka_unit_test(a_page_reports_by_one_script_that_its_policy_allows),
          cmocka_unit_test(links_to_act_on_report_without_script_too),
          cmocka_unit_test(what_is_not_recorded_does_not_report),
          cmocka_unit_test(a_site_may_do_without_token_and_journey),
          cmocka_unit_test(authors_html_reports_and_keeps_every_other_byte),
          cmocka_unit_test(the_script_weighs_less_than_a_kilobyte))
