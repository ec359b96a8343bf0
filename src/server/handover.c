/* Owns the packets of a take-over. */
#include "server/handover.h"

#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* --- packets */

union control {
    struct cmsghdr header;
    char bytes[CMSG_SPACE(sizeof(int) * HANDOVER_FDS_MAX)];
};

int handover_send(int fd, struct str text, const int *fds, size_t fd_count)
{
    union control control = {0};
    struct iovec part = {(char *)text.ptr, text.len};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (fd_count > 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * fd_count);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int) * fd_count);
        memcpy(CMSG_DATA(header), fds, sizeof(int) * fd_count);
    }
    ssize_t n;
    do
        n = sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (n < 0 && errno == EINTR);
    if (n >= 0)
        return 0;
    return errno == EPIPE || errno == ECONNRESET || errno == ENOTCONN ? ERR_NOT_FOUND : ERR_IO;
}

static void take_fds(struct handover_packet *packet, struct msghdr *message)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        packet->fd_count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        memcpy(packet->fds, CMSG_DATA(c), packet->fd_count * sizeof(int));
    }
}

int handover_receive(int fd, struct handover_packet *packet)
{
    union control control = {0};
    struct iovec part = {packet->text, sizeof packet->text};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control.bytes,
                             .msg_controllen = sizeof control.bytes};
    ssize_t n;
    packet->fd_count = 0;
    do /* A reset is told once, before what had been sent until then. */
        n = recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    while (n < 0 && (errno == EINTR || errno == ECONNRESET));
    if (n < 0)
        return errno == EAGAIN ? 0 : ERR_IO;
    if (n == 0)
        return ERR_NOT_FOUND;
    packet->len = (size_t)n;
    take_fds(packet, &message);
    if ((message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0)
        return 1;
    handover_packet_finish(packet);
    return ERR_TOO_LARGE;
}

bool handover_says(const struct handover_packet *packet, const char *word, struct str *rest)
{
    struct str text = str_make(packet->text, packet->len);
    struct str line;
    struct str first = STR("");
    (void)str_split(&text, '\n', &line);
    (void)str_split(&line, ' ', &first);
    if (rest)
        *rest = line;
    return str_eq(first, str_from(word));
}

void handover_packet_finish(struct handover_packet *packet)
{
    for (size_t i = 0; i < packet->fd_count; i++)
        if (packet->fds[i] >= 0)
            (void)close(packet->fds[i]);
    packet->fd_count = 0;
}

bool handover_peer_is_trusted(int fd)
{
    struct ucred peer;
    socklen_t len = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0)
        return false;
    return peer.uid == geteuid() || peer.uid == 0 || geteuid() == 0;
}

void handover_address(struct sockaddr_un *address, int data_fd)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    (void)snprintf(address->sun_path, sizeof address->sun_path, "/proc/self/fd/%d/%s", data_fd,
                   HANDOVER_SOCKET);
}

/* --- the offer
 *
 *     offer 30000                         every so many ms a sign of life is wanted; 0: never
 *     journal 4294967300                  and its lock's descriptor
 *     socket                              likewise: each line but the first has one
 *     visitors ours 127.0.0.1:8080
 *     admin given 127.0.0.1:8081
 */

int handover_offer_send(const struct handover_offer *offer, int fd)
{
    struct buf text = BUF_EMPTY;
    int fds[HANDOVER_FDS_MAX];
    size_t n = 0;
    buf_printf(&text, "offer %llu\n", (unsigned long long)offer->watchdog_ms);
    if (offer->lock_fd >= 0) {
        buf_printf(&text, "journal %llu\n", (unsigned long long)offer->first_seq);
        fds[n++] = offer->lock_fd;
    }
    buf_append(&text, STR("socket\n"));
    fds[n++] = offer->socket_fd;
    for (size_t i = 0; i < offer->count; i++) {
        const struct handover_listener *listener = &offer->listeners[i];
        buf_printf(&text, "%s %s %s\n", listener->is_admin ? "admin" : "visitors",
                   listener->is_given ? "given" : "ours", listener->address.text);
        fds[n++] = listener->fd;
    }
    int rc = buf_status(&text);
    if (rc == 0)
        rc = text.len > HANDOVER_TEXT_MAX ? ERR_LIMIT : handover_send(fd, buf_str(&text), fds, n);
    buf_finish(&text);
    return rc;
}

static int read_listener(struct handover_offer *offer, struct str word, struct str rest, int fd)
{
    struct handover_listener listener = {.fd = fd, .is_admin = str_eq(word, STR("admin"))};
    struct str owner = STR("");
    if (offer->count == HANDOVER_LISTENERS_MAX)
        return ERR_LIMIT;
    (void)str_split(&rest, ' ', &owner);
    listener.is_given = str_eq(owner, STR("given"));
    if (address_parse(&listener.address, rest) != 0)
        return ERR_INVALID;
    offer->listeners[offer->count++] = listener;
    return 0;
}

static int read_line(struct handover_offer *offer, struct str line, int fd)
{
    struct str word = STR("");
    (void)str_split(&line, ' ', &word);
    if (str_eq(word, STR("journal")) && offer->lock_fd < 0) {
        if (str_to_u64(line, &offer->first_seq) != 0)
            return ERR_INVALID;
        offer->lock_fd = fd;
        return 0;
    }
    if (str_eq(word, STR("socket")) && offer->socket_fd < 0) {
        offer->socket_fd = fd;
        return 0;
    }
    if (str_eq(word, STR("visitors")) || str_eq(word, STR("admin")))
        return read_listener(offer, word, line, fd);
    return ERR_INVALID;
}

int handover_offer_read(struct handover_offer *offer, struct handover_packet *packet)
{
    struct str text = str_make(packet->text, packet->len);
    struct str line;
    struct str word = STR("");
    *offer = (struct handover_offer){.lock_fd = -1, .socket_fd = -1};
    (void)str_split(&text, '\n', &line);
    (void)str_split(&line, ' ', &word);
    int rc = line.len > 0 ? str_to_u64(line, &offer->watchdog_ms) : 0;
    size_t n = 0;
    for (; rc == 0 && n < packet->fd_count && str_split(&text, '\n', &line); n++) {
        rc = read_line(offer, line, packet->fds[n]);
        if (rc == 0)
            packet->fds[n] = -1;
    }
    bool whole = rc == 0 && text.len == 0 && n == packet->fd_count && offer->socket_fd >= 0;
    handover_packet_finish(packet);
    if (whole)
        return 0;
    handover_offer_finish(offer);
    return ERR_INVALID;
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

void handover_offer_finish(struct handover_offer *offer)
{
    close_fd(&offer->lock_fd);
    close_fd(&offer->socket_fd);
    for (size_t i = 0; i < offer->count; i++)
        close_fd(&offer->listeners[i].fd);
    offer->count = 0;
}
