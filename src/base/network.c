/* Owns the reading of addresses and networks. */
#include "base/network.h"

#include "base/err.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { V4_PREFIX = 96 }; /* of IPv4 within IPv6 */

static struct peer peer_v4(const struct in_addr *address)
{
    struct peer peer = {.ip = {[10] = 0xff, [11] = 0xff}, .kind = PEER_IP};
    memcpy(peer.ip + V4_PREFIX / 8, address, sizeof *address);
    return peer;
}

static struct peer peer_v6(const struct in6_addr *address)
{
    struct peer peer = {.kind = PEER_IP};
    memcpy(peer.ip, address, sizeof *address);
    return peer;
}

struct peer peer_from_sockaddr(const struct sockaddr *address)
{
    switch (address->sa_family) {
    case AF_UNIX:
        return (struct peer){.kind = PEER_UNIX};
    case AF_INET:
        return peer_v4(&((const struct sockaddr_in *)(const void *)address)->sin_addr);
    case AF_INET6:
        return peer_v6(&((const struct sockaddr_in6 *)(const void *)address)->sin6_addr);
    default:
        return (struct peer){.kind = PEER_UNKNOWN};
    }
}

/* An address alone, without port or brackets. */
static int parse_address(struct peer *peer, struct str text, bool *is_v4)
{
    char copy[INET6_ADDRSTRLEN];
    struct in_addr v4;
    struct in6_addr v6;
    if (text.len == 0 || text.len >= sizeof copy || memchr(text.ptr, '\0', text.len))
        return ERR_INVALID;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    *is_v4 = inet_pton(AF_INET, copy, &v4) == 1;
    if (*is_v4)
        *peer = peer_v4(&v4);
    else if (inet_pton(AF_INET6, copy, &v6) == 1)
        *peer = peer_v6(&v6);
    else
        return ERR_INVALID;
    return 0;
}

static bool is_port(struct str text)
{
    uint64_t port;
    return str_to_u64(text, &port) == 0 && port <= 65535;
}

int peer_parse(struct peer *peer, struct str text)
{
    bool is_v4;
    bool bracketed = str_starts_with(text, STR("["));
    ptrdiff_t end = bracketed ? str_find(text, ']') : str_find(text, ':');
    struct str address = text;
    struct str rest = str_make(NULL, 0);
    if (bracketed) {
        if (end < 0)
            return ERR_INVALID;
        address = str_make(text.ptr + 1, (size_t)end - 1);
        rest = str_skip(text, (size_t)end + 1);
    } else if (end >= 0 && str_find_last(text, ':') == end) {
        address = str_make(text.ptr, (size_t)end); /* one colon: behind it stands a port */
        rest = str_skip(text, (size_t)end);
    }
    if (rest.len > 0 && (rest.ptr[0] != ':' || !is_port(str_skip(rest, 1))))
        return ERR_INVALID;
    if (parse_address(peer, address, &is_v4) != 0 || (bracketed && is_v4))
        return ERR_INVALID;
    return 0;
}

static int parse_network(struct network *network, struct str text)
{
    bool is_v4;
    struct peer peer;
    ptrdiff_t slash = str_find(text, '/');
    struct str address = slash < 0 ? text : str_make(text.ptr, (size_t)slash);
    if (parse_address(&peer, address, &is_v4) != 0)
        return ERR_INVALID;
    unsigned width = is_v4 ? 128 - V4_PREFIX : 128;
    uint64_t prefix = width;
    if (slash >= 0 &&
        (str_to_u64(str_skip(text, (size_t)slash + 1), &prefix) != 0 || prefix > width))
        return ERR_INVALID;
    memcpy(network->ip, peer.ip, sizeof network->ip);
    network->prefix = 128 - width + (unsigned)prefix;
    return 0;
}

int networks_add(struct networks *networks, struct str text)
{
    struct network network;
    if (str_eq(text, STR("unix:"))) {
        networks->unix_sockets = true;
        return 0;
    }
    if (parse_network(&network, text) != 0)
        return ERR_INVALID;
    struct network *grown =
        realloc(networks->items, (networks->count + 1) * sizeof *networks->items);
    if (!grown)
        return ERR_NO_MEMORY;
    networks->items = grown;
    networks->items[networks->count++] = network;
    return 0;
}

static bool contains(const struct network *network, const unsigned char ip[16])
{
    unsigned bytes = network->prefix / 8;
    unsigned bits = network->prefix % 8;
    if (memcmp(network->ip, ip, bytes) != 0)
        return false;
    return bits == 0 || (network->ip[bytes] ^ ip[bytes]) >> (8 - bits) == 0;
}

int networks_copy(struct networks *to, const struct networks *from)
{
    *to = (struct networks){0};
    if (from->count > 0) {
        to->items = calloc(from->count, sizeof *to->items);
        if (!to->items)
            return ERR_NO_MEMORY;
        memcpy(to->items, from->items, from->count * sizeof *to->items);
    }
    to->count = from->count;
    to->unix_sockets = from->unix_sockets;
    return 0;
}

bool networks_contain(const struct networks *networks, const struct peer *peer)
{
    if (peer->kind == PEER_UNIX)
        return networks->unix_sockets;
    for (size_t i = 0; peer->kind == PEER_IP && i < networks->count; i++)
        if (contains(&networks->items[i], peer->ip))
            return true;
    return false;
}

void networks_finish(struct networks *networks)
{
    free(networks->items);
    *networks = (struct networks){0};
}
