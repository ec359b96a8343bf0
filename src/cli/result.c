/* Owns writing results: in large blocks, and files only as a whole. */
#include "cli/result.h"

#include "base/err.h"
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { BLOCK_SIZE = 256 * 1024, MODE = 0666 };

static int fail(void)
{
    return err_from_errno(errno);
}

/* A file that has no name until it is whole, so that nothing is left behind whatever happens; where
 * the file system has none of these, one beside the target. */
static int open_aside(struct result *result)
{
    size_t slash = 0;
    for (size_t i = 0; result->target[i]; i++)
        slash = result->target[i] == '/' ? i + 1 : slash;
    struct buf text = BUF_EMPTY;
    buf_append(&text, str_make(result->target, slash));
    buf_append(&text, STR("./"));
    buf_append_char(&text, '\0');
    if (buf_status(&text) != 0)
        return ERR_NO_MEMORY;
    result->fd = open(text.ptr, O_TMPFILE | O_WRONLY | O_CLOEXEC, MODE);
    buf_finish(&text);
    if (result->fd >= 0)
        return 0;
    buf_printf(&text, "%s.%ld.new", result->target, (long)getpid());
    if (buf_status(&text) != 0)
        return ERR_NO_MEMORY;
    (void)unlink(text.ptr); /* of a process that is no more */
    result->fd = open(text.ptr, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, MODE);
    if (result->fd < 0) {
        int rc = fail();
        buf_finish(&text);
        return rc;
    }
    result->aside = text.ptr;
    return 0;
}

int result_open(struct result *result, const char *path)
{
    struct stat st;
    *result = (struct result){.path = path, .fd = STDOUT_FILENO};
    (void)signal(SIGPIPE, SIG_IGN);
    if (!path)
        return 0;
    bool exists = stat(path, &st) == 0;
    if (exists && !S_ISREG(st.st_mode)) {
        result->fd = open(path, O_WRONLY | O_CLOEXEC);
        return result->fd < 0 ? fail() : 0;
    }
    /* A link stays, and what it leads to is replaced. */
    result->target = exists ? realpath(path, NULL) : strdup(path);
    if (!result->target)
        return fail();
    return open_aside(result);
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
        char from[64];
        struct buf name = BUF_EMPTY;
        (void)snprintf(from, sizeof from, "/proc/self/fd/%d", result->fd);
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
