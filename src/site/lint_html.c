/* Owns the rules about a page's HTML: what it shows, and what a phone needs. */
#include "site/lint_parts.h"

#include "site/html.h"
#include "site/picture.h"
#include "site/wording.h"

#include <stdlib.h>

/* What has been seen on the way through a page. */
struct seen {
    const struct lint *lint;
    struct lint_fetches fetches;
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
    if (html_is(element, "img"))
        check_image(seen, element);
    if (html_is(element, "meta"))
        check_meta(seen, element);
    check_title(seen, element);
    if (html_is(element, "html") && !has_words(html_value(element, "lang")))
        say(seen, 0, LINT_LANG, "");
    seen->cta |= html_value(element, "data-cta") != NULL;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool has_digit(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (is_digit(text.ptr[i]))
            return true;
    return false;
}

static bool is_small_letter(char c)
{
    return c >= 'a' && c <= 'z';
}

/* Whether the text ends with an amount: "119", "119,00 ", "119,-". */
static bool ends_with_amount(struct str text)
{
    text = str_trim(text);
    if (!str_cut_end(&text, STR(",-")))
        (void)str_cut_end(&text, STR(".-"));
    return text.len > 0 && is_digit(text.ptr[text.len - 1]);
}

enum number { NUMBER_NONE, NUMBER_WHOLE, NUMBER_OF_MONEY };

/* What the text begins with: "2024", or what only money is written like: "119,00", "1.190". */
static enum number starting_number(struct str text)
{
    size_t n = 0;
    text = str_trim(text);
    while (n < text.len && is_digit(text.ptr[n]))
        n++;
    struct str rest = str_skip(text, n);
    bool is_parted = n > 0 && rest.len > 2 && (rest.ptr[0] == ',' || rest.ptr[0] == '.');
    if (is_parted && is_digit(rest.ptr[1]) && is_digit(rest.ptr[2]))
        return NUMBER_OF_MONEY;
    return n > 0 ? NUMBER_WHOLE : NUMBER_NONE;
}

/* Whether the folded text, which has a digit, has the currency as a word: "eur", or "euro" and
 * "euros" with their amount. Euro 2024 is a tournament, and a car may be a 1.2 Euro 6. */
static bool names_euro(struct str folded)
{
    static const struct str sign = STR_INIT("eur");
    struct str rest = folded;
    const char *at;
    while (rest.len > 0 && (at = memmem(rest.ptr, rest.len, sign.ptr, sign.len))) {
        struct str before = str_make(folded.ptr, (size_t)(at - folded.ptr));
        bool begins = before.len == 0 || !is_small_letter(at[-1]);
        rest = str_skip(rest, (size_t)(at - rest.ptr) + sign.len);
        struct str after = str_skip(rest, str_starts_with(rest, STR("o")) ? 1 : 0);
        after = str_skip(after, str_starts_with(after, STR("s")) ? 1 : 0);
        enum number number = starting_number(after);
        bool is_amount = after.len == rest.len || number == NUMBER_OF_MONEY ||
                         (number == NUMBER_NONE && ends_with_amount(before));
        if (begins && is_amount && (after.len == 0 || !is_small_letter(after.ptr[0])))
            return true;
    }
    return false;
}

static bool is_price(const struct seen *seen, struct str text)
{
    struct buf folded = BUF_EMPTY;
    if (!has_digit(text))
        return false;
    wording_fold(text, &folded);
    struct str words = buf_str(&folded);
    bool price = str_contains(words, STR("\xE2\x82\xAC")) || str_contains(words, STR("$")) ||
                 names_euro(words);
    seen->lint->diags->failed |= folded.failed;
    buf_finish(&folded);
    return price;
}

static bool is_struck(const struct html_element *parent)
{
    return html_is_within(parent, "del") || html_is_within(parent, "s") ||
           html_is_within(parent, "strike");
}

/* "~~119 €~~" */
static void check_struck(const struct seen *seen, struct str text,
                         const struct html_element *parent)
{
    if (seen->lint->page->front->product.lowest_30d.len > 0 || !is_price(seen, text) ||
        !is_struck(parent))
        return;
    char *copy = strndup(text.ptr, text.len);
    if (copy)
        say(seen, lint_text_line(seen->lint->page, text), LINT_STRUCK_PRICE, copy);
    seen->lint->diags->failed |= !copy;
    free(copy);
}

static void on_text(void *context, struct str text, const struct html_element *parent)
{
    struct seen *seen = context;
    if (html_is(parent, "style") && !is_themes(seen, parent))
        lint_fetches_of_style(&seen->fetches, text);
    check_struck(seen, text, parent);
}

/* --- all together --------------------------------------------------------------------------- */

/* Parsing takes as long as all else that is done for a page. In a text without HTML, pictures and
 * struck words there is nothing but what Markdown and the theme make, and that keeps the rules. */
static bool has_something_to_see(const struct lint_page *page)
{
    static const struct str signs[] = {STR_INIT("<"), STR_INIT("!["), STR_INIT("~~")};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (str_contains(page->bytes, signs[i]))
            return true;
    return page->kind == SOURCE_HTML || page->front->image.len > 0;
}

int lint_html(const struct lint *lint)
{
    static const struct html_visitor visitor = {on_element, on_text};
    struct seen seen = {
        .lint = lint,
        .fetches = {.lint = lint, .is_strict = lint->page->kind == SOURCE_MARKDOWN},
    };
    if (!has_something_to_see(lint->page))
        return 0;
    int rc = lint_visit(lint->page->html, &visitor, &seen);
    if (rc != 0)
        return rc;
    bool html = lint->page->kind == SOURCE_HTML;
    if (html && !seen.description)
        say(&seen, 0, LINT_DESCRIPTION_MISSING, "");
    if (html && !seen.cta && lint->page->front->goal.len == 0 && lint_needs_goal(lint->page))
        say(&seen, 0, LINT_CTA_MISSING, "");
    return 0;
}
