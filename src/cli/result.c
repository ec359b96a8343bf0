/* Owns writing results: in large blocks, and files only as a whole. */
#include "cli/result.h"

#include "base/err.h"
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK_SIZE = 256 * 1024, MODE = 0666, MODE_OF_ONE = 0600, PROC_PATH_SIZE = 64 };

static int fail(void)
{
    return err_from_errno(errno);
}

/* Where a file that has no name yet can be linked from, if there is a /proc. */
static void name_in_proc(int fd, char out[PROC_PATH_SIZE])
{
    (void)snprintf(out, PROC_PATH_SIZE, "/proc/self/fd/%d", fd);
}

/* A file in the target's folder that has no name, as a descriptor; -1: there is none of these here,
 * or no way to give it a name later. */
static int open_nameless(const struct result *result, mode_t mode)
{
    char from[PROC_PATH_SIZE];
    struct str folder = str_from(result->target);
    struct buf text = BUF_EMPTY;
    folder.len = (size_t)(str_find_last(folder, '/') + 1);
    buf_append(&text, folder);
    buf_append(&text, STR("./"));
    buf_append_char(&text, '\0');
    int fd = buf_status(&text) == 0 ? open(text.ptr, O_TMPFILE | O_WRONLY | O_CLOEXEC, mode) : -1;
    buf_finish(&text);
    name_in_proc(fd, from);
    if (fd < 0 || access(from, F_OK) == 0)
        return fd;
    (void)close(fd);
    return -1;
}

/* A file that has no name until it is whole, so that nothing is left behind whatever happens; where
 * the system has none of these, one beside the target. */
static int open_aside(struct result *result, mode_t mode)
{
    struct buf name = BUF_EMPTY;
    result->fd = open_nameless(result, mode);
    if (result->fd >= 0)
        return 0;
    buf_printf(&name, "%s.%ld.new", result->target, (long)getpid());
    if (buf_status(&name) != 0)
        return ERR_NO_MEMORY;
    (void)unlink(name.ptr); /* of a process that is no more */
    result->fd = open(name.ptr, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (result->fd < 0) {
        int rc = fail();
        buf_finish(&name);
        return rc;
    }
    result->aside = name.ptr;
    return 0;
}

/* Who may read what is replaced may read what replaces it, and nobody else. Its owner stays as far
 * as we may give files away; a group that cannot stay leaves its rights to nobody. */
static int take_rights(const struct result *result, const struct stat *before)
{
    mode_t mode = before->st_mode & 07777;
    struct stat now;
    if (fchown(result->fd, before->st_uid, before->st_gid) != 0 &&
        fchown(result->fd, (uid_t)-1, before->st_gid) != 0)
        mode &= ~(mode_t)(S_IRWXG | S_ISGID);
    if (fstat(result->fd, &now) != 0)
        return fail();
    if (now.st_uid != before->st_uid)
        mode &= ~(mode_t)S_ISUID;
    return fchmod(result->fd, mode) == 0 ? 0 : fail();
}

int result_open(struct result *result, const char *path)
{
    struct stat st;
    *result = (struct result){.path = path, .fd = path ? -1 : STDOUT_FILENO};
    (void)signal(SIGPIPE, SIG_IGN);
    if (!path)
        return 0;
    bool exists = stat(path, &st) == 0;
    if (exists && !S_ISREG(st.st_mode)) {
        result->fd = open(path, O_WRONLY | O_CLOEXEC);
        return result->fd < 0 ? fail() : 0;
    }
    /* A link stays, and what it leads to is replaced; where that is not there it is refused. */
    if (!exists) {
        int rc = fail();
        if (lstat(path, &st) == 0)
            return rc;
    }
    result->target = exists ? realpath(path, NULL) : strdup(path);
    if (!result->target)
        return fail();
    int rc = open_aside(result, exists ? MODE_OF_ONE : MODE);
    return rc == 0 && exists ? take_rights(result, &st) : rc;
}

static int write_bytes(struct result *result)
{
    int rc = buf_status(&result->bytes);
    if (rc == 0 && !result->closed && result->bytes.len > 0) {
        errno = 0;
        rc = fs_write_all(result->fd, buf_str(&result->bytes));
        result->closed = rc != 0 && errno == EPIPE;
    }
    buf_clear(&result->bytes);
    return result->closed ? 1 : rc;
}

int result_flow(struct result *result)
{
    bool is_much = result->bytes.len >= BLOCK_SIZE || result->bytes.failed;
    return is_much || result->closed ? write_bytes(result) : 0;
}

/* Gives the file its name: beside the target first, since a link cannot replace one. */
static int put_in_place(struct result *result)
{
    if (!result->aside) {
        char from[PROC_PATH_SIZE];
        struct buf name = BUF_EMPTY;
        name_in_proc(result->fd, from);
        buf_printf(&name, "%s.%ld.new", result->target, (long)getpid());
        if (buf_status(&name) != 0)
            return ERR_NO_MEMORY;
        (void)unlink(name.ptr); /* of a process that is no more */
        if (linkat(AT_FDCWD, from, AT_FDCWD, name.ptr, AT_SYMLINK_FOLLOW) != 0) {
            int rc = fail();
            buf_finish(&name);
            return rc;
        }
        result->aside = name.ptr;
    }
    if (rename(result->aside, result->target) != 0)
        return fail();
    free(result->aside);
    result->aside = NULL;
    return 0;
}

int result_close(struct result *result)
{
    int rc = write_bytes(result);
    if (rc == 0 && result->target && fsync(result->fd) != 0)
        rc = fail();
    if (rc == 0 && result->target)
        rc = put_in_place(result);
    return rc;
}

void result_finish(struct result *result)
{
    if (!result)
        return;
    if (result->aside)
        (void)unlink(result->aside);
    if (result->path && result->fd >= 0)
        (void)close(result->fd);
    free(result->aside);
    free(result->target);
    buf_finish(&result->bytes);
    *result = (struct result){.fd = -1};
}
