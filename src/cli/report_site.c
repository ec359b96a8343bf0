/* Owns looking at the pages for a report. */
#include "cli/report_site.h"

#include "base/err.h"
#include "base/fs.h"
#include "cli/site_zone.h"
#include "site/html.h"
#include "site/loader.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

/* Opening hours, and how long the last answer holds: taps come nearly in order of time. */
struct opening {
    struct hours hours;
    const struct zone *zone;
    int64_t from_s;
    int64_t until_s;
    bool open;
};

struct site_page {
    char *path;
    struct buf bytes;
    struct front_matter front;
    struct report_cta ctas[CTA_MAX];
    struct buf goal; /* of an author's HTML: its first call to action */
    struct opening opening;
};

static bool is_open(void *hours, int64_t ms)
{
    struct opening *opening = hours;
    int64_t now = ms / 1000 - (ms % 1000 < 0);
    if (now < opening->from_s || now >= opening->until_s) {
        struct hours_state state = hours_at(&opening->hours, opening->zone, (time_t)now);
        opening->from_s = now;
        opening->until_s = state.until > 0 ? state.until : now + 1;
        opening->open = state.open;
    }
    return opening->open;
}

/* --- one page ------------------------------------------------------------------------------- */

static int find_first_cta(struct site_page *page)
{
    struct html *html;
    struct html_element element = {0};
    int rc = html_parse(&html, page->front.body);
    if (rc != 0)
        return rc == ERR_NO_MEMORY ? rc : 0;
    while (page->goal.len == 0 && html_next(html, &element)) {
        struct str id;
        if (html_attribute(&element, "data-cta", &id))
            buf_append(&page->goal, str_trim(id));
    }
    html_destroy(html);
    return buf_status(&page->goal);
}

/* A number as authors write it. */
static double amount(struct str text)
{
    char copy[32];
    if (text.len == 0 || text.len >= sizeof copy)
        return NAN;
    memcpy(copy, text.ptr, text.len);
    copy[text.len] = '\0';
    return strtod(copy, NULL);
}

static int read_page(struct report_site *site, struct site_page *page,
                     const struct loaded_file *file)
{
    struct diags ignored = {0};
    int rc = fs_read_beneath(site->fd, file->file, PAGE_SIZE_MAX, &page->bytes, NULL);
    if (rc == 0)
        rc = front_matter_read(&page->front, str_from(file->file), buf_str(&page->bytes), &ignored);
    diags_finish(&ignored);
    if (rc != 0)
        return rc;
    for (size_t i = 0; i < page->front.ctas.count; i++)
        page->ctas[i] = (struct report_cta){page->front.ctas.items[i].id,
                                            amount(page->front.ctas.items[i].value)};
    struct place place = place_or(&page->front.place, &site->settings->place);
    page->opening = (struct opening){.hours = place.hours, .zone = site->settings->zone};
    if (page->front.goal.len > 0)
        buf_append(&page->goal, page->front.goal);
    else if (page->front.ctas.count > 0)
        buf_append(&page->goal, page->front.ctas.items[0].id);
    else if (file->source.kind == SOURCE_HTML)
        rc = find_first_cta(page);
    return rc == 0 ? buf_status(&page->goal) : rc;
}

static void finish_page(struct site_page *page)
{
    free(page->path);
    buf_finish(&page->bytes);
    buf_finish(&page->goal);
    front_matter_finish(&page->front);
}

/* --- the folder ----------------------------------------------------------------------------- */

static int by_path(const void *left, const void *right)
{
    const struct site_page *a = left;
    const struct site_page *b = right;
    return str_cmp(str_from(a->path), str_from(b->path));
}

static int read_pages(struct report_site *site, const struct listing *listing)
{
    site->pages = calloc(listing->count + 1, sizeof *site->pages);
    if (!site->pages)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < listing->count; i++) {
        const struct loaded_file *file = &listing->files[i];
        struct site_page *page = &site->pages[site->count];
        if (file->source.kind == SOURCE_ASSET)
            continue;
        int rc = read_page(site, page, file);
        if (rc == 0 && !(page->path = strdup(file->url)))
            rc = ERR_NO_MEMORY;
        if (rc == 0) {
            site->count++;
            continue;
        }
        finish_page(page);
        *page = (struct site_page){0};
        if (rc == ERR_NO_MEMORY)
            return rc;
    }
    if (site->count > 1)
        qsort(site->pages, site->count, sizeof *site->pages, by_path);
    return 0;
}

static int make_table(struct report_site *site)
{
    site->table = calloc(site->count + 1, sizeof *site->table);
    if (!site->table)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < site->count; i++) {
        struct site_page *page = &site->pages[i];
        site->table[i] = (struct report_page){
            .path = str_from(page->path),
            .goal = buf_str(&page->goal),
            .ctas = page->ctas,
            .cta_count = page->front.ctas.count,
            .hours = page->opening.hours.present ? &page->opening : NULL,
        };
    }
    return 0;
}

int report_site_read(struct report_site *out, const char *folder)
{
    struct diags ignored = {0};
    struct listing listing = {0};
    *out = (struct report_site){
        .fd = fs_open_folder(folder),
        .timezone = STR("Europe/Rome"),
    };
    if (out->fd < 0)
        return out->fd;
    int rc = loader_settings(&out->settings, out->fd, &ignored);
    if (rc == 0)
        out->timezone = site_zone(out->settings);
    if (rc == 0)
        rc = loader_list(&listing, out->fd, &ignored);
    if (rc == 0)
        rc = read_pages(out, &listing);
    if (rc == 0)
        rc = make_table(out);
    if (rc == 0 && out->settings->is_unread)
        rc = ERR_INVALID;
    listing_finish(&listing);
    diags_finish(&ignored);
    return rc;
}

void report_site_finish(struct report_site *site)
{
    for (size_t i = 0; i < site->count; i++)
        finish_page(&site->pages[i]);
    free(site->pages);
    free(site->table);
    settings_destroy(site->settings);
    if (site->fd >= 0)
        (void)close(site->fd);
    *site = (struct report_site){.fd = -1};
}

struct report_pages report_site_pages(const struct report_site *site)
{
    return (struct report_pages){site->table, site->count, is_open};
}

static const struct site_page *find_page(const struct report_site *site, struct str path)
{
    for (size_t low = 0, high = site->count; low < high;) {
        size_t middle = low + (high - low) / 2;
        int order = str_cmp(path, str_from(site->pages[middle].path));
        if (order == 0)
            return &site->pages[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

struct str report_site_currency(const struct report_site *site)
{
    return site->settings && site->settings->currency.len > 0 ? site->settings->currency
                                                              : STR("EUR");
}

struct str report_site_label(const struct report_site *site, struct str page, struct str cta)
{
    const struct site_page *found = find_page(site, page);
    for (size_t i = 0; found && i < found->front.ctas.count; i++)
        if (str_eq(found->front.ctas.items[i].id, cta))
            return found->front.ctas.items[i].label;
    return cta;
}

struct str report_site_goal(const struct report_site *site, struct str page)
{
    const struct site_page *found = find_page(site, page);
    return found ? buf_str(&found->goal) : str_make(NULL, 0);
}
