/* The admin listener's answers: /healthz, /readyz, /metrics. A handler of its own, on the control
 * thread. */
#ifndef ATTIMO_SERVER_ADMIN_H
#define ATTIMO_SERVER_ADMIN_H

#include "server/listener.h"
#include "server/recorder.h"
#include "server/release.h"

struct reload;

/* What it reports on; all of it the server's. */
struct admin {
    const struct worker *workers;
    size_t worker_count;
    const struct acceptor *acceptor;
    struct release *release;
    struct recorder *recorder;
    const struct reload *reload;
    const char *version;
    int statm; /* /proc/self/statm: an isolated process cannot open it any more; -1: none */
    time_t started;
    bool draining;
};

/* Whether every worker's loop has turned lately. */
bool admin_loops_turn(const struct admin *admin);

/* The context is a struct admin. */
enum verdict admin_handle(void *context, const struct exchange *exchange, struct answer *answer);

#endif
