/* What lies under `/_/`: events (e), pings (p), links that are counted on the way (go), and the
 * staff's own page (io). No I/O: what is recorded goes to the worker's feed, and an answer that
 * tells of it waits. */
#ifndef ATTIMO_SERVER_ENDPOINT_H
#define ATTIMO_SERVER_ENDPOINT_H

#include "server/handler.h"

static inline bool endpoint_owns(struct str path)
{
    return str_starts_with(path, STR("/_/"));
}

/* Answers a request whose body has been read. `path` is decoded. VERDICT_RESPOND or VERDICT_WAIT.
 */
enum verdict endpoint_handle(const struct exchange *exchange, struct str path,
                             struct answer *answer);

#endif
