/* What is recorded of views, and whose they are. */
#include "support/files.h"
#include "support/publishing.h"
#include "support/recorded.h"
#include "support/test.h"

#include <stdio.h>

/* --- views */

static void a_view_says_what_its_request_tells(void **state)
{
    struct recorded *f = *state;
    server_start(f->server);
    struct view view = visit_page(
        f->server, "/voglio-comprare/scarpe?utm_source=instagram&utm_campaign=saldi%20caff%C3%A8",
        "User-Agent: " IPHONE "\r\nReferer: https://l.instagram.com/?u=x\r\n"
        "Accept-Language: it-IT,it;q=0.9,en;q=0.8\r\nSave-Data: on\r\nSec-GPC: 1\r\n");
    assert_int_equal(view.response.status, 200);
    assert_int_equal(strlen(view.token), 31);
    recorded_stop(f);

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
    struct recorded *f = *state;
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
    recorded_stop(f);

    assert_int_equal(record_count(&f->record, "view"), 2);
    assert_false(record_find(&f->record, "view", 0)->cached);
    assert_true(record_find(&f->record, "view", 1)->cached);
    assert_str(record_find(&f->record, "view", 1)->pv, str_make(again.token, 20));
}

static void what_is_no_page_seen_by_somebody_is_no_view(void **state)
{
    struct recorded *f = *state;
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
    recorded_stop(f);
    assert_int_equal(f->record.count, 1);
}

static void prefetches_bots_and_early_data_are_told_from_the_rest(void **state)
{
    struct recorded *f = *state;
    server_start(f->server);
    (void)visit_page(f->server, shoes,
                     "Sec-Purpose: prefetch;prerender\r\nUser-Agent: " IPHONE "\r\n");
    (void)visit_page(f->server, shoes, "User-Agent: WhatsApp/2.25.31.75 A\r\n");
    (void)visit_page(f->server, shoes, NULL); /* no user agent */
    (void)visit_page(f->server, shoes, "Early-Data: 1\r\nUser-Agent: " IPHONE "\r\n");
    recorded_stop(f);
    assert_str(record_find(&f->record, "view", 0)->purpose, STR("prerender"));
    assert_str(record_find(&f->record, "view", 0)->bot, STR(""));
    assert_str(record_find(&f->record, "view", 1)->bot, STR("preview:whatsapp"));
    assert_str(record_find(&f->record, "view", 2)->bot, STR("empty"));
    assert_true(record_find(&f->record, "view", 3)->early);
}

static void a_referrer_on_this_site_is_no_source(void **state)
{
    struct recorded *f = *state;
    server_start(f->server);
    (void)visit_page(f->server, shoes, "Referer: https://a/voglio-sapere/x\r\n");
    (void)visit_page(f->server, shoes, "Referer: https://a.example/\r\n");
    recorded_stop(f);
    assert_str(record_find(&f->record, "view", 0)->ref_host, STR(""));
    assert_str(record_find(&f->record, "view", 1)->ref_host, STR("a.example"));
}

/* RFC 9112 3.2.2: the host that was asked is the target's, whatever Host says ("a"). */
static void the_authority_of_an_absolute_target_is_this_site(void **state)
{
    struct recorded *f = *state;
    server_start(f->server);
    char target[64];
    (void)snprintf(target, sizeof target, "http://shop.example%s", shoes);
    (void)visit_page(f->server, target, "Referer: https://shop.example/x\r\n");
    (void)visit_page(f->server, target, "Referer: https://a/x\r\n");
    recorded_stop(f);
    assert_str(record_find(&f->record, "view", 0)->ref_host, STR(""));
    assert_str(record_find(&f->record, "view", 1)->ref_host, STR("a"));
}

static void the_country_is_believed_of_a_proxy_that_is_trusted(void **state)
{
    struct recorded *f = *state;
    server_configure(f->server, "country_header: CF-IPCountry\n");
    server_start(f->server);
    (void)visit_page(f->server, shoes, "cf-ipcountry: IT\r\n");
    (void)visit_page(f->server, shoes, "CF-IPCountry: XX\r\n");
    (void)visit_page(f->server, shoes, "CF-IPCountry: <script>\r\n");
    (void)visit_page(f->server, shoes, "X-Country: IT\r\n");
    recorded_stop(f);
    assert_str(record_find(&f->record, "view", 0)->country, STR("IT"));
    for (size_t i = 1; i < 4; i++)
        assert_str(record_find(&f->record, "view", i)->country, STR(""));
}

static void of_others_the_country_is_not_believed(void **state)
{
    struct recorded *f = *state;
    server_configure(f->server, "country_header: CF-IPCountry\ntrusted_proxies: []\n");
    server_start(f->server);
    (void)visit_page(f->server, shoes, "CF-IPCountry: IT\r\n");
    recorded_stop(f);
    assert_str(record_find(&f->record, "view", 0)->country, STR(""));
}

/* --- whose visits they are */

static void staff_are_told_from_visitors_by_a_cookie_that_they_ask_for(void **state)
{
    struct recorded *f = *state;
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
    recorded_stop(f);
    assert_true(record_find(&f->record, "view", 0)->internal);
    assert_false(record_find(&f->record, "view", 1)->internal);
}

static void networks_of_the_firm_are_internal_as_the_proxy_names_them(void **state)
{
    struct recorded *f = *state;
    server_configure(f->server, "internal_networks: [203.0.113.0/24, \"2001:db8:1::/48\"]\n");
    server_start(f->server);
    (void)visit_page(f->server, shoes, "X-Forwarded-For: 203.0.113.9\r\n");
    (void)visit_page(f->server, shoes, "X-Forwarded-For: 2001:db8:1::7\r\n");
    (void)visit_page(f->server, shoes, "X-Forwarded-For: 203.0.113.9, 198.51.100.1\r\n");
    struct view view = visit_page(f->server, shoes, NULL);
    assert_int_equal(visit_send(f->server, &view, shoes, "e=seen&n=1"), 204);
    recorded_stop(f);
    assert_true(record_find(&f->record, "view", 0)->internal);
    assert_true(record_find(&f->record, "view", 1)->internal);
    assert_false(record_find(&f->record, "view", 2)->internal);
    assert_false(record_find(&f->record, "view", 3)->internal);
}

static void a_site_may_record_what_happens_on_a_page_alone(void **state)
{
    struct recorded *f = *state;
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
    recorded_stop(f);
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
    struct recorded *f = *state;
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
    recorded_stop(f);
    assert_int_equal(f->record.count, 1);
    assert_str(f->record.events[0].event, STR("view"));
    assert_str(f->record.events[0].pv, STR(""));
}

/* The key that is given twice hides the one that says no. */
static void settings_that_cannot_be_read_at_the_start_may_have_said_no(void **state)
{
    struct recorded *f = *state;
    files_write(f->server->pages, "_site.yaml", STR("name: a\nname: b\ncapture: off\n"));
    server_start(f->server);
    assert_true(server_said(f->server, "a server that starts with this file records nothing"));
    struct response r = server_get(f->server, shoes);
    assert_no_field(&r, "Server-Timing");
    assert_false(str_contains(r.body, STR("<script>")));

    files_write(f->server->pages, "_site.yaml", STR("name: a\n"));
    await_page(f->server, shoes, 200, "<script>");
    files_write(f->server->pages, "_site.yaml", STR("name: a\nname: b\n"));
    await_log(f->server, "the site's settings stay as they were: ");
    assert_contains(server_get(f->server, shoes).body, STR("<script>"));
    recorded_stop(f);
}

TEST_MAIN(RECORDED_TEST(a_view_says_what_its_request_tells),
          RECORDED_TEST(each_response_has_a_token_of_its_own_and_so_has_a_304),
          RECORDED_TEST(what_is_no_page_seen_by_somebody_is_no_view),
          RECORDED_TEST(prefetches_bots_and_early_data_are_told_from_the_rest),
          RECORDED_TEST(a_referrer_on_this_site_is_no_source),
          RECORDED_TEST(the_authority_of_an_absolute_target_is_this_site),
          RECORDED_TEST(the_country_is_believed_of_a_proxy_that_is_trusted),
          RECORDED_TEST(of_others_the_country_is_not_believed),
          RECORDED_TEST(staff_are_told_from_visitors_by_a_cookie_that_they_ask_for),
          RECORDED_TEST(networks_of_the_firm_are_internal_as_the_proxy_names_them),
          RECORDED_TEST(a_site_may_record_what_happens_on_a_page_alone),
          RECORDED_TEST(a_site_may_record_nothing_but_that_pages_were_served),
          RECORDED_TEST(settings_that_cannot_be_read_at_the_start_may_have_said_no))
