/* Owns reading the addresses of pages, and looking them up in the pages folder. */
#include "cli/page_address.h"

#include "base/clock.h"
#include "base/err.h"
#include "base/fs.h"
#include "cli/folder.h"
#include "http/path.h"
#include "site/link.h"

#include <unistd.h>

/* --- reading */

static struct str cut_at(struct str text, char mark)
{
    ptrdiff_t at = str_find(text, mark);
    return at < 0 ? text : str_make(text.ptr, (size_t)at);
}

/* From the first slash on, or "/"; nothing if there is no host. */
static struct str skip_host(struct str address)
{
    ptrdiff_t slash = str_find(address, '/');
    if (address.len == 0 || slash == 0)
        return STR("");
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
    struct str scheme = cut_at(cut_at(text, '/'), ':');
    bool whole = scheme.len > 0 && str_starts_with(str_skip(text, scheme.len), STR("://"));
    if (whole || str_starts_with(text, STR("//")))
        text = skip_host(str_skip(text, whole ? scheme.len + 3 : 2));
    else if (!str_starts_with(text, STR("/")) && may_begin_with_host(text))
        return ERR_EXISTS;
    if (text.len == 0)
        return ERR_INVALID;
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

/* --- looking */

/* By the names of the files alone, which takes no time. */
static enum page_presence look_at_names(const char *pages, struct str path, struct buf *others)
{
    struct listing listing = {0};
    struct diags none = {0};
    struct str first = STR("");
    size_t count = 0;
    int fd = fs_open_folder(pages);
    if (fd < 0)
        return PAGE_UNKNOWN;
    int rc = loader_list(&listing, fd, &none);
    for (size_t i = 0; i < listing.count; i++) {
        struct str url = str_from(listing.files[i].url);
        if (!str_eq(site_family(url), site_family(path)) || str_eq(url, first))
            continue;
        first = count == 0 ? url : first;
        buf_printf(others, count++ == 0 ? "%.*s" : ", %.*s", STR_ARG(url));
    }
    listing_finish(&listing);
    diags_finish(&none);
    (void)close(fd);
    return rc != 0 ? PAGE_UNKNOWN : count > 1 ? PAGE_SEVERAL : count > 0 ? PAGE_THERE : PAGE_ABSENT;
}

/* Aliases, and what attimo itself adds to a site, are known once all pages are made. */
static enum page_presence look_at_site(const char *pages, struct str path, struct buf *target)
{
    struct folder folder;
    enum page_presence found = PAGE_UNKNOWN;
    if (folder_load(&folder, pages, clock_wall()) == 0) {
        const struct resource *resource = site_find_spelling(folder.site, path);
        bool alias = resource && resource_is_alias(resource);
        found = alias ? PAGE_ALIAS : resource ? PAGE_THERE : PAGE_ABSENT;
        if (alias)
            buf_append(target, resource->location);
    }
    folder_finish(&folder);
    return found;
}

enum page_presence page_address_look(const char *pages, struct str path, struct buf *target)
{
    enum page_presence found = look_at_names(pages, path, target);
    return found == PAGE_ABSENT ? look_at_site(pages, path, target) : found;
}

/* --- following */

/* Where visitors of `path` are sent on to; empty: nowhere. */
static struct str find_next(const struct site *site, const struct takedowns *takedowns,
                            struct str path)
{
    const struct takedown *takedown = takedowns_find(takedowns, path);
    const struct resource *resource = site ? site_find_spelling(site, path) : NULL;
    if (takedown)
        return takedown->then;
    return resource ? resource->location : STR("");
}

bool page_address_leads_back(const char *pages, const struct takedowns *takedowns, struct str then,
                             struct str path)
{
    enum { STEPS_MAX = 20 }; /* as many as browsers follow */
    struct folder folder = {.fd = -1};
    struct buf at = BUF_EMPTY;
    struct str part;
    bool back = false;
    const struct site *site =
        pages && folder_load(&folder, pages, clock_wall()) == 0 ? folder.site : NULL;
    struct str own = site ? folder.settings->url : STR("");
    for (int steps = 0; steps < STEPS_MAX && !back && link_own_path(then, own, &part); steps++) {
        buf_clear(&at);
        if (page_address_read(part, &at) != 0)
            break;
        back = str_eq(site_family(buf_str(&at)), site_family(path));
        then = find_next(site, takedowns, buf_str(&at));
    }
    buf_finish(&at);
    folder_finish(&folder);
    return back;
}
