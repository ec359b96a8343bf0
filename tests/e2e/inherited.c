/* Sockets that somebody else has opened: handed over as systemd does (sd_listen_fds(3)). */
#include "support/files.h"
#include "support/publishing.h"
#include "support/server.h"
#include "support/test.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Hands over a socket of ours at this address, and returns its descriptor. */
static int hand_over(struct server *s, const char *address, int type, bool listens)
{
    struct endpoint e;
    assert_true(endpoint_parse(&e, str_from(address)));
    int fd = socket(e.address.any.sa_family, type | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, &e.address.any, e.len), 0);
    if (listens)
        assert_int_equal(listen(fd, 100), 0);
    assert_true(s->socket_count < SERVER_LISTENERS);
    s->sockets[s->socket_count++] = fd;
    return fd;
}

static void hand_over_listener(struct server *s, const char *address)
{
    (void)hand_over(s, address, SOCK_STREAM, true);
}

static struct endpoint endpoint_of(int fd)
{
    struct endpoint e = {.len = sizeof e.address};
    assert_int_equal(getsockname(fd, &e.address.any, &e.len), 0);
    return e;
}

static void expect_page(const struct endpoint *e)
{
    struct client *c = client_create(e);
    client_send_text(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_contains(client_response(c).body, STR("Benvenuti."));
    client_destroy(c);
}

static void a_socket_that_is_handed_over_stands_for_those_of_the_configuration(void **state)
{
    struct server *s = *state;
    server_page(s, "index.md", "Benvenuti.");
    server_flag(s, "--listen", "127.0.0.1:0");
    hand_over_listener(s, "http://127.0.0.1:0");
    const struct endpoint e = endpoint_of(s->sockets[0]);
    server_start(s);

    expect_page(&e);
    assert_int_equal(s->listen_count, 1);
    assert_memory_equal(&s->listen[0].address, &e.address, sizeof(struct sockaddr_in));
    assert_int_equal(server_admin(s, "/healthz").status, 200);

    server_stop(s);
}

static void all_that_are_handed_over_are_served(void **state)
{
    struct server *s = *state;
    char address[200];
    (void)snprintf(address, sizeof address, "unix:%s/site.sock", s->root);
    server_page(s, "index.md", "Benvenuti.");
    hand_over_listener(s, "http://127.0.0.1:0");
    hand_over_listener(s, address);
    hand_over_listener(s, "http://127.0.0.1:0");
    s->socket_names = "attimo.socket:attimo.socket:attimo.socket";
    server_start(s);

    assert_int_equal(s->listen_count, 3);
    for (size_t i = 0; i < 3; i++)
        expect_page(&s->listen[i]);

    server_stop(s);
}

static void ipv6_is_taken_too(void **state)
{
    struct server *s = *state;
    struct endpoint e;
    assert_true(endpoint_parse(&e, STR("http://[::1]:0")));
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, &e.address.any, e.len) != 0) {
        if (fd >= 0)
            (void)close(fd);
        skip_because("this machine has no IPv6");
    }
    assert_int_equal(listen(fd, 100), 0);
    s->sockets[s->socket_count++] = fd;
    server_page(s, "index.md", "Benvenuti.");
    server_start(s);
    assert_int_equal(s->listen[0].address.any.sa_family, AF_INET6);
    expect_page(&s->listen[0]);
    server_stop(s);
}

static void the_one_called_admin_is_the_operators(void **state)
{
    struct server *s = *state;
    server_page(s, "index.md", "Benvenuti.");
    hand_over_listener(s, "http://127.0.0.1:0");
    hand_over_listener(s, "http://127.0.0.1:0");
    s->socket_names = "admin:web";
    const struct endpoint admin = endpoint_of(s->sockets[0]);
    const struct endpoint web = endpoint_of(s->sockets[1]);
    server_start(s);

    expect_page(&web);
    assert_int_equal(s->listen_count, 1);
    assert_memory_equal(&s->admin.address, &admin.address, sizeof(struct sockaddr_in));
    assert_int_equal(server_admin(s, "/healthz").status, 200);

    server_stop(s);
}

static void the_file_of_a_unix_socket_stays(void **state)
{
    struct server *s = *state;
    char address[200];
    (void)snprintf(address, sizeof address, "unix:%s/site.sock", s->root);
    server_page(s, "index.md", "Benvenuti.");
    hand_over_listener(s, address);
    server_start(s);
    expect_page(&s->listen[0]);
    server_stop(s);
    assert_int_equal(access(address + strlen("unix:"), F_OK), 0);

    server_start(s);
    expect_page(&s->listen[0]);
    server_stop(s);
}

static void whoever_comes_between_two_servers_is_served_by_the_next(void **state)
{
    struct server *s = *state;
    server_page(s, "index.md", "Benvenuti.");
    hand_over_listener(s, "http://127.0.0.1:0");
    const struct endpoint e = endpoint_of(s->sockets[0]);
    server_start(s);
    expect_page(&e);
    server_stop(s);

    struct client *c = client_create(&e);
    client_send_text(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    server_start(s);
    assert_contains(client_response(c).body, STR("Benvenuti."));
    client_destroy(c);
    server_stop(s);
}

static void expect_refused(struct server *s, const char *said)
{
    int code = server_run(s);
    if (code == 3 && server_said(s, said))
        return;
    server_print_log(s);
    fail_msg("exit %d (3 expected), and \"%s\" should be said", code, said);
}

/* Else it would be readable for ever, and an end never come. */
static void one_that_is_shut_down_elsewhere_is_given_up(void **state)
{
    struct server *s = *state;
    server_page(s, "index.md", "Benvenuti.");
    hand_over_listener(s, "http://127.0.0.1:0");
    hand_over_listener(s, "http://127.0.0.1:0");
    s->socket_names = "web:web";
    server_start(s);
    expect_page(&s->listen[0]);

    assert_int_equal(shutdown(s->sockets[0], SHUT_RDWR), 0);
    await_log(s, "does not listen any more");
    expect_page(&s->listen[1]);

    server_stop(s);
}

/* Whoever has begun is answered; then it is for the service manager to start a server that hears.
 */
static void a_server_that_nobody_can_reach_any_more_ends_with_an_error(void **state)
{
    struct server *s = *state;
    server_page(s, "index.md", "Benvenuti.");
    hand_over_listener(s, "http://127.0.0.1:0");
    server_start(s);
    struct client *c = server_connect(s, 0);
    client_send_text(c, "GET / HTTP/1.1\r\nHost: a\r\n");
    expect_page(&s->listen[0]);

    assert_int_equal(shutdown(s->sockets[0], SHUT_RDWR), 0);
    await_log(s, "nobody can connect any more: ending");
    client_send_text(c, "\r\n");
    assert_contains(client_response(c).body, STR("Benvenuti."));
    client_expect_close(c);
    assert_int_equal(process_wait(&s->process, SERVER_PATIENCE_MS), 3);
}

static void what_cannot_be_listened_on_is_named(void **state)
{
    struct server *s = *state;
    server_page(s, "index.md", "Benvenuti.");
    hand_over_listener(s, "http://127.0.0.1:0");
    s->socket_names = "web:other";

    (void)hand_over(s, "http://127.0.0.1:0", SOCK_DGRAM, false);
    expect_refused(s, "descriptor 4 \"other\", handed over by systemd, is no stream socket");
    (void)close(s->sockets[--s->socket_count]);

    (void)hand_over(s, "http://127.0.0.1:0", SOCK_STREAM, false);
    expect_refused(s, "descriptor 4 \"other\", handed over by systemd, does not listen");
    (void)close(s->sockets[--s->socket_count]);

    s->sockets[s->socket_count++] = open("/dev/null", O_RDWR | O_CLOEXEC);
    expect_refused(s, "descriptor 4 \"other\", handed over by systemd, is no socket");
    (void)close(s->sockets[--s->socket_count]);
}

static void sockets_for_another_process_are_none_of_ours(void **state)
{
    struct server *s = *state;
    server_page(s, "index.md", "Benvenuti.");
    hand_over_listener(s, "http://127.0.0.1:0");
    const struct endpoint e = endpoint_of(s->sockets[0]);
    s->socket_pid = "1";
    server_start(s);
    assert_int_equal(s->listen_count, 1);
    assert_memory_not_equal(&s->listen[0].address, &e.address, sizeof(struct sockaddr_in));
    expect_page(&s->listen[0]);
    server_stop(s);
}

static void nonsense_is_named(void **state)
{
    struct server *s = *state;
    server_page(s, "index.md", "Benvenuti.");
    hand_over_listener(s, "http://127.0.0.1:0");
    s->socket_pid = "me";
    expect_refused(s, "LISTEN_PID is \"me\", not a number");
}

TEST_MAIN(SERVER_TEST(a_socket_that_is_handed_over_stands_for_those_of_the_configuration),
          SERVER_TEST(all_that_are_handed_over_are_served), SERVER_TEST(ipv6_is_taken_too),
          SERVER_TEST(the_one_called_admin_is_the_operators),
          SERVER_TEST(the_file_of_a_unix_socket_stays),
          SERVER_TEST(whoever_comes_between_two_servers_is_served_by_the_next),
          SERVER_TEST(one_that_is_shut_down_elsewhere_is_given_up),
          SERVER_TEST(a_server_that_nobody_can_reach_any_more_ends_with_an_error),
          SERVER_TEST(what_cannot_be_listened_on_is_named),
          SERVER_TEST(sockets_for_another_process_are_none_of_ours), SERVER_TEST(nonsense_is_named))
