/* Owns the layout of Markdown pages. */
#include "site/theme.h"

#include "base/err.h"
#include "site/capture_slot.h"
#include "site/hours_text.h"
#include "site/render.h"
#include "site/schedule.h"
#include "site/theme_cta.h"
#include "site/theme_head.h"

/* --- blocks --------------------------------------------------------------------------------- */

/* As high as a line of buttons at most. Where the site has no name, its words say where it leads.
 */
static void append_logo(const struct render *r)
{
    enum { HEIGHT_MAX = 40, WIDTH_MAX = 240 };
    struct image_size size = r->logo->size;
    struct str name = r->input->settings->name;
    struct buf source = BUF_EMPTY;
    if (size.height > HEIGHT_MAX) {
        size.width = (unsigned)((uint64_t)size.width * HEIGHT_MAX / size.height);
        size.height = HEIGHT_MAX;
    }
    if (size.width > WIDTH_MAX) {
        size.height = (unsigned)((uint64_t)size.height * WIDTH_MAX / size.width);
        size.width = WIDTH_MAX;
    }
    picture_append_source(r->logo, &source);
    buf_append(r->out, STR("<img src=\""));
    buf_append_html(r->out, buf_str(&source));
    buf_printf(r->out, "\" width=\"%u\" height=\"%u\" alt=\"", size.width ? size.width : 1,
               size.height ? size.height : 1);
    buf_append_html(r->out, name.len > 0 ? name : r->words->home);
    buf_append(r->out, STR("\">"));
    r->out->failed |= source.failed;
    buf_finish(&source);
}

static void append_header(const struct render *r)
{
    const struct settings *settings = r->input->settings;
    struct str own = buf_str(&settings->look.header);
    /* One whose size is not known could fill the screen. */
    bool has_logo = r->logo && r->logo->size.width > 0;
    buf_append(r->out, STR("<body>\n"));
    if (own.len + settings->name.len == 0 && !has_logo)
        return;
    buf_append(r->out, STR("<header>"));
    if (own.len > 0) {
        buf_append(r->out, own);
    } else {
        buf_append(r->out, STR("<a href=\"/\">"));
        if (has_logo)
            append_logo(r);
        else
            buf_append_html(r->out, settings->name);
        buf_append(r->out, STR("</a>"));
    }
    buf_append(r->out, STR("</header>\n"));
}

/* A page has one h1: its own first heading if it begins with one, else its title. Returns the
 * content behind it. */
static struct str append_heading(const struct render *r, struct str content)
{
    static const struct str end = {"</h1>", 5};
    const char *found = NULL;
    content = str_trim_lines(content);
    if (str_starts_with(content, STR("<h1>")))
        found = memmem(content.ptr, content.len, end.ptr, end.len);
    if (found) {
        size_t length = (size_t)(found - content.ptr) + end.len;
        buf_append(r->out, str_make(content.ptr, length));
        content = str_trim_lines(str_skip(content, length));
    } else {
        buf_append(r->out, STR("<h1>"));
        buf_append_html(r->out, r->front->title);
        buf_append(r->out, end);
    }
    buf_append_char(r->out, '\n');
    if (str_contains(content, STR("<h1>")))
        diags_say(r->diags, SEVERITY_WARNING, r->input->file, 0, "heading",
                  "a page has one main heading, its title; begin other headings with '##'",
                  "una pagina ha un solo titolo principale, il suo «title»; gli altri titoli "
                  "cominciano con «##»");
    return content;
}

static void append_paragraph(struct buf *out, const char *class, struct str text)
{
    if (text.len == 0)
        return;
    buf_printf(out, "<p class=\"%s\">", class);
    buf_append_html(out, text);
    buf_append(out, STR("</p>\n"));
}

/* The page's own image is above the fold: it is fetched first. */
static void append_image(const struct render *r)
{
    struct buf source = BUF_EMPTY;
    if (!r->image)
        return;
    picture_append_source(r->image, &source);
    buf_append(r->out, STR("<figure><img src=\""));
    buf_append_html(r->out, buf_str(&source));
    buf_append_char(r->out, '"');
    if (r->image->size.width > 0)
        buf_printf(r->out, " width=\"%u\" height=\"%u\"", r->image->size.width,
                   r->image->size.height);
    buf_append(r->out, STR(" fetchpriority=\"high\" alt=\""));
    buf_append_html(r->out, r->front->image_alt);
    buf_append(r->out, STR("\">"));
    if (r->front->credit.len > 0) {
        buf_append(r->out, STR("<figcaption>"));
        buf_append(r->out, r->words->photo);
        buf_append_html(r->out, r->front->credit);
        buf_append(r->out, STR("</figcaption>"));
    }
    buf_append(r->out, STR("</figure>\n"));
    r->out->failed |= source.failed;
    buf_finish(&source);
}

/* A price that was higher is the lowest one of the thirty days before (art. 17-bis Codice del
 * consumo), and says so. */
static void append_price(const struct render *r)
{
    const struct product *product = &r->front->product;
    struct str currency =
        product->currency.len > 0 ? product->currency : r->input->settings->currency;
    struct str stock = str_from(r->words->availability[product->availability]);
    if (product->price.len == 0)
        return;
    buf_append(r->out, STR("<p class=\"price\"><b>"));
    words_append_price(r->words, product->price, currency, r->out);
    buf_append(r->out, STR("</b>"));
    if (stock.len > 0) {
        buf_append_char(r->out, ' ');
        buf_append(r->out, stock);
    }
    if (product->lowest_30d.len > 0) {
        buf_append(r->out, STR("<br><small>"));
        buf_append(r->out, r->words->lowest);
        words_append_price(r->words, product->lowest_30d, currency, r->out);
        buf_append(r->out, STR("</small>"));
    }
    buf_append(r->out, STR("</p>\n"));
}

/* Hours belong to pages that are about going there, and to places of a page's own. */
static bool shows_hours(const struct render *r)
{
    const struct place *own = &r->front->place;
    return r->place.hours.present &&
           (r->front->intent == INTENT_GO || own->hours.present || own->street.len > 0);
}

static void append_address(const struct render *r)
{
    const struct place *place = &r->place;
    if (place->street.len == 0)
        return;
    buf_append(r->out, STR("<p>"));
    buf_append_html(r->out, place->street);
    buf_append(r->out, STR(", "));
    buf_append_html(r->out, place->postcode);
    buf_append_char(r->out, ' ');
    buf_append_html(r->out, place->city);
    buf_append(r->out, STR("</p>\n"));
}

static void append_hours(const struct render *r)
{
    const struct hours *hours = &r->place.hours;
    const struct zone *zone = r->input->settings->zone;
    if (!shows_hours(r))
        return;
    bool open = hours_at(hours, zone, r->input->now).open;
    buf_printf(r->out, "<div class=\"place\">\n<p class=\"%s\">", open ? "open" : "shut");
    hours_append_state(hours, zone, r->input->now, r->words, r->out);
    buf_append(r->out, STR("</p>\n"));
    hours_append_table(hours, zone, r->input->now, r->words, r->out);
    append_address(r);
    buf_append(r->out, STR("</div>\n"));
}

static void append_byline(const struct render *r)
{
    const struct schema_moment *date = &r->front->date;
    if (r->front->author.len == 0 && !date->present)
        return;
    buf_append(r->out, STR("<p class=\"note\">"));
    buf_append_html(r->out, r->front->author);
    if (date->present) {
        const struct zone *zone = r->input->settings->zone;
        time_t when = schedule_second(date, zone);
        int64_t day = zone_time(zone, (int64_t)when * 1000).day;
        if (r->front->author.len > 0)
            buf_append(r->out, STR(", "));
        words_append_date(r->words, calendar_date(day), true, r->out);
    }
    buf_append(r->out, STR("</p>\n"));
}

/* --- the page ------------------------------------------------------------------------------- */

static void open_main(const struct render *r)
{
    const char *intent = intent_name(r->front->intent);
    buf_append(r->out, STR("<main"));
    if (*intent)
        buf_printf(r->out, " data-intent=\"%s\"", intent);
    buf_append(r->out, STR(">\n<article>\n"));
}

static void append_main(const struct render *r, struct str content)
{
    open_main(r);
    content = append_heading(r, content);
    append_paragraph(r->out, "answer", r->front->answer);
    append_price(r);
    append_image(r);
    append_hours(r);
    theme_cta_append_others(r);
    buf_append(r->out, content);
    buf_append_char(r->out, '\n');
    append_byline(r);
    buf_append(r->out, STR("</article>\n"));
    theme_cta_append_first(r);
    buf_append(r->out, STR("</main>\n"));
}

/* An expired page says so, and shows the way on. */
static void append_over(const struct render *r)
{
    open_main(r);
    buf_append(r->out, STR("<h1>"));
    buf_append_html(r->out, r->front->title);
    buf_append(r->out, STR("</h1>\n<p class=\"answer\">"));
    buf_append(r->out, r->words->over);
    buf_append(r->out, STR("</p>\n</article>\n<p class=\"go\">\n<a class=\"cta\" href=\"/\">"));
    buf_append(r->out, r->words->home);
    buf_append(r->out, STR("</a>\n</p>\n</main>\n"));
}

static void append_legal(const struct render *r)
{
    const struct settings *settings = r->input->settings;
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
}

static void append_footer(const struct render *r)
{
    const struct settings *settings = r->input->settings;
    struct str own = buf_str(&settings->look.footer);
    if (own.len + settings->legal.len + settings->privacy.len > 0) {
        buf_append(r->out, STR("<footer>\n"));
        if (own.len > 0)
            buf_append(r->out, own);
        else
            append_legal(r);
        buf_append(r->out, STR("</footer>\n"));
    }
    if (r->reports)
        capture_slot_append_script(settings->script, r->out);
    buf_append(r->out, STR("</body>\n</html>\n"));
}

/* Finds the page's own image. A page that is over does without it, and what it lacked before has
 * been told. */
static int find_image(const struct theme_page *page, struct buf *assets, struct picture *image,
                      struct diags *diags)
{
    const struct page_input *input = page->input;
    const struct gallery gallery = {input->assets, input->file, assets};
    int rc = picture_find(&gallery, page->front->image, image);
    if (rc == ERR_NOT_FOUND && !page->over)
        picture_tell_missing(diags, SEVERITY_ERROR, input->file, page->front->image_line,
                             page->front->image);
    return rc;
}

static time_t earlier(time_t a, time_t b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

int theme_render(const struct theme_page *page, struct buf *out, struct buf *assets,
                 time_t *changes_at, struct diags *diags)
{
    const struct settings *settings = page->input->settings;
    const struct front_matter *front = page->front;
    struct str lang = front->lang.len > 0 ? front->lang : settings->lang;
    struct picture image;
    struct buf url = BUF_EMPTY;
    struct picture logo;
    bool has_image = front->image.len > 0 && find_image(page, assets, &image, diags) == 0;
    bool has_logo = theme_head_find_logo(page->input, assets, &logo);
    theme_head_append_url(page->input, &url);
    const struct render r = {
        .input = page->input,
        .front = front,
        .words = words_of(lang),
        .lang = lang,
        .place = place_or(&front->place, &settings->place),
        .url = buf_str(&url),
        .image = has_image ? &image : NULL,
        .logo = has_logo ? &logo : NULL,
        .reports = page->reports && settings->script.len > 0,
        .out = out,
        .diags = diags,
    };
    theme_head_append(&r);
    append_header(&r);
    if (page->over)
        append_over(&r);
    else
        append_main(&r, page->content);
    append_footer(&r);
    if (!page->over && shows_hours(&r))
        *changes_at = earlier(*changes_at,
                              hours_changes_at(&r.place.hours, settings->zone, page->input->now));
    out->failed |= url.failed || assets->failed;
    buf_finish(&url);
    return buf_status(out);
}
