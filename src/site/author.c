/* Owns what attimo adds to authors' own HTML. */
#include "site/author.h"

#include "base/err.h"
#include "site/author_policy.h"
#include "site/capture_slot.h"
#include "site/html.h"
#include "site/json_ld.h"
#include "site/render.h"
#include "site/theme_head.h"

/* A link that gets a ping: where the name of its tag ends, and its id. */
struct call {
    size_t at;
    struct str id;
};

/* What the document has, and where things can be put into it. */
struct survey {
    bool has_title;
    bool has_viewport;
    bool has_charset;
    bool has_canonical;
    bool has_cards;
    bool has_icon;
    bool has_data;
    bool has_policy;
    bool in_head_at; /* `head_at` is known */
    size_t head_at;  /* where the head's missing parts go */
    size_t body_end; /* before the body's end tag; 0: at the end of the source */
    struct str title;
    struct str description;
    struct str lang;
    struct call calls[FACTS_CTA_MAX]; /* in order of the source */
    size_t call_count;
    struct author_policy policy;
};

static void see_meta(struct survey *survey, const struct html_element *element)
{
    struct str value = {0};
    struct str content = {0};
    (void)html_attribute(element, "content", &content);
    if (html_attribute(element, "charset", &value))
        survey->has_charset = true;
    if (html_attribute(element, "name", &value)) {
        if (str_eq_nocase(value, STR("viewport")))
            survey->has_viewport = true;
        else if (str_eq_nocase(value, STR("description")))
            survey->description = content;
        else if (str_eq_nocase(value, STR("twitter:card")))
            survey->has_cards = true;
    }
    if (html_attribute(element, "property", &value) && str_starts_with(value, STR("og:")))
        survey->has_cards = true;
    if (html_attribute(element, "http-equiv", &value)) {
        if (str_eq_nocase(value, STR("content-type")))
            survey->has_charset = true;
        else if (str_eq_nocase(value, STR("content-security-policy")))
            survey->has_policy = true;
    }
}

static void see_link(struct survey *survey, const struct html_element *element)
{
    struct str rel;
    struct str word;
    if (!html_attribute(element, "rel", &rel))
        return;
    while (str_split(&rel, ' ', &word)) {
        survey->has_canonical |= str_eq_nocase(word, STR("canonical"));
        survey->has_icon |= str_eq_nocase(word, STR("icon"));
    }
}

static void see_script(struct survey *survey, const struct html_element *element)
{
    struct str type;
    if (html_attribute(element, "type", &type))
        survey->has_data |= str_eq_nocase(type, STR("application/ld+json"));
}

/* Everything goes before the head's end tag, or behind its start tag if it has no end. A document
 * may leave these out, and html's too: then it goes before the first thing that is there, which
 * makes it part of the head by HTML's rules. */
static void see_place(struct survey *survey, const struct html_element *element)
{
    if (element->end == 0 || survey->in_head_at)
        return;
    bool opens = html_is(element, "html") || html_is(element, "head");
    survey->head_at = opens ? element->end : element->begin;
    if (html_is(element, "head") && element->close > element->end)
        survey->head_at = element->close;
    survey->in_head_at = !html_is(element, "html");
}

static void see(struct survey *survey, const struct html_element *element)
{
    see_place(survey, element);
    author_policy_see(&survey->policy, element);
    if (html_is(element, "title") && !element->is_drawing && !survey->has_title) {
        survey->has_title = true;
        survey->title = str_trim_lines(element->text);
    } else if (html_is(element, "meta")) {
        see_meta(survey, element);
    } else if (html_is(element, "link")) {
        see_link(survey, element);
    } else if (html_is(element, "script")) {
        see_script(survey, element);
    } else if (html_is(element, "body")) {
        survey->body_end = element->close;
    } else if (html_is(element, "html")) {
        (void)html_attribute(element, "lang", &survey->lang);
    }
}

/* Whether the link stands in the source, behind those that have been seen: the tree puts some
 * elements elsewhere. */
static bool can_have_ping(const struct survey *survey, const struct html_element *element)
{
    struct str own;
    size_t seen = survey->call_count;
    return html_is(element, "a") && !element->is_drawing && element->end > 0 &&
           !html_attribute(element, "ping", &own) && seen < FACTS_CTA_MAX &&
           (seen == 0 || element->begin > survey->calls[seen - 1].at);
}

/* What an author marks with `data-cta`. */
static void take_call(const struct author_page *page, struct survey *survey,
                      const struct html_element *element)
{
    struct str id;
    struct str href = {0};
    if (!html_attribute(element, "data-cta", &id))
        return;
    id = str_trim(id);
    (void)html_attribute(element, "href", &href);
    facts_take_link(page->facts, id, str_trim_lines(href), page->input);
    if (id.len > 0 && href.len > 0 && can_have_ping(survey, element))
        survey->calls[survey->call_count++] = (struct call){element->begin + strlen("<a"), id};
}

/* --- writing -------------------------------------------------------------------------------- */

static void append_missing_title(const struct render *r)
{
    buf_append(r->out, STR("<title>"));
    buf_append_html(r->out, r->front->title);
    buf_append(r->out, STR("</title>\n"));
}

static void append_head(const struct render *r, const struct survey *survey)
{
    size_t before = r->out->len;
    buf_append_char(r->out, '\n');
    if (!survey->has_charset)
        buf_append(r->out, STR("<meta charset=\"utf-8\">\n"));
    if (!survey->has_viewport)
        theme_head_append_viewport(r->out);
    if (!survey->has_title)
        append_missing_title(r);
    if (survey->description.len == 0)
        theme_head_append_description(r);
    if (!survey->has_canonical)
        theme_head_append_canonical(r);
    if (!survey->has_cards)
        theme_head_append_cards(r);
    if (!survey->has_icon)
        theme_head_append_icon(r);
    if (!survey->has_data)
        json_ld_append(r);
    if (r->out->len == before + 1)
        r->out->len = before;
}

static struct str between(struct str source, size_t from, size_t to)
{
    return str_make(str_skip(source, from).ptr, to - from);
}

/* The source between two places, with pings where they belong. */
static void append_source(const struct render *r, const struct survey *survey, struct str source,
                          size_t from, size_t to)
{
    for (size_t i = 0; r->reports && i < survey->call_count; i++) {
        const struct call *call = &survey->calls[i];
        if (call->at <= from || call->at > to)
            continue;
        buf_append(r->out, between(source, from, call->at));
        capture_slot_append_ping(r->input->url, call->id, r->out);
        from = call->at;
    }
    buf_append(r->out, between(source, from, to));
}

static void check(const struct author_page *page, const struct survey *survey, struct diags *diags)
{
    if (survey->title.len == 0 && str_trim_lines(page->front->title).len == 0)
        diags_say(diags, SEVERITY_ERROR, page->input->file, page->first_line, "title",
                  "the page has no title: give it a <title>",
                  "la pagina non ha titolo: dalle un <title>");
}

/* Finds the image of the front matter. The document shows its images itself: without this one, it
 * is the page's card that has none. */
static bool find_image(const struct author_page *page, struct buf *assets, struct picture *image,
                       struct diags *diags)
{
    const struct front_matter *front = page->front;
    const struct gallery gallery = {page->input->assets, page->input->file, assets};
    if (front->image.len == 0)
        return false;
    int rc = picture_find(&gallery, front->image, image);
    if (rc == ERR_NOT_FOUND)
        picture_tell_missing(diags, SEVERITY_WARNING, page->input->file, front->image_line,
                             front->image);
    return rc == 0;
}

static int write(const struct author_page *page, const struct survey *survey, struct buf *out,
                 struct buf *assets, struct diags *diags)
{
    const struct settings *settings = page->input->settings;
    struct front_matter front = *page->front;
    struct buf url = BUF_EMPTY;
    struct picture image;
    front.title = survey->title.len > 0 ? survey->title : front.title;
    front.description = survey->description.len > 0 ? survey->description : front.description;
    struct str lang = front.lang.len > 0     ? front.lang
                      : survey->lang.len > 0 ? survey->lang
                                             : settings->lang;
    struct picture logo;
    bool has_image = find_image(page, assets, &image, diags);
    bool has_logo = theme_head_find_logo(page->input, assets, &logo);
    theme_head_append_url(page->input, &url);
    const struct render r = {
        .input = page->input,
        .front = &front,
        .words = words_of(lang),
        .lang = lang,
        .place = place_or(&front.place, &settings->place),
        .url = buf_str(&url),
        .image = has_image ? &image : NULL,
        .logo = has_logo ? &logo : NULL,
        .reports = page->reports && settings->script.len > 0,
        .out = out,
        .diags = diags,
    };
    size_t body_end = survey->body_end > survey->head_at ? survey->body_end : page->source.len;
    append_source(&r, survey, page->source, 0, survey->head_at);
    append_head(&r, survey);
    append_source(&r, survey, page->source, survey->head_at, body_end);
    if (r.reports)
        capture_slot_append_script(settings->script, out);
    append_source(&r, survey, page->source, body_end, page->source.len);
    out->failed |= url.failed || assets->failed || page->title->failed;
    buf_finish(&url);
    return buf_status(out);
}

int author_render(const struct author_page *page, struct buf *out, struct buf *fields,
                  struct buf *assets, struct diags *diags)
{
    struct html *html;
    struct survey survey = {0};
    struct html_element element = {0};
    int rc = html_parse(&html, page->source);
    if (rc != 0)
        return rc;
    while (html_next(html, &element)) {
        see(&survey, &element);
        take_call(page, &survey, &element);
    }
    if (survey.head_at == 0 && !survey.in_head_at)
        survey.head_at = page->source.len; /* nothing but text, and perhaps a doctype */
    check(page, &survey, diags);
    buf_append(page->title, survey.title);
    rc = write(page, &survey, out, assets, diags);
    if (rc == 0 && !survey.has_policy) {
        struct str script = page->reports ? page->input->settings->script : STR("");
        author_policy_append(&survey.policy, script, fields);
        rc = buf_status(fields);
    }
    author_policy_finish(&survey.policy);
    html_destroy(html);
    return rc;
}
