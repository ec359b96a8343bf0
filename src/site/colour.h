/* Colours that can be read: the brand's, brought as near to it as its background allows. */
#ifndef ATTIMO_SITE_COLOUR_H
#define ATTIMO_SITE_COLOUR_H

#include "base/str.h"

struct colour {
    unsigned char red;
    unsigned char green;
    unsigned char blue;
};

/* "#0b6b4f" or "#0b6". ERR_INVALID. */
int colour_parse(struct str text, struct colour *out);

/* The contrast of two colours (WCAG 2.2), 1 to 21. */
double colour_contrast(struct colour a, struct colour b);

/* `colour` itself, or the nearest mixture of it with `towards` that has a contrast of 4.5 with
 * `background`, as text needs. */
struct colour colour_readable(struct colour colour, struct colour background,
                              struct colour towards);

#endif
