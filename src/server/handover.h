/* Taking over from a running server: what the two say to each other.
 *
 * The one that runs listens on `data/handover.sock`, the next one connects. They talk in packets
 * (SOCK_SEQPACKET) of a few lines of text, the first word of which says what it is:
 *
 *     next    hello 1          the version of all this
 *     before  offer            what there is to be had; see struct handover_offer
 *     next    ready            my pages are loaded, my workers wait: may I?
 *     before  go               I accept nobody any more, and have let go of the journal's lock
 *     next    taken            from here on it is mine: there is no way back; what I do not
 *                              listen on is named in a line of its own ("unused ADDRESS"), and so
 *                              is the journal where I do not record ("unused journal")
 *     next    serving          whoever must know of me knows
 *     before  refused WORDS    instead of any answer; see handover_refusal.h
 *
 * Until `taken` has been sent, whatever becomes of the next one leaves the one before serving. The
 * connection stays until the one before has ended, and its end says so. */
#ifndef ATTIMO_SERVER_HANDOVER_H
#define ATTIMO_SERVER_HANDOVER_H

#include "server/address.h"

#include <sys/un.h>

enum {
    HANDOVER_VERSION = 1,
    HANDOVER_LISTENERS_MAX = 32,
    HANDOVER_FDS_MAX = HANDOVER_LISTENERS_MAX + 2,
    HANDOVER_TEXT_MAX = 8192,
};

#define HANDOVER_SOCKET "handover.sock"

/* --- packets */

struct handover_packet {
    char text[HANDOVER_TEXT_MAX];
    size_t len;
    int fds[HANDOVER_FDS_MAX];
    size_t fd_count;
};

/* Sends it whole, or not; never waits. ERR_NOT_FOUND: nobody is at the other end any more. ERR_IO.
 */
int handover_send(int fd, struct str text, const int *fds, size_t fd_count);

/* 1: a packet, whose descriptors are the caller's. 0: there is none now. ERR_NOT_FOUND: none will
 * come any more. ERR_TOO_LARGE, ERR_IO. */
int handover_receive(int fd, struct handover_packet *packet);

/* Whether that is what the packet says; `rest` (or NULL) gets what stands behind the word. */
bool handover_says(const struct handover_packet *packet, const char *word, struct str *rest);

void handover_packet_finish(struct handover_packet *packet);

/* Whether the process at the other end is of our user, or one of the two is root's. */
bool handover_peer_is_trusted(int fd);

/* The address of the socket of a data folder, whatever the length of its path: `data_fd` must stay
 * open while it is used. */
void handover_address(struct sockaddr_un *address, int data_fd);

/* --- the offer */

struct handover_listener {
    int fd;
    bool is_admin;
    bool is_given; /* by systemd, in place of all that the options name */
    struct address address;
};

struct handover_offer {
    uint64_t watchdog_ms; /* how often the service manager wants a sign of life; 0: never */
    uint64_t first_seq;   /* of the next one's journal; 0: there is no journal to be had */
    int lock_fd;          /* with the journal; else -1 */
    int socket_fd;        /* on which the next one will be asked for a take-over */
    struct handover_listener listeners[HANDOVER_LISTENERS_MAX];
    size_t count;
};

/* As a packet; the descriptors stay the caller's. ERR_NO_MEMORY, ERR_LIMIT. */
int handover_offer_send(const struct handover_offer *offer, int fd);

/* Reads one, whose descriptors are the caller's from here on, whatever happens: those that the
 * offer does not name are closed. ERR_INVALID: it cannot be understood, and all are closed. */
int handover_offer_read(struct handover_offer *offer, struct handover_packet *packet);

/* Closes what is not -1. */
void handover_offer_finish(struct handover_offer *offer);

#endif
