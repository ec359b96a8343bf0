/* Owns how figures are written. */
#include "cli/figures.h"

#include "base/calendar.h"

#include <math.h>
#include <stdio.h>

/* Digits with a mark between thousands: in Italian from five digits on is the rule of schools, in
 * tables all the same. */
static void append_grouped(struct buf *out, struct str digits, enum lang lang)
{
    for (size_t i = 0; i < digits.len; i++) {
        if (i > 0 && (digits.len - i) % 3 == 0)
            buf_append_char(out, lang == LANG_IT ? '.' : ',');
        buf_append_char(out, digits.ptr[i]);
    }
}

void figures_append_count(struct buf *out, uint64_t n, enum lang lang)
{
    char digits[24];
    (void)snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
    append_grouped(out, str_from(digits), lang);
}

void figures_append_decimal(struct buf *out, double number, int decimals, enum lang lang)
{
    char digits[352]; /* the largest double has 309 */
    (void)snprintf(digits, sizeof digits, "%.*f", decimals, fabs(number));
    struct str text = str_from(digits);
    ptrdiff_t point = str_find(text, '.');
    size_t whole = point < 0 ? text.len : (size_t)point;
    if (number < 0 && strspn(digits, "0.") < text.len)
        buf_append(out, STR("−"));
    append_grouped(out, str_make(text.ptr, whole), lang);
    if (point >= 0) {
        buf_append_char(out, lang == LANG_IT ? ',' : '.');
        buf_append(out, str_skip(text, whole + 1));
    }
}

void figures_append_share(struct buf *out, uint64_t part, uint64_t whole, enum lang lang)
{
    if (whole == 0) {
        buf_append(out, STR("–"));
        return;
    }
    figures_append_decimal(out, (double)part / (double)whole * 100, part == whole ? 0 : 1, lang);
    buf_append_char(out, '%');
}

void figures_append_interval(struct buf *out, struct interval interval, enum lang lang)
{
    figures_append_decimal(out, interval.low * 100, 1, lang);
    buf_append(out, STR("–"));
    figures_append_decimal(out, interval.high * 100, 1, lang);
}

static struct str symbol_of(struct str currency)
{
    static const struct {
        struct str code;
        struct str symbol;
    } known[] = {{STR_INIT("EUR"), STR_INIT("€")},
                 {STR_INIT("GBP"), STR_INIT("£")},
                 {STR_INIT("USD"), STR_INIT("$")}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq_nocase(currency, known[i].code))
            return known[i].symbol;
    return currency;
}

void figures_append_money(struct buf *out, double amount, struct str currency, enum lang lang)
{
    struct str symbol = symbol_of(currency);
    bool is_whole = fabs(amount - round(amount)) < 0.005 || fabs(amount) >= 1000;
    bool before = lang == LANG_EN && !str_eq(symbol, currency);
    if (before)
        buf_append(out, symbol);
    figures_append_decimal(out, amount, is_whole ? 0 : 2, lang);
    if (!before) {
        buf_append(out, STR("\xC2\xA0"));
        buf_append_visible(out, symbol);
    }
}

/* Whole percents; where something is left, it is not all that is gone. */
static double change_of(uint64_t before, uint64_t now)
{
    double change = round(((double)now - (double)before) * 100 / (double)before);
    return now > 0 ? fmax(change, -99) : change;
}

bool figures_is_same(uint64_t before, uint64_t now)
{
    return before > 0 && fabs(change_of(before, now)) < 0.5;
}

void figures_append_change(struct buf *out, uint64_t before, uint64_t now, enum lang lang)
{
    if (before == 0) {
        buf_append(out, STR("–"));
        return;
    }
    if (figures_is_same(before, now)) {
        buf_append(out, STR("="));
        return;
    }
    double change = change_of(before, now);
    if (change > 0)
        buf_append_char(out, '+');
    figures_append_decimal(out, change, 0, lang);
    buf_append_char(out, '%');
}

void figures_append_ms(struct buf *out, double ms, enum lang lang)
{
    bool seconds = ms >= 999.5;
    figures_append_decimal(out, seconds ? ms / 1000 : ms, seconds ? 1 : 0, lang);
    buf_append(out, seconds ? STR("\xC2\xA0s") : STR("\xC2\xA0ms"));
}

void figures_append_seconds(struct buf *out, double seconds, enum lang lang)
{
    static const struct {
        double from;
        double unit;
        struct text name;
    } units[] = {{172800, 86400, {"d", "g"}},
                 {7200, 3600, {"h", "h"}},
                 {120, 60, {"min", "min"}},
                 {0, 1, {"s", "s"}}};
    size_t i = 0;
    while (units[i].from > 0 && seconds < units[i].from)
        i++;
    double number = seconds / units[i].unit;
    bool is_round = number >= 10 || fabs(number - round(number)) < 0.05;
    figures_append_decimal(out, number, is_round ? 0 : 1, lang);
    buf_printf(out, "\xC2\xA0%s", text_in(units[i].name, lang));
}

/* --- days ----------------------------------------------------------------------------------- */

static const struct text months[] = {
    {"January", "gennaio"}, {"February", "febbraio"}, {"March", "marzo"},
    {"April", "aprile"},    {"May", "maggio"},        {"June", "giugno"},
    {"July", "luglio"},     {"August", "agosto"},     {"September", "settembre"},
    {"October", "ottobre"}, {"November", "novembre"}, {"December", "dicembre"},
};

static void append_month(struct buf *out, struct date date, enum lang lang)
{
    buf_printf(out, " %s", text_in(months[date.month - 1], lang));
}

void figures_append_day(struct buf *out, int64_t day, enum lang lang)
{
    struct date date = calendar_date(day);
    buf_printf(out, "%d", date.day);
    append_month(out, date, lang);
    buf_printf(out, " %d", date.year);
}

void figures_append_days(struct buf *out, int64_t first, int64_t last, enum lang lang)
{
    struct date from = calendar_date(first);
    struct date to = calendar_date(last);
    if (first != last) {
        buf_printf(out, "%d", from.day);
        if (from.year != to.year || from.month != to.month)
            append_month(out, from, lang);
        if (from.year != to.year)
            buf_printf(out, " %d", from.year);
        buf_append(out, from.year != to.year || from.month != to.month ? STR(" – ") : STR("–"));
    }
    figures_append_day(out, last, lang);
}

void figures_append_short_day(struct buf *out, int64_t day, enum lang lang)
{
    struct date date = calendar_date(day);
    if (lang == LANG_IT)
        buf_printf(out, "%d/%d", date.day, date.month);
    else
        buf_printf(out, "%d %.3s", date.day, months[date.month - 1].en);
}

const char *figures_weekday(int weekday, enum lang lang)
{
    static const struct text names[] = {
        {"Mon", "lun"}, {"Tue", "mar"}, {"Wed", "mer"}, {"Thu", "gio"},
        {"Fri", "ven"}, {"Sat", "sab"}, {"Sun", "dom"},
    };
    return text_in(names[weekday], lang);
}

/* --- columns -------------------------------------------------------------------------------- */

size_t figures_columns(struct str s)
{
    return str_utf8_length(s);
}

static void append_spaces(struct buf *out, size_t from, size_t to)
{
    for (; from < to; from++)
        buf_append_char(out, ' ');
}

void figures_append_right(struct buf *out, struct str text, size_t width)
{
    append_spaces(out, figures_columns(text), width);
    buf_append(out, text);
}

void figures_append_left(struct buf *out, struct str text, size_t width)
{
    buf_append(out, text);
    append_spaces(out, figures_columns(text), width);
}
