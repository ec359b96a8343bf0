/* Owns the process that reads the configuration. */
#include "cli/config_reader.h"

#include "base/err.h"
#include "base/fs.h"
#include "server/landlock.h"
#include "server/privilege.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_S = 10, ITS_FD = 3, DESCRIPTORS_MAX = 65536 };

/* Asked: this, and the path. Answered: this with what became of it, and the bytes. */
struct message {
    int rc;
    size_t len;
    size_t limit;
};

static int read_all(int fd, void *out, size_t size)
{
    char *at = out;
    while (size > 0) {
        ssize_t n = recv(fd, at, size, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return ERR_STOPPED;
        at += n;
        size -= (size_t)n;
    }
    return 0;
}

static int send_all(int fd, const void *bytes, size_t size)
{
    const char *at = bytes;
    while (size > 0) {
        ssize_t n = send(fd, at, size, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return ERR_STOPPED;
        at += n;
        size -= (size_t)n;
    }
    return 0;
}

/* --- in the process */

static bool is_named(char *const *argv, const char *path)
{
    static const char flag[] = "--config";
    const size_t len = sizeof flag - 1;
    for (; *argv; argv++) {
        if (strcmp(*argv, flag) == 0 && argv[1] && strcmp(argv[1], path) == 0)
            return true;
        if (strncmp(*argv, flag, len) == 0 && (*argv)[len] == '=' &&
            strcmp(*argv + len + 1, path) == 0)
            return true;
    }
    return false;
}

static int answer(int fd, char *const *argv)
{
    struct message message;
    char path[PATH_MAX] = {0};
    struct buf bytes = BUF_EMPTY;
    if (read_all(fd, &message, sizeof message) != 0 || message.len >= sizeof path ||
        read_all(fd, path, message.len) != 0)
        return ERR_STOPPED;
    message.rc = is_named(argv, path) ? fs_read(path, message.limit, &bytes) : ERR_DENIED;
    message.len = bytes.len;
    int rc = send_all(fd, &message, sizeof message);
    if (rc == 0 && bytes.len > 0)
        rc = send_all(fd, bytes.ptr, bytes.len);
    buf_finish(&bytes);
    return rc;
}

static bool become(const char *user)
{
    struct account account;
    struct diag_words why = {0};
    bool good = !user || (account_find(&account, user, &why) == 0 && account_become(&account) == 0);
    diag_words_finish(&why); /* the server finds out the same, and says it */
    return good;
}

/* A configuration may stand anywhere, and a link to it be switched to anywhere: so all can be read,
 * and nothing else be done. Where the kernel has no Landlock, the server says that of itself. */
static void stay_reader(void)
{
    struct landlock landlock;
    if (landlock_open(&landlock) == 0 && landlock_allow(&landlock, "/", LANDLOCK_MAY_READ) == 0)
        (void)landlock_enforce(&landlock);
    landlock_close(&landlock);
}

/* Linux has close_range since 5.9, and containers of that time deny it. This process begins before
 * the server opens many; some containers allow so many that closing all takes minutes. */
static void close_others(void)
{
    if (close_range(ITS_FD + 1, ~0U, 0) == 0)
        return;
    long end = sysconf(_SC_OPEN_MAX);
    if (end < 0 || end > DESCRIPTORS_MAX)
        end = DESCRIPTORS_MAX;
    for (int fd = ITS_FD + 1; fd < end; fd++)
        (void)close(fd);
}

/* Signals that all of a service's processes get are the server's alone. */
static void run(int fd, char *const *argv, const char *user)
{
    (void)signal(SIGHUP, SIG_IGN);
    (void)signal(SIGINT, SIG_IGN);
    if (dup2(fd, ITS_FD) != ITS_FD)
        _exit(1);
    close_others();
    if (!become(user))
        _exit(1);
    privilege_seal(true);
    stay_reader();
    (void)prctl(PR_SET_NAME, "attimo-config");
    while (answer(ITS_FD, argv) == 0)
        ;
    _exit(0);
}

/* --- in the server */

int config_reader_start(struct config_reader *reader, char *const *argv, const char *user)
{
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    int ends[2];
    *reader = (struct config_reader){.fd = -1};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return ERR_LIMIT;
    reader->pid = fork();
    if (reader->pid == 0)
        run(ends[1], argv, user);
    (void)close(ends[1]);
    reader->fd = ends[0];
    if (reader->pid < 0) {
        config_reader_stop(reader);
        return ERR_LIMIT;
    }
    (void)setsockopt(reader->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return 0;
}

/* Behind an answer that did not come, another would not be in its place. */
static int give_up(struct config_reader *reader)
{
    (void)shutdown(reader->fd, SHUT_RDWR);
    return ERR_STOPPED;
}

int config_reader_read(struct config_reader *reader, const char *path, size_t limit,
                       struct buf *out)
{
    struct message message = {.len = strlen(path), .limit = limit};
    if (reader->fd < 0)
        return fs_read(path, limit, out);
    if (send_all(reader->fd, &message, sizeof message) != 0 ||
        send_all(reader->fd, path, message.len) != 0 ||
        read_all(reader->fd, &message, sizeof message) != 0 || message.len > limit)
        return give_up(reader);
    if (message.len == 0)
        return message.rc;
    char *room = buf_reserve(out, message.len);
    if (!room || read_all(reader->fd, room, message.len) != 0)
        return give_up(reader);
    if (message.rc == 0)
        out->len += message.len;
    return message.rc;
}

void config_reader_stop(struct config_reader *reader)
{
    if (reader->fd >= 0)
        (void)close(reader->fd);
    if (reader->pid > 0 && kill(reader->pid, SIGKILL) == 0)
        (void)waitpid(reader->pid, NULL, 0);
    *reader = (struct config_reader){.fd = -1};
}
