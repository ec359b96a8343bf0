/* Owns reading what systemd hands over. */
#include "server/inherited.h"

#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FIRST_FD = 3 };

static const char *const variables[] = {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES",
                                        "LISTEN_PIDFDID"};

static int read_number(const char *variable, uint64_t *out, struct buf *why)
{
    const char *value = getenv(variable);
    if (value && str_to_u64(str_from(value), out) == 0)
        return 0;
    buf_printf(why, "%s is \"%s\", not a number", variable, value ? value : "");
    return ERR_INVALID;
}

/* How many sockets are handed over to this process. */
static int count_sockets(size_t *count, struct buf *why)
{
    uint64_t pid;
    uint64_t n;
    *count = 0;
    if (!getenv("LISTEN_PID") || !getenv("LISTEN_FDS"))
        return 0;
    int rc = read_number("LISTEN_PID", &pid, why);
    if (rc == 0)
        rc = read_number("LISTEN_FDS", &n, why);
    if (rc != 0 || pid != (uint64_t)getpid())
        return rc;
    if (n > INHERITED_MAX) {
        buf_printf(why, "LISTEN_FDS is %llu; at most %d sockets can be handed over",
                   (unsigned long long)n, INHERITED_MAX);
        return ERR_LIMIT;
    }
    *count = (size_t)n;
    return 0;
}

static int take_socket(struct inherited_socket *out, int fd, struct str name, struct buf *why)
{
    const int on = 1;
    struct buf fault = BUF_EMPTY;
    int rc = address_of_socket(&out->address, fd, &fault);
    if (rc != 0)
        buf_printf(why, "descriptor %d \"%.*s\", handed over by systemd, %.*s", fd, STR_ARG(name),
                   STR_ARG(buf_str(&fault)));
    buf_finish(&fault);
    if (rc != 0)
        return rc;
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
        fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
        buf_printf(why, "descriptor %d \"%.*s\": %s", fd, STR_ARG(name), strerror(errno));
        return err_from_errno(errno);
    }
    if (out->address.transport == TRANSPORT_TCP)
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    out->fd = fd;
    out->is_admin = str_eq(name, STR("admin"));
    return 0;
}

int inherited_take(struct inherited *out, struct buf *why)
{
    size_t count;
    *out = (struct inherited){0};
    int rc = count_sockets(&count, why);
    struct str names = str_from(getenv("LISTEN_FDNAMES") ? getenv("LISTEN_FDNAMES") : "");
    for (; rc == 0 && out->count < count; out->count++) {
        struct str name = STR("");
        (void)str_split(&names, ':', &name);
        rc = take_socket(&out->sockets[out->count], FIRST_FD + (int)out->count, name, why);
        if (rc != 0)
            break;
    }
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
        (void)unsetenv(variables[i]);
    return rc;
}
