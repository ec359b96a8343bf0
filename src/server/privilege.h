/* Giving up what is not needed any more once the sockets are bound: root, memory images of a crash,
 * and the means to get more. On the control thread, before there are others. */
#ifndef ATTIMO_SERVER_PRIVILEGE_H
#define ATTIMO_SERVER_PRIVILEGE_H

#include "base/diag.h"

#include <sys/types.h>

enum { ACCOUNT_NAME_MAX = 64 };

/* Whose the process is to be. */
struct account {
    uid_t uid;
    gid_t gid;
    char name[ACCOUNT_NAME_MAX + 1];
    bool other; /* than we are now: it takes root to get there */
};

/* Looks up a user by name. ERR_NOT_FOUND; ERR_DENIED: it is another one, and we are not root; with
 * words for people in `why`. */
int account_find(struct account *account, const char *name, struct diag_words *why);

/* Makes the folder `data` if it is not there. One that is root's, and that root alone writes to,
 * becomes the account's, with what attimo keeps in it; any other is left as it is. ERR_*. */
int account_give_data(const struct account *account, const char *data);

/* Becomes the account, with its groups, for good: that there is no way back is tried. Nothing
 * happens if it is who we are. ERR_DENIED, ERR_IO: the process must end. */
int account_become(const struct account *account);

/* No core files, no new privileges by running a program; `opaque`: nor may other processes of the
 * same user look into this one's memory, as debuggers do. */
void privilege_seal(bool opaque);

#endif
