/* Owns the datagrams to the service manager. */
#include "server/notify.h"

#include "base/str.h"

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MESSAGE_MAX = 512, PATIENCE_S = 2 };

static void open_socket(struct notify *notify)
{
    const char *path = getenv("NOTIFY_SOCKET");
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    if (!path || !*path)
        return;
    size_t len = strlen(path);
    if ((*path != '/' && *path != '@') || len >= sizeof notify->to.sun_path) {
        log_warning(notify->log, "NOTIFY_SOCKET is \"%s\", which is no unix socket", path);
        return;
    }
    notify->to.sun_family = AF_UNIX;
    memcpy(notify->to.sun_path, path, len);
    if (*path == '@') /* of the abstract names, which begin with a NUL */
        notify->to.sun_path[0] = '\0';
    notify->to_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
    notify->fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (notify->fd >= 0)
        (void)setsockopt(notify->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

static uint64_t read_variable(const char *name)
{
    const char *text = getenv(name);
    uint64_t value = 0;
    return text && str_to_u64(str_from(text), &value) == 0 ? value : 0;
}

/* The variable with the process says for whom the other one is meant. */
static uint64_t watchdog_ms(void)
{
    uint64_t pid = read_variable("WATCHDOG_PID");
    bool ours = !getenv("WATCHDOG_PID") || pid == (uint64_t)getpid();
    return ours ? read_variable("WATCHDOG_USEC") / 1000 : 0;
}

void notify_init(struct notify *notify, uv_loop_t *loop, const struct log *log)
{
    *notify = (struct notify){.log = log, .fd = -1};
    (void)uv_timer_init(loop, &notify->watchdog);
    notify->watchdog.data = notify;
    open_socket(notify);
    if (notify->fd >= 0)
        notify->watchdog_ms = watchdog_ms();
}

void notify_send(struct notify *notify, const char *format, ...)
{
    char message[MESSAGE_MAX];
    if (notify->fd < 0)
        return;
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    size_t len = n < 0 ? 0 : n < MESSAGE_MAX ? (size_t)n : MESSAGE_MAX - 1;
    ssize_t sent;
    do
        sent = sendto(notify->fd, message, len, MSG_NOSIGNAL, (const struct sockaddr *)&notify->to,
                      notify->to_len);
    while (sent < 0 && errno == EINTR);
    if (sent < 0 && !notify->failed)
        log_warning(notify->log, "cannot tell the service manager how things stand: %s",
                    strerror(errno));
    notify->failed = sent < 0;
}

void notify_ready(struct notify *notify, const char *status)
{
    notify_send(notify, "READY=1\nSTATUS=%s\nMAINPID=%ld\n", status, (long)getpid());
}

void notify_reloading(struct notify *notify)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    unsigned long long us =
        (unsigned long long)now.tv_sec * 1000000 + (unsigned long long)now.tv_nsec / 1000;
    notify_send(notify, "RELOADING=1\nSTATUS=reloading\nMONOTONIC_USEC=%llu\n", us);
}

void notify_inherit_watchdog(struct notify *notify, uint64_t watchdog_ms)
{
    if (notify->fd >= 0 && notify->watchdog_ms == 0)
        notify->watchdog_ms = watchdog_ms;
}

static void on_watchdog(uv_timer_t *timer)
{
    struct notify *notify = timer->data;
    if (notify->is_alive(notify->context))
        notify_send(notify, "WATCHDOG=1\n");
}

void notify_start_watchdog(struct notify *notify, bool (*is_alive)(void *context), void *context)
{
    uint64_t half = notify->watchdog_ms / 2;
    notify->is_alive = is_alive;
    notify->context = context;
    if (notify->watchdog_ms > 0)
        (void)uv_timer_start(&notify->watchdog, on_watchdog, 0, half > 0 ? half : 1);
}

void notify_close(struct notify *notify)
{
    uv_close((uv_handle_t *)&notify->watchdog, NULL);
    if (notify->fd >= 0)
        (void)close(notify->fd);
    notify->fd = -1;
}
