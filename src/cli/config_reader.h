/* Reading the configuration again from a server that has shut itself out of all files but its own
 * (server/confine.h): a process beside it, made before, which does nothing else and, where the
 * kernel has Landlock, can write to no file.
 *
 * Happy path: start before anything is given up, read on each reload, stop at the end; the process
 * also ends when the server does. Failure modes: it reads the files alone that the command line
 * names, whatever it is asked; one that has died makes every read fail. */
#ifndef ATTIMO_CLI_CONFIG_READER_H
#define ATTIMO_CLI_CONFIG_READER_H

#include "base/buf.h"

#include <sys/types.h>

struct config_reader {
    int fd; /* -1: there is no such process, and files are read directly */
    pid_t pid;
};

/* `argv` are the words of the command line: what --config names may be read. `user` is whom the
 * process becomes; NULL: nobody else. ERR_LIMIT. */
int config_reader_start(struct config_reader *reader, char *const *argv, const char *user);

/* As fs_read does. ERR_STOPPED: the process has died, or does not answer. */
int config_reader_read(struct config_reader *reader, const char *path, size_t limit,
                       struct buf *out);

/* Takes one that was not started. */
void config_reader_stop(struct config_reader *reader);

#endif
