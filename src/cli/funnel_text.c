/* Owns what people read from `attimo funnel`. */
#include "cli/funnel.h"

#include "cli/answer_words.h"
#include "cli/bar.h"
#include "cli/figures.h"

#include <math.h>

enum { BAR_CELLS = 20 };

/* --- pieces --------------------------------------------------------------------------------- */

/* What was appended since `start` gets spaces behind it (or before it) up to `width` columns. */
static void pad(struct buf *out, size_t start, size_t width)
{
    for (size_t n = figures_columns(str_skip(buf_str(out), start)); n < width; n++)
        buf_append_char(out, ' ');
}

static const char *say(const struct funnel_print *print, const char *en, const char *it)
{
    return print->lang == LANG_IT ? it : en;
}

/* "11,7–18,6", of nine columns at least. */
static void append_interval(struct buf *out, uint64_t part, uint64_t whole, enum lang lang)
{
    struct buf text = BUF_EMPTY;
    figures_append_interval(&text, statistics_wilson(part, whole), lang);
    figures_append_right(out, buf_str(&text), 9);
    out->failed |= text.failed;
    buf_finish(&text);
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
    size_t tinted = figures_columns(str_skip(buf_str(out), start));
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

static void append_group_name(struct buf *out, const struct funnel_print *print,
                              const struct funnel_group *group)
{
    for (size_t i = 0; i < print->query->by_count; i++) {
        if (i > 0)
            buf_append(out, STR(" · "));
        answer_words_value(out, print->query->by[i], group->by[i], print->lang);
    }
}

/* --- the funnel ----------------------------------------------------------------------------- */

/* "1–20 novembre 2026", or what of it is bounded. */
static void append_period(struct buf *out, const struct funnel_print *print)
{
    const struct funnel_query *query = print->query;
    bool begins = query->from_ms != INT64_MIN;
    bool ends = query->to_ms != INT64_MAX;
    if (!begins && !ends)
        return;
    int64_t last = zone_time(query->zone, ends ? query->to_ms - 1 : query->now_ms).day;
    int64_t first = begins ? zone_time(query->zone, query->from_ms).day : last;
    buf_append(out, begins ? STR(" · ") : str_from(say(print, " · until ", " · fino al ")));
    figures_append_days(out, first < last ? first : last, last, print->lang);
}

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
    figures_append_seconds(out, (double)print->query->window_ms / 1000, print->lang);
    if (print->query->mode == CHAIN_STRICT)
        buf_append(out, str_from(say(print, " · nothing between", " · niente in mezzo")));
    if (print->query->mode == CHAIN_INCREASING)
        buf_append(out, str_from(say(print, " · time rising", " · tempo crescente")));
    append_period(out, print);
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
        if (figures_columns(buf_str(&text)) > widths.name)
            widths.name = figures_columns(buf_str(&text));
    }
    buf_clear(&text);
    figures_append_count(&text, print->answer->total.reached[0], print->lang);
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
    buf_append(out, STR("−"));
    figures_append_count(out, lost, print->lang);
    bool is_last = k + 1 == print->answer->steps->count;
    if (is_last && total->reached[0] > 0)
        pad(out, start, width);
    tint(out, print, "0");
    if (is_last && total->reached[0] > 0) {
        buf_append(out, STR("(95%: "));
        append_interval(out, total->reached[k], total->reached[0], print->lang);
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
    struct buf count = BUF_EMPTY;
    figures_append_count(&count, total->reached[k], print->lang);
    figures_append_right(out, buf_str(&count), widths.count + 3);
    buf_append(out, STR("  "));
    out->failed |= count.failed;
    buf_finish(&count);
    append_bar(out, total->reached[k], total->reached[0], print);
    buf_append(out, STR("  "));
    start = out->len;
    figures_append_share(out, total->reached[k], total->reached[0], print->lang);
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
    if (!isnan(total->median_s)) {
        append_time_name(out, print);
        buf_append(out, str_from(say(print, ": median ", ": mediana ")));
        figures_append_seconds(out, total->median_s, print->lang);
        buf_append(out, STR(", p90 "));
        figures_append_seconds(out, total->p90_s, print->lang);
        buf_append(out, str_from(say(print, " · still", " · ancora")));
    } else {
        buf_append(out, str_from(say(print, "Still", "Ancora")));
    }
    buf_printf(out, " %s: ", say(print, "open", "aperte"));
    figures_append_count(out, total->open, print->lang);
    buf_append_char(out, '\n');
}

/* --- groups --------------------------------------------------------------------------------- */

struct columns_of_groups {
    size_t name;
    size_t count;
};

static void append_counts(struct buf *out, const struct funnel_print *print,
                          const struct funnel_group *group)
{
    figures_append_count(out, group->reached[print->answer->steps->count - 1], print->lang);
    buf_append_char(out, '/');
    figures_append_count(out, group->reached[0], print->lang);
}

static struct columns_of_groups measure_groups(const struct funnel_print *print)
{
    struct columns_of_groups widths = {0, 0};
    struct buf text = BUF_EMPTY;
    for (size_t i = 0; i < print->answer->group_count; i++) {
        buf_clear(&text);
        append_group_name(&text, print, &print->answer->groups[i]);
        if (figures_columns(buf_str(&text)) > widths.name)
            widths.name = figures_columns(buf_str(&text));
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
    figures_append_right(out, buf_str(&text), widths.count);
    if (group->reached[0] > 0) {
        buf_clear(&text);
        figures_append_share(&text, converted, group->reached[0], print->lang);
        figures_append_right(out, buf_str(&text), 7);
        buf_append(out, STR("  ("));
        append_interval(out, converted, group->reached[0], print->lang);
        buf_append_char(out, ')');
    }
    if (group->open > 0) {
        buf_printf(out, "  %s: ", say(print, "open", "aperte"));
        figures_append_count(out, group->open, print->lang);
    }
    buf_append_char(out, '\n');
    out->failed |= text.failed;
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

static void append_channel(struct buf *out, size_t index, const void *of)
{
    const struct funnel_print *print = of;
    const struct funnel_channel *channel = &print->answer->channels[index];
    if (channel->os.ptr) {
        answer_words_system(out, channel->os);
        buf_append(out, str_from(say(print, " from ", " da ")));
    }
    if (!channel->name.ptr)
        buf_append(out, str_from(say(print, "direct", "accesso diretto")));
    else
        answer_words_source(out, channel->name, print->lang);
}

static void append_unserved(struct buf *out, const struct funnel_print *print)
{
    buf_append(out, STR("; "));
    answer_words_count(
        out, print->answer->unserved,
        TEXT("seen without its view gets no further", "vista senza il suo view non va oltre"),
        TEXT("seen without their views get no further", "viste senza i loro view non vanno oltre"),
        print->lang);
    buf_append(out,
               str_from(say(print, ": better begin with seen", ": meglio cominciare da seen")));
}

static void append_coverage(struct buf *out, const struct funnel_print *print)
{
    const struct funnel_channel *all = &print->answer->coverage;
    const struct funnel_channel *channels = print->answer->channels;
    struct answer_unlike unlike = answer_unlike_of(all->seen, all->view);
    for (size_t i = 0; i < print->answer->channel_count; i++)
        answer_unlike_look(&unlike, i, channels[i].seen, channels[i].view);
    answer_words_coverage(out, all->seen, all->view, print->lang);
    answer_unlike_append(&unlike, out, print->lang, append_channel, print);
    if (print->answer->unserved > 0)
        append_unserved(out, print);
}

void funnel_print_text(const struct funnel_print *print, struct buf *out)
{
    struct widths widths = measure_steps(print);
    append_head(out, print);
    for (size_t k = 0; k < print->answer->steps->count; k++)
        append_step(out, print, k, widths);
    append_times(out, print);
    append_groups(out, print);
    buf_printf(out, "\n%s: ", say(print, "Coverage", "Copertura"));
    append_coverage(out, print);
    buf_printf(out, "\n%s: ", say(print, "Left out", "Fuori dal conto"));
    answer_words_loss(out, &print->answer->loss, print->lang);
    buf_append_char(out, '\n');
}
