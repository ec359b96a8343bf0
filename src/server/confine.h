/* What the server may still do once its sockets are bound. */
#ifndef ATTIMO_SERVER_CONFINE_H
#define ATTIMO_SERVER_CONFINE_H

#include "server/server.h"

/* Gives the sockets' files and the data folder to `options->user` and becomes that user, for good;
 * no core files. Before there is another thread. `why` has words for people. ERR_*. */
int confine(const struct server_options *options, const struct acceptor *const *acceptors,
            size_t count, struct buf *why);

#endif
