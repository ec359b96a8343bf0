/* Owns the order in which rights are given up. */
#include "server/confine.h"

#include "base/err.h"
#include "server/privilege.h"

#include <errno.h>
#include <unistd.h>

/* They stand where they were bound just now, in folders that root has chosen; those that systemd
 * has made are as it was told. */
static int give_sockets(const struct acceptor *acceptor, const struct account *account)
{
    for (size_t i = 0; i < acceptor->listener_count; i++) {
        const struct listener *listener = &acceptor->listeners[i];
        bool ours = listener->address.transport == TRANSPORT_UNIX && !listener->is_given &&
                    !listener->is_borrowed;
        if (ours && lchown(address_path(&listener->address), account->uid, account->gid) != 0)
            return err_from_errno(errno);
    }
    return 0;
}

static int become_user(const struct server_options *options,
                       const struct acceptor *const *acceptors, size_t count, struct buf *why)
{
    struct account account;
    int rc = account_find(&account, options->user, why);
    if (rc != 0 || !account.other)
        return rc;
    for (size_t i = 0; rc == 0 && i < count; i++)
        rc = give_sockets(acceptors[i], &account);
    if (rc == 0)
        rc = account_give_data(&account, options->data);
    if (rc == 0)
        rc = account_become(&account);
    if (rc != 0)
        buf_printf(why, "cannot become the user %s: %s", options->user, err_words(rc));
    else
        log_info(&options->log, "serving as the user %s", options->user);
    return rc;
}

int confine(const struct server_options *options, const struct acceptor *const *acceptors,
            size_t count, struct buf *why)
{
    int rc = options->user ? become_user(options, acceptors, count, why) : 0;
    privilege_seal(false);
    return rc;
}
