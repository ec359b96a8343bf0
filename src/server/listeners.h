/* Which sockets the server listens on: those that were handed over by systemd, else those that its
 * options name. */
#ifndef ATTIMO_SERVER_LISTENERS_H
#define ATTIMO_SERVER_LISTENERS_H

#include "server/server.h"

/* Opens them all, for visitors and for the operator; nothing is accepted yet. One that is handed
 * over for visitors stands for all of `options->listen`, one for the operator for `options->admin`.
 * ERR_*, with words for people in `why`; those that were opened are the acceptors' all the same. */
int listeners_open(struct acceptor *visitors, struct acceptor *admin,
                   const struct server_options *options, struct buf *why);

#endif
