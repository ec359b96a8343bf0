/* One server goes on in place of another: nobody notices, and whatever fails on the way leaves the
 * one that was there as it was. */
#include "support/takeover.h"

#include "support/files.h"
#include "support/manager.h"
#include "support/test.h"

#include "base/clock.h"
#include "journal/segment_list.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_there(const char *folder, const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return access(path, F_OK) == 0;
}

static bool has_segments(const char *data)
{
    char path[512];
    struct segment_list list;
    (void)snprintf(path, sizeof path, "%s/journal", data);
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(segment_list_read(&list, fd), 0);
    bool has_some = list.count > 0;
    segment_list_finish(&list);
    (void)close(fd);
    return has_some;
}

/* --- it goes well */

static void the_next_server_goes_on_and_the_one_before_finishes(void **state)
{
    struct takeover *f = *state;
    server_configure(f->before, "drain_timeout: 10m\n");
    server_start(f->before);
    struct client *kept = server_connect(f->before, 0);
    struct client *half = server_connect(f->before, 0);
    assert_int_equal(takeover_click(kept, 1), 204);
    client_send_text(half, "GET / HTTP/1.1\r\nHo");
    assert_true(client_is_served(kept, "/"));

    server_start(f->next);
    assert_memory_equal(&f->next->listen[0], &f->before->listen[0], sizeof(struct endpoint));
    assert_memory_equal(&f->next->admin, &f->before->admin, sizeof(struct endpoint));
    takeover_expect_serving(f->next, 2);
    assert_int_equal(server_admin(f->next, "/readyz").status, 200);
    assert_int_equal(process_wait(&f->before->process, 0), PROCESS_RUNNING);

    assert_int_equal(takeover_click(kept, 3), 204);
    client_expect_close(kept);
    client_close(kept);
    client_send_text(half, "st: a\r\n\r\n");
    struct response r = client_response(half);
    assert_int_equal(r.status, 200);
    assert_field(&r, "Connection", "close");
    client_expect_close(half);
    client_close(half);
    server_expect_exit(f->before);

    takeover_expect_serving(f->next, 4);
    server_stop(f->next);
    takeover_expect_clicks(f->before, 4);
}

/* Once nobody else writes: how long they are kept is a promise. */
static void old_segments_are_removed_by_the_next(void **state)
{
    struct takeover *f = *state;
    server_configure(f->before, "journal:\n  keep: 90d\n");
    server_configure(f->next, "journal:\n  keep: 1s\n");
    server_start(f->before);
    takeover_expect_serving(f->before, 1);
    server_start(f->next);
    server_expect_exit(f->before);
    uint64_t end = clock_monotonic_ms() + SERVER_PATIENCE_MS;
    while (has_segments(f->before->data)) {
        if (clock_monotonic_ms() > end)
            fail_msg("the segment of the server before is still there");
        process_yield(20);
    }
    takeover_expect_serving(f->next, 2);
    server_stop(f->next);
}

static void whoever_waits_to_be_accepted_is_served_by_the_next(void **state)
{
    struct takeover *f = *state;
    server_start(f->before);
    server_start(f->next);
    server_expect_exit(f->before);

    assert_int_equal(kill(f->next->process.pid, SIGSTOP), 0);
    struct client *c = client_create(&f->before->listen[0]);
    client_send_text(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_int_equal(kill(f->next->process.pid, SIGCONT), 0);
    assert_int_equal(client_response(c).status, 200);
    client_destroy(c);
    server_stop(f->next);
}

/* Each time from the other one. */
static void it_can_be_done_again_and_again(void **state)
{
    struct takeover *f = *state;
    enum { TIMES = 4 };
    server_start(f->before);
    struct server *now = f->before;
    struct server *next = f->next;
    for (int i = 0; i < TIMES; i++) {
        takeover_expect_serving(now, i);
        server_start(next);
        server_expect_exit(now);
        struct server *last = now;
        now = next;
        next = last;
        if (i == 0)
            server_flag(next, "--take-over", NULL);
    }
    takeover_expect_serving(now, TIMES);
    server_stop(now);
    takeover_expect_clicks(f->before, TIMES + 1);
}

static void files_of_sockets_pass_on(void **state)
{
    struct takeover *f = *state;
    char address[200];
    struct stat st;
    (void)snprintf(address, sizeof address, "unix:%s/site.sock", f->before->root);
    server_flag(f->before, "--listen", address);
    server_flag(f->next, "--listen", address);
    server_start(f->before);
    server_start(f->next);
    server_expect_exit(f->before);

    assert_true(is_there(f->before->root, "site.sock"));
    assert_true(is_there(f->before->data, "handover.sock"));
    char path[512];
    (void)snprintf(path, sizeof path, "%s/handover.sock", f->before->data);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    takeover_expect_serving(f->next, 1);

    server_stop(f->next);
    assert_false(is_there(f->before->root, "site.sock"));
    assert_false(is_there(f->before->data, "handover.sock"));
}

static void the_mode_of_a_socket_becomes_what_the_next_one_has(void **state)
{
    struct takeover *f = *state;
    char address[200];
    char path[512];
    struct stat st;
    (void)snprintf(address, sizeof address, "unix:%s/site.sock", f->before->root);
    (void)snprintf(path, sizeof path, "%s/site.sock", f->before->root);
    server_flag(f->before, "--listen", address);
    server_flag(f->next, "--listen", address);
    server_configure(f->before, "unix_mode: \"0600\"\n");
    server_configure(f->next, "unix_mode: \"0666\"\n");
    server_start(f->before);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    server_start(f->next);
    server_expect_exit(f->before);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0666);
    takeover_expect_serving(f->next, 1);
    server_stop(f->next);
}

static void addresses_may_change_meanwhile(void **state)
{
    struct takeover *f = *state;
    char old[200];
    char new[200];
    (void)snprintf(old, sizeof old, "unix:%s/run/old.sock", f->before->root);
    files_write(f->before->root, "run/other", STR(""));
    (void)snprintf(new, sizeof new, "unix:%s/new.sock", f->before->root);
    server_flag(f->before, "--listen", "127.0.0.1:0");
    server_flag(f->before, "--listen", old);
    server_flag(f->next, "--listen", new);
    server_flag(f->next, "--listen", "127.0.0.1:0");
    server_start(f->before);
    server_start(f->next);
    server_expect_exit(f->before);

    assert_int_equal(f->next->listen_count, 2);
    takeover_expect_serving(f->next, 1);
    assert_memory_equal(&f->next->listen[1], &f->before->listen[0], sizeof(struct endpoint));
    assert_false(is_there(f->before->root, "run/old.sock"));
    server_stop(f->next);
    assert_false(is_there(f->before->root, "new.sock"));
}

static void sockets_of_systemd_pass_on_too(void **state)
{
    struct takeover *f = *state;
    struct endpoint e;
    char address[200];
    (void)snprintf(address, sizeof address, "unix:%s/site.sock", f->before->root);
    assert_true(endpoint_parse(&e, str_from(address)));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, &e.address.any, e.len), 0);
    assert_int_equal(listen(fd, 10), 0);
    f->before->sockets[f->before->socket_count++] = fd;
    server_start(f->before);
    server_start(f->next);
    server_expect_exit(f->before);

    assert_int_equal(f->next->listen_count, 1);
    struct client *c = client_create(&e);
    assert_true(client_is_served(c, "/"));
    client_destroy(c);
    server_stop(f->next);
    assert_true(is_there(f->before->root, "site.sock"));
}

static void the_service_manager_hears_whose_the_service_is_now(void **state)
{
    struct takeover *f = *state;
    struct manager m;
    manager_open(&m, f->before);
    server_start(f->before);
    manager_expect(&m, "READY=1");
    server_start(f->next);
    manager_expect(&m, "READY=1");
    assert_int_equal(manager_number(&m, "MAINPID"), f->next->process.pid);
    server_expect_exit(f->before);
    assert_int_equal(kill(f->next->process.pid, SIGTERM), 0);
    /* The next word is the next server's: the one before has said nothing of stopping. */
    manager_expect(&m, "STOPPING=1");
    server_expect_exit(f->next);
    char left;
    assert_int_equal(recv(m.fd, &left, 1, MSG_DONTWAIT), -1);
    manager_close(&m);
}

/* A manager tells only the process that it starts as the main one how often it wants to hear. */
static void the_next_server_gives_signs_of_life_as_often_as_the_one_before(void **state)
{
    struct takeover *f = *state;
    struct manager m;
    char left;
    manager_open(&m, f->before);
    assert_int_equal(setenv("WATCHDOG_USEC", "100000", 1), 0);
    server_start(f->before);
    manager_expect(&m, "WATCHDOG=1");
    (void)unsetenv("WATCHDOG_USEC");
    server_start(f->next);
    server_expect_exit(f->before);
    while (recv(m.fd, &left, 1, MSG_DONTWAIT) >= 0)
        continue;
    manager_expect(&m, "WATCHDOG=1");
    server_stop(f->next);
    manager_close(&m);
}

static void without_recording_it_works_as_well(void **state)
{
    struct takeover *f = *state;
    server_flag(f->before, "--record", "off");
    server_flag(f->next, "--record", "off");
    server_start(f->before);
    server_start(f->next);
    server_expect_exit(f->before);
    assert_int_equal(server_get(f->next, "/").status, 200);
    server_stop(f->next);
}

/* Its end is noted by the one that has recorded: the next one does not. */
static void a_next_server_that_does_not_record_leaves_the_journal_in_order(void **state)
{
    struct takeover *f = *state;
    server_flag(f->next, "--record", "off");
    server_start(f->before);
    takeover_expect_serving(f->before, 1);
    server_start(f->next);
    server_expect_exit(f->before);
    assert_int_equal(server_get(f->next, "/").status, 200);
    server_stop(f->next);

    server_start(f->before);
    takeover_expect_serving(f->before, 2);
    assert_false(server_said(f->before, "did not end in order"));
    server_stop(f->before);
    takeover_expect_clicks(f->before, 2);
}

/* --- it does not */

static void expect_failure(struct takeover *f, int code, const char *said)
{
    int found = server_run(f->next);
    if (found == code && server_said(f->next, said))
        return;
    server_print_log(f->next);
    fail_msg("exit %d (%d expected), and \"%s\" should be said", found, code, said);
}

static void without_a_server_there_is_nothing_to_take_over(void **state)
{
    struct takeover *f = *state;
    expect_failure(f, 3, "there is no running server to take over from");

    /* Nor is one that was killed. */
    server_start(f->before);
    process_kill(&f->before->process);
    assert_true(is_there(f->before->data, "handover.sock"));
    expect_failure(f, 3, "there is no running server to take over from");

    server_start(f->before);
    server_start(f->next);
    server_expect_exit(f->before);
    server_stop(f->next);
}

static void a_next_server_that_cannot_start_leaves_the_one_before_serving(void **state)
{
    struct takeover *f = *state;
    char address[200];
    (void)snprintf(address, sizeof address, "unix:%s/site.sock", f->before->root);
    server_flag(f->before, "--listen", address);
    server_flag(f->next, "--listen", address);
    server_start(f->before);

    server_configure(f->next, "workers: many\n");
    expect_failure(f, 2, "attimo.yaml:1");
    files_write(f->next->root, "attimo.yaml", STR(""));
    takeover_expect_serving(f->before, 1);

    char away[512];
    (void)snprintf(away, sizeof away, "%s.away", f->before->pages);
    assert_int_equal(rename(f->before->pages, away), 0);
    expect_failure(f, 3, "cannot read the pages folder");
    assert_int_equal(rename(away, f->before->pages), 0);
    takeover_expect_serving(f->before, 2);

    server_flag(f->next, "--listen", "127.0.0.1:1");
    server_flag(f->next, "--listen", "unix:/nowhere/at/all.sock");
    expect_failure(f, 3, "cannot listen on");
    takeover_expect_serving(f->before, 3);
    assert_true(is_there(f->before->root, "site.sock"));

    for (int i = 0; i < 4; i++)
        free(f->next->args[--f->next->arg_count]);
    server_start(f->next);
    server_expect_exit(f->before);
    takeover_expect_serving(f->next, 4);
    server_stop(f->next);
    takeover_expect_clicks(f->before, 4);
}

static void somebody_takes_over_only_after_the_one_before_has_left(void **state)
{
    struct takeover *f = *state;
    server_configure(f->before, "drain_timeout: 10m\n");
    server_start(f->before);
    struct client *kept = server_connect(f->before, 0);
    assert_true(client_is_served(kept, "/"));
    server_start(f->next);

    struct server *third = server_create();
    server_flag(third, "--pages", f->before->pages);
    server_flag(third, "--data", f->before->data);
    server_flag(third, "--take-over", NULL);
    assert_int_equal(server_run(third), 3);
    assert_true(server_said(third, "the server before the one that runs has not left yet"));
    server_flag(third, "--lang", "it");
    assert_int_equal(server_run(third), 3);
    assert_true(server_said(third, "attimo: non si può subentrare: il server precedente a quello "
                                   "in corsa non se n’è ancora andato\n"));

    client_close(kept);
    server_expect_exit(f->before);
    /* That the one before has ended is heard a moment later than we see it. */
    int code = 3;
    for (int i = 0; code == 3 && i < 1000; i++)
        code = server_try(third);
    assert_int_equal(code, PROCESS_RUNNING);
    server_expect_exit(f->next);
    takeover_expect_serving(third, 1);
    server_stop(third);
    server_destroy(third);
}

static void a_signal_to_the_one_that_drains_cuts_nobody_off(void **state)
{
    struct takeover *f = *state;
    server_configure(f->before, "drain_timeout: 10m\n");
    server_start(f->before);
    struct client *kept = server_connect(f->before, 0);
    assert_true(client_is_served(kept, "/"));
    server_start(f->next);

    assert_int_equal(kill(f->before->process.pid, SIGTERM), 0);
    assert_int_equal(takeover_click(kept, 1), 204);
    client_expect_close(kept);
    client_close(kept);
    server_expect_exit(f->before);
    server_stop(f->next);
}

/* The one before has the journal still, and nobody can be asked for it. */
static void after_a_next_server_that_has_died_another_one_starts(void **state)
{
    struct takeover *f = *state;
    server_configure(f->before, "drain_timeout: 2s\n");
    server_start(f->before);
    struct client *kept = server_connect(f->before, 0);
    assert_int_equal(takeover_click(kept, 1), 204);
    server_start(f->next);
    takeover_expect_serving(f->next, 2);
    process_kill(&f->next->process);

    struct server *third = server_create();
    server_flag(third, "--pages", f->before->pages);
    server_flag(third, "--data", f->before->data);
    server_start(third);
    takeover_expect_serving(third, 3);
    server_expect_exit(f->before);
    server_stop(third);
    server_destroy(third);
    takeover_expect_clicks(f->before, 3);
}

TEST_MAIN(TAKEOVER_TEST(the_next_server_goes_on_and_the_one_before_finishes),
          TAKEOVER_TEST(old_segments_are_removed_by_the_next),
          TAKEOVER_TEST(whoever_waits_to_be_accepted_is_served_by_the_next),
          TAKEOVER_TEST(it_can_be_done_again_and_again), TAKEOVER_TEST(files_of_sockets_pass_on),
          TAKEOVER_TEST(the_mode_of_a_socket_becomes_what_the_next_one_has),
          TAKEOVER_TEST(addresses_may_change_meanwhile),
          TAKEOVER_TEST(sockets_of_systemd_pass_on_too),
          TAKEOVER_TEST(the_service_manager_hears_whose_the_service_is_now),
          TAKEOVER_TEST(the_next_server_gives_signs_of_life_as_often_as_the_one_before),
          TAKEOVER_TEST(without_recording_it_works_as_well),
          TAKEOVER_TEST(a_next_server_that_does_not_record_leaves_the_journal_in_order),
          TAKEOVER_TEST(without_a_server_there_is_nothing_to_take_over),
          TAKEOVER_TEST(a_next_server_that_cannot_start_leaves_the_one_before_serving),
          TAKEOVER_TEST(somebody_takes_over_only_after_the_one_before_has_left),
          TAKEOVER_TEST(a_signal_to_the_one_that_drains_cuts_nobody_off),
          TAKEOVER_TEST(after_a_next_server_that_has_died_another_one_starts))
