/* Follows the takedowns in the data folder: what is written there is in force on every worker
 * within milliseconds, whatever the publishing thread is busy with. On the control thread. */
#ifndef ATTIMO_SERVER_TAKEDOWN_WATCH_H
#define ATTIMO_SERVER_TAKEDOWN_WATCH_H

#include "base/log.h"
#include "server/release.h"

struct takedown_watch {
    uv_loop_t *loop;
    const struct log *log;
    struct release *release;
    const char *data;
    char *folder;
    uv_fs_event_t event;
    uv_timer_t look; /* once a second: the folder may have been replaced, or tell nothing */
    struct stat seen;
    bool failed; /* the last reading: it was told, and is tried again */
    bool unread; /* a file of it, likewise */
};

void takedown_watch_init(struct takedown_watch *watch, uv_loop_t *loop, const struct log *log);

/* Makes the folders if they are not there, and puts in force what is in them. That one cannot is a
 * warning in the log. `data` stays the caller's. */
void takedown_watch_start(struct takedown_watch *watch, const char *data, struct release *release);

/* Closes its handles; the loop must turn until they are. */
void takedown_watch_close(struct takedown_watch *watch);

#endif
