/* Owns the question which page's call to action a counted link means. Such links are printed: they
 * go on where the page has moved, as long as an alias says where to. */
#include "site/counted_link.h"

#include "http/path.h"

/* The page itself or that of the alias at `there`; NULL: it is neither. */
static int find_page(const struct site *site, const struct resource *there,
                     const struct resource **page)
{
    struct buf scratch = BUF_EMPTY;
    struct str path;
    int rc = 0;
    if (resource_is_alias(there)) {
        rc = path_decode(there->location, &scratch, &path);
        there = rc == 0 ? site_find(site, path) : NULL;
    }
    *page = there && there->kind == RESOURCE_PAGE ? there : NULL;
    buf_finish(&scratch);
    return rc;
}

static int look_at(struct counted_link *out, const struct site *site, struct str address,
                   struct str id)
{
    const struct resource *there = site_find(site, address);
    const struct resource *page;
    if (!there || there->kind == RESOURCE_ASSET)
        return 0;
    if (!out->there)
        out->there = there;
    int rc = find_page(site, there, &page);
    const struct resource_cta *cta = page ? resource_find_cta(page, id) : NULL;
    if (cta && cta->to.len > 0) {
        out->cta = cta;
        out->page = page;
    }
    return rc;
}

int counted_link_find(struct counted_link *out, const struct site *site, struct str link)
{
    *out = (struct counted_link){0};
    size_t slash = (size_t)str_find_last(link, '/');
    struct str id = str_skip(link, slash + 1);
    struct buf folder = BUF_EMPTY;
    buf_append(&folder, str_make(link.ptr, slash));
    buf_append_char(&folder, '/');
    int rc = buf_status(&folder);
    if (rc == 0)
        rc = look_at(out, site, str_make(link.ptr, slash), id);
    if (rc == 0 && !out->cta)
        rc = look_at(out, site, buf_str(&folder), id);
    buf_finish(&folder);
    return rc;
}
