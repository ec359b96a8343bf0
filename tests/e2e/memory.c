/* Short memory, at any of the server's own allocations: it ends in good order or goes on, and
 * serves again when there is memory. */
#include "memory/scarce.h"
#include "support/files.h"
#include "support/publishing.h"
#include "support/server.h"
#include "support/test.h"

#include "base/clock.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PLENTY = 1 << 30, EXIT_USAGE = 2, EXIT_FAILURE_AT_WORK = 3 };

struct fixture {
    struct server *server;
    struct scarce *memory;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->server = server_create();
    const char *path = server_make_memory_scarce(f->server);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    f->memory = mmap(NULL, sizeof *f->memory, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_true(f->memory != MAP_FAILED);
    (void)close(fd);
    server_page(f->server, "index.md", "Benvenuti.");
    server_page(f->server, "altra.md", "Un’altra.");
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    void *server = f->server;
    (void)munmap(f->memory, sizeof *f->memory);
    free(f);
    return server_teardown(&server);
}

static void give(struct fixture *f, int64_t successes, int64_t failures)
{
    atomic_store(&f->memory->failures, 0);
    atomic_store(&f->memory->successes, successes);
    atomic_store(&f->memory->failures, failures);
}

/* How many allocations were asked for since `given` were given. */
static int64_t used(struct fixture *f, int64_t given)
{
    return given - atomic_load(&f->memory->successes);
}

/* One start with memory for `n` allocations. */
static void start_with(struct fixture *f, int64_t n, int64_t failures)
{
    give(f, n, failures);
    int code = server_try(f->server);
    give(f, PLENTY, 0);
    if (code == PROCESS_RUNNING) {
        server_stop(f->server);
    } else if ((code != EXIT_FAILURE_AT_WORK && code != EXIT_USAGE) ||
               !server_said(f->server, "memory")) {
        server_print_log(f->server);
        fail_msg("with memory for %lld allocations: exit %d, or no word of memory", (long long)n,
                 code);
    }
}

static void a_start_without_memory_ends_in_good_order(void **state)
{
    struct fixture *f = *state;
    give(f, PLENTY, 0);
    server_start(f->server);
    int64_t needed = used(f, PLENTY);
    server_stop(f->server);

    for (int64_t n = 0; n < needed; n += 1 + n / 4) {
        start_with(f, n, 1);
        start_with(f, n, PLENTY);
    }
}

/* Each of these needs memory; what becomes of it is not asked. */
static void ask_for_much(struct server *s, const char *long_head)
{
    struct client *c = server_connect(s, 0);
    client_send_text(c, "GET /altra?wo=ist&das HTTP/1.1\r\nHo");
    client_send_text(c, "st: a\r\n\r\nGET /altra.html HTTP/1.1\r\nHost: a\r\n\r\n");
    (void)client_hears(c, 50);
    client_close(c);

    c = server_connect(s, 0);
    client_send(c, str_from(long_head), 3000);
    (void)client_hears(c, 50);
    client_close(c);

    c = server_connect(s, 0);
    client_send_text(c,
                     "POST /altra HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n");
    client_send_text(c, "hello\r\n0\r\n\r\nGET /none HTTP/1.1\r\nHost: a\r\n\r\n");
    (void)client_hears(c, 50);
    client_close(c);
}

static void what_lacks_memory_harms_nobody_else(void **state)
{
    struct fixture *f = *state;
    enum { ALLOCATIONS = 30 };
    struct buf long_head = BUF_EMPTY;
    buf_append(&long_head, STR("GET / HTTP/1.1\r\nHost: a\r\nX: "));
    while (long_head.len < 8000)
        buf_append_char(&long_head, 'x');
    buf_append(&long_head, STR("\r\n\r\n\0"));
    assert_int_equal(buf_status(&long_head), 0);
    give(f, PLENTY, 0);
    server_start(f->server);
    struct client *witness = server_connect(f->server, 0);
    assert_true(client_is_served(witness, "/"));

    for (int64_t n = 0; n < ALLOCATIONS; n++) {
        give(f, n, n % 2 ? 1 : PLENTY);
        ask_for_much(f->server, long_head.ptr);
        assert_true(client_is_served(witness, "/altra"));
        give(f, PLENTY, 0);
        assert_int_equal(server_get(f->server, "/").status, 200);
    }
    buf_finish(&long_head);
    server_stop(f->server);
}

/* Waits until memory was refused once, or nothing needs any. */
static void await_refusal(struct fixture *f)
{
    uint64_t deadline = clock_monotonic_ms() + 200;
    while (atomic_load(&f->memory->failures) > 0 && clock_monotonic_ms() < deadline)
        process_yield(2);
}

static void no_page_keeps_old_settings_for_want_of_memory(void **state)
{
    struct fixture *f = *state;
    enum { ALLOCATIONS = 400 };
    char yaml[32];
    give(f, PLENTY, 0);
    server_start(f->server);
    for (int n = 0; n < ALLOCATIONS; n += 1 + n / 4) {
        (void)snprintf(yaml, sizeof yaml, "legal: Ditta %d.\n", n);
        give(f, n, 1);
        files_write(f->server->pages, "_site.yaml", str_from(yaml));
        await_refusal(f);
        give(f, PLENTY, 0);
        yaml[strlen(yaml) - 1] = '\0';
        await_page(f->server, "/", 200, yaml + strlen("legal: "));
        await_page(f->server, "/altra", 200, yaml + strlen("legal: "));
    }
    server_stop(f->server);
}

TEST_MAIN(cmocka_unit_test_setup_teardown(a_start_without_memory_ends_in_good_order, set_up,
                                          tear_down),
          cmocka_unit_test_setup_teardown(what_lacks_memory_harms_nobody_else, set_up, tear_down),
          cmocka_unit_test_setup_teardown(no_page_keeps_old_settings_for_want_of_memory, set_up,
                                          tear_down))
