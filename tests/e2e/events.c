/* What is recorded of visits: each event of the table in docs/events.md, from the request to the
 * line of the journal. What is refused is tests/e2e/events_refused.c. */
#include "support/files.h"
#include "support/publishing.h"
#include "support/test.h"
#include "support/visit.h"

#include <stdio.h>

#define IPHONE                                                                     \
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 " \
    "(KHTML, like Gecko) Mobile/15E148 Instagram 405.0.0.33.79 (iPhone15,4; it_IT)"

#define SHOES                                                                              \
    "---\ntitle: Vento 2\ndescription: Scarpe per correre.\nintent: buy\n"                 \
    "stage: purchase\nplace: {name: Sport, tel: 0521 123456}\n"                            \
    "cta:\n  - call: Chiama\n  - link: Ordina\n    to: https://shop.example/vento-2?x=1\n" \
    "    id: shop\n---\n\nCorri.\n"

struct fixture {
    struct server *server;
    struct record record;
};

static int set_up(void **state)
{
    static struct fixture fixture;
    void *inner;
    fixture = (struct fixture){0};
    (void)server_setup(&inner);
    fixture.server = inner;
    *state = &fixture;
    files_write(fixture.server->pages, "voglio-comprare/scarpe.md", STR(SHOES));
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    void *inner = f->server;
    record_finish(&f->record);
    return server_teardown(&inner);
}

#define EVENT_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static const char shoes[] = "/voglio-comprare/scarpe";

static void stop(struct fixture *f)
{
    server_stop(f->server);
    record_read(&f->record, f->server->data);
}

/* --- views */

static void a_view_says_what_its_request_tells(void **state)
{
    struct fixture *f = *state;
    server_start(f->server);
    struct view view = visit_page(
        f->server, "/voglio-comprare/scarpe?utm_source=instagram&utm_campaign=saldi%20caff%C3%A8",
        "User-Agent: " IPHONE "\r\nReferer: https://l.instagram.com/?u=x\r\n"
        "Accept-Language: it-IT,it;q=0.9,en;q=0.8\r\nSave-Data: on\r\nSec-GPC: 1\r\n");
    assert_int_equal(view.response.status, 200);
    assert_int_equal(strlen(view.token), 31);
    stop(f);

    const struct event *event = record_find(&f->record, "view", 0);
    assert_int_equal(f->record.count, 1);
    assert_str(event->pv, str_make(view.token, 20));
    assert_str(event->pv_src, STR(""));
    assert_str(event->page, STR("/voglio-comprare/scarpe"));
    assert_str(event->rev, str_from(view.rev));
    assert_str(event->intent, STR("buy"));
    assert_str(event->stage, STR("purchase"));
    assert_str(event->utm_source, STR("instagram"));
    assert_str(event->utm_campaign, STR("saldi caffè"));
    assert_str(event->ref_host, STR("l.instagram.com"));
    assert_str(event->app, STR("instagram"));
    assert_str(event->device, STR("mobile"));
    assert_str(event->os, STR("ios"));
    assert_str(event->lang, STR("it"));
    assert_str(event->bot, STR(""));
    assert_str(event->purpose, STR(""));
    assert_str(event->transport, STR("server"));
    assert_true(event->gpc && event->save_data);
    assert_false(event->internal || event->early || event->cached);
    assert_true(event->theme_rev.len > 0 && event->ts_ms > 0);
}

static void each_response_has_a_token_of_its_own_and_so_has_a_304(void **state)
{
    struct fixture *f = *state;
    char fields[128];
    server_start(f->server);
    server_wait_until_compressed(f->server);
    struct view first = visit_page(f->server, shoes, NULL);
    (void)snprintf(fields, sizeof fields, "If-None-Match: %.*s\r\n",
                   STR_ARG(response_field(&first.response, "ETag")));
    struct view again = visit_page(f->server, shoes, fields);
    assert_int_equal(again.response.status, 304);
    assert_string_not_equal(first.token, again.token);
    assert_string_equal(first.rev, again.rev);
    stop(f);

    assert_int_equal(record_count(&f->record, "view"), 2);
    assert_false(record_find(&f->record, "view", 0)->cached);
    assert_true(record_find(&f->record, "view", 1)->cached);
    assert_str(record_find(&f->record, "view", 1)->pv, str_make(again.token, 20));
}

static void what_is_no_page_seen_by_somebody_is_no_view(void **state)
{
    struct fixture *f = *state;
    files_write(f->server->pages, "a.svg", STR("<svg xmlns='http://www.w3.org/2000/svg'/>"));
    files_write(f->server->pages, "bozza.md",
                STR("---\ntitle: B\ndescription: Una bozza.\ngoal: letto\ndraft: true\n---\nB\n"));
    server_start(f->server);
    static const char *const targets[] = {"/a.svg", "/nulla", "/voglio-comprare/scarpe.html",
                                          "/bozza", "/_/x"};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        struct response r = server_get(f->server, targets[i]);
        assert_no_field(&r, "Server-Timing");
    }
    struct response head = server_ask(f->server, "HEAD", shoes, NULL);
    assert_int_equal(head.status, 200);
    assert_no_field(&head, "Server-Timing");
    assert_int_equal(server_ask(f->server, "GET", shoes, "If-Match: \"x\"\r\n").status, 412);
    (void)visit_page(f->server, shoes, NULL); /* so that there is a journal */
    stop(f);
    assert_int_equal(f->record.count, 1);
}

static void prefetches_bots_and_early_data_are_told_from_the_rest(void **state)
{
    struct fixture *f = *state;
    server_start(f->server);
    (void)visit_page(f->server, shoes,
                     "Sec-Purpose: prefetch;prerender\r\nUser-Agent: " IPHONE "\r\n");
    (void)visit_page(f->server, shoes, "User-Agent: WhatsApp/2.25.31.75 A\r\n");
    (void)visit_page(f->server, shoes, NULL); /* no user agent */
    (void)visit_page(f->server, shoes, "Early-Data: 1\r\nUser-Agent: " IPHONE "\r\n");
    stop(f);
    assert_str(record_find(&f->record, "view", 0)->purpose, STR("prerender"));
    assert_str(record_find(&f->record, "view", 0)->bot, STR(""));
    assert_str(record_find(&f->record, "view", 1)->bot, STR("preview:whatsapp"));
    assert_str(record_find(&f->record, "view", 2)->bot, STR("empty"));
    assert_true(record_find(&f->record, "view", 3)->early);
}

static void a_referrer_on_this_site_is_no_source(void **state)
{
    struct fixture *f = *state;
    server_start(f->server);
    (void)visit_page(f->server, shoes, "Referer: https://a/voglio-sapere/x\r\n");
    (void)visit_page(f->server, shoes, "Referer: https://a.example/\r\n");
    stop(f);
    assert_str(record_find(&f->record, "view", 0)->ref_host, STR(""));
    assert_str(record_find(&f->record, "view", 1)->ref_host, STR("a.example"));
}

static void the_country_is_believed_of_a_proxy_that_is_trusted(void **state)
{
    struct fixture *f = *state;
    server_configure(f->server, "country_header: CF-IPCountry\n");
    server_start(f->server);
    (void)visit_page(f->server, shoes, "cf-ipcountry: IT\r\n");
    (void)visit_page(f->server, shoes, "CF-IPCountry: XX\r\n");
    (void)visit_page(f->server, shoes, "CF-IPCountry: <script>\r\n");
    (void)visit_page(f->server, shoes, "X-Country: IT\r\n");
    stop(f);
    assert_str(record_find(&f->record, "view", 0)->country, STR("IT"));
    for (size_t i = 1; i < 4; i++)
        assert_str(record_find(&f->record, "view", i)->country, STR(""));
}

static void of_others_the_country_is_not_believed(void **state)
{
    struct fixture *f = *state;
    server_configure(f->server, "country_header: CF-IPCountry\ntrusted_proxies: []\n");
    server_start(f->server);
    (void)visit_page(f->server, shoes, "CF-IPCountry: IT\r\n");
    stop(f);
    assert_str(record_find(&f->record, "view", 0)->country, STR(""));
}

/* --- what the script sends */

static void every_event_of_a_visit_is_in_the_journal_before_it_is_acknowledged(void **state)
{
    struct fixture *f = *state;
    server_start(f->server);
    struct view view = visit_page(f->server, shoes, "User-Agent: " IPHONE "\r\n");
    assert_int_equal(visit_send(f->server, &view, shoes, "e=seen&n=1&t=120"), 204);
    assert_int_equal(visit_send(f->server, &view, shoes,
                                "e=engaged&n=2&t=3100\n"
                                "e=click&n=3&t=5120&cta=call\n"
                                "e=left&n=4&t=5700&cta=call&dest=tel\n"),
                     204);
    assert_int_equal(visit_send(f->server, &view, shoes,
                                "e=summary&n=5&t=9000&engaged_ms=8000&scroll=62.5&ttfb=31&fcp=120"
                                "&lcp=130.25&cls=0.004&inp=48"),
                     204);
    assert_int_equal(visit_send(f->server, &view, shoes, "e=return&n=6&t=20000"), 204);
    stop(f);

    static const char *const names[] = {"view", "seen",    "engaged", "click",
                                        "left", "summary", "return"};
    assert_int_equal(f->record.count, 7);
    for (size_t i = 0; i < 7; i++) {
        const struct event *event = &f->record.events[i];
        assert_str(event->event, str_from(names[i]));
        assert_str(event->pv, str_make(view.token, 20));
        assert_str(event->page, STR("/voglio-comprare/scarpe"));
        assert_str(event->rev, str_from(view.rev));
        assert_str(event->intent, STR("buy"));
        assert_int_equal(event->n.value, i);
        assert_str(event->d, i == 0 ? STR("") : STR("0123456789abcdef"));
        assert_str(event->transport, i == 0 ? STR("server") : STR("fetch"));
        /* Facts about the visit stand on its view. */
        assert_str(event->os, i == 0 ? STR("ios") : STR(""));
        assert_str(event->bot, STR(""));
    }
    const struct event *click = record_find(&f->record, "click", 0);
    assert_str(click->cta, STR("call"));
    assert_str(click->dest, STR("tel")); /* as the page's own front matter has it */
    assert_int_equal(click->t.value, 5120);
    const struct event *summary = record_find(&f->record, "summary", 0);
    assert_int_equal(summary->engaged_ms.value, 8000000);
    assert_int_equal(summary->scroll.value, 62500);
    assert_int_equal(summary->lcp.value, 130250);
    assert_int_equal(summary->cls.value, 4);
    assert_int_equal(summary->inp.value, 48000);
}

static void a_script_without_a_token_brings_one_and_the_facts_of_its_visit(void **state)
{
    struct fixture *f = *state;
    server_start(f->server);
    static const char body[] =
        "pv=0123456789abcdef0123456789abcdef&p=/voglio-comprare/scarpe&d=0123456789abcdef"
        "&u=utm_source%3Dqr%26utm_medium%3Dprint&ref=https%3A%2F%2Fwww.google.it%2F&e=seen&n=1\n"
        "e=click&n=2&cta=shop\n";
    struct response r = visit_post(f->server, "/_/e",
                                   "Content-Type: application/x-www-form-urlencoded\r\n"
                                   "Sec-Fetch-Mode: no-cors\r\nUser-Agent: " IPHONE "\r\n"
                                   "Referer: https://a/voglio-comprare/scarpe\r\n",
                                   body);
    assert_int_equal(r.status, 204);
    stop(f);
    const struct event *seen = record_find(&f->record, "seen", 0);
    assert_str(seen->pv, STR("0123456789abcdef0123456789abcdef"));
    assert_str(seen->pv_src, STR("client"));
    assert_str(seen->utm_source, STR("qr"));
    assert_str(seen->utm_medium, STR("print"));
    assert_str(seen->ref_host, STR("www.google.it"));
    assert_str(seen->app, STR("instagram"));
    assert_str(seen->transport, STR("beacon"));
    const struct event *click = record_find(&f->record, "click", 0);
    assert_str(click->pv, seen->pv);
    assert_str(click->pv_src, STR("client"));
    assert_str(click->dest, STR("web"));
    assert_str(click->utm_source, STR(""));
}

static void a_journey_is_kept_unless_somebody_objects(void **state)
{
    struct fixture *f = *state;
    char lines[128];
    server_start(f->server);
    struct view first = visit_page(f->server, shoes, NULL);
    struct view second = visit_page(f->server, shoes, NULL);
    (void)snprintf(lines, sizeof lines, "j=%s&e=seen&n=1", first.token);
    assert_int_equal(visit_send(f->server, &second, shoes, lines), 204);
    struct buf body = BUF_EMPTY;
    buf_printf(&body, "pv=%s&p=%s&r=%s&d=a&%s", second.token, shoes, second.rev, lines);
    buf_append_char(&body, '\0');
    assert_int_equal(
        visit_post(f->server, "/_/e", "Content-Type: text/plain\r\nSec-GPC: 1\r\n", body.ptr)
            .status,
        204);
    assert_int_equal(
        visit_post(f->server, "/_/e", "Content-Type: text/plain\r\nDNT: 1\r\n", body.ptr).status,
        204);
    buf_finish(&body);
    stop(f);
    assert_str(record_find(&f->record, "seen", 0)->journey, str_make(first.token, 20));
    for (size_t i = 1; i < 3; i++) {
        assert_str(record_find(&f->record, "seen", i)->journey, STR(""));
        assert_true(record_find(&f->record, "seen", i)->gpc);
    }
}

static void a_replayed_event_is_recorded_again_under_the_same_identity(void **state)
{
    struct fixture *f = *state;
    server_start(f->server);
    struct view view = visit_page(f->server, shoes, NULL);
    for (int i = 0; i < 2; i++)
        assert_int_equal(visit_send(f->server, &view, shoes, "e=click&n=3&t=1&cta=call"), 204);
    stop(f);
    const struct event *one = record_find(&f->record, "click", 0);
    const struct event *two = record_find(&f->record, "click", 1);
    assert_true(str_eq(one->pv, two->pv) && str_eq(one->d, two->d) && one->n.value == two->n.value);
    assert_false(str_eq(one->id, two->id));
}

static void events_outlive_the_page_that_they_are_of(void **state)
{
    struct fixture *f = *state;
    char path[512];
    server_start(f->server);
    struct view view = visit_page(f->server, shoes, NULL);
    (void)snprintf(path, sizeof path, "%s/voglio-comprare/scarpe.md", f->server->pages);
    assert_int_equal(remove(path), 0);
    await_page(f->server, shoes, 404, NULL);
    assert_int_equal(visit_send(f->server, &view, shoes, "e=click&n=3&t=1&cta=call"), 204);
    stop(f);
    assert_str(record_find(&f->record, "click", 0)->page, STR("/voglio-comprare/scarpe"));
    assert_str(record_find(&f->record, "click", 0)->rev, str_from(view.rev));
}

static void events_of_a_page_that_is_a_draft_by_now_are_kept_and_no_others(void **state)
{
    struct fixture *f = *state;
    static const char made_up[] = "pv=0123456789abcdef0123456789abcdef&p=/bozza&d=a&e=seen&n=1";
    files_write(f->server->pages, "bozza.md",
                STR("---\ntitle: B\ndescription: Una bozza.\ngoal: letto\n---\nB\n"));
    server_start(f->server);
    struct view view = visit_page(f->server, "/bozza", NULL);
    files_write(f->server->pages, "bozza.md",
                STR("---\ntitle: B\ndescription: Una bozza.\ngoal: letto\ndraft: true\n---\nB\n"));
    await_page(f->server, "/bozza", 404, NULL);
    assert_int_equal(visit_send(f->server, &view, "/bozza", "e=click&n=3&t=1&cta=call"), 204);
    /* As for a page that is not there: nobody is told that there is a draft. */
    assert_int_equal(visit_post(f->server, "/_/e", NULL, made_up).status, 400);
    stop(f);
    assert_int_equal(record_count(&f->record, "click"), 1);
    assert_int_equal(record_count(&f->record, "seen"), 0);
}

static void a_token_of_one_start_is_good_after_the_next(void **state)
{
    struct fixture *f = *state;
    server_start(f->server);
    struct view view = visit_page(f->server, shoes, NULL);
    server_stop(f->server);
    server_start(f->server);
    assert_int_equal(visit_send(f->server, &view, shoes, "e=seen&n=1"), 204);
    stop(f);
    assert_str(record_find(&f->record, "seen", 0)->pv, str_make(view.token, 20));
}

/* --- without a script */

static void a_ping_is_a_click_with_what_it_can_tell(void **state)
{
    struct fixture *f = *state;
    server_start(f->server);
    struct response r =
        visit_post(f->server, "/_/p?p=%2Fvoglio-comprare%2Fscarpe&cta=call",
                   "Content-Type: text/ping\r\nPing-To: tel:+390521123456\r\nUser-Agent: " IPHONE
                   "\r\nPing-From: https://a/voglio-comprare/scarpe?utm_source=qr\r\n",
                   "PING");
    assert_int_equal(r.status, 204);
    stop(f);
    const struct event *click = record_find(&f->record, "click", 0);
    assert_str(click->transport, STR("ping"));
    assert_str(click->pv, STR(""));
    assert_str(click->page, STR("/voglio-comprare/scarpe"));
    assert_str(click->cta, STR("call"));
    assert_str(click->dest, STR("tel"));
    assert_str(click->utm_source, STR("qr"));
    assert_str(click->device, STR("mobile"));
}

static void a_counted_link_leads_only_where_front_matter_says(void **state)
{
    struct fixture *f = *state;
    files_write(f->server->pages, "index.md",
                STR("---\ntitle: Casa\ndescription: Casa.\ncta:\n  - link: Vai\n"
                    "    to: https://shop.example/\n    id: shop\n---\nCiao\n"));
    server_start(f->server);
    struct response r =
        server_get(f->server, "/_/go/voglio-comprare/scarpe/shop?url=https://evil.example/");
    assert_int_equal(r.status, 303);
    assert_field(&r, "Location", "https://shop.example/vento-2?x=1");
    assert_field(&r, "Cache-Control", "no-store");
    assert_int_equal(server_get(f->server, "/_/go/shop").status, 303);
    assert_int_equal(server_ask(f->server, "HEAD", "/_/go/shop", NULL).status, 303);
    assert_int_equal(server_ask(f->server, "GET", "/_/go/shop", "Purpose: prefetch\r\n").status,
                     303);
    static const char *const nowhere[] = {"/_/go/",
                                          "/_/go/x",
                                          "/_/go/voglio-comprare/scarpe",
                                          "/_/go/voglio-comprare/scarpe/x",
                                          "/_/go/https://evil.example/",
                                          "/_/go//evil.example/shop"};
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++)
        assert_int_equal(server_get(f->server, nowhere[i]).status, 404);
    stop(f);
    assert_int_equal(record_count(&f->record, "redirect"), 2);
    const struct event *redirect = record_find(&f->record, "redirect", 0);
    assert_str(redirect->page, STR("/voglio-comprare/scarpe"));
    assert_str(redirect->cta, STR("shop"));
    assert_str(redirect->dest, STR("web"));
    assert_str(redirect->transport, STR("redirect"));
    assert_str(record_find(&f->record, "redirect", 1)->page, STR("/"));
}

/* --- whose visits they are */

static void staff_are_told_from_visitors_by_a_cookie_that_they_ask_for(void **state)
{
    struct fixture *f = *state;
    server_start(f->server);
    struct response ask = server_ask(f->server, "GET", "/_/io", "Accept-Language: it\r\n");
    assert_int_equal(ask.status, 200);
    assert_no_field(&ask, "Set-Cookie");
    assert_contains(ask.body, STR("Questo telefono"));
    static const char form[] = "Content-Type: application/x-www-form-urlencoded\r\n";
    struct response set = visit_post(f->server, "/_/io", form, "staff=1");
    assert_int_equal(set.status, 303);
    assert_field(&set, "Location", "/_/io");
    assert_field(&set, "Set-Cookie",
                 "attimo_internal=1; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax");
    struct response secure =
        visit_post(f->server, "/_/io", "X-Forwarded-Proto: https\r\n", "staff=1");
    assert_contains(response_field(&secure, "Set-Cookie"), STR("; Secure"));
    struct response english = server_ask(
        f->server, "GET", "/_/io", "Cookie: a=b; attimo_internal=1\r\nAccept-Language: en\r\n");
    assert_contains(english.body, STR("left out of reports"));
    struct response clear = visit_post(f->server, "/_/io", form, "staff=0");
    assert_contains(response_field(&clear, "Set-Cookie"), STR("Max-Age=0;"));
    assert_int_equal(visit_post(f->server, "/_/io", form, "staff=2").status, 400);
    assert_int_equal(
        visit_post(f->server, "/_/io", "Sec-Fetch-Site: cross-site\r\n", "staff=1").status, 403);

    (void)visit_page(f->server, shoes, "Cookie: a=b; attimo_internal=1\r\n");
    struct view view =
        visit_page(f->server, shoes, "Cookie: attimo_internal=10; xattimo_internal=1\r\n");
    assert_no_field(&view.response, "Set-Cookie");
    stop(f);
    assert_true(record_find(&f->record, "view", 0)->internal);
    assert_false(record_find(&f->record, "view", 1)->internal);
}

static void networks_of_the_firm_are_internal_as_the_proxy_names_them(void **state)
{
    struct fixture *f = *state;
    server_configure(f->server, "internal_networks: [203.0.113.0/24, \"2001:db8:1::/48\"]\n");
    server_start(f->server);
    (void)visit_page(f->server, shoes, "X-Forwarded-For: 203.0.113.9\r\n");
    (void)visit_page(f->server, shoes, "X-Forwarded-For: 2001:db8:1::7\r\n");
    (void)visit_page(f->server, shoes, "X-Forwarded-For: 203.0.113.9, 198.51.100.1\r\n");
    struct view view = visit_page(f->server, shoes, NULL);
    assert_int_equal(visit_send(f->server, &view, shoes, "e=seen&n=1"), 204);
    stop(f);
    assert_true(record_find(&f->record, "view", 0)->internal);
    assert_true(record_find(&f->record, "view", 1)->internal);
    assert_false(record_find(&f->record, "view", 2)->internal);
    assert_false(record_find(&f->record, "view", 3)->internal);
}

static void a_site_may_record_what_happens_on_a_page_alone(void **state)
{
    struct fixture *f = *state;
    char lines[160];
    files_write(f->server->pages, "_site.yaml", STR("capture: page\n"));
    server_start(f->server);
    struct view view = visit_page(f->server, shoes, "User-Agent: " IPHONE "\r\n");
    assert_string_equal(view.token, "");
    assert_int_equal(strlen(view.rev), 16);
    (void)snprintf(lines, sizeof lines,
                   "pv=0123456789abcdef0123456789abcdef&j=0123456789abcdef0123456789abcdef"
                   "&p=%s&r=%s&d=a&e=click&n=3&cta=call",
                   shoes, view.rev);
    assert_int_equal(visit_post(f->server, "/_/e", NULL, lines).status, 204);
    stop(f);
    assert_str(record_find(&f->record, "view", 0)->pv, STR(""));
    const struct event *click = record_find(&f->record, "click", 0);
    assert_str(click->pv, STR(""));
    assert_str(click->pv_src, STR(""));
    assert_str(click->journey, STR(""));
    assert_str(click->cta, STR("call"));
    assert_str(click->rev, str_from(view.rev));
}

static void a_site_may_record_nothing_but_that_pages_were_served(void **state)
{
    struct fixture *f = *state;
    files_write(f->server->pages, "_site.yaml", STR("capture: off\n"));
    server_start(f->server);
    struct view view = visit_page(f->server, shoes, NULL);
    assert_no_field(&view.response, "Server-Timing");
    static const char body[] = "pv=0123456789abcdef0123456789abcdef&p=/voglio-comprare/scarpe&d=a"
                               "&e=click&n=3&cta=call";
    assert_int_equal(visit_post(f->server, "/_/e", NULL, body).status, 403);
    assert_int_equal(visit_post(f->server, "/_/p?p=/voglio-comprare/scarpe&cta=call",
                                "Content-Type: text/ping\r\n", "PING")
                         .status,
                     403);
    assert_int_equal(server_get(f->server, "/_/go/voglio-comprare/scarpe/shop").status, 303);
    stop(f);
    assert_int_equal(f->record.count, 1);
    assert_str(f->record.events[0].event, STR("view"));
    assert_str(f->record.events[0].pv, STR(""));
}

TEST_MAIN(EVENT_TEST(a_view_says_what_its_request_tells),
          EVENT_TEST(each_response_has_a_token_of_its_own_and_so_has_a_304),
          EVENT_TEST(what_is_no_page_seen_by_somebody_is_no_view),
          EVENT_TEST(prefetches_bots_and_early_data_are_told_from_the_rest),
          EVENT_TEST(a_referrer_on_this_site_is_no_source),
          EVENT_TEST(the_country_is_believed_of_a_proxy_that_is_trusted),
          EVENT_TEST(of_others_the_country_is_not_believed),
          EVENT_TEST(every_event_of_a_visit_is_in_the_journal_before_it_is_acknowledged),
          EVENT_TEST(a_script_without_a_token_brings_one_and_the_facts_of_its_visit),
          EVENT_TEST(a_journey_is_kept_unless_somebody_objects),
          EVENT_TEST(a_replayed_event_is_recorded_again_under_the_same_identity),
          EVENT_TEST(events_outlive_the_page_that_they_are_of),
          EVENT_TEST(events_of_a_page_that_is_a_draft_by_now_are_kept_and_no_others),
          EVENT_TEST(a_token_of_one_start_is_good_after_the_next),
          EVENT_TEST(a_ping_is_a_click_with_what_it_can_tell),
          EVENT_TEST(a_counted_link_leads_only_where_front_matter_says),
          EVENT_TEST(staff_are_told_from_visitors_by_a_cookie_that_they_ask_for),
          EVENT_TEST(networks_of_the_firm_are_internal_as_the_proxy_names_them),
          EVENT_TEST(a_site_may_record_what_happens_on_a_page_alone),
          EVENT_TEST(a_site_may_record_nothing_but_that_pages_were_served))
