/* Owns addresses to listen on: how they are written, and the sockets that come of them. */
#include "server/address.h"

#include "base/err.h"

#include <assert.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BACKLOG = 4096 };

/* --- how they are written */

static int parse_tcp(struct address *address, struct str text)
{
    uint64_t port;
    ptrdiff_t colon = str_find_last(text, ':');
    if (colon < 0 || str_to_u64(str_skip(text, (size_t)colon + 1), &port) != 0 || port > 65535)
        return ERR_INVALID;
    struct str host = str_make(text.ptr, (size_t)colon);
    if (host.len >= 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']')
        host = str_make(host.ptr + 1, host.len - 2);
    else if (str_find(host, ':') >= 0)
        return ERR_INVALID; /* an IPv6 address without brackets */
    memcpy(address->host, host.ptr, host.len);
    address->host[host.len] = '\0';
    address->port = (unsigned)port;
    return 0;
}

int address_parse(struct address *address, struct str text)
{
    *address = (struct address){.transport = TRANSPORT_TCP};
    if (text.len == 0 || text.len >= sizeof address->text)
        return ERR_INVALID;
    memcpy(address->text, text.ptr, text.len);

    struct str unix_prefix = STR("unix:");
    if (!str_starts_with(text, unix_prefix))
        return parse_tcp(address, text);
    size_t path_len = text.len - unix_prefix.len;
    if (path_len == 0)
        return ERR_INVALID;
    if (path_len >= sizeof((struct sockaddr_un){0}).sun_path)
        return ERR_TOO_LARGE;
    address->transport = TRANSPORT_UNIX;
    return 0;
}

const char *address_path(const struct address *address)
{
    assert(address->transport == TRANSPORT_UNIX);
    return address->text + sizeof "unix:" - 1;
}

/* --- binding */

static int fail(struct diag_words *why, const char *what)
{
    int error = errno;
    buf_printf(&why->en, "%s: %s", what, err_system_words(error, LANG_EN));
    buf_printf(&why->it, "%s: %s", what, err_system_words(error, LANG_IT));
    return err_from_errno(error);
}

/* ERR_NOT_FOUND: no address of this machine. */
static int bind_tcp(const struct address *address, const struct addrinfo *info,
                    struct diag_words *why)
{
    int on = 1;
    int off = 0;
    int fd = socket(info->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        bool is_absent = errno == EAFNOSUPPORT;
        int rc = fail(why, "socket");
        return is_absent ? ERR_NOT_FOUND : rc;
    }
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    /* Accepted sockets inherit it: one call here instead of one per connection. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (info->ai_family == AF_INET6) /* `:8080` is for IPv4 as well, `[::]:8080` is what it says */
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, address->host[0] ? &on : &off, sizeof on);
    if (bind(fd, info->ai_addr, info->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    bool is_absent = errno == EADDRNOTAVAIL;
    int rc = fail(why, "bind");
    (void)close(fd);
    return is_absent ? ERR_NOT_FOUND : rc;
}

static bool is_repeated(const struct addrinfo *all, const struct addrinfo *info)
{
    const struct addrinfo *before = all;
    while (before != info && (before->ai_addrlen != info->ai_addrlen ||
                              memcmp(before->ai_addr, info->ai_addr, info->ai_addrlen) != 0))
        before = before->ai_next;
    return before != info;
}

static int resolve(const struct address *address, int family, struct addrinfo **all,
                   struct diag_words *why)
{
    char port[16];
    (void)snprintf(port, sizeof port, "%u", address->port);
    struct addrinfo hints = {
        .ai_family = family, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    int rc = getaddrinfo(address->host[0] ? address->host : NULL, port, &hints, all);
    if (rc == 0)
        return 0;
    const char *words = gai_strerror(rc);
    buf_append(&why->en, str_from(words));
    buf_append(&why->it, str_from(rc == EAI_NONAME ? "questo nome non si trova" : words));
    return ERR_INVALID;
}

static void name_address(const struct addrinfo *info, struct diag_words *why)
{
    char host[NI_MAXHOST];
    if (getnameinfo(info->ai_addr, info->ai_addrlen, host, sizeof host, NULL, 0, NI_NUMERICHOST) ==
        0)
        diag_words_precede(why, "%s: ", "%s: ", host);
}

/* `why` keeps the last one that failed. */
static int bind_all(const struct address *address, const struct addrinfo *all,
                    struct address_sockets *sockets, struct diag_words *why)
{
    for (const struct addrinfo *info = all; info; info = info->ai_next) {
        struct diag_words reason = {0};
        if (is_repeated(all, info))
            continue;
        if (sockets->count == ADDRESS_SOCKETS_MAX) {
            diag_words_say(why, "more than %d addresses", "più di %d indirizzi",
                           ADDRESS_SOCKETS_MAX);
            return ERR_LIMIT;
        }
        int fd = bind_tcp(address, info, &reason);
        if (fd < 0) {
            diag_words_finish(why);
            *why = reason;
            if (all->ai_next)
                name_address(info, why);
            if (fd != ERR_NOT_FOUND)
                return fd;
            continue;
        }
        sockets->fds[sockets->count++] = fd;
        if (address->port == 0) /* each would get another one */
            break;
    }
    return sockets->count > 0 ? 0 : ERR_NOT_FOUND;
}

static int open_family(const struct address *address, int family, struct address_sockets *sockets,
                       struct diag_words *why)
{
    struct addrinfo *all;
    int rc = resolve(address, family, &all, why);
    if (rc != 0)
        return rc;
    rc = bind_all(address, all, sockets, why);
    freeaddrinfo(all);
    for (size_t i = 0; rc != 0 && i < sockets->count; i++)
        (void)close(sockets->fds[i]);
    return rc;
}

static int open_tcp(const struct address *address, struct address_sockets *sockets,
                    struct diag_words *why)
{
    int rc = open_family(address, address->host[0] ? AF_UNSPEC : AF_INET6, sockets, why);
    if (rc == ERR_NOT_FOUND && !address->host[0]) {
        /* A machine without IPv6: all addresses are then those of IPv4. */
        diag_words_finish(why);
        rc = open_family(address, AF_INET, sockets, why);
    }
    return rc == ERR_NOT_FOUND ? ERR_IO : rc;
}

bool address_is_stale(const struct sockaddr_un *name)
{
    struct stat st;
    if (lstat(name->sun_path, &st) != 0 || !S_ISSOCK(st.st_mode))
        return false;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    bool stale =
        connect(fd, (const struct sockaddr *)name, sizeof *name) != 0 && errno == ECONNREFUSED;
    (void)close(fd);
    return stale;
}

static int open_unix(const struct address *address, unsigned mode, struct diag_words *why)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    memcpy(name.sun_path, address_path(address), strlen(address_path(address)));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return fail(why, "socket");
    if (address_is_stale(&name))
        (void)unlink(name.sun_path);

    /* The file must never be open to more than it should be, not even for an instant. */
    mode_t before = umask((mode_t)(~mode & 0777));
    int rc = bind(fd, (const struct sockaddr *)&name, sizeof name);
    (void)umask(before);
    if (rc == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    rc = fail(why, "bind");
    (void)close(fd);
    return rc;
}

int address_listen(const struct address *address, unsigned unix_mode,
                   struct address_sockets *sockets, struct diag_words *why)
{
    sockets->count = 0;
    if (address->transport == TRANSPORT_TCP)
        return open_tcp(address, sockets, why);
    int fd = open_unix(address, unix_mode, why);
    if (fd < 0)
        return fd;
    sockets->fds[sockets->count++] = fd;
    return 0;
}

/* --- sockets that are there */

static int get_option(int fd, int option)
{
    int value = -1;
    socklen_t len = sizeof value;
    return getsockopt(fd, SOL_SOCKET, option, &value, &len) == 0 ? value : -1;
}

/* What keeps it from being listened on; NULL: nothing. */
static const struct text *find_fault(int fd)
{
    static const struct text not_open = {"is not open", "non è aperto"};
    static const struct text no_socket = {"is no socket", "non è un socket"};
    static const struct text no_stream = {"is no stream socket", "non è un socket di tipo stream"};
    static const struct text no_address = {"is neither a TCP nor a unix socket",
                                           "non è un socket TCP né unix"};
    static const struct text no_listener = {"does not listen", "non è in ascolto"};
    struct stat st;
    int domain = get_option(fd, SO_DOMAIN);
    int protocol = get_option(fd, SO_PROTOCOL);
    if (fstat(fd, &st) != 0)
        return &not_open;
    if (!S_ISSOCK(st.st_mode))
        return &no_socket;
    if (get_option(fd, SO_TYPE) != SOCK_STREAM)
        return &no_stream;
    if (domain != AF_UNIX && ((domain != AF_INET && domain != AF_INET6) || protocol != IPPROTO_TCP))
        return &no_address;
    return get_option(fd, SO_ACCEPTCONN) == 1 ? NULL : &no_listener;
}

static void write_unix(struct address *address, const struct sockaddr_un *name, socklen_t len)
{
    size_t before = offsetof(struct sockaddr_un, sun_path);
    int n = len > before ? (int)(len - before) : 0;
    address->transport = TRANSPORT_UNIX;
    if (n > 0 && name->sun_path[0] == '\0') /* of no file (unix(7): abstract) */
        (void)snprintf(address->text, sizeof address->text, "unix:@%.*s", n - 1,
                       name->sun_path + 1);
    else
        (void)snprintf(address->text, sizeof address->text, "unix:%.*s", n, name->sun_path);
}

static void write_tcp(struct address *address, const struct sockaddr *name, socklen_t len)
{
    char port[8] = "0";
    char host[100] = "";
    address->transport = TRANSPORT_TCP;
    (void)getnameinfo(name, len, host, sizeof host, port, sizeof port,
                      NI_NUMERICHOST | NI_NUMERICSERV);
    bool brackets = name->sa_family == AF_INET6;
    (void)snprintf(address->host, sizeof address->host, "%s", host);
    (void)snprintf(address->text, sizeof address->text, "%s%s%s:%s", brackets ? "[" : "", host,
                   brackets ? "]" : "", port);
    address->port = (unsigned)strtoul(port, NULL, 10);
}

int address_of_socket(struct address *address, int fd, struct diag_words *why)
{
    union {
        struct sockaddr any;
        struct sockaddr_storage storage;
        struct sockaddr_un local;
    } name = {.any.sa_family = AF_UNSPEC};
    socklen_t len = sizeof name;
    *address = (struct address){0};
    const struct text *fault = find_fault(fd);
    if (fault) {
        buf_append(&why->en, str_from(fault->en));
        buf_append(&why->it, str_from(fault->it));
        return ERR_INVALID;
    }
    if (getsockname(fd, &name.any, &len) != 0)
        return fail(why, "getsockname");
    if (name.any.sa_family == AF_UNIX)
        write_unix(address, &name.local, len);
    else
        write_tcp(address, &name.any, len);
    return 0;
}

void address_name(const struct address *address, int fd, char name[ADDRESS_SIZE])
{
    struct sockaddr_storage bound = {0};
    socklen_t len = sizeof bound;
    char port[8] = "?";
    char host[NI_MAXHOST] = "*";
    if (address->transport == TRANSPORT_UNIX) {
        (void)snprintf(name, ADDRESS_SIZE, "%s", address->text);
        return;
    }
    if (getsockname(fd, (struct sockaddr *)&bound, &len) == 0)
        (void)getnameinfo((struct sockaddr *)&bound, len, address->host[0] ? host : NULL,
                          address->host[0] ? sizeof host : 0, port, sizeof port,
                          NI_NUMERICHOST | NI_NUMERICSERV);
    bool brackets = strchr(host, ':') != NULL;
    (void)snprintf(name, ADDRESS_SIZE, "http://%s%.100s%s:%s", brackets ? "[" : "", host,
                   brackets ? "]" : "", port);
}
