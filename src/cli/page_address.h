/* Addresses of pages as people give them to a command, and what the pages folder has there. */
#ifndef ATTIMO_CLI_PAGE_ADDRESS_H
#define ATTIMO_CLI_PAGE_ADDRESS_H

#include "base/buf.h"
#include "server/takedown.h"

/* Appends the path of the page that `word` is about, decoded and NFC: of a path, with or without
 * its first slash, or of a whole address; what a request never carries or that does not name the
 * page (`#...`, `?...`) is left out. ERR_EXISTS: it may be a path as well as an address without its
 * `https://`. ERR_INVALID: it is none, or empty. ERR_NO_MEMORY. */
int page_address_read(struct str word, struct buf *path);

enum page_presence {
    PAGE_UNKNOWN, /* the folder cannot be read */
    PAGE_ABSENT,
    PAGE_ALIAS,  /* only a redirect to another page */
    PAGE_THERE,  /* a page, a draft or another file, maybe by another spelling */
    PAGE_SEVERAL /* of different spellings, as in x.md and x/index.md */
};

/* What the pages folder has at `path`, as it is now. Appends to `target` where an alias leads, or
 * the paths of several. */
enum page_presence page_address_look(const char *pages, struct str path, struct buf *target);

/* Whether a redirect to `then`, a path or an address, comes back to the page at `path`: by another
 * spelling of that, an alias, a page that has expired, or one of the other `takedowns`. `pages` is
 * the folder; where it is NULL or cannot be read, less is known. */
bool page_address_leads_back(const char *pages, const struct takedowns *takedowns, struct str then,
                             struct str path);

#endif
