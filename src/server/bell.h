/* Wakes a loop from any thread, as uv_async_t does, but for as little as that can cost.
 *
 * uv_async_send of libuv 1.44 (Debian 12) has something left to do once it has woken the loop. A
 * loop that wakes on the same processor takes it away before that, and then spins for 30 us before
 * it yields: as long as all else that a click costs here. */
#ifndef ATTIMO_SERVER_BELL_H
#define ATTIMO_SERVER_BELL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <uv.h>

struct bell {
    uv_poll_t poll;
    int fd;
    atomic_bool rung;
    void (*on_rung)(struct bell *bell);
};

/* `on_rung` is called on the loop's thread, once or more often after each bell_ring, and sees what
 * was done before it. It carries nothing, and several rings may lead to one call. ERR_LIMIT. */
int bell_init(struct bell *bell, uv_loop_t *loop, void (*on_rung)(struct bell *bell));

/* From any thread, between bell_init and bell_finish. */
void bell_ring(struct bell *bell);

/* From now on it keeps the loop from ending no longer, but is heard as long as the loop turns. */
void bell_unref(struct bell *bell);

/* Nothing is heard any more, and the loop is done with it after its next turn. Once, on the loop's
 * thread. */
void bell_close(struct bell *bell);

/* After bell_close, when nobody rings any more. */
void bell_finish(struct bell *bell);

#endif
