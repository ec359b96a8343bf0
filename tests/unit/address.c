/* The sockets that come of an address: a name has as many as it has addresses. */
#include "server/address.h"

#include "support/test.h"

#include "base/err.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* In place of the system's: a name file that says some things twice, and one that is of no machine
 * (RFC 5737). */
int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints,
                struct addrinfo **out)
{
    static const char *const addresses[] = {"127.0.0.2", "192.0.2.1", "127.0.0.2", "127.0.0.3"};
    struct {
        struct addrinfo info;
        struct sockaddr_in address;
    } *made = calloc(4, sizeof *made);
    (void)hints;
    assert_non_null(made);
    assert_string_equal(name, "several.test");
    for (size_t i = 0; i < 4; i++) {
        made[i].address.sin_family = AF_INET;
        made[i].address.sin_port = htons((uint16_t)atoi(service));
        assert_int_equal(inet_pton(AF_INET, addresses[i], &made[i].address.sin_addr), 1);
        made[i].info = (struct addrinfo){.ai_family = AF_INET,
                                         .ai_addr = (struct sockaddr *)&made[i].address,
                                         .ai_addrlen = sizeof made[i].address,
                                         .ai_next = i < 3 ? &made[i + 1].info : NULL};
    }
    *out = &made[0].info;
    return 0;
}

void freeaddrinfo(struct addrinfo *info)
{
    free(info);
}

/* A socket that holds a port on all addresses, so that nobody else gets it. As it does not listen,
 * those that reuse addresses may. */
static int hold_port(unsigned *port)
{
    struct sockaddr_in name = {.sin_family = AF_INET};
    socklen_t len = sizeof name;
    int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&name, len), 0);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&name, &len), 0);
    *port = ntohs(name.sin_port);
    return fd;
}

static void assert_listens(const struct address *address, int fd, const char *expected)
{
    struct sockaddr_in name;
    socklen_t len = sizeof name;
    char text[INET_ADDRSTRLEN];
    char told[ADDRESS_SIZE];
    char told_of[64];
    assert_int_equal(getsockname(fd, (struct sockaddr *)&name, &len), 0);
    assert_string_equal(inet_ntop(AF_INET, &name.sin_addr, text, sizeof text), expected);
    address_name(address, fd, told);
    (void)snprintf(told_of, sizeof told_of, "http://%s:%u", expected, ntohs(name.sin_port));
    assert_string_equal(told, told_of);
    (void)close(fd);
}

static void each_address_of_a_name_is_listened_on_once(void **state)
{
    struct address address;
    struct address_sockets sockets;
    struct diag_words why = {0};
    char text[64];
    unsigned port;
    int held = hold_port(&port);
    (void)state;
    (void)snprintf(text, sizeof text, "several.test:%u", port);
    assert_int_equal(address_parse(&address, str_from(text)), 0);
    assert_int_equal(address_listen(&address, 0, &sockets, &why), 0);
    assert_int_equal(sockets.count, 2);
    assert_listens(&address, sockets.fds[0], "127.0.0.2");
    assert_listens(&address, sockets.fds[1], "127.0.0.3");
    assert_contains(diag_words_in(&why, LANG_EN), STR("192.0.2.1: bind: "));
    (void)close(held);
    diag_words_finish(&why);
}

static int bind_plainly(const char *host, unsigned port)
{
    int on = 1;
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(inet_pton(AF_INET, host, &name.sin_addr), 1);
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&name, sizeof name), 0);
    assert_int_equal(listen(fd, 1), 0);
    return fd;
}

static void one_that_is_taken_leaves_none_open(void **state)
{
    struct address address;
    struct address_sockets sockets;
    struct diag_words why = {0};
    char text[64];
    unsigned port;
    int held = hold_port(&port);
    (void)state;
    int taken = bind_plainly("127.0.0.3", port);
    (void)snprintf(text, sizeof text, "several.test:%u", port);
    assert_int_equal(address_parse(&address, str_from(text)), 0);
    assert_int_equal(address_listen(&address, 0, &sockets, &why), ERR_IN_USE);
    assert_contains(diag_words_in(&why, LANG_EN), STR("127.0.0.3: bind: "));
    (void)close(bind_plainly("127.0.0.2", port));
    (void)close(taken);
    (void)close(held);
    diag_words_finish(&why);
}

static void a_free_port_is_one(void **state)
{
    struct address address;
    struct address_sockets sockets;
    struct diag_words why = {0};
    (void)state;
    assert_int_equal(address_parse(&address, STR("several.test:0")), 0);
    assert_int_equal(address_listen(&address, 0, &sockets, &why), 0);
    assert_int_equal(sockets.count, 1);
    assert_listens(&address, sockets.fds[0], "127.0.0.2");
    diag_words_finish(&why);
}

TEST_MAIN(cmocka_unit_test(each_address_of_a_name_is_listened_on_once),
          cmocka_unit_test(one_that_is_taken_leaves_none_open),
          cmocka_unit_test(a_free_port_is_one))
