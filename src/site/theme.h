/* The theme: what stands around the content of a Markdown page. One response, nothing else is
 * fetched. */
#ifndef ATTIMO_SITE_THEME_H
#define ATTIMO_SITE_THEME_H

#include "base/buf.h"
#include "site/front_matter.h"
#include "site/settings.h"

struct theme_page {
    const struct settings *settings;
    const struct front_matter *front;
    struct str path; /* of the page on the site, decoded */
    struct str content;
};

/* Appends the whole page. The same input gives the same bytes. What a call to action lacks is
 * added to `diags` at its line of `file`. ERR_NO_MEMORY. */
int theme_render(const struct theme_page *page, struct str file, struct buf *out,
                 struct diags *diags);

#endif
