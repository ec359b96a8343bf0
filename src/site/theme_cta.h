/* Calls to action on a page: links as buttons. */
#ifndef ATTIMO_SITE_THEME_CTA_H
#define ATTIMO_SITE_THEME_CTA_H

#include "site/render.h"

/* The first one, in reach of the thumb. */
void theme_cta_append_first(const struct render *r);

/* The others, side by side. */
void theme_cta_append_others(const struct render *r);

#endif
