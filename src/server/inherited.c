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

static int read_number(const char *variable, uint64_t *out, struct diag_words *why)
{
    const char *value = getenv(variable);
    if (value && str_to_u64(str_from(value), out) == 0)
        return 0;
    diag_words_say(why, "%s is \"%s\", not a number", "%s è «%s», non un numero", variable,
                   value ? value : "");
    return ERR_INVALID;
}

/* How many sockets are handed over to this process. */
static int count_sockets(size_t *count, struct diag_words *why)
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
        diag_words_say(why, "LISTEN_FDS is %llu; at most %d sockets can be handed over",
                       "LISTEN_FDS è %llu; si possono passare al massimo %d socket",
                       (unsigned long long)n, INHERITED_MAX);
        return ERR_LIMIT;
    }
    *count = (size_t)n;
    return 0;
}

static int take_socket(struct inherited_socket *out, int fd, struct str name,
                       struct diag_words *why)
{
    const int on = 1;
    int rc = address_of_socket(&out->address, fd, why);
    if (rc != 0) {
        diag_words_precede(why, "descriptor %d \"%.*s\", handed over by systemd, ",
                           "il descrittore %d «%.*s», passato da systemd, ", fd, STR_ARG(name));
        return rc;
    }
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
        fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
        diag_words_say(why, "descriptor %d \"%.*s\": %s", "descrittore %d «%.*s»: %s", fd,
                       STR_ARG(name), strerror(errno));
        return err_from_errno(errno);
    }
    if (out->address.transport == TRANSPORT_TCP)
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    out->fd = fd;
    out->is_admin = str_eq(name, STR("admin"));
    return 0;
}

int inherited_take(struct inherited *out, struct diag_words *why)
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
