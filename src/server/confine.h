/* What the server may still do once its sockets are bound. */
#ifndef ATTIMO_SERVER_CONFINE_H
#define ATTIMO_SERVER_CONFINE_H

#include "server/server.h"

/* Gives the sockets' files and the data folder to `options->user` and becomes that user, for good;
 * no core files. With `options->isolate`, from here on the process reads what lies beneath the
 * folder that holds the pages folder, and time zones; writes beneath the data folder; removes its
 * sockets' files; and reaches no other file. That it cannot is a warning in the log: old kernels.
 * Before there is another thread. `why` has words for people. ERR_*. */
int confine(const struct server_options *options, const struct acceptor *const *acceptors,
            size_t count, struct diag_words *why);

#endif
