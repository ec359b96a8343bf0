/* Owns giving away what a server has. */
#include "server/handover_give.h"

#include "base/err.h"
#include "journal/handover.h"
#include "server/address.h"
#include "server/handover.h"
#include "server/handover_refusal.h"
#include "server/recorder_handover.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BACKLOG = 4, HELLO_MS = 5000, READY_MS = 10 * 60 * 1000, TAKEN_MS = 10 * 1000 };

static void on_patience_over(uv_timer_t *timer);
static void on_somebody(uv_poll_t *poll, int status, int events);

static void move_to(struct handover_give *give, enum give_state next, uint64_t patience_ms)
{
    static const unsigned allowed[] = {
        [GIVE_SHUT] = 1 << GIVE_WAITING,
        [GIVE_WAITING] = 1 << GIVE_GREETED | 1 << GIVE_SHUT,
        [GIVE_GREETED] = 1 << GIVE_OFFERED | 1 << GIVE_PARTING,
        [GIVE_OFFERED] = 1 << GIVE_LET_GO | 1 << GIVE_PARTING,
        [GIVE_LET_GO] = 1 << GIVE_TAKEN | 1 << GIVE_PARTING,
        [GIVE_TAKEN] = 1 << GIVE_DONE,
        [GIVE_DONE] = 0,
        [GIVE_PARTING] = 1 << GIVE_WAITING | 1 << GIVE_SHUT,
    };
    assert(allowed[give->state] & 1U << next);
    give->state = next;
    if (patience_ms > 0)
        (void)uv_timer_start(&give->patience, on_patience_over, patience_ms, 0);
    else
        (void)uv_timer_stop(&give->patience);
}

static bool is_under_way(const struct handover_give *give)
{
    return give->state == GIVE_GREETED || give->state == GIVE_OFFERED || give->state == GIVE_LET_GO;
}

/* --- the end of an exchange */

static void wait_for_somebody(struct handover_give *give)
{
    move_to(give, GIVE_WAITING, 0);
    (void)uv_poll_start(&give->socket, UV_READABLE, on_somebody);
}

static void on_parted(uv_handle_t *handle)
{
    struct handover_give *give = handle->data;
    (void)close(give->peer_fd);
    give->peer_fd = -1;
    if (give->is_open)
        wait_for_somebody(give);
    else if (give->state == GIVE_PARTING)
        move_to(give, GIVE_SHUT, 0);
}

static void part(struct handover_give *give)
{
    move_to(give, GIVE_PARTING, 0);
    uv_close((uv_handle_t *)&give->peer, on_parted);
}

static void close_socket(struct handover_give *give)
{
    if (!give->is_open)
        return;
    give->is_open = false;
    uv_close((uv_handle_t *)&give->socket, NULL);
    (void)close(give->socket_fd);
    if (give->owns_file)
        (void)unlinkat(give->data_fd, HANDOVER_SOCKET, 0);
}

/* It is for us to remove the file: where it lies may be out of the next server's reach. */
static void remove_unused(const struct acceptor *acceptor, struct str address)
{
    for (size_t i = 0; i < acceptor->listener_count; i++) {
        const struct listener *listener = &acceptor->listeners[i];
        if (str_eq(str_from(listener->address.text), address) && !listener->is_given &&
            listener->address.transport == TRANSPORT_UNIX)
            (void)unlink(address_path(&listener->address));
    }
}

static void become_taken(struct handover_give *give, const struct handover_packet *packet)
{
    struct str text = str_make(packet->text, packet->len);
    struct str line;
    while (str_split(&text, '\n', &line)) {
        struct str word = STR("");
        (void)str_split(&line, ' ', &word);
        if (!str_eq(word, STR("unused")))
            continue;
        if (str_eq(line, STR("journal")) && give->options.recorder)
            recorder_hold(give->options.recorder);
        remove_unused(give->options.visitors, line);
        remove_unused(give->options.admin, line);
    }
    move_to(give, GIVE_TAKEN, 0);
    give->owns_file = false;
    close_socket(give);
    acceptor_hand_on(give->options.visitors);
    acceptor_hand_on(give->options.admin);
    log_info(give->options.log, "the next server has taken over");
    give->options.on_taken(give->options.context);
}

/* After the shutdown nothing more can be sent to us, and whoever tries learns of it: what is there
 * now decides. The other direction stays, because its end says that we have ended. */
static bool was_taken(struct handover_give *give, struct handover_packet *packet)
{
    bool taken = false;
    (void)shutdown(give->peer_fd, SHUT_RD);
    while (!taken && handover_receive(give->peer_fd, packet) == 1) {
        taken = handover_says(packet, "taken", NULL);
        handover_packet_finish(packet);
    }
    return taken;
}

static void take_back(struct handover_give *give)
{
    if (give->options.recorder)
        recorder_hold(give->options.recorder);
    acceptor_resume(give->options.visitors);
    acceptor_resume(give->options.admin);
}

/* Nobody takes over, and the other side (which may be gone) is told. */
static void refuse(struct handover_give *give, enum handover_refusal why)
{
    const char *words = handover_refusal_words(why).en;
    struct handover_packet packet;
    char text[200];
    (void)snprintf(text, sizeof text, "refused %s\n", words);
    (void)handover_send(give->peer_fd, str_from(text), NULL, 0);
    if (give->state == GIVE_LET_GO && was_taken(give, &packet)) {
        become_taken(give, &packet);
        move_to(give, GIVE_DONE, 0); /* nobody can tell us that he serves */
        return;
    }
    log_warning(give->options.log, "not taken over: %s", words);
    if (give->state == GIVE_LET_GO)
        take_back(give);
    part(give);
}

static void on_patience_over(uv_timer_t *timer)
{
    struct handover_give *give = timer->data;
    refuse(give, REFUSED_SLOW);
}

/* --- an exchange */

static void add_listeners(struct handover_offer *offer, const struct acceptor *acceptor,
                          bool is_admin)
{
    for (size_t i = 0; i < acceptor->listener_count; i++) {
        const struct listener *listener = &acceptor->listeners[i];
        if (!listener->open)
            continue;
        assert(offer->count < HANDOVER_LISTENERS_MAX);
        offer->listeners[offer->count++] = (struct handover_listener){
            .fd = listener->fd,
            .is_admin = is_admin,
            .is_given = listener->is_given,
            .address = listener->address,
        };
    }
}

static void greet(struct handover_give *give, struct str version)
{
    struct handover_offer offer = {
        .watchdog_ms = give->options.watchdog_ms, .lock_fd = -1, .socket_fd = give->socket_fd};
    uint64_t n;
    if (str_to_u64(version, &n) != 0 || n != HANDOVER_VERSION) {
        refuse(give, REFUSED_VERSION);
        return;
    }
    if (give->has_before) {
        refuse(give, REFUSED_EARLY);
        return;
    }
    if (give->options.recorder &&
        recorder_lock(give->options.recorder, &offer.lock_fd, &offer.first_seq) == 0)
        offer.first_seq += JOURNAL_HANDOVER_SKIP;
    give->first_seq = offer.first_seq;
    add_listeners(&offer, give->options.visitors, false);
    add_listeners(&offer, give->options.admin, true);
    if (handover_offer_send(&offer, give->peer_fd) != 0)
        refuse(give, REFUSED_OFFER);
    else
        move_to(give, GIVE_OFFERED, READY_MS);
}

static void let_go(struct handover_give *give)
{
    acceptor_rest(give->options.visitors);
    acceptor_rest(give->options.admin);
    int rc = give->options.recorder && give->first_seq > 0
                 ? recorder_let_go(give->options.recorder, give->first_seq)
                 : 0;
    move_to(give, GIVE_LET_GO, TAKEN_MS);
    if (rc != 0)
        refuse(give, REFUSED_JOURNAL);
    else if (handover_send(give->peer_fd, STR("go\n"), NULL, 0) != 0)
        refuse(give, REFUSED_GONE);
}

static void hear(struct handover_give *give, const struct handover_packet *packet)
{
    struct str rest;
    if (give->state == GIVE_GREETED && handover_says(packet, "hello", &rest))
        greet(give, rest);
    else if (give->state == GIVE_OFFERED && handover_says(packet, "ready", NULL))
        let_go(give);
    else if (give->state == GIVE_LET_GO && handover_says(packet, "taken", NULL))
        become_taken(give, packet);
    else if (give->state == GIVE_TAKEN && handover_says(packet, "serving", NULL))
        move_to(give, GIVE_DONE, 0);
    else if (is_under_way(give))
        refuse(give, REFUSED_ORDER);
}

static void on_packet(uv_poll_t *poll, int status, int events)
{
    struct handover_give *give = poll->data;
    struct handover_packet packet;
    (void)status;
    (void)events;
    int rc = handover_receive(give->peer_fd, &packet);
    if (rc == 1) {
        hear(give, &packet);
        handover_packet_finish(&packet);
    } else if (rc < 0 && give->state == GIVE_GREETED) {
        part(give); /* who only wants to know that somebody is there says nothing */
    } else if (rc < 0 && is_under_way(give)) {
        refuse(give, REFUSED_GONE);
    } else if (rc < 0) {
        (void)uv_poll_stop(poll);
        if (give->state == GIVE_TAKEN)
            move_to(give, GIVE_DONE, 0);
    }
}

static void on_somebody(uv_poll_t *poll, int status, int events)
{
    struct handover_give *give = poll->data;
    (void)status;
    (void)events;
    int fd = accept4(give->socket_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
        return;
    if (!handover_peer_is_trusted(fd) || uv_poll_init(give->loop, &give->peer, fd) != 0) {
        log_warning(give->options.log, "somebody who may not has asked for a take-over");
        (void)close(fd);
        return;
    }
    (void)uv_poll_stop(poll);
    give->peer_fd = fd;
    give->peer.data = give;
    move_to(give, GIVE_GREETED, HELLO_MS);
    (void)uv_poll_start(&give->peer, UV_READABLE, on_packet);
}

/* --- the socket */

/* Its mode is that of the file that comes of it. */
static int make_socket(void)
{
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd >= 0 && fchmod(fd, 0600) == 0)
        return fd;
    int rc = err_from_errno(errno);
    if (fd >= 0)
        (void)close(fd);
    return rc;
}

static int bind_socket(int data_fd)
{
    struct sockaddr_un address;
    const struct sockaddr *any = (const struct sockaddr *)&address;
    handover_address(&address, data_fd);
    int fd = make_socket();
    if (fd < 0)
        return fd;
    int error = bind(fd, any, sizeof address) == 0 ? 0 : errno;
    if (error == EADDRINUSE && address_is_stale(&address)) {
        (void)unlinkat(data_fd, HANDOVER_SOCKET, 0);
        error = bind(fd, any, sizeof address) == 0 ? 0 : errno;
    }
    if (error == 0 && listen(fd, BACKLOG) != 0)
        error = errno;
    if (error == 0)
        return fd;
    (void)close(fd);
    return err_from_errno(error);
}

void handover_give_init(struct handover_give *give, uv_loop_t *loop)
{
    *give = (struct handover_give){.loop = loop, .data_fd = -1, .socket_fd = -1, .peer_fd = -1};
    (void)uv_timer_init(loop, &give->patience);
    give->patience.data = give;
}

void handover_give_open(struct handover_give *give, const struct handover_give_options *options,
                        int socket_fd)
{
    give->options = *options;
    give->socket_fd = socket_fd;
    give->data_fd = open(options->data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int rc = give->data_fd < 0 ? err_from_errno(errno) : 0;
    if (rc == 0 && give->socket_fd < 0)
        give->socket_fd = rc = bind_socket(give->data_fd);
    if (rc >= 0 && uv_poll_init(give->loop, &give->socket, give->socket_fd) != 0)
        rc = ERR_IO;
    if (rc < 0) {
        log_warning(options->log, "nobody can take over from this server: %s/%s: %s", options->data,
                    HANDOVER_SOCKET, err_words(rc));
        if (give->socket_fd >= 0)
            (void)close(give->socket_fd);
        return;
    }
    give->socket.data = give;
    give->is_open = true;
    give->owns_file = true;
}

void handover_give_start(struct handover_give *give)
{
    if (give->is_open)
        wait_for_somebody(give);
}

void handover_give_end(struct handover_give *give)
{
    if (is_under_way(give))
        refuse(give, REFUSED_ENDING);
    if (give->state == GIVE_WAITING)
        move_to(give, GIVE_SHUT, 0);
    close_socket(give);
}

bool handover_give_may_leave(const struct handover_give *give)
{
    return give->state != GIVE_TAKEN;
}

void handover_give_close(struct handover_give *give)
{
    if (give->is_closed)
        return;
    give->is_closed = true;
    handover_give_end(give);
    if (give->state == GIVE_TAKEN || give->state == GIVE_DONE)
        uv_close((uv_handle_t *)&give->peer, on_parted);
    uv_close((uv_handle_t *)&give->patience, NULL);
    if (give->data_fd >= 0)
        (void)close(give->data_fd);
    give->data_fd = -1;
}
