/* The addresses that a style fetches. */
#ifndef ATTIMO_SITE_CSS_H
#define ATTIMO_SITE_CSS_H

#include "base/str.h"

/* Takes the next address in url(...) or behind @import into `address`, and moves `*css` behind it;
 * what stands in comments, in other strings and behind @namespace is none. False once there is no
 * more; then both are as they were. */
bool css_next_address(struct str *css, struct str *address);

/* Whether a file stands in the style itself (`data:`) that is no picture: a font. */
bool css_holds_font(struct str css);

#endif
