/* Owns the names and the standing lines of a report. */
#include "cli/report_words.h"

#include "cli/figures.h"

#include <math.h>

enum { CHANNELS_TOLD = 3, CHANNEL_VIEWS_MIN = 30 };

void report_words_period(const struct report_print *print, struct buf *out)
{
    figures_append_days(out, print->first_day, print->last_day, print->lang);
}

/* --- names ---------------------------------------------------------------------------------- */

static void append_capital(struct buf *out, struct str text)
{
    size_t start = out->len;
    buf_append_visible(out, text);
    if (out->len > start && out->ptr[start] >= 'a' && out->ptr[start] <= 'z')
        out->ptr[start] = (char)(out->ptr[start] - 'a' + 'A');
}

void report_words_page(const struct report_print *print, struct str path, struct buf *out)
{
    while (path.len > 0 && path.ptr[path.len - 1] == '/')
        path.len--;
    ptrdiff_t slash = str_find_last(path, '/');
    struct str name = str_skip(path, (size_t)(slash + 1));
    if (name.len == 0) {
        buf_append(out, str_from(report_say(print, "Home page", "Pagina iniziale")));
        return;
    }
    size_t start = out->len;
    append_capital(out, name);
    for (size_t i = start; i < out->len; i++)
        if (out->ptr[i] == '-' || out->ptr[i] == '_')
            out->ptr[i] = ' ';
}

static void append_system(struct buf *out, struct str os)
{
    static const struct {
        struct str code;
        struct str name;
    } known[] = {{STR_INIT("ios"), STR_INIT("iPhone")}, {STR_INIT("android"), STR_INIT("Android")}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq(os, known[i].code)) {
            buf_append(out, known[i].name);
            return;
        }
    buf_append_visible(out, os);
}

void report_words_channel(const struct report_print *print, const struct report_row *row,
                          struct buf *out)
{
    struct str kind = row->by[CHANNEL_KIND];
    struct str detail = row->by[CHANNEL_DETAIL];
    if (!kind.ptr) {
        buf_append(out, str_from(report_say(print, "Direct", "Diretto")));
        return;
    }
    if (str_eq(kind, STR("referrer")))
        buf_append_visible(out, row->by[CHANNEL_NAME]);
    else
        append_capital(out, row->by[CHANNEL_NAME]);
    if (detail.len == 0)
        return;
    if (str_eq(kind, STR("app"))) {
        buf_append(out, str_from(report_say(print, " on ", " su ")));
        append_system(out, detail);
    } else {
        buf_append(out, STR(" / "));
        buf_append_visible(out, detail);
    }
}

static const struct {
    struct str key;
    struct str value;
    struct text words;
} codes[] = {
    {STR_INIT("intent"), STR_INIT("know"), {"know", "sapere"}},
    {STR_INIT("intent"), STR_INIT("buy"), {"buy", "comprare"}},
    {STR_INIT("intent"), STR_INIT("go"), {"go", "andare"}},
    {STR_INIT("intent"), STR_INIT("do"), {"do", "fare"}},
    {STR_INIT("device"), STR_INIT("mobile"), {"phone", "telefono"}},
    {STR_INIT("device"), STR_INIT("tablet"), {"tablet", "tablet"}},
    {STR_INIT("device"), STR_INIT("desktop"), {"computer", "computer"}},
    {STR_INIT("os"), STR_INIT("ios"), {"iOS", "iOS"}},
    {STR_INIT("os"), STR_INIT("android"), {"Android", "Android"}},
};

void report_words_value(const struct report_print *print, struct str key, struct str value,
                        struct buf *out)
{
    if (!value.ptr) {
        buf_append(out, str_from(report_say(print, "(none)", "(senza)")));
        return;
    }
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (str_eq(key, codes[i].key) && str_eq(value, codes[i].value)) {
            buf_append(out, str_from(text_in(codes[i].words, print->lang)));
            return;
        }
    if (str_eq(key, STR("weekday")) && value.len == 1 && value.ptr[0] >= '1' && value.ptr[0] <= '7')
        buf_append(out, str_from(figures_weekday(value.ptr[0] - '1', print->lang)));
    else
        buf_append_visible(out, value);
}

void report_words_goal(const struct report_print *print, const struct report_row *row,
                       struct buf *out)
{
    for (size_t i = 0; row->by && i < print->query->by_count; i++) {
        if (!str_eq(print->query->by[i], STR("page")) || !row->by[i].ptr)
            continue;
        struct str goal = report_site_goal(print->site, row->by[i]);
        if (str_eq(goal, STR("read")))
            buf_append(out, str_from(report_say(print, "read", "letta")));
        else if (str_eq(goal, STR("shared")))
            buf_append(out, str_from(report_say(print, "shared", "condivisa")));
        else if (goal.len > 0)
            buf_append_visible(out, report_site_label(print->site, row->by[i], goal));
        else
            buf_append(out, str_from(report_say(print, "any tap", "qualsiasi tocco")));
    }
}

/* --- what can be trusted, and what is left out ---------------------------------------------- */

static void append_unlike_channels(const struct report_print *print, struct buf *out)
{
    const struct report_counts *all = &print->answer->total.now;
    double of_all = (double)all->seen / (double)all->view;
    int told = 0;
    for (size_t i = 0; i < print->answer->channels.count && told < CHANNELS_TOLD; i++) {
        const struct report_row *channel = &print->answer->channels.items[i];
        if (channel->now.view < CHANNEL_VIEWS_MIN)
            continue;
        double coverage = (double)channel->now.seen / (double)channel->now.view;
        if (fabs(coverage - of_all) <= 0.05)
            continue;
        buf_append(out, told++ == 0 ? STR("; ") : STR(", "));
        report_words_channel(print, channel, out);
        buf_printf(out, " %.0f%%", coverage * 100);
    }
    if (told > 0)
        buf_append(out, str_from(report_say(print, ": do not compare", ": non confrontare")));
}

void report_words_coverage(const struct report_print *print, struct buf *out)
{
    const struct report_counts *all = &print->answer->total.now;
    figures_append_count(out, all->seen, print->lang);
    buf_append(out, str_from(report_say(print, " seen of ", " viste su ")));
    figures_append_count(out, all->view, print->lang);
    buf_append(out, str_from(report_say(print, " served", " servite")));
    if (all->view > 0) {
        buf_printf(out, " (%.0f%%)", (double)all->seen / (double)all->view * 100);
        append_unlike_channels(print, out);
    }
}

void report_words_loss(const struct report_print *print, struct buf *out)
{
    const struct report_loss *loss = &print->answer->loss;
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
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].count == 0 && !parts[i].always)
            continue;
        if (!first)
            buf_append(out, STR(" · "));
        figures_append_count(out, parts[i].count, print->lang);
        buf_printf(out, " %s",
                   text_in(parts[i].count == 1 ? parts[i].one : parts[i].many, print->lang));
        first = false;
    }
}
