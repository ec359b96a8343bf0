/* Where a command's result goes: standard output, or a file that appears only when it is whole. */
#ifndef ATTIMO_CLI_RESULT_H
#define ATTIMO_CLI_RESULT_H

#include "base/buf.h"

struct result {
    struct buf bytes; /* to be written; append here, then result_flow */
    const char *path; /* NULL: standard output */
    int fd;
    char *target; /* what will be replaced; NULL: it is written in place, as a terminal is */
    char *aside;  /* where it stands meanwhile; NULL: it has no name yet */
    bool closed;  /* nobody reads any more */
};

/* Opens it; a file is written aside, and has the rights, and as far as may be the owner, of the one
 * that it will replace. SIGPIPE is ignored from then on. ERR_DENIED, ERR_NOT_FOUND
 * (also a link that leads nowhere), ERR_IO... `path` must outlive it. */
int result_open(struct result *result, const char *path);

/* Writes when much has gathered. 0; 1: nobody reads any more, which is no error; or an error:
 * ERR_NO_SPACE, ERR_IO, ERR_NO_MEMORY. */
int result_flow(struct result *result);

/* Writes the rest and puts a file in its place. Returns as result_flow; on failure what was there
 * before stays. */
int result_close(struct result *result);

/* Frees everything, also where opening has failed; a file that has not been closed is dropped. */
void result_finish(struct result *result);

#endif
