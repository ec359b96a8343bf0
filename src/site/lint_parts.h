/* What the files of the rules share among themselves. Private to lint*.c. */
#ifndef ATTIMO_SITE_LINT_PARTS_H
#define ATTIMO_SITE_LINT_PARTS_H

#include "site/html.h"
#include "site/lint.h"
#include "site/lint_rules.h"

/* A page under the rules. */
struct lint {
    const struct lint_page *page;
    struct diags *diags;
};

/* Says a remark of the list at a line of `file`, with `first` and `second` for {1} and {2}; either
 * may be empty. */
void lint_say(struct diags *diags, struct str file, unsigned line, enum lint_remark remark,
              struct text first, struct text second);

/* Visits a page's HTML. ERR_TOO_LARGE as html_parse, ERR_NO_MEMORY. */
int lint_visit(struct str html, const struct html_visitor *visitor, void *context);

/* The same words in every language. */
static inline struct text lint_same(const char *words)
{
    return (struct text){words, words};
}

static const struct text lint_nothing = {"", ""};

/* The line of the front matter on which `key` stands, else the first. */
unsigned lint_key_line(const struct lint_page *page, const char *key);

/* The first line of the file that holds `text`, or 0. */
unsigned lint_text_line(const struct lint_page *page, struct str text);

/* Where the page's `then` leads on this site: its path, decoded; it may lie in `scratch`.
 * ERR_NOT_FOUND: it has none, never expires, or leads to another site. ERR_INVALID: nobody can ask
 * for it. ERR_NO_MEMORY. */
int lint_then_path(const struct lint_page *page, struct buf *scratch, struct str *path);

/* Tells a title and a description, as a browser reads them, of which only a part is shown. */
void lint_title(const struct lint *lint, struct str title);
void lint_description(const struct lint *lint, struct str description);

/* Whether the page is one that should ask something of its visitor. */
bool lint_needs_goal(const struct lint_page *page);

/* Tells what a document fetches from other sites as soon as it is there, element after element, and
 * what its policy does not let it fetch: to visitors that is an empty box. */
struct lint_fetches {
    const struct lint *lint; /* of its page, file, bytes and settings are looked at */
    bool is_strict;          /* the policy is that of Markdown: nothing from elsewhere, no frames */
    bool has_policy;         /* its author has written one, and attimo adds none */
};
void lint_fetches_of(struct lint_fetches *fetches, const struct html_element *element);
void lint_fetches_of_style(const struct lint_fetches *fetches, struct str css);

/* Gathers what a page strikes, element after element and text after text, and what else HTML says;
 * the finish tells the struck prices beside which nobody is shown the lowest one of thirty days. */
struct lint_prices {
    const struct lint *lint; /* of its page, all but the HTML is looked at */
    size_t depth;            /* how many elements around strike what they hold */
    struct buf struck;       /* what the outermost of them holds so far, */
    struct buf amount;       /* and the first number in it */
    struct buf found;        /* prices that are struck, and their amounts, a NUL behind each */
    struct buf text;         /* folded */
};
void lint_prices_open(struct lint_prices *prices, const struct html_element *element);
void lint_prices_text(struct lint_prices *prices, struct str text,
                      const struct html_element *parent);
void lint_prices_close(struct lint_prices *prices, const struct html_element *element);
void lint_prices_finish(struct lint_prices *prices);

/* Whether visitors see the `lowest_30d` of a page's front matter: the theme shows it with a price.
 */
bool lint_shows_lowest(const struct lint_page *page);

/* Tells what the site's `_theme/` fetches and does not get. ERR_NO_MEMORY. */
int lint_theme(const struct settings *settings, struct diags *diags);

/* Opening hours, and where they are written. */
struct lint_hours {
    struct str file;
    unsigned line;
    const struct zone *zone;
    time_t now;
};
void lint_hours(const struct hours *hours, const struct lint_hours *where, struct diags *diags);

/* Rules that look at the page's HTML, and at what it says. ERR_TOO_LARGE, ERR_NO_MEMORY. */
int lint_html(const struct lint *lint);
int lint_wording(const struct lint *lint);

#endif
