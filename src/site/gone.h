/* What stands in the place of pages that were taken down: a page of the site's own look that says
 * so and shows a way on. Nothing of what the page said is on it. */
#ifndef ATTIMO_SITE_GONE_H
#define ATTIMO_SITE_GONE_H

#include "site/settings.h"
#include "site/site.h"

/* A zeroed struct is no page yet. */
struct gone_page {
    struct buf html;
    struct buf fields; /* its policy: whole field lines */
};

/* Makes it in the site's language; `assets` is where the logo is, or NULL. ERR_NO_MEMORY: to be
 * finished all the same. */
int gone_page_make(struct gone_page *out, const struct settings *settings,
                   const struct site *assets);
void gone_page_finish(struct gone_page *page);

bool gone_page_same(const struct gone_page *a, const struct gone_page *b);

/* A resource that answers 410 with it at `path`, in the quick tier. ERR_NO_MEMORY. */
int gone_page_at(const struct gone_page *page, struct str path, struct resource **out);

#endif
