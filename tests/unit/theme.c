/* The theme: what a page has around what its author wrote, and what its calls to action lead to. */
#include "support/page.h"
#include "support/test.h"

#include "base/err.h"
#include "site/theme_css.h"

static void a_page_has_what_a_phone_needs(void **state)
{
    (void)state;
    struct compiled_page f =
        compile_page(HEAD "goal: letto\nintent: buy\nanswer: Subito.\n---\nTesto\n");
    struct str body = body_of(&f);
    assert_true(str_starts_with(body, STR("<!DOCTYPE html>\n<html lang=\"it\">")));
    assert_contains(body, STR("<meta name=\"viewport\" content=\"width=device-width"));
    assert_contains(body, STR("<title>Scarpe \xC2\xB7 Passo Svelto</title>"));
    assert_contains(body, STR("<meta name=\"description\" content=\"Le scarpe\">"));
    assert_contains(body, STR("<link rel=\"canonical\" href=\"https://www.example.it/x/a\">"));
    assert_contains(body, STR("<link rel=\"icon\" href=\"data:image/svg+xml,"));
    assert_contains(body, STR("<header><a href=\"/\">Passo Svelto</a></header>"));
    assert_contains(body, STR("<main data-intent=\"buy\">"));
    assert_contains(body, STR("<h1>Scarpe</h1>\n<p class=\"answer\">Subito.</p>\n<p>Testo</p>"));
    assert_contains(body, STR("<p>P.IVA 0 &amp; co</p>\n<p><a href=\"/privacy\">Privacy</a></p>"));
    assert_int_equal(f.diags.count, 0);
    page_drop(&f);
}

static void a_page_runs_from_the_side_that_its_language_does(void **state)
{
    (void)state;
    struct compiled_page f = compile_page(HEAD "goal: letto\nlang: ar-EG\n---\nT\n");
    assert_contains(body_of(&f), STR("<html lang=\"ar-EG\" dir=\"rtl\">"));
    page_drop(&f);
    f = compile_page(HEAD "goal: letto\nlang: arn\n---\nT\n");
    assert_contains(body_of(&f), STR("<html lang=\"arn\">"));
    page_drop(&f);
}

static void a_page_is_one_response(void **state)
{
    (void)state;
    struct compiled_page f = compile_page(HEAD "cta:\n  call: Chiama\n---\nTesto\n");
    struct str body = body_of(&f);
    assert_int_equal(occurrences(body, "<link rel=\"stylesheet"), 0);
    assert_int_equal(occurrences(body, "<script"), 1);
    assert_int_equal(occurrences(body, " src="), 0);
    assert_int_equal(occurrences(body, "url("), 0);
    assert_int_equal(occurrences(body, "@import"), 0);
    assert_contains(body, STR("<style>:root{"));
    assert_true(strlen(theme_css) <= 4096);
    page_drop(&f);
}

static void the_first_call_to_action_is_the_primary_one(void **state)
{
    (void)state;
    struct compiled_page f =
        compile_page(HEAD "cta:\n- call: Chiama\n- directions: Portami\n---\nT\n");
    struct str body = body_of(&f);
    const char *others = memmem(body.ptr, body.len, "<p class=\"also\">", 16);
    const char *primary = memmem(body.ptr, body.len, "<p class=\"go\">", 14);
    assert_non_null(others);
    assert_non_null(primary);
    assert_true(others < primary);
    struct str after = str_skip(body, (size_t)(primary - body.ptr));
    assert_contains(after, STR("data-cta=\"call\""));
    assert_int_equal(occurrences(after, "data-cta="), 1);
    page_drop(&f);
}

static void assert_href(const char *cta, const char *href)
{
    struct buf text = BUF_EMPTY;
    buf_printf(&text, HEAD "cta:\n- %s\n---\n", cta);
    buf_append_char(&text, '\0');
    struct compiled_page f = compile_page(text.ptr);
    assert_contains(body_of(&f), str_from(href));
    page_drop(&f);
    buf_finish(&text);
}

static void every_kind_of_call_to_action_has_its_link(void **state)
{
    (void)state;
    assert_href("{link: x, to: '/a?b=1&c=2'}", "data-cta=\"link\" href=\"/a?b=1&amp;c=2\"");
    assert_href("{call: x}", "data-cta=\"call\" href=\"tel:05215550100\"");
    assert_href("{call: x, to: +39 02 1234}", "href=\"tel:+39021234\"");
    assert_href("{sms: x, text: a b}", "href=\"sms:05215550100?&amp;body=a%20b\"");
    assert_href("{mail: x, to: a+b@c.example}", "href=\"mailto:a%2Bb@c.example\"");
    assert_href("{whatsapp: x}", "href=\"https://wa.me/393475550100\"");
    assert_href("{whatsapp: x, text: 'Ciao & su'}",
                "href=\"https://wa.me/393475550100?text=Ciao%20%26%20su\"");
    assert_href("{directions: x}", "href=\"https://www.google.com/maps/dir/?api=1&amp;destination="
                                   "Passo%20Svelto%2C%20Via%20A%201%2C%20Parma\"");
    assert_href("{share: x}",
                "href=\"https://wa.me/?text=Scarpe%20https%3A%2F%2Fwww.example.it%2Fx%2Fa\"");
    assert_href("{share: x, id: amico}", "data-cta=\"amico\"");
}

static void coordinates_lead_more_exactly_than_an_address(void **state)
{
    (void)state;
    struct compiled_page f =
        compile_page(HEAD "cta: {directions: x}\nplace: {lat: 44.8, lon: 10.3}\n"
                          "---\n");
    assert_contains(body_of(&f), STR("destination=44.8%2C10.3\""));
    page_drop(&f);
}

static void an_address_of_the_page_is_not_mixed_with_the_sites(void **state)
{
    (void)state;
    struct compiled_page f = compile_page(HEAD "cta:\n- directions: x\n- call: y\n"
                                               "place: {street: Via B 2}\n---\n");
    struct str body = body_of(&f);
    assert_contains(body, STR("destination=Passo%20Svelto%2C%20Via%20B%202\""));
    assert_contains(body, STR("tel:05215550100"));
    page_drop(&f);
}

static void what_a_call_to_action_lacks_is_told_at_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *cta;
        const char *words;
    } cases[] = {
        {"link: x", "a link needs 'to'"},   {"call: x", "no number"},
        {"mail: x", "no address"},          {"whatsapp: x", "no WhatsApp number"},
        {"directions: x", "nowhere to go"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf text = BUF_EMPTY;
        buf_printf(&text, HEAD "cta:\n  - %s\n---\n", cases[i].cta);
        struct compiled_page f = compile_file("a.md", "/a", "", buf_str(&text));
        assert_int_equal(f.rc, ERR_INVALID);
        assert_int_equal(f.diags.count, 1);
        assert_int_equal(f.diags.items[0].line, 5);
        assert_contains(str_from(f.diags.items[0].words), str_from(cases[i].words));
        page_drop(&f);
        buf_finish(&text);
    }
}

static void sharing_without_the_sites_address_is_a_warning(void **state)
{
    (void)state;
    struct compiled_page f = compile_file("a.md", "/a", "", STR(HEAD "cta: {share: x}\n---\n"));
    assert_int_equal(f.rc, 0);
    assert_int_equal(f.diags.warnings, 1);
    page_drop(&f);
}

static void texts_cannot_break_out_of_their_place(void **state)
{
    (void)state;
#define NASTY "\\\"'><script>alert(1)</script>&"
    struct compiled_page f =
        compile_file("a.md", "/a", "name: \"" NASTY "\"\nlegal: \"" NASTY "\"\n",
                     STR("---\ntitle: \"" NASTY "\"\ndescription: \"" NASTY "\"\n"
                         "answer: \"" NASTY "\"\ncta:\n- whatsapp: \"" NASTY "\"\n"
                         "  to: +39 347 5550100\n  text: \"" NASTY "\"\n"
                         "- link: \"" NASTY "\"\n  to: \"/'&x\"\n---\n"));
    struct str body = body_of(&f);
    assert_int_equal(occurrences(body, "<script"), 1);
    assert_int_equal(occurrences(body, "\"'>"), 0);
    assert_contains(body, STR("href=\"/&#39;&amp;x\""));
    assert_contains(body, STR("&quot;&#39;&gt;&lt;script&gt;"));
    page_drop(&f);
}

static void a_page_has_one_main_heading(void **state)
{
    (void)state;
    struct compiled_page f =
        compile_page(HEAD "goal: letto\nanswer: Sì\n---\n# Altro *titolo*\n\n## Due\n");
    assert_int_equal(occurrences(body_of(&f), "<h1>"), 1);
    assert_contains(body_of(&f), STR("<h1>Altro <em>titolo</em></h1>\n<p class=\"answer\">"));
    assert_int_equal(f.diags.count, 0);
    page_drop(&f);

    f = compile_page(HEAD "goal: letto\n---\nTesto\n\n# Secondo\n");
    assert_int_equal(f.rc, 0);
    assert_int_equal(f.diags.warnings, 1);
    page_drop(&f);
}

static void a_404_has_no_address_of_its_own(void **state)
{
    (void)state;
    struct compiled_page f = compile_file("404.md", "/404", SITE, STR(HEAD "---\n"));
    assert_int_equal(occurrences(body_of(&f), "canonical"), 0);
    page_drop(&f);
}

static void a_price_says_the_lowest_of_thirty_days(void **state)
{
    (void)state;
    struct compiled_page f =
        compile_page(HEAD "intent: comprare\nproduct: {name: Vento 2, price: 1119.9, "
                          "lowest_30d: 139.00, availability: ultimi_pezzi}\n---\nT\n");
    struct str body = body_of(&f);
    assert_contains(body, STR("<b>1.119,90\xC2\xA0\xE2\x82\xAC</b> Ultimi pezzi"));
    assert_contains(body, STR("ultimi 30 giorni: 139\xC2\xA0\xE2\x82\xAC"));
    assert_contains(body, STR("\"price\":\"1119.9\",\"priceCurrency\":\"EUR\",\"availability\":"
                              "\"https://schema.org/LimitedAvailability\""));
    page_drop(&f);
}

static void what_messengers_and_search_engines_read_is_there(void **state)
{
    (void)state;
    struct compiled_page f = compile_page(HEAD "intent: sapere\nauthor: Anna\ndate: 2026-07-01\n"
                                               "tags: [corsa, scarpe]\n---\nTesto\n");
    struct str body = body_of(&f);
    assert_contains(body, STR("<meta property=\"og:title\" content=\"Scarpe\">"));
    assert_contains(body, STR("<meta property=\"og:url\" content=\"https://www.example.it/x/a\">"));
    assert_contains(body, STR("<meta name=\"twitter:card\" content=\"summary\">"));
    assert_contains(body, STR("\"@type\":\"Article\",\"@context\":\"https://schema.org\","
                              "\"headline\":\"Scarpe\""));
    assert_contains(body, STR("\"datePublished\":\"2026-07-01T00:00:00+02:00\""));
    assert_contains(body, STR("\"keywords\":[\"corsa\",\"scarpe\"]"));
    assert_contains(body, STR("Anna, 1\xC2\xBA luglio 2026"));
    page_drop(&f);
}

static void no_text_ends_the_structured_data(void **state)
{
    (void)state;
    struct compiled_page f = compile_page(
        "---\nintent: know\ntitle: \"a</script><script>alert(1)//\\\"\\\\ \\u2028<!--\"\n"
        "description: b\n---\nTesto\n");
    struct str body = body_of(&f);
    assert_int_equal(occurrences(body, "</script>"), 2);
    assert_int_equal(occurrences(body, "<script"), 2);
    assert_int_equal(occurrences(body, "<!--"), 0);
    assert_contains(body, STR("\"headline\":\"a\\u003c/script\\u003e\\u003cscript\\u003ealert(1)//"
                              "\\\"\\\\ \\u2028\\u003c!--\""));
    page_drop(&f);
}

static void a_policy_allows_just_the_pages_own_style_and_script(void **state)
{
    (void)state;
    struct compiled_page f = compile_file("a.md", "/a", "capture: off\n", STR(HEAD "---\nTesto\n"));
    struct str fields = f.compiled.resource->representations[CODING_IDENTITY].fields;
    struct str body = body_of(&f);
    char hash[HASH_BASE64_SIZE];
    char *style = (char *)memmem(body.ptr, body.len, "<style>", 7) + 7;
    char *end = memmem(style, (size_t)(body.ptr + body.len - style), "</style>", 8);
    hash_sha256_base64(hash, str_make(style, (size_t)(end - style)));
    assert_contains(fields, STR("\r\nContent-Security-Policy: default-src 'none'; style-src"));
    assert_contains(fields, str_from(hash));
    assert_int_equal(occurrences(fields, "script-src"), 0);

    f.settings->script = STR("let a=1");
    assert_int_equal(settings_set_look(f.settings, &(struct look_files){0}, &f.diags), 0);
    compiled_finish(&f.compiled);
    struct page_input input = {.file = STR("a.md"),
                               .url = STR("/a"),
                               .source = {SOURCE_MARKDOWN, "text/html", true},
                               .bytes = STR(HEAD "---\nTesto\n"),
                               .settings = f.settings};
    assert_int_equal(page_compile(&f.compiled, &input, TIER_QUICK, &f.diags), 0);
    hash_sha256_base64(hash, f.settings->script);
    fields = f.compiled.resource->representations[CODING_IDENTITY].fields;
    assert_contains(fields, STR("; script-src 'sha256-"));
    assert_contains(fields, str_from(hash));
    assert_contains(body_of(&f), STR("<script>let a=1</script>\n</body>"));
    page_drop(&f);
}

TEST_MAIN(cmocka_unit_test(a_page_has_what_a_phone_needs), cmocka_unit_test(a_page_is_one_response),
          cmocka_unit_test(a_page_runs_from_the_side_that_its_language_does),
          cmocka_unit_test(the_first_call_to_action_is_the_primary_one),
          cmocka_unit_test(every_kind_of_call_to_action_has_its_link),
          cmocka_unit_test(coordinates_lead_more_exactly_than_an_address),
          cmocka_unit_test(an_address_of_the_page_is_not_mixed_with_the_sites),
          cmocka_unit_test(what_a_call_to_action_lacks_is_told_at_its_line),
          cmocka_unit_test(sharing_without_the_sites_address_is_a_warning),
          cmocka_unit_test(texts_cannot_break_out_of_their_place),
          cmocka_unit_test(a_page_has_one_main_heading),
          cmocka_unit_test(a_404_has_no_address_of_its_own),
          cmocka_unit_test(a_price_says_the_lowest_of_thirty_days),
          cmocka_unit_test(what_messengers_and_search_engines_read_is_there),
          cmocka_unit_test(no_text_ends_the_structured_data),
          cmocka_unit_test(a_policy_allows_just_the_pages_own_style_and_script))
