/* Owns what people read from `attimo funnel`. */
#include "cli/funnel.h"

#include "cli/bar.h"

#include <math.h>

enum { BAR_CELLS = 20, CHANNELS_TOLD = 3, CHANNEL_VIEWS_MIN = 30 };

/* --- pieces --------------------------------------------------------------------------------- */

/* Columns that a UTF-8 text takes: its characters, which is right for the scripts of page names. */
static size_t columns(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += (s.ptr[i] & 0xC0) != 0x80;
    return n;
}

/* What was appended since `start` gets spaces behind it (or before it) up to `width` columns. */
static void pad(struct buf *out, size_t start, size_t width)
{
    for (size_t n = columns(str_skip(buf_str(out), start)); n < width; n++)
        buf_append_char(out, ' ');
}

static void append_right(struct buf *out, struct str text, size_t width)
{
    for (size_t n = columns(text); n < width; n++)
        buf_append_char(out, ' ');
    buf_append(out, text);
}

static const char *say(const struct funnel_print *print, const char *en, const char *it)
{
    return print->lang == LANG_IT ? it : en;
}

/* A number with one decimal, with the language's comma. */
static void append_decimal(struct buf *out, double number, enum lang lang)
{
    size_t start = out->len;
    buf_printf(out, "%.1f", number);
    for (size_t i = start; lang == LANG_IT && i < out->len; i++)
        if (out->ptr[i] == '.')
            out->ptr[i] = ',';
}

static void append_percent(struct buf *out, uint64_t part, uint64_t whole, enum lang lang)
{
    if (part == whole) {
        buf_append(out, STR("100%"));
        return;
    }
    append_decimal(out, (double)part / (double)whole * 100, lang);
    buf_append_char(out, '%');
}

/* "11,7–18,6", each of four columns. */
static void append_interval(struct buf *out, uint64_t part, uint64_t whole,
                            const struct funnel_print *print)
{
    struct interval ci = statistics_wilson(part, whole);
    struct buf low = BUF_EMPTY;
    append_decimal(&low, ci.low * 100, print->lang);
    append_right(out, buf_str(&low), 4);
    buf_append(out, STR("–"));
    append_decimal(out, ci.high * 100, print->lang);
    buf_finish(&low);
}

static void append_duration(struct buf *out, double seconds, enum lang lang)
{
    static const struct {
        double from;
        double unit;
        const char *name;
    } units[] = {{172800, 86400, "d"}, {7200, 3600, "h"}, {120, 60, "min"}, {0, 1, "s"}};
    size_t i = 0;
    while (seconds < units[i].from)
        i++;
    double number = seconds / units[i].unit;
    if (number >= 10 || fabs(number - round(number)) < 0.05)
        buf_printf(out, "%.0f", number);
    else
        append_decimal(out, number, lang);
    buf_printf(out, " %s", lang == LANG_IT && units[i].unit == 86400 ? "g" : units[i].name);
}

static void tint(struct buf *out, const struct funnel_print *print, const char *code)
{
    if (print->colour)
        buf_printf(out, "\033[%sm", code);
}

static void append_bar(struct buf *out, uint64_t part, uint64_t whole,
                       const struct funnel_print *print)
{
    unsigned eighths = whole ? (unsigned)lround((double)part / (double)whole * BAR_CELLS * 8) : 0;
    size_t start = out->len;
    tint(out, print, "36");
    size_t tinted = columns(str_skip(buf_str(out), start));
    (void)bar_append(out, eighths);
    pad(out, start, BAR_CELLS + tinted);
    tint(out, print, "0");
}

/* --- words ---------------------------------------------------------------------------------- */

static void append_step_name(struct buf *out, const struct step *step, enum lang lang)
{
    static const struct {
        struct str event;
        struct text words;
    } known[] = {
        {STR_INIT("view"), {"served", "servite"}},       {STR_INIT("seen"), {"seen", "viste"}},
        {STR_INIT("engaged"), {"engaged", "coinvolte"}}, {STR_INIT("click"), {"tap", "tocco"}},
        {STR_INIT("left"), {"left", "uscita"}},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq(step->text, known[i].event)) {
            buf_append(out, str_from(text_in(known[i].words, lang)));
            return;
        }
    buf_append_visible(out, step->text);
}

/* A group's value, in words where the journal has a code. */
static void append_value(struct buf *out, struct str key, struct str value,
                         const struct funnel_print *print)
{
    static const struct {
        struct str key;
        struct str value;
        struct text words;
    } known[] = {
        {STR_INIT("intent"), STR_INIT("know"), {"know", "sapere"}},
        {STR_INIT("intent"), STR_INIT("buy"), {"buy", "comprare"}},
        {STR_INIT("intent"), STR_INIT("go"), {"go", "andare"}},
        {STR_INIT("intent"), STR_INIT("do"), {"do", "fare"}},
        {STR_INIT("weekday"), STR_INIT("1"), {"Mon", "lun"}},
        {STR_INIT("weekday"), STR_INIT("2"), {"Tue", "mar"}},
        {STR_INIT("weekday"), STR_INIT("3"), {"Wed", "mer"}},
        {STR_INIT("weekday"), STR_INIT("4"), {"Thu", "gio"}},
        {STR_INIT("weekday"), STR_INIT("5"), {"Fri", "ven"}},
        {STR_INIT("weekday"), STR_INIT("6"), {"Sat", "sab"}},
        {STR_INIT("weekday"), STR_INIT("7"), {"Sun", "dom"}},
    };
    for (size_t i = 0; value.ptr && i < sizeof known / sizeof *known; i++)
        if (str_eq(key, known[i].key) && str_eq(value, known[i].value)) {
            buf_append(out, str_from(text_in(known[i].words, print->lang)));
            return;
        }
    if (value.ptr)
        buf_append_visible(out, value);
    else
        buf_append(out, str_from(say(print, "(none)", "(senza)")));
}

static void append_group_name(struct buf *out, const struct funnel_print *print,
                              const struct funnel_group *group)
{
    for (size_t i = 0; i < print->query->by_count; i++) {
        if (i > 0)
            buf_append(out, STR(" · "));
        append_value(out, print->query->by[i], group->by[i], print);
    }
}

/* --- the funnel ----------------------------------------------------------------------------- */

static void append_head(struct buf *out, const struct funnel_print *print)
{
    const struct steps *steps = print->answer->steps;
    struct str unit = print->query->unit;
    tint(out, print, "1");
    for (size_t k = 0; k < steps->count; k++) {
        if (k > 0)
            buf_append(out, STR(" → "));
        append_step_name(out, &steps->list[k], print->lang);
    }
    tint(out, print, "0");
    buf_printf(out, "     %s ", say(print, "by", "per"));
    if (str_eq(unit, STR("journey")))
        buf_append(out, str_from(say(print, "journey", "percorso")));
    else if (str_eq(unit, STR("pv")))
        buf_append(out, str_from(say(print, "page view", "pagina vista")));
    else
        buf_append_visible(out, unit);
    buf_printf(out, " · %s ", say(print, "window", "finestra"));
    append_duration(out, (double)print->query->window_ms / 1000, print->lang);
    if (print->query->mode == CHAIN_STRICT)
        buf_append(out, str_from(say(print, " · nothing between", " · niente in mezzo")));
    if (print->query->mode == CHAIN_INCREASING)
        buf_append(out, str_from(say(print, " · time rising", " · tempo crescente")));
    if (print->last_days)
        buf_append(out, str_from(say(print, " · last 30 days", " · ultimi 30 giorni")));
    buf_append(out, STR(" · "));
    buf_append_visible(out, print->zone);
    buf_append_char(out, '\n');
}

/* The widest of the steps' names and counts. */
struct widths {
    size_t name;
    size_t count;
};

static struct widths measure_steps(const struct funnel_print *print)
{
    const struct steps *steps = print->answer->steps;
    struct buf text = BUF_EMPTY;
    struct widths widths = {0, 0};
    for (size_t k = 0; k < steps->count; k++) {
        buf_clear(&text);
        append_step_name(&text, &steps->list[k], print->lang);
        if (columns(buf_str(&text)) > widths.name)
            widths.name = columns(buf_str(&text));
    }
    buf_clear(&text);
    buf_printf(&text, "%llu", (unsigned long long)print->answer->total.reached[0]);
    widths.count = text.len;
    buf_finish(&text);
    return widths;
}

/* How many did not come from the step before; behind the last one how sure the share is. */
static void append_lost(struct buf *out, const struct funnel_print *print, size_t k, size_t width)
{
    const struct funnel_group *total = &print->answer->total;
    uint64_t lost = total->reached[k - 1] - total->reached[k];
    tint(out, print, "2");
    size_t start = out->len;
    buf_printf(out, "−%llu", (unsigned long long)lost);
    bool is_last = k + 1 == print->answer->steps->count;
    if (is_last && total->reached[0] > 0)
        pad(out, start, width);
    tint(out, print, "0");
    if (is_last && total->reached[0] > 0) {
        buf_append(out, STR("(95%: "));
        append_interval(out, total->reached[k], total->reached[0], print);
        buf_append_char(out, ')');
    }
}

static void append_step(struct buf *out, const struct funnel_print *print, size_t k,
                        struct widths widths)
{
    const struct funnel_group *total = &print->answer->total;
    size_t start = out->len;
    append_step_name(out, &print->answer->steps->list[k], print->lang);
    pad(out, start, widths.name);
    buf_printf(out, "   %*llu  ", (int)widths.count, (unsigned long long)total->reached[k]);
    append_bar(out, total->reached[k], total->reached[0], print);
    buf_append(out, STR("  "));
    start = out->len;
    if (total->reached[0] > 0)
        append_percent(out, total->reached[k], total->reached[0], print->lang);
    else
        buf_append(out, STR("–"));
    if (k > 0) {
        pad(out, start, 8);
        append_lost(out, print, k, widths.count + 4);
    }
    buf_append_char(out, '\n');
}

/* "Time to tap", "Tempo al tocco". */
static void append_time_name(struct buf *out, const struct funnel_print *print)
{
    static const struct {
        struct str event;
        const char *it;
    } known[] = {
        {STR_INIT("seen"), "alla vista"},
        {STR_INIT("engaged"), "al coinvolgimento"},
        {STR_INIT("click"), "al tocco"},
        {STR_INIT("left"), "all'uscita"},
    };
    const struct steps *steps = print->answer->steps;
    const struct step *last = &steps->list[steps->count - 1];
    buf_append(out, str_from(say(print, "Time to ", "Tempo ")));
    for (size_t i = 0; print->lang == LANG_IT && i < sizeof known / sizeof *known; i++)
        if (str_eq(last->text, known[i].event)) {
            buf_append(out, str_from(known[i].it));
            return;
        }
    buf_append(out, str_from(say(print, "", "fino a ")));
    append_step_name(out, last, print->lang);
}

static void append_times(struct buf *out, const struct funnel_print *print)
{
    const struct funnel_group *total = &print->answer->total;
    if (total->elapsed_count > 0) {
        append_time_name(out, print);
        buf_append(out, str_from(say(print, ": median ", ": mediana ")));
        append_duration(out, statistics_quantile(total->elapsed_s, total->elapsed_count, 0.5),
                        print->lang);
        buf_append(out, STR(", p90 "));
        append_duration(out, statistics_quantile(total->elapsed_s, total->elapsed_count, 0.9),
                        print->lang);
        buf_append(out, str_from(say(print, " · still", " · ancora")));
    } else {
        buf_append(out, str_from(say(print, "Still", "Ancora")));
    }
    buf_printf(out, " %s: %llu\n", say(print, "open", "aperte"), (unsigned long long)total->open);
}

/* --- groups --------------------------------------------------------------------------------- */

struct columns_of_groups {
    size_t name;
    size_t count;
};

static void append_counts(struct buf *out, const struct funnel_print *print,
                          const struct funnel_group *group)
{
    buf_printf(out, "%llu/%llu",
               (unsigned long long)group->reached[print->answer->steps->count - 1],
               (unsigned long long)group->reached[0]);
}

static struct columns_of_groups measure_groups(const struct funnel_print *print)
{
    struct columns_of_groups widths = {0, 0};
    struct buf text = BUF_EMPTY;
    for (size_t i = 0; i < print->answer->group_count; i++) {
        buf_clear(&text);
        append_group_name(&text, print, &print->answer->groups[i]);
        if (columns(buf_str(&text)) > widths.name)
            widths.name = columns(buf_str(&text));
        buf_clear(&text);
        append_counts(&text, print, &print->answer->groups[i]);
        if (text.len > widths.count)
            widths.count = text.len;
    }
    buf_finish(&text);
    return widths;
}

static void append_group(struct buf *out, const struct funnel_print *print,
                         const struct funnel_group *group, struct columns_of_groups widths)
{
    uint64_t converted = group->reached[print->answer->steps->count - 1];
    struct buf text = BUF_EMPTY;
    size_t start = out->len;
    append_group_name(out, print, group);
    pad(out, start, widths.name + 3);
    append_counts(&text, print, group);
    append_right(out, buf_str(&text), widths.count);
    if (group->reached[0] > 0) {
        buf_clear(&text);
        append_percent(&text, converted, group->reached[0], print->lang);
        append_right(out, buf_str(&text), 7);
        buf_append(out, STR("  ("));
        append_interval(out, converted, group->reached[0], print);
        buf_append_char(out, ')');
    }
    if (group->open > 0)
        buf_printf(out, "  %s: %llu", say(print, "open", "aperte"),
                   (unsigned long long)group->open);
    buf_append_char(out, '\n');
    buf_finish(&text);
}

static void append_groups(struct buf *out, const struct funnel_print *print)
{
    if (print->query->by_count == 0 || print->answer->group_count == 0)
        return;
    struct columns_of_groups widths = measure_groups(print);
    buf_append_char(out, '\n');
    for (size_t i = 0; i < print->answer->group_count; i++)
        append_group(out, print, &print->answer->groups[i], widths);
}

/* --- what can be trusted, and what is left out ---------------------------------------------- */

static void append_channel(struct buf *out, const struct funnel_channel *channel,
                           const struct funnel_print *print)
{
    if (channel->os.ptr) {
        buf_append_visible(out, str_eq(channel->os, STR("ios")) ? STR("iPhone") : channel->os);
        buf_append(out, str_from(say(print, " from ", " da ")));
    }
    if (channel->name.ptr)
        buf_append_visible(out, channel->name);
    else
        buf_append(out, str_from(say(print, "direct", "accesso diretto")));
}

/* The channels whose coverage is more than five points from that of all, if they have enough views
 * for that to mean anything. */
static void append_unlike_channels(struct buf *out, const struct funnel_print *print)
{
    const struct funnel_channel *all = &print->answer->coverage;
    double of_all = (double)all->seen / (double)all->view;
    int told = 0;
    for (size_t i = 0; i < print->answer->channel_count && told < CHANNELS_TOLD; i++) {
        const struct funnel_channel *channel = &print->answer->channels[i];
        if (channel->view < CHANNEL_VIEWS_MIN)
            continue;
        double coverage = (double)channel->seen / (double)channel->view;
        if (fabs(coverage - of_all) <= 0.05)
            continue;
        buf_append(out, told++ == 0 ? STR("; ") : STR(", "));
        append_channel(out, channel, print);
        buf_printf(out, " %.0f%%", coverage * 100);
    }
    if (told > 0)
        buf_append(out, str_from(say(print, ": do not compare", ": non confrontare")));
}

static void append_coverage(struct buf *out, const struct funnel_print *print)
{
    const struct funnel_channel *all = &print->answer->coverage;
    buf_printf(out, "\n%s: %llu %s %llu %s", say(print, "Coverage", "Copertura"),
               (unsigned long long)all->seen, say(print, "seen of", "viste su"),
               (unsigned long long)all->view, say(print, "served", "servite"));
    if (all->view > 0) {
        buf_printf(out, " (%.0f%%)", (double)all->seen / (double)all->view * 100);
        append_unlike_channels(out, print);
    }
    buf_append_char(out, '\n');
}

static void append_loss(struct buf *out, const struct funnel_print *print)
{
    const struct funnel_loss *loss = &print->answer->loss;
    const struct {
        uint64_t count;
        bool always;
        struct text one;
        struct text many;
    } parts[] = {
        {loss->bot, true, {"bot", "bot"}, {"bots", "bot"}},
        {loss->prefetch,
         true,
         {"prefetch never seen", "prefetch mai visto"},
         {"prefetches never seen", "prefetch mai visti"}},
        {loss->internal, true, {"internal", "interna"}, {"internal", "interne"}},
        {loss->orphan_click,
         true,
         {"tap without a view", "tocco senza vista"},
         {"taps without a view", "tocchi senza vista"}},
        {loss->duplicate, false, {"repeated", "ripetuto"}, {"repeated", "ripetuti"}},
        {loss->refused, true, {"refused", "respinto"}, {"refused", "respinti"}},
        {loss->dropped,
         false,
         {"not recorded", "non registrata"},
         {"not recorded", "non registrate"}},
        {loss->damaged, true, {"damaged", "danneggiato"}, {"damaged", "danneggiati"}},
    };
    bool first = true;
    buf_append(out, str_from(say(print, "Left out:", "Fuori dal conto:")));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].count == 0 && !parts[i].always)
            continue;
        buf_printf(out, "%s %llu %s", first ? "" : " ·", (unsigned long long)parts[i].count,
                   text_in(parts[i].count == 1 ? parts[i].one : parts[i].many, print->lang));
        first = false;
    }
    buf_append_char(out, '\n');
}

void funnel_print_text(const struct funnel_print *print, struct buf *out)
{
    struct widths widths = measure_steps(print);
    append_head(out, print);
    for (size_t k = 0; k < print->answer->steps->count; k++)
        append_step(out, print, k, widths);
    append_times(out, print);
    append_groups(out, print);
    append_coverage(out, print);
    append_loss(out, print);
}
