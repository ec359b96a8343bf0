/* The images that a page shows: finding them among the site's assets. */
#ifndef ATTIMO_SITE_PICTURE_H
#define ATTIMO_SITE_PICTURE_H

#include "base/buf.h"
#include "site/image.h"
#include "site/site.h"

/* Where a page's images are looked for, and where it is noted which ones. */
struct gallery {
    const struct site *assets; /* NULL: there are none */
    struct str page;           /* the page's file, which relative paths start from */
    struct buf *looked_up;     /* paths, each ending in LF */
};

struct picture {
    const struct resource *asset;
    struct image_size size; /* in CSS pixels; 0 where the file does not say */
};

/* Whether `path` names a file of this site, there or not. */
bool picture_is_ours(struct str path);

/* Finds what `path` (of the site, or relative to the page's folder) names. ERR_NOT_FOUND: no such
 * asset, or it lies on another site. ERR_NO_MEMORY. */
int picture_find(const struct gallery *gallery, struct str path, struct picture *out);

/* Says that there is no image of ours where `path` says. */
void picture_tell_missing(struct diags *diags, enum severity severity, struct str file,
                          unsigned line, struct str path);

/* Appends what `src` should be: a path that pins the version, or for an image below 1 kB the image
 * itself as a data URI. Not escaped for HTML; it needs no escaping but for `&` and quotes. */
void picture_append_source(const struct picture *picture, struct buf *out);

/* Appends the path that pins the version, as for other sites to fetch. */
void picture_append_path(const struct picture *picture, struct buf *out);

#endif
