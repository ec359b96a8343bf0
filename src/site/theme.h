/* The theme: what stands around the content of a Markdown page. One response, nothing else is
 * fetched before it is painted. */
#ifndef ATTIMO_SITE_THEME_H
#define ATTIMO_SITE_THEME_H

#include "base/buf.h"
#include "site/front_matter.h"
#include "site/page.h"

struct theme_page {
    const struct page_input *input;
    const struct front_matter *front;
    struct str content; /* HTML */
    bool reports;       /* what happens on it: it has the script, and pings */
    bool over;          /* it has expired: that is said in place of what it asks people to do */
};

/* Appends the whole page to `out`, and the assets that were looked for to `assets`. `changes_at` is
 * brought forward to when words like "open now" change. The same input gives the same bytes. What a
 * call to action or an image lacks is added to `diags`, of a page that is not over.
 * ERR_NO_MEMORY. */
int theme_render(const struct theme_page *page, struct buf *out, struct buf *assets,
                 time_t *changes_at, struct diags *diags);

#endif
