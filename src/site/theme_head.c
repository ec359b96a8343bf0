/* Owns the heads of pages. */
#include "site/theme_head.h"

#include "http/path.h"
#include "site/json_ld.h"
#include "site/link.h"

#include <ctype.h>

void theme_head_append_url(const struct page_input *input, struct buf *url)
{
    if (input->settings->url.len == 0 || str_eq(input->url, STR("/404")))
        return;
    buf_append(url, input->settings->url);
    path_encode(input->url, url);
}

bool theme_head_find_logo(const struct page_input *input, struct buf *assets, struct picture *logo)
{
    const struct gallery gallery = {input->assets, STR("_site.yaml"), assets};
    return input->settings->logo.len > 0 &&
           picture_find(&gallery, input->settings->logo, logo) == 0;
}

/* `<meta name="...">` and `<meta property="...">`. */
static void append_meta(struct buf *out, const char *attribute, const char *name, struct str text)
{
    if (text.len == 0)
        return;
    buf_printf(out, "<meta %s=\"%s\" content=\"", attribute, name);
    buf_append_html(out, text);
    buf_append(out, STR("\">\n"));
}

void theme_head_append_viewport(struct buf *out)
{
    buf_append(out, STR("<meta name=\"viewport\" "
                        "content=\"width=device-width,initial-scale=1,viewport-fit=cover\">\n"));
}

void theme_head_append_description(const struct render *r)
{
    append_meta(r->out, "name", "description", r->front->description);
}

void theme_head_append_canonical(const struct render *r)
{
    if (r->url.len == 0)
        return;
    buf_append(r->out, STR("<link rel=\"canonical\" href=\""));
    buf_append_html(r->out, r->url);
    buf_append(r->out, STR("\">\n"));
}

/* Messengers show no SVG. */
static bool is_shown_elsewhere(const struct picture *image)
{
    const char *type = image_media_type(image->asset->representations[CODING_IDENTITY].body);
    return type && strcmp(type, "image/svg+xml") != 0;
}

static void append_card_image(const struct render *r)
{
    struct buf text = BUF_EMPTY;
    buf_append(&text, r->input->settings->url);
    picture_append_path(r->image, &text);
    append_meta(r->out, "property", "og:image", buf_str(&text));
    if (r->image->size.width > 0) {
        buf_printf(r->out,
                   "<meta property=\"og:image:width\" content=\"%u\">\n"
                   "<meta property=\"og:image:height\" content=\"%u\">\n",
                   r->image->size.width, r->image->size.height);
    }
    append_meta(r->out, "property", "og:image:alt", r->front->image_alt);
    r->out->failed |= text.failed;
    buf_finish(&text);
}

void theme_head_append_cards(const struct render *r)
{
    const struct front_matter *front = r->front;
    bool image = r->image && r->url.len > 0 && is_shown_elsewhere(r->image);
    bool article = front->intent == INTENT_KNOW || front->intent == INTENT_DO;
    append_meta(r->out, "property", "og:type", article ? STR("article") : STR("website"));
    append_meta(r->out, "property", "og:title", front->title);
    append_meta(r->out, "property", "og:description", front->description);
    append_meta(r->out, "property", "og:url", r->url);
    append_meta(r->out, "property", "og:site_name", r->input->settings->name);
    if (r->words->italian)
        append_meta(r->out, "property", "og:locale", STR("it_IT"));
    if (image)
        append_card_image(r);
    append_meta(r->out, "name", "twitter:card",
                image ? STR("summary_large_image") : STR("summary"));
}

/* The first letter of the site's name, on the brand's colour. */
void theme_head_append_icon(const struct render *r)
{
    struct buf *out = r->out;
    struct str name = r->input->settings->name;
    size_t length = name.len > 0;
    while (length > 0 && length < name.len && ((unsigned char)name.ptr[length] & 0xC0) == 0x80)
        length++;
    buf_append(out, STR("<link rel=\"icon\" href=\"data:image/svg+xml,"
                        "%3Csvg%20xmlns='http://www.w3.org/2000/svg'%20viewBox='0%200%2032%2032'%3E"
                        "%3Crect%20width='32'%20height='32'%20rx='8'%20fill='%23"));
    buf_append(out, str_from(r->input->settings->look.accent + 1));
    buf_append(out, STR("'/%3E"));
    if (length > 1 || (length == 1 && isalnum((unsigned char)name.ptr[0]))) {
        buf_append(out, STR("%3Ctext%20x='16'%20y='23'%20text-anchor='middle'%20fill='white'%20"
                            "font-family='sans-serif'%20font-weight='700'%20font-size='20'%3E"));
        link_append_encoded(str_make(name.ptr, length), out);
        buf_append(out, STR("%3C/text%3E"));
    }
    buf_append(out, STR("%3C/svg%3E\">\n"));
}

static void append_title(struct buf *out, struct str title, struct str site)
{
    buf_append(out, STR("<title>"));
    buf_append_html(out, title);
    if (!str_contains(title, site)) {
        buf_append(out, STR(" \xC2\xB7 "));
        buf_append_html(out, site);
    }
    buf_append(out, STR("</title>\n"));
}

static bool runs_from_right(struct str lang)
{
    static const struct str langs[] = {STR_INIT("ar"), STR_INIT("he"), STR_INIT("fa"),
                                       STR_INIT("ur")};
    for (size_t i = 0; i < sizeof langs / sizeof *langs; i++)
        if (str_starts_with_nocase(lang, langs[i]) && (lang.len == 2 || lang.ptr[2] == '-'))
            return true;
    return false;
}

void theme_head_append(const struct render *r)
{
    const struct front_matter *front = r->front;
    const struct settings *settings = r->input->settings;
    struct buf *out = r->out;

    buf_append(out, STR("<!DOCTYPE html>\n<html lang=\""));
    buf_append_html(out, r->lang);
    buf_append(out, runs_from_right(r->lang) ? STR("\" dir=\"rtl") : STR(""));
    buf_append(out, STR("\">\n<head>\n<meta charset=\"utf-8\">\n"));
    theme_head_append_viewport(out);
    append_title(out, front->title, settings->name);
    theme_head_append_description(r);
    append_meta(out, "name", "author", front->author);
    buf_append(out, STR("<meta name=\"color-scheme\" content=\"light dark\">\n"));
    theme_head_append_canonical(r);
    theme_head_append_cards(r);
    theme_head_append_icon(r);
    buf_append(out, STR("<style>"));
    buf_append(out, buf_str(&settings->look.style));
    buf_append(out, STR("</style>\n"));
    json_ld_append(r);
    buf_append(out, STR("</head>\n"));
}
