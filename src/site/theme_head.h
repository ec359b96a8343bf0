/* The head of a page: what browsers, messengers and search engines read. */
#ifndef ATTIMO_SITE_THEME_HEAD_H
#define ATTIMO_SITE_THEME_HEAD_H

#include "site/render.h"

/* Everything from the doctype to the end of the head. */
void theme_head_append(const struct render *r);

/* Parts of it, for authors' own HTML that lacks them; each appends nothing where there is nothing
 * to say. */
void theme_head_append_viewport(struct buf *out);
void theme_head_append_description(const struct render *r);
void theme_head_append_canonical(const struct render *r);
void theme_head_append_cards(const struct render *r); /* Open Graph and Twitter */
void theme_head_append_icon(const struct render *r);

/* The page's address for others; a 404 answers at any address and has none. */
void theme_head_append_url(const struct page_input *input, struct buf *url);

/* Finds the site's logo, and notes in `assets` that the page looked for it; false if there is none.
 */
bool theme_head_find_logo(const struct page_input *input, struct buf *assets, struct picture *logo);

#endif
