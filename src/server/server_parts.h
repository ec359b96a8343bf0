/* What the files of the server share: its inside. Private to server*.c. */
#ifndef ATTIMO_SERVER_SERVER_PARTS_H
#define ATTIMO_SERVER_SERVER_PARTS_H

#include "server/admin.h"
#include "server/notify.h"
#include "server/publisher.h"
#include "server/reload.h"
#include "server/server.h"
#include "server/succession.h"
#include "server/takedown_watch.h"

enum { SIGNALS = 2 };

struct server {
    struct server_options options;
    struct tuning *tuning; /* a reference to what is in force */
    struct handler_serving serving;
    unsigned char key[HASH_KEY_SIZE]; /* signs links to drafts, and tokens */
    uv_loop_t loop;
    struct publisher *publisher;
    struct takedown_watch takedowns;
    struct acceptor acceptor;
    struct worker *workers;
    struct recorder *recorder;
    struct recording *recordings; /* one for each worker */
    struct worker *dealt[WORKERS_MAX];
    size_t worker_count; /* that are initialised */

    int statm; /* /proc/self/statm; -1: none */
    struct succession succession;
    struct notify notify;
    struct reload reload;
    struct admin admin;
    struct acceptor admin_acceptor;
    struct worker *admin_worker;
    bool has_admin_worker;

    uv_signal_t signals[SIGNALS];
    uv_timer_t drain_look;
    uint64_t drain_until;
    bool draining;
    bool told_to_stop; /* by a signal; a server that is taken over drains without */
    bool ended;
    int failure; /* why it ends by itself; 0: it does not */
};

/* --- server.c */

/* Of the acceptor for visitors. */
void server_on_deaf(void *context);

#endif
