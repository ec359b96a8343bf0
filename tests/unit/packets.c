/* What the two servers of a take-over say to each other: what is sent is read, and nonsense is
 * refused without a descriptor being lost. */
#include "server/handover.h"

#include "support/process.h"
#include "support/test.h"

#include "base/err.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct fixture {
    int ends[2];
    struct handover_packet packet;
    struct handover_offer offer;
};

/* 0: the kernel's word of who made a pair of sockets is believed as it should be. */
static int judge_peers(void)
{
    enum { SOMEBODY = 1, OURSELVES = 65534 };
    int of_somebody[2];
    int of_ourselves[2];
    int of_root[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, of_root) != 0 || seteuid(SOMEBODY) != 0 ||
        socketpair(AF_UNIX, SOCK_SEQPACKET, 0, of_somebody) != 0 || seteuid(0) != 0)
        return 1;
    if (!handover_peer_is_trusted(of_somebody[0]))
        return 2; /* root could do it all by itself */
    if (seteuid(OURSELVES) != 0 || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, of_ourselves) != 0)
        return 3;
    if (!handover_peer_is_trusted(of_root[0]) || !handover_peer_is_trusted(of_ourselves[0]))
        return 4;
    return handover_peer_is_trusted(of_somebody[0]) ? 5 : 0;
}

static void another_user_is_not_trusted(void **state)
{
    (void)state;
    int status = 0;
    if (geteuid() != 0)
        skip_because("only root can be somebody else");
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(judge_peers());
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, f->ends), 0);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    (void)close(f->ends[0]);
    (void)close(f->ends[1]);
    free(f);
    return 0;
}

#define PACKET_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static unsigned open_descriptors(void)
{
    const struct process self = {.pid = getpid()};
    return process_descriptors(&self);
}

/* Sends `text` with so many descriptors, and reads it as an offer. */
static int read_offer(struct fixture *f, const char *text, size_t fd_count)
{
    int fds[HANDOVER_FDS_MAX];
    for (size_t i = 0; i < fd_count; i++)
        fds[i] = f->ends[0];
    assert_int_equal(handover_send(f->ends[0], str_from(text), fds, fd_count), 0);
    assert_int_equal(handover_receive(f->ends[1], &f->packet), 1);
    assert_int_equal(f->packet.fd_count, fd_count);
    return handover_offer_read(&f->offer, &f->packet);
}

static void an_offer_arrives_as_it_was_made(void **state)
{
    struct fixture *f = *state;
    struct handover_offer offer = {
        .watchdog_ms = 15000,
        .first_seq = 4294967300,
        .lock_fd = f->ends[0],
        .socket_fd = f->ends[0],
        .listeners = {{.fd = f->ends[0]}, {.fd = f->ends[0], .is_admin = true, .is_given = true}},
        .count = 2,
    };
    assert_int_equal(address_parse(&offer.listeners[0].address, STR("unix:/run/a b.sock")), 0);
    assert_int_equal(address_parse(&offer.listeners[1].address, STR("[::1]:8081")), 0);
    unsigned before = open_descriptors();
    assert_int_equal(handover_offer_send(&offer, f->ends[0]), 0);
    assert_int_equal(handover_receive(f->ends[1], &f->packet), 1);
    assert_true(handover_says(&f->packet, "offer", NULL));
    assert_int_equal(handover_offer_read(&f->offer, &f->packet), 0);

    assert_int_equal(f->offer.watchdog_ms, 15000);
    assert_int_equal(f->offer.first_seq, 4294967300);
    assert_true(fcntl(f->offer.lock_fd, F_GETFD) & FD_CLOEXEC);
    assert_true(f->offer.socket_fd >= 0 && f->offer.socket_fd != f->offer.lock_fd);
    assert_int_equal(f->offer.count, 2);
    assert_string_equal(f->offer.listeners[0].address.text, "unix:/run/a b.sock");
    assert_false(f->offer.listeners[0].is_admin || f->offer.listeners[0].is_given);
    assert_string_equal(f->offer.listeners[1].address.text, "[::1]:8081");
    assert_true(f->offer.listeners[1].is_admin && f->offer.listeners[1].is_given);
    assert_int_equal(open_descriptors(), before + 4);
    handover_offer_finish(&f->offer);
    assert_int_equal(open_descriptors(), before);
}

static void nonsense_is_refused_and_no_descriptor_is_kept(void **state)
{
    static const struct {
        const char *text;
        size_t fds;
    } cases[] = {
        {"offer\n", 0},
        {"offer often\nsocket\n", 1},
        {"offer\nsocket\n", 0},
        {"offer\nsocket\n", 2},
        {"offer\nsocket\nsocket\n", 2},
        {"offer\nsocket\njournal\n", 2},
        {"offer\nsocket\njournal many\n", 2},
        {"offer\nsocket\nvisitors\n", 2},
        {"offer\nsocket\nvisitors ours\n", 2},
        {"offer\nsocket\nvisitors ours nowhere\n", 2},
        {"offer\nsocket\nprinter ours 127.0.0.1:80\n", 2},
        {"offer\nvisitors ours 127.0.0.1:80\n", 1},
        {"offer\nsocket\nvisitors ours 127.0.0.1:80\nvisitors ours 127.0.0.1:81\n", 2},
        {"offer", 3},
        {"\n\n\n", 2},
    };
    struct fixture *f = *state;
    unsigned before = open_descriptors();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(read_offer(f, cases[i].text, cases[i].fds), ERR_INVALID);
        assert_int_equal(open_descriptors(), before);
    }
    assert_int_equal(read_offer(f, "offer\nsocket\n", 1), 0);
    handover_offer_finish(&f->offer);
}

static void what_was_said_before_hanging_up_is_heard(void **state)
{
    struct fixture *f = *state;
    struct str rest;
    assert_int_equal(handover_receive(f->ends[1], &f->packet), 0);
    assert_int_equal(handover_send(f->ends[1], STR("ready\n"), NULL, 0), 0);
    assert_int_equal(handover_send(f->ends[0], STR("refused it is late\n"), NULL, 0), 0);
    (void)close(f->ends[0]); /* "ready" was not read: the other side is told of a reset first */
    f->ends[0] = -1;
    assert_int_equal(handover_receive(f->ends[1], &f->packet), 1);
    assert_true(handover_says(&f->packet, "refused", &rest));
    assert_str(rest, STR("it is late"));
    assert_int_equal(handover_receive(f->ends[1], &f->packet), ERR_NOT_FOUND);
    assert_int_equal(handover_send(f->ends[1], STR("taken\n"), NULL, 0), ERR_NOT_FOUND);
}

static void what_is_too_long_is_not_half_taken(void **state)
{
    struct fixture *f = *state;
    static char text[HANDOVER_TEXT_MAX + 1];
    unsigned before = open_descriptors();
    memset(text, 'x', sizeof text);
    assert_int_equal(handover_send(f->ends[0], str_make(text, sizeof text), f->ends, 2), 0);
    assert_int_equal(handover_receive(f->ends[1], &f->packet), ERR_TOO_LARGE);
    assert_int_equal(open_descriptors(), before);
}

TEST_MAIN(PACKET_TEST(an_offer_arrives_as_it_was_made),
          PACKET_TEST(nonsense_is_refused_and_no_descriptor_is_kept),
          PACKET_TEST(what_was_said_before_hanging_up_is_heard),
          PACKET_TEST(what_is_too_long_is_not_half_taken),
          cmocka_unit_test(another_user_is_not_trusted))
