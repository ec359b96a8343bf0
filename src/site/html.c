/* Owns libgumbo.
 *
 * All memory of a tree comes from one arena, for three reasons: gumbo does not look whether an
 * allocation failed, so the arena leaves the parser by longjmp when memory or the limit is reached;
 * gumbo frees trees by recursion, which deep ones of its input would overflow the stack with, and
 * freeing an arena is a loop; and the limit bounds the time that hostile markup can take. */
#include "site/html.h"

#include "base/err.h"

#include <gumbo.h>
#include <setjmp.h>
#include <stdlib.h>

enum { CHUNK_SIZE = 128 * 1024, ARENA_MAX = 96 * 1024 * 1024, ALIGNMENT = 16 };

struct chunk {
    struct chunk *next;
    size_t used;
    size_t size;
    _Alignas(ALIGNMENT) char bytes[];
};

struct html {
    struct chunk *chunks;
    size_t total;
    int error;
    jmp_buf failed;
    struct str source;
    GumboOutput *output;
};

/* --- the arena ------------------------------------------------------------------------------ */

static struct chunk *add_chunk(struct html *html, size_t size)
{
    size_t room = size > CHUNK_SIZE ? size : CHUNK_SIZE;
    struct chunk *chunk = html->total + room > ARENA_MAX ? NULL : malloc(sizeof *chunk + room);
    if (!chunk) {
        html->error = html->total + room > ARENA_MAX ? ERR_TOO_LARGE : ERR_NO_MEMORY;
        longjmp(html->failed, 1);
    }
    *chunk = (struct chunk){.next = html->chunks, .size = room};
    html->chunks = chunk;
    html->total += room;
    return chunk;
}

static void *allocate(void *context, size_t size)
{
    struct html *html = context;
    struct chunk *chunk = html->chunks;
    size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (!chunk || chunk->size - chunk->used < size)
        chunk = add_chunk(html, size);
    char *memory = chunk->bytes + chunk->used;
    chunk->used += size;
    return memory;
}

static void release(void *context, void *memory)
{
    (void)context;
    (void)memory;
}

void html_destroy(struct html *html)
{
    if (!html)
        return;
    while (html->chunks) {
        struct chunk *next = html->chunks->next;
        free(html->chunks);
        html->chunks = next;
    }
    free(html);
}

int html_parse(struct html **out, struct str source)
{
    struct html *html = calloc(1, sizeof *html);
    if (!html)
        return ERR_NO_MEMORY;
    GumboOptions options = kGumboDefaultOptions;
    options.allocator = allocate;
    options.deallocator = release;
    options.userdata = html;
    options.max_errors = 0;
    html->source = source.ptr ? source : str_make("", 0);

    if (setjmp(html->failed) == 0) {
        html->output = gumbo_parse_with_options(&options, html->source.ptr, html->source.len);
        *out = html;
        return 0;
    }
    int rc = html->error;
    html_destroy(html);
    return rc;
}

/* --- the tree ------------------------------------------------------------------------------- */

static bool is_element(const GumboNode *node)
{
    return node->type == GUMBO_NODE_ELEMENT || node->type == GUMBO_NODE_TEMPLATE;
}

static const GumboVector *children_of(const GumboNode *node)
{
    return node->type == GUMBO_NODE_DOCUMENT ? &node->v.document.children
                                             : &node->v.element.children;
}

static bool is_text(const GumboNode *node)
{
    return node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE ||
           node->type == GUMBO_NODE_CDATA;
}

/* The first element among the children from `index` on. */
static const GumboNode *element_from(const GumboNode *parent, size_t index)
{
    const GumboVector *children = children_of(parent);
    for (size_t i = index; i < children->length; i++) {
        const GumboNode *child = children->data[i];
        if (is_element(child))
            return child;
    }
    return NULL;
}

static const GumboNode *next_of(const GumboNode *node)
{
    const GumboNode *found = element_from(node, 0);
    while (!found && node->parent) {
        found = element_from(node->parent, node->index_within_parent + 1);
        node = node->parent;
    }
    return found;
}

static struct str text_of(const GumboElement *element)
{
    if (element->children.length != 1)
        return str_make(NULL, 0);
    const GumboNode *child = element->children.data[0];
    return is_text(child) ? str_from(child->v.text.text) : str_make(NULL, 0);
}

/* Where a tag stands in the source; elements that the parser adds have none. */
static size_t place_of(const struct html *html, const GumboStringPiece *tag)
{
    if (!tag->data || tag->length == 0 || tag->data < html->source.ptr ||
        tag->data >= html->source.ptr + html->source.len)
        return SIZE_MAX;
    return (size_t)(tag->data - html->source.ptr);
}

static const char *tag_of(const GumboNode *node)
{
    GumboTag tag = is_element(node) ? node->v.element.tag : GUMBO_TAG_UNKNOWN;
    return tag == GUMBO_TAG_UNKNOWN ? "" : gumbo_normalized_tagname(tag);
}

static struct html_element element_of(const struct html *html, const GumboNode *node)
{
    const GumboElement *e = &node->v.element;
    size_t begin = place_of(html, &e->original_tag);
    size_t close = place_of(html, &e->original_end_tag);
    return (struct html_element){
        .node = node,
        .tag = tag_of(node),
        .is_drawing = e->tag_namespace != GUMBO_NAMESPACE_HTML,
        .line = e->start_pos.line,
        .begin = begin == SIZE_MAX ? 0 : begin,
        .end = begin == SIZE_MAX ? 0 : begin + e->original_tag.length,
        .close = close == SIZE_MAX ? 0 : close,
        .text = text_of(e),
    };
}

bool html_next(const struct html *html, struct html_element *element)
{
    const GumboNode *node = next_of(element->node ? element->node : html->output->document);
    if (!node)
        return false;
    *element = element_of(html, node);
    return true;
}

/* A visit that is under way. */
struct visit {
    const struct html *html;
    const struct html_visitor *visitor;
    void *context;
};

static void visit_end(const struct visit *visit, const GumboNode *node)
{
    if (!visit->visitor->end || !is_element(node))
        return;
    struct html_element element = element_of(visit->html, node);
    visit->visitor->end(visit->context, &element);
}

/* What comes behind `node` in order of the document, or NULL. */
static const GumboNode *visit_next(const struct visit *visit, const GumboNode *node)
{
    bool has_children = is_element(node) || node->type == GUMBO_NODE_DOCUMENT;
    if (has_children && children_of(node)->length > 0)
        return children_of(node)->data[0];
    for (; node->parent; node = node->parent) {
        visit_end(visit, node);
        if (node->index_within_parent + 1 < children_of(node->parent)->length)
            return children_of(node->parent)->data[node->index_within_parent + 1];
    }
    return NULL;
}

void html_visit(const struct html *html, const struct html_visitor *visitor, void *context)
{
    const struct visit visit = {html, visitor, context};
    const GumboNode *node = visit_next(&visit, html->output->document);
    for (; node; node = visit_next(&visit, node)) {
        if (is_element(node)) {
            struct html_element element = element_of(html, node);
            visitor->element(context, &element);
        } else if (is_text(node) && is_element(node->parent)) {
            struct html_element parent = element_of(html, node->parent);
            visitor->text(context, str_from(node->v.text.text), &parent);
        }
    }
}

bool html_is_within(const struct html_element *element, const char *tag)
{
    for (const GumboNode *node = element->node; node; node = node->parent)
        if (strcmp(tag_of(node), tag) == 0)
            return true;
    return false;
}

bool html_attribute(const struct html_element *element, const char *name, struct str *value)
{
    const GumboNode *node = element->node;
    const GumboAttribute *attribute = gumbo_get_attribute(&node->v.element.attributes, name);
    if (!attribute)
        return false;
    *value = str_from(attribute->value);
    return true;
}

bool html_attribute_at(const struct html_element *element, size_t number, struct str *name,
                       struct str *value)
{
    const GumboNode *node = element->node;
    if (number >= node->v.element.attributes.length)
        return false;
    const GumboAttribute *attribute = node->v.element.attributes.data[number];
    *name = str_from(attribute->name);
    *value = str_from(attribute->value);
    return true;
}
