/* Owns loading a folder for a command. */
#include "cli/folder.h"

#include "base/err.h"
#include "base/fs.h"
#include "site/lint.h"

#include <stdlib.h>
#include <unistd.h>

/* The best tier takes 7 ms for a page: up to here nobody waits for it, and sizes are the true ones.
 */
enum { BEST_TIER_FILES_MAX = 300 };

/* --- compiling ------------------------------------------------------------------------------ */

/* Compiles the assets of the listing, or everything else. */
static int compile_all(struct folder *folder, const struct loader *loader, bool assets)
{
    for (size_t i = 0; i < folder->listing.count; i++) {
        const struct loaded_file *file = &folder->listing.files[i];
        if ((file->source.kind == SOURCE_ASSET) != assets)
            continue;
        int rc = loader_compile(&folder->compiled[i], loader, file, &folder->diags);
        if (rc == ERR_NO_MEMORY)
            return rc;
    }
    return 0;
}

/* Makes a site of what has been compiled so far. */
static int make_site(const struct folder *folder, struct site **out, struct diags *diags)
{
    size_t room = 1;
    for (size_t i = 0; i < folder->listing.count; i++)
        room += 1 + folder->compiled[i].redirect_count;
    struct resource **resources = calloc(room, sizeof(struct resource *));
    if (!resources)
        return ERR_NO_MEMORY;

    size_t count = 0;
    for (size_t i = 0; i < folder->listing.count; i++) {
        const struct compiled *compiled = &folder->compiled[i];
        if (!compiled->resource)
            continue;
        resources[count++] = compiled->resource;
        for (size_t k = 0; k < compiled->redirect_count; k++)
            resources[count++] = compiled->redirects[k];
    }
    int rc = site_create(out, resources, count, diags);
    free(resources);
    return rc;
}

/* The assets come first, as a site of their own that pages look them up in. */
static int compile_folder(struct folder *folder, time_t now)
{
    struct site *assets = NULL;
    struct diags repeated = {0}; /* the whole site says it again */
    struct loader loader = {
        .pages_fd = folder->fd,
        .settings = folder->settings,
        .now = now,
        .tier = folder->listing.count > BEST_TIER_FILES_MAX ? TIER_QUICK : TIER_BEST,
    };
    int rc = compile_all(folder, &loader, true);
    if (rc == 0)
        rc = make_site(folder, &assets, &repeated);
    if (rc == 0) {
        loader.assets = assets;
        rc = compile_all(folder, &loader, false);
    }
    if (rc == 0)
        rc = make_site(folder, &folder->site, &folder->diags);
    site_unref(assets);
    diags_finish(&repeated);
    return rc;
}

/* --- the rules about the whole -------------------------------------------------------------- */

/* Pages as their authors wrote them and as they are sent; the rules about one page alone were
 * looked at when it was compiled. */
static int gather_pages(const struct folder *folder, struct lint_page *pages, struct buf *texts,
                        size_t *count)
{
    for (size_t i = 0; i < folder->listing.count; i++) {
        const struct loaded_file *file = &folder->listing.files[i];
        const struct compiled *compiled = &folder->compiled[i];
        struct str html = {0};
        if (!compiled->resource || file->source.kind == SOURCE_ASSET)
            continue;
        if (compiled->state != PAGE_EXPIRED)
            html = compiled->resource->representations[CODING_IDENTITY].body;
        int rc = fs_read_beneath(folder->fd, file->file, PAGE_SIZE_MAX, &texts[*count], NULL);
        if (rc == ERR_NO_MEMORY)
            return rc;
        pages[*count] = (struct lint_page){
            .file = str_from(file->file),
            .url = str_from(file->url),
            .kind = file->source.kind,
            .bytes = buf_str(&texts[*count]),
            .html = html,
            .settings = folder->settings,
        };
        ++*count;
    }
    return 0;
}

static int check_whole(struct folder *folder, time_t now)
{
    struct lint_page *pages = calloc(folder->listing.count + 1, sizeof *pages);
    struct buf *texts = calloc(folder->listing.count + 1, sizeof *texts);
    struct lint_site site = {
        .settings = folder->settings, .site = folder->site, .pages = pages, .now = now};
    int rc = ERR_NO_MEMORY;
    if (pages && texts)
        rc = gather_pages(folder, pages, texts, &site.count);
    if (rc == 0)
        rc = lint_site(&site, &folder->diags);
    for (size_t i = 0; texts && i <= folder->listing.count; i++)
        buf_finish(&texts[i]);
    free(texts);
    free(pages);
    return rc;
}

/* --- the folder ----------------------------------------------------------------------------- */

static int by_place(const void *a, const void *b)
{
    const struct diag *left = a;
    const struct diag *right = b;
    int order = strcmp(left->file, right->file);
    if (order != 0)
        return order;
    if (left->line != right->line)
        return left->line < right->line ? -1 : 1;
    return left->severity != right->severity ? (int)right->severity - (int)left->severity
                                             : strcmp(left->words, right->words);
}

int folder_load(struct folder *out, const char *path, time_t now)
{
    *out = (struct folder){.fd = fs_open_folder(path)};
    if (out->fd < 0)
        return out->fd;
    int rc = loader_settings(&out->settings, out->fd, &out->diags);
    if (rc == 0)
        rc = loader_list(&out->listing, out->fd, &out->diags);
    if (rc != 0)
        return rc;
    out->compiled = calloc(out->listing.count + 1, sizeof *out->compiled);
    rc = out->compiled ? compile_folder(out, now) : ERR_NO_MEMORY;
    if (rc == 0)
        rc = check_whole(out, now);
    if (rc == 0 && out->diags.failed)
        rc = ERR_NO_MEMORY;
    if (out->diags.count > 0)
        qsort(out->diags.items, out->diags.count, sizeof *out->diags.items, by_place);
    return rc;
}

void folder_finish(struct folder *folder)
{
    if (!folder)
        return;
    for (size_t i = 0; folder->compiled && i < folder->listing.count; i++)
        compiled_finish(&folder->compiled[i]);
    free(folder->compiled);
    site_unref(folder->site);
    listing_finish(&folder->listing);
    settings_destroy(folder->settings);
    diags_finish(&folder->diags);
    if (folder->fd >= 0)
        (void)close(folder->fd);
    *folder = (struct folder){.fd = -1};
}
