/* A worker with a real loop, real sockets, and a handler that answers some requests only when the
 * test says so: what waiting must not break. */
#include "support/test.h"

#include "base/hash.h"
#include "server/feed.h"
#include "server/worker.h"

#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PATIENCE_MS = 10000, TICKETS_MAX = 16 };

struct fixture {
    struct worker worker;
    struct tuning tuning;
    struct log log;
    struct feed feed; /* into which nothing is put */
    uv_mutex_t lock;
    uv_cond_t waited;
    struct ticket tickets[TICKETS_MAX]; /* of the requests that wait, in order */
    size_t ticket_count;
    atomic_bool holds;              /* the worker is at `/hold`, until the test gives up `lock` */
    atomic_uint asked_before_other; /* how often `/many` was asked for before `/other` was */
    atomic_uint many;
};

static const struct peer unix_peer = {.kind = PEER_UNIX};

/* "203.0.113.9" and the like, then the scheme. */
static void tell_client(const struct exchange *exchange, struct buf *out)
{
    struct peer client = exchange_client(exchange);
    buf_printf(out, "%d.%d.%d.%d %s", client.ip[12], client.ip[13], client.ip[14], client.ip[15],
               exchange_is_https(exchange) ? "https" : "http");
}

static void hold(struct fixture *f)
{
    atomic_store(&f->holds, true);
    uv_mutex_lock(&f->lock);
    uv_mutex_unlock(&f->lock);
}

/* `/wait` waits, and is answered with 204 later; `/hold` holds up the worker; `/client` is told who
 * asked; all else is answered at once with its path as body. */
static enum verdict handle(void *context, const struct exchange *exchange, struct answer *answer)
{
    struct fixture *f = context;
    if (!exchange->body_read)
        return VERDICT_READ_BODY;
    if (str_eq(exchange->request->path, STR("/wait"))) {
        answer->status = 204;
        answer->fields = STR("Cache-Control: no-store\r\n");
        uv_mutex_lock(&f->lock);
        f->tickets[f->ticket_count++] = exchange->ticket;
        uv_cond_signal(&f->waited);
        uv_mutex_unlock(&f->lock);
        return VERDICT_WAIT;
    }
    if (str_eq(exchange->request->path, STR("/hold")))
        hold(f);
    if (str_eq(exchange->request->path, STR("/many")))
        atomic_fetch_add(&f->many, 1);
    if (str_eq(exchange->request->path, STR("/other")))
        atomic_store(&f->asked_before_other, atomic_load(&f->many));
    if (str_eq(exchange->request->path, STR("/client")))
        tell_client(exchange, exchange->scratch);
    else
        buf_append(exchange->scratch, exchange->request->path);
    size_t len = exchange->scratch->len;
    buf_printf(exchange->scratch, "Content-Length: %zu\r\n", len);
    answer->status = 200;
    answer->body = str_make(exchange->scratch->ptr, len);
    answer->fields = str_skip(buf_str(exchange->scratch), len);
    return VERDICT_RESPOND;
}

static int set_up_with(void **state, uint64_t timeout_ms)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    atomic_init(&f->tuning.references, 1);
    f->tuning.limits = (struct limits){
        .request = {.head = 16384, .target = 8192, .fields = 64},
        .body = 65536,
        .connections = 100,
        .head_timeout_ms = timeout_ms,
        .body_timeout_ms = timeout_ms,
        .write_timeout_ms = timeout_ms,
        .idle_timeout_ms = 10 * PATIENCE_MS,
    };
    f->log = (struct log){.fd = STDERR_FILENO, .level = LOG_LEVEL_WARNING};
    assert_int_equal(networks_add(&f->tuning.trusted_proxies, STR("unix:")), 0);
    const struct worker_options options = {
        .handler = {handle, f}, .tuning = &f->tuning, .log = &f->log, .feed = &f->feed};
    assert_int_equal(uv_mutex_init(&f->lock), 0);
    assert_int_equal(uv_cond_init(&f->waited), 0);
    assert_int_equal(worker_init(&f->worker, NULL, NULL, &options), 0);
    assert_int_equal(worker_start(&f->worker), 0);
    *state = f;
    return 0;
}

static int set_up(void **state)
{
    return set_up_with(state, 10 * PATIENCE_MS);
}

/* Deadlines are over as soon as the worker looks at them; only idling may last. */
static int set_up_in_a_hurry(void **state)
{
    return set_up_with(state, 100);
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    worker_stop(&f->worker);
    worker_join(&f->worker);
    worker_finish(&f->worker);
    uv_cond_destroy(&f->waited);
    uv_mutex_destroy(&f->lock);
    networks_finish(&f->tuning.trusted_proxies);
    free(f);
    return 0;
}

/* A new connection; the test has the peer's end. */
static int join_as(struct fixture *f, const struct peer *peer)
{
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    worker_give_fd(&f->worker, ends[0], peer);
    return ends[1];
}

static int join(struct fixture *f)
{
    return join_as(f, &unix_peer);
}

static void say(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

/* Ticket number `n`, once its request waits. */
static struct ticket ticket(struct fixture *f, size_t n)
{
    uv_mutex_lock(&f->lock);
    while (f->ticket_count <= n)
        assert_int_equal(uv_cond_timedwait(&f->waited, &f->lock, PATIENCE_MS * 1000000ULL), 0);
    struct ticket found = f->tickets[n];
    uv_mutex_unlock(&f->lock);
    return found;
}

/* What the peer hears until `until` has come, or until the end of the stream when that is NULL. */
static struct str hear(int fd, const char *until, struct buf *out)
{
    for (;;) {
        if (until && str_contains(buf_str(out), str_from(until)))
            return buf_str(out);
        struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
        assert_int_equal(poll(&poll_fd, 1, PATIENCE_MS), 1);
        ssize_t n = recv(fd, buf_reserve(out, 4096), 4096, 0);
        if (n <= 0) {
            assert_null(until);
            return buf_str(out);
        }
        out->len += (size_t)n;
    }
}

static bool is_silent(int fd)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    return poll(&poll_fd, 1, 0) == 0;
}

static void wait_for_closed(struct fixture *f, uint64_t count)
{
    for (int i = 0; i < PATIENCE_MS && atomic_load(&f->worker.counters.closed) < count; i++)
        (void)poll(NULL, 0, 1);
    assert_int_equal(atomic_load(&f->worker.counters.closed), count);
}

#define WAIT      "POST /wait HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
#define GET(path) "GET " path " HTTP/1.1\r\nHost: x\r\n\r\n"

static void complete(struct fixture *f, struct ticket t, unsigned status)
{
    worker_complete(&f->worker, t, status);
    worker_wake(&f->worker);
}

static void a_waiting_request_is_answered_when_its_event_is_done(void **state)
{
    struct fixture *f = *state;
    struct buf heard = BUF_EMPTY;
    int fd = join(f);
    say(fd, WAIT);
    struct ticket t = ticket(f, 0);
    assert_true(is_silent(fd));

    complete(f, t, 0);
    struct str answer = hear(fd, "\r\n\r\n", &heard);
    assert_true(str_starts_with(answer, STR("HTTP/1.1 204 No Content\r\nDate: ")));
    assert_contains(answer, STR("Cache-Control: no-store\r\n"));
    buf_clear(&heard);
    say(fd, GET("/next"));
    (void)hear(fd, "/next", &heard);
    buf_finish(&heard);
    (void)close(fd);
}

static void requests_behind_a_waiting_one_keep_their_order(void **state)
{
    struct fixture *f = *state;
    struct buf heard = BUF_EMPTY;
    int fd = join(f);
    say(fd, GET("/first") WAIT GET("/second"));
    (void)hear(fd, "/first", &heard);
    say(fd, GET("/third") WAIT GET("/fourth"));
    struct ticket t = ticket(f, 0);
    assert_true(is_silent(fd));

    complete(f, t, 0);
    (void)hear(fd, "/third", &heard);
    complete(f, ticket(f, 1), 0);
    struct str all = hear(fd, "/fourth", &heard);

    const char *at = all.ptr;
    static const char *const order[] = {"/first", "204", "/second", "/third", "204", "/fourth"};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        at = memmem(at, (size_t)(all.ptr + all.len - at), order[i], strlen(order[i]));
        assert_non_null(at);
        at += strlen(order[i]);
    }
    buf_finish(&heard);
    (void)close(fd);
}

/* It is kept, but not without end. */
static void a_peer_that_says_very_much_while_waiting_is_not_listened_to(void **state)
{
    struct fixture *f = *state;
    enum { MOST = 16 * 1024 * 1024, QUIET_MS = 200 };
    static const char more[16 * 1024];
    size_t sent = 0;
    int fd = join(f);
    say(fd, WAIT);
    (void)ticket(f, 0);
    struct pollfd poll_fd = {.fd = fd, .events = POLLOUT};
    while (sent < MOST && poll(&poll_fd, 1, QUIET_MS) == 1) {
        ssize_t n = send(fd, more, sizeof more, MSG_NOSIGNAL);
        sent += n > 0 ? (size_t)n : 0;
    }
    assert_in_range(sent, 1, MOST - 1);
    (void)close(fd);
}

static void a_peer_that_leaves_while_waiting_harms_nobody(void **state)
{
    struct fixture *f = *state;
    struct buf heard = BUF_EMPTY;
    int fd = join(f);
    say(fd, WAIT);
    struct ticket old = ticket(f, 0);
    struct linger reset = {.l_onoff = 1};
    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    (void)close(fd);
    complete(f, old, 0);
    wait_for_closed(f, 1);

    /* The next connection gets the same slot: the old ticket must not speak for it. */
    int next = join(f);
    say(next, WAIT);
    struct ticket t = ticket(f, 1);
    assert_int_equal(t.slot, old.slot);
    complete(f, old, 503);
    complete(f, t, 0);
    assert_true(str_starts_with(hear(next, "\r\n\r\n", &heard), STR("HTTP/1.1 204 ")));
    buf_finish(&heard);
    (void)close(next);
}

static void a_peer_that_half_closes_while_waiting_gets_its_answer(void **state)
{
    struct fixture *f = *state;
    struct buf heard = BUF_EMPTY;
    int fd = join(f);
    say(fd, WAIT GET("/behind"));
    (void)shutdown(fd, SHUT_WR);
    complete(f, ticket(f, 0), 0);
    struct str all = hear(fd, NULL, &heard);
    assert_true(str_starts_with(all, STR("HTTP/1.1 204 ")));
    assert_true(str_ends_with(all, STR("/behind")));
    buf_finish(&heard);
    (void)close(fd);
}

static void an_event_that_failed_is_told_and_the_connection_goes_on(void **state)
{
    struct fixture *f = *state;
    struct buf heard = BUF_EMPTY;
    int fd = join(f);
    say(fd, WAIT GET("/behind"));
    complete(f, ticket(f, 0), 503);
    struct str all = hear(fd, "/behind", &heard);
    assert_true(str_starts_with(all, STR("HTTP/1.1 503 ")));
    assert_contains(all, STR("{\"error\":\"Service Unavailable\",\"status\":503}"));
    buf_finish(&heard);
    (void)close(fd);
}

static void a_stop_ends_connections_that_wait(void **state)
{
    struct fixture *f = *state;
    struct buf heard = BUF_EMPTY;
    int fd = join(f);
    say(fd, WAIT);
    (void)ticket(f, 0);
    worker_stop(&f->worker);
    assert_int_equal(hear(fd, NULL, &heard).len, 0);
    buf_finish(&heard);
    (void)close(fd);
}

/* Its answer was rendered before, and said nothing of closing: a proxy may be sending already. */
static void an_answer_held_since_before_a_drain_keeps_its_word(void **state)
{
    struct fixture *f = *state;
    struct buf heard = BUF_EMPTY;
    int fd = join(f);
    say(fd, WAIT);
    struct ticket t = ticket(f, 0);
    worker_drain(&f->worker);
    complete(f, t, 0);
    struct str held = hear(fd, "\r\n\r\n", &heard);
    assert_null(memmem(held.ptr, held.len, "Connection: close", 17));

    say(fd, GET("/next"));
    struct str all = hear(fd, NULL, &heard);
    assert_contains(all, STR("Connection: close"));
    assert_true(str_ends_with(all, STR("/next")));
    buf_finish(&heard);
    (void)close(fd);
}

/* Whoever was to complete it has lost it. */
static void a_wait_that_nobody_ends_is_ended_by_its_deadline(void **state)
{
    struct fixture *f = *state;
    struct buf heard = BUF_EMPTY;
    int fd = join(f);
    say(fd, WAIT GET("/behind"));
    struct ticket late = ticket(f, 0);
    assert_true(str_starts_with(hear(fd, "/behind", &heard), STR("HTTP/1.1 503 ")));
    assert_int_equal(counter_read(&f->feed.unwritten), 1);

    /* It comes too late for its own request, and must not speak for another one. */
    buf_clear(&heard);
    complete(f, late, 0);
    say(fd, GET("/still-there"));
    assert_true(str_starts_with(hear(fd, "/still-there", &heard), STR("HTTP/1.1 200 ")));
    buf_finish(&heard);
    (void)close(fd);
}

/* What was answered before it fills the socket. Its own answer, behind that, stands under the
 * deadline for writing, not the one for idling. */
static void a_peer_that_reads_nothing_is_let_go_though_its_event_is_done(void **state)
{
    struct fixture *f = *state;
    enum { MORE_THAN_THE_SOCKET_TAKES = 8000, SMALLEST = 1 };
    struct buf requests = BUF_EMPTY;
    int smallest = SMALLEST;
    int ends[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    assert_int_equal(setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &smallest, sizeof smallest), 0);
    buf_append(&requests, STR("GET /"));
    for (int i = 0; i < MORE_THAN_THE_SOCKET_TAKES; i++)
        buf_append_char(&requests, 'x');
    buf_append(&requests, STR(" HTTP/1.1\r\nHost: x\r\n\r\n" WAIT));
    assert_int_equal(send(ends[1], requests.ptr, requests.len, MSG_NOSIGNAL), requests.len);
    buf_finish(&requests);

    worker_give_fd(&f->worker, ends[0], &unix_peer);
    complete(f, ticket(f, 0), 0);
    wait_for_closed(f, 1);
    assert_int_equal(atomic_load(&f->worker.counters.timed_out), 1);
    (void)close(ends[1]);
}

/* While the worker is held up, both others come, the greedy one first. */
static void a_peer_that_asks_very_much_at_once_lets_others_in_between(void **state)
{
    struct fixture *f = *state;
    enum { MANY = 1000 };
    struct buf heard = BUF_EMPTY;
    struct buf requests = BUF_EMPTY;
    for (int i = 0; i < MANY; i++)
        buf_append(&requests, STR(GET("/many")));
    buf_append(&requests, STR(GET("/last")));
    int holding = join(f);
    uv_mutex_lock(&f->lock);
    say(holding, GET("/hold"));
    for (int i = 0; i < PATIENCE_MS && !atomic_load(&f->holds); i++)
        (void)poll(NULL, 0, 1);
    assert_true(atomic_load(&f->holds));
    int greedy = join(f);
    int other = join(f);
    assert_int_equal(send(greedy, requests.ptr, requests.len, MSG_NOSIGNAL), requests.len);
    say(other, GET("/other"));
    uv_mutex_unlock(&f->lock);

    (void)hear(other, "/other", &heard);
    assert_in_range(atomic_load(&f->asked_before_other), 0, MANY / 2);
    buf_clear(&heard);
    (void)hear(greedy, "/last", &heard);
    assert_int_equal(atomic_load(&f->many), MANY);
    buf_finish(&heard);
    buf_finish(&requests);
    (void)close(greedy);
    (void)close(other);
    (void)close(holding);
}

/* What it has asked for is answered, though its turn comes when it has said that it is done. */
static void a_peer_that_asks_very_much_and_half_closes_gets_all_answers(void **state)
{
    struct fixture *f = *state;
    enum { MANY = 1000 };
    struct buf heard = BUF_EMPTY;
    struct buf requests = BUF_EMPTY;
    for (int i = 0; i < MANY; i++)
        buf_append(&requests, STR(GET("/many")));
    buf_append(&requests, STR(WAIT));
    for (int i = 0; i < MANY; i++)
        buf_append(&requests, STR(GET("/many")));
    int fd = join(f);
    assert_int_equal(send(fd, requests.ptr, requests.len, MSG_NOSIGNAL), requests.len);
    (void)shutdown(fd, SHUT_WR);
    complete(f, ticket(f, 0), 0);

    (void)hear(fd, NULL, &heard);
    assert_int_equal(atomic_load(&f->many), 2 * MANY);
    assert_true(str_ends_with(buf_str(&heard), STR("/many")));
    buf_finish(&heard);
    buf_finish(&requests);
    (void)close(fd);
}

static void handlers_learn_from_a_trusted_proxy_who_asked(void **state)
{
    struct fixture *f = *state;
    struct buf heard = BUF_EMPTY;
    int fd = join(f);
    say(fd, "GET /client HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 198.51.100.1\r\n"
            "x-forwarded-for: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n\r\n");
    assert_true(str_ends_with(hear(fd, "https", &heard), STR("\r\n\r\n203.0.113.9 https")));
    buf_finish(&heard);
    (void)close(fd);
}

static void handlers_do_not_believe_what_others_say_of_themselves(void **state)
{
    struct fixture *f = *state;
    struct buf heard = BUF_EMPTY;
    struct peer stranger;
    assert_int_equal(peer_parse(&stranger, STR("198.51.100.7")), 0);
    int fd = join_as(f, &stranger);
    say(fd, "GET /client HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.9\r\n"
            "X-Forwarded-Proto: https\r\nConnection: close\r\n\r\n");
    assert_true(str_ends_with(hear(fd, NULL, &heard), STR("\r\n\r\n198.51.100.7 http")));
    buf_finish(&heard);
    (void)close(fd);
}

#define TEST(name)            cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define TEST_IN_A_HURRY(name) cmocka_unit_test_setup_teardown(name, set_up_in_a_hurry, tear_down)

TEST_MAIN(TEST(a_waiting_request_is_answered_when_its_event_is_done),
          TEST(requests_behind_a_waiting_one_keep_their_order),
          TEST(a_peer_that_says_very_much_while_waiting_is_not_listened_to),
          TEST(a_peer_that_leaves_while_waiting_harms_nobody),
          TEST(a_peer_that_half_closes_while_waiting_gets_its_answer),
          TEST(an_event_that_failed_is_told_and_the_connection_goes_on),
          TEST(a_stop_ends_connections_that_wait),
          TEST(an_answer_held_since_before_a_drain_keeps_its_word),
          TEST(a_peer_that_asks_very_much_at_once_lets_others_in_between),
          TEST(a_peer_that_asks_very_much_and_half_closes_gets_all_answers),
          TEST(handlers_learn_from_a_trusted_proxy_who_asked),
          TEST(handlers_do_not_believe_what_others_say_of_themselves),
          TEST_IN_A_HURRY(a_wait_that_nobody_ends_is_ended_by_its_deadline),
          TEST_IN_A_HURRY(a_peer_that_reads_nothing_is_let_go_though_its_event_is_done))
