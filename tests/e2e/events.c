/* What is recorded of what happens on pages: each event of the table in docs/events.md, from the
 * request to the line of the journal. Views are tests/e2e/events_views.c, what is refused is
 * tests/e2e/events_refused.c. */
#include "support/files.h"
#include "support/journals.h"
#include "support/publishing.h"
#include "support/recorded.h"
#include "support/test.h"

#include <stdio.h>
#include <time.h>

/* --- what the script sends */

/* What was acknowledged is read at once, while the server runs. */
static void assert_is_there(const struct recorded *f, const char *event)
{
    struct record record;
    record_read(&record, f->server->data);
    if (record_count(&record, event) != 1)
        fail_msg("'%s' was acknowledged and is not in the journal", event);
    record_finish(&record);
}

static void every_event_of_a_visit_is_in_the_journal_before_it_is_acknowledged(void **state)
{
    struct recorded *f = *state;
    server_start(f->server);
    struct view view = visit_page(f->server, shoes, "User-Agent: " IPHONE "\r\n");
    assert_int_equal(visit_send(f->server, &view, shoes, "e=seen&n=1&t=120"), 204);
    assert_is_there(f, "seen");
    assert_int_equal(visit_send(f->server, &view, shoes,
                                "e=engaged&n=2&t=3100\n"
                                "e=click&n=3&t=5120&cta=call\n"
                                "e=left&n=4&t=5700&cta=call&dest=tel\n"),
                     204);
    assert_is_there(f, "left");
    assert_int_equal(visit_send(f->server, &view, shoes,
                                "e=summary&n=5&t=9000&engaged_ms=8000&scroll=62.5&ttfb=31&fcp=120"
                                "&lcp=130.25&cls=0.004&inp=48"),
                     204);
    assert_is_there(f, "summary");
    assert_int_equal(visit_send(f->server, &view, shoes, "e=return&n=6&t=20000"), 204);
    assert_is_there(f, "return");
    recorded_stop(f);

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
    struct recorded *f = *state;
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
    static const char from_within[] =
        "pv=1123456789abcdef0123456789abcdef&p=/voglio-comprare/scarpe&d=0123456789abcdef"
        "&ref=https%3A%2F%2Fa%2F&e=seen&n=1\n";
    assert_int_equal(visit_post(f->server, "/_/e", NULL, from_within).status, 204);
    recorded_stop(f);
    assert_str(record_find(&f->record, "seen", 1)->ref_host, STR(""));
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
    struct recorded *f = *state;
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
    recorded_stop(f);
    assert_str(record_find(&f->record, "seen", 0)->journey, str_make(first.token, 20));
    for (size_t i = 1; i < 3; i++) {
        assert_str(record_find(&f->record, "seen", i)->journey, STR(""));
        assert_true(record_find(&f->record, "seen", i)->gpc);
    }
}

static void a_journey_of_another_day_is_none(void **state)
{
    static const int hours[] = {1, 24, 26, 2400, 0, -2};
    enum { COUNT = sizeof hours / sizeof *hours };
    struct recorded *f = *state;
    char tokens[COUNT][JOURNAL_TOKEN];
    server_start(f->server);
    struct view view = visit_page(f->server, shoes, NULL);
    for (size_t i = 0; i < COUNT; i++) {
        char lines[160];
        journal_token(tokens[i], (time(NULL) - hours[i] * 3600L) * INT64_C(1000), (int)i);
        (void)snprintf(lines, sizeof lines, "j=%sABCDEFGHIJK&e=seen&n=%zu", tokens[i], i + 1);
        assert_int_equal(visit_send(f->server, &view, shoes, lines), 204);
    }
    recorded_stop(f);
    for (size_t i = 0; i < COUNT; i++)
        assert_str(record_find(&f->record, "seen", i)->journey,
                   hours[i] <= 24 && hours[i] >= 0 ? str_from(tokens[i]) : STR(""));
}

static void a_replayed_event_is_recorded_again_under_the_same_identity(void **state)
{
    struct recorded *f = *state;
    server_start(f->server);
    struct view view = visit_page(f->server, shoes, NULL);
    for (int i = 0; i < 2; i++)
        assert_int_equal(visit_send(f->server, &view, shoes, "e=click&n=3&t=1&cta=call"), 204);
    recorded_stop(f);
    const struct event *one = record_find(&f->record, "click", 0);
    const struct event *two = record_find(&f->record, "click", 1);
    assert_true(str_eq(one->pv, two->pv) && str_eq(one->d, two->d) && one->n.value == two->n.value);
    assert_false(str_eq(one->id, two->id));
}

static void events_outlive_the_page_that_they_are_of(void **state)
{
    struct recorded *f = *state;
    char path[512];
    server_start(f->server);
    struct view view = visit_page(f->server, shoes, NULL);
    (void)snprintf(path, sizeof path, "%s/voglio-comprare/scarpe.md", f->server->pages);
    assert_int_equal(remove(path), 0);
    await_page(f->server, shoes, 404, NULL);
    assert_int_equal(visit_send(f->server, &view, shoes, "e=click&n=3&t=1&cta=call"), 204);
    recorded_stop(f);
    assert_str(record_find(&f->record, "click", 0)->page, STR("/voglio-comprare/scarpe"));
    assert_str(record_find(&f->record, "click", 0)->rev, str_from(view.rev));
}

static void events_of_a_page_that_is_a_draft_by_now_are_kept_and_no_others(void **state)
{
    struct recorded *f = *state;
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
    recorded_stop(f);
    assert_int_equal(record_count(&f->record, "click"), 1);
    assert_int_equal(record_count(&f->record, "seen"), 0);
}

static void a_token_of_one_start_is_good_after_the_next(void **state)
{
    struct recorded *f = *state;
    server_start(f->server);
    struct view view = visit_page(f->server, shoes, NULL);
    server_stop(f->server);
    server_start(f->server);
    assert_int_equal(visit_send(f->server, &view, shoes, "e=seen&n=1"), 204);
    recorded_stop(f);
    assert_str(record_find(&f->record, "seen", 0)->pv, str_make(view.token, 20));
}

/* A page and what its script sends come by different connections, and so to different workers. */
static void without_a_key_a_token_of_one_worker_is_good_at_the_others(void **state)
{
    struct recorded *f = *state;
    files_write(f->server->data, "secret", STR("abc"));
    server_configure(f->server, "workers: 2\n");
    server_start(f->server);
    assert_true(server_said(f->server, "/secret: "));
    struct view view = visit_page(f->server, shoes, NULL);
    for (int n = 1; n <= 4; n++) {
        char lines[32];
        (void)snprintf(lines, sizeof lines, "e=seen&n=%d", n);
        assert_int_equal(visit_send(f->server, &view, shoes, lines), 204);
    }
    recorded_stop(f);
    assert_int_equal(record_count(&f->record, "seen"), 4);
}

/* --- without a script */

static void a_ping_is_a_click_with_what_it_can_tell(void **state)
{
    struct recorded *f = *state;
    server_start(f->server);
    struct response r =
        visit_post(f->server, "/_/p?p=%2Fvoglio-comprare%2Fscarpe&cta=call",
                   "Content-Type: text/ping\r\nPing-To: tel:+390521123456\r\nUser-Agent: " IPHONE
                   "\r\nPing-From: https://a/voglio-comprare/scarpe?utm_source=qr#taglie\r\n",
                   "PING");
    assert_int_equal(r.status, 204);
    assert_is_there(f, "click");
    r = visit_post(f->server, "/_/p?p=%2Fvoglio-comprare%2Fscarpe&cta=call",
                   "Content-Type: text/ping\r\n"
                   "Ping-From: https://a/voglio-comprare/scarpe#taglie?utm_source=no\r\n",
                   "PING");
    assert_int_equal(r.status, 204);
    recorded_stop(f);
    assert_str(record_find(&f->record, "click", 1)->utm_source, STR(""));
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
    struct recorded *f = *state;
    files_write(f->server->pages, "index.md",
                STR("---\ntitle: Casa\ndescription: Casa.\ncta:\n  - link: Vai\n"
                    "    to: https://shop.example/\n    id: shop\n---\nCiao\n"));
    files_write(f->server->pages, "foto.txt", STR("x"));
    server_start(f->server);
    struct response r =
        server_get(f->server, "/_/go/voglio-comprare/scarpe/shop?url=https://evil.example/");
    assert_int_equal(r.status, 303);
    assert_field(&r, "Location", "https://shop.example/vento-2?x=1");
    assert_field(&r, "Cache-Control", "no-store");
    assert_is_there(f, "redirect");
    assert_int_equal(server_get(f->server, "/_/go/shop").status, 303);
    assert_int_equal(server_ask(f->server, "HEAD", "/_/go/shop", NULL).status, 303);
    assert_int_equal(server_ask(f->server, "GET", "/_/go/shop", "Purpose: prefetch\r\n").status,
                     303);
    static const char *const nowhere[] = {
        "/_/go/voglio-comprare/scarpe", "/_/go/sconosciuta/shop",      "/_/go/404/shop",
        "/_/go/foto.txt/shop",          "/_/go/https://evil.example/", "/_/go//evil.example/shop"};
    assert_int_equal(server_get(f->server, "/foto.txt").status, 200);
    for (size_t i = 0; i < sizeof nowhere / sizeof *nowhere; i++)
        assert_int_equal(server_get(f->server, nowhere[i]).status, 404);
    recorded_stop(f);
    assert_int_equal(record_count(&f->record, "redirect"), 2);
    const struct event *redirect = record_find(&f->record, "redirect", 0);
    assert_str(redirect->page, STR("/voglio-comprare/scarpe"));
    assert_str(redirect->cta, STR("shop"));
    assert_str(redirect->dest, STR("web"));
    assert_str(redirect->transport, STR("redirect"));
    assert_str(record_find(&f->record, "redirect", 1)->page, STR("/"));
}

/* A page that leads to a shop; `front` is more of its front matter. */
static void write_shop(const struct recorded *f, const char *file, const char *front)
{
    struct buf page = BUF_EMPTY;
    buf_printf(&page,
               "---\ntitle: Casa\ndescription: Casa.\n%scta:\n  - link: Vai\n"
               "    to: https://shop.example/\n    id: shop\n---\nCiao\n",
               front);
    files_write(f->server->pages, file, buf_str(&page));
    buf_finish(&page);
}

static void assert_leads(const struct recorded *f, const char *link, const char *location)
{
    struct response r = server_get(f->server, link);
    if (r.status != 303)
        fail_msg("%s is answered %u", link, r.status);
    assert_str(response_field(&r, "Location"), str_from(location));
    assert_field(&r, "Cache-Control", "no-store");
}

static void a_printed_counted_link_goes_on_once_its_page_has_moved(void **state)
{
    struct recorded *f = *state;
    write_shop(f, "nuova/caffè.md", "aliases: [/volantino, /vecchia/]\n");
    write_shop(f, "cartella/index.md", "aliases: /breve\n");
    server_start(f->server);
    assert_leads(f, "/_/go/volantino/shop", "https://shop.example/");
    assert_leads(f, "/_/go/vecchia/shop", "https://shop.example/");
    assert_leads(f, "/_/go/breve/shop", "https://shop.example/");
    assert_leads(f, "/_/go/volantino/x", "/volantino");
    recorded_stop(f);
    static const char *const pages[] = {"/nuova/caffè", "/nuova/caffè", "/cartella/"};
    assert_int_equal(record_count(&f->record, "redirect"), 3);
    for (size_t i = 0; i < 3; i++) {
        const struct event *redirect = record_find(&f->record, "redirect", i);
        assert_str(redirect->page, str_from(pages[i]));
        assert_str(redirect->cta, STR("shop"));
    }
}

static void a_counted_link_that_leads_nowhere_any_more_shows_its_page(void **state)
{
    struct recorded *f = *state;
    write_shop(f, "index.md", "");
    write_shop(f, "saldi.md", "expires_at: 2020-01-01\nthen: https://elsewhere.example/\n");
    write_shop(f, "è/finita.md", "expires_at: 2020-01-01\naliases: /promo\n");
    files_write(f->server->pages, "gioco.html",
                STR("<!doctype html><html lang=\"it\"><head><title>Gioco</title></head><body>"
                    "<button data-cta=\"gioca\">Gioca</button></body></html>"));
    server_start(f->server);
    assert_leads(f, "/_/go/x", "/");
    assert_leads(f, "/_/go/gioco/gioca", "/gioco"); /* it leads nowhere itself */
    assert_leads(f, "/_/go/voglio-comprare/scarpe/x?utm_source=qr",
                 "/voglio-comprare/scarpe?utm_source=qr");
    assert_leads(f, "/_/go/saldi/shop", "/saldi");
    assert_leads(f, "/_/go/%C3%A8/finita/shop", "/%C3%A8/finita");
    assert_leads(f, "/_/go/promo/shop", "/promo");
    assert_int_equal(server_get(f->server, "/saldi").status, 307);
    assert_int_equal(server_get(f->server, "/%C3%A8/finita").status, 410);
    assert_int_equal(server_get(f->server, "/promo").status, 308);
    recorded_stop(f);
    assert_int_equal(record_count(&f->record, "redirect"), 0);
}

TEST_MAIN(RECORDED_TEST(every_event_of_a_visit_is_in_the_journal_before_it_is_acknowledged),
          RECORDED_TEST(a_script_without_a_token_brings_one_and_the_facts_of_its_visit),
          RECORDED_TEST(a_journey_is_kept_unless_somebody_objects),
          RECORDED_TEST(a_journey_of_another_day_is_none),
          RECORDED_TEST(a_replayed_event_is_recorded_again_under_the_same_identity),
          RECORDED_TEST(events_outlive_the_page_that_they_are_of),
          RECORDED_TEST(events_of_a_page_that_is_a_draft_by_now_are_kept_and_no_others),
          RECORDED_TEST(a_token_of_one_start_is_good_after_the_next),
          RECORDED_TEST(without_a_key_a_token_of_one_worker_is_good_at_the_others),
          RECORDED_TEST(a_ping_is_a_click_with_what_it_can_tell),
          RECORDED_TEST(a_counted_link_leads_only_where_front_matter_says),
          RECORDED_TEST(a_printed_counted_link_goes_on_once_its_page_has_moved),
          RECORDED_TEST(a_counted_link_that_leads_nowhere_any_more_shows_its_page))
