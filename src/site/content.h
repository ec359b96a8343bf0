/* The content of a Markdown page: its images get what a phone needs to lay them out. */
#ifndef ATTIMO_SITE_CONTENT_H
#define ATTIMO_SITE_CONTENT_H

#include "base/diag.h"
#include "site/picture.h"

struct content {
    const struct gallery *gallery;
    struct str file; /* for what is told */
    bool below;      /* another image stands above the content already */
    struct diags *diags;
};

/* Appends `html` with every image of the site given its size, a `src` that pins its version, and
 * `loading=lazy` unless it is at the top of the page. What an author has written himself stays.
 * Images that are not there are told, and left as they are. ERR_TOO_LARGE, ERR_NO_MEMORY. */
int content_append(const struct content *content, struct str html, struct buf *out);

#endif
