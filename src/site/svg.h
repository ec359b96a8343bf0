/* How large an SVG image is. */
#ifndef ATTIMO_SITE_SVG_H
#define ATTIMO_SITE_SVG_H

#include "base/str.h"

/* Whether the bytes are an SVG image; then its size in CSS pixels, by `width` and `height`, else by
 * its `viewBox`, is filled in (0: it does not say). */
bool svg_size(struct str bytes, unsigned *width, unsigned *height);

#endif
