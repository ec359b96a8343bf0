/* The crisis switch: in force at once, on every worker, and until it is ended. */
#include "support/files.h"
#include "support/publishing.h"
#include "support/test.h"

#include <stdio.h>
#include <unistd.h>

static void start(struct server *s)
{
    server_page(s, "index.md", "Benvenuti.");
    server_page(s, "promo/x.md", "Da togliere.");
    server_start(s);
    await_page(s, "/promo/x", 200, "Da togliere.");
}

/* `attimo <words>` for this server's data folder; its exit code. */
static int attimo(struct server *s, const char *words)
{
    char program[PUBLISHING_PATH_MAX];
    char line[2048];
    const char *given = getenv("ATTIMO");
    assert_non_null(realpath(given && *given ? given : "build/attimo", program));
    (void)snprintf(line, sizeof line, "'%s' %s --data '%s'", program, words, s->data);
    return run_shell(s, line);
}

static void a_page_that_is_taken_down_answers_410_with_a_way_on(void **state)
{
    struct server *s = *state;
    server_flag(s, "--admin", "off");
    start(s);

    assert_int_equal(attimo(s, "takedown /promo/x --reason 'Il prezzo era sbagliato'"), 0);

    await_page(s, "/promo/x", 410, "href=\"/\">");
    await_log(s, "/promo/x is taken down: Il prezzo era sbagliato");
    assert_int_equal(server_get(s, "/").status, 200);
    server_stop(s);
}

static void a_page_that_is_taken_down_can_lead_elsewhere(void **state)
{
    struct server *s = *state;
    start(s);

    assert_int_equal(attimo(s, "takedown promo/x --then /scuse?da=promo --reason Crisi"), 0);

    await_page(s, "/promo/x", 307, NULL);
    struct response r = server_get(s, "/promo/x?utm_source=ig");
    assert_field(&r, "Location", "/scuse?da=promo&utm_source=ig");
    await_log(s, "/promo/x is taken down and leads to /scuse?da=promo: Crisi");
    server_stop(s);
}

static void it_can_lead_to_an_address_of_any_letters(void **state)
{
    struct server *s = *state;
    server_page(s, "caff\xC3\xA8.md", "Un caff\xC3\xA8.");
    start(s);

    assert_int_equal(attimo(s, "takedown /promo/x --then /caff\xC3\xA8?a=b --reason Crisi"), 0);
    await_page(s, "/promo/x", 307, NULL);
    struct response r = server_get(s, "/promo/x");
    assert_field(&r, "Location", "/caff%C3%A8?a=b");

    assert_int_equal(attimo(s, "takedown /caff\xC3\xA8 --then /caff\xC3\xA8/ --reason Crisi"), 2);
    assert_int_equal(attimo(s, "takedown /promo/x --then /caff\xE8 --reason Crisi"), 2);
    server_stop(s);
}

static void its_counted_links_lead_to_what_stands_in_its_place(void **state)
{
    struct server *s = *state;
    files_write(s->pages, "promo/x.md",
                STR("---\ntitle: Vento 2\ndescription: Scarpe.\ncta: {call: Chiama, to: 0521 1}\n"
                    "---\nDa togliere.\n"));
    server_start(s);
    struct response r = server_get(s, "/_/go/promo/x/call");
    assert_true(str_starts_with(response_field(&r, "Location"), STR("tel:")));

    assert_int_equal(attimo(s, "takedown /promo/x --reason Crisi"), 0);

    await_page(s, "/promo/x", 410, NULL);
    r = server_get(s, "/_/go/promo/x/call");
    assert_int_equal(r.status, 303);
    assert_field(&r, "Location", "/promo/x");
    server_stop(s);
}

static void what_stands_in_its_place_is_a_page_of_the_site(void **state)
{
    struct server *s = *state;
    files_write(s->pages, "_site.yaml",
                STR("name: Sport Parma\nurl: https://www.example.it\nlegal: P.IVA 00000000000\n"));
    start(s);
    await_page(s, "/sitemap.xml", 200, "<loc>https://www.example.it/promo/x</loc>");

    assert_int_equal(attimo(s, "takedown /promo/x --reason Crisi"), 0);

    await_page(s, "/promo/x", 410, "<h1>Pagina non disponibile</h1>");
    struct response r = server_get(s, "/promo/x");
    assert_contains(r.body, STR("Sport Parma"));
    assert_contains(r.body, STR("P.IVA 00000000000"));
    assert_null(memmem(r.body.ptr, r.body.len, "Una pagina di prova", 19));
    files_write(s->pages, "_site.yaml",
                STR("name: Altro nome\nurl: https://www.example.it\nlang: en\n"));
    await_page(s, "/promo/x", 410, "<h1>Page not available</h1>");
    assert_contains(server_get(s, "/promo/x").body, STR("Altro nome"));
    server_stop(s);
}

/* Nor does anything come into the place of the author's own file for them. */
static void search_engines_are_not_sent_to_it(void **state)
{
    struct server *s = *state;
    files_write(s->pages, "_site.yaml", STR("url: https://www.example.it\n"));
    files_write(s->pages, "robots.txt", STR("User-agent: *\nDisallow: /x\n"));
    start(s);

    assert_int_equal(attimo(s, "takedown /robots.txt --reason Sbagliato"), 0);
    assert_int_equal(attimo(s, "takedown /promo/x --reason Crisi"), 0);
    await_no(s, "/sitemap.xml", "/promo/x");
    assert_contains(server_get(s, "/sitemap.xml").body, STR("<loc>https://www.example.it/</loc>"));
    server_page(s, "promo/y.md", "Un'altra.");
    await_page(s, "/sitemap.xml", 200, "/promo/y<");
    await_no(s, "/sitemap.xml", "/promo/x");
    assert_int_equal(server_get(s, "/robots.txt").status, 410);

    assert_int_equal(attimo(s, "restore /robots.txt"), 0);
    await_page(s, "/robots.txt", 200, "Disallow: /x\n");
    assert_int_equal(attimo(s, "restore /promo/x"), 0);
    await_page(s, "/sitemap.xml", 200, "/promo/x<");
    assert_false(server_said(s, "is also the address of"));
    server_stop(s);
}

/* Addresses are copied as browsers show them. */
static void a_page_may_be_named_by_any_address_that_shows_it(void **state)
{
    struct server *s = *state;
    static const char *const words[] = {
        "'https://x.example/promo/x/'", "'https://x.example/promo/x#prezzi'",
        "'//x.example/promo/x.html'",   "promo/x/?a=b#c",
        "https://x.example/promo/%78",
    };
    char line[256];
    start(s);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        (void)snprintf(line, sizeof line, "takedown %s --reason Crisi", words[i]);
        assert_int_equal(attimo(s, line), 0);
        await_page(s, "/promo/x", 410, NULL);
        (void)snprintf(line, sizeof line, "restore %s", words[i]);
        assert_int_equal(attimo(s, line), 0);
        await_page(s, "/promo/x", 200, "Da togliere.");
    }
    assert_int_equal(attimo(s, "takedown x.example/promo/x --reason Crisi"), 2);
    server_stop(s);
}

static void a_takedown_by_another_spelling_is_ended_by_the_pages_own(void **state)
{
    struct server *s = *state;
    start(s);
    assert_int_equal(attimo(s, "takedown /promo/x/ --reason Crisi"), 0);
    await_page(s, "/promo/x", 410, NULL);
    assert_int_equal(server_get(s, "/promo/x/").status, 410);
    assert_int_equal(attimo(s, "restore /promo/x"), 0);
    await_page(s, "/promo/x", 200, NULL);
    struct response r = server_get(s, "/promo/x/");
    assert_int_equal(r.status, 308);
    assert_field(&r, "Location", "/promo/x");
    assert_int_equal(attimo(s, "restore /promo/x/"), 1);
    server_stop(s);
}

/* Whatever its spelling is then. */
static void a_takedown_in_advance_holds_for_the_page_that_comes(void **state)
{
    struct server *s = *state;
    files_write(s->pages, "_site.yaml", STR("url: https://www.example.it\n"));
    start(s);
    assert_int_equal(attimo(s, "takedown /promo/poi/ --reason Crisi"), 0);
    await_page(s, "/promo/poi/", 410, NULL);

    server_page(s, "promo/poi.md", "Troppo presto.");

    await_log(s, "/promo/poi stays taken down");
    assert_int_equal(server_get(s, "/promo/poi").status, 410);
    await_no(s, "/sitemap.xml", "/promo/poi");
    server_stop(s);
}

static void aliases_of_a_page_do_not_get_around_its_takedown(void **state)
{
    struct server *s = *state;
    files_write(s->pages, "nuova.md",
                STR("---\ntitle: Nuova\ndescription: Nuova\naliases: /qr\n---\n\nNuova.\n"));
    start(s);
    assert_int_equal(server_get(s, "/qr").status, 308);
    assert_int_equal(attimo(s, "takedown /nuova --reason Crisi"), 0);
    await_page(s, "/nuova", 410, NULL);
    struct response r = server_get(s, "/qr");
    assert_field(&r, "Location", "/nuova");
    server_stop(s);
}

/* Of a page that was taken down nothing that is saved later makes another page. */
static void no_page_of_another_spelling_ends_a_takedown(void **state)
{
    struct server *s = *state;
    server_page(s, "c.md", "Un'altra.");
    start(s);
    assert_int_equal(attimo(s, "takedown https://x.example/promo/x/ --reason Crisi"), 0);
    assert_int_equal(attimo(s, "takedown /c.html --reason Crisi"), 0);
    await_page(s, "/promo/x", 410, NULL);
    await_page(s, "/c", 410, NULL);

    server_page(s, "promo/x/index.md", "Accanto.");
    await_log(s, "/promo/x/ stays taken down");
    files_write(s->pages, "d.md",
                STR("---\ntitle: D\ndescription: D\naliases: /c.html\n---\n\nD.\n"));
    await_page(s, "/d", 200, NULL);
    assert_int_equal(server_get(s, "/promo/x").status, 410);
    assert_int_equal(server_get(s, "/promo/x/").status, 410);
    assert_int_equal(server_get(s, "/c").status, 410);
    server_stop(s);

    server_start(s);
    assert_int_equal(server_get(s, "/promo/x").status, 410);
    assert_int_equal(server_get(s, "/promo/x/").status, 410);
    assert_int_equal(server_get(s, "/c").status, 410);

    assert_int_equal(attimo(s, "restore /promo/x.html"), 0);
    await_page(s, "/promo/x", 200, "Da togliere.");
    await_page(s, "/promo/x/", 200, "Accanto.");
    assert_int_equal(attimo(s, "restore /c"), 0);
    await_page(s, "/c", 200, "Un'altra.");
    server_stop(s);
}

static void a_draft_of_another_spelling_does_not_get_in_its_way(void **state)
{
    struct server *s = *state;
    files_write(s->pages, "promo/x/index.md",
                STR("---\ntitle: B\ndescription: B\ndraft: true\n---\n\nBozza.\n"));
    start(s);
    struct response r = server_get(s, "/promo/x/");
    assert_int_equal(r.status, 308);
    assert_field(&r, "Location", "/promo/x");
    assert_int_equal(attimo(s, "takedown /promo/x/ --reason Crisi"), 0);
    await_page(s, "/promo/x", 410, NULL);
    assert_int_equal(server_get(s, "/promo/x/").status, 410);
    server_stop(s);
}

static void of_two_takedowns_of_a_page_the_last_holds(void **state)
{
    struct server *s = *state;
    server_page(s, "promo/index.md", "Una cartella.");
    start(s);
    assert_int_equal(attimo(s, "takedown /promo --then /o --reason Crisi"), 0);
    await_page(s, "/promo/", 307, NULL);
    assert_int_equal(attimo(s, "takedown /promo/ --reason Crisi"), 0);
    await_page(s, "/promo/", 410, NULL);
    assert_int_equal(server_get(s, "/promo").status, 410);
    assert_int_equal(server_get(s, "/promo/x").status, 200);
    assert_int_equal(attimo(s, "restore /promo"), 0);
    await_page(s, "/promo/", 200, "Una cartella.");
    server_stop(s);
}

static void an_address_within_a_path_is_a_part_of_it(void **state)
{
    struct server *s = *state;
    start(s);
    assert_int_equal(attimo(s, "takedown /go/https://x.example/promo/x --reason Crisi"), 0);
    assert_int_equal(attimo(s, "takedown go/https://x.example/promo/x --reason Crisi"), 0);
    await_page(s, "/go/https://x.example/promo/x", 410, NULL);
    assert_int_equal(server_get(s, "/promo/x").status, 200);
    assert_int_equal(attimo(s, "takedown https://x.example --reason Crisi"), 0);
    await_page(s, "/", 410, NULL);
    assert_int_equal(server_get(s, "/promo/x").status, 200);
    server_stop(s);
}

static void no_saving_of_the_page_ends_a_takedown(void **state)
{
    struct server *s = *state;
    start(s);
    assert_int_equal(attimo(s, "takedown /promo/x --reason Crisi"), 0);
    await_page(s, "/promo/x", 410, NULL);

    save_in_place(s, "promo/x.md", "Ripubblicata per sbaglio.");
    await_log(s, "/promo/x stays taken down");
    files_write(s->pages, "promo/x.md", STR("---\ntitle: [\n---\nRotta.\n"));
    await_log(s, "promo/x.md is not published: ");
    assert_false(str_contains(server_admin(s, "/readyz").body, STR("\"live\":\"")));
    assert_int_equal(server_get(s, "/promo/x").status, 410);
    assert_int_equal(run_shell(s, "rm -r pages/promo; mkdir pages/promo"), 0);
    server_page(s, "promo/x.md", "Ripubblicata da capo.");
    server_page(s, "promo/y.md", "Un'altra.");
    await_page(s, "/promo/y", 200, NULL);
    assert_int_equal(server_get(s, "/promo/x").status, 410);

    assert_int_equal(attimo(s, "restore /promo/x"), 0);
    await_page(s, "/promo/x", 200, "Ripubblicata da capo.");
    await_log(s, "/promo/x is restored");
    server_stop(s);
}

static void a_takedown_survives_a_restart(void **state)
{
    struct server *s = *state;
    start(s);
    assert_int_equal(attimo(s, "takedown /promo/x --reason Crisi"), 0);
    await_page(s, "/promo/x", 410, NULL);
    server_stop(s);

    server_start(s);
    assert_int_equal(server_get(s, "/promo/x").status, 410); /* from the first request on */
    server_stop(s);

    assert_int_equal(attimo(s, "restore /promo/x"), 0); /* while nothing runs */
    server_start(s);
    assert_int_equal(server_get(s, "/promo/x").status, 200);
    server_stop(s);
}

static void a_takedown_takes_effect_on_every_worker(void **state)
{
    struct server *s = *state;
    server_flag(s, "--workers", "3");
    start(s);
    struct client *clients[6]; /* dealt to the workers in turn */
    for (int i = 0; i < 6; i++)
        clients[i] = server_connect(s, 0);

    assert_int_equal(attimo(s, "takedown /promo/x --reason Crisi"), 0);
    await_page(s, "/promo/x", 410, NULL);
    await_log(s, "/promo/x is taken down");

    for (int i = 0; i < 6; i++) {
        client_send_text(clients[i], "GET /promo/x HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_int_equal(client_response(clients[i]).status, 410);
    }
    server_stop(s);
}

static void a_data_folder_that_is_replaced_is_followed(void **state)
{
    struct server *s = *state;
    start(s);
    assert_int_equal(attimo(s, "takedown /promo/x --reason Crisi"), 0);
    await_page(s, "/promo/x", 410, NULL);

    assert_int_equal(run_shell(s, "rm -r data/takedowns"), 0);
    await_page(s, "/promo/x", 200, NULL);
    assert_int_equal(attimo(s, "takedown /promo/x --reason Ancora"), 0);
    await_page(s, "/promo/x", 410, NULL);
    server_stop(s);
}

static void a_takedown_whose_file_is_spoiled_holds_on(void **state)
{
    struct server *s = *state;
    start(s);
    assert_int_equal(attimo(s, "takedown /promo/x --reason Crisi"), 0);
    await_page(s, "/promo/x", 410, NULL);

    assert_int_equal(run_shell(s, "for f in data/takedowns/*; do echo 'page: [' >\"$f\"; done"), 0);
    await_log(s, ": error: yaml: ");
    assert_int_equal(attimo(s, "takedown / --reason 'Anche questa'"), 0);
    await_page(s, "/", 410, NULL);
    assert_int_equal(server_get(s, "/promo/x").status, 410);

    assert_int_equal(attimo(s, "restore /promo/x"), 0);
    await_page(s, "/promo/x", 200, NULL);
    server_stop(s);
}

static void the_data_folder_is_made_at_the_start(void **state)
{
    struct server *s = *state;
    assert_int_equal(rmdir(s->data), 0);
    assert_int_not_equal(attimo(s, "takedown /promo/x --reason Crisi"), 0);

    start(s);
    assert_int_equal(attimo(s, "takedown /promo/x --reason Crisi"), 0);
    await_page(s, "/promo/x", 410, NULL);
    server_stop(s);
}

/* Bytes of another terminal, and a whole conversation. */
static void a_page_goes_whatever_the_reason(void **state)
{
    struct server *s = *state;
    static const char *const reasons[] = {
        "\"$(printf '\\350 sbagliato')\"",
        "\"$(printf 'x\\302\\200')\"",
        "\"$(printf '%070000d' 0)\"",
    };
    char line[256];
    start(s);
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        (void)snprintf(line, sizeof line, "takedown /promo/x --reason %s", reasons[i]);
        assert_int_equal(attimo(s, line), 0);
        await_page(s, "/promo/x", 410, NULL);
        assert_int_equal(attimo(s, "restore /promo/x"), 0);
        await_page(s, "/promo/x", 200, "Da togliere.");
    }
    server_stop(s);
}

/* U+0085 is the end of a line to YAML. */
static void a_page_goes_whatever_its_address(void **state)
{
    struct server *s = *state;
    server_page(s, "x\xC2\x85y.md", "Da togliere.");
    start(s);
    await_page(s, "/x%C2%85y", 200, "Da togliere.");
    assert_int_equal(attimo(s, "takedown /x%C2%85y --reason Crisi"), 0);
    await_page(s, "/x%C2%85y", 410, NULL);
    assert_int_equal(attimo(s, "takedown \"/$(printf '%070000d' 0)\" --reason Crisi"), 3);
    server_stop(s);
}

static void what_is_asked_wrongly_changes_nothing(void **state)
{
    struct server *s = *state;
    assert_int_equal(attimo(s, "takedown"), 2);
    assert_int_equal(attimo(s, "takedown /promo/x"), 2);
    assert_int_equal(attimo(s, "takedown /promo/x --reason ''"), 2);
    assert_int_equal(attimo(s, "takedown /promo/x --reason Crisi --then //evil.example/"), 2);
    assert_int_equal(attimo(s, "takedown /promo/x --reason Crisi --then /promo/x"), 2);
    assert_int_equal(attimo(s, "takedown /promo/x --reason Crisi --then '/promo/x/?a=b'"), 2);
    assert_int_equal(attimo(s, "takedown /promo/x --reason Crisi --then /promo/x/index.html"), 2);
    assert_int_equal(attimo(s, "takedown /promo/%zz --reason Crisi"), 2);
    assert_int_equal(attimo(s, "takedown '' --reason Crisi"), 2);
    assert_int_equal(attimo(s, "takedown '#a' --reason Crisi"), 2);
    assert_int_equal(attimo(s, "takedown '?a' --reason Crisi"), 2);
    assert_int_equal(attimo(s, "takedown https:// --reason Crisi"), 2);
    assert_int_equal(attimo(s, "takedown https:///promo/x --reason Crisi"), 2);
    assert_int_equal(attimo(s, "restore /promo/x"), 1);
    assert_int_equal(run_shell(s, "test -z \"$(ls -A data)\""), 0);
}

TEST_MAIN(SERVER_TEST(a_page_that_is_taken_down_answers_410_with_a_way_on),
          SERVER_TEST(a_page_that_is_taken_down_can_lead_elsewhere),
          SERVER_TEST(it_can_lead_to_an_address_of_any_letters),
          SERVER_TEST(its_counted_links_lead_to_what_stands_in_its_place),
          SERVER_TEST(what_stands_in_its_place_is_a_page_of_the_site),
          SERVER_TEST(search_engines_are_not_sent_to_it),
          SERVER_TEST(a_page_may_be_named_by_any_address_that_shows_it),
          SERVER_TEST(a_takedown_by_another_spelling_is_ended_by_the_pages_own),
          SERVER_TEST(a_takedown_in_advance_holds_for_the_page_that_comes),
          SERVER_TEST(aliases_of_a_page_do_not_get_around_its_takedown),
          SERVER_TEST(no_page_of_another_spelling_ends_a_takedown),
          SERVER_TEST(a_draft_of_another_spelling_does_not_get_in_its_way),
          SERVER_TEST(of_two_takedowns_of_a_page_the_last_holds),
          SERVER_TEST(an_address_within_a_path_is_a_part_of_it),
          SERVER_TEST(no_saving_of_the_page_ends_a_takedown),
          SERVER_TEST(a_takedown_survives_a_restart),
          SERVER_TEST(a_takedown_takes_effect_on_every_worker),
          SERVER_TEST(a_data_folder_that_is_replaced_is_followed),
          SERVER_TEST(a_takedown_whose_file_is_spoiled_holds_on),
          SERVER_TEST(the_data_folder_is_made_at_the_start),
          SERVER_TEST(a_page_goes_whatever_the_reason),
          SERVER_TEST(a_page_goes_whatever_its_address),
          SERVER_TEST(what_is_asked_wrongly_changes_nothing))
