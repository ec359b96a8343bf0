/* Owns the listening sockets and the act of accepting.
 *
 * Happy path: a listener is readable, accept4 until EAGAIN (bounded, so that a flood does not hold
 * up the loop), each descriptor goes to the next worker. Failure modes: a connection that is gone
 * before it is accepted is passed over; out of descriptors or kernel memory pauses all listeners
 * for half a second (as nginx does; libuv would close every waiting connection); a full connection
 * table pauses them until a connection has closed (or closes one, where that is wanted). Waiting
 * clients stay in the backlog. A socket that somebody else has shut down is given up, and whoever
 * owns the acceptor is told when it was the last. */
#include "server/listener.h"

#include "base/err.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* At the end: more than any queue holds, and an end all the same while a flood goes on. */
enum { ACCEPTS_PER_TURN = 64, ACCEPTS_AT_END = 64 * 1024, PAUSE_MS = 500 };

/* --- accepting */

static void on_readable(uv_poll_t *poll, int status, int events);

static void close_listener(struct listener *listener)
{
    if (!listener->open)
        return;
    listener->open = false;
    if (listener->address.transport == TRANSPORT_UNIX && !listener->is_given &&
        !listener->is_borrowed)
        (void)unlink(address_path(&listener->address));
    uv_close((uv_handle_t *)&listener->poll, NULL);
    (void)close(listener->fd);
}

/* It would be readable for ever. */
static void give_up(struct listener *listener)
{
    struct acceptor *acceptor = listener->acceptor;
    log_error(acceptor->log, "%s does not listen any more", listener->name);
    close_listener(listener);
    for (size_t i = 0; i < acceptor->listener_count; i++)
        if (acceptor->listeners[i].open)
            return;
    if (acceptor->on_deaf)
        acceptor->on_deaf(acceptor->context);
}

static void poll_all(struct acceptor *acceptor, bool wanted)
{
    wanted &= !acceptor->resting;
    for (size_t i = 0; i < acceptor->listener_count; i++) {
        struct listener *listener = &acceptor->listeners[i];
        if (!listener->open)
            continue;
        if (wanted)
            (void)uv_poll_start(&listener->poll, UV_READABLE, on_readable);
        else
            (void)uv_poll_stop(&listener->poll);
    }
}

static void on_pause_over(uv_timer_t *timer);

/* Room that is made is told by the bell. There may be nobody to close yet, because those that were
 * accepted are still on their way to the worker. */
static void make_room(struct acceptor *acceptor)
{
    enum { AGAIN_MS = 20 };
    if (!worker_make_room(acceptor->workers[0]))
        (void)uv_timer_start(&acceptor->pause, on_pause_over, AGAIN_MS, 0);
}

static void on_pause_over(uv_timer_t *timer)
{
    struct acceptor *acceptor = timer->data;
    if (!atomic_load(&acceptor->full))
        poll_all(acceptor, true);
    else if (acceptor->crowds_out)
        make_room(acceptor);
}

static void on_bell(uv_async_t *bell)
{
    struct acceptor *acceptor = bell->data;
    if (!atomic_load(&acceptor->full) ||
        atomic_load(&acceptor->connections) >= acceptor->max_connections)
        return;
    atomic_store(&acceptor->full, false);
    poll_all(acceptor, true);
}

static void stop_while_full(struct acceptor *acceptor)
{
    atomic_store(&acceptor->full, true);
    poll_all(acceptor, false);
    if (acceptor->crowds_out)
        make_room(acceptor);
    /* A connection may have closed before `full` was there to be seen. */
    (void)uv_async_send(&acceptor->bell);
}

static void pause_for_descriptors(struct acceptor *acceptor, int error)
{
    if (atomic_fetch_add(&acceptor->pauses, 1) == 0)
        log_error(acceptor->log, "accept: %s; pausing for %d ms whenever this happens; told once",
                  strerror(error), PAUSE_MS);
    poll_all(acceptor, false);
    (void)uv_timer_start(&acceptor->pause, on_pause_over, PAUSE_MS, 0);
}

/* False when there is nothing left to accept, or no room for it. */
static bool accept_one(struct listener *listener)
{
    struct acceptor *acceptor = listener->acceptor;
    if (atomic_load(&acceptor->connections) >= acceptor->max_connections) {
        stop_while_full(acceptor);
        return false;
    }
    struct sockaddr_storage address = {.ss_family = AF_UNSPEC};
    socklen_t address_len = sizeof address;
    int fd = accept4(listener->fd, (struct sockaddr *)&address, &address_len,
                     SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
        struct peer peer = peer_from_sockaddr((const struct sockaddr *)&address);
        (void)atomic_fetch_add(&acceptor->connections, 1);
        struct worker *worker = acceptor->workers[acceptor->next_worker];
        acceptor->next_worker = (acceptor->next_worker + 1) % acceptor->worker_count;
        worker_give_fd(worker, fd, &peer);
        return true;
    }
    switch (errno) {
    case EAGAIN:
        return false;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
        pause_for_descriptors(acceptor, errno);
        return false;
    case EINVAL: /* somebody who has it too has shut it down */
        give_up(listener);
        return false;
    default: /* ECONNABORTED and all that accept(2) says to treat likewise: that one is gone, go on
              */
        return true;
    }
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct listener *listener = poll->data;
    (void)events;
    for (int i = 0; i < ACCEPTS_PER_TURN && accept_one(listener); i++)
        continue;
    if (status != 0 && listener->open) /* libuv does not watch it any more */
        give_up(listener);
}

/* --- life */

int acceptor_init(struct acceptor *acceptor, uv_loop_t *loop, const struct log *log,
                  unsigned max_connections)
{
    *acceptor = (struct acceptor){.loop = loop, .log = log, .max_connections = max_connections};
    if (uv_async_init(loop, &acceptor->bell, on_bell) != 0)
        return ERR_IO;
    acceptor->bell.data = acceptor;
    (void)uv_timer_init(loop, &acceptor->pause);
    acceptor->pause.data = acceptor;
    return 0;
}

static int add_listener(struct acceptor *acceptor, int fd, struct diag_words *why)
{
    if (acceptor->listener_count == LISTENERS_MAX) {
        diag_words_say(why, "more than %d listeners", "gli indirizzi sono più di %d",
                       LISTENERS_MAX);
        return ERR_LIMIT;
    }
    struct listener *listener = &acceptor->listeners[acceptor->listener_count];
    *listener = (struct listener){.acceptor = acceptor, .fd = fd};
    if (uv_poll_init(acceptor->loop, &listener->poll, fd) != 0) {
        diag_words_say(why, "cannot be watched", "non si riesce a sorvegliarlo");
        return ERR_IO;
    }
    listener->poll.data = listener;
    listener->open = true;
    acceptor->listener_count++;
    return 0;
}

int acceptor_take(struct acceptor *acceptor, int fd, const struct listener *like,
                  struct diag_words *why)
{
    int rc = add_listener(acceptor, fd, why);
    if (rc != 0) {
        (void)close(fd);
        return rc;
    }
    struct listener *listener = &acceptor->listeners[acceptor->listener_count - 1];
    listener->address = like->address;
    listener->is_given = like->is_given;
    listener->is_borrowed = like->is_borrowed;
    address_name(&listener->address, fd, listener->name);
    return 0;
}

void acceptor_start(struct acceptor *acceptor, struct worker **workers, size_t count)
{
    acceptor->workers = workers;
    acceptor->worker_count = count;
    poll_all(acceptor, true);
}

void acceptor_limit(struct acceptor *acceptor, unsigned max_connections)
{
    acceptor->max_connections = max_connections;
    (void)uv_async_send(&acceptor->bell);
}

void acceptor_rest(struct acceptor *acceptor)
{
    acceptor->resting = true;
    poll_all(acceptor, false);
}

void acceptor_resume(struct acceptor *acceptor)
{
    acceptor->resting = false;
    poll_all(acceptor, true);
}

void acceptor_on_conn_closed(struct acceptor *acceptor)
{
    (void)atomic_fetch_sub(&acceptor->connections, 1);
    if (atomic_load(&acceptor->full))
        (void)uv_async_send(&acceptor->bell);
}

void acceptor_hand_on(struct acceptor *acceptor)
{
    for (size_t i = 0; i < acceptor->listener_count; i++) {
        acceptor->listeners[i].is_borrowed = true;
        close_listener(&acceptor->listeners[i]);
    }
}

/* One that has the mode may be of another user. */
static void set_mode(const struct listener *listener, unsigned mode)
{
    struct stat st;
    if (listener->address.transport != TRANSPORT_UNIX || listener->is_given)
        return;
    const char *path = address_path(&listener->address);
    if (lstat(path, &st) != 0 || !S_ISSOCK(st.st_mode) || (st.st_mode & 07777) == mode)
        return;
    if (chmod(path, mode) != 0)
        log_warning(listener->acceptor->log, "%s: cannot be given unix_mode %04o: %s",
                    listener->name, mode, strerror(errno));
}

void acceptor_keep(struct acceptor *acceptor, unsigned unix_mode)
{
    for (size_t i = 0; i < acceptor->listener_count; i++) {
        acceptor->listeners[i].is_borrowed = false;
        set_mode(&acceptor->listeners[i], unix_mode);
    }
}

void acceptor_drain(struct acceptor *acceptor)
{
    for (size_t i = 0; i < acceptor->listener_count; i++) {
        struct listener *listener = &acceptor->listeners[i];
        bool accepts = listener->open && acceptor->worker_count > 0;
        for (int n = 0; accepts && n < ACCEPTS_AT_END; n++)
            accepts = accept_one(listener);
        close_listener(listener);
    }
}

void acceptor_close(struct acceptor *acceptor)
{
    for (size_t i = 0; i < acceptor->listener_count; i++)
        close_listener(&acceptor->listeners[i]);
    uv_close((uv_handle_t *)&acceptor->bell, NULL);
    uv_close((uv_handle_t *)&acceptor->pause, NULL);
}
