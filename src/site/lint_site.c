/* Owns the rules about a site as a whole. */
#include "site/lint.h"

#include "base/err.h"
#include "http/path.h"
#include "site/counted_link.h"
#include "site/html.h"
#include "site/link.h"
#include "site/lint_parts.h"
#include "site/picture.h"

#include <stdlib.h>

static void say(struct diags *diags, struct str file, unsigned line, enum lint_remark id,
                const char *first)
{
    lint_say(diags, file, line, id, lint_same(first), lint_nothing);
}

/* Whether a counted link, "/<page>/<id>" behind /_/go, has somewhere to lead. */
static bool has_cta(const struct site *site, struct str link)
{
    struct counted_link found;
    return counted_link_find(&found, site, link) == 0 && found.cta;
}

/* Whether something answers at `path`, perhaps after a redirect. */
static bool has_page(const struct site *site, struct str path)
{
    struct buf target = BUF_EMPTY;
    if (str_starts_with(path, STR("/_/")))
        return str_eq(path, STR("/_/io")) || (str_starts_with(path, STR("/_/go/")) &&
                                              has_cta(site, str_skip(path, strlen("/_/go"))));
    bool found = site_find(site, path) || str_eq(path, STR("/sitemap.xml")) ||
                 str_eq(path, STR("/robots.txt")) || site_canonical(site, path, &target);
    buf_finish(&target);
    return found;
}

/* --- what all pages share ------------------------------------------------------------------- */

static void check_logo(const struct lint_site *ls, struct diags *diags)
{
    const struct yaml_node *logo = yaml_get(yaml_root(ls->settings->document), "logo");
    struct buf unused = BUF_EMPTY;
    struct picture picture;
    const struct gallery gallery = {ls->site, STR("_site.yaml"), &unused};
    if (logo && ls->settings->logo.len > 0 &&
        picture_find(&gallery, ls->settings->logo, &picture) == ERR_NOT_FOUND)
        picture_tell_missing(diags, SEVERITY_WARNING, STR("_site.yaml"), logo->key->line,
                             ls->settings->logo);
    buf_finish(&unused);
}

static void check_settings(const struct lint_site *ls, struct diags *diags)
{
    static const struct str file = STR_INIT("_site.yaml");
    const struct settings *settings = ls->settings;
    const struct yaml_node *place = yaml_get(yaml_root(settings->document), "place");
    const struct yaml_node *hours = yaml_get(place, "hours");
    const struct yaml_node *privacy = yaml_get(yaml_root(settings->document), "privacy");
    if (settings->url.len == 0)
        say(diags, file, 0, LINT_NO_URL, "");
    if (str_trim_lines(settings->legal).len == 0)
        say(diags, file, 0, LINT_LEGAL, "");
    if (settings->privacy.len == 0)
        say(diags, file, 0, LINT_PRIVACY, "");
    else if (!has_page(ls->site, settings->privacy))
        say(diags, file, privacy ? privacy->key->line : 0, LINT_DEAD_LINK, settings->privacy.ptr);
    check_logo(ls, diags);
    if (settings->place.hours.present) {
        const struct lint_hours where = {file, hours ? hours->key->line : 0, settings->zone,
                                         ls->now};
        lint_hours(&settings->place.hours, &where, diags);
    }
}

/* --- links ---------------------------------------------------------------------------------- */

struct visit {
    const struct lint_site *site;
    const struct lint_page *page;
    struct diags *diags;
    struct buf title;
    struct buf address; /* scratch */
    struct buf decoded;
};

static bool has_scheme(struct str address)
{
    for (size_t i = 0; i < address.len; i++) {
        if (address.ptr[i] == ':')
            return i > 0;
        if (strchr("/?#", address.ptr[i]))
            return false;
    }
    return false;
}

/* The path on this site that `href` leads to, into visit->address; false if it leads elsewhere, or
 * to a part of the same page. RFC 3986 5.2, for what people write. */
static bool resolve(struct visit *visit, struct str href)
{
    struct str page = visit->page->url;
    struct buf *out = &visit->address;
    href = str_trim_lines(href);
    if (!link_own_path(href, visit->site->settings->url, &href) &&
        (href.len == 0 || strchr("#?", href.ptr[0]) || has_scheme(href) ||
         str_starts_with(href, STR("//"))))
        return false;
    for (size_t i = 0; i < href.len; i++)
        if (strchr("?#", href.ptr[i]))
            href.len = i;

    buf_clear(out);
    if (href.len == 0 || href.ptr[0] != '/') {
        path_encode(str_make(page.ptr, (size_t)(str_find_last(page, '/') + 1)), out);
        while (str_starts_with(href, STR("../")) || str_starts_with(href, STR("./"))) {
            bool up = href.ptr[1] == '.';
            href = str_skip(href, up ? 3 : 2);
            ptrdiff_t slash =
                str_find_last(str_make(out->ptr, out->len > 0 ? out->len - 1 : 0), '/');
            if (up && slash >= 0)
                out->len = (size_t)slash + 1;
        }
    }
    buf_append(out, href);
    return buf_status(out) == 0;
}

static bool leads_somewhere(struct visit *visit)
{
    struct str path;
    return path_decode(buf_str(&visit->address), &visit->decoded, &path) == 0 &&
           has_page(visit->site->site, path);
}

/* The links around a Markdown page are the theme's, and the same on all. */
static bool is_themes(const struct visit *visit, const struct html_element *element)
{
    return visit->page->kind == SOURCE_MARKDOWN && !html_is_within(element, "main");
}

static void on_element(void *context, const struct html_element *element)
{
    struct visit *visit = context;
    const char *href = html_is(element, "a") ? html_value(element, "href") : NULL;
    if (!href || is_themes(visit, element) || !resolve(visit, str_from(href)) ||
        leads_somewhere(visit))
        return;
    say(visit->diags, visit->page->file, lint_text_line(visit->page, str_from(href)),
        LINT_DEAD_LINK, href);
}

static void on_text(void *context, struct str text, const struct html_element *parent)
{
    struct visit *visit = context;
    if (html_is(parent, "title") && !parent->is_drawing)
        buf_append(&visit->title, text);
}

/* --- where expired pages lead --------------------------------------------------------------- */

static bool is_own_alias(const struct front_matter *front, struct str path)
{
    const struct yaml_node *item = schema_first_text(front->aliases);
    bool found = false;
    struct buf scratch = BUF_EMPTY;
    for (; item && !found; item = schema_next_text(front->aliases, item)) {
        struct str alias;
        found = path_decode(item->text, &scratch, &alias) == 0 && str_eq(alias, path);
    }
    buf_finish(&scratch);
    return found;
}

enum leads { LEADS_ON, LEADS_BACK, LEADS_NOWHERE };

/* Where a page's `then` leads. A page that is not public yet may be so by then, and its aliases
 * with it. */
static enum leads follow(const struct site *site, const struct lint_page *page, struct str path)
{
    const struct resource *found = site_find_spelling(site, path);
    if (found)
        return str_eq(found->file, page->file) ? LEADS_BACK : LEADS_ON;
    if (site_find_draft(site, path))
        return LEADS_ON;
    if (is_own_alias(page->front, path) || str_eq(site_family(path), site_family(page->url)))
        return LEADS_BACK;
    return has_page(site, path) ? LEADS_ON : LEADS_NOWHERE;
}

static int check_then(const struct visit *visit)
{
    struct lint_page page = *visit->page;
    struct front_matter front;
    struct diags said = {0}; /* when the page was compiled */
    struct buf scratch = BUF_EMPTY;
    struct str path;
    int rc = front_matter_read(&front, page.file, page.bytes, &said);
    page.front = &front;
    int found = rc == 0 ? lint_then_path(&page, &scratch, &path) : rc;
    enum leads leads = found == ERR_INVALID ? LEADS_NOWHERE : LEADS_ON;
    if (found == 0)
        leads = follow(visit->site->site, &page, path);
    if (leads != LEADS_ON)
        say(visit->diags, page.file, lint_key_line(&page, "then"),
            leads == LEADS_BACK ? LINT_THEN_BACK : LINT_THEN_DEAD, front.then.ptr);
    front_matter_finish(&front);
    diags_finish(&said);
    buf_finish(&scratch);
    return found == ERR_NO_MEMORY ? found : rc;
}

/* --- titles --------------------------------------------------------------------------------- */

struct titled {
    char title[HASH_TEXT_SIZE];
    const struct lint_page *page;
};

static int by_title(const void *a, const void *b)
{
    const struct titled *left = a;
    const struct titled *right = b;
    int order = memcmp(left->title, right->title, sizeof left->title);
    return order != 0 ? order : str_cmp(left->page->file, right->page->file);
}

static void check_titles(struct titled *titles, size_t count, struct diags *diags)
{
    if (count > 0)
        qsort(titles, count, sizeof *titles, by_title);
    for (size_t i = 1; i < count; i++) {
        if (memcmp(titles[i].title, titles[i - 1].title, sizeof titles->title) != 0)
            continue;
        char *other = strndup(titles[i - 1].page->file.ptr, titles[i - 1].page->file.len);
        if (other)
            say(diags, titles[i].page->file, lint_text_line(titles[i].page, STR("title")),
                LINT_TITLE_TWICE, other);
        diags->failed |= !other;
        free(other);
    }
}

/* --- all together --------------------------------------------------------------------------- */

static int visit_page(struct visit *visit, struct titled *title)
{
    static const struct html_visitor visitor = {on_element, on_text};
    buf_clear(&visit->title);
    int rc = check_then(visit);
    if (rc == 0 && visit->page->html.len > 0)
        rc = lint_visit(visit->page->html, &visitor, visit);
    if (rc == ERR_TOO_LARGE) /* without HTML of its author's: links of Markdown alone */
        rc = 0;
    if (rc == 0)
        rc = buf_status(&visit->title);
    struct str words = str_trim_lines(buf_str(&visit->title));
    title->page = visit->page;
    if (rc == 0 && words.len > 0)
        hash_text(title->title, &words, 1);
    return rc;
}

int lint_site(const struct lint_site *site, struct diags *diags)
{
    struct visit visit = {.site = site, .diags = diags};
    struct titled *titles = calloc(site->count + 1, sizeof *titles);
    size_t titled = 0;
    int rc = titles ? lint_theme(site->settings, diags) : ERR_NO_MEMORY;
    check_settings(site, diags);
    for (size_t i = 0; rc == 0 && i < site->count; i++) {
        visit.page = &site->pages[i];
        rc = visit_page(&visit, &titles[titled]);
        titled += titles[titled].title[0] != '\0';
    }
    if (rc == 0)
        check_titles(titles, titled, diags);
    buf_finish(&visit.title);
    buf_finish(&visit.address);
    buf_finish(&visit.decoded);
    free(titles);
    return rc;
}
