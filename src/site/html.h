/* HTML as browsers read it: the elements of a document, with the places where they stand in its
 * source. The only user of libgumbo. */
#ifndef ATTIMO_SITE_HTML_H
#define ATTIMO_SITE_HTML_H

#include "base/str.h"

struct html; /* one document; points into its source */

/* Parses what may be a whole document or a part of one; no text is bad enough to fail.
 * ERR_TOO_LARGE: its tree takes more memory than a page is worth. ERR_NO_MEMORY. */
int html_parse(struct html **out, struct str source);
void html_destroy(struct html *html);

/* One element. Slices live as long as the document. */
struct html_element {
    const void *node;
    const char *tag; /* in lower case; "" for names that HTML does not know */
    bool is_drawing; /* part of an SVG image or a formula */
    unsigned line;   /* of the source, from 1 */
    size_t begin;    /* its start tag in the source: first byte, and the one behind its last; */
    size_t end;      /* both 0 if the parser has added the element */
    size_t close;    /* the first byte of its end tag; 0 if there is none in the source */
    struct str text; /* what it holds if that is nothing but text, entities decoded */
};

/* Goes to the next element in order of the tree, from a zeroed struct on; false behind the last. */
bool html_next(const struct html *html, struct html_element *element);

/* Everything in order of the document: each element before what it holds, each text, entities
 * decoded, with the element that it stands in, and, unless `end` is NULL, each element once more
 * behind what it holds. */
struct html_visitor {
    void (*element)(void *context, const struct html_element *element);
    void (*text)(void *context, struct str text, const struct html_element *parent);
    void (*end)(void *context, const struct html_element *element);
};
void html_visit(const struct html *html, const struct html_visitor *visitor, void *context);

/* Whether the element is one called `tag`; whether it is one, or stands in one. */
static inline bool html_is(const struct html_element *element, const char *tag)
{
    return strcmp(element->tag, tag) == 0;
}
bool html_is_within(const struct html_element *element, const char *tag);

/* Whether the element has the attribute; its value, entities decoded and ending in NUL, goes into
 * `value`. */
bool html_attribute(const struct html_element *element, const char *name, struct str *value);

/* The same value, or NULL. */
static inline const char *html_value(const struct html_element *element, const char *name)
{
    struct str value;
    return html_attribute(element, name, &value) ? value.ptr : NULL;
}

/* The attribute of that number; false behind the last. */
bool html_attribute_at(const struct html_element *element, size_t number, struct str *name,
                       struct str *value);

#endif
