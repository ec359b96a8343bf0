/* The crisis switch: pages that must not be served, whatever the pages folder holds. One small file
 * for each in `<data>/takedowns`, written whole or not at all, so that it holds across restarts and
 * no copying of pages brings one back.
 *
 * A takedown is of all spellings of the page's path (site_family), whichever of them has a page now
 * or later: nothing that is published can bring a page back. */
#ifndef ATTIMO_SERVER_TAKEDOWN_H
#define ATTIMO_SERVER_TAKEDOWN_H

#include "base/diag.h"
#include "site/gone.h"

struct takedown {
    struct str path;   /* of the page on the site, decoded, by any of its spellings */
    struct str then;   /* where it leads instead, a path or an address; empty: 410 */
    struct str reason; /* for the log */
    struct str since;  /* RFC 3339 */
    struct str file;   /* its name in the folder; empty: not read from there */
    char *text;        /* what the slices point into; NULL where they are the caller's */
    /* References: what is there instead, at `/x` and at `/x/`, to which all other spellings lead.
     * NULL: not made yet, see takedowns_prepare; there is but one of the home page. */
    struct resource *replacements[2];
};

/* In order of the pages' families, one of each. A zeroed struct is empty. */
struct takedowns {
    struct takedown *items;
    size_t count;
    bool unread; /* of those that were read: a file could not be, and another time it may */
};

/* Puts one in force, in place of others for the same page by whatever spelling. Its reason may be
 * any bytes: U+FFFD stands for what is not UTF-8, and a long one is cut behind 4 KiB. ERR_INVALID:
 * the path or `then` could not be read from the file again (too long, not UTF-8); nothing is
 * written. ERR_NOT_FOUND: there is no folder `data`. ERR_DENIED, ERR_READ_ONLY, ERR_NO_SPACE,
 * ERR_IO, ERR_NO_MEMORY. */
int takedown_write(const char *data, const struct takedown *takedown);

/* Ends that of a page, by whatever spelling. ERR_NOT_FOUND: there is none for that page.
 * ERR_DENIED, ERR_IO, ERR_NO_MEMORY. */
int takedown_remove(const char *data, struct str path);

/* Reads all that are in force; of several for one page, the last. What cannot be understood is told
 * in `diags`. A folder that is not there holds none. ERR_DENIED, ERR_IO, ERR_NO_MEMORY: nothing is
 * known. */
int takedowns_read(struct takedowns *out, const char *data, struct diags *diags);
void takedowns_finish(struct takedowns *takedowns);

/* Adds those of `before` whose files are there, and cannot be read or understood any more, as
 * `diags` of takedowns_read says: nobody has ended them. ERR_NO_MEMORY. */
int takedowns_keep_spoiled(struct takedowns *takedowns, const struct takedowns *before,
                           const struct diags *diags);

/* That of the page which `path` is a spelling of, or NULL. */
const struct takedown *takedowns_find(const struct takedowns *takedowns, struct str path);

/* Takes over from `before` what stands in the place of pages that it has too, where that is the
 * same. */
void takedowns_inherit(struct takedowns *takedowns, const struct takedowns *before);

/* Makes what stands in the place of each page, a redirect or `gone`, where it lacks; `anew`: also
 * where it is there already. ERR_NO_MEMORY. */
int takedowns_prepare(struct takedowns *takedowns, const struct gone_page *gone, bool anew);

/* The site with the pages of `takedowns`, which are prepared, replaced: a new site, or another
 * reference to `base` if there are none. ERR_NO_MEMORY. */
int takedowns_apply(struct site **out, struct site *base, const struct takedowns *takedowns);

#endif
