/* Owns reading the addresses of pages, and looking them up in the pages folder. */
#include "cli/page_address.h"

#include "base/clock.h"
#include "base/err.h"
#include "cli/folder.h"
#include "http/path.h"

#include <fcntl.h>
#include <unistd.h>

/* --- reading */

static struct str cut_at(struct str text, char mark)
{
    ptrdiff_t at = str_find(text, mark);
    return at < 0 ? text : str_make(text.ptr, (size_t)at);
}

/* From the first slash on, or "/". */
static struct str skip_host(struct str address)
{
    ptrdiff_t slash = str_find(address, '/');
    return slash < 0 ? STR("/") : str_skip(address, (size_t)slash);
}

/* "x.example/c" may be either; a file beside the first page, "promo.html", is no host. */
static bool may_begin_with_host(struct str word)
{
    struct str first = cut_at(word, '/');
    return first.len < word.len && (str_find(first, '.') > 0 || str_find(first, ':') > 0);
}

int page_address_read(struct str word, struct buf *path)
{
    struct buf raw = BUF_EMPTY;
    struct buf decoded = BUF_EMPTY;
    struct str text = cut_at(cut_at(word, '#'), '?');
    struct str scheme = cut_at(text, ':');
    if (scheme.len > 0 && str_starts_with(str_skip(text, scheme.len), STR("://")))
        text = skip_host(str_skip(text, scheme.len + 3));
    else if (str_starts_with(text, STR("//")))
        text = skip_host(str_skip(text, 2));
    else if (!str_starts_with(text, STR("/")) && may_begin_with_host(text))
        return ERR_EXISTS;
    if (!str_starts_with(text, STR("/")))
        buf_append_char(&raw, '/');
    buf_append(&raw, text);
    struct str plain;
    int rc = buf_status(&raw);
    if (rc == 0)
        rc = path_decode(buf_str(&raw), &decoded, &plain);
    if (rc == 0)
        rc = path_normalize(plain, path);
    buf_finish(&raw);
    buf_finish(&decoded);
    return rc;
}

static bool cut_end(struct str *text, struct str end)
{
    bool ends = str_ends_with(*text, end);
    text->len -= ends ? end.len : 0;
    return ends;
}

/* What the spellings of one page have in common; empty for the first page of all. */
static struct str stem(struct str path)
{
    if (!cut_end(&path, STR(".html")))
        (void)cut_end(&path, STR(".md"));
    if (!cut_end(&path, STR("/index")))
        (void)cut_end(&path, STR("/"));
    return path;
}

bool page_address_same(struct str a, struct str b)
{
    return str_eq(stem(a), stem(b));
}

/* --- looking */

/* By the names of the files alone, which takes no time. */
static enum page_presence look_at_names(const char *pages, struct str path)
{
    struct listing listing = {0};
    struct diags none = {0};
    enum page_presence found = PAGE_UNKNOWN;
    int fd = open(pages, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return PAGE_UNKNOWN;
    if (loader_list(&listing, fd, &none) == 0)
        found = PAGE_ABSENT;
    for (size_t i = 0; i < listing.count; i++) {
        struct str url = str_from(listing.files[i].url);
        bool is_page = listing.files[i].source.kind != SOURCE_ASSET;
        if (str_eq(url, path) || (is_page && page_address_same(url, path)))
            found = PAGE_THERE;
    }
    listing_finish(&listing);
    diags_finish(&none);
    (void)close(fd);
    return found;
}

/* Aliases, and what attimo itself adds to a site, are known once all pages are made. */
static enum page_presence look_at_site(const char *pages, struct str path, struct buf *target)
{
    struct folder folder;
    struct buf canonical = BUF_EMPTY;
    enum page_presence found = PAGE_UNKNOWN;
    if (folder_load(&folder, pages, clock_wall()) == 0) {
        const struct resource *resource = site_find(folder.site, path);
        if (!resource && site_canonical(folder.site, path, &canonical))
            resource = site_find(folder.site, buf_str(&canonical));
        bool alias = resource && resource->kind == RESOURCE_REDIRECT && resource->status == 308;
        found = alias ? PAGE_ALIAS : resource ? PAGE_THERE : PAGE_ABSENT;
        if (alias)
            buf_append(target, resource->location);
    }
    buf_finish(&canonical);
    folder_finish(&folder);
    return found;
}

enum page_presence page_address_look(const char *pages, struct str path, struct buf *target)
{
    enum page_presence found = look_at_names(pages, path);
    return found == PAGE_ABSENT ? look_at_site(pages, path, target) : found;
}
