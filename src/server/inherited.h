/* Listening sockets that were there before this process: systemd opens them, and hands them over as
 * sd_listen_fds(3) says, from descriptor 3 on. LISTEN_PID says for whom they are, LISTEN_FDS how
 * many, LISTEN_FDNAMES what each is called. */
#ifndef ATTIMO_SERVER_INHERITED_H
#define ATTIMO_SERVER_INHERITED_H

#include "server/address.h"

enum { INHERITED_MAX = 32 };

struct inherited {
    struct inherited_socket {
        int fd;
        struct address address;
        bool is_admin; /* it is called "admin" */
    } sockets[INHERITED_MAX];
    size_t count; /* 0: nothing was handed over to this process */
};

/* Removes the variables from the environment, so that no child takes them for its own, and checks
 * what they tell: each must be a listening stream socket of TCP or a unix one. They become
 * non-blocking, and are closed on exec. The caller owns them. ERR_INVALID, ERR_LIMIT: `why` names
 * the descriptor or the variable; the descriptors are left as they are. */
int inherited_take(struct inherited *out, struct diag_words *why);

#endif
