/* Owns the rule about struck prices: a reduction is told against the lowest price of the thirty
 * days before (art. 17-bis Codice del consumo).
 *
 * What is struck is judged whole, at the end of the outermost element that strikes it: shops put
 * the amount and its currency into elements of their own. What is found is told at the end of the
 * page, where it is known what the page says beside it. */
#include "site/lint_parts.h"

#include "site/wording.h"

#include <stdlib.h>

/* --- what a price is ------------------------------------------------------------------------ */

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

static bool is_price(struct lint_prices *prices, struct str text)
{
    struct buf folded = BUF_EMPTY;
    if (!has_digit(text))
        return false;
    wording_fold(text, &folded);
    struct str words = buf_str(&folded);
    bool price = str_contains(words, STR("\xE2\x82\xAC")) || str_contains(words, STR("$")) ||
                 names_euro(words);
    prices->lint->diags->failed |= folded.failed;
    buf_finish(&folded);
    return price;
}

/* --- what is struck ------------------------------------------------------------------------- */

static bool strikes(const struct html_element *element)
{
    return html_is(element, "del") || html_is(element, "s") || html_is(element, "strike");
}

static bool is_read(const struct html_element *parent)
{
    return !html_is(parent, "script") && !html_is(parent, "style") && !html_is(parent, "title");
}

/* The first number in the text, which has a digit: "119,00". */
static struct str first_number(struct str text)
{
    size_t n = 0;
    while (!is_digit(text.ptr[0]))
        text = str_skip(text, 1);
    while (n < text.len && (is_digit(text.ptr[n]) || strchr(".,", text.ptr[n])))
        n++;
    return str_make(text.ptr, n);
}

/* Line ends and indentation are one space. */
static void append_shown(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        bool blank = strchr(" \t\r\n\f", text.ptr[i]);
        if (!blank)
            buf_append_char(out, text.ptr[i]);
        else if (out->len > 0 && out->ptr[out->len - 1] != ' ')
            buf_append_char(out, ' ');
    }
}

void lint_prices_open(struct lint_prices *prices, const struct html_element *element)
{
    wording_fold(STR(" "), &prices->text);
    if (!strikes(element) || prices->depth++ > 0)
        return;
    buf_clear(&prices->struck);
    buf_clear(&prices->amount);
}

void lint_prices_text(struct lint_prices *prices, struct str text,
                      const struct html_element *parent)
{
    if (!is_read(parent))
        return;
    if (prices->lint->page->kind == SOURCE_HTML)
        wording_fold(text, &prices->text);
    if (prices->depth == 0)
        return;
    append_shown(&prices->struck, text);
    if (prices->amount.len == 0 && has_digit(text))
        buf_append(&prices->amount, first_number(text));
}

void lint_prices_close(struct lint_prices *prices, const struct html_element *element)
{
    if (!strikes(element) || --prices->depth > 0)
        return;
    struct str price = str_trim(buf_str(&prices->struck));
    if (!is_price(prices, price))
        return;
    buf_append(&prices->found, price);
    buf_append_char(&prices->found, '\0');
    buf_append(&prices->found, buf_str(&prices->amount));
    buf_append_char(&prices->found, '\0');
}

/* --- what is said beside it ----------------------------------------------------------------- */

bool lint_shows_lowest(const struct lint_page *page)
{
    const struct product *product = &page->front->product;
    return page->kind == SOURCE_MARKDOWN && product->price.len > 0 && product->lowest_30d.len > 0;
}

/* HTML says it itself. Goods are taken back within thirty days, too: that tells nothing. */
static bool is_told(const struct lint_prices *prices)
{
    static const struct str phrases[] = {
        STR_INIT("ultimi 30 giorni"),     STR_INIT("ultimi trenta giorni"),
        STR_INIT("30 giorni precedenti"), STR_INIT("30 giorni prima"),
        STR_INIT("last 30 days"),         STR_INIT("past 30 days"),
        STR_INIT("previous 30 days"),     STR_INIT("30 days before"),
    };
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
        if (wording_has(buf_str(&prices->text), phrases[i]))
            return true;
    return lint_shows_lowest(prices->lint->page);
}

/* Where it stands in one piece, else where its amount does. */
static unsigned line_of(const struct lint_page *page, struct str price, struct str amount)
{
    unsigned line = lint_text_line(page, price);
    return line > 0 ? line : lint_text_line(page, amount);
}

static void say_found(const struct lint_prices *prices)
{
    const struct lint *lint = prices->lint;
    bool html = lint->page->kind == SOURCE_HTML;
    struct str rest = buf_str(&prices->found);
    struct str price;
    struct str amount;
    while (str_split(&rest, '\0', &price) && str_split(&rest, '\0', &amount))
        lint_say(lint->diags, lint->page->file, line_of(lint->page, price, amount),
                 html ? LINT_STRUCK_PRICE_HTML : LINT_STRUCK_PRICE, lint_same(price.ptr),
                 lint_nothing);
}

void lint_prices_finish(struct lint_prices *prices)
{
    bool failed = prices->struck.failed || prices->amount.failed || prices->found.failed ||
                  prices->text.failed;
    prices->lint->diags->failed |= failed;
    if (!failed && !is_told(prices))
        say_found(prices);
    buf_finish(&prices->struck);
    buf_finish(&prices->amount);
    buf_finish(&prices->found);
    buf_finish(&prices->text);
}
