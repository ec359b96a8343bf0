/* Owns the listening sockets and the act of accepting.
 *
 * Happy path: a listener is readable, accept4 until EAGAIN (bounded, so that a flood does not hold
 * up the loop), each descriptor goes to the next worker. Failure modes: a connection that is gone
 * before it is accepted is passed over; out of descriptors or kernel memory pauses all listeners
 * for half a second (as nginx does; libuv would close every waiting connection); a full connection
 * table pauses them until a connection has closed (or closes one, where that is wanted). Waiting
 * clients stay in the backlog. */
#include "server/listener.h"

#include "base/err.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 4096, ACCEPTS_PER_TURN = 64, PAUSE_MS = 500 };

/* --- addresses */

static int parse_tcp(struct address *address, struct str text)
{
    uint64_t port;
    ptrdiff_t colon = str_find_last(text, ':');
    if (colon < 0 || str_to_u64(str_skip(text, (size_t)colon + 1), &port) != 0 || port > 65535)
        return ERR_INVALID;
    struct str host = str_make(text.ptr, (size_t)colon);
    if (host.len >= 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']')
        host = str_make(host.ptr + 1, host.len - 2);
    else if (str_find(host, ':') >= 0)
        return ERR_INVALID; /* an IPv6 address without brackets */
    memcpy(address->host, host.ptr, host.len);
    address->host[host.len] = '\0';
    address->port = (unsigned)port;
    return 0;
}

int address_parse(struct address *address, struct str text)
{
    *address = (struct address){.transport = TRANSPORT_TCP};
    if (text.len == 0 || text.len >= sizeof address->text)
        return ERR_INVALID;
    memcpy(address->text, text.ptr, text.len);

    struct str unix_prefix = STR("unix:");
    if (!str_starts_with(text, unix_prefix))
        return parse_tcp(address, text);
    size_t path_len = text.len - unix_prefix.len;
    if (path_len == 0)
        return ERR_INVALID;
    if (path_len >= sizeof((struct sockaddr_un){0}).sun_path)
        return ERR_TOO_LARGE;
    address->transport = TRANSPORT_UNIX;
    return 0;
}

const char *address_path(const struct address *address)
{
    assert(address->transport == TRANSPORT_UNIX);
    return address->text + sizeof "unix:" - 1;
}

/* --- binding */

static int fail(struct buf *why, const char *what)
{
    int error = errno;
    buf_printf(why, "%s: %s", what, strerror(error));
    return err_from_errno(error);
}

static int bind_tcp(const struct address *address, const struct addrinfo *info, struct buf *why)
{
    int on = 1;
    int off = 0;
    int fd = socket(info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return fail(why, "socket");
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    /* Accepted sockets inherit it: one call here instead of one per connection. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (info->ai_family == AF_INET6) /* `:8080` is for IPv4 as well, `[::]:8080` is what it says */
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, address->host[0] ? &on : &off, sizeof on);
    if (bind(fd, info->ai_addr, info->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    int rc = fail(why, "bind");
    (void)close(fd);
    return rc;
}

static int open_tcp(const struct address *address, struct buf *why)
{
    char port[16];
    (void)snprintf(port, sizeof port, "%u", address->port);
    struct addrinfo hints = {.ai_family = address->host[0] ? AF_UNSPEC : AF_INET6,
                             .ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    struct addrinfo *info;
    int rc = getaddrinfo(address->host[0] ? address->host : NULL, port, &hints, &info);
    if (rc != 0) {
        buf_printf(why, "%s", gai_strerror(rc));
        return ERR_INVALID;
    }
    int fd = bind_tcp(address, info, why);
    freeaddrinfo(info);
    if (fd != ERR_IO || address->host[0])
        return fd;

    /* A machine without IPv6: all addresses are then those of IPv4. */
    buf_clear(why);
    hints.ai_family = AF_INET;
    if (getaddrinfo(NULL, port, &hints, &info) != 0)
        return ERR_IO;
    fd = bind_tcp(address, info, why);
    freeaddrinfo(info);
    return fd;
}

/* A socket file that nobody listens on is left over from a process that died. */
static bool is_stale(const struct sockaddr_un *name)
{
    struct stat st;
    if (lstat(name->sun_path, &st) != 0 || !S_ISSOCK(st.st_mode))
        return false;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    bool stale =
        connect(fd, (const struct sockaddr *)name, sizeof *name) != 0 && errno == ECONNREFUSED;
    (void)close(fd);
    return stale;
}

static int open_unix(const struct address *address, unsigned mode, struct buf *why)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    memcpy(name.sun_path, address_path(address), strlen(address_path(address)));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return fail(why, "socket");
    if (is_stale(&name))
        (void)unlink(name.sun_path);

    /* The file must never be open to more than it should be, not even for an instant. */
    mode_t before = umask((mode_t)(~mode & 0777));
    int rc = bind(fd, (const struct sockaddr *)&name, sizeof name);
    (void)umask(before);
    if (rc == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    rc = fail(why, "bind");
    (void)close(fd);
    return rc;
}

/* The name as people write it, with the port that the kernel chose. */
static void name_listener(struct listener *listener, const struct address *address)
{
    struct sockaddr_storage bound = {0};
    socklen_t len = sizeof bound;
    char port[8] = "?";
    if (address->transport == TRANSPORT_UNIX) {
        (void)snprintf(listener->name, sizeof listener->name, "%s", address->text);
        (void)snprintf(listener->path, sizeof listener->path, "%s", address_path(address));
        return;
    }
    if (getsockname(listener->fd, (struct sockaddr *)&bound, &len) == 0)
        (void)getnameinfo((struct sockaddr *)&bound, len, NULL, 0, port, sizeof port,
                          NI_NUMERICSERV);
    const char *host = address->host[0] ? address->host : "*";
    bool brackets = strchr(host, ':') != NULL;
    (void)snprintf(listener->name, sizeof listener->name, "http://%s%.100s%s:%s",
                   brackets ? "[" : "", host, brackets ? "]" : "", port);
}

/* --- accepting */

static void on_readable(uv_poll_t *poll, int status, int events);

static void poll_all(struct acceptor *acceptor, bool wanted)
{
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
    default: /* ECONNABORTED and all that accept(2) says to treat likewise: that one is gone, go on
              */
        return true;
    }
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct listener *listener = poll->data;
    (void)status;
    (void)events;
    for (int i = 0; i < ACCEPTS_PER_TURN && accept_one(listener); i++)
        continue;
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

int acceptor_listen(struct acceptor *acceptor, const struct address *address, unsigned unix_mode,
                    struct buf *why)
{
    if (acceptor->listener_count == LISTENERS_MAX) {
        buf_printf(why, "more than %d listeners", LISTENERS_MAX);
        return ERR_LIMIT;
    }
    struct listener *listener = &acceptor->listeners[acceptor->listener_count];
    *listener = (struct listener){.acceptor = acceptor};
    listener->fd = address->transport == TRANSPORT_TCP ? open_tcp(address, why)
                                                       : open_unix(address, unix_mode, why);
    if (listener->fd < 0)
        return listener->fd;
    name_listener(listener, address);
    if (uv_poll_init(acceptor->loop, &listener->poll, listener->fd) != 0) {
        (void)close(listener->fd);
        return ERR_IO;
    }
    listener->poll.data = listener;
    listener->open = true;
    acceptor->listener_count++;
    return 0;
}

void acceptor_start(struct acceptor *acceptor, struct worker **workers, size_t count)
{
    acceptor->workers = workers;
    acceptor->worker_count = count;
    poll_all(acceptor, true);
}

void acceptor_on_conn_closed(struct acceptor *acceptor)
{
    (void)atomic_fetch_sub(&acceptor->connections, 1);
    if (atomic_load(&acceptor->full))
        (void)uv_async_send(&acceptor->bell);
}

static void close_listener(struct listener *listener)
{
    if (!listener->open)
        return;
    listener->open = false;
    if (listener->path[0])
        (void)unlink(listener->path);
    uv_close((uv_handle_t *)&listener->poll, NULL);
    (void)close(listener->fd);
}

void acceptor_drain(struct acceptor *acceptor)
{
    for (size_t i = 0; i < acceptor->listener_count; i++) {
        struct listener *listener = &acceptor->listeners[i];
        while (listener->open && acceptor->worker_count > 0 && accept_one(listener))
            continue;
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
