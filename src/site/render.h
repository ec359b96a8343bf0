/* What the parts of a page pass along while they are written one behind the other. */
#ifndef ATTIMO_SITE_RENDER_H
#define ATTIMO_SITE_RENDER_H

#include "site/front_matter.h"
#include "site/page.h"
#include "site/picture.h"
#include "site/words.h"

struct render {
    const struct page_input *input;
    const struct front_matter *front;
    const struct words *words;
    struct str lang;
    struct place place;          /* the page's and the site's together */
    struct str url;              /* of the page, absolute; empty when the site's is not known */
    const struct picture *image; /* the page's own; NULL: it has none */
    const struct picture *logo;  /* the site's; NULL: it has none */
    bool reports;                /* what happens on it: it has the script, and pings */
    struct buf *out;
    struct diags *diags;
};

#endif
