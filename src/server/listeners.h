/* Which sockets the server listens on: those that were handed over by systemd, else those that its
 * options name, taken from the server that is taken over where it has them. */
#ifndef ATTIMO_SERVER_LISTENERS_H
#define ATTIMO_SERVER_LISTENERS_H

#include "server/server.h"

struct handover_offer;

/* Opens them all, for visitors and for the operator; nothing is accepted yet. One that is handed
 * over for visitors stands for all of `options->listen`, one for the operator for `options->admin`.
 * Of `offer` (NULL: there is none) those that are used are taken out (fd -1), and are borrowed.
 * ERR_*, with words for people in `why`; those that were opened are the acceptors' all the same. */
int listeners_open(struct acceptor *visitors, struct acceptor *admin,
                   const struct server_options *options, struct handover_offer *offer,
                   struct diag_words *why);

#endif
