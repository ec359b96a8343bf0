/* Owns sitemap.xml and robots.txt. */
#include "site/sitemap.h"

#include "base/err.h"
#include "http/path.h"

/* What one file may list (sitemaps.org). */
enum { PAGES_MAX = 50000 };

static const struct str sitemap_path = STR_INIT("/sitemap.xml");
static const struct str robots_path = STR_INIT("/robots.txt");

static bool is_there(struct resource *const *resources, size_t count, struct str path)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(resources[i]->path, path))
            return true;
    return false;
}

static void append_page(struct str url, struct str path, struct buf *out)
{
    struct buf address = BUF_EMPTY;
    buf_append(&address, url);
    path_encode(path, &address);
    buf_append(out, STR("<url><loc>"));
    buf_append_html(out, buf_str(&address));
    buf_append(out, STR("</loc></url>\n"));
    out->failed |= address.failed;
    buf_finish(&address);
}

static void append_sitemap(struct str url, struct resource *const *resources, size_t count,
                           struct buf *out)
{
    size_t listed = 0;
    buf_append(out, STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                        "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n"));
    for (size_t i = 0; i < count && listed < PAGES_MAX; i++) {
        if (resources[i]->kind != RESOURCE_PAGE || str_eq(resources[i]->path, STR("/404")))
            continue;
        append_page(url, resources[i]->path, out);
        listed++;
    }
    buf_append(out, STR("</urlset>\n"));
}

/* Puts a resource with that body into `*slot`, unless the one that is there has the same. */
static int set(struct resource **slot, struct str path, const char *content_type,
               const struct buf *body)
{
    struct resource *made = NULL;
    const struct resource_options options = {
        .kind = RESOURCE_ASSET,
        .path = path,
        .file = str_skip(path, 1),
        .content_type = str_from(content_type),
        .compressible = true,
        .tier = TIER_QUICK,
    };
    int rc = buf_status(body);
    if (rc != 0)
        return rc;
    if (*slot && str_eq((*slot)->representations[CODING_IDENTITY].body, buf_str(body)))
        return 0;
    rc = resource_create(&made, &options, buf_str(body));
    if (rc != 0)
        return rc;
    resource_unref(*slot);
    *slot = made;
    return 0;
}

static void drop(struct resource **slot)
{
    resource_unref(*slot);
    *slot = NULL;
}

int sitemap_make(struct sitemap *sitemap, struct str url, struct resource *const *resources,
                 size_t count, size_t public_count)
{
    struct buf pages = BUF_EMPTY;
    struct buf robots = BUF_EMPTY;
    int rc = 0;
    if (url.len == 0 || is_there(resources, count, sitemap_path)) {
        drop(&sitemap->pages);
    } else {
        append_sitemap(url, resources, public_count, &pages);
        rc = set(&sitemap->pages, sitemap_path, "application/xml", &pages);
    }
    if (url.len == 0 || is_there(resources, count, robots_path)) {
        drop(&sitemap->robots);
    } else if (rc == 0) {
        buf_append(&robots, STR("User-agent: *\nDisallow: /_/\nSitemap: "));
        buf_append(&robots, url);
        buf_append(&robots, sitemap_path);
        buf_append_char(&robots, '\n');
        rc = set(&sitemap->robots, robots_path, "text/plain; charset=utf-8", &robots);
    }
    buf_finish(&pages);
    buf_finish(&robots);
    return rc;
}

void sitemap_finish(struct sitemap *sitemap)
{
    if (!sitemap)
        return;
    resource_unref(sitemap->pages);
    resource_unref(sitemap->robots);
    *sitemap = (struct sitemap){0};
}
