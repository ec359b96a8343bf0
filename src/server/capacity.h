/* How many connections the process has descriptors for. */
#ifndef ATTIMO_SERVER_CAPACITY_H
#define ATTIMO_SERVER_CAPACITY_H

#include "server/server.h"

enum { ADMIN_CONNECTIONS_MAX = 16 };

/* Raises the limit of descriptors to what it may be, and lowers `limits.connections` to what it
 * leaves room for, so that a full house is met by waiting and not by errors, and never takes the
 * descriptors that publishing and the admin need. The log tells. */
void capacity_limit(struct server_options *options);

#endif
