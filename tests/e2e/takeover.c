/* One server goes on in place of another: nobody notices, and whatever fails on the way leaves the
 * one that was there as it was. */
#include "support/files.h"
#include "support/manager.h"
#include "support/server.h"
#include "support/test.h"
#include "support/visit.h"

#include "base/clock.h"
#include "server/handover.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define POST_HEAD "POST /_/e HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n"

struct fixture {
    struct server *before;
    struct server *next;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->before = server_create();
    f->next = server_create();
    server_page(f->before, "index.md", "Benvenuti.");
    server_flag(f->next, "--pages", f->before->pages);
    server_flag(f->next, "--data", f->before->data);
    server_flag(f->next, "--take-over", NULL);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    void *server = f->before;
    if (f->next->process.pid)
        server_print_log(f->next);
    (void)server_teardown(&server);
    server_destroy(f->next);
    free(f);
    return 0;
}

#define TAKEOVER_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* A click of its own, `n` being the number that tells it from others. */
static unsigned click(struct client *c, int n)
{
    char request[400];
    char body[100];
    int len = snprintf(body, sizeof body, "pv=%032x&p=/&d=a&e=click&cta=link&n=1", (unsigned)n);
    (void)snprintf(request, sizeof request, POST_HEAD "Content-Length: %d\r\n\r\n%s", len, body);
    client_send_text(c, request);
    return client_response(c).status;
}

static void expect_serving(struct server *s, int n)
{
    struct client *c = server_connect(s, 0);
    assert_true(client_is_served(c, "/"));
    assert_int_equal(click(c, n), 204);
    client_close(c);
}

static void expect_clicks(const struct server *s, size_t expected)
{
    struct record record;
    record_read(&record, s->data);
    assert_int_equal(record_count(&record, "click"), expected);
    for (size_t i = 1; i < record.count; i++)
        assert_true(record.events[i].seq > record.events[i - 1].seq);
    record_finish(&record);
}

static bool is_there(const char *folder, const char *name)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return access(path, F_OK) == 0;
}

/* --- it goes well */

static void the_next_server_goes_on_and_the_one_before_finishes(void **state)
{
    struct fixture *f = *state;
    server_configure(f->before, "drain_timeout: 10m\n");
    server_start(f->before);
    struct client *kept = server_connect(f->before, 0);
    struct client *half = server_connect(f->before, 0);
    assert_int_equal(click(kept, 1), 204);
    client_send_text(half, "GET / HTTP/1.1\r\nHo");
    assert_true(client_is_served(kept, "/"));

    server_start(f->next);
    assert_memory_equal(&f->next->listen[0], &f->before->listen[0], sizeof(struct endpoint));
    assert_memory_equal(&f->next->admin, &f->before->admin, sizeof(struct endpoint));
    expect_serving(f->next, 2);
    assert_int_equal(server_admin(f->next, "/readyz").status, 200);
    assert_int_equal(process_wait(&f->before->process, 0), PROCESS_RUNNING);

    assert_int_equal(click(kept, 3), 204);
    client_expect_close(kept);
    client_close(kept);
    client_send_text(half, "st: a\r\n\r\n");
    struct response r = client_response(half);
    assert_int_equal(r.status, 200);
    assert_field(&r, "Connection", "close");
    client_expect_close(half);
    client_close(half);
    server_expect_exit(f->before);

    expect_serving(f->next, 4);
    server_stop(f->next);
    expect_clicks(f->before, 4);
}

static void whoever_waits_to_be_accepted_is_served_by_the_next(void **state)
{
    struct fixture *f = *state;
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
    struct fixture *f = *state;
    enum { TIMES = 4 };
    server_start(f->before);
    struct server *now = f->before;
    struct server *next = f->next;
    for (int i = 0; i < TIMES; i++) {
        expect_serving(now, i);
        server_start(next);
        server_expect_exit(now);
        struct server *last = now;
        now = next;
        next = last;
        if (i == 0)
            server_flag(next, "--take-over", NULL);
    }
    expect_serving(now, TIMES);
    server_stop(now);
    expect_clicks(f->before, TIMES + 1);
}

static void files_of_sockets_pass_on(void **state)
{
    struct fixture *f = *state;
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
    expect_serving(f->next, 1);

    server_stop(f->next);
    assert_false(is_there(f->before->root, "site.sock"));
    assert_false(is_there(f->before->data, "handover.sock"));
}

static void addresses_may_change_meanwhile(void **state)
{
    struct fixture *f = *state;
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
    expect_serving(f->next, 1);
    assert_memory_equal(&f->next->listen[1], &f->before->listen[0], sizeof(struct endpoint));
    assert_false(is_there(f->before->root, "run/old.sock"));
    server_stop(f->next);
    assert_false(is_there(f->before->root, "new.sock"));
}

static void sockets_of_systemd_pass_on_too(void **state)
{
    struct fixture *f = *state;
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
    struct fixture *f = *state;
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

static void without_recording_it_works_as_well(void **state)
{
    struct fixture *f = *state;
    server_flag(f->before, "--record", "off");
    server_flag(f->next, "--record", "off");
    server_start(f->before);
    server_start(f->next);
    server_expect_exit(f->before);
    assert_int_equal(server_get(f->next, "/").status, 200);
    server_stop(f->next);
}

/* --- it does not */

static void expect_failure(struct fixture *f, int code, const char *said)
{
    int found = server_run(f->next);
    if (found == code && server_said(f->next, said))
        return;
    server_print_log(f->next);
    fail_msg("exit %d (%d expected), and \"%s\" should be said", found, code, said);
}

static void without_a_server_there_is_nothing_to_take_over(void **state)
{
    struct fixture *f = *state;
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
    struct fixture *f = *state;
    char address[200];
    (void)snprintf(address, sizeof address, "unix:%s/site.sock", f->before->root);
    server_flag(f->before, "--listen", address);
    server_flag(f->next, "--listen", address);
    server_start(f->before);

    server_configure(f->next, "workers: many\n");
    expect_failure(f, 2, "attimo.yaml:1");
    files_write(f->next->root, "attimo.yaml", STR(""));
    expect_serving(f->before, 1);

    char away[512];
    (void)snprintf(away, sizeof away, "%s.away", f->before->pages);
    assert_int_equal(rename(f->before->pages, away), 0);
    expect_failure(f, 3, "cannot read the pages folder");
    assert_int_equal(rename(away, f->before->pages), 0);
    expect_serving(f->before, 2);

    server_flag(f->next, "--listen", "127.0.0.1:1");
    server_flag(f->next, "--listen", "unix:/nowhere/at/all.sock");
    expect_failure(f, 3, "cannot listen on");
    expect_serving(f->before, 3);
    assert_true(is_there(f->before->root, "site.sock"));

    for (int i = 0; i < 4; i++)
        free(f->next->args[--f->next->arg_count]);
    server_start(f->next);
    server_expect_exit(f->before);
    expect_serving(f->next, 4);
    server_stop(f->next);
    expect_clicks(f->before, 4);
}

static void somebody_takes_over_only_after_the_one_before_has_left(void **state)
{
    struct fixture *f = *state;
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

    client_close(kept);
    server_expect_exit(f->before);
    /* That the one before has ended is heard a moment later than we see it. */
    int code = 3;
    for (int i = 0; code == 3 && i < 1000; i++)
        code = server_try(third);
    assert_int_equal(code, PROCESS_RUNNING);
    server_expect_exit(f->next);
    expect_serving(third, 1);
    server_stop(third);
    server_destroy(third);
}

static void a_signal_to_the_one_that_drains_cuts_nobody_off(void **state)
{
    struct fixture *f = *state;
    server_configure(f->before, "drain_timeout: 10m\n");
    server_start(f->before);
    struct client *kept = server_connect(f->before, 0);
    assert_true(client_is_served(kept, "/"));
    server_start(f->next);

    assert_int_equal(kill(f->before->process.pid, SIGTERM), 0);
    assert_int_equal(click(kept, 1), 204);
    client_expect_close(kept);
    client_close(kept);
    server_expect_exit(f->before);
    server_stop(f->next);
}

/* The one before has the journal still, and nobody can be asked for it. */
static void after_a_next_server_that_has_died_another_one_starts(void **state)
{
    struct fixture *f = *state;
    server_configure(f->before, "drain_timeout: 2s\n");
    server_start(f->before);
    struct client *kept = server_connect(f->before, 0);
    assert_int_equal(click(kept, 1), 204);
    server_start(f->next);
    expect_serving(f->next, 2);
    process_kill(&f->next->process);

    struct server *third = server_create();
    server_flag(third, "--pages", f->before->pages);
    server_flag(third, "--data", f->before->data);
    server_start(third);
    expect_serving(third, 3);
    server_expect_exit(f->before);
    server_stop(third);
    server_destroy(third);
    expect_clicks(f->before, 3);
}

/* --- somebody who leaves in the middle of it */

static int knock(const struct server *s)
{
    struct sockaddr_un address;
    int data_fd = open(s->data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    handover_address(&address, data_fd);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    (void)close(data_fd);
    return fd;
}

static void say(int fd, const char *text)
{
    assert_int_equal(handover_send(fd, str_from(text), NULL, 0), 0);
}

/* Waits for a packet, which must say `word`; its descriptors are closed. */
static void expect_word(int fd, const char *word)
{
    struct handover_packet packet;
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    assert_int_equal(poll(&ready, 1, SERVER_PATIENCE_MS), 1);
    assert_int_equal(handover_receive(fd, &packet), 1);
    assert_true(handover_says(&packet, word, NULL));
    handover_packet_finish(&packet);
}

static void whoever_leaves_in_the_middle_changes_nothing(void **state)
{
    struct fixture *f = *state;
    server_start(f->before);
    for (int words = 0; words <= 3; words++) {
        int fd = knock(f->before);
        if (words >= 1) {
            say(fd, "hello 1\n");
            expect_word(fd, "offer");
        }
        if (words >= 2)
            say(fd, "ready\n");
        if (words >= 3)
            expect_word(fd, "go");
        (void)close(fd);
        expect_serving(f->before, words);
    }
    server_start(f->next);
    server_expect_exit(f->before);
    expect_serving(f->next, 4);
    server_stop(f->next);
    expect_clicks(f->before, 5);
}

static void whoever_talks_nonsense_is_refused(void **state)
{
    static const char *const nonsense[] = {"hello 2\n", "hello\n", "offer\n", "taken\n", "\n", "x"};
    struct fixture *f = *state;
    server_start(f->before);
    for (size_t i = 0; i < sizeof nonsense / sizeof *nonsense; i++) {
        int fd = knock(f->before);
        say(fd, nonsense[i]);
        expect_word(fd, "refused");
        (void)close(fd);
    }
    int fd = knock(f->before);
    say(fd, "hello 1\n");
    expect_word(fd, "offer");
    say(fd, "taken\n");
    expect_word(fd, "refused");
    (void)close(fd);
    expect_serving(f->before, 1);
    server_stop(f->before);
}

static void the_one_before_ends_in_the_middle_if_it_is_told_to(void **state)
{
    struct fixture *f = *state;
    server_start(f->before);
    int fd = knock(f->before);
    say(fd, "hello 1\n");
    expect_word(fd, "offer");
    assert_int_equal(kill(f->before->process.pid, SIGTERM), 0);
    expect_word(fd, "refused");
    server_expect_exit(f->before);
    (void)close(fd);
}

/* The test is the one before: it hands over a socket, and is gone. */
static void one_that_dies_in_the_middle_is_succeeded_all_the_same(void **state)
{
    struct fixture *f = *state;
    struct endpoint e;
    struct sockaddr_un address;
    struct handover_packet packet;
    struct handover_offer offer = {.lock_fd = -1, .count = 1};
    assert_true(endpoint_parse(&e, STR("http://127.0.0.1:0")));
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, &e.address.any, e.len), 0);
    assert_int_equal(listen(fd, 10), 0);
    int data_fd = open(f->before->data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int asked = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    handover_address(&address, data_fd);
    assert_int_equal(bind(asked, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(asked, 1), 0);
    offer.socket_fd = asked;
    offer.listeners[0].fd = fd;
    assert_int_equal(address_parse(&offer.listeners[0].address, STR("127.0.0.1:0")), 0);

    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        int peer = accept(asked, NULL, NULL);
        struct pollfd ready = {.fd = peer, .events = POLLIN};
        bool good =
            poll(&ready, 1, SERVER_PATIENCE_MS) == 1 && handover_receive(peer, &packet) == 1 &&
            handover_offer_send(&offer, peer) == 0 && poll(&ready, 1, SERVER_PATIENCE_MS) == 1;
        _exit(good ? 0 : 1);
    }
    (void)close(fd);
    (void)close(asked);
    (void)close(data_fd);
    server_start(f->next);
    int status = 1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    expect_serving(f->next, 1);
    server_stop(f->next);
    expect_clicks(f->before, 1);
}

TEST_MAIN(TAKEOVER_TEST(the_next_server_goes_on_and_the_one_before_finishes),
          TAKEOVER_TEST(whoever_waits_to_be_accepted_is_served_by_the_next),
          TAKEOVER_TEST(it_can_be_done_again_and_again), TAKEOVER_TEST(files_of_sockets_pass_on),
          TAKEOVER_TEST(addresses_may_change_meanwhile),
          TAKEOVER_TEST(sockets_of_systemd_pass_on_too),
          TAKEOVER_TEST(the_service_manager_hears_whose_the_service_is_now),
          TAKEOVER_TEST(without_recording_it_works_as_well),
          TAKEOVER_TEST(without_a_server_there_is_nothing_to_take_over),
          TAKEOVER_TEST(a_next_server_that_cannot_start_leaves_the_one_before_serving),
          TAKEOVER_TEST(somebody_takes_over_only_after_the_one_before_has_left),
          TAKEOVER_TEST(a_signal_to_the_one_that_drains_cuts_nobody_off),
          TAKEOVER_TEST(after_a_next_server_that_has_died_another_one_starts),
          TAKEOVER_TEST(whoever_leaves_in_the_middle_changes_nothing),
          TAKEOVER_TEST(whoever_talks_nonsense_is_refused),
          TAKEOVER_TEST(the_one_before_ends_in_the_middle_if_it_is_told_to),
          TAKEOVER_TEST(one_that_dies_in_the_middle_is_succeeded_all_the_same))
