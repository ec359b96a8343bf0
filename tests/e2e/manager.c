/* What the service manager is told: ready, stopping, and that the server is alive. */
#include "support/manager.h"
#include "support/server.h"
#include "support/test.h"

#include "base/clock.h"

#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

static void the_manager_hears_who_is_ready_and_when_it_stops(void **state)
{
    struct server *s = *state;
    struct manager m;
    manager_open(&m, s);
    server_page(s, "index.md", "Benvenuti.");
    server_start(s);

    manager_expect(&m, "READY=1");
    assert_int_equal(manager_number(&m, "MAINPID"), s->process.pid);
    assert_int_equal(server_get(s, "/").status, 200);
    assert_int_equal(kill(s->process.pid, SIGTERM), 0);
    manager_expect(&m, "STOPPING=1");

    server_expect_exit(s);
    manager_close(&m);
}

static void a_sign_of_life_is_given_as_often_as_is_wanted(void **state)
{
    struct server *s = *state;
    struct manager m;
    manager_open(&m, s);
    assert_int_equal(setenv("WATCHDOG_USEC", "100000", 1), 0);
    server_page(s, "index.md", "Benvenuti.");
    server_start(s);

    for (int i = 0; i < 5; i++)
        manager_expect(&m, "WATCHDOG=1");

    server_stop(s);
    (void)unsetenv("WATCHDOG_USEC");
    manager_close(&m);
}

/* --- a loop that hangs */

enum { THREADS_MAX = 64 };

static struct {
    pid_t threads[THREADS_MAX];
    size_t count;
} held;

static void let_go(void)
{
    for (size_t i = 0; i < held.count; i++)
        (void)ptrace(PTRACE_DETACH, held.threads[i], NULL, NULL);
    held.count = 0;
}

static bool hold_thread(pid_t thread)
{
    int status;
    if (held.count == THREADS_MAX || ptrace(PTRACE_SEIZE, thread, NULL, NULL) != 0)
        return false;
    held.threads[held.count++] = thread;
    return ptrace(PTRACE_INTERRUPT, thread, NULL, NULL) == 0 &&
           waitpid(thread, &status, __WALL) == thread;
}

/* Stops all threads of a process but its first, which has the operator's loop and the manager's. */
static bool hold_others(pid_t process)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/task", (int)process);
    DIR *dir = opendir(path);
    assert_non_null(dir);
    bool all = true;
    for (const struct dirent *e = readdir(dir); all && e; e = readdir(dir)) {
        pid_t thread = (pid_t)strtol(e->d_name, NULL, 10);
        all = thread == 0 || thread == process || hold_thread(thread);
    }
    (void)closedir(dir);
    return all;
}

static void wait_for_health(struct server *s, unsigned status)
{
    uint64_t end = clock_monotonic_ms() + SERVER_PATIENCE_MS;
    while (server_admin(s, "/healthz").status != status) {
        if (clock_monotonic_ms() > end)
            fail_msg("/healthz does not become %u", status);
        process_yield(20);
    }
}

/* The manager is to restart what does not serve any more: then nobody may tell it that all is well.
 */
static void a_worker_that_hangs_is_no_sign_of_life(void **state)
{
    struct server *s = *state;
    struct manager m;
    enum { TEN_SIGNS_MS = 500 };
    manager_open(&m, s);
    assert_int_equal(setenv("WATCHDOG_USEC", "100000", 1), 0);
    server_page(s, "index.md", "Benvenuti.");
    server_configure(s, "isolate: off\n"); /* else nobody may look into it */
    server_start(s);
    (void)unsetenv("WATCHDOG_USEC");
    server_wait_until_compressed(s);
    manager_expect(&m, "WATCHDOG=1");
    if (!hold_others(s->process.pid)) {
        let_go();
        manager_close(&m);
        skip_because("threads of another process cannot be stopped here");
    }

    wait_for_health(s, 503);
    while (recv(m.fd, m.heard, sizeof m.heard, MSG_DONTWAIT) >= 0)
        continue; /* what was said before */
    struct pollfd told = {.fd = m.fd, .events = POLLIN};
    assert_int_equal(poll(&told, 1, TEN_SIGNS_MS), 0);

    let_go();
    wait_for_health(s, 200);
    manager_expect(&m, "WATCHDOG=1");
    server_stop(s);
    manager_close(&m);
}

/* A process that is held cannot end. */
static int let_go_and_tear_down(void **state)
{
    let_go();
    return server_teardown(state);
}

static void a_manager_that_has_gone_stops_nothing(void **state)
{
    struct server *s = *state;
    struct manager m;
    manager_open(&m, s);
    server_page(s, "index.md", "Benvenuti.");
    server_start(s);
    manager_expect(&m, "READY=1");
    manager_close(&m);

    assert_int_equal(server_get(s, "/").status, 200);
    server_stop(s);
    assert_true(server_said(s, "cannot tell the service manager"));
}

TEST_MAIN(SERVER_TEST(the_manager_hears_who_is_ready_and_when_it_stops),
          SERVER_TEST(a_sign_of_life_is_given_as_often_as_is_wanted),
          cmocka_unit_test_setup_teardown(a_worker_that_hangs_is_no_sign_of_life, server_setup,
                                          let_go_and_tear_down),
          SERVER_TEST(a_manager_that_has_gone_stops_nothing))
