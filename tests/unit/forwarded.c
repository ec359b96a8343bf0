/* X-Forwarded-For and -Proto: whom a request comes from, and who may say so. */
#include "http/forwarded.h"

#include "support/test.h"

#include <arpa/inet.h>
#include <stdio.h>

static struct networks trusted;

static int set_up(void **state)
{
    (void)state;
    assert_int_equal(networks_add(&trusted, STR("unix:")), 0);
    assert_int_equal(networks_add(&trusted, STR("127.0.0.0/8")), 0);
    assert_int_equal(networks_add(&trusted, STR("::1")), 0);
    assert_int_equal(networks_add(&trusted, STR("10.0.0.0/8")), 0);
    assert_int_equal(networks_add(&trusted, STR("2001:db8:ffff::/48")), 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    networks_finish(&trusted);
    return 0;
}

static struct peer peer_of(const char *text)
{
    struct peer peer = {.kind = PEER_UNIX};
    if (strcmp(text, "unix") != 0)
        assert_int_equal(peer_parse(&peer, str_from(text)), 0);
    return peer;
}

static void parse(struct request *request, const char *lines)
{
    static char head[8192];
    static const struct request_limits limits = {.head = 16384, .target = 8192, .fields = 64};
    struct refusal refusal;
    int n = snprintf(head, sizeof head, "GET / HTTP/1.1\r\nHost: x\r\n%s\r\n", lines);
    assert_in_range(n, 0, sizeof head - 1);
    assert_int_equal(request_parse(request, str_from(head), &limits, &refusal), PARSE_DONE);
}

/* Who the client is when `peer` sends `lines`. */
static const char *client(const char *peer, const char *lines)
{
    static char out[INET6_ADDRSTRLEN];
    struct request request;
    struct peer from = peer_of(peer);
    parse(&request, lines);
    struct peer found = forwarded_client(&request, &from, &trusted);
    if (found.kind == PEER_UNIX)
        return "unix";
    if (found.kind == PEER_UNKNOWN)
        return "unknown";
    return inet_ntop(AF_INET6, found.ip, out, sizeof out);
}

#define FOR(value) "X-Forwarded-For: " value "\r\n"

static void a_trusted_proxy_tells_who_is_behind_it(void **state)
{
    (void)state;
    assert_string_equal(client("unix", FOR("203.0.113.9")), "::ffff:203.0.113.9");
    assert_string_equal(client("127.0.0.1", FOR("203.0.113.9")), "::ffff:203.0.113.9");
    assert_string_equal(client("::ffff:127.0.0.1", FOR("203.0.113.9")), "::ffff:203.0.113.9");
    assert_string_equal(client("::1", FOR("[2001:db8::9]:443")), "2001:db8::9");
    assert_string_equal(client("unix", "x-FORWARDED-for:\t203.0.113.9:1234 \r\n"),
                        "::ffff:203.0.113.9");
}

static void a_stranger_speaks_for_himself_only(void **state)
{
    (void)state;
    assert_string_equal(client("198.51.100.7", FOR("203.0.113.9")), "::ffff:198.51.100.7");
    assert_string_equal(client("2001:db8::7", FOR("127.0.0.1")), "2001:db8::7");
}

/* Whatever a visitor writes himself stands left of what the first trusted proxy adds. */
static void the_rightmost_untrusted_hop_counts(void **state)
{
    (void)state;
    assert_string_equal(client("unix", FOR("192.0.2.66, 203.0.113.9")), "::ffff:203.0.113.9");
    assert_string_equal(client("unix", FOR("192.0.2.66, 203.0.113.9, 10.0.0.1, 127.0.0.1")),
                        "::ffff:203.0.113.9");
    assert_string_equal(client("unix", FOR("10.0.0.7, 203.0.113.9, 2001:db8:ffff::1")),
                        "::ffff:203.0.113.9");
    assert_string_equal(client("unix", FOR("garbage, 203.0.113.9")), "::ffff:203.0.113.9");
}

static void all_lines_are_one_list(void **state)
{
    (void)state;
    assert_string_equal(client("unix", FOR("192.0.2.66") "Accept: */*\r\n" FOR("203.0.113.9")),
                        "::ffff:203.0.113.9");
    assert_string_equal(client("unix", FOR("203.0.113.9") FOR("10.0.0.1") FOR("10.0.0.2")),
                        "::ffff:203.0.113.9");
    assert_string_equal(client("unix", FOR("203.0.113.9,,") FOR("") FOR(" , ")),
                        "::ffff:203.0.113.9");
}

static void without_an_untrusted_hop_the_farthest_one_is_the_client(void **state)
{
    (void)state;
    assert_string_equal(client("unix", ""), "unix");
    assert_string_equal(client("unix", FOR("") FOR(",")), "unix");
    assert_string_equal(client("127.0.0.1", ""), "::ffff:127.0.0.1");
    assert_string_equal(client("unix", FOR("10.0.0.7, 10.0.0.1")), "::ffff:10.0.0.7");
}

/* Better nobody than the proxy itself, which may stand in a network that means something. */
static void what_is_no_address_makes_the_client_unknown(void **state)
{
    (void)state;
    assert_string_equal(client("unix", FOR("unknown")), "unknown");
    assert_string_equal(client("10.0.0.1", FOR("203.0.113.9, _secret, 10.0.0.2")), "unknown");
    assert_string_equal(client("unix", FOR("203.0.113.9 10.0.0.1")), "unknown");
    assert_string_equal(client("unix", FOR("\"203.0.113.9\"")), "unknown");
}

static bool is_https(const char *peer, const char *lines)
{
    struct request request;
    struct peer from = peer_of(peer);
    parse(&request, lines);
    return forwarded_is_https(&request, &from, &trusted);
}

#define PROTO(value) "X-Forwarded-Proto: " value "\r\n"

static void a_trusted_proxy_tells_the_scheme(void **state)
{
    (void)state;
    assert_true(is_https("unix", PROTO("https")));
    assert_true(is_https("10.0.0.1", PROTO("HTTPS")));
    assert_true(is_https("unix", PROTO("http") PROTO("https")));
    assert_false(is_https("unix", PROTO("https, http")));
    assert_false(is_https("unix", PROTO("http")));
    assert_false(is_https("unix", PROTO("httpss")));
    assert_false(is_https("unix", ""));
    assert_false(is_https("203.0.113.9", PROTO("https")));
}

TEST_MAIN_WITH(set_up, tear_down, cmocka_unit_test(a_trusted_proxy_tells_who_is_behind_it),
               cmocka_unit_test(a_stranger_speaks_for_himself_only),
               cmocka_unit_test(the_rightmost_untrusted_hop_counts),
               cmocka_unit_test(all_lines_are_one_list),
               cmocka_unit_test(without_an_untrusted_hop_the_farthest_one_is_the_client),
               cmocka_unit_test(what_is_no_address_makes_the_client_unknown),
               cmocka_unit_test(a_trusted_proxy_tells_the_scheme))
