/* Owns the eventfd by which a loop is woken. Only the first ring since the loop last looked makes a
 * system call. */
#include "server/bell.h"

#include "base/err.h"

#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* What was rung for before the exchange is seen behind it; what comes later rings again. */
static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct bell *bell = (struct bell *)poll;
    uint64_t count;
    (void)status;
    (void)events;
    (void)!read(bell->fd, &count, sizeof count);
    (void)atomic_exchange(&bell->rung, false);
    bell->on_rung(bell);
}

int bell_init(struct bell *bell, uv_loop_t *loop, void (*on_rung)(struct bell *bell))
{
    *bell = (struct bell){.fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), .on_rung = on_rung};
    if (bell->fd < 0)
        return ERR_LIMIT;
    if (uv_poll_init(loop, &bell->poll, bell->fd) != 0) {
        (void)close(bell->fd);
        return ERR_LIMIT;
    }
    (void)uv_poll_start(&bell->poll, UV_READABLE, on_readable);
    return 0;
}

void bell_ring(struct bell *bell)
{
    const uint64_t one = 1;
    if (!atomic_exchange(&bell->rung, true))
        (void)!write(bell->fd, &one, sizeof one);
}

void bell_unref(struct bell *bell)
{
    uv_unref((uv_handle_t *)&bell->poll);
}

void bell_close(struct bell *bell)
{
    uv_close((uv_handle_t *)&bell->poll, NULL);
}

void bell_finish(struct bell *bell)
{
    (void)close(bell->fd);
}
