/* Everything that runs: listeners, workers, publisher, admin; started, drained and stopped in
 * order. */
#ifndef ATTIMO_SERVER_SERVER_H
#define ATTIMO_SERVER_SERVER_H

#include "base/diag.h"
#include "base/log.h"
#include "server/listener.h"
#include "server/recorder.h"
#include "server/recording.h"

enum { WORKERS_MAX = 64 };

struct server_options {
    struct address listen[LISTENERS_MAX];
    size_t listen_count;
    struct address admin;
    bool has_admin;
    const char *pages;               /* the folder */
    const char *data;                /* the folder that attimo writes to; made if it is not there */
    const char *user;                /* whom to become once the sockets are bound; NULL: nobody */
    struct networks trusted_proxies; /* copied */
    struct networks internal_networks; /* of the firm itself; copied */
    bool isolate;                      /* as confine.h has it */
    unsigned workers;
    unsigned unix_mode;
    uint64_t drain_timeout_ms;
    struct limits limits;
    bool take_over; /* from the server that runs with the same data folder */
    bool records; /* false: pages are served and nothing is recorded, as if all said capture: off */
    struct recorder_options recorder; /* of which the server fills in what is its own */
    struct recording_options recording;
    struct log log;
    /* Reads the configuration anew and calls `use` with what it says, if there is no error in it;
     * what the options point to is good within that call. Else `diags` has what is wrong, and it
     * returns an error, as it does if `use` has. NULL: there is none. */
    int (*reread)(void *context, int (*use)(void *user, const struct server_options *fresh),
                  void *user, struct diags *diags);
    void *reread_context;
    struct handler handler; /* zeroed: handler_serve */
    const char *version;    /* for metrics */
};

struct server;

/* Binds, gives up what is not needed any more (confine.h), loads the pages and makes the workers;
 * nothing is accepted yet. What a running server is to hand over it still has. Needs hash_init.
 * `options` is copied, what it points to is not. `diags` gets what is wrong with the pages. On
 * failure `why` has words for people. ERR_*. */
int server_create(struct server **out, const struct server_options *options, struct diags *diags,
                  struct diag_words *why);

/* The site as loaded; valid until server_run. */
const struct site *server_site(const struct server *server);

/* Serves until SIGTERM or SIGINT has come and all is drained; a second signal cuts that short.
 * SIGHUP reloads (reload.h). Logs the names of the listeners and "ready". ERR_* if a worker cannot
 * be started, or if all sockets for visitors were lost and it has drained for that. */
int server_run(struct server *server);

void server_destroy(struct server *server);

#endif
