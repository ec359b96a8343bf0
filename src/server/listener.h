/* Accepting for everybody: listening sockets of one kind of service, dealt round-robin to its
 * workers. One place holds the cap on connections and the pause when descriptors run out. Lives on
 * the control thread. */
#ifndef ATTIMO_SERVER_LISTENER_H
#define ATTIMO_SERVER_LISTENER_H

#include "server/address.h"
#include "server/worker.h"

enum { LISTENERS_MAX = 16 };

struct listener {
    uv_poll_t poll;
    int fd;
    struct acceptor *acceptor;
    struct address address;
    char name[ADDRESS_SIZE]; /* for people */
    bool is_given;           /* by systemd: its file is not ours to change or remove */
    bool is_borrowed;        /* likewise: it is the server's that is being taken over */
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
    /* The last listening socket was given up: nobody can come any more. Within the loop; NULL:
     * nobody wants to know. */
    void (*on_deaf)(void *context);
    void *context;

    struct listener listeners[LISTENERS_MAX];
    size_t listener_count;
    bool resting;
    uv_timer_t pause; /* after EMFILE and its like */
    uv_async_t bell;  /* rung when a connection is closed while the table is full */
    atomic_bool full;
    atomic_uint connections;
    atomic_uint_least64_t pauses; /* how often descriptors ran out */
};

/* ERR_IO. */
int acceptor_init(struct acceptor *acceptor, uv_loop_t *loop, const struct log *log,
                  unsigned max_connections);

/* Takes a listening socket, without accepting yet; the acceptor owns it from here, whatever
 * happens. Of `like`, its address and whose its file is are of interest. ERR_LIMIT, ERR_IO, with
 * words for people in `why`.
 */
int acceptor_take(struct acceptor *acceptor, int fd, const struct listener *like,
                  struct diag_words *why);

/* Accepts from here on, for `workers`. */
void acceptor_start(struct acceptor *acceptor, struct worker **workers, size_t count);

/* From now on there may be so many connections; those that are there stay. */
void acceptor_limit(struct acceptor *acceptor, unsigned max_connections);

/* Accepts nobody for a while: who comes waits. */
void acceptor_rest(struct acceptor *acceptor);
void acceptor_resume(struct acceptor *acceptor);

/* The sockets are another process's from here on: they are closed as they are, with who waits at
 * them, and their files stay. */
void acceptor_hand_on(struct acceptor *acceptor);

/* The other side of it: what was borrowed is ours, and files of unix sockets among it that are not
 * systemd's get the permission bits `unix_mode`. One that cannot get them is told in the log. */
void acceptor_keep(struct acceptor *acceptor, unsigned unix_mode);

/* To be called on the closing of each connection that was dealt out; any thread. */
void acceptor_on_conn_closed(struct acceptor *acceptor);

/* Accepts what is queued, then closes the listening sockets. */
void acceptor_drain(struct acceptor *acceptor);

/* Closes all handles; the loop must turn until they are closed. The files of sockets
 * that are ours are removed. */
void acceptor_close(struct acceptor *acceptor);

#endif
