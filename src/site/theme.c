/* Owns the layout of Markdown pages. */
#include "site/theme.h"

#include "base/err.h"
#include "http/path.h"
#include "site/link.h"
#include "site/theme_css.h"

#include <ctype.h>

/* Strokes on a field of 24 by 24. */
static const char *const icons[] = {
    [CTA_LINK] = "M4 12h15M13 6l6 6-6 6",
    [CTA_CALL] = "M7 4 5 6c0 7 6 13 13 13l2-2-4-4-2 2c-2-1-4-3-5-5l2-2z",
    [CTA_SMS] = "M4 5h16v11H10l-4 4v-4H4zM8 10.5h8",
    [CTA_MAIL] = "M3 6h18v12H3zl9 7 9-7",
    [CTA_WHATSAPP] = "M4 5h16v11H10l-4 4v-4H4zM8 10.5h8",
    [CTA_DIRECTIONS] = "M20 4 4 11l7 2 2 7z",
    [CTA_SHARE] = "M12 15V4M8 8l4-4 4 4M5 13v7h14v-7",
};

/* --- calls to action ------------------------------------------------------------------------ */

/* What building a page passes along. */
struct render {
    const struct theme_page *page;
    struct str file;
    struct buf *out;
    struct diags *diags;
    struct cta_page cta_page;
};

static void append_cta(const struct render *r, const struct cta *cta)
{
    struct buf href = BUF_EMPTY;
    const char *lacks = cta_append_href(cta, &r->cta_page, &href);
    if (lacks)
        diags_add(r->diags, SEVERITY_ERROR, r->file, cta->line, "cta", "%s", lacks);
    if (cta->kind == CTA_SHARE && r->cta_page.url.len == 0)
        diags_add(r->diags, SEVERITY_WARNING, r->file, cta->line, "cta",
                  "'share' cannot name this page's address until _site.yaml has 'url'");

    buf_append(r->out, STR("<a class=\"cta\" data-cta=\""));
    buf_append_html(r->out, cta->id);
    buf_append(r->out, STR("\" href=\""));
    buf_append_html(r->out, buf_str(&href));
    buf_printf(r->out, "\"><svg viewBox=\"0 0 24 24\" aria-hidden=\"true\"><path d=\"%s\"/></svg>",
               icons[cta->kind]);
    buf_append_html(r->out, str_trim_lines(cta->label));
    buf_append(r->out, STR("</a>\n"));
    r->out->failed |= href.failed;
    buf_finish(&href);
}

static void append_other_ctas(const struct render *r)
{
    const struct cta_list *ctas = &r->page->front->ctas;
    if (ctas->count < 2)
        return;
    buf_append(r->out, STR("<p class=\"also\">\n"));
    for (size_t i = 1; i < ctas->count; i++)
        append_cta(r, &ctas->items[i]);
    buf_append(r->out, STR("</p>\n"));
}

static void append_first_cta(const struct render *r)
{
    const struct cta_list *ctas = &r->page->front->ctas;
    if (ctas->count == 0)
        return;
    buf_append(r->out, STR("<p class=\"go\">\n"));
    append_cta(r, &ctas->items[0]);
    buf_append(r->out, STR("</p>\n"));
}

/* --- head ----------------------------------------------------------------------------------- */

/* The first letter of the site's name, on the accent colour of theme.css. */
static void append_icon(struct buf *out, struct str name)
{
    size_t length = name.len > 0;
    while (length > 0 && length < name.len && ((unsigned char)name.ptr[length] & 0xC0) == 0x80)
        length++;
    buf_append(out, STR("<link rel=\"icon\" href=\"data:image/svg+xml,"
                        "%3Csvg%20xmlns='http://www.w3.org/2000/svg'%20viewBox='0%200%2032%2032'%3E"
                        "%3Crect%20width='32'%20height='32'%20rx='8'%20fill='%230b6b4f'/%3E"));
    if (length > 1 || (length == 1 && isalnum((unsigned char)name.ptr[0]))) {
        buf_append(out, STR("%3Ctext%20x='16'%20y='23'%20text-anchor='middle'%20fill='white'%20"
                            "font-family='sans-serif'%20font-weight='700'%20font-size='20'%3E"));
        link_append_encoded(str_make(name.ptr, length), out);
        buf_append(out, STR("%3C/text%3E"));
    }
    buf_append(out, STR("%3C/svg%3E\">\n"));
}

static bool contains(struct str text, struct str part)
{
    return part.len == 0 || (text.len > 0 && memmem(text.ptr, text.len, part.ptr, part.len));
}

static void append_title(struct buf *out, struct str title, struct str site)
{
    buf_append(out, STR("<title>"));
    buf_append_html(out, title);
    if (!contains(title, site)) {
        buf_append(out, STR(" \xC2\xB7 "));
        buf_append_html(out, site);
    }
    buf_append(out, STR("</title>\n"));
}

static void append_head(const struct render *r)
{
    const struct front_matter *front = r->page->front;
    const struct settings *settings = r->page->settings;
    struct buf *out = r->out;

    buf_append(out, STR("<!DOCTYPE html>\n<html lang=\""));
    buf_append_html(out, front->lang.len > 0 ? front->lang : settings->lang);
    buf_append(out, STR("\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
                        "content=\"width=device-width,initial-scale=1,viewport-fit=cover\">\n"));
    append_title(out, front->title, settings->name);
    buf_append(out, STR("<meta name=\"description\" content=\""));
    buf_append_html(out, front->description);
    buf_append(out, STR("\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"));
    if (r->cta_page.url.len > 0) {
        buf_append(out, STR("<link rel=\"canonical\" href=\""));
        buf_append_html(out, r->cta_page.url);
        buf_append(out, STR("\">\n"));
    }
    append_icon(out, settings->name);
    buf_append(out, STR("<style>"));
    buf_append(out, str_from(theme_css));
    buf_append(out, STR("</style>\n</head>\n"));
}

/* --- body ----------------------------------------------------------------------------------- */

static void append_header(const struct render *r)
{
    struct str name = r->page->settings->name;
    buf_append(r->out, STR("<body>\n"));
    if (name.len == 0)
        return;
    buf_append(r->out, STR("<header><a href=\"/\">"));
    buf_append_html(r->out, name);
    buf_append(r->out, STR("</a></header>\n"));
}

/* A page has one h1: its own first heading if it begins with one, else its title. */
static struct str append_heading(const struct render *r)
{
    static const struct str end = {"</h1>", 5};
    struct str content = str_trim_lines(r->page->content);
    const char *found = NULL;
    if (str_starts_with(content, STR("<h1>")))
        found = memmem(content.ptr, content.len, end.ptr, end.len);
    if (found) {
        size_t length = (size_t)(found - content.ptr) + end.len;
        buf_append(r->out, str_make(content.ptr, length));
        content = str_trim_lines(str_skip(content, length));
    } else {
        buf_append(r->out, STR("<h1>"));
        buf_append_html(r->out, r->page->front->title);
        buf_append(r->out, end);
    }
    buf_append_char(r->out, '\n');
    if (contains(content, STR("<h1>")))
        diags_add(r->diags, SEVERITY_WARNING, r->file, 0, "heading",
                  "a page has one main heading, its title; begin other headings with '##'");
    return content;
}

static void append_main(const struct render *r)
{
    const struct front_matter *front = r->page->front;
    const char *intent = intent_name(front->intent);
    buf_append(r->out, STR("<main"));
    if (*intent)
        buf_printf(r->out, " data-intent=\"%s\"", intent);
    buf_append(r->out, STR(">\n<article>\n"));

    struct str content = append_heading(r);
    if (front->answer.len > 0) {
        buf_append(r->out, STR("<p class=\"answer\">"));
        buf_append_html(r->out, front->answer);
        buf_append(r->out, STR("</p>\n"));
    }
    append_other_ctas(r);
    buf_append(r->out, content);
    buf_append(r->out, STR("\n</article>\n"));
    append_first_cta(r);
    buf_append(r->out, STR("</main>\n"));
}

static void append_footer(const struct render *r)
{
    const struct settings *settings = r->page->settings;
    if (settings->legal.len + settings->privacy.len > 0) {
        buf_append(r->out, STR("<footer>\n"));
        if (settings->legal.len > 0) {
            buf_append(r->out, STR("<p>"));
            buf_append_html(r->out, settings->legal);
            buf_append(r->out, STR("</p>\n"));
        }
        if (settings->privacy.len > 0) {
            buf_append(r->out, STR("<p><a href=\""));
            buf_append_html(r->out, settings->privacy);
            buf_append(r->out, STR("\">Privacy</a></p>\n"));
        }
        buf_append(r->out, STR("</footer>\n"));
    }
    buf_append(r->out, STR("</body>\n</html>\n"));
}

/* The page's address for others; a 404 answers at any address and has none. */
static void append_url(const struct theme_page *page, struct buf *url)
{
    if (page->settings->url.len == 0 || str_eq(page->path, STR("/404")))
        return;
    buf_append(url, page->settings->url);
    path_encode(page->path, url);
}

int theme_render(const struct theme_page *page, struct str file, struct buf *out,
                 struct diags *diags)
{
    struct buf url = BUF_EMPTY;
    append_url(page, &url);
    struct place place = place_or(&page->front->place, &page->settings->place);
    const struct render r = {
        .page = page,
        .file = file,
        .out = out,
        .diags = diags,
        .cta_page = {.place = &place, .title = page->front->title, .url = buf_str(&url)},
    };
    append_head(&r);
    append_header(&r);
    append_main(&r);
    append_footer(&r);
    out->failed |= url.failed;
    buf_finish(&url);
    return buf_status(out);
}
