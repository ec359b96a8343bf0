/* What the service manager hears, at sockets of both kinds, and that it may be missing. */
#include "server/notify.h"

#include "support/files.h"
#include "support/test.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct log quiet = {.fd = STDERR_FILENO, .level = LOG_LEVEL_ERROR};

/* A manager's socket; `name` as NOTIFY_SOCKET has it. */
static int listen_as_manager(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t len = strlen(name);
    memcpy(address.sun_path, name, len);
    if (name[0] == '@')
        address.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address,
                          (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)),
                     0);
    return fd;
}

static struct str hear(int fd, char *buffer, size_t size)
{
    ssize_t n = recv(fd, buffer, size, MSG_DONTWAIT);
    return n < 0 ? str_make(NULL, 0) : str_make(buffer, (size_t)n);
}

static void send_one(const char *socket_name, const char *words)
{
    uv_loop_t loop;
    struct notify notify;
    assert_int_equal(setenv("NOTIFY_SOCKET", socket_name, 1), 0);
    assert_int_equal(uv_loop_init(&loop), 0);
    notify_init(&notify, &loop, &quiet);
    notify_send(&notify, "%s", words);
    notify_close(&notify);
    (void)uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    (void)unsetenv("NOTIFY_SOCKET");
}

static void a_manager_at_a_path_is_told(void **state)
{
    (void)state;
    char *folder = files_make_folder();
    char name[100];
    char heard[512];
    (void)snprintf(name, sizeof name, "%s/notify", folder);
    int fd = listen_as_manager(name);
    send_one(name, "READY=1\n");
    assert_str(hear(fd, heard, sizeof heard), STR("READY=1\n"));
    (void)close(fd);
    files_remove(folder);
}

static void a_manager_with_an_abstract_name_is_told(void **state)
{
    (void)state;
    char name[100];
    char heard[512];
    (void)snprintf(name, sizeof name, "@attimo-test-%ld", (long)getpid());
    int fd = listen_as_manager(name);
    send_one(name, "STOPPING=1\n");
    assert_str(hear(fd, heard, sizeof heard), STR("STOPPING=1\n"));
    (void)close(fd);
}

static void what_is_too_long_is_cut_and_not_lost(void **state)
{
    (void)state;
    char name[100];
    char heard[4096];
    char words[2000];
    memset(words, 'x', sizeof words - 1);
    words[sizeof words - 1] = '\0';
    (void)snprintf(name, sizeof name, "@attimo-test-%ld", (long)getpid());
    int fd = listen_as_manager(name);
    send_one(name, words);
    assert_true(hear(fd, heard, sizeof heard).len > 100);
    (void)close(fd);
}

/* Nothing to assert but that all go on. */
static void a_manager_that_is_gone_or_of_no_known_kind_is_borne(void **state)
{
    (void)state;
    char *long_name = calloc(1, 4096);
    assert_non_null(long_name);
    memset(long_name, '/', 4095);
    send_one("/nowhere/at/all", "READY=1\n");
    send_one("vsock:2:1234", "READY=1\n");
    send_one("", "READY=1\n");
    send_one(long_name, "READY=1\n");
    free(long_name);
}

TEST_MAIN(cmocka_unit_test(a_manager_at_a_path_is_told),
          cmocka_unit_test(a_manager_with_an_abstract_name_is_told),
          cmocka_unit_test(what_is_too_long_is_cut_and_not_lost),
          cmocka_unit_test(a_manager_that_is_gone_or_of_no_known_kind_is_borne))
