/* What the service manager is told: ready, stopping, and that the server is alive. */
#include "support/manager.h"
#include "support/server.h"
#include "support/test.h"

#include <signal.h>

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
          SERVER_TEST(a_manager_that_has_gone_stops_nothing))
