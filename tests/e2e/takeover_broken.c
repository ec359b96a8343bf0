/* What one side of a take-over says to the other: whoever leaves in the middle of it, or talks
 * nonsense, changes nothing for the other side. */
#include "support/takeover.h"
#include "support/test.h"

#include "server/handover.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

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
    struct takeover *f = *state;
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
        takeover_expect_serving(f->before, words);
    }
    server_stop(f->before);
    server_start(f->before);
    assert_false(server_said(f->before, "did not end in order"));
    server_start(f->next);
    server_expect_exit(f->before);
    takeover_expect_serving(f->next, 4);
    server_stop(f->next);
    takeover_expect_clicks(f->before, 5);
}

/* Visitors wait as long as the next one may say nothing: it must not be for ever. */
static void whoever_falls_silent_in_the_middle_is_given_up(void **state)
{
    struct takeover *f = *state;
    struct server *other = server_create();
    server_page(other, "index.md", "Benvenuti.");
    server_start(other);
    server_start(f->before);
    int mute = knock(other);
    int fd = knock(f->before);
    say(fd, "hello 1\n");
    expect_word(fd, "offer");
    say(fd, "ready\n");
    expect_word(fd, "go");
    expect_word(mute, "refused");
    expect_word(fd, "refused");
    takeover_expect_serving(f->before, 1);
    (void)close(mute);
    (void)close(fd);
    server_stop(other);
    server_destroy(other);
    server_stop(f->before);
}

/* What has come before the end counts: two servers that both think that they serve would be worse.
 */
static void who_has_said_that_he_takes_over_does(void **state)
{
    struct takeover *f = *state;
    server_start(f->before);
    int fd = knock(f->before);
    say(fd, "hello 1\n");
    expect_word(fd, "offer");
    say(fd, "ready\n");
    expect_word(fd, "go");
    assert_int_equal(kill(f->before->process.pid, SIGSTOP), 0);
    say(fd, "nonsense\n");
    say(fd, "taken\n");
    assert_int_equal(kill(f->before->process.pid, SIGCONT), 0);
    server_expect_exit(f->before);
    assert_true(server_said(f->before, "the next server has taken over"));
    (void)close(fd);
}

static void whoever_talks_nonsense_is_refused(void **state)
{
    static const char *const nonsense[] = {"hello 2\n", "hello\n", "offer\n", "taken\n", "\n", "x"};
    struct takeover *f = *state;
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
    takeover_expect_serving(f->before, 1);
    server_stop(f->before);
}

static void the_one_before_ends_in_the_middle_if_it_is_told_to(void **state)
{
    struct takeover *f = *state;
    server_start(f->before);
    int fd = knock(f->before);
    say(fd, "hello 1\n");
    expect_word(fd, "offer");
    assert_int_equal(kill(f->before->process.pid, SIGTERM), 0);
    expect_word(fd, "refused");
    server_expect_exit(f->before);
    (void)close(fd);
}

/* The socket on which the one before is asked for a take-over. */
static int be_asked(const struct server *before)
{
    struct sockaddr_un address;
    int data_fd = open(before->data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int asked = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    handover_address(&address, data_fd);
    assert_int_equal(bind(asked, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(asked, 1), 0);
    (void)close(data_fd);
    return asked;
}

/* The test is the one before, of a version that has another reason. */
static void a_reason_of_another_version_is_shown_as_it_came(void **state)
{
    struct takeover *f = *state;
    int asked = be_asked(f->before);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        const struct str refusal = STR("refused it is full moon\n");
        int peer = accept(asked, NULL, NULL);
        struct pollfd ready = {.fd = peer, .events = POLLIN};
        bool good =
            poll(&ready, 1, SERVER_PATIENCE_MS) == 1 && handover_send(peer, refusal, NULL, 0) == 0;
        _exit(good ? 0 : 1);
    }
    (void)close(asked);
    server_flag(f->next, "--lang", "it");
    assert_int_equal(server_run(f->next), 3);
    assert_true(server_said(f->next, "attimo: non si può subentrare: it is full moon\n"));
    int status = 1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

/* The test is the one before: it hands over a socket, and is gone. */
static void one_that_dies_in_the_middle_is_succeeded_all_the_same(void **state)
{
    struct takeover *f = *state;
    struct endpoint e;
    struct handover_packet packet;
    struct handover_offer offer = {.lock_fd = -1, .count = 1};
    assert_true(endpoint_parse(&e, STR("http://127.0.0.1:0")));
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, &e.address.any, e.len), 0);
    assert_int_equal(listen(fd, 10), 0);
    int asked = be_asked(f->before);
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
    server_start(f->next);
    int status = 1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    takeover_expect_serving(f->next, 1);
    server_stop(f->next);
    takeover_expect_clicks(f->before, 1);
}

TEST_MAIN(TAKEOVER_TEST(whoever_leaves_in_the_middle_changes_nothing),
          TAKEOVER_TEST(whoever_falls_silent_in_the_middle_is_given_up),
          TAKEOVER_TEST(who_has_said_that_he_takes_over_does),
          TAKEOVER_TEST(whoever_talks_nonsense_is_refused),
          TAKEOVER_TEST(the_one_before_ends_in_the_middle_if_it_is_told_to),
          TAKEOVER_TEST(a_reason_of_another_version_is_shown_as_it_came),
          TAKEOVER_TEST(one_that_dies_in_the_middle_is_succeeded_all_the_same))
