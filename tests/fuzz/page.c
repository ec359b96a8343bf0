/* Fuzzes the page compiler. The input is what a marketer writes, two files in one: `_site.yaml`,
 * then a line
 * "%% " and the page's name (`page.md` or `page.html`), then the page. Without such a line all of
 * it is a page of Markdown. */
#include "site/page.h"

#include "base/err.h"
#include "base/hash.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize(const int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* 2026-11-21 10:00 UTC: the pages' schedules lie around it. */
enum { NOW = 1795255200 };

/* What the pages of the corpus show: one image with a size, one small enough to be inlined, one
 * damaged. */
static struct site *images;

struct files {
    struct str site;
    struct str page;
    bool is_html;
};

static struct files files_of(struct str input)
{
    static const char mark[] = "\n%% page.";
    const char *at = input.len ? memmem(input.ptr, input.len, mark, strlen(mark)) : NULL;
    if (!at)
        return (struct files){.page = input};
    struct str site = str_make(input.ptr, (size_t)(at - input.ptr) + 1);
    struct str rest = str_skip(input, site.len + strlen(mark) - 1);
    struct str name = rest;
    (void)str_split(&rest, '\n', &name);
    return (struct files){site, rest, str_eq(name, STR("html"))};
}

/* Field lines that a peer reads as they are meant: a name, a value without control characters. */
static void check_fields(struct str fields)
{
    assert(fields.len == 0 || str_ends_with(fields, STR("\r\n")));
    struct str line;
    while (str_split(&fields, '\n', &line)) {
        if (line.len == 0 && fields.len == 0)
            break;
        assert(str_ends_with(line, STR("\r")));
        line.len--;
        assert(str_find(line, ':') > 0);
        for (size_t i = 0; i < line.len; i++)
            assert((unsigned char)line.ptr[i] >= ' ' && line.ptr[i] != 0x7f);
    }
}

/* A location can neither end its line nor hold what a URL may not. */
static void check_location(struct str location)
{
    assert(location.len > 0);
    for (size_t i = 0; i < location.len; i++)
        assert((unsigned char)location.ptr[i] > ' ' && (unsigned char)location.ptr[i] < 0x7f);
}

static void check_resource(const struct resource *r, bool is_html)
{
    assert(str_is_utf8(r->path) && str_starts_with(r->path, STR("/")));
    if (r->kind == RESOURCE_REDIRECT) {
        assert(r->status == 307 || r->status == 308);
        check_location(r->location);
        return;
    }
    assert(r->status == (r->kind == RESOURCE_GONE ? 410 : 200));
    for (int coding = 0; coding < CODING_COUNT; coding++)
        if (r->available & 1u << coding)
            check_fields(r->representations[coding].fields);
    struct str body = r->representations[CODING_IDENTITY].body;
    assert(str_is_utf8(body));
    assert(is_html || str_starts_with(body, STR("<!DOCTYPE html>\n<html lang=\"")));
}

/* What an author is told is one line that names his file. */
static void check_diags(const struct diags *diags)
{
    for (size_t i = 0; i < diags->count; i++) {
        const struct diag *d = &diags->items[i];
        struct buf line = BUF_EMPTY;
        diag_format(d, &line);
        assert(*d->file && *d->rule && *d->words);
        assert(str_find(buf_str(&line), '\n') < 0);
        buf_finish(&line);
    }
}

static void check_compiled(const struct compiled *c, const struct page_input *input)
{
    bool is_html = input->source.kind == SOURCE_HTML;
    bool is_public = c->state == PAGE_LIVE || c->state == PAGE_EXPIRED;
    assert(c->resource && (c->resource->kind == RESOURCE_DRAFT) == !is_public);
    assert(c->changes_at == 0 || c->changes_at > input->now);
    check_resource(c->resource, is_html);
    for (size_t i = 0; i < c->redirect_count; i++)
        check_resource(c->redirects[i], is_html);
    struct str assets = buf_str(&c->assets);
    assert(assets.len == 0 || str_ends_with(assets, STR("\n")));
}

static bool same_resource(const struct resource *a, const struct resource *b)
{
    if (!a || !b)
        return a == b;
    return str_eq(a->path, b->path) && str_eq(a->location, b->location) &&
           strcmp(a->version, b->version) == 0 && strcmp(a->rev, b->rev) == 0 &&
           str_eq(a->representations[CODING_IDENTITY].fields,
                  b->representations[CODING_IDENTITY].fields);
}

static void check_same(const struct compiled *a, const struct compiled *b)
{
    assert(a->state == b->state && a->changes_at == b->changes_at);
    assert(same_resource(a->resource, b->resource));
    assert(str_eq(buf_str(&a->assets), buf_str(&b->assets)));
    assert(a->redirect_count == b->redirect_count);
    for (size_t i = 0; i < a->redirect_count; i++)
        assert(same_resource(a->redirects[i], b->redirects[i]));
}

/* The same input gives the same page, whatever stands behind it in memory: libraries are built
 * without AddressSanitizer, and one that reads too far is seen here. */
static void check_again(const struct compiled *first, int first_rc, const struct page_input *input)
{
    static const char behind[] = ")>\"'`]|-\n:";
    size_t len = input->bytes.len;
    char *copy = malloc(len + 1);
    if (!copy)
        abort();
    if (len > 0)
        memcpy(copy, input->bytes.ptr, len);
    copy[len] = behind[len % strlen(behind)];

    struct page_input same = *input;
    same.bytes = str_make(copy, len);
    struct compiled again;
    struct diags diags = {0};
    int rc = page_compile(&again, &same, TIER_QUICK, &diags);
    assert(rc == first_rc);
    if (rc == 0) {
        check_same(&again, first);
        compiled_finish(&again);
    }
    diags_finish(&diags);
    free(copy);
}

/* Compiles as of `input->now`, and then as of each of the next moments at which the page changes.
 */
static void compile(struct page_input *input)
{
    for (int moments = 0; moments < 4; moments++) {
        struct compiled compiled;
        struct diags diags = {0};
        int rc = page_compile(&compiled, input, TIER_QUICK, &diags);
        assert(rc == 0 || rc == ERR_INVALID);
        assert((rc == ERR_INVALID) == (diags.errors > 0));
        check_diags(&diags);
        check_again(&compiled, rc, input);
        diags_finish(&diags);
        if (rc != 0)
            return;
        check_compiled(&compiled, input);
        input->now = compiled.changes_at;
        compiled_finish(&compiled);
        if (input->now == 0)
            return;
    }
}

static struct resource *make_asset(const char *path, const char *type, struct str bytes)
{
    const struct resource_options options = {.kind = RESOURCE_ASSET,
                                             .path = str_from(path),
                                             .file = str_skip(str_from(path), 1),
                                             .content_type = str_from(type)};
    struct resource *asset;
    if (resource_create(&asset, &options, bytes) != 0)
        abort();
    return asset;
}

static void make_assets(void)
{
    static char png[2048] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\4\0\0\0\2\0\10\6\0\0";
    struct resource *all[] = {
        make_asset("/a.png", "image/png", str_make(png, sizeof png)),
        make_asset("/x/b.svg", "image/svg+xml", STR("<svg viewBox='0 0 32 \"16\"'/>")),
        make_asset("/x/c.jpg", "image/jpeg", STR("\xFF\xD8\xFF\xE0\0")),
    };
    struct diags diags = {0};
    if (site_create(&images, all, sizeof all / sizeof *all, &diags) != 0)
        abort();
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        resource_unref(all[i]);
    diags_finish(&diags);
}

int LLVMFuzzerInitialize(const int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    if (hash_init() != 0)
        abort();
    make_assets();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct files files = files_of(str_make((const char *)data, size));
    struct settings *settings;
    struct diags diags = {0};
    if (settings_create(&settings, files.site, &diags) != 0)
        abort();
    check_diags(&diags);
    diags_finish(&diags);
    settings->script = STR("0");

    struct page_input input = {
        .file = files.is_html ? STR("x/page.html") : STR("x/page.md"),
        .url = STR("/x/page"),
        .source = {files.is_html ? SOURCE_HTML : SOURCE_MARKDOWN, "text/html; charset=utf-8", true},
        .bytes = files.page,
        .settings = settings,
        .assets = images,
        .now = NOW,
    };
    compile(&input);
    settings_destroy(settings);
    return 0;
}
