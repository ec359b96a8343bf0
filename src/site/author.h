/* Authors' own HTML: what a page needs is put in where it is missing, and nothing else is
 * touched. */
#ifndef ATTIMO_SITE_AUTHOR_H
#define ATTIMO_SITE_AUTHOR_H

#include "site/facts.h"

/* Appends `source` to `out` with what it lacks in its head (title, viewport, encoding, canonical
 * address, cards, icon, structured data), with the site's script, and with pings on what it marks
 * with `data-cta`; everything else stays byte for byte. Appends a Content-Security-Policy field to
 * `fields`, unless the document has a policy of its own. What the author must mend is in `diags`.
 * ERR_TOO_LARGE, ERR_NO_MEMORY. */
struct author_page {
    const struct page_input *input;
    const struct front_matter *front;
    struct str source;
    unsigned first_line; /* of the file, where `source` begins */
    struct facts *facts; /* gets the document's calls to action */
    struct buf *title;   /* gets the text of its <title>, if it has one */
    bool reports;        /* what happens on it: it has the script, and pings */
};
int author_render(const struct author_page *page, struct buf *out, struct buf *fields,
                  struct buf *assets, struct diags *diags);

#endif
