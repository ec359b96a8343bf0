/* The rules about pages: one page that breaks each and one that keeps it, and what a marketer
 * reads. */
#include "site/lint.h"

#include "base/err.h"
#include "site/lint_rules.h"
#include "support/lint.h"
#include "support/test.h"

/* --- weight --------------------------------------------------------------------------------- */

/* Words that do not repeat, so that compression finds little. */
static struct compiled_page compile_of_size(size_t words)
{
    struct buf text = BUF_EMPTY;
    uint64_t n = 88172645463325252U;
    buf_append(&text, STR(GOOD "---\n"));
    for (size_t i = 0; i < words; i++) {
        n ^= n << 13;
        n ^= n >> 7;
        n ^= n << 17;
        buf_printf(&text, "%llx\n", (unsigned long long)n);
    }
    struct compiled_page f = lint_compile("a.md", SITE, NULL, buf_str(&text));
    buf_finish(&text);
    return f;
}

static void a_page_that_does_not_fit_the_first_flight_is_not_published(void **state)
{
    (void)state;
    struct compiled_page f = compile_of_size(1500);
    assert_int_equal(f.rc, ERR_INVALID);
    assert_null(f.compiled.resource);
    assert_true(f.compiled.wire_size > 14000);
    assert_int_equal(f.diags.errors, 1);
    assert_string_equal(f.diags.items[0].rule, "first-flight");
    assert_contains(str_from(f.diags.items[0].words_it), STR("il massimo è 14000"));
    page_drop(&f);

    f = compile_of_size(1200);
    assert_int_equal(f.rc, 0);
    assert_int_equal(f.diags.warnings, 1);
    assert_contains(str_from(f.diags.items[0].words_it), STR("ci stanno di sicuro 12000"));
    page_drop(&f);

    f = compile_of_size(600);
    assert_silent(&f);
    page_drop(&f);
}

/* --- what a page says of itself ------------------------------------------------------------- */

/* Its author would look for what has been there all the time. */
static void of_front_matter_that_cannot_be_read_nothing_else_is_told(void **state)
{
    (void)state;
    static const char *const pages[] = {
        HEAD "draft: true\ncta:\n - call: Chiama\n- sms: x\n---\n" LINT_EXAMPLE_TEXT_IT "\n",
        HEAD "draft: true\ncta:\n - call: Chiama\n\n" LINT_EXAMPLE_TEXT_IT "\n",
    };
    static const char *const rules[] = {"yaml", "front-matter"};
    for (size_t i = 0; i < 2; i++) {
        struct compiled_page f = lint_compile("a.md", SITE, NULL, str_from(pages[i]));
        assert_int_equal(f.rc, ERR_INVALID);
        assert_int_equal(f.diags.count, 1);
        assert_string_equal(f.diags.items[0].rule, rules[i]);
        page_drop(&f);
    }
}

static void titles_and_descriptions_that_get_cut_are_told(void **state)
{
    (void)state;
    check_md("---\ntitle: " TEN TEN "\ndescription: d\ngoal: letto\n---\nT\n", GOOD "---\nT\n",
             &(struct expected){SEVERITY_WARNING, "title", 2,
                                "the title has 71 characters; about 65 are shown",
                                "il titolo ha 71 caratteri; se ne vedono circa 65"});
    check_md("---\ntitle: t\ndescription: " TEN TEN TEN TEN TEN "\ngoal: letto\n---\nT\n",
             GOOD "---\nT\n",
             &(struct expected){SEVERITY_WARNING, "description", 3,
                                "the description has 179 characters; about 160 are shown",
                                "la descrizione ha 179 caratteri; se ne vedono circa 160"});
}

static void a_page_asks_something_of_its_visitor(void **state)
{
    (void)state;
    const struct expected expected = {SEVERITY_WARNING, "cta", 1,
                                      "the page asks nothing of its visitor",
                                      "la pagina non chiede niente a chi la apre"};
    check_md(HEAD "---\nT\n", HEAD "cta: {call: Chiama, to: 0521 123456}\n---\nT\n", &expected);
    check_md(HEAD "---\nT\n", HEAD "goal: condiviso\n---\nT\n", &expected);
}

static void the_goal_is_one_of_the_pages_own(void **state)
{
    (void)state;
    check_md(
        HEAD "cta: {call: Chiama, to: 0521 123456}\ngoal: shop\n---\nT\n",
        HEAD "cta: {call: Chiama, to: 0521 123456, id: shop}\ngoal: shop\n---\nT\n",
        &(struct expected){SEVERITY_ERROR, "goal", 5,
                           "the goal is 'shop', which is none of the page's calls to action (call)",
                           "l’obiettivo è «shop», che non è fra gli inviti della pagina "
                           "(call)"});
}

static void dates_that_leave_no_time_are_an_error_and_past_ones_a_note(void **state)
{
    (void)state;
    check_md(GOOD "publish_at: 2027-02-01\nexpires_at: 2027-01-01\n---\nT\n",
             GOOD "publish_at: 2026-01-01\nexpires_at: 2027-01-01\n---\nT\n",
             &(struct expected){SEVERITY_ERROR, "dates", 6, "the page expires before it begins",
                                "la pagina scade prima di cominciare"});
    check_md(GOOD "expires_at: 2026-11-01\n---\nT\n", GOOD "expires_at: 2027-01-01\n---\nT\n",
             &(struct expected){SEVERITY_NOTE, "dates", 5, "the page has expired",
                                "la pagina è scaduta"});
}

static void a_page_about_the_moment_has_an_end(void **state)
{
    (void)state;
    const char *good = GOOD "tags: real-time\nexpires_at: 2027-01-01\n---\nT\n";
    const char *bad = GOOD "tags: [a, real-time]\n---\nT\n";
    check_md(bad, good,
             &(struct expected){SEVERITY_WARNING, "dates", 5, "a page about this moment has no end",
                                "una pagina sul momento non ha fine"});
    const struct expected expected = {SEVERITY_ERROR, "guidelines", 5,
                                      "a page tagged 'real-time' needs an end",
                                      "una pagina con il tag «real-time» deve avere una fine"};
    check_rules("require_credit: no\n", bad, good, &expected);
    check_rules("require_expiry: [live, Real-Time]\n", bad, good,
                &(struct expected){SEVERITY_ERROR, "guidelines", 5,
                                   "a page tagged 'Real-Time' needs an end",
                                   "una pagina con il tag «Real-Time» deve avere una fine"});
}

static void opening_hours_speak_of_the_holidays_that_are_near(void **state)
{
    (void)state;
#define HOURS "place:\n  name: N\n  hours: lun-ven 9-18\n"
    /* Two weeks before the Immaculate Conception, which is a Tuesday. */
    struct compiled_page f = {0};
    struct page_input input = {.file = STR("a.md"),
                               .url = STR("/a"),
                               .bytes = STR(GOOD HOURS "---\nT\n"),
                               .source = {SOURCE_MARKDOWN, "text/html; charset=utf-8", true},
                               .now = 1795600000};
    assert_int_equal(settings_create(&f.settings, STR(SITE), &f.diags), 0);
    input.settings = f.settings;
    f.rc = page_compile(&f.compiled, &input, TIER_QUICK, &f.diags);
    assert_says(
        &f,
        &(struct expected){
            SEVERITY_WARNING, "hours", 7,
            "Immaculate Conception (2026-12-08) is near, and 'closed' says nothing of that week",
            "Immacolata (2026-12-08) è vicino, e «closed» non dice "
            "niente di quella settimana"});
    compiled_finish(&f.compiled);
    diags_finish(&f.diags);

    static const char *const good[] = {
        GOOD HOURS "  closed: 2026-12-07/2026-12-08\n---\nT\n",
        GOOD "place:\n  name: N\n  hours: mer-ven 9-18\n---\nT\n",
    };
    for (size_t i = 0; i < 2; i++) {
        input.bytes = str_from(good[i]);
        f.rc = page_compile(&f.compiled, &input, TIER_QUICK, &f.diags);
        assert_silent(&f);
        compiled_finish(&f.compiled);
    }
    page_drop(&f);
}

static void a_struck_price_needs_the_lowest_of_thirty_days(void **state)
{
    (void)state;
    check_md(
        GOOD "---\nPrima ~~119 €~~ ora 99 €.\n",
        GOOD "product: {name: N, price: 99, lowest_30d: 109}\n---\nPrima ~~119 €~~ ora 99 €.\n",
        &(struct expected){SEVERITY_ERROR, "struck-price", 6,
                           "a struck price, '119 €', without the lowest one of the last 30 days",
                           "un prezzo barrato, «119 €», senza il più basso degli ultimi 30 "
                           "giorni"});
    check_md(
        GOOD "product:\n  name: N\n  price: 99\n  was: 119\n---\nT\n",
        GOOD "---\nPrima ~~un errore~~ ora no.\n",
        &(struct expected){SEVERITY_ERROR, "struck-price", 8,
                           "a struck price, 'was: 119', without the lowest one of the last 30 days",
                           "un prezzo barrato, «was: 119», senza il più basso degli ultimi 30 "
                           "giorni"});
}

/* The theme shows it beside a price. */
static void a_lowest_price_that_nobody_is_shown_tells_nothing(void **state)
{
    (void)state;
    check_md(
        GOOD "product: {name: N, lowest_30d: 109}\n---\nPrima ~~119 €~~ ora 99 €.\n",
        GOOD "product: {name: N, lowest_30d: 109}\n---\nOra 99 €.\n",
        &(struct expected){SEVERITY_ERROR, "struck-price", 7,
                           "a struck price, '119 €', without the lowest one of the last 30 days",
                           "un prezzo barrato, «119 €», senza il più basso degli ultimi 30 "
                           "giorni"});
    check_md(
        GOOD "product:\n  lowest_30d: 109\n  was: 119\n---\nT\n",
        GOOD "product: {price: 99, lowest_30d: 109}\n---\nPrima ~~119 €~~.\n",
        &(struct expected){SEVERITY_ERROR, "struck-price", 7,
                           "a struck price, 'was: 119', without the lowest one of the last 30 days",
                           "un prezzo barrato, «was: 119», senza il più basso degli ultimi 30 "
                           "giorni"});
}

/* --- the brand ------------------------------------------------------------------------------ */

static void words_that_the_brand_never_says_are_found_where_people_read_them(void **state)
{
    (void)state;
    const char *rules = "never_say: [low cost: conveniente, gratis]\n";
    const char *good = GOOD "tags: gratis\n---\nT [link](https://gratis.example/low%20cost)\n";
    const struct expected instead = {
        SEVERITY_ERROR, "guidelines", 7,
        "\"low cost\" is among the words that the brand never says; say \"conveniente\"",
        "«low cost» è fra le parole che il marchio non usa; al suo "
        "posto «conveniente»"};
    check_rules(rules, GOOD "---\nUno\nScarpe LOW\nCost\n", good, &instead);
    check_rules(rules, HEAD "cta: {call: Gratis per te, to: 0521 123456}\n---\nT\n", good,
                &(struct expected){SEVERITY_ERROR, "guidelines", 4,
                                   "\"gratis\" is among the words that the brand never says",
                                   "«gratis» è fra le parole che il marchio non usa"});
}

static void titles_and_descriptions_are_held_to_the_brands_words_once(void **state)
{
    (void)state;
    const char *rules = "never_say: [miracoloso]\nat_most: {exclamation_marks: 1}\n";
    const struct expected word = {SEVERITY_ERROR, "guidelines", 2,
                                  "\"miracoloso\" is among the words that the brand never says",
                                  "«miracoloso» è fra le parole che il marchio non usa"};
    const struct expected loud = {SEVERITY_ERROR, "guidelines", 0,
                                  "exclamation marks: 3; the brand allows 1",
                                  "punti esclamativi: 3; il marchio ne ammette 1"};
    const char *bad_md =
        "---\ntitle: Il siero miracoloso!!!\ndescription: d\ngoal: letto\n---\n# Il siero\n";
    const char *good_md = "---\ntitle: Il siero!\ndescription: d\ngoal: letto\n---\n# Il siero!\n";
    check("a.md", rules, bad_md, good_md, &word);
    check("a.md", rules, bad_md, good_md, &loud);

#define REST "<html lang=it><a data-cta=x href=/>x</a>"
    const char *title = "<!doctype html>\n<title>Il siero miracoloso!!!</title>"
                        "<meta name=description content=D>" REST;
    const char *description = "<!doctype html><title>T</title>\n<meta name=description "
                              "content='Il siero miracoloso!!!'>" REST;
    const char *good = "---\ntitle: Il siero!\ndescription: d\n---\n<!doctype html>" REST;
    check("a.html", rules, title, good, &word);
    check("a.html", rules, title, good, &loud);
    check("a.html", rules, description, good, &word);
    check("a.html", rules, description, good, &loud);

    const char *card = "<!doctype html><title>T</title><meta name=description content=D>\n"
                       "<meta property=og:title content='Il siero miracoloso!!!'>" REST;
    const char *same = "---\ntitle: Miracoloso!!!\n---\n<!doctype html><title>T!</title>"
                       "<meta name=description content=D>"
                       "<meta property=og:title content='T!'>" REST;
    const char *empty = "---\ntitle: Il siero miracoloso!!!\n---\n<!doctype html>"
                        "<title> </title><meta name=description content=D>" REST;
    check("a.html", rules, card, same, &word);
    check("a.html", rules, card, same, &loud);
    check("a.html", rules, empty, same, &word);
    check("a.html", rules, empty, same, &loud);
}

static void a_picture_names_who_took_it_where_the_brand_asks_for_it(void **state)
{
    (void)state;
    static const char rules[] = "require_credit: true\n";
    struct compiled_page f =
        lint_compile("a.html", SITE, rules, STR("---\nimage: a.svg\n---\n" HTML));
    assert_says(&f, &(struct expected){SEVERITY_ERROR, "guidelines", 2,
                                       "the page has a picture and no credit",
                                       "la pagina ha un’immagine e nessun credito"});
    page_drop(&f);
    /* That this picture is not there is no error here. */
    f = lint_compile("a.html", SITE, rules,
                     STR("---\nimage: a.svg\ncredit: Anna Neri\n---\n" HTML));
    assert_int_equal(f.rc, 0);
    page_drop(&f);
}

static void what_a_new_page_was_written_with_is_not_published(void **state)
{
    (void)state;
    const char *good = HEAD "cta: {call: Chiama, to: 0521 123456}\nanswer: Sì.\n---\nT\n";
    check_md(HEAD "cta:\n  - call: Chiama\n    to: +39 0521 000000\n---\nT\n", good,
             &(struct expected){SEVERITY_ERROR, "example", 6,
                                "\"+39 0521 000000\" is still what `attimo new` wrote",
                                "«+39 0521 000000» è ancora quello che ha scritto `attimo new`"});
    check_md(GOOD "answer: La risposta, subito.\n---\nT\n", good,
             &(struct expected){SEVERITY_ERROR, "example", 5,
                                "\"La risposta, subito.\" is still what `attimo new` wrote",
                                "«La risposta, subito.» è ancora quello che ha scritto `attimo "
                                "new`"});
    struct compiled_page f = lint_compile(
        "a.md", SITE, NULL, STR(GOOD "draft: true\nanswer: The answer, at once.\n---\nT\n"));
    assert_silent(&f);
    page_drop(&f);
}

static void a_loud_page_is_counted(void **state)
{
    (void)state;
    const char *rules = "at_most: {superlatives: 1, capitals: 1, exclamation_marks: 1}\n";
    const char *good = GOOD "---\nBellissima! **SCARPA**\n";
    check_rules(rules, GOOD "---\nBellissima, leggerissima\n", good,
                &(struct expected){SEVERITY_ERROR, "guidelines", 0,
                                   "superlatives: 2; the brand allows 1",
                                   "superlativi: 2; il marchio ne ammette 1"});
    check_rules(rules, GOOD "---\nSUPER SCARPE, ORA\n", good,
                &(struct expected){SEVERITY_ERROR, "guidelines", 0,
                                   "words in capitals: 2; the brand allows 1",
                                   "parole in maiuscolo: 2; il marchio ne ammette 1"});
    check_rules(rules, GOOD "---\nCorri!!\n", good,
                &(struct expected){SEVERITY_ERROR, "guidelines", 0,
                                   "exclamation marks: 2; the brand allows 1",
                                   "punti esclamativi: 2; il marchio ne ammette 1"});
}

/* --- files ---------------------------------------------------------------------------------- */

static void pictures_that_are_too_heavy_or_no_pictures_for_all_are_told(void **state)
{
    (void)state;
    static char heavy[151000];
    struct compiled_page f = lint_compile("a.jpg", SITE, NULL, str_make(heavy, sizeof heavy));
    assert_says(&f, &(struct expected){SEVERITY_WARNING, "image-weight", 0,
                                       "the picture weighs 151 kB; 150 is enough for a phone",
                                       "l’immagine pesa 151 kB; per un telefono ne bastano 150"});
    page_drop(&f);
    f = lint_compile("a.jpg", SITE, NULL, str_make(heavy, 150000));
    assert_silent(&f);
    page_drop(&f);
    f = lint_compile("a.pdf", SITE, NULL, str_make(heavy, sizeof heavy));
    assert_silent(&f);
    page_drop(&f);

    f = lint_compile("a.jpg", SITE, NULL,
                     STR("\0\0\0\x14"
                         "ftypheic\0\0\0\0mif1heic"));
    assert_says(&f, &(struct expected){SEVERITY_ERROR, "image-weight", 0,
                                       "this is a HEIC photo, as iPhones take them",
                                       "questa è una foto HEIC, come le fa l’iPhone"});
    page_drop(&f);
}

static void a_photo_that_tells_where_it_was_taken_is_told(void **state)
{
    (void)state;
    struct compiled_page f =
        lint_compile("a.jpg", SITE, NULL,
                     STR("\xFF\xD8\xFF\xE1\0\x3A"
                         "Exif\0\0"
                         "II\x2A\0\x08\0\0\0\x01\0\x25\x88\x04\0\x01\0\0\0\x1A\0\0\0"
                         "\0\0\0\0\x01\0\x02\0\x05\0\x03\0\0\0\x40\0\0\0\0\0\0\0"
                         "\xFF\xDA\0\x02"));
    assert_says(&f, &(struct expected){SEVERITY_WARNING, "image-weight", 0,
                                       "the photo says where it was taken",
                                       "la foto dice dove è stata scattata"});
    page_drop(&f);
}

TEST_MAIN(cmocka_unit_test(a_page_that_does_not_fit_the_first_flight_is_not_published),
          cmocka_unit_test(of_front_matter_that_cannot_be_read_nothing_else_is_told),
          cmocka_unit_test(titles_and_descriptions_that_get_cut_are_told),
          cmocka_unit_test(a_page_asks_something_of_its_visitor),
          cmocka_unit_test(the_goal_is_one_of_the_pages_own),
          cmocka_unit_test(dates_that_leave_no_time_are_an_error_and_past_ones_a_note),
          cmocka_unit_test(a_page_about_the_moment_has_an_end),
          cmocka_unit_test(opening_hours_speak_of_the_holidays_that_are_near),
          cmocka_unit_test(a_struck_price_needs_the_lowest_of_thirty_days),
          cmocka_unit_test(a_lowest_price_that_nobody_is_shown_tells_nothing),
          cmocka_unit_test(words_that_the_brand_never_says_are_found_where_people_read_them),
          cmocka_unit_test(titles_and_descriptions_are_held_to_the_brands_words_once),
          cmocka_unit_test(a_picture_names_who_took_it_where_the_brand_asks_for_it),
          cmocka_unit_test(what_a_new_page_was_written_with_is_not_published),
          cmocka_unit_test(a_photo_that_tells_where_it_was_taken_is_told),
          cmocka_unit_test(a_loud_page_is_counted),
          cmocka_unit_test(pictures_that_are_too_heavy_or_no_pictures_for_all_are_told))
