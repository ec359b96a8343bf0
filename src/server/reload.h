/* SIGHUP: the configuration and the pages are read anew while the server serves.
 *
 * Happy path: the service manager is told, the configuration is read, what may change is given to
 * whoever needs it, the pages are read, the manager is told again. Failure modes: a configuration
 * with an error leaves everything as it was, pages included, and the log says where the error is; a
 * pages folder that is gone leaves the pages as they were, while the configuration is in force;
 * what cannot change is named in the log and left until the next start. A signal that comes
 * meanwhile begins another reload when this one is over. On the control thread. */
#ifndef ATTIMO_SERVER_RELOAD_H
#define ATTIMO_SERVER_RELOAD_H

#include "server/notify.h"
#include "server/publisher.h"
#include "server/server.h"

#include <stdatomic.h>

/* Who is told of changes; all of it the server's. */
struct reload_options {
    struct server_options *options; /* of the start; log level and drain timeout change in them */
    struct tuning **tuning;         /* what else may change, as it is in force; a reference */
    struct worker *workers;
    size_t worker_count;
    struct worker *admin_worker;
    struct acceptor *acceptor;
    struct recorder *recorder; /* NULL: nothing is recorded */
    struct publisher *publisher;
    struct notify *notify;
};

struct reload {
    struct reload_options to;
    uv_signal_t signal;
    uv_async_t reread; /* the publisher is done */
    atomic_int error;  /* ... and this came of it */
    bool on_terminal;  /* it was started on one */
    bool under_way;
    bool again;
    bool stopped;
    void (*on_hangup)(void *context);
    void *context;

    uint64_t good; /* how many there were */
    uint64_t failed;
    bool last_failed;
    time_t last_good; /* when, or when the server was started */
};

/* ERR_IO. */
int reload_init(struct reload *reload, uv_loop_t *loop);

/* Hears signals from now on. On a terminal that is gone, SIGHUP means what it does to all others:
 * `on_hangup` is called instead. */
int reload_start(struct reload *reload, const struct reload_options *options,
                 void (*on_hangup)(void *context), void *context);

/* For the publisher, from its thread: all has been read, or why it was not. */
void reload_on_reread(struct reload *reload, int error);

/* The server is about to stop: nothing is begun any more. */
void reload_stop(struct reload *reload);

/* Closes its handles; the loop must turn until they are closed. */
void reload_close(struct reload *reload);

#endif
