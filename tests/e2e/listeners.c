/* Where the server can be reached: TCP, IPv6, unix sockets, several at once, several workers. */
#include "support/files.h"
#include "support/server.h"
#include "support/test.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* "unix:<root>/site.sock", and the path alone. */
static const char *unix_address(const struct server *s, char *out, size_t size)
{
    int n = snprintf(out, size, "unix:%s/site.sock", s->root);
    assert_true(n > 0 && (size_t)n < size);
    return out + strlen("unix:");
}

static bool has_ipv6(void)
{
    struct endpoint e;
    assert_true(endpoint_parse(&e, STR("http://[::1]:0")));
    int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool works = fd >= 0 && bind(fd, &e.address.any, e.len) == 0;
    if (fd >= 0)
        (void)close(fd);
    return works;
}

static void expect_page(struct server *s, size_t listener)
{
    struct client *c = server_connect(s, listener);
    client_send_text(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_contains(client_response(c).body, STR("Benvenuti."));
}

static void ipv6_is_served(void **state)
{
    struct server *s = *state;
    if (!has_ipv6())
        skip_because("this machine has no IPv6");
    server_page(s, "index.md", "Benvenuti.");
    server_flag(s, "--listen", "[::1]:0");
    server_start(s);

    assert_int_equal(s->listen[0].address.any.sa_family, AF_INET6);
    expect_page(s, 0);

    server_stop(s);
}

static void a_unix_socket_is_served_with_the_mode_that_was_asked_for(void **state)
{
    struct server *s = *state;
    char address[200];
    const char *path = unix_address(s, address, sizeof address);
    server_page(s, "index.md", "Benvenuti.");
    server_configure(s, "unix_mode: \"0640\"\n");
    server_flag(s, "--listen", address);
    server_start(s);

    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_true(S_ISSOCK(st.st_mode));
    assert_int_equal(st.st_mode & 07777, 0640);
    expect_page(s, 0);

    server_stop(s);
    assert_int_not_equal(access(path, F_OK), 0);
}

static void the_socket_of_a_server_that_died_is_replaced(void **state)
{
    struct server *s = *state;
    char address[200];
    const char *path = unix_address(s, address, sizeof address);
    struct endpoint e;
    assert_true(endpoint_parse(&e, str_from(address)));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, &e.address.any, e.len), 0);
    (void)close(fd);
    assert_int_equal(access(path, F_OK), 0);

    server_page(s, "index.md", "Benvenuti.");
    server_flag(s, "--listen", address);
    server_start(s);
    expect_page(s, 0);
    server_stop(s);
}

static void the_socket_of_a_server_that_lives_is_left_alone(void **state)
{
    struct server *s = *state;
    char address[200];
    (void)unix_address(s, address, sizeof address);
    server_page(s, "index.md", "Benvenuti.");
    server_flag(s, "--listen", address);
    server_start(s);

    struct server *second = server_create();
    server_page(second, "index.md", "Un altro.");
    server_flag(second, "--listen", address);
    int code = server_run(second);
    bool named = server_said(second, address + strlen("unix:"));
    server_destroy(second);
    assert_int_equal(code, 3);
    assert_true(named);
    expect_page(s, 0);

    server_stop(s);
}

static void a_file_in_the_sockets_place_is_not_removed(void **state)
{
    struct server *s = *state;
    char address[200];
    const char *path = unix_address(s, address, sizeof address);
    files_write(s->root, "site.sock", STR("mine"));
    server_page(s, "index.md", "Benvenuti.");
    server_flag(s, "--listen", address);

    assert_int_equal(server_run(s), 3);
    struct buf text = BUF_EMPTY;
    files_read(path, &text);
    assert_str(buf_str(&text), STR("mine"));
    buf_finish(&text);
}

static void several_listeners_are_served_at_once(void **state)
{
    struct server *s = *state;
    char address[200];
    (void)unix_address(s, address, sizeof address);
    server_page(s, "index.md", "Benvenuti.");
    server_flag(s, "--listen", "127.0.0.1:0");
    server_flag(s, "--listen", address);
    server_flag(s, "--listen", "127.0.0.1:0");
    server_start(s);

    assert_int_equal(s->listen_count, 3);
    for (size_t i = 0; i < 3; i++)
        expect_page(s, i);

    server_stop(s);
}

static void listeners_may_come_from_the_configuration(void **state)
{
    struct server *s = *state;
    char address[200];
    char yaml[300];
    (void)unix_address(s, address, sizeof address);
    (void)snprintf(yaml, sizeof yaml, "listen:\n  - 127.0.0.1:0\n  - \"%s\"\nadmin: 127.0.0.1:0\n",
                   address);
    server_page(s, "index.md", "Benvenuti.");
    server_configure(s, yaml);
    s->bare = true;
    server_start(s);

    assert_int_equal(s->listen_count, 2);
    expect_page(s, 0);
    expect_page(s, 1);
    assert_int_equal(server_admin(s, "/healthz").status, 200);

    server_stop(s);
}

enum { THREADS_MAX = 64 };

struct usage {
    unsigned long thread;
    uint64_t ns; /* of processor time */
};

static size_t measure_threads(const struct server *s, struct usage out[THREADS_MAX])
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/task", (int)s->process.pid);
    DIR *dir = opendir(path);
    assert_non_null(dir);
    size_t count = 0;
    for (const struct dirent *e = readdir(dir); e && count < THREADS_MAX; e = readdir(dir)) {
        char file[512];
        struct buf text = BUF_EMPTY;
        (void)snprintf(file, sizeof file, "%s/%s/schedstat", path, e->d_name);
        files_read(file, &text);
        buf_append_char(&text, '\0');
        if (e->d_name[0] != '.')
            out[count++] =
                (struct usage){strtoul(e->d_name, NULL, 10), strtoull(text.ptr, NULL, 10)};
        buf_finish(&text);
    }
    (void)closedir(dir);
    return count;
}

/* How many threads have worked since `before` was measured. */
static unsigned threads_that_worked(const struct server *s, const struct usage *before,
                                    size_t count)
{
    enum { A_MILLISECOND = 1000000 };
    struct usage now[THREADS_MAX];
    size_t n = measure_threads(s, now);
    unsigned worked = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < count; k++)
            worked += now[i].thread == before[k].thread && now[i].ns > before[k].ns + A_MILLISECOND;
    return worked;
}

static void all_workers_serve(void **state)
{
    struct server *s = *state;
    enum { WORKERS = 4, CLIENTS = 40, ROUNDS = 50 };
    server_page(s, "index.md", "Benvenuti.");
    server_flag(s, "--workers", "4");
    server_start(s);

    struct usage before[THREADS_MAX];
    size_t threads = measure_threads(s, before);
    struct client *clients[CLIENTS];
    for (size_t i = 0; i < CLIENTS; i++)
        clients[i] = server_connect(s, 0);
    for (int round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < CLIENTS; i++)
            assert_true(client_is_served(clients[i], "/"));
    assert_true(threads_that_worked(s, before, threads) >= WORKERS);

    server_stop(s);
}

TEST_MAIN(SERVER_TEST(ipv6_is_served),
          SERVER_TEST(a_unix_socket_is_served_with_the_mode_that_was_asked_for),
          SERVER_TEST(the_socket_of_a_server_that_died_is_replaced),
          SERVER_TEST(the_socket_of_a_server_that_lives_is_left_alone),
          SERVER_TEST(a_file_in_the_sockets_place_is_not_removed),
          SERVER_TEST(several_listeners_are_served_at_once),
          SERVER_TEST(listeners_may_come_from_the_configuration), SERVER_TEST(all_workers_serve))
