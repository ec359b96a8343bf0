/* Fuzzes the page compiler, and the site that pages make. The input is what a marketer writes: a
 * folder in one piece (support/bundle.h). */
#include "fuzz/support/bundle.h"

#include "base/err.h"
#include "base/hash.h"
#include "site/gone.h"
#include "site/html.h"
#include "site/lint.h"
#include "site/sitemap.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize(const int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* 2026-11-21 10:00 UTC: the pages' schedules lie around it. */
enum { NOW = 1795255200, OWN_ASSETS = 3 };

/* What the pages of the corpus show: one image with a size, one small enough to be inlined, one
 * damaged. */
static struct resource *own_assets[OWN_ASSETS];

static struct site *assets; /* those of the folder, and these */

/* --- what is served ------------------------------------------------------------------------- */

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

/* No text of the author's has become markup: in the head there is nothing that he cannot write. */
static void check_head(struct str page)
{
    static const char *const tags[] = {"html", "head", "meta", "title", "link", "style", "script"};
    struct html *html;
    struct html_element element = {0};
    size_t titles = 0;
    if (html_parse(&html, page) != 0)
        return;
    while (html_next(html, &element) && strcmp(element.tag, "body") != 0) {
        size_t known = 0;
        while (known < sizeof tags / sizeof *tags && strcmp(element.tag, tags[known]) != 0)
            known++;
        assert(known < sizeof tags / sizeof *tags && element.end > 0);
        titles += strcmp(element.tag, "title") == 0;
        const char *type = html_value(&element, "type");
        assert(strcmp(element.tag, "script") != 0 ||
               (type && strcmp(type, "application/ld+json") == 0));
        assert(!html_value(&element, "http-equiv") && !html_value(&element, "onload"));
    }
    assert(titles == 1);
    html_destroy(html);
}

/* Nothing of an author's own HTML is missing, and nothing has changed places. */
static void check_author(struct str page, struct str bytes)
{
    struct str source = bytes;
    static const struct str line = STR_INIT("---");
    size_t found = 0;
    if (str_starts_with(source, STR("\xEF\xBB\xBF")) || str_starts_with(source, line))
        return; /* its front matter is not sent */
    for (size_t i = 0; i < page.len && found < source.len; i++)
        found += page.ptr[i] == source.ptr[found];
    assert(found == source.len);
}

static void check_resource(const struct resource *r, const struct page_input *input)
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
    assert(input->source.kind == SOURCE_ASSET || str_is_utf8(body));
    if (input->source.kind == SOURCE_MARKDOWN || r->kind == RESOURCE_GONE) {
        assert(str_starts_with(body, STR("<!DOCTYPE html>\n<html lang=\"")));
        assert(str_ends_with(body, STR("</body>\n</html>\n")));
        check_head(body);
    } else if (input->source.kind == SOURCE_HTML) {
        check_author(body, input->bytes);
    } else {
        assert(str_eq(body, input->bytes));
    }
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

/* Nothing was refused by what forgot to say why. */
static void check_explained(const struct diags *diags)
{
    for (size_t i = 0; i < diags->count; i++)
        assert(strcmp(diags->items[i].rule, "unexplained") != 0);
}

/* What events are told of a page can be found again. */
static void check_facts(const struct resource *r)
{
    assert(r->facts.cta_count == 0 || r->facts.ctas);
    for (size_t i = 0; i < r->facts.cta_count; i++) {
        const struct resource_cta *cta = &r->facts.ctas[i];
        const struct resource_cta *found = resource_find_cta(r, cta->id);
        assert(found && str_eq(found->id, cta->id) && str_is_utf8(cta->id) && cta->id.len > 0);
    }
}

static void check_compiled(const struct compiled *c, const struct page_input *input)
{
    bool is_public = c->state == PAGE_LIVE || c->state == PAGE_EXPIRED;
    assert(c->resource && (c->resource->kind == RESOURCE_DRAFT) == !is_public);
    assert(c->changes_at == 0 || c->changes_at > input->now);
    check_resource(c->resource, input);
    check_facts(c->resource);
    for (size_t i = 0; i < c->redirect_count; i++)
        check_resource(c->redirects[i], input);
    struct str paths = buf_str(&c->assets);
    assert(paths.len == 0 || str_ends_with(paths, STR("\n")));
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
 * What it is at first stays in `*first`. */
static void compile(struct page_input *input, struct compiled *first)
{
    for (int moments = 0; moments < 4; moments++) {
        struct compiled compiled;
        struct diags diags = {0};
        int rc = page_compile(&compiled, input, TIER_QUICK, &diags);
        assert(rc == 0 || rc == ERR_INVALID);
        assert((rc == ERR_INVALID) == (diags.errors > 0));
        check_diags(&diags);
        check_explained(&diags);
        check_again(&compiled, rc, input);
        diags_finish(&diags);
        if (rc != 0)
            return;
        check_compiled(&compiled, input);
        input->now = compiled.changes_at;
        if (moments == 0)
            *first = compiled;
        else
            compiled_finish(&compiled);
        if (input->now == 0)
            return;
    }
}

static void compile_file(struct bundle *bundle, struct bundle_file *file)
{
    struct page_input input = {
        .file = file->name,
        .url = buf_str(&file->url),
        .source = file->source,
        .bytes = file->bytes,
        .settings = bundle->settings,
        .assets = assets,
        .now = bundle->now,
    };
    compile(&input, &file->compiled);
}

/* --- the site as a whole -------------------------------------------------------------------- */

/* A site of its own assets and of all files that are compiled already. */
static void make_site(const struct bundle *bundle, struct site **out, struct diags *diags)
{
    size_t count = OWN_ASSETS;
    for (size_t i = 0; i < bundle->count; i++)
        count += 1 + bundle->files[i].compiled.redirect_count;
    struct resource **all = calloc(count, sizeof *all);
    if (!all)
        abort();
    memcpy(all, own_assets, sizeof own_assets);
    count = OWN_ASSETS;
    for (size_t i = 0; i < bundle->count; i++) {
        const struct compiled *compiled = &bundle->files[i].compiled;
        if (compiled->resource)
            all[count++] = compiled->resource;
        for (size_t k = 0; k < compiled->redirect_count; k++)
            all[count++] = compiled->redirects[k];
    }
    if (site_create(out, all, count, diags) != 0)
        abort();
    free(all);
}

static void check_site(const struct site *site)
{
    size_t count;
    struct resource *const *all = site_resources(site, &count);
    for (size_t i = 0; i < count; i++) {
        struct buf other = BUF_EMPTY;
        struct buf target = BUF_EMPTY;
        assert(all[i]->kind != RESOURCE_DRAFT);
        assert(site_find(site, all[i]->path) == all[i] || all[i] == site_not_found(site));
        buf_append(&other, all[i]->path);
        buf_append(&other, i % 2 ? STR(".html") : STR("/"));
        if (!site_find(site, buf_str(&other)) && site_canonical(site, buf_str(&other), &target))
            assert(site_find(site, buf_str(&target)));
        buf_finish(&other);
        buf_finish(&target);
    }
    struct resource *const *drafts = site_drafts(site, &count);
    for (size_t i = 0; i < count; i++)
        assert(drafts[i]->kind == RESOURCE_DRAFT && site_find(site, drafts[i]->path) != drafts[i] &&
               site_find_draft(site, drafts[i]->path));
}

static void lint_whole(const struct bundle *bundle, const struct site *site)
{
    struct lint_page pages[BUNDLE_FILES_MAX];
    struct diags diags = {0};
    struct lint_site whole = {
        .settings = bundle->settings, .site = site, .pages = pages, .now = bundle->now};
    for (size_t i = 0; i < bundle->count; i++) {
        const struct bundle_file *file = &bundle->files[i];
        const struct resource *resource = file->compiled.resource;
        bool over = file->compiled.state == PAGE_EXPIRED;
        if (!resource || resource->kind == RESOURCE_ASSET)
            continue;
        pages[whole.count++] = (struct lint_page){
            .file = file->name,
            .url = buf_str(&file->url),
            .kind = file->source.kind,
            .bytes = file->bytes,
            .html = over ? STR("") : resource->representations[CODING_IDENTITY].body,
            .settings = bundle->settings,
        };
    }
    assert(lint_site(&whole, &diags) == 0);
    check_diags(&diags);
    diags_finish(&diags);
}

static void check_map(const struct bundle *bundle, const struct site *site)
{
    struct sitemap map = {0};
    size_t count;
    struct resource *const *all = site_resources(site, &count);
    assert(sitemap_make(&map, bundle->settings->url, all, count, count) == 0);
    assert(!map.pages || bundle->settings->url.len > 0);
    if (map.pages)
        assert(str_is_utf8(map.pages->representations[CODING_IDENTITY].body));
    sitemap_finish(&map);
}

/* What stands where a page was taken down. */
static void check_gone(const struct bundle *bundle)
{
    struct gone_page gone = {0};
    struct resource *resource;
    assert(gone_page_make(&gone, bundle->settings, assets) == 0);
    assert(gone_page_at(&gone, STR("/x/page"), &resource) == 0);
    assert(resource->status == 410 && str_is_utf8(buf_str(&gone.html)));
    check_head(buf_str(&gone.html));
    check_fields(resource->representations[CODING_IDENTITY].fields);
    resource_unref(resource);
    gone_page_finish(&gone);
}

static void check_whole(const struct bundle *bundle)
{
    struct site *site;
    struct diags diags = {0};
    make_site(bundle, &site, &diags);
    check_diags(&diags);
    check_site(site);
    lint_whole(bundle, site);
    check_map(bundle, site);
    check_gone(bundle);
    diags_finish(&diags);
    site_unref(site);
}

/* --- all of it ------------------------------------------------------------------------------ */

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
    struct resource *all[OWN_ASSETS] = {
        make_asset("/a.png", "image/png", str_make(png, sizeof png)),
        make_asset("/x/b.svg", "image/svg+xml", STR("<svg viewBox='0 0 32 \"16\"'/>")),
        make_asset("/x/c.jpg", "image/jpeg", STR("\xFF\xD8\xFF\xE0\0")),
    };
    memcpy(own_assets, all, sizeof all);
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
    struct bundle bundle = {.now = NOW};
    struct diags diags = {0};
    bundle_read(&bundle, str_make((const char *)data, size), &diags);
    check_diags(&diags);
    assets = NULL;
    for (size_t i = 0; i < bundle.count; i++)
        if (bundle.files[i].source.kind == SOURCE_ASSET)
            compile_file(&bundle, &bundle.files[i]);
    make_site(&bundle, &assets, &diags);
    for (size_t i = 0; i < bundle.count; i++)
        if (bundle.files[i].source.kind != SOURCE_ASSET)
            compile_file(&bundle, &bundle.files[i]);
    check_whole(&bundle);
    diags_finish(&diags);
    site_unref(assets);
    bundle_finish(&bundle);
    return 0;
}
