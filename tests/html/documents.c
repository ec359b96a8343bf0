/* HTML documents that others wrote, through the page compiler: documents FILE... Each becomes a
 * page that reads like the document, or its author is told why not; the same document gives the
 * same bytes. */
#include "site/page.h"

#include "base/err.h"
#include "base/fs.h"
#include "base/hash.h"

#include <gumbo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { READ_MAX = 64 * 1024 * 1024 };

struct counts {
    unsigned pages;
    unsigned refused;
    unsigned failed;
};

/* --- what a document says -----------------------------------------------------------------------
 */

static const GumboVector *children_of(const GumboNode *node)
{
    switch (node->type) {
    case GUMBO_NODE_DOCUMENT:
        return &node->v.document.children;
    case GUMBO_NODE_ELEMENT:
        return &node->v.element.children;
    default:
        return NULL;
    }
}

static bool is_read(const GumboNode *node)
{
    if (node->type == GUMBO_NODE_TEMPLATE)
        return false;
    return node->type != GUMBO_NODE_ELEMENT ||
           (node->v.element.tag != GUMBO_TAG_HEAD && node->v.element.tag != GUMBO_TAG_SCRIPT &&
            node->v.element.tag != GUMBO_TAG_STYLE);
}

/* Appends the text below `root` that people read, in order; walks by parents, for documents that
 * nest deeply. */
static void append_text(const GumboNode *root, struct buf *out)
{
    for (const GumboNode *node = root; node;) {
        if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_CDATA)
            buf_append(out, str_from(node->v.text.text));
        const GumboVector *children = is_read(node) ? children_of(node) : NULL;
        if (children && children->length > 0) {
            node = children->data[0];
            continue;
        }
        const GumboVector *siblings = NULL;
        while (node != root) {
            siblings = children_of(node->parent);
            if (node->index_within_parent + 1 < siblings->length)
                break;
            node = node->parent;
        }
        node = node == root ? NULL : siblings->data[node->index_within_parent + 1];
    }
}

static bool is_viewport(const GumboNode *node)
{
    if (node->type != GUMBO_NODE_ELEMENT || node->v.element.tag != GUMBO_TAG_META)
        return false;
    const GumboAttribute *name = gumbo_get_attribute(&node->v.element.attributes, "name");
    return name && str_eq_nocase(str_from(name->value), STR("viewport"));
}

/* Whether the head has what phones need to show the page at their own width. */
static bool fits_phones(struct str html)
{
    GumboOutput *tree = gumbo_parse_with_options(&kGumboDefaultOptions, html.ptr, html.len);
    bool found = false;
    const GumboVector *parts = children_of(tree->root);
    for (size_t i = 0; i < parts->length; i++) {
        const GumboNode *part = parts->data[i];
        if (part->type != GUMBO_NODE_ELEMENT || part->v.element.tag != GUMBO_TAG_HEAD)
            continue;
        for (size_t k = 0; k < part->v.element.children.length; k++)
            found |= is_viewport(part->v.element.children.data[k]);
    }
    gumbo_destroy_output(&kGumboDefaultOptions, tree);
    return found;
}

static void read_text(struct str html, struct buf *out)
{
    GumboOutput *tree = gumbo_parse_with_options(&kGumboDefaultOptions, html.ptr, html.len);
    append_text(tree->document, out);
    gumbo_destroy_output(&kGumboDefaultOptions, tree);
}

static bool says_the_same(struct str document, struct str page)
{
    struct buf expected = BUF_EMPTY;
    struct buf actual = BUF_EMPTY;
    read_text(document, &expected);
    read_text(page, &actual);
    bool same = str_eq(str_trim_lines(buf_str(&expected)), str_trim_lines(buf_str(&actual)));
    buf_finish(&expected);
    buf_finish(&actual);
    return same;
}

/* --- one document -------------------------------------------------------------------------------
 */

static bool same_page(const struct compiled *a, const struct compiled *b)
{
    const struct representation *one = &a->resource->representations[CODING_IDENTITY];
    const struct representation *other = &b->resource->representations[CODING_IDENTITY];
    return str_eq(one->body, other->body) && str_eq(one->fields, other->fields) &&
           strcmp(a->resource->rev, b->resource->rev) == 0;
}

/* NULL: it is a page; else what is wrong with it. */
static const char *check_page(const struct compiled *page, const struct page_input *input)
{
    if (!page->resource)
        return "nothing came out";
    struct compiled again;
    struct diags diags = {0};
    if (page_compile(&again, input, TIER_QUICK, &diags) != 0) {
        diags_finish(&diags);
        return "refused when it is compiled again";
    }
    const char *wrong = same_page(page, &again) ? NULL : "other bytes when it is compiled again";
    struct str body = page->resource->representations[CODING_IDENTITY].body;
    if (!wrong && !fits_phones(body))
        wrong = "the page has no viewport";
    if (!wrong && !says_the_same(input->bytes, body))
        wrong = "the page reads otherwise than the document";
    compiled_finish(&again);
    diags_finish(&diags);
    return wrong;
}

static void print_refusal(const char *file, const struct diags *diags)
{
    for (size_t i = 0; i < diags->count; i++) {
        if (diags->items[i].severity != SEVERITY_ERROR)
            continue;
        struct buf line = BUF_EMPTY;
        diag_format(&diags->items[i], &line);
        printf("refused %s: %.*s\n", file, (int)line.len, line.ptr);
        buf_finish(&line);
        return;
    }
}

static void compile(const char *file, struct str bytes, const struct settings *settings,
                    struct counts *counts)
{
    const struct page_input input = {
        .file = STR("document.html"),
        .url = STR("/document"),
        .source = {SOURCE_HTML, "text/html; charset=utf-8", true},
        .bytes = bytes,
        .settings = settings,
        .now = 1795255200,
    };
    struct compiled page;
    struct diags diags = {0};
    int rc = page_compile(&page, &input, TIER_QUICK, &diags);
    const char *wrong = rc == 0 ? check_page(&page, &input) : NULL;
    if (rc != 0 && (rc != ERR_INVALID || diags.errors == 0))
        wrong = "refused without a word";
    if (wrong) {
        printf("not ok %s: %s\n", file, wrong);
        counts->failed++;
    } else if (rc != 0) {
        print_refusal(file, &diags);
        counts->refused++;
    } else {
        counts->pages++;
    }
    if (rc == 0)
        compiled_finish(&page);
    diags_finish(&diags);
}

/* Above PAGE_SIZE_MAX only the start is taken, as of a file that is still being written. */
static void compile_file(const char *file, const struct settings *settings, struct counts *counts)
{
    struct buf bytes = BUF_EMPTY;
    int rc = fs_read(file, READ_MAX, &bytes);
    if (rc != 0) {
        printf("not ok %s: %s\n", file, err_words(rc));
        counts->failed++;
    } else {
        struct str html = buf_str(&bytes);
        html.len = html.len < PAGE_SIZE_MAX ? html.len : PAGE_SIZE_MAX;
        compile(file, html, settings, counts);
    }
    buf_finish(&bytes);
}

int main(int argc, char **argv)
{
    struct settings *settings;
    struct diags diags = {0};
    if (hash_init() != 0 ||
        settings_create(&settings, STR("name: N\nurl: https://www.example.it\n"), &diags) != 0)
        return 2;
    diags_finish(&diags);
    settings->script = STR("0");

    struct counts counts = {0};
    for (int i = 1; i < argc; i++)
        compile_file(argv[i], settings, &counts);
    settings_destroy(settings);
    printf("%d documents: %u became pages, of %u their authors are told why not\n", argc - 1,
           counts.pages, counts.refused);
    printf("%u passed, %u failed\n", counts.pages + counts.refused, counts.failed);
    return counts.failed == 0 && counts.pages > 0 ? 0 : 1;
}
