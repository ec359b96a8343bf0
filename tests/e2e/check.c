/* attimo check and attimo new, as a marketer meets them. */
#include "support/command.h"
#include "support/files.h"
#include "support/json.h"
#include "support/test.h"

#include <stdio.h>

#define GOOD                                                                      \
    "---\ntitle: Scarpe\ndescription: Le scarpe per correre.\nintent: comprare\n" \
    "cta:\n  - call: Chiama\n    to: +39 0521 555 0100\n---\n\nTesto.\n"

static void a_good_site_passes(void **state)
{
    struct command *c = *state;
    command_good_site(c);
    files_write(c->folder, "pages/voglio-comprare/scarpe.md", STR(GOOD));
    command_run(c, "check", "--lang", "it", command_path(c, "pages"));
    assert_int_equal(c->code, 0);
    assert_true(str_starts_with(buf_str(&c->out), STR("PAGINA")));
    assert_contains(buf_str(&c->out), STR("\n/voglio-comprare/scarpe  "));
    assert_contains(buf_str(&c->out), STR("\n3 pagine: 3 pronte\n"));
    assert_int_equal(c->err.len, 0);

    command_run(c, "check", "--lang", "en", command_path(c, "pages"));
    assert_int_equal(c->code, 0);
    assert_contains(buf_str(&c->out), STR("\n3 pages: 3 ready\n"));
}

static void what_is_wrong_is_told_with_its_reason_and_its_remedy(void **state)
{
    struct command *c = *state;
    command_good_site(c);
    files_write(c->folder, "pages/x.md", STR("---\ndescription: Uno.\n---\n"));
    const char *pages = command_path(c, "pages");
    struct buf expected = BUF_EMPTY;
    command_run(c, "check", "--lang", "it", pages);
    assert_int_equal(c->code, 1);
    buf_printf(&expected, "%s/x.md:1: errore: titolo: ", pages);
    assert_contains(buf_str(&c->out), buf_str(&expected));
    assert_contains(buf_str(&c->out), STR("\n    Perché: "));
    assert_contains(buf_str(&c->out), STR("\n    Cosa fare: "));
    assert_contains(buf_str(&c->out), STR("✗ 1 errore: questa versione non va online\n"));
    assert_contains(buf_str(&c->out), STR(", 1 fermata\n"));

    command_run(c, "check", "--lang=en", pages);
    assert_int_equal(c->code, 1);
    assert_contains(buf_str(&c->out), STR("x.md:1: error: title: the page has no 'title'\n"));
    assert_contains(buf_str(&c->out), STR("\n    Why: "));
    assert_contains(buf_str(&c->out), STR("\n    What to do: "));
    buf_finish(&expected);
}

static void one_file_is_checked_within_its_site(void **state)
{
    struct command *c = *state;
    command_good_site(c);
    files_write(c->folder, "pages/a/bad.md", STR("---\ntitle: a\n---\n"));
    files_write(c->folder, "pages/a/good.md", STR(GOOD));
    command_run(c, "check", "--lang", "it", command_path(c, "pages/a/good.md"));
    assert_int_equal(c->code, 0);
    assert_contains(buf_str(&c->out), STR("\n1 pagina: 1 pronta\n"));

    command_run(c, "check", "--lang", "it", command_path(c, "pages/a/good.md"),
                command_path(c, "pages/a/bad.md"));
    assert_int_equal(c->code, 1);
    assert_contains(buf_str(&c->out), STR("\n2 pagine: 1 pronta, 1 fermata\n"));

    command_run(c, "check", "--lang", "it", command_path(c, "pages/a"));
    assert_int_equal(c->code, 1);
    assert_contains(buf_str(&c->out), STR("\n2 pagine: 1 pronta, 1 fermata\n"));
}

/* What every page is published with is its business too, as far as that is broken. */
static void a_page_is_not_ready_whose_site_cannot_be_read(void **state)
{
    struct command *c = *state;
    files_write(c->folder, "pages/a.md", STR(GOOD));
    files_write(c->folder, "pages/b.md", STR("---\ntitle: b\n---\n"));
    files_write(c->folder, "pages/_site.yaml", STR("name: \"a\n"));
    command_run(c, "check", "--lang", "it", command_path(c, "pages/a.md"));
    assert_int_equal(c->code, 1);
    assert_contains(buf_str(&c->out), STR("/_site.yaml:1: errore: yaml: "));
    assert_false(str_contains(buf_str(&c->out), STR("b.md")));
    assert_contains(buf_str(&c->out), STR("✗ _site.yaml\n1 pagina: 0 pronte, 1 fermata\n"));
    command_run(c, "check", "--lang", "it", command_path(c, "pages"));
    assert_int_equal(c->code, 1);
    assert_contains(buf_str(&c->out), STR("\n2 pagine: 0 pronte, 2 fermate\n"));
    command_run(c, "check", "--json", command_path(c, "pages/a.md"));
    assert_int_equal(c->code, 1);
    assert_contains(buf_str(&c->out), STR("\"url\":\"/a\",\"state\":\"rejected\""));
    assert_contains(buf_str(&c->out), STR("\n{\"file\":\"_site.yaml\",\"line\":1,\"severity\":"
                                          "\"error\",\"rule\":\"yaml\""));

    files_write(c->folder, "pages/_site.yaml", STR("name: a\n"));
    command_run(c, "check", "--lang", "it", command_path(c, "pages/a.md"));
    assert_int_equal(c->code, 0);
    assert_false(str_contains(buf_str(&c->out), STR("_site.yaml")));
}

static void nothing_is_coloured_that_is_not_a_terminal(void **state)
{
    struct command *c = *state;
    files_write(c->folder, "pages/a.md", STR("---\ntitle: a\n---\n"));
    command_run(c, "check", command_path(c, "pages"));
    assert_null(memchr(c->out.ptr, '\033', c->out.len));
}

static void programs_read_json(void **state)
{
    struct command *c = *state;
    command_good_site(c);
    files_write(c->folder, "pages/a\"\n.md", STR("---\ntitle: a\n---\n"));
    command_run(c, "check", "--json", "--lang", "en", command_path(c, "pages"));
    assert_int_equal(c->code, 1);
    assert_true(json_is_valid(buf_str(&c->out)));
    assert_contains(buf_str(&c->out), STR("{\"file\":\"privacy.md\",\"url\":\"/privacy\","
                                          "\"state\":\"live\""));
    assert_contains(buf_str(&c->out), STR("\"severity\":\"error\""));

    files_write(c->folder, "empty/_site.yaml", STR("name: a\n"));
    command_run(c, "check", "--json", command_path(c, "empty"));
    assert_true(json_is_valid(buf_str(&c->out)));
}

static void a_page_that_is_only_a_redirect_by_now_has_no_bar(void **state)
{
    struct command *c = *state;
    command_good_site(c);
    files_write(c->folder, "pages/estate.md",
                STR("---\ntitle: Estate\ndescription: Fino ad agosto.\ngoal: letto\n"
                    "expires_at: 2020-08-31\nthen: /\n---\n\nCiao.\n"));
    command_run(c, "check", "--lang", "it", command_path(c, "pages"));
    assert_int_equal(c->code, 0);
    assert_contains(buf_str(&c->out), STR("\n/estate  "));
    command_run(c, "check", "--json", command_path(c, "pages"));
    assert_contains(buf_str(&c->out), STR("\"url\":\"/estate\",\"state\":\"expired\","
                                          "\"goal\":\"read\",\"errors\":0,"));
}

static void what_is_wrong_with_a_whole_site_is_a_warning(void **state)
{
    struct command *c = *state;
    files_write(c->folder, "pages/_site.yaml", STR("name: a\n"));
    files_write(c->folder, "pages/a.md",
                STR("---\ntitle: Uno\ndescription: d\ngoal: letto\n---\n"
                    "[b](b) [c](/b/) [d](./b.md) [e](#x) [f](mailto:a@b.it)\n"));
    files_write(c->folder, "pages/b.md",
                STR("---\ntitle: Due\ndescription: d\ngoal: letto\n---\n"));
    command_run(c, "check", "--lang", "it", command_path(c, "pages"));
    assert_int_equal(c->code, 0);
    assert_contains(buf_str(&c->out),
                    STR("_site.yaml: avviso: legge: in _site.yaml manca «legal»"));
    assert_contains(buf_str(&c->out),
                    STR("avviso: legge: il sito non ha una pagina sulla privacy"));
    assert_contains(buf_str(&c->out), STR("_site.yaml: avviso: sito: in _site.yaml manca «url»"));
    struct buf italian = c->out;
    c->out = BUF_EMPTY;
    command_run(c, "check", "--lang", "en", command_path(c, "pages"));
    assert_contains(buf_str(&c->out), STR("warning: legal: _site.yaml has no 'legal'\n"));
    assert_contains(buf_str(&c->out), STR("warning: legal: the site has no privacy page\n"));
    assert_contains(buf_str(&c->out), STR("warning: site: _site.yaml has no 'url'\n"));
    buf_finish(&c->out);
    c->out = italian;
    assert_null(memmem(c->out.ptr, c->out.len, "non porta", strlen("non porta")));
    assert_contains(buf_str(&c->out), STR("\n2 pagine: 2 pronte\n"));

    files_write(c->folder, "pages/_site.yaml", STR("name: a\nprivacy: /privacy\n"));
    command_run(c, "check", "--lang", "it", command_path(c, "pages"));
    assert_contains(buf_str(&c->out),
                    STR("_site.yaml:2: avviso: link: /privacy non porta da nessuna parte\n"));

    files_write(c->folder, "pages/_site.yaml", STR("name: a\nlogo: logo.svg\n"));
    command_run(c, "check", "--lang", "it", command_path(c, "pages"));
    assert_contains(buf_str(&c->out),
                    STR("_site.yaml:2: avviso: immagine: l’immagine «logo.svg» non c’è: "));
}

static void two_pages_of_one_title_are_told(void **state)
{
    struct command *c = *state;
    command_good_site(c);
    files_write(c->folder, "pages/a.md", STR(GOOD));
    files_write(c->folder, "pages/b.md", STR(GOOD));
    command_run(c, "check", "--lang", "it", command_path(c, "pages"));
    assert_int_equal(c->code, 0);
    assert_contains(buf_str(&c->out), STR("/b.md:2: avviso: titolo: a.md ha lo stesso titolo\n"));
    assert_contains(buf_str(&c->out), STR("\n4 pagine: 3 pronte, 1 con avvisi\n"));
    command_run(c, "check", "--lang", "en", command_path(c, "pages"));
    assert_contains(buf_str(&c->out), STR("b.md:2: warning: title: a.md has the same title\n"));
}

static void what_two_pages_want_of_each_other_is_told_to_both(void **state)
{
    struct command *c = *state;
    command_good_site(c);
    files_write(c->folder, "pages/a.md",
                STR("---\ntitle: Uno\ndescription: d\ngoal: letto\naliases: [/qr, /b]\n---\n"));
    files_write(c->folder, "pages/b.md",
                STR("---\ntitle: Due\ndescription: d\ngoal: letto\naliases: /qr\n---\n"));
    command_run(c, "check", "--lang", "it", command_path(c, "pages"));
    assert_int_equal(c->code, 0);
    assert_contains(buf_str(&c->out),
                    STR("a.md: avviso: alias: l’alias /b non porta qui: è l’indirizzo di b.md\n"));
    assert_contains(buf_str(&c->out),
                    STR("a.md: avviso: alias: l’alias /qr porta qui, ma ce l’ha anche b.md\n"));
    assert_contains(buf_str(&c->out), STR("b.md: avviso: alias: l’alias /qr non porta qui, ma a "
                                          "a.md, che ce l’ha anch’esso\n"));

    files_write(c->folder, "pages/a.html", STR("---\ntitle: Tre\n---\n<p>Uno</p>"));
    command_run(c, "check", "--lang", "it", command_path(c, "pages"));
    assert_int_equal(c->code, 1);
    assert_contains(buf_str(&c->out), STR("a.html: errore: indirizzo: /a è anche l’indirizzo di "
                                          "a.md: non si pubblica né l’uno né l’altro"));
    assert_contains(buf_str(&c->out), STR("a.md: errore: indirizzo: /a è anche l’indirizzo di "));
}

/* Nobody would be told at that time but the log. */
static void a_page_to_come_whose_address_is_taken_is_told_now(void **state)
{
    struct command *c = *state;
    command_good_site(c);
    files_write(c->folder, "pages/promo.html",
                STR("---\nexpires_at: 2099-12-01 09:00\n---\n<title>Ora</title><p>Ora.</p>"));
    files_write(c->folder, "pages/promo.md",
                STR("---\ntitle: Poi\ndescription: d\ngoal: letto\n"
                    "publish_at: 2099-12-01 09:00\n---\n"));
    command_run(c, "check", "--lang", "it", command_path(c, "pages"));
    assert_int_equal(c->code, 1);
    assert_contains(
        buf_str(&c->out),
        STR("promo.md: errore: indirizzo: /promo è anche l’indirizzo di promo.html: "
            "quando sarà l’ora di questa pagina non si pubblicherà né l’uno né l’altro"));

    files_write(c->folder, "pages/promo.html",
                STR("---\nexpires_at: 2020-12-01 09:00\nthen: /\n---\n<title>Ieri</title>"));
    command_run(c, "check", command_path(c, "pages"));
    assert_int_equal(c->code, 1);
}

static void a_picture_that_is_not_there_is_told_once(void **state)
{
    struct command *c = *state;
    command_good_site(c);
    files_write(c->folder, "pages/a.md", STR(GOOD "\n![Una scarpa](manca.webp)\n"));
    command_run(c, "check", "--lang", "it", command_path(c, "pages"));
    assert_int_equal(c->code, 0);
    assert_contains(buf_str(&c->out), STR("avviso: immagine: l’immagine «manca.webp» non c’è: "));
    assert_contains(buf_str(&c->out), STR("⚠ 1 avviso\n"));
}

static void a_style_sheet_that_would_end_the_style_is_not_used(void **state)
{
    struct command *c = *state;
    command_good_site(c);
    files_write(c->folder, "pages/_theme/style.css", STR("p{}</style><script>"));
    command_run(c, "check", "--lang", "it", command_path(c, "pages"));
    assert_int_equal(c->code, 1);
    assert_contains(buf_str(&c->out), STR("_theme/style.css: errore: tema: in un foglio di stile "
                                          "non vanno «</» e «<!», e quindi non viene usato\n"));
    command_run(c, "check", "--lang", "en", command_path(c, "pages"));
    assert_contains(buf_str(&c->out), STR("_theme/style.css: error: theme: '</' and '<!' have no "
                                          "place in a style sheet, so it is not used\n"));
}

/* Once for all pages: they are the same around each. */
static void what_the_theme_cannot_fetch_is_told_in_its_own_file(void **state)
{
    struct command *c = *state;
    command_good_site(c);
    files_write(c->folder, "pages/b.md", STR(GOOD "<b>b</b>\n"));
    files_write(c->folder, "pages/_theme/header.html",
                STR("\n\n<link rel=me href=\"https://social.example/noi\"><p>\n"
                    "<img alt=a width=1 height=1 src=\"https://cdn.example/logo.png\">"));
    files_write(c->folder, "pages/_theme/style.css",
                STR("\n@namespace url(http://social.example);/* url(https://social.example) */"
                    "@font-face{\nsrc:url(//cdn.example/f.woff2)}p{background:url(/own.png)}"));
    command_run(c, "check", "--lang", "it", command_path(c, "pages"));
    assert_int_equal(c->code, 0);
    assert_contains(buf_str(&c->out),
                    STR("_theme/header.html:4: avviso: bloccato: le regole di sicurezza della "
                        "pagina bloccano https://cdn.example/logo.png: non si vede niente\n"));
    assert_contains(buf_str(&c->out), STR("_theme/style.css:3: avviso: bloccato: "));
    assert_false(str_contains(buf_str(&c->out), STR("b.md:")));
    assert_false(str_contains(buf_str(&c->out), STR("own.png")));
    assert_false(str_contains(buf_str(&c->out), STR("social.example")));
}

static void the_brands_rules_hold_for_its_pages(void **state)
{
    struct command *c = *state;
    command_good_site(c);
    files_write(c->folder, "pages/_guidelines.yaml", STR("never_say: [low cost: conveniente]\n"));
    files_write(c->folder, "pages/a.md", STR(GOOD "\nScarpe low cost.\n"));
    command_run(c, "check", "--lang", "it", command_path(c, "pages"));
    assert_int_equal(c->code, 1);
    assert_contains(buf_str(&c->out),
                    STR("/a.md:12: errore: linee-guida: «low cost» è fra le parole che il marchio "
                        "non usa; al suo posto «conveniente»\n    Perché: "));
}

static void wrong_usage_is_2_and_failure_at_work_is_3(void **state)
{
    struct command *c = *state;
    command_run(c, "check", "--colour");
    assert_int_equal(c->code, 2);
    assert_contains(buf_str(&c->err), STR("there is no flag --colour"));
    command_run(c, "check", "--lang", "de");
    assert_int_equal(c->code, 2);
    command_run(c, "check", "--lang");
    assert_int_equal(c->code, 2);
    command_run(c, "check", command_path(c, "nowhere"));
    assert_int_equal(c->code, 3);
    assert_contains(buf_str(&c->err), STR("not found"));
    command_run(c, "check", "--help");
    assert_int_equal(c->code, 0);
    assert_contains(buf_str(&c->out), STR("attimo check [--json]"));
}

static void a_new_page_passes_check(void **state)
{
    struct command *c = *state;
    static const char *const moments[] = {"sapere", "comprare", "andare", "fare",
                                          "know",   "buy",      "go",     "do"};
    command_good_site(c);
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        char slug[32];
        (void)snprintf(slug, sizeof slug, "prova-%s", moments[i]);
        command_run(c, "new", moments[i], slug, "--pages", command_path(c, "pages"), "--lang",
                    i < 4 ? "it" : "en");
        assert_int_equal(c->code, 0);
    }
    command_run(c, "check", "--lang", "it", command_path(c, "pages"));
    assert_int_equal(c->code, 0);
    assert_true(str_starts_with(buf_str(&c->out), STR("PAGINA")));
    assert_contains(buf_str(&c->out), STR("\n10 pagine: 10 pronte\n"));
}

/* What YAML takes for a value of its own is a title all the same. */
static void a_new_page_may_have_any_name(void **state)
{
    struct command *c = *state;
    static const char *const names[] = {"null", "no", "404", "true", "2026-12-01"};
    command_good_site(c);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        command_run(c, "new", "sapere", names[i], "--pages", command_path(c, "pages"));
        assert_int_equal(c->code, 0);
    }
    command_run(c, "check", "--lang", "it", command_path(c, "pages"));
    assert_int_equal(c->code, 0);
    assert_contains(buf_str(&c->out), STR("\n7 pagine: 7 pronte\n"));
}

static void a_new_page_that_nobody_has_written_is_not_published(void **state)
{
    struct command *c = *state;
    struct buf page = BUF_EMPTY;
    static const char draft[] = "draft: true\n";
    command_good_site(c);
    command_run(c, "new", "comprare", "scarpe", "--pages", command_path(c, "pages"), "--lang",
                "it");
    assert_int_equal(c->code, 0);
    files_read(command_path(c, "pages/voglio-comprare/scarpe.md"), &page);
    char *line = memmem(page.ptr, page.len, draft, sizeof draft - 1);
    assert_non_null(line);
    memset(line, ' ', sizeof draft - 2);
    files_write(c->folder, "pages/voglio-comprare/scarpe.md", buf_str(&page));
    buf_finish(&page);

    command_run(c, "check", "--lang", "it", command_path(c, "pages"));
    assert_int_equal(c->code, 1);
    assert_contains(buf_str(&c->out), STR("errore: esempio: «La risposta, subito.» è ancora "));
    assert_contains(buf_str(&c->out), STR("errore: esempio: «+39 347 0000000» è ancora "));
    assert_contains(buf_str(&c->out), STR("errore: esempio: «Qui il testo: "));
    assert_contains(buf_str(&c->out), STR("errore: esempio: «Una frase che risponde al bisogno"));
    assert_contains(buf_str(&c->out), STR("✗ 4 errori: "));
}

/* "#stage: ..." and what belongs to it, "#  - link: ...", but no "# Sentence" that explains. */
static bool is_example(struct str line)
{
    bool sentence = line.len > 2 && line.ptr[1] == ' ' && line.ptr[2] != ' ';
    return str_starts_with(line, STR("#")) && !sentence;
}

/* As its first lines say: the # is taken away, and nothing else. */
static void every_example_in_a_new_page_is_right(void **state)
{
    struct command *c = *state;
    static const char *const languages[] = {"it", "en"};
    static const char *const photos[] = {"foto.webp", "photo.webp"};
    for (int i = 0; i < 2; i++) {
        struct buf page = BUF_EMPTY;
        struct buf used = BUF_EMPTY;
        struct str line;
        char file[64];
        command_good_site(c);
        (void)snprintf(file, sizeof file, "pages/voglio-comprare/%s", photos[i]);
        files_write(c->folder, file, STR("RIFF----WEBPVP8 "));
        (void)snprintf(file, sizeof file, "pages/voglio-comprare/prova-%s.md", languages[i]);
        command_run(c, "new", "comprare", i == 0 ? "prova-it" : "prova-en", "--lang", languages[i],
                    "--pages", command_path(c, "pages"));
        assert_int_equal(c->code, 0);
        files_read(command_path(c, file), &page);
        struct str rest = buf_str(&page);
        int examples = 0;
        while (str_split(&rest, '\n', &line)) {
            examples += is_example(line);
            buf_append(&used, is_example(line) ? str_skip(line, 1) : line);
            buf_append_char(&used, '\n');
        }
        files_write(c->folder, file, buf_str(&used));

        command_run(c, "check", "--lang", "en", command_path(c, file));
        if (c->code != 0)
            fail_msg("%.*s", STR_ARG(buf_str(&c->out)));
        assert_true(examples > 30);
        buf_finish(&page);
        buf_finish(&used);
    }
}

static void a_new_page_never_replaces_one(void **state)
{
    struct command *c = *state;
    struct buf page = BUF_EMPTY;
    files_write(c->folder, "pages/voglio-comprare/scarpe.md", STR(GOOD));
    command_run(c, "new", "comprare", "scarpe", "--pages", command_path(c, "pages"), "--lang",
                "it");
    assert_int_equal(c->code, 1);
    assert_contains(buf_str(&c->err), STR("c’è già, e resta com’è"));
    files_read(command_path(c, "pages/voglio-comprare/scarpe.md"), &page);
    assert_str(buf_str(&page), STR(GOOD));
    buf_finish(&page);
}

static void a_name_that_cannot_be_an_address_gets_a_better_one(void **state)
{
    struct command *c = *state;
    command_run(c, "new", "comprare", "Scarpe Estate!", "--lang", "it");
    assert_int_equal(c->code, 2);
    assert_contains(buf_str(&c->err), STR("per esempio scarpe-estate\n"));
    command_run(c, "new", "buy", "../x", "--lang", "en");
    assert_int_equal(c->code, 2);
    command_run(c, "new", "volare", "x", "--lang", "it");
    assert_int_equal(c->code, 2);
    assert_contains(buf_str(&c->err), STR("sapere, comprare, andare, fare"));
    command_run(c, "new", "buy");
    assert_int_equal(c->code, 2);
}

static void small_commands_complain_in_the_language_that_is_asked_for(void **state)
{
    struct command *c = *state;
    command_run(c, "takedown", "/promo/x", "--data", c->folder, "--lang", "it");
    assert_int_equal(c->code, 2);
    assert_contains(buf_str(&c->err), STR("attimo: scrivi perché: --reason"));

    command_run(c, "restore", "/promo/x", "--data", c->folder, "--lang", "it");
    assert_int_equal(c->code, 1);
    assert_contains(buf_str(&c->err), STR("attimo: /promo/x non risulta ritirata in "));

    command_run(c, "check", "--jason", "--lang=it");
    assert_int_equal(c->code, 2);
    assert_contains(buf_str(&c->err),
                    STR("attimo: l’opzione --jason non c’è; volevi dire --json?\n"));
}

TEST_MAIN(COMMAND_TEST(small_commands_complain_in_the_language_that_is_asked_for),
          COMMAND_TEST(a_good_site_passes),
          COMMAND_TEST(what_is_wrong_is_told_with_its_reason_and_its_remedy),
          COMMAND_TEST(one_file_is_checked_within_its_site),
          COMMAND_TEST(a_page_is_not_ready_whose_site_cannot_be_read),
          COMMAND_TEST(nothing_is_coloured_that_is_not_a_terminal),
          COMMAND_TEST(programs_read_json),
          COMMAND_TEST(what_is_wrong_with_a_whole_site_is_a_warning),
          COMMAND_TEST(a_page_that_is_only_a_redirect_by_now_has_no_bar),
          COMMAND_TEST(two_pages_of_one_title_are_told),
          COMMAND_TEST(what_two_pages_want_of_each_other_is_told_to_both),
          COMMAND_TEST(a_page_to_come_whose_address_is_taken_is_told_now),
          COMMAND_TEST(a_picture_that_is_not_there_is_told_once),
          COMMAND_TEST(a_style_sheet_that_would_end_the_style_is_not_used),
          COMMAND_TEST(what_the_theme_cannot_fetch_is_told_in_its_own_file),
          COMMAND_TEST(the_brands_rules_hold_for_its_pages),
          COMMAND_TEST(wrong_usage_is_2_and_failure_at_work_is_3),
          COMMAND_TEST(a_new_page_passes_check), COMMAND_TEST(a_new_page_may_have_any_name),
          COMMAND_TEST(a_new_page_that_nobody_has_written_is_not_published),
          COMMAND_TEST(every_example_in_a_new_page_is_right),
          COMMAND_TEST(a_new_page_never_replaces_one),
          COMMAND_TEST(a_name_that_cannot_be_an_address_gets_a_better_one))
