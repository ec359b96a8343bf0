/* Walks HTML as browsers understand it, whatever its author forgot. */
#ifndef ATTIMO_SITE_HTML_WALK_H
#define ATTIMO_SITE_HTML_WALK_H

#include "base/str.h"

/* An element while it is visited. */
struct html_element {
    const char *name; /* "img", in small letters */
    const void *node;
};

struct html_visitor {
    /* Every element, before what it holds. */
    void (*element)(void *context, const struct html_element *element);
    /* Every text, with entities resolved, and the element that it stands in. */
    void (*text)(void *context, struct str text, const struct html_element *parent);
};

/* ERR_TOO_LARGE: more than 20 000 tags; nothing is visited then. */
int html_walk(struct str html, const struct html_visitor *visitor, void *context);

/* The value of an attribute, or NULL if the element has none of that name. Valid during the walk.
 */
const char *html_attribute(const struct html_element *element, const char *name);

/* Whether the element is one called `name`, or stands in one. */
bool html_is_within(const struct html_element *element, const char *name);

#endif
