/* Owns walking the tree that gumbo makes of HTML. */
#include "site/html_walk.h"

#include "base/err.h"

#include <gumbo.h>

/* gumbo frees its tree by recursion, so the depth of what it is given must have a bound. */
enum { TAGS_MAX = 20000 };

static size_t count_tags(struct str html)
{
    size_t count = 0;
    for (size_t i = 0; i + 1 < html.len; i++)
        count += html.ptr[i] == '<' && html.ptr[i + 1] != '/';
    return count;
}

static const GumboVector *children_of(const GumboNode *node)
{
    if (node->type == GUMBO_NODE_DOCUMENT)
        return &node->v.document.children;
    if (node->type == GUMBO_NODE_ELEMENT || node->type == GUMBO_NODE_TEMPLATE)
        return &node->v.element.children;
    return NULL;
}

/* The node behind `node` in the order of the document, or NULL. */
static const GumboNode *next_node(const GumboNode *node)
{
    const GumboVector *children = children_of(node);
    if (children && children->length > 0)
        return children->data[0];
    for (; node->parent; node = node->parent) {
        const GumboVector *siblings = children_of(node->parent);
        if (node->index_within_parent + 1 < siblings->length)
            return siblings->data[node->index_within_parent + 1];
    }
    return NULL;
}

static struct html_element element_of(const GumboNode *node)
{
    bool is_element = node->type == GUMBO_NODE_ELEMENT || node->type == GUMBO_NODE_TEMPLATE;
    return (struct html_element){is_element ? gumbo_normalized_tagname(node->v.element.tag) : "",
                                 node};
}

static void visit(const GumboNode *node, const struct html_visitor *visitor, void *context)
{
    if (node->type == GUMBO_NODE_ELEMENT || node->type == GUMBO_NODE_TEMPLATE) {
        struct html_element element = element_of(node);
        visitor->element(context, &element);
    } else if (visitor->text &&
               (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE ||
                node->type == GUMBO_NODE_CDATA)) {
        struct html_element parent = element_of(node->parent);
        visitor->text(context, str_from(node->v.text.text), &parent);
    }
}

int html_walk(struct str html, const struct html_visitor *visitor, void *context)
{
    if (count_tags(html) > TAGS_MAX)
        return ERR_TOO_LARGE;
    GumboOutput *output =
        gumbo_parse_with_options(&kGumboDefaultOptions, html.ptr ? html.ptr : "", html.len);
    if (!output)
        return ERR_NO_MEMORY;
    for (const GumboNode *node = output->document; node; node = next_node(node))
        visit(node, visitor, context);
    gumbo_destroy_output(&kGumboDefaultOptions, output);
    return 0;
}

const char *html_attribute(const struct html_element *element, const char *name)
{
    const GumboNode *node = element->node;
    const GumboAttribute *attribute = gumbo_get_attribute(&node->v.element.attributes, name);
    return attribute ? attribute->value : NULL;
}

bool html_is_within(const struct html_element *element, const char *name)
{
    const GumboNode *node = element->node;
    for (; node; node = node->parent)
        if (strcmp(element_of(node).name, name) == 0)
            return true;
    return false;
}
