/* How all pages of a site look: the style sheet, the brand's own header and footer, and the policy
 * that allows just these. */
#ifndef ATTIMO_SITE_LOOK_H
#define ATTIMO_SITE_LOOK_H

#include "base/buf.h"
#include "base/diag.h"
#include "base/hash.h"

/* What `_theme/` holds instead of the built-in parts. Absent: a slice without `ptr`. */
struct look_files {
    struct str style;
    struct str header;
    struct str footer;
};

struct look {
    struct buf style;  /* what stands in the style element */
    struct buf header; /* HTML inside the header element; empty: the site's name */
    struct buf footer; /* HTML inside the footer element; empty: the legal line and privacy */
    struct buf policy; /* a whole Content-Security-Policy field line with its CRLF */
    char accent[8];    /* "#0b6b4f", the colour of the icon */
    char rev[HASH_TEXT_SIZE];
};

/* Makes the look out of the built-in one, the site's `colour` (empty: none) and the `files`.
 * `script` is what runs on every page (empty: nothing). A style that would end its element is an
 * error in `diags`, and left out. ERR_NO_MEMORY. */
int look_make(struct look *out, struct str colour, const struct look_files *files,
              struct str script, struct diags *diags);
void look_finish(struct look *look);

#endif
