/* What a page tells search engines about itself, by its intent (schema.org, JSON-LD). */
#ifndef ATTIMO_SITE_JSON_LD_H
#define ATTIMO_SITE_JSON_LD_H

#include "site/render.h"

/* Appends a script element: go is a LocalBusiness, buy a Product with its Offer, know and do an
 * Article; nothing for pages without an intent. Texts are escaped for their place. */
void json_ld_append(const struct render *r);

#endif
