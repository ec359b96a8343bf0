/* The side of a take-over that comes: asks the running server for what it has, takes it once it is
 * ready itself, and learns when the one before has ended.
 *
 * All but the last is done before the loop turns, and waits: every wait has a bound. Until
 * handover_take_all has returned 0, the running server goes on as before whatever happens here. */
#ifndef ATTIMO_SERVER_HANDOVER_TAKE_H
#define ATTIMO_SERVER_HANDOVER_TAKE_H

#include "server/handover.h"

#include <uv.h>

struct handover_take {
    int fd; /* -1: there is no server before */
    struct handover_offer offer;
    bool has_ended; /* the one before, in the middle of it */
    bool is_followed;
    uv_poll_t poll;
    void (*on_ended)(void *context);
    void *context;
};

/* No server before. */
void handover_take_init(struct handover_take *take);

/* Asks the server that runs with the data folder `data`; `take->offer` is filled, and descriptors
 * that the caller takes out of it (-1) are his. ERR_NOT_FOUND: nobody runs there. ERR_DENIED: it
 * refuses; ERR_INVALID, ERR_STOPPED (it does not answer), ERR_IO. `why` has words for people. */
int handover_take_ask(struct handover_take *take, const char *data, struct diag_words *why);

/* Whether a server runs with that data folder and can be asked: one that is leaving cannot. */
bool handover_is_served(const char *data);

/* Says that this server is ready, and takes what was offered: the one before accepts nobody any
 * more, and does not touch the journal's lock. One that ends by itself meanwhile leaves it, too
 * (`has_ended`). ERR_*, with words for people in `why`: nothing is ours, and this server must end.
 */
int handover_take_all(struct handover_take *take, struct diag_words *why);

/* The one before may leave: whoever must know of this server knows. `on_ended` is called once it
 * has, on the loop, never within this call. */
void handover_take_follow(struct handover_take *take, uv_loop_t *loop,
                          void (*on_ended)(void *context), void *context);

/* Closes what there is; the loop must turn until it is done. */
void handover_take_close(struct handover_take *take);

#endif
