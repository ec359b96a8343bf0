/* The rules about a page's HTML: what it says of itself, shows and fetches. */
#include "site/lint.h"

#include "base/err.h"
#include "support/lint.h"
#include "support/test.h"

#include <stdio.h>

static void the_goal_of_html_is_one_that_it_marks(void **state)
{
    (void)state;
    const struct expected expected = {
        SEVERITY_ERROR, "goal", 2,
        "the goal is 'prenotaaa', which is none of the page's calls to action (x, prenota)",
        "l’obiettivo è «prenotaaa», che non è fra gli inviti della pagina (x, prenota)"};
    check_html("---\ngoal: prenotaaa\n---\n" HTML "<b data-cta=prenota>P</b>",
               "---\ngoal: prenota\n---\n" HTML "<b data-cta=' prenota'>P</b>", &expected);
    check_html("---\ngoal: prenotaaa\n---\n" HTML "<b data-cta=prenota>P</b>",
               "---\ngoal: letto\n---\n" HTML, &expected);

#define MARKED_LATER                                                                 \
    "<!doctype html><html lang=it><title>T</title><meta name=description content=D>" \
    "<script>document.body.dataset.cta = 'prenota'</script>"
    check_html(
        "---\ngoal: prenota\n---\n" MARKED_LATER,
        "---\ngoal: prenota\ncta: {call: P, id: prenota}\n---\n" MARKED_LATER,
        &(struct expected){SEVERITY_ERROR, "goal", 2,
                           "the goal is 'prenota', which is none of the page's calls to action",
                           "l’obiettivo è «prenota», che non è fra gli inviti della pagina"});
}

static void what_is_marked_is_a_link_or_button_with_an_id(void **state)
{
    (void)state;
    static const char *const empty[] = {"''", "' '", ""};
    for (size_t i = 0; i < sizeof empty / sizeof *empty; i++) {
        struct buf page = BUF_EMPTY;
        buf_printf(&page,
                   "<!doctype html><html lang=it><title>T</title><meta name=description content=D>"
                   "<button data-cta%s%s>P</button>",
                   *empty[i] ? "=" : "", empty[i]);
        buf_append_char(&page, '\0');
        check_html(page.ptr, HTML "<button data-cta=''>P</button>",
                   &(struct expected){SEVERITY_WARNING, "cta", 0,
                                      "the page asks nothing of its visitor",
                                      "la pagina non chiede niente a chi la apre"});
        buf_finish(&page);
    }
    check_html(HTML "\n<form data-cta=iscrivi><button>I</button></form>",
               HTML "\n<form data-cta=''><button data-cta=iscrivi>I</button></form>",
               &(struct expected){SEVERITY_WARNING, "cta", 2,
                                  "data-cta=\"iscrivi\" stands on a form",
                                  "data-cta=\"iscrivi\" sta su un modulo"});
}

static void html_says_its_title_and_description_in_the_document(void **state)
{
    (void)state;
    const struct expected title = {SEVERITY_WARNING, "title", 2,
                                   "the title has 71 characters; about 65 are shown",
                                   "il titolo ha 71 caratteri; se ne vedono circa 65"};
    check_html("<!doctype html><html lang=it>\n<title>" TEN TEN
               "</title><meta name=Description content=D><a data-cta=x href=/>x</a>",
               HTML, &title);
    check_html("---\ntitle: " TEN TEN "\n---\n<html lang=it><meta name=description content=D>"
               "<a data-cta=x href=/>x</a>",
               "---\ntitle: " TEN TEN "\n---\n" HTML, &title);
    check_html(
        "<!doctype html><html lang=it><title>T</title>\n<meta name=description content='" TEN TEN
            TEN TEN TEN "'><a data-cta=x href=/>x</a>",
        "<!doctype html><html lang=it><title>\n                                         "
        "                               T</title><meta name=description content=D>"
        "<a data-cta=x href=/>x</a>",
        &(struct expected){SEVERITY_WARNING, "description", 2,
                           "the description has 179 characters; about 160 are shown",
                           "la descrizione ha 179 caratteri; se ne vedono circa 160"});
}

/* Every open <font> is opened anew in each paragraph: a tree far larger than its text. */
static void html_that_cannot_be_read_is_not_published_unread(void **state)
{
    (void)state;
    static const char *const heads[] = {GOOD "---\n<p>", "<!doctype html><title>T</title><p>"};
    for (size_t k = 0; k < 2; k++) {
        struct buf text = BUF_EMPTY;
        buf_append(&text, str_from(heads[k]));
        for (int i = 0; i < 1200; i++)
            buf_printf(&text, "<font color=%d>", i);
        for (int i = 0; i < 1500; i++)
            buf_append(&text, STR("<p>x"));
        struct compiled_page f =
            lint_compile(k == 0 ? "a.md" : "a.html", SITE, "never_say: [gratis]\n", buf_str(&text));
        assert_int_equal(f.rc, ERR_INVALID);
        assert_int_equal(f.diags.errors, 1);
        assert_string_equal(f.diags.items[0].rule, "size");
        page_drop(&f);
        buf_finish(&text);
    }
}

static void html_has_a_description_a_language_and_a_screen_that_zooms(void **state)
{
    (void)state;
    const char *good = HTML;
    const char *bad = "<title>T</title><html><body>\n<p data-cta=x>Ciao";
    check_html(bad, good,
               &(struct expected){SEVERITY_WARNING, "description", 0, "the page has no description",
                                  "la pagina non ha descrizione"});
    check_html(bad, good,
               &(struct expected){SEVERITY_WARNING, "lang", 0, "the page does not say its language",
                                  "la pagina non dice in che lingua è"});
    check_html(HTML "<meta name=viewport content='width=device-width,user-scalable=no'>", good,
               &(struct expected){SEVERITY_WARNING, "viewport", 1,
                                  "the page does not let people zoom",
                                  "la pagina non si lascia ingrandire"});
    static const char *const fixed[] = {"maximum-scale=1",
                                        "maximum-scale = 1.0",
                                        "MAXIMUM-SCALE=.5",
                                        "user-scalable= No",
                                        "initial-scale=1 maximum-scale=1 user-scalable=yes",
                                        "initial-scale=1\nuser-scalable =0"};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
        struct buf page = BUF_EMPTY;
        buf_printf(&page, HTML "<meta name=viewport content='width=device-width; %s'>", fixed[i]);
        buf_append_char(&page, '\0');
        check_html(page.ptr,
                   HTML "<meta name=viewport content='maximum-scale=10'>"
                        "<meta name=viewport content='maximum-scale=1.5,user-scalable=yes'>"
                        "<meta name=viewport content='maximum-scale=1.5 user-scalable=yes'>",
                   &(struct expected){SEVERITY_WARNING, "viewport", 1,
                                      "the page does not let people zoom",
                                      "la pagina non si lascia ingrandire"});
        buf_finish(&page);
    }
    check_html(
        "<!doctype html><html lang=it><title>T</title><meta name=description content=D>", good,
        &(struct expected){SEVERITY_WARNING, "cta", 0, "the page asks nothing of its visitor",
                           "la pagina non chiede niente a chi la apre"});
}

static void pictures_have_words_and_sizes(void **state)
{
    (void)state;
    check_html(HTML "\n<img src=a.png width=1 height=1>",
               HTML
               "\n<img src=a.png width=1 height=1 alt=Ciao><img alt='' src=b width=1 height=1>",
               &(struct expected){SEVERITY_WARNING, "image-alt", 2, "a.png has no words of its own",
                                  "a.png non ha un testo alternativo"});
    check_html(HTML "\n<img src=a.png alt=Ciao width=1>",
               HTML "\n<img src=a.png alt=Ciao width=1 height=1>",
               &(struct expected){SEVERITY_WARNING, "image-size", 2,
                                  "a.png does not say how large it is",
                                  "a.png non dice quanto è grande"});
}

static void what_is_fetched_from_elsewhere_is_told(void **state)
{
    (void)state;
    static const char *const fetches[] = {
        "<script src=\"https://a.example/x\"></script>",
        "<img alt=a width=1 height=1 src=\"https://a.example/x\">",
        "<iframe src=\"https://a.example/x\"></iframe>",
        "<link rel=stylesheet href=\"https://a.example/x\">",
        "<link rel='shortcut ICON' href=\"https://a.example/x\">",
        "<style>@import \"https://a.example/x\";</style>",
        "<p style=\"background:url(https://a.example/x)\">",
        "<video poster=\"https://a.example/x\"></video>",
        "<svg><image href=\"https://a.example/x\"/></svg>",
        "<svg><image xlink:href=\"https://a.example/x\"/></svg>",
        "<link rel=preload as=image imagesrcset=\"https://a.example/x 2x\">",
    };
    for (size_t i = 0; i < sizeof fetches / sizeof *fetches; i++) {
        struct buf bad = BUF_EMPTY;
        buf_printf(&bad, HTML "\n%s", fetches[i]);
        buf_append_char(&bad, '\0');
        check_html(bad.ptr,
                   HTML "<a href=\"https://a.example/x\">a</a><link rel=canonical "
                        "href=\"https://a.example/\"><img alt=a width=1 height=1 "
                        "src=\"https://www.example.it/x\"><script src=/x></script>",
                   &(struct expected){SEVERITY_WARNING, "other-origin", 2,
                                      "the page fetches https://a.example/x",
                                      "la pagina scarica https://a.example/x"});
        buf_finish(&bad);
    }
    check_html(HTML "\n<img alt=a width=1 height=1 srcset=\"a 1x, //b.example/x 2x\">", HTML,
               &(struct expected){SEVERITY_WARNING, "other-origin", 2,
                                  "the page fetches //b.example/x",
                                  "la pagina scarica //b.example/x"});
    check_html(HTML "\n<script src=HTTPS://b.example/x></script>",
               HTML "<script src=HTTPS://WWW.example.it/x></script>",
               &(struct expected){SEVERITY_WARNING, "other-origin", 2,
                                  "the page fetches HTTPS://b.example/x",
                                  "la pagina scarica HTTPS://b.example/x"});
}

static void assert_blocked(const char *file, const char *text, const char *address, unsigned line)
{
    char words[128];
    char words_it[128];
    struct compiled_page f = lint_compile(file, SITE, NULL, str_from(text));
    (void)snprintf(words, sizeof words, "the page's policy blocks %s: nothing is shown", address);
    (void)snprintf(words_it, sizeof words_it,
                   "le regole di sicurezza della pagina bloccano %s: non si vede niente", address);
    assert_says(&f, &(struct expected){SEVERITY_WARNING, "blocked", line, words, words_it});
    assert_int_equal(f.diags.count, 1);
    page_drop(&f);
}

static void what_the_pages_policy_blocks_is_told(void **state)
{
    (void)state;
    static const char *const in_markdown[] = {
        "<img alt=a width=1 height=1 src=https://a.example/x>",
        "<iframe src=https://a.example/x></iframe>",
        "<p style='background:url(https://a.example/x)'>T</p>",
        "<img alt=a width=1 height=1 srcset='https://a.example/x 2x'>",
        "<link rel='alternate stylesheet' href=https://a.example/x>",
    };
    for (size_t i = 0; i < sizeof in_markdown / sizeof *in_markdown; i++) {
        struct buf page = BUF_EMPTY;
        buf_printf(&page, GOOD "---\n%s\n", in_markdown[i]);
        buf_append_char(&page, '\0');
        assert_blocked("a.md", page.ptr, "https://a.example/x", 6);
        buf_finish(&page);
    }
    assert_blocked("a.md", GOOD "---\n<iframe src=/mappa></iframe>\n", "/mappa", 6);
    assert_blocked("a.html", HTML "\n<object data=/x.svg></object>", "/x.svg", 2);
    assert_blocked("a.html", HTML "\n<embed src=https://a.example/x>", "https://a.example/x", 2);
    assert_blocked("a.html", HTML "\n<script src=http://a.example/x></script>",
                   "http://a.example/x", 2);
    assert_blocked("a.html", HTML "\n<script src=https://citt\u00E0.example/x></script>",
                   "https://citt\u00E0.example/x", 2);

    const char *own = "<!doctype html><html lang=it><head><meta http-equiv=content-security-policy "
                      "content=x><title>T</title><meta name=description content=D></head>\n"
                      "<a data-cta=x href=/>x</a><object data=/x.svg></object>";
    struct compiled_page f = lint_compile("a.html", SITE, NULL, str_from(own));
    assert_silent(&f);
    page_drop(&f);

    const char *linked = GOOD "---\n<link rel=preconnect href=https://a.example>\n"
                              "<link rel=me href=https://a.example/me>\n"
                              "<a rel=icon href=https://a.example/icon>a</a>\n";
    f = lint_compile("a.md", SITE, NULL, str_from(linked));
    assert_silent(&f);
    page_drop(&f);
}

static void a_struck_price_is_one_however_its_currency_is_written(void **state)
{
    (void)state;
    static const char *const prices[] = {
        "119 Euro",    "119EURO",    "119 eur",          "eur 119",     "$119",      "119 euros",
        "119,00 Euro", "119,- euro", "119 \xE2\x82\xAC", "Euro 119,00", "euro 1.190"};
    static const char *const others[] = {
        "Europa 2026", "12 amateur",       "euro", "119", "Maglia Euro 2024",
        "Euro 6",      "Panda 1.2 Euro 6d"};
    for (size_t i = 0; i < sizeof prices / sizeof *prices; i++) {
        struct buf bad = BUF_EMPTY;
        struct buf words = BUF_EMPTY;
        struct buf words_it = BUF_EMPTY;
        buf_printf(&bad, GOOD "---\nPrima ~~%s~~ ora.\n", prices[i]);
        buf_printf(&words, "a struck price, '%s', without the lowest one of the last 30 days",
                   prices[i]);
        buf_printf(&words_it, "un prezzo barrato, «%s», senza il più basso degli ultimi 30 giorni",
                   prices[i]);
        buf_append_char(&bad, '\0');
        buf_append_char(&words, '\0');
        buf_append_char(&words_it, '\0');
        check_md(bad.ptr, GOOD "---\nPrima ora.\n",
                 &(struct expected){SEVERITY_ERROR, "struck-price", 6, words.ptr, words_it.ptr});
        buf_finish(&bad);
        buf_finish(&words);
        buf_finish(&words_it);
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct buf good = BUF_EMPTY;
        buf_printf(&good, GOOD "---\nPrima ~~%s~~ ora.\n", others[i]);
        struct compiled_page f = lint_compile("a.md", SITE, NULL, buf_str(&good));
        assert_silent(&f);
        page_drop(&f);
        buf_finish(&good);
    }
}

/* What HTML shows is what its own text says, whatever stands in its front matter. */
static void html_tells_the_lowest_price_in_its_own_text(void **state)
{
    (void)state;
    static const char *const told[] = {
        "Prezzo più basso degli ultimi 30 giorni: 109 €",
        "Prezzo più basso degli ultimi <b>30&nbsp;giorni</b>: 109 €",
        "Il più basso dei<br>30 giorni precedenti: 109 €",
        "LOWEST PRICE OF THE LAST 30 DAYS: €109",
    };
    static const char *const not_told[] = {
        "Reso entro 30 giorni",
        "<script>/* ultimi 30 giorni */</script>",
        "<title>Il prezzo degli ultimi 30 giorni</title>",
    };
#define STRUCK "<p><del>119 €</del> ora 99 €</p>"
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        struct buf page = BUF_EMPTY;
        buf_printf(&page, HTML STRUCK "<p>%s</p>", told[i]);
        struct compiled_page f = lint_compile("a.html", SITE, NULL, buf_str(&page));
        assert_silent(&f);
        page_drop(&f);
        buf_finish(&page);
    }
    for (size_t i = 0; i < sizeof not_told / sizeof *not_told; i++) {
        struct buf page = BUF_EMPTY;
        buf_printf(&page, "---\nproduct: {price: 99, lowest_30d: 109}\n---\n" HTML "\n" STRUCK "%s",
                   not_told[i]);
        struct compiled_page f = lint_compile("a.html", SITE, NULL, buf_str(&page));
        assert_says(&f, &(struct expected){
                            SEVERITY_ERROR, "struck-price", 5,
                            "a struck price, '119 €', without the lowest one of the last 30 days",
                            "un prezzo barrato, «119 €», senza il più basso degli ultimi 30 "
                            "giorni"});
        assert_contains(str_from(f.diags.items[0].fix.it), STR("Prezzo più basso degli ultimi 30"));
        page_drop(&f);
        buf_finish(&page);
    }
#undef STRUCK
}

static void a_struck_price_is_one_however_it_is_struck(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *price;
    } cases[] = {
        {"~119 €~", "119 €"},
        {"~~**119** €~~", "119 €"},
        {"<del>€<span>119</span></del>", "€119"},
        {"<del aria-hidden=true><bdi>119,00&nbsp;<span>€</span></bdi></del>", "119,00\u00A0€"},
        {"<s>Prima <strike>119</strike>\n  € </s>", "Prima 119 €"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf bad = BUF_EMPTY;
        char words[160];
        char words_it[160];
        buf_printf(&bad, GOOD "---\nPrima %s ora.\n", cases[i].text);
        buf_append_char(&bad, '\0');
        (void)snprintf(words, sizeof words,
                       "a struck price, '%s', without the lowest one of the last 30 days",
                       cases[i].price);
        (void)snprintf(words_it, sizeof words_it,
                       "un prezzo barrato, «%s», senza il più basso degli ultimi 30 giorni",
                       cases[i].price);
        check_md(bad.ptr,
                 GOOD "---\n~~2024~~ € <del>Addio</del> 119 € <del>3<script>'$'</script></del>\n",
                 &(struct expected){SEVERITY_ERROR, "struck-price", 6, words, words_it});
        buf_finish(&bad);
    }
}

TEST_MAIN(cmocka_unit_test(the_goal_of_html_is_one_that_it_marks),
          cmocka_unit_test(what_is_marked_is_a_link_or_button_with_an_id),
          cmocka_unit_test(html_says_its_title_and_description_in_the_document),
          cmocka_unit_test(html_that_cannot_be_read_is_not_published_unread),
          cmocka_unit_test(html_has_a_description_a_language_and_a_screen_that_zooms),
          cmocka_unit_test(pictures_have_words_and_sizes),
          cmocka_unit_test(what_is_fetched_from_elsewhere_is_told),
          cmocka_unit_test(what_the_pages_policy_blocks_is_told),
          cmocka_unit_test(a_struck_price_is_one_however_its_currency_is_written),
          cmocka_unit_test(a_struck_price_is_one_however_it_is_struck),
          cmocka_unit_test(html_tells_the_lowest_price_in_its_own_text))
