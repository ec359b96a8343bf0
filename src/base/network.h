/* Who is at the other end: addresses, as sockets and proxies tell them, and networks of them, as
 * configuration names them. */
#ifndef ATTIMO_BASE_NETWORK_H
#define ATTIMO_BASE_NETWORK_H

#include "base/str.h"

struct sockaddr;

enum peer_kind { PEER_UNKNOWN, PEER_UNIX, PEER_IP };

/* Plain bytes, zero where they mean nothing: peers are alike if their bytes are. */
struct peer {
    unsigned char ip[16]; /* IPv6; IPv4 as ::ffff:a.b.c.d, so that one form compares with both */
    unsigned char kind;   /* enum peer_kind */
};

/* A peer as accept(2) gives it; PEER_UNKNOWN for other families. */
struct peer peer_from_sockaddr(const struct sockaddr *address);

/* An address as proxies write it: 192.0.2.1, 192.0.2.1:80, 2001:db8::1, [2001:db8::1],
 * [2001:db8::1]:80. ERR_INVALID for all else, zones and names included. */
int peer_parse(struct peer *peer, struct str text);

struct network {
    unsigned char ip[16];
    unsigned prefix; /* bits, 0 to 128 */
};

/* Zeroed: none. */
struct networks {
    struct network *items;
    size_t count;
    bool unix_sockets; /* whoever comes through one belongs to them */
};

/* Adds `10.0.0.0/8`, `2001:db8::/32`, a single address, or `unix:` for all unix sockets. Bits
 * behind the prefix mean nothing. ERR_INVALID, ERR_NO_MEMORY. */
int networks_add(struct networks *networks, struct str text);

/* `to` is overwritten. ERR_NO_MEMORY: it is empty. */
int networks_copy(struct networks *to, const struct networks *from);

/* Never true of PEER_UNKNOWN. */
bool networks_contain(const struct networks *networks, const struct peer *peer);

/* Frees and empties. */
void networks_finish(struct networks *networks);

#endif
