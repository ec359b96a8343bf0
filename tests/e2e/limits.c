/* What one client may take from the others: time, memory, connections, descriptors. */
#include "support/files.h"
#include "support/server.h"
#include "support/test.h"

#include "base/clock.h"

#include <poll.h>
#include <stdio.h>
#include <unistd.h>

/* The server looks at deadlines once a second; a slow machine may take some more. */
enum { DEADLINE_SEEN_MS = 8000 };

static void start_with(struct server *s, const char *limits)
{
    struct buf text = BUF_EMPTY;
    for (int i = 0; i < 6500; i++)
        buf_append(&text, STR("0123456789"));
    files_write(s->pages, "large.txt", buf_str(&text));
    buf_finish(&text);
    server_page(s, "index.md", "Benvenuti.");
    server_configure(s, limits);
    server_start(s);
}

/* Waits until the server closes, which may tell why first. Returns that status, or 0. */
static unsigned wait_until_cut(struct client *c)
{
    if (!client_hears(c, DEADLINE_SEEN_MS))
        fail_msg("the connection is still open after %d ms", DEADLINE_SEEN_MS);
    struct response r;
    if (!client_read(c, &r, false))
        return 0;
    unsigned status = r.status;
    assert_field(&r, "Connection", "close");
    client_expect_close(c);
    return status;
}

/* Sends a byte now and then, which must not help, until the server is heard. */
static void drip(struct client *c, const char *endless)
{
    uint64_t end = clock_monotonic_ms() + DEADLINE_SEEN_MS;
    while (!client_hears(c, 50)) {
        client_send_text(c, endless);
        if (clock_monotonic_ms() > end)
            fail_msg("a drip keeps the connection open for %d ms", DEADLINE_SEEN_MS);
    }
}

static void a_head_has_a_deadline_as_a_whole(void **state)
{
    struct server *s = *state;
    start_with(s, "limits:\n  head_timeout: 2s\n  idle_timeout: 60s\n");

    struct client *stuck = server_connect(s, 0);
    client_send_text(stuck, "GET / HTTP/1.1\r\nHost: a\r\n");
    struct client *slow = server_connect(s, 0);
    client_send_text(slow, "GET / HTTP/1.1\r\nHost: a\r\nX: ");
    drip(slow, "y");
    unsigned status = wait_until_cut(slow);
    assert_true(status == 0 || status == 408);
    status = wait_until_cut(stuck);
    assert_true(status == 0 || status == 408);
    assert_int_equal(server_get(s, "/").status, 200);

    server_stop(s);
}

static void a_client_that_says_nothing_is_let_go(void **state)
{
    struct server *s = *state;
    start_with(s, "limits:\n  head_timeout: 300ms\n  idle_timeout: 60s\n");

    struct client *c = server_connect(s, 0);
    assert_int_equal(wait_until_cut(c), 0);

    server_stop(s);
}

static void the_next_head_has_a_deadline_too(void **state)
{
    struct server *s = *state;
    start_with(s, "limits:\n  head_timeout: 2s\n  idle_timeout: 60s\n");

    struct client *c = server_connect(s, 0);
    assert_true(client_is_served(c, "/"));
    client_send_text(c, "GET / HT");
    unsigned status = wait_until_cut(c);
    assert_true(status == 0 || status == 408);

    server_stop(s);
}

static void a_body_has_a_deadline_as_a_whole(void **state)
{
    struct server *s = *state;
    start_with(s, "limits:\n  body_timeout: 300ms\n  idle_timeout: 60s\n  head_timeout: 60s\n");

    struct client *fixed = server_connect(s, 0);
    client_send_text(fixed, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n");
    struct client *chunked = server_connect(s, 0);
    client_send_text(chunked, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    drip(fixed, "b");
    drip(chunked, "1\r\nb\r\n");
    unsigned status = wait_until_cut(fixed);
    assert_true(status == 0 || status == 408);
    status = wait_until_cut(chunked);
    assert_true(status == 0 || status == 408);

    server_stop(s);
}

static void an_idle_connection_is_closed_without_a_word(void **state)
{
    struct server *s = *state;
    start_with(s, "limits:\n  idle_timeout: 300ms\n");

    struct client *c = server_connect(s, 0);
    assert_true(client_is_served(c, "/"));
    assert_int_equal(wait_until_cut(c), 0);
    assert_false(c->was_reset);

    server_stop(s);
}

static void idle_time_starts_anew_with_each_answer(void **state)
{
    struct server *s = *state;
    start_with(s, "limits:\n  idle_timeout: 2s\n");

    /* Longer than the deadline, unless this machine had us wait for so long between two requests
     * that the deadline was right: then all over again. */
    uint64_t patience_ends = clock_monotonic_ms() + SERVER_PATIENCE_MS;
    struct client *c = server_connect(s, 0);
    uint64_t began = clock_monotonic_ms();
    uint64_t asked = began;
    while (clock_monotonic_ms() < began + 4000) {
        uint64_t before = asked;
        asked = clock_monotonic_ms();
        bool served = client_is_served(c, "/");
        if (!served && clock_monotonic_ms() - before > 1500 && asked < patience_ends) {
            c = server_connect(s, 0);
            began = asked = clock_monotonic_ms();
            continue;
        }
        assert_true(served);
        process_yield(200);
    }

    server_stop(s);
}

static void send_many(struct client *c, const char *target, int count)
{
    struct buf bytes = BUF_EMPTY;
    for (int i = 0; i < count; i++)
        buf_printf(&bytes, "GET %s HTTP/1.1\r\nHost: a\r\n\r\n", target);
    (void)client_send_unread(c, buf_str(&bytes), 100);
    buf_finish(&bytes);
}

static void a_client_that_takes_nothing_is_let_go(void **state)
{
    struct server *s = *state;
    start_with(s, "limits:\n  write_timeout: 300ms\n  idle_timeout: 60s\n");

    struct client *c = server_connect(s, 0);
    send_many(c, "/large.txt", 300);
    assert_true(client_hears(c, CLIENT_PATIENCE_MS));
    server_wait_until_alone(s);
    assert_int_equal(server_get(s, "/").status, 200);

    server_stop(s);
}

static void a_slow_reader_that_goes_on_reading_is_served(void **state)
{
    struct server *s = *state;
    enum { COUNT = 300 }; /* far more than the sockets hold */
    start_with(s, "limits:\n  write_timeout: 2s\n  idle_timeout: 60s\n");

    struct client *c = server_connect(s, 0);
    send_many(c, "/large.txt", COUNT);
    for (int i = 0; i < COUNT; i++) {
        assert_int_equal(client_response(c).body.len, 65000);
        process_yield(10);
    }

    server_stop(s);
}

/* How many of the clients have been answered, once `wanted` have been or patience ends. */
static size_t count_answered(struct client **clients, size_t count, size_t wanted)
{
    uint64_t end = clock_monotonic_ms() + CLIENT_PATIENCE_MS;
    size_t answered;
    do {
        answered = 0;
        for (size_t i = 0; i < count; i++)
            answered += clients[i]->fd >= 0 && client_hears(clients[i], 1);
    } while (answered < wanted && clock_monotonic_ms() < end);
    return answered;
}

static void expect_idle(const struct server *s)
{
    uint64_t before = process_cpu_ms(&s->process);
    process_yield(1000);
    uint64_t used = process_cpu_ms(&s->process) - before;
    if (used > 200)
        fail_msg("the server spins: %llu ms of processor time in a second",
                 (unsigned long long)used);
}

static void clients_over_the_cap_wait_for_their_turn(void **state)
{
    struct server *s = *state;
    enum { CAP = 8, CLIENTS = 20 };
    start_with(s, "limits:\n  connections: 8\n  idle_timeout: 60s\n  head_timeout: 60s\n");

    struct client *clients[CLIENTS];
    for (size_t i = 0; i < CLIENTS; i++) {
        clients[i] = server_connect(s, 0);
        client_send_text(clients[i], "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    assert_int_equal(count_answered(clients, CLIENTS, CAP), CAP);
    expect_idle(s);
    assert_int_equal(count_answered(clients, CLIENTS, CAP), CAP);
    assert_int_equal(server_admin(s, "/healthz").status, 200);

    size_t served = 0;
    while (served < CLIENTS) {
        size_t expected = CLIENTS - served < CAP ? CLIENTS - served : CAP;
        assert_int_equal(count_answered(clients, CLIENTS, expected), expected);
        for (size_t i = 0; i < CLIENTS; i++)
            if (clients[i]->fd >= 0 && client_hears(clients[i], 0)) {
                assert_int_equal(client_response(clients[i]).status, 200);
                client_close(clients[i]);
                served++;
            }
    }
    assert_int_equal(server_get(s, "/").status, 200);

    server_stop(s);
}

static void a_full_descriptor_table_neither_spins_nor_kills(void **state)
{
    struct server *s = *state;
    enum { NOFILE = 64, CLIENTS = 200 };
    s->nofile = NOFILE;
    start_with(s, "limits:\n  idle_timeout: 60s\n  head_timeout: 60s\n");

    struct client *clients[CLIENTS];
    for (size_t i = 0; i < CLIENTS; i++)
        clients[i] = server_connect(s, 0);
    client_send_text(clients[0], "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_int_equal(client_response(clients[0]).status, 200);
    expect_idle(s);
    assert_true(client_is_served(clients[0], "/"));
    assert_int_equal(server_admin(s, "/healthz").status, 200);

    for (size_t i = 0; i < CLIENTS; i++)
        client_close(clients[i]);
    assert_int_equal(server_get(s, "/").status, 200);
    assert_int_equal(server_get(s, "/large.txt").status, 200);

    server_stop(s);
}

/* Something else has taken the descriptors that were meant for visitors. Those who come then wait
 * in the backlog, and are served once there is room again. */
static void running_out_of_descriptors_is_met_by_a_pause(void **state)
{
#ifdef __SANITIZE_THREAD__
    skip_because("without descriptors ThreadSanitizer cannot read the names in tests/tsan.supp");
#endif
    struct server *s = *state;
    enum { ROOM = 4, CLIENTS = 20 };
    start_with(s, "limits:\n  idle_timeout: 60s\n  head_timeout: 60s\n");
    assert_int_equal(server_get(s, "/").status, 200);
    server_wait_until_alone(s);
    assert_int_equal((int)server_metric(s, "attimo_accept_pauses_total"), 0);
    process_limit_descriptors(&s->process, process_descriptors(&s->process) + ROOM);

    struct client *clients[CLIENTS];
    for (size_t i = 0; i < CLIENTS; i++) {
        clients[i] = server_connect(s, 0);
        client_send_text(clients[i], "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    size_t served = count_answered(clients, CLIENTS, 1);
    assert_true(served >= 1);
    expect_idle(s);
    assert_true(count_answered(clients, CLIENTS, served) < CLIENTS);
    assert_true(server_said(s, "accept: Too many open files; pausing for 500 ms"));

    size_t done = 0;
    while (done < CLIENTS) {
        assert_true(count_answered(clients, CLIENTS, 1) >= 1);
        for (size_t i = 0; i < CLIENTS; i++)
            if (clients[i]->fd >= 0 && client_hears(clients[i], 0)) {
                assert_int_equal(client_response(clients[i]).status, 200);
                client_close(clients[i]);
                done++;
            }
    }
    assert_true(server_metric(s, "attimo_accept_pauses_total") >= 1);

    server_stop(s);
}

static void clients_that_vanish_at_once_do_no_harm(void **state)
{
    struct server *s = *state;
    enum { STORM = 500 };
    start_with(s, "");
    assert_int_equal(server_get(s, "/").status, 200); /* libuv opens a spare descriptor then */
    unsigned before = process_descriptors(&s->process);

    for (int i = 0; i < STORM; i++) {
        struct client *c = server_connect(s, 0);
        if (i % 3 == 1)
            client_send_text(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        if (i % 3 == 2)
            client_send_text(c, "GET / HT");
        client_reset(c);
    }
    assert_int_equal(server_get(s, "/").status, 200);
    server_wait_until_alone(s);
    /* Other threads open files now and then. */
    enum { OPENED_WHEN_NEEDED = 4 };
    uint64_t end = clock_monotonic_ms() + SERVER_PATIENCE_MS;
    while (process_descriptors(&s->process) > before + OPENED_WHEN_NEEDED) {
        assert_true(clock_monotonic_ms() < end);
        process_yield(10);
    }

    server_stop(s);
}

#define LETTERS_63 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde"

static void limits_are_what_the_configuration_says(void **state)
{
    struct server *s = *state;
    static const struct {
        const char *request;
        unsigned status;
    } cases[] = {
        {"GET / HTTP/1.1\r\nHost: a\r\n1: \r\n2: \r\n3: \r\n4: \r\n5: \r\n6: \r\n7: \r\n\r\n", 200},
        {"GET / HTTP/1.1\r\nHost: a\r\n1: \r\n2: \r\n3: \r\n4: \r\n5: \r\n6: \r\n7: \r\n8: "
         "\r\n\r\n",
         431},
        {"GET /" LETTERS_63 " HTTP/1.1\r\nHost: a\r\n\r\n", 404},
        {"GET /" LETTERS_63 "x HTTP/1.1\r\nHost: a\r\n\r\n", 414},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1025\r\n\r\n", 413},
    };
    start_with(s, "limits:\n  fields: 8\n  target: 64\n  body: 1KiB\n  head: 2KiB\n");

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct client *c = server_connect(s, 0);
        client_send_text(c, cases[i].request);
        struct response r = client_response(c);
        if (r.status != cases[i].status)
            fail_msg("expected %u, got %u, for:\n%s", cases[i].status, r.status, cases[i].request);
    }
    struct buf head = BUF_EMPTY;
    buf_append(&head, STR("GET / HTTP/1.1\r\nHost: a\r\nX: "));
    while (head.len < 2048)
        buf_append_char(&head, 'x');
    struct client *c = server_connect(s, 0);
    client_send(c, buf_str(&head), 0);
    buf_finish(&head);
    client_send_text(c, "\r\n\r\n");
    assert_int_equal(client_response(c).status, 431);

    server_stop(s);
}

TEST_MAIN(SERVER_TEST(a_head_has_a_deadline_as_a_whole),
          SERVER_TEST(a_client_that_says_nothing_is_let_go),
          SERVER_TEST(the_next_head_has_a_deadline_too),
          SERVER_TEST(a_body_has_a_deadline_as_a_whole),
          SERVER_TEST(an_idle_connection_is_closed_without_a_word),
          SERVER_TEST(idle_time_starts_anew_with_each_answer),
          SERVER_TEST(a_client_that_takes_nothing_is_let_go),
          SERVER_TEST(a_slow_reader_that_goes_on_reading_is_served),
          SERVER_TEST(clients_over_the_cap_wait_for_their_turn),
          SERVER_TEST(a_full_descriptor_table_neither_spins_nor_kills),
          SERVER_TEST(running_out_of_descriptors_is_met_by_a_pause),
          SERVER_TEST(clients_that_vanish_at_once_do_no_harm),
          SERVER_TEST(limits_are_what_the_configuration_says))
