/* Owns the rules about what a page says: the brand's words, and how loudly. */
#include "site/lint_parts.h"

#include "site/guidelines.h"
#include "site/html.h"
#include "site/wording.h"

#include <stdio.h>

/* --- gathering ------------------------------------------------------------------------------ */

struct gather {
    const struct lint_page *page;
    struct buf *text;
    struct buf title; /* Markdown's first heading, which mostly is it; HTML's first title */
    unsigned headings;
    struct buf description; /* HTML's last */
    struct buf cards;       /* what HTML's cards say, each with a NUL behind it */
};

/* What the theme says on every page, and what nobody reads, is not the page's. */
static bool is_own(const struct gather *gather, const struct html_element *element)
{
    static const char *const others[] = {"head", "script", "style", "svg", "template"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (html_is_within(element, others[i]))
            return false;
    return gather->page->kind == SOURCE_HTML || html_is_within(element, "main");
}

/* Of HTML's head, the title and the description are read by people: in searches and cards. */
static bool is_title(const struct gather *gather, const struct html_element *element)
{
    return gather->page->kind == SOURCE_HTML && html_is(element, "title") && !element->is_drawing;
}

/* What HTML's meta element says under that name, or NULL. */
static const char *meta_of(const struct gather *gather, const struct html_element *element,
                           const char *attribute, struct str wanted)
{
    bool is_meta = gather->page->kind == SOURCE_HTML && html_is(element, "meta");
    const char *name = is_meta ? html_value(element, attribute) : NULL;
    return name && str_eq_nocase(str_from(name), wanted) ? html_value(element, "content") : NULL;
}

static void take_meta(struct gather *gather, const struct html_element *element)
{
    const char *description = meta_of(gather, element, "name", STR("description"));
    const char *card = meta_of(gather, element, "property", STR("og:title"));
    if (!card)
        card = meta_of(gather, element, "property", STR("og:description"));
    if (description) {
        buf_append(gather->text, str_from(description));
        buf_append_char(gather->text, '\n');
        buf_clear(&gather->description);
        buf_append(&gather->description, str_from(description));
    }
    if (card) {
        buf_append(&gather->cards, str_from(card));
        buf_append_char(&gather->cards, '\0');
    }
}

static bool is_inline(const char *name)
{
    static const char *const names[] = {"a",      "abbr", "b",    "code", "del",   "em",
                                        "i",      "ins",  "mark", "s",    "small", "span",
                                        "strong", "sub",  "sup",  "u"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static void on_element(void *context, const struct html_element *element)
{
    struct gather *gather = context;
    const char *alt = html_value(element, "alt");
    if (!is_inline(element->tag))
        buf_append_char(gather->text, '\n');
    if (alt && is_own(gather, element)) {
        buf_append(gather->text, str_from(alt));
        buf_append_char(gather->text, '\n');
    }
    take_meta(gather, element);
    gather->headings += html_is(element, "h1") && is_own(gather, element);
}

static void on_text(void *context, struct str text, const struct html_element *parent)
{
    struct gather *gather = context;
    bool own = is_own(gather, parent);
    bool title = is_title(gather, parent);
    if (own || title)
        buf_append(gather->text, text);
    bool heading = gather->page->kind == SOURCE_MARKDOWN && own && gather->headings == 1 &&
                   html_is_within(parent, "h1");
    if (heading || (title && gather->title.len == 0))
        buf_append(&gather->title, text);
}

static void append_line(struct buf *out, struct str text)
{
    buf_append_char(out, '\n');
    buf_append(out, text);
}

/* Markdown's title is its first heading, or stands above another one in tabs and searches. */
static void add_front(struct gather *gather)
{
    const struct front_matter *front = gather->page->front;
    append_line(gather->text, front->description);
    if (!str_eq(str_trim_lines(buf_str(&gather->title)), str_trim_lines(front->title)))
        append_line(gather->text, front->title);
}

/* HTML's is that of front matter where its own is empty; its cards mostly say the same again. */
static void add_head(struct gather *gather)
{
    struct str title = str_trim_lines(buf_str(&gather->title));
    struct str description = str_trim_lines(buf_str(&gather->description));
    struct str cards = buf_str(&gather->cards);
    struct str card;
    if (title.len == 0) {
        title = str_trim_lines(gather->page->front->title);
        append_line(gather->text, title);
    }
    while (str_split(&cards, '\0', &card)) {
        card = str_trim_lines(card);
        if (!str_eq(card, title) && !str_eq(card, description))
            append_line(gather->text, card);
    }
}

/* All that the page says to people, once each. */
static int gather_text(const struct lint_page *page, struct buf *out)
{
    static const struct html_visitor visitor = {on_element, on_text};
    struct gather gather = {.page = page, .text = out};
    const struct front_matter *front = page->front;
    int rc = lint_visit(page->html, &visitor, &gather);
    if (page->kind == SOURCE_MARKDOWN)
        add_front(&gather);
    else
        add_head(&gather);
    for (size_t i = 0; i < front->ctas.count; i++)
        append_line(out, front->ctas.items[i].text);
    out->failed |= gather.title.failed || gather.description.failed || gather.cards.failed;
    buf_finish(&gather.title);
    buf_finish(&gather.description);
    buf_finish(&gather.cards);
    return rc == 0 ? buf_status(out) : rc;
}

/* --- the rules ------------------------------------------------------------------------------ */

/* The first line that holds the folded phrase, or on which it begins to go over to the next; 0: it
 * is not there as it is read. */
static unsigned find_line(const struct lint_page *page, struct str phrase)
{
    struct buf folded = BUF_EMPTY;
    struct str rest = page->bytes;
    struct str line;
    unsigned over = 0;
    unsigned found = 0;
    for (unsigned number = 1; found == 0 && str_split(&rest, '\n', &line); number++) {
        size_t newline = rest.len > 0 ? 1 : 0;
        ptrdiff_t next = str_find(rest, '\n');
        buf_clear(&folded);
        wording_fold(line, &folded);
        if (wording_has(buf_str(&folded), phrase))
            found = number;
        buf_clear(&folded);
        wording_fold(str_make(line.ptr, line.len + newline + (next < 0 ? rest.len : (size_t)next)),
                     &folded);
        if (over == 0 && wording_has(buf_str(&folded), phrase))
            over = number;
    }
    buf_finish(&folded);
    return found > 0 ? found : over;
}

static void check_word(const struct lint *lint, const struct yaml_node *item, struct str folded)
{
    struct guidelines_word word = guidelines_word(item);
    struct buf phrase = BUF_EMPTY;
    wording_fold(word.word, &phrase);
    if (buf_status(&phrase) == 0 && wording_has(folded, buf_str(&phrase)))
        lint_say(lint->diags, lint->page->file, find_line(lint->page, buf_str(&phrase)),
                 word.instead.len > 0 ? LINT_WORD_INSTEAD : LINT_WORD, lint_same(word.word.ptr),
                 lint_same(word.instead.len > 0 ? word.instead.ptr : ""));
    lint->diags->failed |= phrase.failed;
    buf_finish(&phrase);
}

static void check_count(const struct lint *lint, enum lint_remark id, int count, int allowed)
{
    char counted[16];
    char limit[16];
    if (allowed == GUIDELINES_NO_LIMIT || count <= allowed)
        return;
    (void)snprintf(counted, sizeof counted, "%d", count);
    (void)snprintf(limit, sizeof limit, "%d", allowed);
    lint_say(lint->diags, lint->page->file, 0, id, lint_same(counted), lint_same(limit));
}

static void check_text(const struct lint *lint, struct str text, struct str folded)
{
    const struct guidelines *guidelines = lint->page->settings->guidelines;
    const struct yaml_node *words = guidelines->never_say;
    const struct yaml_node *item = words ? schema_items(words) : NULL;
    for (; item; item = schema_next_item(words, item))
        check_word(lint, item, folded);
    struct wording_counts counts = wording_count(text, folded);
    check_count(lint, LINT_SUPERLATIVES, counts.superlatives, guidelines->superlatives);
    check_count(lint, LINT_CAPITALS, counts.capitals, guidelines->capitals);
    check_count(lint, LINT_EXCLAMATIONS, counts.exclamation_marks, guidelines->exclamation_marks);
}

int lint_wording(const struct lint *lint)
{
    struct buf text = BUF_EMPTY;
    struct buf folded = BUF_EMPTY;
    if (!lint->page->settings->guidelines)
        return 0;
    int rc = gather_text(lint->page, &text);
    if (rc == 0) {
        wording_fold(buf_str(&text), &folded);
        rc = buf_status(&folded);
    }
    if (rc == 0)
        check_text(lint, buf_str(&text), buf_str(&folded));
    buf_finish(&text);
    buf_finish(&folded);
    return rc;
}
