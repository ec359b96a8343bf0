/* Owns taking what the server before has. */
#include "server/handover_take.h"

#include "base/clock.h"
#include "base/err.h"
#include "server/handover_refusal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { OFFER_MS = 10 * 1000, GO_MS = 20 * 1000 };

void handover_take_init(struct handover_take *take)
{
    *take = (struct handover_take){.fd = -1, .offer = {.lock_fd = -1, .socket_fd = -1}};
}

/* --- asking */

static int fail(int error, const char *data, struct diag_words *why)
{
    if (error == ENOENT || error == ECONNREFUSED) {
        diag_words_say(why,
                       "there is no running server to take over from, with the data folder %s; "
                       "without --take-over, this one starts",
                       "con la cartella dei dati %s non lavora nessun server a cui subentrare; "
                       "senza --take-over, questo parte",
                       data);
        return ERR_NOT_FOUND;
    }
    diag_words_say(why, "cannot take over: %s/%s: %s", "non si può subentrare: %s/%s: %s", data,
                   HANDOVER_SOCKET, strerror(error));
    return err_from_errno(error);
}

/* A descriptor, or -1 and errno. */
static int knock(const char *data)
{
    struct sockaddr_un address;
    int data_fd = open(data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int error = data_fd < 0 || fd < 0 ? errno : 0;
    handover_address(&address, data_fd);
    if (error == 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) != 0)
        error = errno;
    if (data_fd >= 0)
        (void)close(data_fd);
    if (error != 0 && fd >= 0)
        (void)close(fd);
    errno = error;
    return error == 0 ? fd : -1;
}

bool handover_is_served(const char *data)
{
    int fd = knock(data);
    if (fd >= 0)
        (void)close(fd);
    /* So many wait there already. */
    return fd >= 0 || errno == EAGAIN;
}

static int connect_to(struct handover_take *take, const char *data, struct diag_words *why)
{
    take->fd = knock(data);
    int rc = take->fd < 0 ? fail(errno, data, why) : 0;
    if (rc == 0 && !handover_peer_is_trusted(take->fd)) {
        diag_words_say(why,
                       "cannot take over: the server with the data folder %s is another user's",
                       "non si può subentrare: il server con la cartella dei dati %s è di un altro "
                       "utente",
                       data);
        rc = ERR_DENIED;
    }
    return rc;
}

/* 0: a packet has come. ERR_NOT_FOUND: none will; ERR_STOPPED: not in time. */
static int await(const struct handover_take *take, uint64_t ms, struct handover_packet *packet)
{
    uint64_t end = clock_monotonic_ms() + ms;
    for (;;) {
        int rc = handover_receive(take->fd, packet);
        if (rc != 0)
            return rc == 1 ? 0 : rc;
        uint64_t now = clock_monotonic_ms();
        if (now >= end)
            return ERR_STOPPED;
        struct pollfd ready = {.fd = take->fd, .events = POLLIN};
        (void)poll(&ready, 1, (int)(end - now));
    }
}

/* In the words of a version that may not be ours. */
static void say_refused(struct str said, struct diag_words *why)
{
    struct text known;
    if (!handover_refusal_read(said, &known)) {
        diag_words_say(why, "%.*s", "%.*s", STR_ARG(said));
        return;
    }
    buf_append(&why->en, str_from(known.en));
    buf_append(&why->it, str_from(known.it));
}

/* Waits for a packet that says `word`. */
static int expect(const struct handover_take *take, const char *word, uint64_t ms,
                  struct handover_packet *packet, struct diag_words *why)
{
    struct str rest;
    int rc = await(take, ms, packet);
    if (rc == 0 && handover_says(packet, word, NULL))
        return 0;
    if (rc == ERR_STOPPED) {
        diag_words_say(why, "the running server does not answer",
                       "il server in corsa non risponde");
    } else if (rc != 0) {
        diag_words_say(why, "the running server has hung up", "il server in corsa ha riattaccato");
        diag_words_because(why, rc);
    } else if (handover_says(packet, "refused", &rest)) {
        say_refused(rest, why);
    } else {
        diag_words_say(why, "the running server says what cannot be understood",
                       "non si capisce che cosa dice il server in corsa");
    }
    if (rc == 0)
        handover_packet_finish(packet);
    return rc == 0 ? ERR_DENIED : rc;
}

static void prefix(struct diag_words *why)
{
    diag_words_precede(why, "cannot take over: ", "non si può subentrare: ");
}

int handover_take_ask(struct handover_take *take, const char *data, struct diag_words *why)
{
    struct handover_packet packet;
    char hello[32];
    int rc = connect_to(take, data, why);
    if (rc != 0)
        return rc;
    (void)snprintf(hello, sizeof hello, "hello %d\n", HANDOVER_VERSION);
    /* One that is gone already may have said why. */
    (void)handover_send(take->fd, str_from(hello), NULL, 0);
    rc = expect(take, "offer", OFFER_MS, &packet, why);
    if (rc == 0) {
        rc = handover_offer_read(&take->offer, &packet);
        if (rc != 0)
            diag_words_say(why, "the running server makes an offer that cannot be understood",
                           "non si capisce che cosa offre il server in corsa");
    }
    if (rc != 0)
        prefix(why);
    return rc;
}

/* --- taking */

/* Whether the send, or what is heard after it failed, shows that the one before is gone. */
static int say(struct handover_take *take, const char *text, struct diag_words *why)
{
    struct handover_packet packet;
    int rc = handover_send(take->fd, str_from(text), NULL, 0);
    return rc == ERR_NOT_FOUND ? expect(take, "go", 0, &packet, why) : rc;
}

/* Those of whom nobody has taken the descriptor. */
static void write_taken(struct buf *text, const struct handover_offer *offer)
{
    buf_append(text, STR("taken\n"));
    if (offer->lock_fd >= 0)
        buf_append(text, STR("unused journal\n"));
    for (size_t i = 0; i < offer->count; i++)
        if (offer->listeners[i].fd >= 0)
            buf_printf(text, "unused %s\n", offer->listeners[i].address.text);
}

static int say_taken(struct handover_take *take, struct diag_words *why)
{
    struct buf text = BUF_EMPTY;
    write_taken(&text, &take->offer);
    buf_append_char(&text, '\0');
    int rc = buf_status(&text) == 0 ? say(take, text.ptr, why) : ERR_NO_MEMORY;
    buf_finish(&text);
    return rc;
}

int handover_take_all(struct handover_take *take, struct diag_words *why)
{
    struct handover_packet packet;
    int rc = say(take, "ready\n", why);
    if (rc == 0)
        rc = expect(take, "go", GO_MS, &packet, why);
    if (rc == 0) {
        handover_packet_finish(&packet);
        rc = say_taken(take, why);
    }
    if (rc == ERR_NOT_FOUND) {
        take->has_ended = true;
        return 0;
    }
    if (rc != 0)
        prefix(why);
    return rc;
}

/* --- afterwards */

static void stop_following(struct handover_take *take)
{
    if (take->is_followed)
        uv_close((uv_handle_t *)&take->poll, NULL);
    take->is_followed = false;
    if (take->fd >= 0)
        (void)close(take->fd);
    take->fd = -1;
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct handover_take *take = poll->data;
    struct handover_packet packet;
    (void)status;
    (void)events;
    int rc;
    while ((rc = handover_receive(take->fd, &packet)) == 1)
        handover_packet_finish(&packet);
    if (rc == 0)
        return;
    stop_following(take);
    take->on_ended(take->context);
}

void handover_take_follow(struct handover_take *take, uv_loop_t *loop,
                          void (*on_ended)(void *context), void *context)
{
    take->on_ended = on_ended;
    take->context = context;
    (void)handover_send(take->fd, STR("serving\n"), NULL, 0);
    if (uv_poll_init(loop, &take->poll, take->fd) != 0)
        return;
    take->poll.data = take;
    take->is_followed = true;
    (void)uv_poll_start(&take->poll, UV_READABLE, on_readable);
}

void handover_take_close(struct handover_take *take)
{
    stop_following(take);
    handover_offer_finish(&take->offer);
}
