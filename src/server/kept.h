/* Which versions stay live of files that may not be published, told to commands that have no
 * address to ask at: `<data>/kept.json`. What stands in it holds for as long as the server that
 * wrote it keeps it locked; what a server left behind that runs no more is passed over. */
#ifndef ATTIMO_SERVER_KEPT_H
#define ATTIMO_SERVER_KEPT_H

#include "base/buf.h"
#include "base/yaml.h"

/* The server's side. A zeroed struct has told nothing. */
struct kept {
    bool open;
    int fd; /* of the file, locked */
    struct buf text;
};

/* Tells that of the folder `pages` these versions stay live: members of a JSON object, a file's
 * path below the folder and a revision each, without its braces. Does nothing where this has been
 * told, or where another server has told something since, which goes on in this one's place.
 * Whoever reads meanwhile finds what was told before. ERR_IO and its like: nothing is told. */
int kept_tell(struct kept *kept, const char *data, const char *pages, struct str members);
void kept_finish(struct kept *kept);

/* A command's side. A zeroed struct is empty. */
struct kept_list {
    struct yaml *document;
};

/* What is told of the folder `pages`; ERR_NOT_FOUND where no server tells anything. */
int kept_read(struct kept_list *out, const char *data, const char *pages);

/* The version of `file` that stays live; empty: nothing is known of one. */
struct str kept_find(const struct kept_list *list, const char *file);
void kept_list_finish(struct kept_list *list);

#endif
