/* The addresses that a style fetches. */
#ifndef ATTIMO_SITE_CSS_H
#define ATTIMO_SITE_CSS_H

#include "base/str.h"

/* Takes the next address in url(...) or behind @import into `address`, and moves `*css` towards
 * what comes after it. False once there is none; then `address` is as it was. */
bool css_next_address(struct str *css, struct str *address);

#endif
