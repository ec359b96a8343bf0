/* Owns becoming somebody with fewer rights.
 *
 * Files are given away without following links, and only out of a folder that nobody but root could
 * have put anything into: else a link in it would give away any file of the system. */
#include "server/privilege.h"

#include "base/err.h"
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

int account_find(struct account *account, const char *name, struct diag_words *why)
{
    errno = 0;
    const struct passwd *entry = strlen(name) <= ACCOUNT_NAME_MAX ? getpwnam(name) : NULL;
    if (!entry) {
        diag_words_say(why, "there is no user \"%s\" on this system",
                       "su questo sistema non c’è l’utente «%s»", name);
        return ERR_NOT_FOUND;
    }
    *account = (struct account){
        .uid = entry->pw_uid, .gid = entry->pw_gid, .other = entry->pw_uid != geteuid()};
    (void)snprintf(account->name, sizeof account->name, "%s", name);
    if (account->other && geteuid() != 0) {
        diag_words_say(why, "only root can serve as another user (user: %s)",
                       "solo root può servire come un altro utente (user: %s)", name);
        return ERR_DENIED;
    }
    return 0;
}

/* --- the data folder */

struct gift {
    int folder;
    const struct account *account;
};

/* What attimo itself has put there, and links to nothing. */
static int give(void *context, const struct fs_entry *entry)
{
    const struct gift *gift = context;
    const struct account *to = gift->account;
    struct stat st;
    if (entry->error != 0 || fstatat(gift->folder, entry->path, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
        st.st_uid != 0)
        return 1;
    bool ours = S_ISDIR(st.st_mode) || (S_ISREG(st.st_mode) && st.st_nlink == 1);
    if (!ours)
        return 1;
    if (fchownat(gift->folder, entry->path, to->uid, to->gid, AT_SYMLINK_NOFOLLOW) != 0)
        return err_from_errno(errno);
    return 0;
}

static bool is_roots_alone(const struct stat *st)
{
    return st->st_uid == 0 && (st->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

int account_give_data(const struct account *account, const char *data)
{
    struct stat st;
    if (!account->other)
        return 0;
    int rc = fs_make_data_folder(data);
    if (rc != 0)
        return rc;
    int fd = open(data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return err_from_errno(errno);
    if (fstat(fd, &st) == 0 && is_roots_alone(&st)) {
        struct gift gift = {fd, account};
        rc = fs_walk(fd, give, &gift);
        if (rc == 0 && fchown(fd, account->uid, account->gid) != 0)
            rc = err_from_errno(errno);
    }
    (void)close(fd);
    return rc;
}

/* --- who we are */

static bool can_return(const struct account *account)
{
    uid_t real, effective, saved;
    gid_t real_group, effective_group, saved_group;
    if (getresuid(&real, &effective, &saved) != 0 ||
        getresgid(&real_group, &effective_group, &saved_group) != 0)
        return true;
    bool all = real == account->uid && effective == account->uid && saved == account->uid &&
               real_group == account->gid && effective_group == account->gid &&
               saved_group == account->gid;
    return !all || setresuid(0, 0, 0) == 0 || (account->gid != 0 && setresgid(0, 0, 0) == 0);
}

int account_become(const struct account *account)
{
    if (!account->other)
        return 0;
    if (initgroups(account->name, account->gid) != 0 ||
        setresgid(account->gid, account->gid, account->gid) != 0 ||
        setresuid(account->uid, account->uid, account->uid) != 0)
        return err_from_errno(errno);
    return can_return(account) ? ERR_DENIED : 0;
}

void privilege_seal(bool opaque)
{
    const struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (opaque)
        (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}
