/* Addresses and networks: what is read, what is refused, what belongs to what. */
#include "base/network.h"

#include "base/err.h"
#include "support/test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

/* An address in the one form that they are compared in. */
static const char *parsed(const char *text)
{
    static char out[INET6_ADDRSTRLEN];
    struct peer peer;
    if (peer_parse(&peer, str_from(text)) != 0)
        return "invalid";
    assert_int_equal(peer.kind, PEER_IP);
    return inet_ntop(AF_INET6, peer.ip, out, sizeof out);
}

static void addresses_are_read_as_proxies_write_them(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"192.0.2.1", "::ffff:192.0.2.1"},
        {"192.0.2.1:8080", "::ffff:192.0.2.1"},
        {"192.0.2.1:0", "::ffff:192.0.2.1"},
        {"2001:db8::1", "2001:db8::1"},
        {"2001:DB8::1", "2001:db8::1"},
        {"[2001:db8::1]", "2001:db8::1"},
        {"[2001:db8::1]:443", "2001:db8::1"},
        {"::1", "::1"},
        {"::", "::"},
        {"::ffff:192.0.2.1", "::ffff:192.0.2.1"},
        {"[::ffff:192.0.2.1]:80", "::ffff:192.0.2.1"},
        {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(parsed(rows[i][0]), rows[i][1]);
}

static void what_is_no_address_is_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {"",
                                       "unknown",
                                       "_hidden",
                                       "localhost",
                                       "192.0.2",
                                       "192.0.2.256",
                                       "192.0.2.01",
                                       "0x7f.0.0.1",
                                       "192.0.2.1:",
                                       "192.0.2.1:65536",
                                       "192.0.2.1:-1",
                                       "192.0.2.1:80:80",
                                       "192.0.2.1/24",
                                       " 192.0.2.1",
                                       "192.0.2.1 ",
                                       "[192.0.2.1]",
                                       "[",
                                       "[]",
                                       "]",
                                       "[::1",
                                       "[::1]80",
                                       "[::1]:",
                                       "[::1]:x",
                                       "[[::1]]",
                                       "::1]",
                                       ":",
                                       ":80",
                                       ":::",
                                       "fe80::1%eth0",
                                       "1:2:3:4:5:6:7:8:9",
                                       "\"192.0.2.1\"",
                                       "1111:2222:3333:4444:5555:6666:123.123.123.123.123"};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(parsed(rows[i]), "invalid");
    struct peer peer;
    assert_int_equal(peer_parse(&peer, STR("192.0.2.1\0")), ERR_INVALID);
}

static void sockets_say_who_is_at_their_other_end(void **state)
{
    (void)state;
    struct peer expected;
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(80)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(80)};
    assert_int_equal(inet_pton(AF_INET, "192.0.2.1", &v4.sin_addr), 1);
    assert_int_equal(inet_pton(AF_INET6, "::ffff:192.0.2.1", &v6.sin6_addr), 1);
    assert_int_equal(peer_parse(&expected, STR("192.0.2.1")), 0);

    struct peer of_v4 = peer_from_sockaddr((const struct sockaddr *)&v4);
    struct peer of_mapped = peer_from_sockaddr((const struct sockaddr *)&v6);
    assert_memory_equal(&of_v4, &expected, sizeof expected);
    assert_memory_equal(&of_mapped, &expected, sizeof expected);

    const struct sockaddr local = {.sa_family = AF_UNIX};
    const struct sockaddr other = {.sa_family = AF_UNSPEC};
    assert_int_equal(peer_from_sockaddr(&local).kind, PEER_UNIX);
    assert_int_equal(peer_from_sockaddr(&other).kind, PEER_UNKNOWN);
}

static bool is_within(const char *address, const char *network)
{
    struct networks networks = {0};
    struct peer peer;
    assert_int_equal(networks_add(&networks, str_from(network)), 0);
    assert_int_equal(peer_parse(&peer, str_from(address)), 0);
    bool within = networks_contain(&networks, &peer);
    networks_finish(&networks);
    return within;
}

static void networks_hold_what_their_prefix_says(void **state)
{
    (void)state;
    static const struct {
        const char *network;
        const char *inside;
        const char *outside;
    } rows[] = {
        {"10.0.0.0/8", "10.255.0.1", "11.0.0.0"},
        {"10.1.2.3/8", "10.255.0.1", "11.0.0.0"}, /* bits behind the prefix mean nothing */
        {"192.0.2.128/25", "192.0.2.255", "192.0.2.127"},
        {"192.0.2.4/30", "192.0.2.7", "192.0.2.8"},
        {"192.0.2.4/32", "192.0.2.4", "192.0.2.5"},
        {"192.0.2.4", "192.0.2.4", "192.0.2.5"},
        {"192.0.2.4", "::ffff:192.0.2.4", "::192.0.2.4"},
        {"0.0.0.0/0", "203.0.113.255", "2001:db8::1"}, /* IPv4, all of it */
        {"2001:db8::/33", "2001:db8:7fff::1", "2001:db8:8000::1"},
        {"::1", "::1", "::2"},
        {"::ffff:10.0.0.0/104", "10.1.1.1", "11.1.1.1"},
        {"fd00::/8", "fdff::1", "10.0.0.1"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(is_within(rows[i].inside, rows[i].network));
        assert_false(is_within(rows[i].outside, rows[i].network));
    }
    assert_true(is_within("2001:db8::1", "::/0"));
    assert_true(is_within("192.0.2.1", "::/0"));
}

static void what_is_no_network_is_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",        "10.0.0.0/",    "10.0.0.0/33", "10.0.0.0/-1",         "10.0/8", "::/129",
        "/8",      "10.0.0.0/8/8", "unix",        "10.0.0.0/ 8",         "[::1]",  "10.0.0.1:80",
        "private", "10.0.0.0/255", "::1/x",       "10.0.0.0/99999999999"};
    struct networks networks = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(networks_add(&networks, str_from(rows[i])), ERR_INVALID);
    assert_int_equal(networks.count, 0);
    networks_finish(&networks);
}

static void unix_sockets_belong_where_they_are_named(void **state)
{
    (void)state;
    const struct peer local = {.kind = PEER_UNIX};
    const struct peer unknown = {.kind = PEER_UNKNOWN};
    struct networks networks = {0};
    assert_int_equal(networks_add(&networks, STR("::/0")), 0);
    assert_false(networks_contain(&networks, &local));
    assert_int_equal(networks_add(&networks, STR("unix:")), 0);
    assert_true(networks_contain(&networks, &local));
    assert_false(networks_contain(&networks, &unknown));
    networks_finish(&networks);
}

TEST_MAIN(cmocka_unit_test(addresses_are_read_as_proxies_write_them),
          cmocka_unit_test(what_is_no_address_is_refused),
          cmocka_unit_test(sockets_say_who_is_at_their_other_end),
          cmocka_unit_test(networks_hold_what_their_prefix_says),
          cmocka_unit_test(what_is_no_network_is_refused),
          cmocka_unit_test(unix_sockets_belong_where_they_are_named))
