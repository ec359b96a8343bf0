/* What happens to files and folders below a folder, as inotify tells it: a watch for each folder
 * that its owner has asked for, and one for the name of the top folder itself, which may be a link
 * that is switched. Belongs to one thread.
 *
 * The owner watches a folder before it lists it, so that nothing falls between. A watcher that
 * cannot watch (limits of the system, a network file system) is no failure: who must know
 * everything looks at the files every now and then all the same. */
#ifndef ATTIMO_SERVER_WATCHER_H
#define ATTIMO_SERVER_WATCHER_H

#include "base/buf.h"
#include "base/str.h"

enum change {
    CHANGE_WRITTEN,         /* bytes of a file; its writer may not be done */
    CHANGE_COMPLETE,        /* a writer has closed a file, or it was moved here */
    CHANGE_APPEARED,        /* a file's name: a link, or a file that is about to be written */
    CHANGE_TOUCHED,         /* a file's permissions, owner or times */
    CHANGE_GONE,            /* a file, or a link to a folder */
    CHANGE_FOLDER_APPEARED, /* with what may have been put into it already */
    CHANGE_FOLDER_MOVED_IN, /* the same, whole */
    CHANGE_FOLDER_TOUCHED,  /* its permissions or owner */
    CHANGE_FOLDER_GONE,     /* its watches, and those below it, are no more */
    CHANGE_TOP,             /* something else may go by the top folder's name; the path is empty */
    CHANGE_LOST             /* the kernel has dropped events; the path is empty */
};

struct watcher_sink {
    void (*on_change)(void *context, enum change change, struct str path);
    void *context;
};

struct watch {
    int wd;
    char *folder; /* relative to the top folder, which is "" */
};

struct watcher {
    int fd; /* readable when something has happened; -1: nothing can be watched */
    int parent_wd;
    char *top_name; /* the top folder's name in its parent */
    struct watch *watches;
    size_t count; /* in order of wd; links can make one folder have several names */
    size_t capacity;
};

/* `top` is the path of the top folder. ERR_NO_MEMORY; ERR_LIMIT, ERR_IO: nothing can be watched,
 * and all that follows does nothing. */
int watcher_init(struct watcher *watcher, const char *top);
void watcher_finish(struct watcher *watcher);

/* Watches `folder`, relative to the open top folder; harmless when it is watched already.
 * ERR_NO_MEMORY, ERR_NO_SPACE (too many watches), ERR_NOT_FOUND... */
int watcher_add(struct watcher *watcher, int top_fd, const char *folder);

/* Ends the watches of a folder and of all below it; "" ends all but the top's name. */
void watcher_forget(struct watcher *watcher, struct str folder);

/* Tells `sink` all that has happened, in order; never waits. `path` is relative to the top folder,
 * valid during the call. The sink may add and forget. */
void watcher_drain(struct watcher *watcher, const struct watcher_sink *sink);

#endif
