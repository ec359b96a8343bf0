/* Owns the choice of what to listen on. */
#include "server/listeners.h"

#include "base/err.h"
#include "server/handover.h"
#include "server/inherited.h"

#include <unistd.h>

static int take(struct acceptor *acceptor, int fd, const struct listener *like,
                struct diag_words *why)
{
    int rc = fd < 0 ? fd : acceptor_take(acceptor, fd, like, why);
    if (rc == 0)
        return 0;
    diag_words_precede(
        why, "cannot listen on %s: ", "non si riesce ad ascoltare su %s: ", like->address.text);
    return rc;
}

static int take_inherited(struct acceptor *visitors, struct acceptor *admin, struct diag_words *why)
{
    struct inherited inherited;
    int rc = inherited_take(&inherited, why);
    for (size_t i = 0; rc == 0 && i < inherited.count; i++) {
        const struct inherited_socket *socket = &inherited.sockets[i];
        const struct listener like = {.address = socket->address, .is_given = true};
        rc = take(socket->is_admin ? admin : visitors, socket->fd, &like, why);
    }
    return rc;
}

/* --- those of the server before */

static int take_offered(struct acceptor *acceptor, struct handover_listener *offered,
                        struct diag_words *why)
{
    const struct listener like = {
        .address = offered->address, .is_given = offered->is_given, .is_borrowed = true};
    int fd = offered->fd;
    offered->fd = -1;
    return take(acceptor, fd, &like, why);
}

/* What systemd has opened for the server before stands in place of what the options name here,
 * too. */
static int take_given(struct acceptor *acceptor, bool is_admin, struct handover_offer *offer,
                      struct diag_words *why)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && offer && i < offer->count; i++) {
        struct handover_listener *offered = &offer->listeners[i];
        if (offered->fd >= 0 && offered->is_given && offered->is_admin == is_admin)
            rc = take_offered(acceptor, offered, why);
    }
    return rc;
}

static struct handover_listener *find_offered(struct handover_offer *offer,
                                              const struct address *address)
{
    for (size_t i = 0; offer && i < offer->count; i++)
        if (offer->listeners[i].fd >= 0 &&
            strcmp(offer->listeners[i].address.text, address->text) == 0)
            return &offer->listeners[i];
    return NULL;
}

/* --- all of them */

static int open_anew(struct acceptor *acceptor, const struct address *address, unsigned unix_mode,
                     struct diag_words *why)
{
    const struct listener like = {.address = *address};
    struct address_sockets sockets;
    int rc = address_listen(address, unix_mode, &sockets, why);
    if (rc != 0)
        return take(acceptor, rc, &like, why);
    if (why->en.len > 0)
        log_warning(acceptor->log, "%s: not on all of its addresses: %.*s", address->text,
                    STR_ARG(diag_words_in(why, LANG_EN)));
    diag_words_finish(why);
    for (size_t i = 0; i < sockets.count; i++)
        if (rc == 0)
            rc = take(acceptor, sockets.fds[i], &like, why);
        else
            (void)close(sockets.fds[i]);
    return rc;
}

static int open_one(struct acceptor *acceptor, const struct address *address, unsigned unix_mode,
                    struct handover_offer *offer, struct diag_words *why)
{
    struct handover_listener *offered = find_offered(offer, address);
    if (!offered)
        return open_anew(acceptor, address, unix_mode, why);
    int rc = take_offered(acceptor, offered, why);
    /* Those of one name; with port 0 two that are written alike are two. */
    while (rc == 0 && address->port != 0 && (offered = find_offered(offer, address)))
        rc = take_offered(acceptor, offered, why);
    return rc;
}

int listeners_open(struct acceptor *visitors, struct acceptor *admin,
                   const struct server_options *options, struct handover_offer *offer,
                   struct diag_words *why)
{
    unsigned mode = options->unix_mode;
    int rc = take_inherited(visitors, admin, why);
    if (rc == 0 && visitors->listener_count == 0)
        rc = take_given(visitors, false, offer, why);
    if (rc == 0 && admin->listener_count == 0)
        rc = take_given(admin, true, offer, why);
    bool opens_all = visitors->listener_count == 0;
    for (size_t i = 0; rc == 0 && opens_all && i < options->listen_count; i++)
        rc = open_one(visitors, &options->listen[i], mode, offer, why);
    if (rc == 0 && admin->listener_count == 0 && options->has_admin)
        rc = open_one(admin, &options->admin, mode, offer, why);
    return rc;
}
