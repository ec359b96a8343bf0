/* One connection: requests in pieces and in pipelines, clients that do not read, that half-close,
 * that vanish. */
#include "support/files.h"
#include "support/server.h"
#include "support/test.h"

#include <stdio.h>

enum { TEXTS = 10, PIPELINED = 1000 };

/* /0.txt to /9.txt, which can be told apart. */
static void write_texts(struct server *s)
{
    for (int i = 0; i < TEXTS; i++) {
        char name[32];
        char text[32];
        (void)snprintf(name, sizeof name, "%d.txt", i);
        (void)snprintf(text, sizeof text, "text %d", i);
        files_write(s->pages, name, str_from(text));
    }
    server_page(s, "index.md", "Benvenuti.");
}

/* A page of about 64 KiB that does not compress, so that answers fill what lies between. */
static void write_large(struct server *s)
{
    struct buf text = BUF_EMPTY;
    uint32_t seed = 1;
    while (text.len < 65000) {
        seed = seed * 1664525u + 1013904223u;
        buf_printf(&text, "%08x", seed);
    }
    files_write(s->pages, "large.txt", buf_str(&text));
    buf_finish(&text);
}

/* One that is copied into what is sent, as all small ones are. */
static void write_middling(struct server *s)
{
    char text[15000];
    memset(text, 'x', sizeof text);
    files_write(s->pages, "middling.pdf", str_make(text, sizeof text));
}

static void pipeline(struct buf *out, size_t count, const char *target)
{
    for (size_t i = 0; i < count; i++) {
        char numbered[32];
        (void)snprintf(numbered, sizeof numbered, "/%zu.txt", i % TEXTS);
        buf_printf(out, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", target ? target : numbered);
    }
    assert_int_equal(buf_status(out), 0);
}

static void expect_texts(struct client *c, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char text[32];
        (void)snprintf(text, sizeof text, "text %zu", i % TEXTS);
        struct response r = client_response(c);
        assert_int_equal(r.status, 200);
        assert_str(r.body, str_from(text));
    }
}

static void a_connection_serves_one_request_after_the_other(void **state)
{
    struct server *s = *state;
    write_texts(s);
    server_start(s);

    struct client *c = server_connect(s, 0);
    for (size_t i = 0; i < 100; i++) {
        assert_true(client_is_served(c, i % 2 ? "/1.txt" : "/"));
        assert_false(c->ended);
    }

    server_stop(s);
}

static void a_request_may_come_byte_by_byte(void **state)
{
    struct server *s = *state;
    write_texts(s);
    server_start(s);

    struct client *c = server_connect(s, 0);
    struct buf bytes = BUF_EMPTY;
    pipeline(&bytes, 2L * TEXTS, NULL);
    client_send(c, buf_str(&bytes), 1);
    buf_finish(&bytes);
    expect_texts(c, 2L * TEXTS);

    server_stop(s);
}

static void a_request_waits_for_its_last_byte(void **state)
{
    struct server *s = *state;
    write_texts(s);
    server_start(s);

    static const char request[] = "GET /3.txt HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n";
    for (size_t cut = 1; cut < sizeof request - 1; cut++) {
        struct client *c = server_connect(s, 0);
        client_send(c, str_make(request, cut), 0);
        assert_false(client_hears(c, 1));
        client_send(c, str_from(request + cut), 0);
        assert_str(client_response(c).body, STR("text 3"));
        client_close(c);
    }

    server_stop(s);
}

static void a_thousand_pipelined_requests_are_answered_in_order(void **state)
{
    struct server *s = *state;
    write_texts(s);
    server_start(s);

    static const size_t pieces[] = {0, 7, 1000, 65536};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct client *c = server_connect(s, 0);
        struct buf bytes = BUF_EMPTY;
        pipeline(&bytes, PIPELINED, NULL);
        client_send(c, buf_str(&bytes), pieces[i]);
        buf_finish(&bytes);
        expect_texts(c, PIPELINED);
        client_close(c);
    }

    server_stop(s);
}

static void a_client_that_does_not_read_costs_no_memory(void **state)
{
    struct server *s = *state;
    enum { CLIENTS = 8, ALLOWED = 8 * 1024 * 1024 };
    write_texts(s);
    write_large(s);
    write_middling(s);
    server_start(s);
    assert_int_equal(server_get(s, "/large.txt").status, 200);
    server_wait_until_compressed(s);

    uint64_t before = process_memory(&s->process);
    struct client *c[CLIENTS];
    for (size_t i = 0; i < CLIENTS; i++) {
        struct buf bytes = BUF_EMPTY;
        pipeline(&bytes, PIPELINED, i % 2 ? "/middling.pdf" : "/large.txt");
        c[i] = server_connect(s, 0);
        (void)client_send_unread(c[i], buf_str(&bytes), 200);
        buf_finish(&bytes);
    }
    assert_int_equal(server_get(s, "/1.txt").status, 200);
    uint64_t after = process_memory(&s->process);
    if (after > before + ALLOWED)
        fail_msg("%d clients that do not read cost %llu KiB", CLIENTS,
                 (unsigned long long)(after - before) / 1024);

    for (int i = 0; i < 100; i++)
        assert_int_equal(client_response(c[0]).body.len, 65000);
    for (size_t i = 0; i < CLIENTS; i++)
        client_reset(c[i]);
    assert_int_equal(server_get(s, "/1.txt").status, 200);

    server_stop(s);
}

static void many_requests_that_nobody_reads_come_out_whole_later(void **state)
{
    struct server *s = *state;
    enum { MANY = 200 };
    write_texts(s);
    write_large(s);
    server_start(s);

    struct client *c = server_connect(s, 0);
    struct buf bytes = BUF_EMPTY;
    pipeline(&bytes, MANY, "/large.txt");
    pipeline(&bytes, TEXTS, NULL);
    assert_int_equal(client_send_unread(c, buf_str(&bytes), 1000), bytes.len);
    buf_finish(&bytes);
    for (int i = 0; i < MANY; i++)
        assert_int_equal(client_response(c).body.len, 65000);
    expect_texts(c, TEXTS);
    assert_true(client_is_served(c, "/"));

    server_stop(s);
}

static void a_client_that_has_said_all_still_gets_its_answers(void **state)
{
    struct server *s = *state;
    write_texts(s);
    write_large(s);
    server_start(s);

    struct client *c = server_connect(s, 0);
    struct buf bytes = BUF_EMPTY;
    pipeline(&bytes, TEXTS, NULL);
    pipeline(&bytes, 40, "/large.txt");
    client_send(c, buf_str(&bytes), 0);
    buf_finish(&bytes);
    client_half_close(c);
    expect_texts(c, TEXTS);
    for (int i = 0; i < 40; i++)
        assert_int_equal(client_response(c).body.len, 65000);
    client_expect_close(c);

    server_stop(s);
}

static void a_client_that_leaves_within_a_request_is_let_go(void **state)
{
    struct server *s = *state;
    write_texts(s);
    server_start(s);

    static const char *const parts[] = {
        "", "GET", "GET / HTTP/1.1\r\nHost: a\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhello",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct client *c = server_connect(s, 0);
        client_send_text(c, parts[i]);
        client_half_close(c);
        struct response r;
        if (client_read(c, &r, false))
            assert_int_equal(r.status, 400);
        client_close(c);

        c = server_connect(s, 0);
        client_send_text(c, parts[i]);
        client_reset(c);
    }
    server_wait_until_alone(s);
    assert_int_equal(server_get(s, "/").status, 200);

    server_stop(s);
}

static void a_reset_within_an_answer_harms_nobody(void **state)
{
    struct server *s = *state;
    write_texts(s);
    write_large(s);
    server_start(s);

    for (int i = 0; i < 20; i++) {
        struct client *c = server_connect(s, 0);
        struct buf bytes = BUF_EMPTY;
        pipeline(&bytes, 50, "/large.txt");
        (void)client_send_unread(c, buf_str(&bytes), 100);
        buf_finish(&bytes);
        assert_true(client_hears(c, CLIENT_PATIENCE_MS));
        client_reset(c);
    }
    assert_int_equal(server_get(s, "/").status, 200);

    server_stop(s);
}

/* Whether it is asked for or not, the body must not be taken for a request. */
static void a_body_after_100_continue_stays_a_body(void **state)
{
    struct server *s = *state;
    write_texts(s);
    server_start(s);

    struct client *c = server_connect(s, 0);
    client_send_text(c, "POST /0.txt HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                        "Content-Length: 39\r\n\r\n");
    struct response r = client_response(c);
    bool asked = r.status == 100;
    if (!asked)
        assert_int_equal(r.status, 405);
    client_send_text(c, "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n....");
    client_send_text(c, "GET /1.txt HTTP/1.1\r\nHost: a\r\n\r\n");
    if (asked)
        assert_int_equal(client_response(c).status, 405);
    if (client_read(c, &r, false))
        assert_str(r.body, STR("text 1"));
    else
        assert_false(asked);

    server_stop(s);
}

/* RFC 9112 9.6: closing with bytes unread sends a reset, which can take the answer with it. */
static void a_refused_upload_still_hears_why(void **state)
{
    struct server *s = *state;
    write_texts(s);
    server_start(s);

    struct client *c = server_connect(s, 0);
    struct buf bytes = BUF_EMPTY;
    buf_append(&bytes, STR("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n"));
    while (bytes.len < 200000)
        buf_append(&bytes, STR("0123456789"));
    client_send(c, buf_str(&bytes), 1000);
    buf_finish(&bytes);
    assert_int_equal(client_response(c).status, 413);
    client_half_close(c);
    client_expect_close(c);
    assert_false(c->was_reset);

    server_stop(s);
}

/* The same where nobody has announced what comes. */
static void what_comes_behind_an_answer_that_closes_does_not_take_it_along(void **state)
{
    struct server *s = *state;
    static const struct {
        const char *head;
        unsigned status;
    } cases[] = {
        {"GET /1.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 200},
        {"GET /1.txt HTTP/1.1\r\nHost : a\r\n\r\n", 400},
    };
    write_texts(s);
    server_start(s);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct client *c = server_connect(s, 0);
        struct buf bytes = BUF_EMPTY;
        buf_append(&bytes, str_from(cases[i].head));
        while (bytes.len < 300000)
            buf_append(&bytes, STR("0123456789"));
        client_send(c, buf_str(&bytes), 0);
        buf_finish(&bytes);
        assert_int_equal(client_response(c).status, cases[i].status);
        client_half_close(c);
        client_expect_close(c);
        assert_false(c->was_reset);
    }
    server_stop(s);
}

TEST_MAIN(SERVER_TEST(a_connection_serves_one_request_after_the_other),
          SERVER_TEST(a_request_may_come_byte_by_byte),
          SERVER_TEST(a_request_waits_for_its_last_byte),
          SERVER_TEST(a_thousand_pipelined_requests_are_answered_in_order),
          SERVER_TEST(a_client_that_does_not_read_costs_no_memory),
          SERVER_TEST(many_requests_that_nobody_reads_come_out_whole_later),
          SERVER_TEST(a_client_that_has_said_all_still_gets_its_answers),
          SERVER_TEST(a_client_that_leaves_within_a_request_is_let_go),
          SERVER_TEST(a_reset_within_an_answer_harms_nobody),
          SERVER_TEST(a_body_after_100_continue_stays_a_body),
          SERVER_TEST(a_refused_upload_still_hears_why),
          SERVER_TEST(what_comes_behind_an_answer_that_closes_does_not_take_it_along))
