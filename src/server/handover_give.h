/* The side of a take-over that runs already: waits at `data/handover.sock` for the server that is
 * to go on in its place.
 *
 * Happy path: somebody of our user comes, and gets the sockets; once it is ready, nobody is
 * accepted here any more and the journal's lock is let go; it says that it has taken all, and
 * `on_taken` is called. Failure modes: it fails, dies or takes too long on the way: everything is
 * as before, and the next one may come. Of several one at a time is served, the others wait. */
#ifndef ATTIMO_SERVER_HANDOVER_GIVE_H
#define ATTIMO_SERVER_HANDOVER_GIVE_H

#include "server/listener.h"
#include "server/recorder.h"

struct handover_give_options {
    const char *data;
    struct acceptor *visitors;
    struct acceptor *admin;
    struct recorder *recorder; /* NULL: nothing is recorded */
    const struct log *log;
    uint64_t watchdog_ms; /* for the offer */
    /* All that was listened on is the next server's. Within any of the functions below, but for
     * the first two. */
    void (*on_taken)(void *context);
    void *context;
};

enum give_state {
    GIVE_SHUT,    /* nobody can come */
    GIVE_WAITING, /* for somebody who comes */
    GIVE_GREETED, /* who has come, and must say what he wants */
    GIVE_OFFERED, /* until the next server is ready */
    GIVE_LET_GO,  /* until it says that it has taken everything */
    GIVE_TAKEN,   /* until it says that it serves */
    GIVE_DONE,    /* nothing is left to be waited for */
    GIVE_PARTING, /* the connection is being closed */
};

struct handover_give {
    struct handover_give_options options;
    uv_loop_t *loop;
    enum give_state state;
    int data_fd;        /* -1: not open */
    int socket_fd;      /* likewise */
    int peer_fd;        /* likewise */
    uint64_t first_seq; /* what was offered; 0: no journal */
    bool owns_file;
    bool is_open;    /* the poll handle of the socket; the next server's, once taken */
    bool has_before; /* the server before this one has not ended yet: nobody may take over */
    bool is_closed;
    uv_poll_t socket;
    uv_poll_t peer;
    uv_timer_t patience;
};

void handover_give_init(struct handover_give *give, uv_loop_t *loop);

/* Makes the socket, or takes `socket_fd` (-1: none), which is its own from here on. Where that
 * cannot be done, nobody will be able to take over, and a warning in the log says so. */
void handover_give_open(struct handover_give *give, const struct handover_give_options *options,
                        int socket_fd);

/* From here on somebody may come. */
void handover_give_start(struct handover_give *give);

/* The server ends: nobody may come any more. A take-over is refused, unless it is made already. */
void handover_give_end(struct handover_give *give);

/* False: the next server has taken all, and has not said yet that it serves. */
bool handover_give_may_leave(const struct handover_give *give);

/* Closes all, and removes the socket's file if it is ours; the loop must turn until it is done.
 * Whoever has taken over learns by it that this server has ended. */
void handover_give_close(struct handover_give *give);

#endif
