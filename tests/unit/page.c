/* Pages: from a file's bytes to what a visitor gets, and what its author is told. */
#include "support/test.h"

#include "base/err.h"
#include "site/page.h"
#include "site/theme_css.h"

#include "base/calendar.h"

#define SITE                                                                                    \
    "name: Passo Svelto\nurl: https://www.example.it\nlegal: P.IVA 0 & co\nprivacy: /privacy\n" \
    "place:\n  name: Passo Svelto\n  street: Via A 1\n  city: Parma\n  tel: 0521 5550100\n"     \
    "  whatsapp: +39 347 5550100\n"
#define HEAD "---\ntitle: Scarpe\ndescription: Le scarpe\n"

struct fixture {
    struct settings *settings;
    struct diags diags;
    struct compiled compiled;
    int rc;
};

/* When pages are compiled. */
static time_t compile_now;

static struct fixture compile(const char *file, const char *path, const char *site,
                              struct str bytes)
{
    struct fixture f = {0};
    struct source html = {SOURCE_HTML, "text/html; charset=utf-8", true};
    struct source markdown = {SOURCE_MARKDOWN, "text/html; charset=utf-8", true};
    struct source icon = {SOURCE_ASSET, "image/x-icon", false};
    assert_int_equal(settings_create(&f.settings, str_from(site), &f.diags), 0);
    struct page_input input = {.file = str_from(file),
                               .url = str_from(path),
                               .bytes = bytes,
                               .settings = f.settings,
                               .now = compile_now};
    input.source = str_ends_with(input.file, STR(".md"))     ? markdown
                   : str_ends_with(input.file, STR(".html")) ? html
                                                             : icon;
    f.rc = page_compile(&f.compiled, &input, TIER_QUICK, &f.diags);
    return f;
}

static struct fixture compile_page(const char *text)
{
    return compile("x/a.md", "/x/a", SITE, str_from(text));
}

static void finish(struct fixture *f)
{
    compiled_finish(&f->compiled);
    settings_destroy(f->settings);
    diags_finish(&f->diags);
}

static struct str body_of(const struct fixture *f)
{
    assert_int_equal(f->rc, 0);
    return f->compiled.resource->representations[CODING_IDENTITY].body;
}

static size_t occurrences(struct str haystack, const char *needle)
{
    size_t count = 0;
    const char *at;
    while ((at = memmem(haystack.ptr, haystack.len, needle, strlen(needle)))) {
        count++;
        haystack = str_skip(haystack, (size_t)(at - haystack.ptr) + 1);
    }
    return count;
}

static void assert_not_published_as(const char *file, const char *text, const char *complaint)
{
    struct fixture f = compile(file, "/a", SITE, str_from(text));
    struct buf words = BUF_EMPTY;
    assert_int_equal(f.rc, ERR_INVALID);
    assert_null(f.compiled.resource);
    for (size_t i = 0; i < f.diags.count; i++) {
        diag_format(&f.diags.items[i], &words);
        buf_append_char(&words, '\n');
    }
    assert_contains(buf_str(&words), str_from(complaint));
    buf_finish(&words);
    finish(&f);
}

static void assert_not_published(const char *text, const char *complaint)
{
    assert_not_published_as("x/a.md", text, complaint);
}

static void a_page_has_what_a_phone_needs(void **state)
{
    (void)state;
    struct fixture f = compile_page(HEAD "goal: letto\nintent: buy\nanswer: Subito.\n---\nTesto\n");
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
    finish(&f);
}

static void a_page_is_one_response(void **state)
{
    (void)state;
    struct fixture f = compile_page(HEAD "cta:\n  call: Chiama\n---\nTesto\n");
    struct str body = body_of(&f);
    assert_int_equal(occurrences(body, "<link rel=\"stylesheet"), 0);
    assert_int_equal(occurrences(body, "<script"), 0);
    assert_int_equal(occurrences(body, " src="), 0);
    assert_int_equal(occurrences(body, "url("), 0);
    assert_int_equal(occurrences(body, "@import"), 0);
    assert_contains(body, STR("<style>:root{"));
    assert_true(strlen(theme_css) <= 4096);
    finish(&f);
}

static void nothing_is_needed_but_title_and_description(void **state)
{
    (void)state;
    struct fixture f = compile("a.md", "/a", "", STR(HEAD "---\n"));
    struct str body = body_of(&f);
    assert_contains(body, STR("<title>Scarpe</title>"));
    assert_int_equal(occurrences(body, "canonical"), 0);
    assert_int_equal(occurrences(body, "<header>"), 0);
    assert_int_equal(occurrences(body, "<footer>"), 0);
    assert_int_equal(f.diags.errors, 0);
    finish(&f);
}

static void the_first_call_to_action_is_the_primary_one(void **state)
{
    (void)state;
    struct fixture f = compile_page(HEAD "cta:\n- call: Chiama\n- directions: Portami\n---\nT\n");
    struct str body = body_of(&f);
    const char *others = memmem(body.ptr, body.len, "<p class=\"also\">", 16);
    const char *primary = memmem(body.ptr, body.len, "<p class=\"go\">", 14);
    assert_non_null(others);
    assert_non_null(primary);
    assert_true(others < primary);
    struct str after = str_skip(body, (size_t)(primary - body.ptr));
    assert_contains(after, STR("data-cta=\"call\""));
    assert_int_equal(occurrences(after, "data-cta="), 1);
    finish(&f);
}

static void assert_href(const char *cta, const char *href)
{
    struct buf text = BUF_EMPTY;
    buf_printf(&text, HEAD "cta:\n- %s\n---\n", cta);
    buf_append_char(&text, '\0');
    struct fixture f = compile_page(text.ptr);
    assert_contains(body_of(&f), str_from(href));
    finish(&f);
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
    struct fixture f = compile_page(HEAD "cta: {directions: x}\nplace: {lat: 44.8, lon: 10.3}\n"
                                         "---\n");
    assert_contains(body_of(&f), STR("destination=44.8%2C10.3\""));
    finish(&f);
}

static void an_address_of_the_page_is_not_mixed_with_the_sites(void **state)
{
    (void)state;
    struct fixture f = compile_page(HEAD "cta:\n- directions: x\n- call: y\n"
                                         "place: {street: Via B 2}\n---\n");
    struct str body = body_of(&f);
    assert_contains(body, STR("destination=Passo%20Svelto%2C%20Via%20B%202\""));
    assert_contains(body, STR("tel:05215550100"));
    finish(&f);
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
        struct fixture f = compile("a.md", "/a", "", buf_str(&text));
        assert_int_equal(f.rc, ERR_INVALID);
        assert_int_equal(f.diags.count, 1);
        assert_int_equal(f.diags.items[0].line, 5);
        assert_contains(str_from(f.diags.items[0].words), str_from(cases[i].words));
        finish(&f);
        buf_finish(&text);
    }
}

static void sharing_without_the_sites_address_is_a_warning(void **state)
{
    (void)state;
    struct fixture f = compile("a.md", "/a", "", STR(HEAD "cta: {share: x}\n---\n"));
    assert_int_equal(f.rc, 0);
    assert_int_equal(f.diags.warnings, 1);
    finish(&f);
}

static void texts_cannot_break_out_of_their_place(void **state)
{
    (void)state;
#define NASTY "\\\"'><script>alert(1)</script>&"
    struct fixture f = compile("a.md", "/a", "name: \"" NASTY "\"\nlegal: \"" NASTY "\"\n",
                               STR("---\ntitle: \"" NASTY "\"\ndescription: \"" NASTY "\"\n"
                                   "answer: \"" NASTY "\"\ncta:\n- whatsapp: \"" NASTY "\"\n"
                                   "  to: +39 347 5550100\n  text: \"" NASTY "\"\n"
                                   "- link: \"" NASTY "\"\n  to: \"/'&x\"\n---\n"));
    struct str body = body_of(&f);
    assert_int_equal(occurrences(body, "<script"), 0);
    assert_int_equal(occurrences(body, "\"'>"), 0);
    assert_contains(body, STR("href=\"/&#39;&amp;x\""));
    assert_contains(body, STR("&quot;&#39;&gt;&lt;script&gt;"));
    finish(&f);
}

static void a_page_has_one_main_heading(void **state)
{
    (void)state;
    struct fixture f =
        compile_page(HEAD "goal: letto\nanswer: Sì\n---\n# Altro *titolo*\n\n## Due\n");
    assert_int_equal(occurrences(body_of(&f), "<h1>"), 1);
    assert_contains(body_of(&f), STR("<h1>Altro <em>titolo</em></h1>\n<p class=\"answer\">"));
    assert_int_equal(f.diags.count, 0);
    finish(&f);

    f = compile_page(HEAD "goal: letto\n---\nTesto\n\n# Secondo\n");
    assert_int_equal(f.rc, 0);
    assert_int_equal(f.diags.warnings, 1);
    finish(&f);
}

static void a_404_has_no_address_of_its_own(void **state)
{
    (void)state;
    struct fixture f = compile("404.md", "/404", SITE, STR(HEAD "---\n"));
    assert_int_equal(occurrences(body_of(&f), "canonical"), 0);
    finish(&f);
}

static void what_would_break_a_page_keeps_it_from_being_published(void **state)
{
    (void)state;
    assert_not_published("Solo testo\n", "x/a.md:1: error: front-matter: the first line");
    assert_not_published("---\ndescription: x\n---\n", "x/a.md:1: error: title:");
    assert_not_published("---\ntitle: x\n---\n", "x/a.md:1: error: description:");
    assert_not_published("---\ntitle: a: b\n---\n", "x/a.md:2: error: yaml:");
    assert_not_published(HEAD "---\nuno\ncaff\xE8\n", "x/a.md:6: error: encoding:");
    assert_not_published(" \n", "x/a.md: error: empty:");
}

static void a_text_that_is_too_long_is_told_at_the_body(void **state)
{
    (void)state;
    struct buf text = BUF_EMPTY;
    buf_append(&text, STR(HEAD "---\n"));
    for (int i = 0; i < 30000; i++)
        buf_append(&text, STR("parola dopo\n"));
    struct fixture f = compile("a.md", "/a", "", buf_str(&text));
    assert_int_equal(f.rc, ERR_INVALID);
    assert_int_equal(f.diags.items[0].line, 5);
    finish(&f);
    buf_finish(&text);
}

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
    struct fixture f = compile("a.html", "/a", SITE, buf_str(&source));
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
    finish(&f);
    buf_finish(&source);
}

static void what_authors_html_has_is_not_added(void **state)
{
    (void)state;
    static const char page[] =
        "<!doctype html><title>T</title><meta charset=utf-8><meta name=Viewport content=x>"
        "<meta name=description content=d><link rel='x Canonical' href=/a><meta property=og:title "
        "content=o><link rel='shortcut icon' href=/i.png><p>Testo";
    struct fixture f = compile("a.html", "/a", SITE, STR(page));
    assert_str(body_of(&f), STR(page));
    finish(&f);
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
        struct fixture f = compile("a.html", "/a", SITE, buf_str(&source));
        struct str body = body_of(&f);
        assert_true(str_starts_with(body, str_from(cases[i].before)));
        assert_true(str_ends_with(body, str_from(cases[i].after)));
        assert_contains(body, STR("<title>Dal front matter</title>"));
        finish(&f);
        buf_finish(&source);
    }
    assert_not_published_as("a.html", "<!doctype html><p>Ciao", "the page has no title");
}

static void a_policy_for_authors_html_allows_what_stands_in_it(void **state)
{
    (void)state;
    struct fixture f = compile(
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
    finish(&f);

    f = compile("a.html", "/a", SITE,
                STR("<title>T</title><meta http-equiv=content-security-policy content=\"x\"><p>"));
    fields = f.compiled.resource->representations[CODING_IDENTITY].fields;
    assert_int_equal(occurrences(fields, "Content-Security-Policy"), 0);
    finish(&f);
}

static time_t utc(const char *text)
{
    struct date_time time;
    assert_int_equal(calendar_parse_date_time(str_from(text), &time), 0);
    return (time_t)time.local_s;
}

/* The same page at another second. */
static struct fixture compile_at(const char *text, const char *now)
{
    compile_now = utc(now);
    struct fixture f = compile_page(text);
    compile_now = 0;
    return f;
}

static void a_page_is_scheduled_live_and_then_over(void **state)
{
    (void)state;
    static const char page[] = HEAD "publish_at: 2026-12-01 09:00\nexpires_at: 2026-12-24T18:00\n"
                                    "aliases: /natale\nanswer: Solo oggi\n---\nTesto\n";
    struct fixture f = compile_at(page, "2026-12-01T07:59:59");
    assert_int_equal(f.rc, 0);
    assert_int_equal(f.compiled.state, PAGE_SCHEDULED);
    assert_int_equal(f.compiled.resource->kind, RESOURCE_DRAFT);
    assert_int_equal(f.compiled.redirect_count, 0);
    assert_int_equal(f.compiled.changes_at, utc("2026-12-01T08:00"));
    finish(&f);

    f = compile_at(page, "2026-12-01T08:00");
    assert_int_equal(f.compiled.state, PAGE_LIVE);
    assert_int_equal(f.compiled.resource->status, 200);
    assert_int_equal(f.compiled.changes_at, utc("2026-12-24T17:00"));
    finish(&f);

    f = compile_at(page, "2026-12-24T17:00");
    assert_int_equal(f.compiled.state, PAGE_EXPIRED);
    assert_int_equal(f.compiled.resource->kind, RESOURCE_GONE);
    assert_int_equal(f.compiled.resource->status, 410);
    assert_int_equal(f.compiled.changes_at, 0);
    assert_int_equal(f.compiled.redirect_count, 1);
    assert_contains(body_of(&f), STR("<h1>Scarpe</h1>"));
    assert_contains(body_of(&f), STR("non \xC3\xA8 pi\xC3\xB9 valida"));
    assert_contains(body_of(&f), STR("href=\"/\""));
    assert_int_equal(occurrences(body_of(&f), "Solo oggi"), 0);
    finish(&f);
}

static void an_expired_page_redirects_where_its_author_says(void **state)
{
    (void)state;
    struct fixture f = compile_at(HEAD "expires_at: 2026-12-24T18:00Z\nthen: /novit\xC3\xA0#ora\n"
                                       "---\nTesto\n",
                                  "2026-12-24T18:00");
    assert_int_equal(f.compiled.resource->kind, RESOURCE_REDIRECT);
    assert_int_equal(f.compiled.resource->status, 307);
    assert_str(f.compiled.resource->path, STR("/x/a"));
    assert_str(f.compiled.resource->location, STR("/novit%C3%A0#ora"));
    finish(&f);
}

static void a_draft_is_only_for_its_preview(void **state)
{
    (void)state;
    struct fixture f = compile_page(HEAD "draft: true\naliases: /qr\n---\nTesto\n");
    assert_int_equal(f.compiled.state, PAGE_DRAFT);
    assert_contains(body_of(&f), STR("<p>Testo</p>"));
    assert_int_equal(f.compiled.redirect_count, 0);
    finish(&f);
}

static void an_alias_leads_to_its_page(void **state)
{
    (void)state;
    struct fixture f = compile("x/caff\xC3\xA8.md", "/x/caff\xC3\xA8", SITE,
                               STR(HEAD "aliases: [/qr, \"/offerta lampo\", /qr, "
                                        "/x/caff\xC3\xA8, /cafe\xCC\x81]\n---\nTesto\n"));
    assert_int_equal(f.rc, 0);
    assert_int_equal(f.compiled.redirect_count, 3);
    assert_str(f.compiled.redirects[0]->path, STR("/qr"));
    assert_str(f.compiled.redirects[0]->location, STR("/x/caff%C3%A8"));
    assert_int_equal(f.compiled.redirects[0]->status, 308);
    assert_str(f.compiled.redirects[1]->path, STR("/offerta lampo"));
    assert_str(f.compiled.redirects[2]->path, STR("/caf\xC3\xA9"));
    finish(&f);
}

static void a_shop_is_open_at_the_second_and_the_page_knows_until_when(void **state)
{
    (void)state;
    static const char page[] = HEAD "intent: go\nplace: {street: Via B 2, city: Parma, "
                                    "hours: \"mar-sab 9-13\", closed: 2026-12-25}\n---\nTesto\n";
    struct fixture f = compile_at(page, "2026-11-17T09:00");
    assert_contains(body_of(&f), STR("<p class=\"open\">Aperto ora, fino alle 13:00</p>"));
    assert_contains(body_of(&f), STR("Marted\xC3\xAC\xE2\x80\x93sabato"));
    assert_contains(body_of(&f), STR("\"@type\":\"LocalBusiness\""));
    assert_contains(body_of(&f), STR("\"openingHoursSpecification\":[{"));
    assert_int_equal(f.compiled.changes_at, utc("2026-11-17T12:00"));
    struct str rev = str_from(f.compiled.resource->rev);

    struct fixture later = compile_at(page, "2026-11-17T12:00");
    assert_contains(body_of(&later),
                    STR("<p class=\"shut\">Chiuso ora, apre mercoled\xC3\xAC alle 9:00</p>"));
    /* A shop that opens is no new version of the page. */
    assert_str(str_from(later.compiled.resource->rev), rev);
    assert_string_equal(later.compiled.resource->theme_rev, f.compiled.resource->theme_rev);
    assert_string_not_equal(later.compiled.resource->version, f.compiled.resource->version);
    finish(&f);
    finish(&later);
}

static void a_price_says_the_lowest_of_thirty_days(void **state)
{
    (void)state;
    struct fixture f =
        compile_page(HEAD "intent: comprare\nproduct: {name: Vento 2, price: 1119.9, "
                          "lowest_30d: 139.00, availability: ultimi_pezzi}\n---\nT\n");
    struct str body = body_of(&f);
    assert_contains(body, STR("<b>1.119,90\xC2\xA0\xE2\x82\xAC</b> Ultimi pezzi"));
    assert_contains(body, STR("ultimi 30 giorni: 139\xC2\xA0\xE2\x82\xAC"));
    assert_contains(body, STR("\"price\":\"1119.9\",\"priceCurrency\":\"EUR\",\"availability\":"
                              "\"https://schema.org/LimitedAvailability\""));
    finish(&f);
}

static void what_messengers_and_search_engines_read_is_there(void **state)
{
    (void)state;
    struct fixture f = compile_page(HEAD "intent: sapere\nauthor: Anna\ndate: 2026-07-01\n"
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
    finish(&f);
}

static void no_text_ends_the_structured_data(void **state)
{
    (void)state;
    struct fixture f = compile_page(
        "---\nintent: know\ntitle: \"a</script><script>alert(1)//\\\"\\\\ \\u2028<!--\"\n"
        "description: b\n---\nTesto\n");
    struct str body = body_of(&f);
    assert_int_equal(occurrences(body, "</script>"), 1);
    assert_int_equal(occurrences(body, "<script"), 1);
    assert_int_equal(occurrences(body, "<!--"), 0);
    assert_contains(body, STR("\"headline\":\"a\\u003c/script\\u003e\\u003cscript\\u003ealert(1)//"
                              "\\\"\\\\ \\u2028\\u003c!--\""));
    finish(&f);
}

static void a_policy_allows_just_the_pages_own_style_and_script(void **state)
{
    (void)state;
    struct fixture f = compile_page(HEAD "---\nTesto\n");
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
    finish(&f);
}

static void assert_cta(const struct fixture *f, const char *id, const char *dest, const char *to)
{
    const struct resource_cta *cta = resource_find_cta(f->compiled.resource, str_from(id));
    assert_non_null(cta);
    assert_str(cta->dest, str_from(dest));
    assert_str(cta->to, str_from(to));
}

static void a_page_knows_what_its_events_are_about(void **state)
{
    (void)state;
    struct fixture f =
        compile_page(HEAD "intent: comprare\nstage: acquisto\ncta:\n"
                          "- whatsapp: Scrivi\n  value: 18.50\n- call: Chiama\n"
                          "- directions: Vieni\n- share: Manda\n"
                          "- link: Compra\n  to: https://shop.example/perch\xC3\xA9\n"
                          "  id: shop\n---\nTesto\n");
    assert_int_equal(f.rc, 0);
    const struct resource_facts *facts = &f.compiled.resource->facts;
    assert_str(facts->intent, STR("buy"));
    assert_str(facts->stage, STR("purchase"));
    assert_str(facts->goal, STR("whatsapp"));
    assert_int_equal(facts->cta_count, 5);
    assert_str(facts->ctas[0].value, STR("18.50"));
    assert_cta(&f, "whatsapp", "whatsapp", "https://wa.me/393475550100");
    assert_cta(&f, "call", "tel", "tel:05215550100");
    assert_cta(&f, "directions", "map",
               "https://www.google.com/maps/dir/"
               "?api=1&destination=Passo%20Svelto%2C%20Via%20A%201%2C%20Parma");
    assert_cta(&f, "share", "share",
               "https://wa.me/?text=Scarpe%20https%3A%2F%2Fwww.example.it%2Fx%2Fa");
    assert_cta(&f, "shop", "web", "https://shop.example/perch%C3%A9");
    assert_null(resource_find_cta(f.compiled.resource, STR("sms")));

    struct resource *best;
    assert_int_equal(resource_recompress(&best, f.compiled.resource, TIER_BEST), 0);
    resource_unref(f.compiled.resource);
    f.compiled.resource = best;
    assert_cta(&f, "call", "tel", "tel:05215550100");
    assert_str(best->facts.stage, STR("purchase"));
    finish(&f);
}

/* Redirects lead only where the front matter says; the rest is known for its kind. */
static void authors_html_marks_its_calls_to_action(void **state)
{
    (void)state;
    struct fixture f = compile(
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
    finish(&f);
}

static void an_asset_is_itself_whatever_its_bytes(void **state)
{
    (void)state;
    struct fixture f = compile("a.ico", "/a.ico", SITE, STR("---\n\0\xFF"));
    assert_str(body_of(&f), STR("---\n\0\xFF"));
    assert_int_equal(f.compiled.resource->kind, RESOURCE_ASSET);
    finish(&f);
}

static void the_same_file_gives_the_same_bytes(void **state)
{
    (void)state;
    struct fixture a = compile_page(HEAD "cta: {call: x}\n---\n- [ ] uno\n- [x] due\n");
    struct fixture b = compile_page(HEAD "cta: {call: x}\n---\n- [ ] uno\n- [x] due\n");
    assert_str(body_of(&a), body_of(&b));
    assert_string_equal(a.compiled.resource->version, b.compiled.resource->version);
    finish(&a);
    finish(&b);
}

TEST_MAIN(cmocka_unit_test(a_page_knows_what_its_events_are_about),
          cmocka_unit_test(authors_html_marks_its_calls_to_action),
          cmocka_unit_test(a_page_is_scheduled_live_and_then_over),
          cmocka_unit_test(an_expired_page_redirects_where_its_author_says),
          cmocka_unit_test(a_draft_is_only_for_its_preview),
          cmocka_unit_test(an_alias_leads_to_its_page),
          cmocka_unit_test(a_shop_is_open_at_the_second_and_the_page_knows_until_when),
          cmocka_unit_test(a_price_says_the_lowest_of_thirty_days),
          cmocka_unit_test(what_messengers_and_search_engines_read_is_there),
          cmocka_unit_test(no_text_ends_the_structured_data),
          cmocka_unit_test(a_policy_allows_just_the_pages_own_style_and_script),
          cmocka_unit_test(a_page_has_what_a_phone_needs), cmocka_unit_test(a_page_is_one_response),
          cmocka_unit_test(nothing_is_needed_but_title_and_description),
          cmocka_unit_test(the_first_call_to_action_is_the_primary_one),
          cmocka_unit_test(every_kind_of_call_to_action_has_its_link),
          cmocka_unit_test(coordinates_lead_more_exactly_than_an_address),
          cmocka_unit_test(an_address_of_the_page_is_not_mixed_with_the_sites),
          cmocka_unit_test(what_a_call_to_action_lacks_is_told_at_its_line),
          cmocka_unit_test(sharing_without_the_sites_address_is_a_warning),
          cmocka_unit_test(texts_cannot_break_out_of_their_place),
          cmocka_unit_test(a_page_has_one_main_heading),
          cmocka_unit_test(a_404_has_no_address_of_its_own),
          cmocka_unit_test(what_would_break_a_page_keeps_it_from_being_published),
          cmocka_unit_test(a_text_that_is_too_long_is_told_at_the_body),
          cmocka_unit_test(authors_html_gets_what_it_lacks_and_keeps_every_byte),
          cmocka_unit_test(what_authors_html_has_is_not_added),
          cmocka_unit_test(html_without_head_or_body_gets_its_parts_all_the_same),
          cmocka_unit_test(a_policy_for_authors_html_allows_what_stands_in_it),
          cmocka_unit_test(an_asset_is_itself_whatever_its_bytes),
          cmocka_unit_test(the_same_file_gives_the_same_bytes))
