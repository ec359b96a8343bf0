/* Owns the rules about what a page says of itself: title, goal, dates, weight. */
#include "site/lint.h"

#include "base/err.h"
#include "http/path.h"
#include "site/guidelines.h"
#include "site/link.h"
#include "site/lint_parts.h"
#include "site/schedule.h"
#include "site/wording.h"

#include <stdio.h>
#include <stdlib.h>

/* TCP's first flight (RFC 6928, less what TLS takes), in bytes; characters that search results
 * show.
 */
enum { FLIGHT_OVER = 14000, TITLE_MAX = 65, DESCRIPTION_MAX = 160 };

/* --- saying --------------------------------------------------------------------------------- */

/* `words` with {1} and {2} filled in, as a string to be freed. */
static char *fill(const char *words, const char *first, const char *second)
{
    struct buf out = BUF_EMPTY;
    for (const char *at = words; *at;) {
        bool is_field = at[0] == '{' && (at[1] == '1' || at[1] == '2') && at[2] == '}';
        if (is_field)
            buf_append(&out, str_from(at[1] == '1' ? first : second));
        else
            buf_append_char(&out, *at);
        at += is_field ? 3 : 1;
    }
    buf_append_char(&out, '\0');
    if (buf_status(&out) == 0)
        return out.ptr;
    buf_finish(&out);
    return NULL;
}

void lint_say(struct diags *diags, struct str file, unsigned line, enum lint_remark id,
              struct text first, struct text second)
{
    struct remark remark = lint_remarks[id];
    char *en = fill(remark.words.en, first.en, second.en);
    char *it = fill(remark.words.it, first.it, second.it);
    remark.words = (struct text){en ? en : "", it ? it : ""};
    diags_remark(diags, file, line, &remark);
    diags->failed |= !en || !it;
    free(en);
    free(it);
}

static void say(const struct lint *lint, unsigned line, enum lint_remark id)
{
    lint_say(lint->diags, lint->page->file, line, id, lint_nothing, lint_nothing);
}

static void say_number(const struct lint *lint, unsigned line, enum lint_remark id, size_t number)
{
    char digits[24];
    (void)snprintf(digits, sizeof digits, "%zu", number);
    lint_say(lint->diags, lint->page->file, line, id, lint_same(digits), lint_nothing);
}

unsigned lint_key_line(const struct lint_page *page, const char *key)
{
    const struct yaml_node *node = yaml_get(yaml_root(page->front->document), key);
    return node ? node->key->line : 1;
}

unsigned lint_text_line(const struct lint_page *page, struct str text)
{
    struct str rest = page->bytes;
    struct str line;
    for (unsigned number = 1; text.len > 0 && str_split(&rest, '\n', &line); number++)
        if (str_contains(line, text))
            return number;
    return 0;
}

int lint_visit(struct str html, const struct html_visitor *visitor, void *context)
{
    struct html *document;
    int rc = html_parse(&document, html);
    if (rc == 0) {
        html_visit(document, visitor, context);
        html_destroy(document);
    }
    return rc;
}

/* --- the rules ------------------------------------------------------------------------------ */

/* How many characters a browser shows of it, to which line ends and indentation are one space. */
static size_t shown_length(const struct lint *lint, struct str text)
{
    struct buf folded = BUF_EMPTY;
    wording_fold(str_trim_lines(text), &folded);
    size_t length = str_utf8_length(buf_str(&folded));
    lint->diags->failed |= folded.failed;
    buf_finish(&folded);
    return length;
}

/* Where it stands in front matter, else in the text. */
static unsigned line_of(const struct lint_page *page, const char *key, struct str known,
                        struct str text)
{
    return str_eq(text, known) ? lint_key_line(page, key) : lint_text_line(page, text);
}

void lint_title(const struct lint *lint, struct str title)
{
    const struct lint_page *page = lint->page;
    size_t length = shown_length(lint, title);
    if (length > TITLE_MAX)
        say_number(lint, line_of(page, "title", page->front->title, title), LINT_TITLE_LONG,
                   length);
}

void lint_description(const struct lint *lint, struct str description)
{
    const struct lint_page *page = lint->page;
    size_t length = shown_length(lint, description);
    if (length > DESCRIPTION_MAX)
        say_number(lint, line_of(page, "description", page->front->description, description),
                   LINT_DESCRIPTION_LONG, length);
}

/* What HTML says of itself stands in the document: lint_html looks there. */
static void check_texts(const struct lint *lint)
{
    if (lint->page->kind != SOURCE_MARKDOWN)
        return;
    lint_title(lint, lint->page->front->title);
    lint_description(lint, lint->page->front->description);
}

/* Pages that are there because they must be ask nothing of anybody. */
bool lint_needs_goal(const struct lint_page *page)
{
    static const struct str without[] = {STR_INIT("/404"), STR_INIT("/privacy"), STR_INIT("/legal"),
                                         STR_INIT("/cookie"), STR_INIT("/note-legali")};
    for (size_t i = 0; i < sizeof without / sizeof *without; i++)
        if (str_eq(page->url, without[i]))
            return false;
    return !str_eq(page->url, page->settings->privacy);
}

static void say_unknown_goal(const struct lint *lint)
{
    struct buf ids = BUF_EMPTY;
    bool has_any = lint->page->facts->count > 0;
    buf_append(&ids, has_any ? STR(" (") : STR(""));
    facts_append_ids(lint->page->facts, &ids);
    buf_append(&ids, has_any ? STR(")") : STR(""));
    buf_append_char(&ids, '\0');
    if (buf_status(&ids) == 0)
        lint_say(lint->diags, lint->page->file, lint_key_line(lint->page, "goal"),
                 LINT_GOAL_UNKNOWN, lint_same(lint->page->front->goal.ptr), lint_same(ids.ptr));
    lint->diags->failed |= ids.failed;
    buf_finish(&ids);
}

/* Of a page with more calls to action than are kept, it may be one of the rest. */
static bool is_reachable(const struct lint_page *page, struct str goal)
{
    return str_eq(goal, STR("read")) || str_eq(goal, STR("shared")) ||
           facts_know(page->facts, goal) || page->facts->count == FACTS_CTA_MAX;
}

/* HTML marks its calls to action itself: that it has none is told by lint_html. */
static void check_goal(const struct lint *lint)
{
    struct str goal = lint->page->front->goal;
    if (!lint_needs_goal(lint->page))
        return;
    if (goal.len > 0 && !is_reachable(lint->page, goal))
        say_unknown_goal(lint);
    else if (goal.len == 0 && lint->page->kind == SOURCE_MARKDOWN &&
             lint->page->front->ctas.count == 0)
        say(lint, 1, LINT_CTA_MISSING);
}

static bool has_tag(const struct front_matter *front, struct str tag)
{
    const struct yaml_node *item = schema_first_text(front->tags);
    for (; item; item = schema_next_text(front->tags, item))
        if (str_eq_nocase(str_trim_lines(item->text), str_trim_lines(tag)))
            return true;
    return false;
}

/* A page about this moment ends with it: a warning, or an error where the brand asks for it. */
static void check_expiry(const struct lint *lint)
{
    const struct front_matter *front = lint->page->front;
    const struct guidelines *guidelines = lint->page->settings->guidelines;
    const struct yaml_node *tags = guidelines ? guidelines->require_expiry : NULL;
    unsigned line = lint_key_line(lint->page, "tags");
    if (front->expires_at.present)
        return;
    if (!tags && has_tag(front, STR("real-time"))) {
        if (guidelines)
            lint_say(lint->diags, lint->page->file, line, LINT_EXPIRY, lint_same("real-time"),
                     lint_nothing);
        else
            say(lint, line, LINT_REAL_TIME);
    }
    const struct yaml_node *tag = tags ? schema_items(tags) : NULL;
    for (; tag; tag = schema_next_item(tags, tag))
        if (has_tag(front, tag->text))
            lint_say(lint->diags, lint->page->file, line, LINT_EXPIRY, lint_same(tag->text.ptr),
                     lint_nothing);
}

static void check_dates(const struct lint *lint)
{
    const struct front_matter *front = lint->page->front;
    const struct zone *zone = lint->page->settings->zone;
    check_expiry(lint);
    if (!front->expires_at.present)
        return;
    time_t end = schedule_second(&front->expires_at, zone);
    if (front->publish_at.present && end <= schedule_second(&front->publish_at, zone))
        say(lint, front->expires_at.line, LINT_NEVER_LIVE);
    else if (end <= lint->page->now)
        say(lint, front->expires_at.line, LINT_EXPIRED);
}

int lint_then_path(const struct lint_page *page, struct buf *scratch, struct str *path)
{
    struct str to;
    if (!page->front->expires_at.present ||
        !link_own_path(page->front->then, page->settings->url, &to))
        return ERR_NOT_FOUND;
    return path_decode(to, scratch, path);
}

static bool is_folder(struct str path)
{
    return str_ends_with(path, STR("/index")) || str_ends_with(path, STR("/index.html")) ||
           str_ends_with(path, STR("/index.md"));
}

/* Another spelling of the page's address leads to it, too, whatever pages there are: where `/x` and
 * `/x/` may both be some, each has its own. */
static bool is_spelling(struct str path, struct str url)
{
    bool same = is_folder(path) == str_ends_with(url, STR("/")) && !str_ends_with(path, STR("/"));
    return str_eq(path, url) || (same && str_eq(site_family(path), site_family(url)));
}

/* What leads back only because no other page is there is told by lint_site. */
static void check_then(const struct lint *lint)
{
    const struct lint_page *page = lint->page;
    struct buf scratch = BUF_EMPTY;
    struct str path;
    if (lint_then_path(page, &scratch, &path) == 0 && is_spelling(path, page->url))
        lint_say(lint->diags, page->file, lint_key_line(page, "then"), LINT_THEN_LOOP,
                 lint_same(page->front->then.ptr), lint_nothing);
    buf_finish(&scratch);
}

/* What people write when they want to show what it cost before. */
static void check_struck_price(const struct lint *lint)
{
    static const char *const keys[] = {"was", "old_price", "list_price", "prezzo_pieno"};
    const struct yaml_node *product = yaml_get(yaml_root(lint->page->front->document), "product");
    /* HTML shows nothing of it, struck or not: lint_html looks at what it says itself. */
    bool told = lint->page->kind == SOURCE_HTML ? lint->page->front->product.lowest_30d.len > 0
                                                : lint_shows_lowest(lint->page);
    if (told)
        return;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const struct yaml_node *node = yaml_get(product, keys[i]);
        struct buf words = BUF_EMPTY;
        if (!node || node->kind != YAML_SCALAR)
            continue;
        buf_printf(&words, "%s: %s", keys[i], node->text.ptr);
        buf_append_char(&words, '\0');
        if (buf_status(&words) == 0)
            lint_say(lint->diags, lint->page->file, node->key->line, LINT_STRUCK_PRICE,
                     lint_same(words.ptr), lint_nothing);
        buf_finish(&words);
    }
}

static void check_credit(const struct lint *lint)
{
    const struct front_matter *front = lint->page->front;
    const struct guidelines *guidelines = lint->page->settings->guidelines;
    if (guidelines && guidelines->require_credit && front->image.len > 0 &&
        str_trim_lines(front->credit).len == 0)
        say(lint, lint_key_line(lint->page, "image"), LINT_CREDIT);
}

static void check_hours(const struct lint *lint)
{
    const struct lint_page *page = lint->page;
    const struct yaml_node *place = yaml_get(yaml_root(page->front->document), "place");
    const struct yaml_node *hours = yaml_get(place, "hours");
    const struct lint_hours where = {page->file, hours ? hours->key->line : 1, page->settings->zone,
                                     page->now};
    if (page->front->place.hours.present)
        lint_hours(&page->front->place.hours, &where, lint->diags);
}

static void check_example(const struct lint *lint, struct str text, bool whole)
{
    for (size_t i = 0; i < LINT_EXAMPLES; i++) {
        struct str example = lint_examples[i];
        if (whole ? str_eq(text, example) : str_contains(text, example))
            lint_say(lint->diags, lint->page->file, lint_text_line(lint->page, example),
                     LINT_EXAMPLE, lint_same(example.ptr), lint_nothing);
    }
}

/* What `attimo new` wrote may stand in a draft for as long as it is one. */
static void check_examples(const struct lint *lint)
{
    const struct front_matter *front = lint->page->front;
    if (front->draft)
        return;
    check_example(lint, front->description, true);
    check_example(lint, front->answer, true);
    for (size_t i = 0; i < front->ctas.count; i++)
        check_example(lint, front->ctas.items[i].to, true);
    check_example(lint, front->body, false);
}

int lint_page(const struct lint_page *page, struct diags *diags)
{
    const struct lint lint = {page, diags};
    check_texts(&lint);
    check_goal(&lint);
    check_dates(&lint);
    check_then(&lint);
    check_struck_price(&lint);
    check_credit(&lint);
    check_examples(&lint);
    check_hours(&lint);
    int rc = lint_html(&lint);
    if (rc == 0)
        rc = lint_wording(&lint);
    return rc;
}

/* The quick tier may be 10% over what is soon sent instead of it. */
int lint_weight(struct resource *page, struct diags *diags)
{
    char digits[24];
    size_t size = resource_wire_size(page);
    if (size > FIRST_FLIGHT_BYTES && page->tier != TIER_BEST) {
        struct resource *best;
        int rc = resource_recompress(&best, page, TIER_BEST);
        if (rc != 0)
            return rc;
        size = resource_wire_size(best);
        resource_unref(best);
    }
    (void)snprintf(digits, sizeof digits, "%zu", size);
    if (size > FIRST_FLIGHT_BYTES)
        lint_say(diags, page->file, 0, size > FLIGHT_OVER ? LINT_FLIGHT_OVER : LINT_FLIGHT_NEAR,
                 lint_same(digits), lint_nothing);
    return 0;
}
