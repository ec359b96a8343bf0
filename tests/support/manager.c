/* Owns the socket of the service manager. */
#include "support/manager.h"

#include "support/server.h"
#include "support/test.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void manager_open(struct manager *m, const struct server *s)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s/notify", s->root);
    m->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_true(m->fd >= 0);
    assert_int_equal(bind(m->fd, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(setenv("NOTIFY_SOCKET", address.sun_path, 1), 0);
}

void manager_close(struct manager *m)
{
    (void)close(m->fd);
    (void)unsetenv("NOTIFY_SOCKET");
}

static bool has_line(const char *message, const char *line)
{
    size_t len = strlen(line);
    for (const char *at = message; at; at = strchr(at, '\n') ? strchr(at, '\n') + 1 : NULL)
        if (strncmp(at, line, len) == 0 && (at[len] == '\n' || at[len] == '\0'))
            return true;
    return false;
}

void manager_expect(struct manager *m, const char *line)
{
    struct pollfd ready = {.fd = m->fd, .events = POLLIN};
    do {
        if (poll(&ready, 1, SERVER_PATIENCE_MS) != 1)
            fail_msg("the manager is not told %s", line);
        ssize_t n = recv(m->fd, m->heard, sizeof m->heard - 1, 0);
        assert_true(n >= 0);
        m->heard[n] = '\0';
    } while (!has_line(m->heard, line));
}

unsigned long long manager_number(const struct manager *m, const char *name)
{
    const char *at = strstr(m->heard, name);
    if (!at || at[strlen(name)] != '=')
        fail_msg("there is no %s in: %s", name, m->heard);
    return strtoull(at + strlen(name) + 1, NULL, 10);
}
