/* Telling the service manager how things stand, as sd_notify(3) describes it: a datagram to the
 * socket that NOTIFY_SOCKET names. That protocol is stable and meant to be written anew; a library
 * for one call would be one more thing to build with, and one more that may be missing.
 *
 * Failure modes: without the variable nothing is sent; a manager that cannot be told is a warning
 * in the log, once, and changes nothing. */
#ifndef ATTIMO_SERVER_NOTIFY_H
#define ATTIMO_SERVER_NOTIFY_H

#include "base/log.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/un.h>
#include <uv.h>

struct notify {
    const struct log *log;
    int fd; /* -1: there is nobody to tell */
    struct sockaddr_un to;
    socklen_t to_len;
    bool failed;

    uint64_t watchdog_ms; /* how often the manager wants a sign of life; 0: never */
    uv_timer_t watchdog;
    bool (*is_alive)(void *context);
    void *context;
};

/* Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID. */
void notify_init(struct notify *notify, uv_loop_t *loop, const struct log *log);

/* Sends "NAME=value" lines. */
void notify_send(struct notify *notify, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* READY=1, and whose process it is. */
void notify_ready(struct notify *notify, const char *status);

/* RELOADING=1, with the moment that notify-reload wants to know; notify_ready ends it. */
void notify_reloading(struct notify *notify);

/* Another process was told how often a sign of life is wanted, and this one goes on in its place.
 * What this one was told itself wins. */
void notify_inherit_watchdog(struct notify *notify, uint64_t watchdog_ms);

/* From now on a sign of life is sent twice in the time that the manager waits for one, as long as
 * `is_alive` says so. */
void notify_start_watchdog(struct notify *notify, bool (*is_alive)(void *context), void *context);

/* Closes its handle; the loop must turn until it is closed. */
void notify_close(struct notify *notify);

#endif
