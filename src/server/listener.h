/* Accepting for everybody: listening sockets of one kind of service, dealt round-robin to its
 * workers. One place holds the cap on connections and the pause when descriptors run out. Lives on
 * the control thread. */
#ifndef ATTIMO_SERVER_LISTENER_H
#define ATTIMO_SERVER_LISTENER_H

#include "server/worker.h"

enum transport { TRANSPORT_TCP, TRANSPORT_UNIX };

enum { LISTENERS_MAX = 16, ADDRESS_SIZE = 160 };

/* Where to listen: "127.0.0.1:8080", "[::1]:8080", ":8080" (all addresses, IPv6 and IPv4),
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

struct listener {
    uv_poll_t poll;
    int fd;
    struct acceptor *acceptor;
    char name[ADDRESS_SIZE]; /* "http://127.0.0.1:8080", "unix:/run/attimo.sock": with the port that
                                it got */
    char path[108];          /* to unlink at the end; "" for TCP */
    bool open;
};

struct acceptor {
    uv_loop_t *loop;
    const struct log *log;
    struct worker **workers; /* the caller's, for as long as the acceptor lives */
    size_t worker_count;
    size_t next_worker;
    unsigned max_connections;
    /* When the table is full, whoever has asked for nothing for the longest time makes room for who
     * comes. Only where the one worker lives on the acceptor's own loop. */
    bool crowds_out;

    struct listener listeners[LISTENERS_MAX];
    size_t listener_count;
    uv_timer_t pause; /* after EMFILE and its like */
    uv_async_t bell;  /* rung when a connection is closed while the table is full */
    atomic_bool full;
    atomic_uint connections;
    atomic_uint_least64_t pauses; /* how often descriptors ran out */
};

/* ERR_IO. */
int acceptor_init(struct acceptor *acceptor, uv_loop_t *loop, const struct log *log,
                  unsigned max_connections);

/* Binds and listens, without accepting yet. A stale socket file (nobody answers) is removed;
 * `unix_mode` are its permission bits. ERR_IN_USE, ERR_DENIED, ERR_LIMIT, ERR_IO..., with words for
 * people in `why`. */
int acceptor_listen(struct acceptor *acceptor, const struct address *address, unsigned unix_mode,
                    struct buf *why);

/* Accepts from here on, for `workers`. */
void acceptor_start(struct acceptor *acceptor, struct worker **workers, size_t count);

/* To be called on the closing of each connection that was dealt out; any thread. */
void acceptor_on_conn_closed(struct acceptor *acceptor);

/* Accepts what is queued, then closes the listening sockets. */
void acceptor_drain(struct acceptor *acceptor);

/* Closes all handles; the loop must turn until they are closed. Sockets' files are removed. */
void acceptor_close(struct acceptor *acceptor);

#endif
