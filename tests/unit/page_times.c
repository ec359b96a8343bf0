/* Pages that are something else at another time: scheduled, over, a draft, a shop that opens. */
#include "support/page.h"
#include "support/test.h"

#include "base/err.h"

#include <stdio.h>

static void a_page_is_scheduled_live_and_then_over(void **state)
{
    (void)state;
    static const char page[] = HEAD "publish_at: 2026-12-01 09:00\nexpires_at: 2026-12-24T18:00\n"
                                    "aliases: /natale\nanswer: Solo oggi\n---\nTesto\n";
    struct compiled_page f = compile_at(page, "2026-12-01T07:59:59");
    assert_int_equal(f.rc, 0);
    assert_int_equal(f.compiled.state, PAGE_SCHEDULED);
    assert_int_equal(f.compiled.resource->kind, RESOURCE_DRAFT);
    assert_int_equal(f.compiled.redirect_count, 0);
    assert_int_equal(f.compiled.changes_at, utc("2026-12-01T08:00"));
    page_drop(&f);

    f = compile_at(page, "2026-12-01T08:00");
    assert_int_equal(f.compiled.state, PAGE_LIVE);
    assert_int_equal(f.compiled.resource->status, 200);
    assert_int_equal(f.compiled.changes_at, utc("2026-12-24T17:00"));
    page_drop(&f);

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
    page_drop(&f);
}

static void an_expired_document_is_still_called_what_its_author_called_it(void **state)
{
    (void)state;
    static const char *const pages[] = {
        "---\nexpires_at: 1969-12-01\n---\n<title>Saldi &amp; co</title><h1>Solo oggi</h1>",
        "---\ntitle: Altro\nexpires_at: 1969-12-01\n---\n<title>Saldi &amp; co</title><p>Oggi",
        "---\ntitle: Saldi & co\nexpires_at: 1969-12-01\n---\n<h1>Solo oggi</h1>",
    };
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        struct compiled_page f = compile_file("a.html", "/a", SITE, str_from(pages[i]));
        assert_int_equal(f.compiled.resource->status, 410);
        assert_contains(body_of(&f), STR("<title>Saldi &amp; co \xC2\xB7 Passo Svelto</title>"));
        assert_contains(body_of(&f), STR("<h1>Saldi &amp; co</h1>"));
        page_drop(&f);
    }
}

/* How often it is said that the image of line 2 is not there. */
static size_t missing_images(const struct compiled_page *f, enum severity severity)
{
    size_t count = 0;
    for (size_t i = 0; i < f->diags.count; i++)
        count += strcmp(f->diags.items[i].rule, "image") == 0 &&
                 f->diags.items[i].severity == severity && f->diags.items[i].line == 2;
    return count;
}

static void a_page_whose_image_is_not_there_is_as_good_when_it_is_over(void **state)
{
    (void)state;
    static const char live[] = "---\nimage: manca.jpg\n---\n<title>Saldi</title>";
    static const char over[] = "---\nimage: manca.jpg\nexpires_at: 1969-12-01\naliases: /qr\n---\n"
                               "<title>Saldi</title>";
    static const char text[] = "---\nimage: manca.jpg\nexpires_at: 1969-12-01\ntitle: Saldi\n"
                               "description: Tutto\ngoal: letto\n---\nTesto\n";
    struct compiled_page f = compile_file("a.html", "/a", SITE, STR(live));
    assert_int_equal(f.rc, 0);
    assert_int_equal(missing_images(&f, SEVERITY_WARNING), 1);
    page_drop(&f);

    f = compile_file("a.html", "/a", SITE, STR(over));
    assert_int_equal(f.rc, 0);
    assert_int_equal(f.compiled.resource->status, 410);
    assert_int_equal(f.compiled.redirect_count, 1);
    assert_int_equal(missing_images(&f, SEVERITY_WARNING), 1);
    page_drop(&f);

    f = compile_file("a.md", "/a", SITE, STR(text));
    assert_int_equal(f.rc, ERR_INVALID);
    assert_int_equal(f.diags.errors, 1);
    assert_int_equal(missing_images(&f, SEVERITY_ERROR), 1);
    page_drop(&f);
}

static void an_expired_page_redirects_where_its_author_says(void **state)
{
    (void)state;
    struct compiled_page f =
        compile_at(HEAD "expires_at: 2026-12-24T18:00Z\nthen: /novit\xC3\xA0#ora\n"
                        "---\nTesto\n",
                   "2026-12-24T18:00");
    assert_int_equal(f.compiled.resource->kind, RESOURCE_REDIRECT);
    assert_int_equal(f.compiled.resource->status, 307);
    assert_str(f.compiled.resource->path, STR("/x/a"));
    assert_str(f.compiled.resource->location, STR("/novit%C3%A0#ora"));
    page_drop(&f);
}

static void a_draft_is_only_for_its_preview(void **state)
{
    (void)state;
    struct compiled_page f = compile_page(HEAD "draft: true\naliases: /qr\n---\nTesto\n");
    assert_int_equal(f.compiled.state, PAGE_DRAFT);
    assert_contains(body_of(&f), STR("<p>Testo</p>"));
    assert_int_equal(f.compiled.redirect_count, 0);
    page_drop(&f);
}

static void an_alias_leads_to_its_page(void **state)
{
    (void)state;
    struct compiled_page f = compile_file("x/caff\xC3\xA8.md", "/x/caff\xC3\xA8", SITE,
                                          STR(HEAD "aliases: [/qr, \"/offerta lampo\", /qr, "
                                                   "/x/caff\xC3\xA8, /cafe\xCC\x81, /caf%C3%A9, "
                                                   "/x/caff%C3%A8]\n---\nTesto\n"));
    assert_int_equal(f.rc, 0);
    assert_int_equal(f.compiled.redirect_count, 3);
    assert_str(f.compiled.redirects[0]->path, STR("/qr"));
    assert_str(f.compiled.redirects[0]->location, STR("/x/caff%C3%A8"));
    assert_int_equal(f.compiled.redirects[0]->status, 308);
    assert_str(f.compiled.redirects[1]->path, STR("/offerta lampo"));
    assert_str(f.compiled.redirects[2]->path, STR("/caf\xC3\xA9"));
    page_drop(&f);
}

static void a_shop_is_open_at_the_second_and_the_page_knows_until_when(void **state)
{
    (void)state;
    static const char page[] = HEAD "intent: go\nplace: {street: Via B 2, city: Parma, "
                                    "hours: \"mar-sab 9-13\", closed: 2026-12-25}\n---\nTesto\n";
    struct compiled_page f = compile_at(page, "2026-11-17T09:00");
    assert_contains(body_of(&f), STR("<p class=\"open\">Aperto ora, fino alle 13:00</p>"));
    assert_contains(body_of(&f), STR("Marted\xC3\xAC\xE2\x80\x93sabato"));
    assert_contains(body_of(&f), STR("\"@type\":\"LocalBusiness\""));
    assert_contains(body_of(&f), STR("\"openingHoursSpecification\":[{"));
    assert_int_equal(f.compiled.changes_at, utc("2026-11-17T12:00"));
    struct str rev = str_from(f.compiled.resource->rev);

    struct compiled_page later = compile_at(page, "2026-11-17T12:00");
    assert_contains(body_of(&later),
                    STR("<p class=\"shut\">Chiuso ora, apre mercoled\xC3\xAC alle 9:00</p>"));
    /* A shop that opens is no new version of the page. */
    assert_str(str_from(later.compiled.resource->rev), rev);
    assert_string_equal(later.compiled.resource->theme_rev, f.compiled.resource->theme_rev);
    assert_string_not_equal(later.compiled.resource->version, f.compiled.resource->version);
    page_drop(&f);
    page_drop(&later);
}

/* Whoever is shown it beforehand may be, at any hour. */
static void a_page_to_come_knows_until_when_a_shop_is_open(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        const char *changes;
        const char *switches;
    } cases[] = {
        {"draft: true", "2026-11-17T12:00", NULL},
        {"publish_at: 2026-11-17 20:00", "2026-11-17T12:00", "2026-11-17T19:00"},
        {"publish_at: 2026-11-17 11:30", "2026-11-17T10:30", "2026-11-17T10:30"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char page[256];
        (void)snprintf(page, sizeof page,
                       HEAD "intent: go\n%s\nplace: {street: Via B 2, city: Parma, "
                            "hours: \"mar-sab 9-13\"}\n---\nTesto\n",
                       cases[i].key);
        struct compiled_page f = compile_at(page, "2026-11-17T09:00");
        assert_contains(body_of(&f), STR("Aperto ora, fino alle 13:00"));
        assert_int_equal(f.compiled.resource->kind, RESOURCE_DRAFT);
        assert_int_equal(f.compiled.changes_at, utc(cases[i].changes));
        assert_int_equal(f.compiled.switches_at, cases[i].switches ? utc(cases[i].switches) : 0);
        assert_true(f.compiled.source.len > 0);
        page_drop(&f);
    }
}

TEST_MAIN(cmocka_unit_test(a_page_is_scheduled_live_and_then_over),
          cmocka_unit_test(an_expired_document_is_still_called_what_its_author_called_it),
          cmocka_unit_test(a_page_whose_image_is_not_there_is_as_good_when_it_is_over),
          cmocka_unit_test(an_expired_page_redirects_where_its_author_says),
          cmocka_unit_test(a_draft_is_only_for_its_preview),
          cmocka_unit_test(an_alias_leads_to_its_page),
          cmocka_unit_test(a_shop_is_open_at_the_second_and_the_page_knows_until_when),
          cmocka_unit_test(a_page_to_come_knows_until_when_a_shop_is_open))
