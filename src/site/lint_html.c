/* Owns the rules about a page's HTML: what it shows, and what a phone needs. */
#include "site/lint_parts.h"

#include "site/html.h"
#include "site/picture.h"

#include <stdlib.h>

/* What has been seen on the way through a page. */
struct seen {
    const struct lint *lint;
    struct lint_fetches fetches;
    struct lint_prices prices;
    bool in_main;      /* main has begun, */
    size_t main_close; /* and ends there; 0: nowhere */
    bool title;
    bool description;
    bool cta;
};

static void say(const struct seen *seen, unsigned line, enum lint_remark id, const char *first)
{
    const struct lint *lint = seen->lint;
    lint_say(lint->diags, lint->page->file, line, id, lint_same(first), lint_nothing);
}

static bool has_words(const char *text)
{
    return text && str_trim_lines(str_from(text)).len > 0;
}

/* --- what is shown -------------------------------------------------------------------------- */

/* What the author wrote of an address: without its version, and without the folders before it that
 * attimo may have added. */
static struct str written(struct str address)
{
    ptrdiff_t query = str_find(address, '?');
    if (query >= 0)
        address.len = (size_t)query;
    return str_skip(address, (size_t)(str_find_last(address, '/') + 1));
}

static void say_image(const struct seen *seen, struct str source, enum lint_remark id)
{
    bool inlined = source.len == 0 || str_starts_with(source, STR("data:"));
    struct str name = inlined ? STR("img") : written(source);
    char *copy = strndup(name.ptr, name.len);
    if (copy)
        say(seen, inlined ? 0 : lint_text_line(seen->lint->page, name), id, copy);
    seen->lint->diags->failed |= !copy;
    free(copy);
}

/* In Markdown, what was found among the site's files has its size, and an address with a version;
 * that another one is missing has been said. */
static bool is_missing(const struct seen *seen, struct str source)
{
    return seen->lint->page->kind == SOURCE_MARKDOWN && picture_is_ours(source) &&
           !str_contains(source, STR("?v="));
}

static void check_image(const struct seen *seen, const struct html_element *element)
{
    struct str source = str_from(html_value(element, "src"));
    const char *alt = html_value(element, "alt");
    /* In HTML an empty text is a choice: a picture that is only decoration. In Markdown it is what
     * was left out. */
    bool chosen = seen->lint->page->kind == SOURCE_HTML && alt;
    if (!has_words(alt) && !chosen)
        say_image(seen, source, LINT_ALT_MISSING);
    bool has_size = html_value(element, "width") && html_value(element, "height");
    if (!has_size && !is_missing(seen, source))
        say_image(seen, source, LINT_SIZE_MISSING);
}

static struct str skip_all(struct str text, struct str characters)
{
    while (text.len > 0 && str_find(characters, text.ptr[0]) >= 0)
        text = str_skip(text, 1);
    return text;
}

/* Takes what stands before the first of the characters. */
static struct str take_until(struct str *text, struct str characters)
{
    size_t n = 0;
    while (n < text->len && str_find(characters, text->ptr[n]) < 0)
        n++;
    struct str taken = str_make(text->ptr, n);
    *text = str_skip(*text, n);
    return taken;
}

/* "width=device-width, maximum-scale = 1": what the viewport says of `key` last, empty if nothing.
 * Between two, browsers take a space for a comma (CSS Device Adaptation 1). */
static struct str viewport_value(const char *content, struct str key)
{
    static const struct str spaces = STR_INIT(" \t\r\n\f");
    static const struct str ends = STR_INIT(" \t\r\n\f,;=");
    struct str found = str_make(NULL, 0);
    struct str rest = skip_all(str_from(content), ends);
    while (rest.len > 0) {
        struct str name = take_until(&rest, ends);
        struct str value = skip_all(rest, spaces);
        bool has_value = str_starts_with(value, STR("="));
        if (has_value) {
            rest = skip_all(str_skip(value, 1), spaces);
            value = take_until(&rest, ends);
        }
        if (has_value && str_eq_nocase(name, key))
            found = value;
        rest = skip_all(rest, ends);
    }
    return found;
}

/* Whether the number is 1 or less: "1", "1.0", "0.5". */
static bool is_at_most_one(struct str number)
{
    struct str whole;
    if (!str_split(&number, '.', &whole))
        return false;
    if (str_eq(whole, STR("0")) || whole.len == 0)
        return true;
    for (size_t i = 0; i < number.len; i++)
        if (number.ptr[i] != '0')
            return false;
    return str_eq(whole, STR("1"));
}

static bool forbids_zooming(const char *content)
{
    struct str scalable = viewport_value(content, STR("user-scalable"));
    return str_eq_nocase(scalable, STR("no")) || str_eq(scalable, STR("0")) ||
           is_at_most_one(viewport_value(content, STR("maximum-scale")));
}

static void check_meta(struct seen *seen, const struct html_element *element)
{
    const char *name = html_value(element, "name");
    const char *content = html_value(element, "content");
    if (!name || !content)
        return;
    if (str_eq_nocase(str_from(name), STR("description"))) {
        seen->description |= has_words(content);
        if (seen->lint->page->kind == SOURCE_HTML)
            lint_description(seen->lint, str_from(content));
    }
    if (!str_eq_nocase(str_from(name), STR("viewport")))
        return;
    if (forbids_zooming(content))
        say(seen, lint_text_line(seen->lint->page, STR("viewport")), LINT_ZOOM, "");
}

static void check_title(struct seen *seen, const struct html_element *element)
{
    bool html = seen->lint->page->kind == SOURCE_HTML;
    if (html && html_is(element, "title") && !element->is_drawing && !seen->title) {
        lint_title(seen->lint, element->text);
        seen->title = true;
    }
}

/* What an author marks to be counted. */
static void check_call(struct seen *seen, const struct html_element *element)
{
    const char *id = html_value(element, "data-cta");
    if (!has_words(id))
        return;
    seen->cta = true;
    if (html_is(element, "form"))
        say(seen, lint_text_line(seen->lint->page, str_from(id)), LINT_CTA_FORM, id);
}

/* What stands around Markdown is the theme's; lint_theme looks there. By places, because climbing
 * the tree from each element takes long in a deep one. */
static bool is_themes(const struct seen *seen, const struct html_element *element)
{
    bool behind = seen->main_close > 0 && element->begin >= seen->main_close;
    return seen->lint->page->kind == SOURCE_MARKDOWN && (!seen->in_main || behind);
}

static void on_element(void *context, const struct html_element *element)
{
    struct seen *seen = context;
    if (html_is(element, "main") && !seen->in_main) {
        seen->in_main = true;
        seen->main_close = element->close;
    }
    if (!is_themes(seen, element))
        lint_fetches_of(&seen->fetches, element);
    lint_prices_open(&seen->prices, element);
    if (html_is(element, "img"))
        check_image(seen, element);
    if (html_is(element, "meta"))
        check_meta(seen, element);
    check_title(seen, element);
    if (html_is(element, "html") && !has_words(html_value(element, "lang")))
        say(seen, 0, LINT_LANG, "");
    check_call(seen, element);
}

static void on_text(void *context, struct str text, const struct html_element *parent)
{
    struct seen *seen = context;
    if (html_is(parent, "style") && !is_themes(seen, parent))
        lint_fetches_of_style(&seen->fetches, text);
    lint_prices_text(&seen->prices, text, parent);
}

static void on_end(void *context, const struct html_element *element)
{
    struct seen *seen = context;
    lint_prices_close(&seen->prices, element);
}

/* --- all together --------------------------------------------------------------------------- */

/* Parsing takes as long as all else that is done for a page. In a text without HTML, pictures and
 * struck words there is nothing but what Markdown and the theme make, and that keeps the rules. */
static bool has_something_to_see(const struct lint_page *page)
{
    static const struct str signs[] = {STR_INIT("<"), STR_INIT("!["), STR_INIT("~")};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (str_contains(page->bytes, signs[i]))
            return true;
    return page->kind == SOURCE_HTML || page->front->image.len > 0;
}

int lint_html(const struct lint *lint)
{
    static const struct html_visitor visitor = {on_element, on_text, on_end};
    struct seen seen = {
        .lint = lint,
        .fetches = {.lint = lint, .is_strict = lint->page->kind == SOURCE_MARKDOWN},
        .prices = {.lint = lint},
    };
    if (!has_something_to_see(lint->page))
        return 0;
    int rc = lint_visit(lint->page->html, &visitor, &seen);
    lint_prices_finish(&seen.prices);
    if (rc != 0)
        return rc;
    bool html = lint->page->kind == SOURCE_HTML;
    if (html && !seen.description)
        say(&seen, 0, LINT_DESCRIPTION_MISSING, "");
    if (html && !seen.cta && lint->page->front->goal.len == 0 && lint_needs_goal(lint->page))
        say(&seen, 0, LINT_CTA_MISSING, "");
    return 0;
}
