/* Where to listen: how it is written, and the listening socket that comes of it. */
#ifndef ATTIMO_SERVER_ADDRESS_H
#define ATTIMO_SERVER_ADDRESS_H

#include "base/diag.h"

#include <sys/un.h>

enum transport { TRANSPORT_TCP, TRANSPORT_UNIX };

enum { ADDRESS_SIZE = 160, ADDRESS_SOCKETS_MAX = 16 };

/* "127.0.0.1:8080", "[::1]:8080", ":8080" (all addresses, IPv6 and IPv4),
 * "unix:/run/attimo.sock". */
struct address {
    enum transport transport;
    char text[ADDRESS_SIZE];
    char host[ADDRESS_SIZE]; /* without brackets; "" for all; of TCP */
    unsigned port;
};

/* ERR_INVALID: not of the forms above. ERR_TOO_LARGE: a path longer than the kernel takes (107
 * bytes). */
int address_parse(struct address *address, struct str text);

/* The file of a unix address; within `address`. */
const char *address_path(const struct address *address);

struct address_sockets {
    int fds[ADDRESS_SOCKETS_MAX]; /* the caller's */
    size_t count;
};

/* Binds and listens: non-blocking descriptors that are closed on exec. A name may stand for several
 * addresses (localhost is often ::1 and 127.0.0.1): there is one for each, with port 0 for one of
 * them alone. Those that this machine lacks (::1, without IPv6) are passed over if another one is
 * there; then `why` says so. A stale socket file (nobody answers) is removed; `unix_mode` are the
 * permission bits of a new one. ERR_IN_USE, ERR_DENIED, ERR_IO (also: no address of this machine),
 * ERR_LIMIT..., with words for people in `why`, and nothing is open. */
int address_listen(const struct address *address, unsigned unix_mode,
                   struct address_sockets *sockets, struct diag_words *why);

/* Whether it is a socket file that nobody listens on: left over from a process that died. */
bool address_is_stale(const struct sockaddr_un *name);

/* The address of a socket that listens already, whoever made it. ERR_INVALID: it is no listening
 * stream socket of TCP (IPv4, IPv6) or a unix one; `why` says what it is. */
int address_of_socket(struct address *address, int fd, struct diag_words *why);

/* As people write it, with the address and the port that `fd` got: "http://127.0.0.1:8080",
 * or `*` for all addresses, "unix:/run/attimo.sock". */
void address_name(const struct address *address, int fd, char name[ADDRESS_SIZE]);

#endif
