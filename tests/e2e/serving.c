/* What a visitor gets: pages, assets, their fields, what is not there and what must not be. */
#include "support/files.h"
#include "support/server.h"
#include "support/test.h"

#include "base/hash.h"

#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void a_page_is_private_and_asked_for_again(void **state)
{
    struct server *s = *state;
    server_page(s, "voglio-comprare/scarpe.md", "Le **Vento 2** ti aspettano.");
    server_start(s);

    struct response r = server_get(s, "/voglio-comprare/scarpe?utm_source=instagram");
    assert_int_equal(r.status, 200);
    assert_field(&r, "Content-Type", "text/html; charset=utf-8");
    assert_field(&r, "Cache-Control", "private, no-cache");
    assert_field(&r, "Vary", "Accept-Encoding");
    assert_field(&r, "X-Content-Type-Options", "nosniff");
    assert_no_field(&r, "Set-Cookie");
    assert_contains(r.body, STR("<strong>Vento 2</strong>"));
    assert_contains(r.body, STR("https://shop.example/"));

    server_stop(s);
}

static void an_html_page_keeps_every_byte_and_gets_what_its_head_lacks(void **state)
{
    struct server *s = *state;
    static const char before[] = "<!doctype html>\n<html lang=\"it\"><head><meta charset=\"utf-8\">"
                                 "<title>Promo</title><meta name=\"viewport\" "
                                 "content=\"width=device-width\">";
    static const char after[] =
        "</head>\n<body><h1>Gi\xc3\xb9 i prezzi</h1><a href=\"tel:+390521\">"
        "Chiama</a>";
    static const char end[] = "</body></html>\n";
    struct buf page = BUF_EMPTY;
    buf_printf(&page, "%s%s%s", before, after, end);
    files_write(s->pages, "promo.html", buf_str(&page));
    buf_finish(&page);
    server_start(s);

    struct response r = server_get(s, "/promo");
    assert_int_equal(r.status, 200);
    assert_true(str_starts_with(r.body, STR(before)));
    assert_contains(r.body, STR(after));
    assert_true(str_ends_with(r.body, STR(end)));
    assert_contains(r.body, STR("<meta property=\"og:title\" content=\"Promo\">"));

    server_stop(s);
}

static void an_index_is_the_page_of_its_folder(void **state)
{
    struct server *s = *state;
    server_page(s, "index.md", "La radice.");
    server_page(s, "voglio-andare/index.md", "Dove siamo.");
    server_start(s);

    struct response root = server_get(s, "/");
    assert_contains(root.body, STR("La radice."));
    struct response folder = server_get(s, "/voglio-andare/");
    assert_contains(folder.body, STR("Dove siamo."));

    server_stop(s);
}

static void redirects_live_a_minute_and_keep_the_query(void **state)
{
    struct server *s = *state;
    server_page(s, "x.md", "Una pagina.");
    server_start(s);

    struct response r = server_get(s, "/x.html?utm_source=qr&utm_campaign=vetrina");
    assert_int_equal(r.status, 308);
    assert_field(&r, "Location", "/x?utm_source=qr&utm_campaign=vetrina");
    assert_contains(response_field(&r, "Cache-Control"), STR("max-age=60"));

    server_stop(s);
}

static void an_alias_leads_to_its_page_with_the_query(void **state)
{
    struct server *s = *state;
    files_write(s->pages, "offerte/vento.md",
                STR("---\ntitle: Vento\ndescription: Vento\naliases: /qr\n---\nTesto\n"));
    server_start(s);

    struct response r = server_get(s, "/qr?utm_source=vetrina");
    assert_int_equal(r.status, 308);
    assert_field(&r, "Location", "/offerte/vento?utm_source=vetrina");
    assert_field(&r, "Content-Length", "0");
    assert_contains(response_field(&r, "Cache-Control"), STR("max-age=60"));

    server_stop(s);
}

static void an_expired_page_redirects_or_is_gone(void **state)
{
    struct server *s = *state;
    files_write(s->pages, "saldi.md",
                STR("---\ntitle: Saldi\ndescription: Saldi\nexpires_at: 2020-01-06\n"
                    "then: /novita?da=saldi#ora\n---\nTesto\n"));
    files_write(s->pages, "black-friday.md",
                STR("---\ntitle: Black Friday\ndescription: Solo oggi\nlang: it\n"
                    "expires_at: 2020-11-27\n---\nTutto a meta prezzo\n"));
    server_start(s);

    struct response moved = server_get(s, "/saldi?utm_source=mail");
    assert_int_equal(moved.status, 307);
    assert_field(&moved, "Location", "/novita?da=saldi&utm_source=mail#ora");

    struct response gone = server_get(s, "/black-friday");
    assert_int_equal(gone.status, 410);
    assert_field(&gone, "Cache-Control", "private, no-cache");
    assert_contains(gone.body, STR("<h1>Black Friday</h1>"));
    assert_int_equal(server_get(s, "/black-friday/").status, 308);

    server_stop(s);
}

static void a_draft_and_a_page_of_tomorrow_are_not_there(void **state)
{
    struct server *s = *state;
    files_write(s->pages, "bozza.md",
                STR("---\ntitle: B\ndescription: B\ndraft: true\naliases: /qr\n---\nTesto\n"));
    files_write(s->pages, "domani.md",
                STR("---\ntitle: D\ndescription: D\npublish_at: 2999-01-01\n---\nTesto\n"));
    server_page(s, "index.md", "La radice.");
    server_start(s);

    assert_int_equal(server_get(s, "/").status, 200);
    assert_int_equal(server_get(s, "/bozza").status, 404);
    assert_int_equal(server_get(s, "/domani").status, 404);
    assert_int_equal(server_get(s, "/qr").status, 404);

    server_stop(s);
}

static void a_page_has_a_policy_of_its_own(void **state)
{
    struct server *s = *state;
    server_page(s, "x.md", "Una pagina.");
    server_start(s);

    struct response r = server_get(s, "/x");
    assert_contains(response_field(&r, "Content-Security-Policy"),
                    STR("default-src 'none'; style-src 'sha256-"));

    server_stop(s);
}

static void an_asset_is_kept_only_under_its_version(void **state)
{
    struct server *s = *state;
    static const char css[] = "body { color: #222 }\n";
    server_page(s, "index.md", "Benvenuti.");
    files_write(s->pages, "stile.css", STR(css));
    server_start(s);

    assert_int_equal(hash_init(), 0);
    char version[HASH_TEXT_SIZE];
    hash_text(version, &STR(css), 1);
    char target[64];
    (void)snprintf(target, sizeof target, "/stile.css?v=%s", version);

    struct response plain = server_get(s, "/stile.css");
    assert_field(&plain, "Content-Type", "text/css; charset=utf-8");
    assert_field(&plain, "Cache-Control", "no-cache");
    assert_str(plain.body, STR(css));
    struct response versioned = server_get(s, target);
    assert_contains(response_field(&versioned, "Cache-Control"), STR("max-age=31536000"));
    assert_contains(response_field(&versioned, "Cache-Control"), STR("immutable"));
    struct response stale = server_get(s, "/stile.css?v=AAAAAAAAAAAAAAAA");
    assert_int_equal(stale.status, 200);
    assert_field(&stale, "Cache-Control", "no-cache");

    server_stop(s);
}

static void assets_have_their_types(void **state)
{
    struct server *s = *state;
    static const struct {
        const char *name;
        struct str type;
    } kinds[] = {
        {"a.svg", {"image/svg+xml", 13}},   {"a.webp", {"image/webp", 10}},
        {"a.avif", {"image/avif", 10}},     {"a.jpg", {"image/jpeg", 10}},
        {"a.png", {"image/png", 9}},        {"a.woff2", {"font/woff2", 10}},
        {"a.pdf", {"application/pdf", 15}},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        files_write(s->pages, kinds[i].name, STR("not looked at"));
    server_page(s, "index.md", "Benvenuti.");
    server_start(s);

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char target[32];
        (void)snprintf(target, sizeof target, "/%s", kinds[i].name);
        struct response r = server_get(s, target);
        assert_str(response_field(&r, "Content-Type"), kinds[i].type);
        assert_field(&r, "X-Content-Type-Options", "nosniff");
    }

    server_stop(s);
}

static void date_is_now_as_http_writes_it(void **state)
{
    struct server *s = *state;
    server_page(s, "index.md", "Benvenuti.");
    server_start(s);

    time_t before = time(NULL);
    struct response r = server_get(s, "/");
    char date[64] = {0};
    struct str field = response_field(&r, "Date");
    assert_int_equal(field.len, sizeof "Sun, 06 Nov 1994 08:49:37 GMT" - 1);
    memcpy(date, field.ptr, field.len);

    struct tm tm = {0};
    const char *end = strptime(date, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    assert_non_null(end);
    assert_int_equal(*end, '\0');
    char again[64];
    (void)strftime(again, sizeof again, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    assert_string_equal(again, date);
    enum { WRITTEN_ONCE_A_SECOND = 2 };
    assert_true(timegm(&tm) >= before - WRITTEN_ONCE_A_SECOND && timegm(&tm) <= time(NULL));

    server_stop(s);
}

static void what_is_not_there_gets_the_sites_own_page(void **state)
{
    struct server *s = *state;
    server_page(s, "index.md", "Benvenuti.");
    server_page(s, "404.md", "Qui non c'\xc3\xa8 nulla, ma in negozio forse.");
    server_start(s);

    struct response r = server_get(s, "/mai-esistita");
    assert_int_equal(r.status, 404);
    assert_field(&r, "Content-Type", "text/html; charset=utf-8");
    assert_contains(r.body, STR("ma in negozio forse"));
    assert_contains(response_field(&r, "Cache-Control"), STR("no-cache"));
    struct response none = server_ask(s, "GET", "/mai-esistita", "If-None-Match: *\r\n");
    assert_int_equal(none.status, 404);
    struct response head = server_ask(s, "HEAD", "/mai-esistita", NULL);
    assert_int_equal(head.status, 404);
    struct response json = server_get(s, "/_/mai-esistita");
    assert_int_equal(json.status, 404);
    assert_contains(response_field(&json, "Content-Type"), STR("application/json"));
    assert_contains(json.body, STR("404"));

    server_stop(s);
}

static void without_a_404_page_there_is_a_short_one(void **state)
{
    struct server *s = *state;
    server_page(s, "index.md", "Benvenuti.");
    server_start(s);

    struct response r = server_get(s, "/mai-esistita");
    assert_int_equal(r.status, 404);
    assert_contains(response_field(&r, "Content-Type"), STR("text/html"));
    assert_true(r.body.len > 0 && r.body.len < 2000);

    server_stop(s);
}

static void links_that_lead_out_are_not_followed(void **state)
{
    struct server *s = *state;
    char outside[4096];
    char link_in[4096];
    server_page(s, "index.md", "Benvenuti.");
    files_write(s->root, "elsewhere/secret.txt", STR("segreto"));
    (void)snprintf(outside, sizeof outside, "%s/elsewhere", s->root);
    (void)snprintf(link_in, sizeof link_in, "%s/folder", s->pages);
    assert_int_equal(symlink(outside, link_in), 0);
    (void)snprintf(link_in, sizeof link_in, "%s/relative.txt", s->pages);
    assert_int_equal(symlink("../elsewhere/secret.txt", link_in), 0);
    (void)snprintf(outside, sizeof outside, "%s/elsewhere/secret.txt", s->root);
    (void)snprintf(link_in, sizeof link_in, "%s/absolute.txt", s->pages);
    assert_int_equal(symlink(outside, link_in), 0);
    server_start(s);

    static const char *const targets[] = {"/folder/secret.txt", "/relative.txt", "/absolute.txt",
                                          "/folder/", "/../elsewhere/secret.txt"};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        struct response r = server_get(s, targets[i]);
        assert_int_not_equal(r.status, 200);
        assert_null(r.body.len ? memmem(r.body.ptr, r.body.len, "segreto", 7) : NULL);
    }
    assert_true(server_said(s, "relative.txt"));

    server_stop(s);
}

static void links_that_stay_inside_are(void **state)
{
    struct server *s = *state;
    char link_in[4096];
    server_page(s, "index.md", "Benvenuti.");
    files_write(s->pages, "vero.txt", STR("dentro"));
    (void)snprintf(link_in, sizeof link_in, "%s/alias.txt", s->pages);
    assert_int_equal(symlink("vero.txt", link_in), 0);
    server_start(s);

    struct response r = server_get(s, "/alias.txt");
    assert_str(r.body, STR("dentro"));

    server_stop(s);
}

static void hidden_names_and_leftovers_are_not_served(void **state)
{
    struct server *s = *state;
    static const char *const names[] = {
        ".htaccess.txt", "_note.txt", "_theme/style.css", ".git/config.txt", "x.md~", "x.swp",
        "bozza.tmp",     "4913",      "x.part",           "programma.php",
    };
    server_page(s, "index.md", "Benvenuti.");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        files_write(s->pages, names[i], STR("/* segreto */"));
    server_start(s);

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char target[64];
        (void)snprintf(target, sizeof target, "/%s", names[i]);
        struct response r = server_get(s, target);
        assert_int_equal(r.status, 404);
    }

    server_stop(s);
}

static void a_broken_page_does_not_keep_the_others_away(void **state)
{
    struct server *s = *state;
    server_page(s, "index.md", "Benvenuti.");
    files_write(s->pages, "rotta.md", STR("---\ntitle: [\n---\nTesto.\n"));
    files_write(s->pages, "latina.md", STR("---\ntitle: x\n---\ncaff\xe8\n"));
    server_start(s);

    assert_int_equal(server_get(s, "/").status, 200);
    assert_int_equal(server_get(s, "/rotta").status, 404);
    assert_true(server_said(s, "rotta.md"));
    assert_true(server_said(s, "latina.md"));

    server_stop(s);
}

static unsigned ask_for(struct server *s, const char *target)
{
    struct client *c = server_connect(s, 0);
    char request[128];
    (void)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", target);
    client_send_text(c, request);
    return client_response(c).status;
}

static void https_is_answered_to_proxies_that_are_trusted(void **state)
{
    struct server *s = *state;
    server_page(s, "index.md", "Benvenuti.");
    server_configure(s, "trusted_proxies: [192.0.2.1]\n");
    server_start(s);

    assert_int_equal(ask_for(s, "http://a/"), 200);
    assert_int_equal(ask_for(s, "https://a/"), 421);
    assert_int_equal(ask_for(s, "https://a/_/e"), 421);

    server_stop(s);
}

TEST_MAIN(SERVER_TEST(an_alias_leads_to_its_page_with_the_query),
          SERVER_TEST(an_expired_page_redirects_or_is_gone),
          SERVER_TEST(a_draft_and_a_page_of_tomorrow_are_not_there),
          SERVER_TEST(a_page_has_a_policy_of_its_own),
          SERVER_TEST(a_page_is_private_and_asked_for_again),
          SERVER_TEST(an_html_page_keeps_every_byte_and_gets_what_its_head_lacks),
          SERVER_TEST(an_index_is_the_page_of_its_folder),
          SERVER_TEST(redirects_live_a_minute_and_keep_the_query),
          SERVER_TEST(an_asset_is_kept_only_under_its_version),
          SERVER_TEST(assets_have_their_types), SERVER_TEST(date_is_now_as_http_writes_it),
          SERVER_TEST(what_is_not_there_gets_the_sites_own_page),
          SERVER_TEST(without_a_404_page_there_is_a_short_one),
          SERVER_TEST(links_that_lead_out_are_not_followed),
          SERVER_TEST(links_that_stay_inside_are),
          SERVER_TEST(hidden_names_and_leftovers_are_not_served),
          SERVER_TEST(a_broken_page_does_not_keep_the_others_away),
          SERVER_TEST(https_is_answered_to_proxies_that_are_trusted))
