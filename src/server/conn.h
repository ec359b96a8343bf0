/* One connection of a worker: it reads requests, asks the handler, writes answers, and keeps its
 * deadlines. */
#ifndef ATTIMO_SERVER_CONN_H
#define ATTIMO_SERVER_CONN_H

#include "server/worker.h"

/* Takes over a connected socket; it is closed if that fails. The connection frees itself when it is
 * closed. */
void conn_create(struct worker *worker, int fd, const struct peer *peer);

/* Closes at once, whatever is under way. Does nothing on a connection that is being closed. */
void conn_close(struct conn *conn);

/* The connection whose deadline it is. */
struct conn *conn_of_deadline(struct deadline *deadline);

/* The deadline (one that deadline_due gave) has passed. Afterwards it is disarmed or armed anew. */
void conn_on_deadline(struct deadline *deadline);

/* Its turn (one that worker_await_turn was given) has come. Afterwards it waits for the next, or
 * for none. */
void conn_on_turn(struct deadline *turn);

/* Ends VERDICT_WAIT: see worker_complete. */
void conn_complete(struct conn *conn, unsigned status);

#endif
