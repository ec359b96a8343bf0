/* Pages: from a file's bytes to what a visitor gets, and what its author is told. */
#include "support/page.h"
#include "support/test.h"

#include "base/err.h"

static void nothing_is_needed_but_title_and_description(void **state)
{
    (void)state;
    struct compiled_page f = compile_file("a.md", "/a", "", STR(HEAD "---\n"));
    struct str body = body_of(&f);
    assert_contains(body, STR("<title>Scarpe</title>"));
    assert_int_equal(occurrences(body, "canonical"), 0);
    assert_int_equal(occurrences(body, "<header>"), 0);
    assert_int_equal(occurrences(body, "<footer>"), 0);
    assert_int_equal(f.diags.errors, 0);
    page_drop(&f);
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
    struct compiled_page f = compile_file("a.md", "/a", "", buf_str(&text));
    assert_int_equal(f.rc, ERR_INVALID);
    assert_int_equal(f.diags.items[0].line, 5);
    page_drop(&f);
    buf_finish(&text);
}

/* Each of the 2000 paragraphs opens all 2000 elements again. */
static void html_that_is_too_entangled_is_told_as_that_in_both_kinds_of_page(void **state)
{
    (void)state;
    static const char words[] = "error: size: this HTML is too deep or too entangled to be read";
    struct buf text = BUF_EMPTY;
    buf_append(&text, STR(HEAD "---\n<p><img src=/x.png alt=x>"));
    for (int i = 0; i < 2000; i++)
        buf_printf(&text, "<font color=%d>", i);
    for (int i = 0; i < 2000; i++)
        buf_append(&text, STR("</p><p>x"));
    buf_append_char(&text, '\0');
    assert_not_published(text.ptr, words);
    assert_not_published_as("a.html", text.ptr, words);
    buf_finish(&text);
}

static void a_page_knows_what_its_events_are_about(void **state)
{
    (void)state;
    struct compiled_page f =
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
    page_drop(&f);
}

static void an_asset_is_itself_whatever_its_bytes(void **state)
{
    (void)state;
    struct compiled_page f = compile_file("a.ico", "/a.ico", SITE, STR("---\n\0\xFF"));
    assert_str(body_of(&f), STR("---\n\0\xFF"));
    assert_int_equal(f.compiled.resource->kind, RESOURCE_ASSET);
    page_drop(&f);
}

static void the_same_file_gives_the_same_bytes(void **state)
{
    (void)state;
    struct compiled_page a = compile_page(HEAD "cta: {call: x}\n---\n- [ ] uno\n- [x] due\n");
    struct compiled_page b = compile_page(HEAD "cta: {call: x}\n---\n- [ ] uno\n- [x] due\n");
    assert_str(body_of(&a), body_of(&b));
    assert_string_equal(a.compiled.resource->version, b.compiled.resource->version);
    page_drop(&a);
    page_drop(&b);
}

TEST_MAIN(cmocka_unit_test(nothing_is_needed_but_title_and_description),
          cmocka_unit_test(what_would_break_a_page_keeps_it_from_being_published),
          cmocka_unit_test(a_text_that_is_too_long_is_told_at_the_body),
          cmocka_unit_test(html_that_is_too_entangled_is_told_as_that_in_both_kinds_of_page),
          cmocka_unit_test(a_page_knows_what_its_events_are_about),
          cmocka_unit_test(an_asset_is_itself_whatever_its_bytes),
          cmocka_unit_test(the_same_file_gives_the_same_bytes))
