/* What search engines ask for: sitemap.xml, which lists the pages that are public, and robots.txt,
 * which names it. */
#ifndef ATTIMO_SITE_SITEMAP_H
#define ATTIMO_SITE_SITEMAP_H

#include "site/resource.h"

/* A zeroed struct has neither. NULL: its place is taken by a file, or the site's address is not
 * known. */
struct sitemap {
    struct resource *pages;  /* /sitemap.xml */
    struct resource *robots; /* /robots.txt */
};

/* Makes those of the two that `resources` does not hold, for a site at `url` ("https://a.example",
 * or empty: none). The first `public_count` of them may be listed; the others have their places,
 * but are not served. What would be the same as before stays as it is, so that a page that changes
 * costs no compression here. ERR_NO_MEMORY: `sitemap` may be of either state, and is to be
 * finished. */
int sitemap_make(struct sitemap *sitemap, struct str url, struct resource *const *resources,
                 size_t count, size_t public_count);

void sitemap_finish(struct sitemap *sitemap);

#endif
