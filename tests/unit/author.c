/* Authors' own HTML: what a page needs is put in, what may run in it is known, nothing else is
 * touched. */
#include "support/page.h"
#include "support/test.h"

/* Without the script and pings (tests/unit/capture_slot.c). */
#define QUIET SITE "capture: off\n"

/* Where `part` stands in the body, which must have it. */
static size_t place_of(struct str body, const char *part)
{
    const char *at = memmem(body.ptr, body.len, part, strlen(part));
    if (!at)
        fail_msg("%s is not in %.*s", part, STR_ARG(body));
    return (size_t)(at - body.ptr);
}

static void authors_html_gets_what_it_lacks_and_keeps_every_byte(void **state)
{
    (void)state;
    static const char head[] = "<!doctype html>\r\n<HTML lang=en><head>";
    static const char title[] = "<title>Il mio &amp; titolo</title>\r\n<style>p{color:red}</style>";
    static const char rest[] = "</HEAD ><body>\n<a data-cta=x href='tel:1' >Chi\xC3\xA0ma</a \n>";
    struct buf source = BUF_EMPTY;
    buf_printf(&source, "---\ndescription: Dal front matter\n---\n%s%s%s</body></html>\n", head,
               title, rest);
    struct compiled_page f = compile_file("a.html", "/a", QUIET, buf_str(&source));
    struct str body = body_of(&f);
    assert_true(str_starts_with(body, STR(head)));
    assert_int_equal(place_of(body, title), strlen(head));
    size_t end = place_of(body, rest);
    assert_true(place_of(body, "<meta charset=\"utf-8\">") < end);
    assert_true(place_of(body, "<meta name=\"viewport\"") < end);
    assert_true(place_of(body, "<link rel=\"canonical\" href=\"https://www.example.it/a\">") < end);
    assert_contains(body, STR("<meta name=\"description\" content=\"Dal front matter\">"));
    assert_contains(body, STR("<meta property=\"og:title\" content=\"Il mio &amp; titolo\">"));
    assert_int_equal(occurrences(body, "<title>"), 1);
    assert_true(str_ends_with(body, STR("</a \n></body></html>\n")));
    assert_int_equal(f.diags.count, 0);
    page_drop(&f);
    buf_finish(&source);
}

static void what_authors_html_has_is_not_added(void **state)
{
    (void)state;
    static const char page[] =
        "<!doctype html><title>T</title><meta charset=utf-8><meta name=Viewport content=x>"
        "<meta name=description content=d><link rel='x Canonical' href=/a><meta property=og:title "
        "content=o><link rel='shortcut icon' href=/i.png><p>Testo";
    struct compiled_page f = compile_file("a.html", "/a", QUIET, STR(page));
    assert_str(body_of(&f), STR(page));
    page_drop(&f);
}

static void html_without_head_or_body_gets_its_parts_all_the_same(void **state)
{
    (void)state;
    static const struct {
        const char *before;
        const char *after;
    } cases[] = {
        {"<!doctype html>\n", "<p>Ciao"},     {"<!doctype html><html>", "<body><p>Ciao</body>"},
        {"<!-- <head> -->", "<h1>Ciao</h1>"}, {"\xEF\xBB\xBF", "<p>Ciao"},
        {"<!doctype html>Ciao", ""},          {"<html><head>", "</head></html>"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf source = BUF_EMPTY;
        buf_printf(&source, "---\ntitle: Dal front matter\n---\n%s%s", cases[i].before,
                   cases[i].after);
        struct compiled_page f = compile_file("a.html", "/a", QUIET, buf_str(&source));
        struct str body = body_of(&f);
        assert_true(str_starts_with(body, str_from(cases[i].before)));
        assert_true(str_ends_with(body, str_from(cases[i].after)));
        assert_contains(body, STR("<title>Dal front matter</title>"));
        page_drop(&f);
        buf_finish(&source);
    }
    assert_not_published_as("a.html", "<!doctype html><p>Ciao", "the page has no title");
}

static void a_policy_for_authors_html_allows_what_stands_in_it(void **state)
{
    (void)state;
    struct compiled_page f = compile_file(
        "a.html", "/a", SITE,
        STR("<title>T</title><style>p{}</style><script>a()</script><script "
            "src='https://cdn.example/x.js'></script><p style='color:red' onclick='b()'>x"));
    struct str fields = f.compiled.resource->representations[CODING_IDENTITY].fields;
    static const char *const texts[] = {"p{}", "a()", "color:red", "b()"};
    for (size_t i = 0; i < 4; i++) {
        char hash[HASH_BASE64_SIZE];
        hash_sha256_base64(hash, str_from(texts[i]));
        assert_contains(fields, str_from(hash));
    }
    assert_contains(fields, STR("script-src 'self' https://cdn.example 'unsafe-hashes' 'sha256-"));
    page_drop(&f);

    f = compile_file(
        "a.html", "/a", SITE,
        STR("<title>T</title><meta http-equiv=content-security-policy content=\"x\"><p>"));
    fields = f.compiled.resource->representations[CODING_IDENTITY].fields;
    assert_int_equal(occurrences(fields, "Content-Security-Policy"), 0);
    page_drop(&f);
}

static void a_policy_names_each_origin_once_also_one_that_begins_another(void **state)
{
    (void)state;
    struct compiled_page f = compile_file(
        "a.html", "/a", SITE,
        STR("<title>T</title><img alt=x src=https://a.example:8443/x.png>"
            "<img alt=x src=https://a.example/x.png><img alt=x src=https://cdn.example.com/x.png>"
            "<img alt=x src=https://cdn.example.co/x.png><img alt=x src=//a.example/y.png>"
            "<svg><image xlink:href=HTTPS://svg.example/x /></svg>"
            "<link rel=preload imagesrcset='https://set.example/x 2x'>"
            "<script src=https://citt\u00E0.example/x></script>"));
    assert_int_equal(f.rc, 0);
    assert_contains(f.compiled.resource->representations[CODING_IDENTITY].fields,
                    STR("; img-src 'self' data: https://a.example:8443 https://a.example "
                        "https://cdn.example.com https://cdn.example.co "
                        "https://svg.example https://set.example; object-src"));
    page_drop(&f);
}

static void a_policy_names_the_origins_that_styles_fetch_from(void **state)
{
    (void)state;
    struct compiled_page f =
        compile_file("a.html", "/a", SITE,
                     STR("<title>T</title><style>@import 'https://css.example/x';@import URL( "
                         "\"//font.example/x\" );p{background:url(/own.png)}b{background:url(\n"
                         "https://img.example/x.png)}</style><p style='background:url(&quot;"
                         "https://one.example:8443/;&quot;)'>"
                         "<img alt=x src=https://img.example/y.png>"));
    assert_int_equal(f.rc, 0);
    struct str fields = f.compiled.resource->representations[CODING_IDENTITY].fields;
    assert_contains(fields, STR("; img-src 'self' data: https://img.example https://css.example "
                                "https://font.example https://one.example:8443; object-src"));
    assert_contains(fields, STR("; style-src 'self' https://img.example https://css.example"));
    assert_contains(fields, STR("; script-src 'self' https://img.example 'sha256-"));
    page_drop(&f);
}

/* Nobody else's header is longer for it. */
static void a_policy_allows_fonts_and_sounds_in_the_document_where_there_are_any(void **state)
{
    (void)state;
    static const struct {
        const char *html;
        const char *expected;
    } cases[] = {
        {"<style>@font-face{src:url(data:font/woff2;base64,AA)}@import '//css.example/x';</style>",
         "; img-src 'self' data: https://css.example; font-src 'self' data: https://css.example; "
         "object-src"},
        {"<p style='background:url( &quot;DATA:application/x-font-ttf;base64,AA&quot;)'>",
         "; img-src 'self' data:; font-src 'self' data:; object-src"},
        {"<audio src=' data:audio/ogg;base64,AA'></audio>",
         "; img-src 'self' data:; media-src 'self' data:; object-src"},
        {"<style>p{background:url(data:image/png;base64,AA)}</style><img alt=x src=data:image/png,>"
         "<video src=/v.mp4 poster=data:image/png,></video>",
         "; img-src 'self' data:; object-src"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf html = BUF_EMPTY;
        buf_printf(&html, "<title>T</title>%s", cases[i].html);
        struct compiled_page f = compile_file("a.html", "/a", SITE, buf_str(&html));
        assert_contains(f.compiled.resource->representations[CODING_IDENTITY].fields,
                        str_from(cases[i].expected));
        page_drop(&f);
        buf_finish(&html);
    }
}

static void a_policy_has_the_hashes_of_lines_as_browsers_end_them(void **state)
{
    (void)state;
    char hash[HASH_BASE64_SIZE];
    struct compiled_page f =
        compile_file("a.html", "/a", SITE,
                     STR("<title>T</title><style>p{\r\ncolor:red}</style><p style='a:\r\nb' "
                         "onclick='a(\r\n)'><script>b(\r\n)</script>"));
    static const struct str parts[] = {STR_INIT("p{\ncolor:red}"), STR_INIT("a:\nb"),
                                       STR_INIT("a(\n)"), STR_INIT("b(\n)")};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        hash_sha256_base64(hash, parts[i]);
        assert_contains(f.compiled.resource->representations[CODING_IDENTITY].fields,
                        str_from(hash));
    }
    page_drop(&f);
}

static void html_of_nothing_but_front_matter_is_a_page_with_a_head(void **state)
{
    (void)state;
    struct compiled_page f =
        compile_file("a.html", "/a", SITE, STR("---\ntitle: T\ndescription: D\n---"));
    assert_int_equal(f.rc, 0);
    assert_contains(body_of(&f), STR("<title>T</title>"));
    page_drop(&f);
}

/* Redirects lead only where the front matter says; the rest is known for its kind. */
static void authors_html_marks_its_calls_to_action(void **state)
{
    (void)state;
    struct compiled_page f = compile_file(
        "a.html", "/a", SITE,
        STR("---\ncta: {call: x}\n---\n<title>T</title>"
            "<a data-cta=chat href='https://wa.me/39347'>a</a><button data-cta=more>b</button>"
            "<a data-cta=call href=/x>c</a><a data-cta='' href=/x>d</a>"));
    assert_int_equal(f.rc, 0);
    assert_int_equal(f.compiled.resource->facts.cta_count, 3);
    assert_str(f.compiled.resource->facts.goal, STR("call"));
    assert_cta(&f, "call", "tel", "tel:05215550100");
    assert_cta(&f, "chat", "whatsapp", "");
    assert_cta(&f, "more", "", "");
    page_drop(&f);
}

TEST_MAIN(cmocka_unit_test(authors_html_gets_what_it_lacks_and_keeps_every_byte),
          cmocka_unit_test(what_authors_html_has_is_not_added),
          cmocka_unit_test(html_without_head_or_body_gets_its_parts_all_the_same),
          cmocka_unit_test(a_policy_for_authors_html_allows_what_stands_in_it),
          cmocka_unit_test(a_policy_names_each_origin_once_also_one_that_begins_another),
          cmocka_unit_test(a_policy_names_the_origins_that_styles_fetch_from),
          cmocka_unit_test(a_policy_allows_fonts_and_sounds_in_the_document_where_there_are_any),
          cmocka_unit_test(a_policy_has_the_hashes_of_lines_as_browsers_end_them),
          cmocka_unit_test(html_of_nothing_but_front_matter_is_a_page_with_a_head),
          cmocka_unit_test(authors_html_marks_its_calls_to_action))
