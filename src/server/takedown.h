/* The crisis switch: pages that must not be served, whatever the pages folder holds. One small file
 * for each in `<data>/takedowns`, written whole or not at all, so that it holds across restarts and
 * no copying of pages brings one back. */
#ifndef ATTIMO_SERVER_TAKEDOWN_H
#define ATTIMO_SERVER_TAKEDOWN_H

#include "base/diag.h"
#include "site/gone.h"

struct takedown {
    struct str path;              /* of the page on the site, decoded */
    struct str then;              /* where it leads instead, a path or an address; empty: 410 */
    struct str reason;            /* for the log */
    struct str since;             /* RFC 3339 */
    char *text;                   /* what the slices point into; NULL where they are the caller's */
    struct resource *replacement; /* a reference: what is there instead, under the page's one true
                                     path; see takedowns_prepare */
};

/* In order of path. A zeroed struct is empty. */
struct takedowns {
    struct takedown *items;
    size_t count;
};

/* Puts one in force, in place of another for the same page. ERR_NOT_FOUND: there is no folder
 * `data`. ERR_DENIED, ERR_NO_SPACE, ERR_IO, ERR_NO_MEMORY. */
int takedown_write(const char *data, const struct takedown *takedown);

/* Ends one. ERR_NOT_FOUND: there is none for that page. */
int takedown_remove(const char *data, struct str path);

/* Reads all that are in force. What cannot be understood is told in `diags`. A folder that is not
 * there holds none. ERR_DENIED, ERR_IO, ERR_NO_MEMORY: nothing is known. */
int takedowns_read(struct takedowns *out, const char *data, struct diags *diags);
void takedowns_finish(struct takedowns *takedowns);

/* Adds those of `before` whose files are there, and cannot be read or understood any more, as
 * `diags` of takedowns_read says: nobody has ended them. ERR_NO_MEMORY. */
int takedowns_keep_spoiled(struct takedowns *takedowns, const struct takedowns *before,
                           const struct diags *diags);

const struct takedown *takedowns_find(const struct takedowns *takedowns, struct str path);

/* Takes over from `before` what stands in the place of pages that it has too, where that is the
 * same. */
void takedowns_inherit(struct takedowns *takedowns, const struct takedowns *before);

/* How takedowns_prepare is to make it. */
struct takedowns_place {
    const struct site *base;      /* where the pages are; NULL: not known yet */
    const struct gone_page *gone; /* what is there where nothing else is named */
    bool anew;                    /* also where it is there already */
};

/* Makes what stands in the place of each page, a redirect or `gone`, where it lacks or stands
 * elsewhere: a takedown of `/c/` or `/c.html` is one of the page `/c` if that is where the site
 * leads from there. 1: one has another place than before; 0; ERR_NO_MEMORY. */
int takedowns_prepare(struct takedowns *takedowns, const struct takedowns_place *place);

/* Whether what is at `path` in the site is taken down, by whatever spelling of its path. For those
 * that are prepared. */
bool takedowns_cover(const struct takedowns *takedowns, struct str path);

/* The site with the pages of `takedowns`, which are prepared, replaced: a new site, or another
 * reference to `base` if there are none. ERR_NO_MEMORY. */
int takedowns_apply(struct site **out, struct site *base, const struct takedowns *takedowns);

#endif
