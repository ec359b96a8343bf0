/* What is not recorded: every answer code of the endpoints, tokens that are not good, floods, and
 * that none of it fills the journal. */
#include "capture/body.h"

#include "support/files.h"
#include "support/publishing.h"
#include "support/test.h"
#include "support/visit.h"

#include "support/json.h"

#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHOES                                                              \
    "---\ntitle: Vento 2\ndescription: Scarpe per correre.\nintent: buy\n" \
    "cta:\n  - link: Ordina\n    to: https://shop.example/\n    id: shop\n---\n\nCorri.\n"

#define TEXT "Content-Type: text/plain\r\n"
#define BODY "pv=0123456789abcdef0123456789abcdef&p=/voglio-comprare/scarpe&d=a&e=seen&n=1"

static const char shoes[] = "/voglio-comprare/scarpe";

static int set_up(void **state)
{
    int rc = server_setup(state);
    struct server *s = *state;
    files_write(s->pages, "voglio-comprare/scarpe.md", STR(SHOES));
    files_write(s->pages, "altra.md", STR(SHOES));
    return rc;
}

#define REFUSED_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, server_teardown)

/* An answer with a reason, as programs read it. */
static void assert_refused(struct response r, unsigned status, const char *words)
{
    if (r.status != status)
        fail_msg("answered %u, not %u (%s): %.*s", r.status, status, words, STR_ARG(r.body));
    assert_field(&r, "Content-Type", "application/json");
    assert_true(json_is_valid(str_trim_lines(r.body)));
    assert_contains(r.body, str_from(words));
}

static size_t refused(struct server *s)
{
    return (size_t)server_metric(s, "attimo_refused_events_total");
}

/* --- every answer */

static void what_cannot_be_read_is_refused_with_a_reason(void **state)
{
    struct server *s = *state;
    server_start(s);
    static const struct {
        const char *fields;
        const char *body;
        unsigned status;
        const char *words;
    } cases[] = {
        {TEXT, "", 400, "no event"},
        {TEXT, "p=/voglio-comprare/scarpe&d=a&e=seen&n=1", 400, "no 'pv'"},
        {TEXT, "pv=0123456789abcdef0123456789abcdef&p=/nulla&d=a&e=seen&n=1", 400, "no such page"},
        {TEXT, "pv=0123456789abcdef0123456789abcdef&p=/%252F&d=a&e=seen&n=1", 400, "no such page"},
        {TEXT, BODY "\ne=view&n=2", 400, "'e'"},
        {TEXT, BODY "&cta=%ff", 400, "UTF-8"},
        {"", BODY, 415, "text/plain"},
        {"Content-Type: application/json\r\n", BODY, 415, "text/plain"},
        {TEXT "Sec-Fetch-Site: cross-site\r\n", BODY, 403, "pages of this site"},
        {TEXT "Sec-Fetch-Site: same-site\r\n", BODY, 403, "pages of this site"},
        {TEXT "Sec-Fetch-Site: none\r\n", BODY, 403, "pages of this site"},
        {TEXT "Early-Data: 1\r\n", BODY, 425, "Too Early"},
        {TEXT "Early-Data: 0\r\n", BODY, 425, "Too Early"}, /* RFC 8470 5.1: as good as 1 */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_refused(visit_post(s, "/_/e", cases[i].fields, cases[i].body), cases[i].status,
                       cases[i].words);
    /* Early data comes again by itself, and is no event that was refused. */
    assert_int_equal(refused(s), sizeof cases / sizeof *cases - 2);
    server_stop(s);
}

static void pings_that_say_nothing_true_are_refused(void **state)
{
    struct server *s = *state;
    server_start(s);
    static const char ping[] = "Content-Type: text/ping\r\n";
    static const struct {
        const char *target;
        const char *fields;
        unsigned status;
        const char *words;
    } cases[] = {
        {"/_/p", ping, 400, "no such page"},
        {"/_/p?p=/nulla&cta=shop", ping, 400, "no such page"},
        {"/_/p?p=/altra", ping, 400, "no such call"},
        {"/_/p?p=/altra&cta=x", ping, 400, "no such call"},
        {"/_/p?p=/altra&cta=shop", TEXT, 415, "text/ping"},
        {"/_/p?p=/altra&cta=shop", "Content-Type: text/ping\r\nSec-Fetch-Site: cross-site\r\n", 403,
         "pages of this site"},
        {"/_/p?p=/altra&cta=shop", "Content-Type: text/ping\r\nEarly-Data: 1\r\n", 425,
         "Too Early"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_refused(visit_post(s, cases[i].target, cases[i].fields, "PING"), cases[i].status,
                       cases[i].words);
    server_stop(s);
}

static void other_methods_are_told_what_is_allowed(void **state)
{
    struct server *s = *state;
    server_start(s);
    static const struct {
        const char *method;
        const char *target;
        unsigned status;
        const char *allow;
    } cases[] = {
        {"GET", "/_/e", 405, "POST, OPTIONS"},
        {"HEAD", "/_/p", 405, "POST, OPTIONS"},
        {"DELETE", "/_/e", 405, "POST, OPTIONS"},
        {"OPTIONS", "/_/e", 204, "POST, OPTIONS"},
        {"POST", "/_/go/altra/shop", 405, "GET, HEAD, OPTIONS"},
        {"OPTIONS", "/_/go/altra/shop", 204, "GET, HEAD, OPTIONS"},
        {"PUT", "/_/io", 405, "GET, HEAD, POST, OPTIONS"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct response r = server_ask(s, cases[i].method, cases[i].target, NULL);
        assert_int_equal(r.status, cases[i].status);
        assert_str(response_field(&r, "Allow"), str_from(cases[i].allow));
    }
    assert_refused(server_get(s, "/_/nulla"), 404, "Not Found");
    assert_refused(server_get(s, "/_/"), 404, "Not Found");
    server_stop(s);
}

static void a_body_that_is_too_large_is_refused_however_it_comes(void **state)
{
    struct server *s = *state;
    server_configure(s, "limits: {body: 1000}\n");
    server_start(s);
    char body[1200] = BODY;
    memset(body + strlen(body), 'x', sizeof body - 1 - strlen(body));
    body[sizeof body - 1] = '\0';
    assert_refused(visit_post(s, "/_/e", TEXT, body), 413, "too large");

    struct buf chunked = BUF_EMPTY;
    buf_printf(&chunked,
               "POST /_/e HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n" TEXT
               "\r\n%zx\r\n%s\r\n0\r\n\r\n",
               strlen(body), body);
    struct client *c = server_connect(s, 0);
    client_send(c, buf_str(&chunked), 0);
    buf_finish(&chunked);
    assert_refused(client_response(c), 413, "too large");
    server_stop(s);
}

static void a_client_that_asks_first_is_told_to_go_on(void **state)
{
    struct server *s = *state;
    server_start(s);
    struct client *c = server_connect(s, 0);
    client_send_text(c, "POST /_/e HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n" TEXT
                        "Content-Length: 76\r\n\r\n");
    assert_int_equal(client_response(c).status, 100);
    assert_int_equal(strlen(BODY), 76);
    client_send_text(c, BODY);
    assert_int_equal(client_response(c).status, 204);
    server_stop(s);
}

static void a_client_that_asks_first_may_spell_the_path_as_it_likes(void **state)
{
    struct server *s = *state;
    server_start(s);
    struct client *c = server_connect(s, 0);
    client_send_text(c, "POST /%5F/p?p=/altra&cta=shop HTTP/1.1\r\nHost: a\r\n"
                        "Expect: 100-continue\r\nContent-Type: text/ping\r\n"
                        "Content-Length: 4\r\n\r\n");
    assert_int_equal(client_response(c).status, 100);
    client_send_text(c, "PING");
    assert_int_equal(client_response(c).status, 204);
    server_stop(s);
}

static void without_a_journal_events_are_refused_and_pages_go_on(void **state)
{
    struct server *s = *state;
    char path[512];
    (void)snprintf(path, sizeof path, "%s/journal", s->data);
    (void)mkdir(s->data, 0755);
    files_write(s->data, "journal", STR("no folder"));
    server_start(s);
    struct response refused = visit_post(s, "/_/e", TEXT, BODY);
    assert_refused(refused, 503, "Service Unavailable");
    assert_field(&refused, "Retry-After", "1");
    assert_int_equal(visit_page(s, shoes, NULL).response.status, 200);
    assert_int_equal(server_get(s, "/_/go/altra/shop").status, 503);
    static const struct {
        const char *target;
        unsigned status;
    } readiness[] = {{"/readyz", 200},
                     {"/readyz?journal", 503},
                     {"/readyz?journal=", 503},
                     {"/readyz?t=1&journal=1", 503},
                     {"/readyz?journals", 200}};
    for (size_t i = 0; i < sizeof readiness / sizeof *readiness; i++)
        assert_int_equal(server_admin(s, readiness[i].target).status, readiness[i].status);

    assert_int_equal(remove(path), 0);
    await_readiness(s, "\"journal\":{\"state\":\"good\"");
    assert_int_equal(visit_post(s, "/_/e", TEXT, BODY).status, 204);
    server_stop(s);
}

/* A redirect would say that it is in the journal; but nobody may be left standing before a printed
 * code that leads nowhere. */
static void who_cannot_be_led_on_gets_the_link_to_tap(void **state)
{
    struct server *s = *state;
    (void)mkdir(s->data, 0755);
    files_write(s->data, "journal", STR("no folder"));
    files_write(s->pages, "flyer.md",
                STR("---\ntitle: Flyer\ndescription: A flyer.\nlang: en\n"
                    "cta:\n  - link: Order\n    to: https://shop.example/a?b=1&c='2'\n"
                    "    id: shop\n---\n\nRun.\n"));
    server_start(s);
    struct client *c = server_connect(s, 0);
    client_send_text(c, "GET /_/go/altra/shop HTTP/1.1\r\nHost: a\r\n\r\n");
    struct response r = client_response(c);
    assert_int_equal(r.status, 503);
    assert_no_field(&r, "Location");
    assert_field(&r, "Content-Type", "text/html; charset=utf-8");
    assert_field(&r, "Cache-Control", "no-store");
    assert_field(&r, "Retry-After", "1");
    assert_contains(r.body, STR("<html lang=\"it\">"));
    assert_contains(r.body, STR("<a href=\"https://shop.example/\">Continua</a>"));
    client_send_text(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_int_equal(client_response(c).status, 404); /* the connection goes on */

    struct response english = server_ask(s, "GET", "/_/go/flyer/shop", NULL);
    assert_int_equal(english.status, 503);
    assert_contains(english.body, STR("<html lang=\"en\">"));
    assert_contains(english.body, STR("<a href=\"https://shop.example/a?b=1&amp;c="));
    assert_true(server_metric(s, "attimo_unwritten_posts_total") >= 2);
    server_stop(s);
}

/* --- tokens */

static void who_wants_no_record_gets_none(void **state)
{
    struct server *s = *state;
    server_flag(s, "--record", "off");
    server_start(s);
    struct view view = visit_page(s, shoes, NULL);
    assert_int_equal(view.response.status, 200);
    assert_string_equal(view.token, "");
    assert_false(str_contains(view.response.body, STR("<script")));
    assert_refused(visit_post(s, "/_/e", TEXT, BODY), 503, "nothing is recorded here");
    struct response ready = server_admin(s, "/readyz?journal");
    assert_int_equal(ready.status, 200);
    assert_contains(ready.body, STR("\"journal\":{\"state\":\"off\"}"));
    assert_int_equal(server_admin(s, "/metrics").status, 200);
    server_stop(s);
    char journal[PATH_MAX];
    (void)snprintf(journal, sizeof journal, "%s/journal", s->data);
    assert_int_equal(access(journal, F_OK), -1);
}

static void a_token_that_is_not_of_this_page_is_refused_and_counted(void **state)
{
    struct server *s = *state;
    struct record record;
    server_start(s);
    struct view view = visit_page(s, shoes, NULL);
    struct view forged = view;
    forged.token[30] = forged.token[30] == 'A' ? 'E' : 'A';
    struct view cut = view;
    cut.token[29] = '\0';
    struct view other_rev = view;
    other_rev.rev[3] = other_rev.rev[3] == 'A' ? 'B' : 'A';
    assert_int_equal(visit_send(s, &forged, shoes, "e=seen&n=1"), 400);
    assert_int_equal(visit_send(s, &cut, shoes, "e=seen&n=1"), 400);
    assert_int_equal(visit_send(s, &other_rev, shoes, "e=seen&n=1"), 400);
    assert_int_equal(visit_send(s, &view, "/altra", "e=seen&n=1\ne=engaged&n=2"), 400);
    assert_int_equal(refused(s), 5);
    assert_int_equal(visit_send(s, &view, shoes, "e=seen&n=1"), 204);
    server_stop(s);

    record_read(&record, s->data);
    assert_int_equal(record_count(&record, "seen"), 1);
    int64_t told = 0;
    for (size_t i = 0; i < record_count(&record, "refused"); i++)
        told += record_find(&record, "refused", i)->n.value;
    assert_int_equal(told, 5);
    record_finish(&record);
}

static void a_token_is_good_for_a_day(void **state)
{
    struct server *s = *state;
    server_hold_clock(s, "2026-11-22T10:00:00Z");
    server_start(s);
    struct view view = visit_page(s, shoes, NULL);
    server_hold_clock(s, "2026-11-23T10:00:00Z");
    assert_int_equal(visit_send(s, &view, shoes, "e=seen&n=1"), 204);
    server_hold_clock(s, "2026-11-23T10:00:01Z");
    struct response r;
    char body[256];
    (void)snprintf(body, sizeof body, "pv=%s&p=%s&r=%s&d=a&e=seen&n=1", view.token, shoes,
                   view.rev);
    r = visit_post(s, "/_/e", TEXT, body);
    assert_refused(r, 400, "too old");
    server_stop(s);
}

/* --- floods */

static unsigned post_from(struct server *s, const char *address, const char *token)
{
    char fields[128];
    char body[256];
    (void)snprintf(fields, sizeof fields, TEXT "X-Forwarded-For: %s\r\n", address);
    (void)snprintf(body, sizeof body, "pv=%s&p=%s&d=a&e=seen&n=1", token, shoes);
    return visit_post(s, "/_/e", fields, body).status;
}

static void a_flood_from_one_address_harms_no_other_and_fills_no_journal(void **state)
{
    struct server *s = *state;
    struct record record;
    enum { FLOOD = 100 };
    unsigned taken = 0;
    /* One a second, and what one request may bring at once: who is so slow that the rest takes half
     * a minute proves nothing. */
    server_configure(s, "limits: {events_per_address: 1, events_per_view: 0}\n");
    server_start(s);
    struct response last = {0};
    for (int i = 0; i < FLOOD; i++) {
        char token[40];
        (void)snprintf(token, sizeof token, "%032d", i);
        taken += post_from(s, "198.51.100.7", token) == 204;
    }
    assert_true(taken >= BODY_LINES_MAX && taken < FLOOD);
    assert_int_equal(post_from(s, "198.51.100.8", "0123456789abcdef0123456789abcdef"), 204);
    assert_int_equal(post_from(s, "2001:db8::1", "0123456789abcdef0123456789abcdef"), 204);
    /* The proxy's own requests, of whom nobody knows anything, have no address to be counted by. */
    for (int i = 0; i < 10; i++)
        last = visit_post(s, "/_/e", TEXT, BODY);
    assert_int_equal(last.status, 204);
    assert_int_equal(refused(s), FLOOD - taken);
    server_stop(s);

    record_read(&record, s->data);
    assert_int_equal(record_count(&record, "seen"), taken + 12);
    int64_t told = 0;
    size_t lines = record_count(&record, "refused");
    for (size_t i = 0; i < lines; i++)
        told += record_find(&record, "refused", i)->n.value;
    assert_int_equal(told, FLOOD - taken);
    record_finish(&record);
}

/* As many at once as one request may bring, and one a second: two such do not come in together. */
static void several_in_one_request_are_counted_as_several(void **state)
{
    struct server *s = *state;
    static const char from[] = TEXT "X-Forwarded-For: 198.51.100.7\r\n";
    server_configure(s, "limits: {events_per_address: 1, events_per_view: 0}\n");
    server_start(s);
    struct buf lines = BUF_EMPTY;
    buf_append(&lines, STR(BODY));
    for (int i = 1; i < BODY_LINES_MAX; i++)
        buf_append(&lines, STR("\ne=engaged&n=2"));
    buf_append_char(&lines, '\0');
    assert_int_equal(visit_post(s, "/_/e", from, lines.ptr).status, 204);
    assert_refused(visit_post(s, "/_/e", from, lines.ptr), 429, "too many");
    buf_finish(&lines);
    server_stop(s);
}

/* IPv6 is dealt out in networks of 64 bits: whoever has one address has them all. */
static void all_addresses_of_one_network_are_one(void **state)
{
    struct server *s = *state;
    enum { FLOOD = 100 };
    unsigned taken = 0;
    char address[64];
    server_configure(s, "limits: {events_per_address: 1, events_per_view: 0}\n");
    server_start(s);
    for (int i = 0; i < FLOOD; i++) {
        (void)snprintf(address, sizeof address, "2001:db8:0:7::%x", i);
        taken += post_from(s, address, "0123456789abcdef0123456789abcdef") == 204;
    }
    assert_true(taken >= BODY_LINES_MAX && taken < FLOOD);
    assert_int_equal(post_from(s, "2001:db8:0:8::1", "0123456789abcdef0123456789abcdef"), 204);
    /* IPv4 counts whole, also where it comes within IPv6. */
    for (int i = 0; i < FLOOD; i++)
        (void)post_from(s, "::ffff:198.51.100.7", "0123456789abcdef0123456789abcdef");
    assert_int_equal(post_from(s, "::ffff:198.51.100.8", "0123456789abcdef0123456789abcdef"), 204);
    server_stop(s);
}

/* Pings and counted links are events too; but whoever follows a link is led on all the same. */
static void a_flood_of_links_fills_no_journal(void **state)
{
    struct server *s = *state;
    struct record record;
    enum { FLOOD = 100 };
    unsigned pings = 0;
    server_configure(s, "limits: {events_per_address: 1}\n");
    server_start(s);
    for (int i = 0; i < FLOOD; i++) {
        pings += visit_post(s, "/_/p?p=/altra&cta=shop",
                            "Content-Type: text/ping\r\nX-Forwarded-For: 198.51.100.7\r\n", "PING")
                     .status == 204;
        struct response r =
            server_ask(s, "GET", "/_/go/altra/shop", "X-Forwarded-For: 198.51.100.8\r\n");
        assert_int_equal(r.status, 303);
        assert_field(&r, "Location", "https://shop.example/");
    }
    assert_true(pings >= BODY_LINES_MAX && pings < FLOOD);
    size_t told = refused(s);
    server_stop(s);
    record_read(&record, s->data);
    size_t redirects = record_count(&record, "redirect");
    assert_int_equal(record_count(&record, "click"), pings);
    assert_true(redirects >= BODY_LINES_MAX && redirects < FLOOD);
    assert_int_equal(told, 2 * FLOOD - pings - redirects);
    record_finish(&record);
}

static void a_flood_under_one_token_is_told_to_come_later(void **state)
{
    struct server *s = *state;
    server_configure(s, "limits: {events_per_view: 1}\n"); /* 64 at once */
    server_start(s);
    static const char token[] = "0123456789abcdef0123456789abcdef";
    struct buf lines = BUF_EMPTY;
    buf_printf(&lines, "pv=%s&p=%s&d=a&e=seen&n=1", token, shoes);
    for (int i = 0; i < 39; i++)
        buf_append(&lines, STR("\ne=engaged&n=2"));
    buf_append_char(&lines, '\0');
    assert_int_equal(visit_post(s, "/_/e", TEXT, lines.ptr).status, 204);
    struct response r = {0};
    for (int i = 0; i < 4 && r.status != 429; i++) /* all or none */
        r = visit_post(s, "/_/e", TEXT, lines.ptr);
    assert_refused(r, 429, "too many");
    assert_field(&r, "Retry-After", "1");
    assert_int_equal(post_from(s, "198.51.100.8", "1123456789abcdef0123456789abcdef"), 204);
    buf_finish(&lines);
    server_stop(s);
}

TEST_MAIN(REFUSED_TEST(what_cannot_be_read_is_refused_with_a_reason),
          REFUSED_TEST(pings_that_say_nothing_true_are_refused),
          REFUSED_TEST(other_methods_are_told_what_is_allowed),
          REFUSED_TEST(a_body_that_is_too_large_is_refused_however_it_comes),
          REFUSED_TEST(a_client_that_asks_first_is_told_to_go_on),
          REFUSED_TEST(a_client_that_asks_first_may_spell_the_path_as_it_likes),
          REFUSED_TEST(without_a_journal_events_are_refused_and_pages_go_on),
          REFUSED_TEST(who_cannot_be_led_on_gets_the_link_to_tap),
          REFUSED_TEST(who_wants_no_record_gets_none),
          REFUSED_TEST(a_token_that_is_not_of_this_page_is_refused_and_counted),
          REFUSED_TEST(a_token_is_good_for_a_day),
          REFUSED_TEST(a_flood_from_one_address_harms_no_other_and_fills_no_journal),
          REFUSED_TEST(several_in_one_request_are_counted_as_several),
          REFUSED_TEST(all_addresses_of_one_network_are_one),
          REFUSED_TEST(a_flood_of_links_fills_no_journal),
          REFUSED_TEST(a_flood_under_one_token_is_told_to_come_later))
