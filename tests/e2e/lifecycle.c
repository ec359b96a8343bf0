/* From start to end: ready, draining, leaving, and refusing to start with words that help. */
#include "support/files.h"
#include "support/server.h"
#include "support/test.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static void start(struct server *s, const char *config)
{
    server_page(s, "index.md", "Benvenuti.");
    server_configure(s, config);
    server_start(s);
}

static bool can_connect(const struct endpoint *e)
{
    int fd = socket(e->address.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    bool connected = connect(fd, &e->address.any, e->len) == 0;
    (void)close(fd);
    return connected;
}

/* Asks the server to leave, and waits until nobody can come any more. */
static void begin_drain(struct server *s, int signal_number)
{
    assert_int_equal(kill(s->process.pid, signal_number), 0);
    uint64_t end = clock_monotonic_ms() + CLIENT_PATIENCE_MS;
    while (can_connect(&s->listen[0])) {
        if (clock_monotonic_ms() > end)
            fail_msg("the listener is still open after signal %d", signal_number);
        process_yield(5);
    }
}

static void a_request_under_way_is_answered_while_draining(void **state)
{
    struct server *s = *state;
    start(s, "drain_timeout: 20s\n");

    struct client *c = server_connect(s, 0);
    client_send_text(c, "GET / HTTP/1.1\r\nHo");
    struct client *other = server_connect(s, 0);
    assert_true(client_is_served(other, "/"));
    begin_drain(s, SIGTERM);
    struct response ready = server_admin(s, "/readyz");
    assert_int_equal(ready.status, 503); /* so that a balancer sends nobody else */
    assert_contains(ready.body, STR("\"ready\":false,\"draining\":true"));
    assert_int_equal(server_admin(s, "/healthz").status, 200);
    client_send_text(c, "st: a\r\n\r\n");
    struct response r = client_response(c);
    assert_int_equal(r.status, 200);
    assert_field(&r, "Connection", "close");
    client_expect_close(c);
    client_close(c);
    client_close(other);

    server_expect_exit(s);
}

static void a_kept_connection_gets_one_more_answer_and_is_told(void **state)
{
    struct server *s = *state;
    start(s, "drain_timeout: 20s\n");

    struct client *c = server_connect(s, 0);
    assert_true(client_is_served(c, "/"));
    begin_drain(s, SIGINT);
    client_send_text(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    struct response r = client_response(c);
    assert_int_equal(r.status, 200);
    assert_field(&r, "Connection", "close");
    client_expect_close(c);
    client_close(c);

    server_expect_exit(s);
}

/* It has not heard yet that there will be no other answer. */
static void a_client_that_asks_on_while_draining_gets_its_answer_whole(void **state)
{
    struct server *s = *state;
    enum { MORE_THAN_SOCKETS_HOLD = 12 * 1000 * 1000 };
    char *bytes = malloc(MORE_THAN_SOCKETS_HOLD);
    assert_non_null(bytes);
    memset(bytes, 'x', MORE_THAN_SOCKETS_HOLD);
    files_write(s->pages, "large.pdf", str_make(bytes, MORE_THAN_SOCKETS_HOLD));
    free(bytes);
    start(s, "drain_timeout: 10m\n");

    struct client *c = server_connect(s, 0);
    assert_true(client_is_served(c, "/"));
    begin_drain(s, SIGTERM);
    client_send_text(c, "GET /large.pdf HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_true(client_hears(c, CLIENT_PATIENCE_MS));
    client_send_text(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_int_equal(client_response(c).body.len, MORE_THAN_SOCKETS_HOLD);
    client_half_close(c);
    client_expect_close(c);
    assert_false(c->was_reset);
    client_close(c);

    server_expect_exit(s);
}

static void an_event_that_comes_while_draining_is_recorded_and_told_the_same(void **state)
{
    struct server *s = *state;
    start(s, "drain_timeout: 10m\n");

    struct client *c = server_connect(s, 0);
    assert_true(client_is_served(c, "/"));
    begin_drain(s, SIGTERM);
    client_send_text(c, "POST /_/e HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n"
                        "Content-Length: 58\r\n\r\n"
                        "pv=0123456789abcdef0123456789abcdef&p=/&d=a&e=engaged&n=1\n");
    struct response r = client_response(c);
    assert_int_equal(r.status, 204);
    assert_field(&r, "Connection", "close");
    client_expect_close(c);
    client_close(c);

    server_expect_exit(s);
}

static void clients_that_were_waiting_to_be_accepted_are_served(void **state)
{
    struct server *s = *state;
    enum { MORE_THAN_ARE_TAKEN_AT_ONCE = 200 };
    struct client *clients[MORE_THAN_ARE_TAKEN_AT_ONCE];
    start(s, "drain_timeout: 20s\n");

    assert_int_equal(kill(s->process.pid, SIGSTOP), 0);
    for (int i = 0; i < MORE_THAN_ARE_TAKEN_AT_ONCE; i++) {
        clients[i] = server_connect(s, 0);
        client_send_text(clients[i], "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    assert_int_equal(kill(s->process.pid, SIGTERM), 0);
    assert_int_equal(kill(s->process.pid, SIGCONT), 0);
    for (int i = 0; i < MORE_THAN_ARE_TAKEN_AT_ONCE; i++) {
        assert_int_equal(client_response(clients[i]).status, 200);
        client_close(clients[i]);
    }

    server_expect_exit(s);
}

static void idle_connections_are_closed_when_draining_ends(void **state)
{
    struct server *s = *state;
    start(s, "drain_timeout: 500ms\n");

    struct client *idle = server_connect(s, 0);
    assert_true(client_is_served(idle, "/"));
    struct client *half = server_connect(s, 0);
    client_send_text(half, "GET / HTTP/1.1\r\n");
    begin_drain(s, SIGTERM);
    client_expect_close(idle);
    client_close(half);

    server_expect_exit(s);
}

static void a_second_signal_ends_it_at_once(void **state)
{
    struct server *s = *state;
    start(s, "drain_timeout: 10m\n");

    struct client *c = server_connect(s, 0);
    assert_true(client_is_served(c, "/"));
    begin_drain(s, SIGTERM);
    assert_int_equal(process_wait(&s->process, 0), PROCESS_RUNNING);
    assert_int_equal(kill(s->process.pid, SIGTERM), 0);
    assert_int_not_equal(process_wait(&s->process, CLIENT_PATIENCE_MS), PROCESS_RUNNING);
}

static void the_port_is_free_again_at_once(void **state)
{
    struct server *s = *state;
    start(s, "");
    struct client *c = server_connect(s, 0);
    assert_true(client_is_served(c, "/"));
    char address[64];
    (void)snprintf(address, sizeof address, "127.0.0.1:%u",
                   ntohs(((const struct sockaddr_in *)&s->listen[0].address)->sin_port));
    server_stop(s);

    server_flag(s, "--listen", address);
    server_start(s);
    assert_int_equal(server_get(s, "/").status, 200);
    server_stop(s);
}

static void an_empty_folder_is_served(void **state)
{
    struct server *s = *state;
    server_start(s);

    assert_int_equal(server_get(s, "/").status, 404);

    server_stop(s);
}

static void one_file_and_nothing_else_is_enough(void **state)
{
    struct server *s = *state;
    files_write(s->pages, "index.md",
                STR("---\ntitle: Ciao\ndescription: Un saluto.\n---\nCiao!\n"));
    server_start(s);

    assert_contains(server_get(s, "/").body, STR("Ciao!"));

    server_stop(s);
}

static void a_folder_that_is_not_there_is_named(void **state)
{
    struct server *s = *state;
    assert_int_equal(rmdir(s->pages), 0);

    int code = server_run(s);
    assert_true(code == 2 || code == 3);
    assert_true(server_said(s, s->pages));
}

static void mistakes_in_the_configuration_are_shown_with_their_line(void **state)
{
    struct server *s = *state;
    static const struct {
        const char *yaml;
        const char *said;
    } cases[] = {
        {"workers: 1\nworker: 2\n", "attimo.yaml:2: error: "},
        {"workers: many\n", "attimo.yaml:1: error: "},
        {"workers: -1\n", "attimo.yaml:1: error: "},
        {"\n\nlimits:\n  heads: 1\n", "attimo.yaml:4: error: "},
        {"limits:\n  head_timeout: soon\n", "attimo.yaml:2: error: "},
        {"limits:\n  head_timeout: 99ms\n", "must be between 100ms and 24h, not \"99ms\""},
        {"drain_timeout: 25h\n", "must be between 0s and 24h, not \"25h\""},
        {"journal:\n  segment_age: 500ms\n", "must be between 1s and 24h, not \"500ms\""},
        {"journal:\n  keep: 0d\n", "must be between 1s and 36500d, or never, not \"0d\""},
        {"limits:\n  body: 5 bananas\n", "attimo.yaml:2: error: "},
        {"limits: 5\n", "attimo.yaml:1: error: "},
        {"log_level: loud\n", "attimo.yaml:1: error: "},
        {"unix_mode: \"0999\"\n", "attimo.yaml:1: error: "},
        {"drain_timeout: [5s]\n", "attimo.yaml:1: error: "},
        {"trusted_proxies:\n  - 10.0.0.0/99\n", "attimo.yaml:2: error: "},
        {"listen: nowhere\n", "attimo.yaml:1: error: "},
        {"listen: []\n", "attimo.yaml:1: error: config: listen: must have one value at least"},
        {"node: null\n", "attimo.yaml:1: error: config: node: must be of a-z"},
        {"pages: ~\n", "attimo.yaml:1: error: config: pages: must be the path"},
        {"data:\n", "attimo.yaml:1: error: config: data: must be the path"},
        {"workers: 1\nworkers: 2\n", "attimo.yaml:2: error: "},
        {"workers: [\n", "attimo.yaml:"},
    };
    server_page(s, "index.md", "Benvenuti.");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        files_write(s->root, "attimo.yaml", str_from(cases[i].yaml));
        int code = server_run(s);
        if (code != 2 || !server_said(s, cases[i].said)) {
            server_print_log(s);
            fail_msg("exit %d (2 expected), and \"%s\" should be said, for:\n%s", code,
                     cases[i].said, cases[i].yaml);
        }
    }
}

static void a_configuration_that_is_not_there_is_named(void **state)
{
    struct server *s = *state;
    assert_int_equal(unlink(s->config), 0);

    assert_int_equal(server_run(s), 3);
    assert_true(server_said(s, "attimo.yaml"));
}

static void wrong_flags_are_named(void **state)
{
    struct server *s = *state;
    server_page(s, "index.md", "Benvenuti.");
    server_flag(s, "--worker-count", "3");

    assert_int_equal(server_run(s), 2);
    assert_true(server_said(s, "--worker-count"));
}

static void authors_are_told_at_the_start_in_their_language(void **state)
{
    struct server *s = *state;
    server_page(s, "index.md", "Benvenuti.");
    files_write(s->pages, "x.md", STR("---\ndescription: Uno.\n---\n"));
    server_flag(s, "--lang", "it");
    server_start(s);
    assert_true(server_said(s, "x.md:1: errore: titolo: alla pagina manca «title»"));
    server_stop(s);
}

static void wrong_flags_are_named_in_the_language_that_is_asked_for(void **state)
{
    struct server *s = *state;
    server_flag(s, "--lang", "it");
    server_flag(s, "--workers", "molti");
    assert_int_equal(server_run(s), 2);
    assert_true(server_said(
        s, "attimo: errore: uso: --workers: deve essere un numero intero, non «molti»"));
}

static void an_address_that_is_none_is_named(void **state)
{
    struct server *s = *state;
    server_page(s, "index.md", "Benvenuti.");
    server_flag(s, "--listen", "127.0.0.1:99999");

    assert_int_equal(server_run(s), 2);
    assert_true(server_said(s, "127.0.0.1:99999"));
}

static void a_port_in_use_is_said(void **state)
{
    struct server *s = *state;
    start(s, "");
    char address[64];
    (void)snprintf(address, sizeof address, "127.0.0.1:%u",
                   ntohs(((const struct sockaddr_in *)&s->listen[0].address)->sin_port));

    struct server *second = server_create();
    server_page(second, "index.md", "Un altro.");
    server_flag(second, "--listen", address);
    int code = server_run(second);
    bool named = server_said(second, address) && server_said(second, "in use");
    if (!named)
        server_print_log(second);
    server_destroy(second);
    assert_int_equal(code, 3);
    assert_true(named);

    server_stop(s);
}

static void a_data_folder_in_use_is_said(void **state)
{
    struct server *s = *state;
    start(s, "");

    struct server *second = server_create();
    server_page(second, "index.md", "Un altro.");
    server_flag(second, "--data", s->data);
    int code = server_run(second);
    bool named = server_said(second, s->data) && server_said(second, "another attimo");
    if (!named)
        server_print_log(second);
    server_destroy(second);
    assert_int_equal(code, 3);
    assert_true(named);
    assert_int_equal(server_get(s, "/").status, 200);

    server_stop(s);
}

TEST_MAIN(SERVER_TEST(a_request_under_way_is_answered_while_draining),
          SERVER_TEST(a_kept_connection_gets_one_more_answer_and_is_told),
          SERVER_TEST(a_client_that_asks_on_while_draining_gets_its_answer_whole),
          SERVER_TEST(an_event_that_comes_while_draining_is_recorded_and_told_the_same),
          SERVER_TEST(clients_that_were_waiting_to_be_accepted_are_served),
          SERVER_TEST(idle_connections_are_closed_when_draining_ends),
          SERVER_TEST(a_second_signal_ends_it_at_once), SERVER_TEST(a_data_folder_in_use_is_said),
          SERVER_TEST(the_port_is_free_again_at_once), SERVER_TEST(an_empty_folder_is_served),
          SERVER_TEST(one_file_and_nothing_else_is_enough),
          SERVER_TEST(a_folder_that_is_not_there_is_named),
          SERVER_TEST(mistakes_in_the_configuration_are_shown_with_their_line),
          SERVER_TEST(a_configuration_that_is_not_there_is_named),
          SERVER_TEST(wrong_flags_are_named),
          SERVER_TEST(authors_are_told_at_the_start_in_their_language),
          SERVER_TEST(wrong_flags_are_named_in_the_language_that_is_asked_for),
          SERVER_TEST(an_address_that_is_none_is_named), SERVER_TEST(a_port_in_use_is_said))
