/* Where a link may lead: addresses that authors write, telephone numbers, parts of URLs. */
#ifndef ATTIMO_SITE_LINK_H
#define ATTIMO_SITE_LINK_H

#include "base/buf.h"

/* Whether an author's address may stand in a link: https, http, mailto, tel, or a path of this site
 * that begins with `/`. What a browser would run (`javascript:`) or read in another way than the
 * author (`//host`, `/\host`, `https://shop.example@host`, control characters) may not. */
bool link_is_allowed(struct str address);

/* Whether an address leads to the site at `own` (its `url`; empty: unknown): then its path there,
 * as it is written, without query and fragment: a slice of `address`, or `/`. A path of `/...` is
 * every site's own. */
bool link_own_path(struct str address, struct str own, struct str *path);

/* Appends a telephone number as links need it: digits, with a `+` before them if it is
 * international (`+39`, `0039`). ERR_INVALID: no number, or other characters than digits and what
 * people put between them. */
int link_append_phone(struct str number, struct buf *out);

/* Appends the digits of an international number, without `+`. ERR_INVALID: not a number, or one
 * without its country. */
int link_append_international(struct str number, struct buf *out);

/* Appends `text` so that it can be any part of a URL: RFC 3986 unreserved characters as they are,
 * everything else percent-encoded. */
void link_append_encoded(struct str text, struct buf *out);

/* Appends an allowed address as it may stand in a Location field: what is not ASCII is
 * percent-encoded. */
void link_append_location(struct str address, struct buf *out);

#endif
