/* Owns the choice of what to listen on. */
#include "server/listeners.h"

#include "base/err.h"
#include "server/inherited.h"

static int cannot_listen(int rc, const struct address *address, struct buf *why)
{
    struct buf reason = *why;
    *why = BUF_EMPTY;
    buf_printf(why, "cannot listen on %s: %.*s", address->text, STR_ARG(buf_str(&reason)));
    buf_finish(&reason);
    return rc;
}

static int take_inherited(struct acceptor *visitors, struct acceptor *admin, struct buf *why)
{
    struct inherited inherited;
    int rc = inherited_take(&inherited, why);
    for (size_t i = 0; rc == 0 && i < inherited.count; i++) {
        const struct inherited_socket *socket = &inherited.sockets[i];
        rc = acceptor_take(socket->is_admin ? admin : visitors, socket->fd, &socket->address, true,
                           why);
        if (rc != 0)
            rc = cannot_listen(rc, &socket->address, why);
    }
    return rc;
}

static int open_one(struct acceptor *acceptor, const struct address *address, unsigned unix_mode,
                    struct buf *why)
{
    int fd = address_listen(address, unix_mode, why);
    int rc = fd < 0 ? fd : acceptor_take(acceptor, fd, address, false, why);
    return rc == 0 ? 0 : cannot_listen(rc, address, why);
}

int listeners_open(struct acceptor *visitors, struct acceptor *admin,
                   const struct server_options *options, struct buf *why)
{
    int rc = take_inherited(visitors, admin, why);
    bool opens_all = visitors->listener_count == 0;
    for (size_t i = 0; rc == 0 && opens_all && i < options->listen_count; i++)
        rc = open_one(visitors, &options->listen[i], options->unix_mode, why);
    if (rc == 0 && admin->listener_count == 0 && options->has_admin)
        rc = open_one(admin, &options->admin, options->unix_mode, why);
    return rc;
}
