/* Landlock (landlock(7)): from a moment on, this process and its threads reach only the files that
 * were named before. Nothing gives back what was given up. */
#ifndef ATTIMO_SERVER_LANDLOCK_H
#define ATTIMO_SERVER_LANDLOCK_H

#include <stdint.h>

struct landlock {
    int fd;
    int abi;         /* the kernel's version of it, from 1 on */
    uint64_t rights; /* those that it knows */
};

/* What may be done with what lies beneath a folder. */
enum landlock_right {
    LANDLOCK_MAY_READ,    /* files and lists of them */
    LANDLOCK_MAY_WRITE,   /* that, and making, changing, removing files, folders and sockets */
    LANDLOCK_MAY_REMOVE,  /* files, and nothing else */
    LANDLOCK_MAY_EXECUTE, /* reading, and running programs */
};

/* ERR_NOT_FOUND: the kernel has none, or it is switched off. ERR_LIMIT. */
int landlock_open(struct landlock *landlock);

/* Allows something beneath `path`, wherever a link leads at this moment, or with this one file.
 * ERR_NOT_FOUND, ERR_DENIED, ERR_LIMIT. */
int landlock_allow(struct landlock *landlock, const char *path, enum landlock_right right);

/* All that was not allowed is denied from here on, to this thread and to those that it makes; so
 * are new TCP sockets' names and connections, where the kernel knows how. Needs no_new_privs.
 * ERR_DENIED, ERR_LIMIT. */
int landlock_enforce(struct landlock *landlock);

/* Takes one that was enforced or not. */
void landlock_close(struct landlock *landlock);

#endif
