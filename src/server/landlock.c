/* Owns the three system calls of Landlock, for which the C library has no names, and the rights
 * that each version of it has brought. Headers may be older than the kernel, so what came after the
 * first version is written down here. */
#include "server/landlock.h"

#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* struct landlock_ruleset_attr as it has become; a kernel that is older wants the rest to be zero.
 */
struct ruleset {
    uint64_t files;
    uint64_t net;
};

#define RIGHTS_1       ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1) /* of version 1: all up to that one */
#define RIGHT_REFER    (UINT64_C(1) << 13)                      /* version 2 */
#define RIGHT_TRUNCATE (UINT64_C(1) << 14)                      /* version 3 */
#define RIGHT_IOCTL    (UINT64_C(1) << 15)                      /* version 5, of devices */
#define NET_ALL        UINT64_C(3) /* version 4: bind and connect, of TCP */

#define READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITE                                                                                    \
    (READ | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE |                     \
     LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR | \
     LANDLOCK_ACCESS_FS_MAKE_SOCK | RIGHT_TRUNCATE)
/* What a rule may say of a file that is no folder. */
#define OF_FILES                                                                                 \
    (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | \
     RIGHT_TRUNCATE | RIGHT_IOCTL)

static uint64_t rights_of(int abi)
{
    uint64_t rights = RIGHTS_1;
    if (abi >= 2)
        rights |= RIGHT_REFER;
    if (abi >= 3)
        rights |= RIGHT_TRUNCATE;
    if (abi >= 5)
        rights |= RIGHT_IOCTL;
    return rights;
}

int landlock_open(struct landlock *landlock)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    *landlock = (struct landlock){.fd = -1};
    if (abi < 1)
        return ERR_NOT_FOUND;
    landlock->abi = (int)abi;
    landlock->rights = rights_of(landlock->abi);
    const struct ruleset ruleset = {.files = landlock->rights, .net = abi >= 4 ? NET_ALL : 0};
    landlock->fd = (int)syscall(SYS_landlock_create_ruleset, &ruleset, sizeof ruleset, 0);
    return landlock->fd >= 0 ? 0 : err_from_errno(errno);
}

int landlock_allow(struct landlock *landlock, const char *path, enum landlock_right right)
{
    static const uint64_t rights[] = {
        [LANDLOCK_MAY_READ] = READ,
        [LANDLOCK_MAY_WRITE] = WRITE,
        [LANDLOCK_MAY_REMOVE] = LANDLOCK_ACCESS_FS_REMOVE_FILE,
        [LANDLOCK_MAY_EXECUTE] = READ | LANDLOCK_ACCESS_FS_EXECUTE,
    };
    struct landlock_path_beneath_attr beneath = {.allowed_access =
                                                     rights[right] & landlock->rights};
    struct stat st;
    int rc = 0;
    beneath.parent_fd = open(path, O_PATH | O_CLOEXEC);
    if (beneath.parent_fd < 0)
        return err_from_errno(errno);
    if (fstat(beneath.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
        beneath.allowed_access &= OF_FILES;
    if (syscall(SYS_landlock_add_rule, landlock->fd, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) != 0)
        rc = err_from_errno(errno);
    (void)close(beneath.parent_fd);
    return rc;
}

int landlock_enforce(struct landlock *landlock)
{
    return syscall(SYS_landlock_restrict_self, landlock->fd, 0) == 0 ? 0 : err_from_errno(errno);
}

void landlock_close(struct landlock *landlock)
{
    if (landlock->fd >= 0)
        (void)close(landlock->fd);
    landlock->fd = -1;
}
