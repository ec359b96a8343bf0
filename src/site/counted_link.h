/* Counted links: what stands behind `/_/go`, as "/<page>/<id>". */
#ifndef ATTIMO_SITE_COUNTED_LINK_H
#define ATTIMO_SITE_COUNTED_LINK_H

#include "site/site.h"

/* All that it points to is the site's. */
struct counted_link {
    const struct resource_cta *cta; /* which has somewhere to lead; NULL: there is none */
    const struct resource *page;    /* whose it is: the one at that address, or that of the alias */
    const struct resource *there;   /* what answers at that address and is no asset; or NULL */
};

/* Looks `link` up, which is decoded and begins with a slash. A page that is a folder's is found
 * without its last slash, too. ERR_NO_MEMORY. */
int counted_link_find(struct counted_link *out, const struct site *site, struct str link);

#endif
