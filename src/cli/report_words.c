/* Owns the names and the standing lines of a report. */
#include "cli/report_words.h"

#include "cli/answer_words.h"
#include "cli/figures.h"

bool report_words_is_empty(const struct report_print *print)
{
    const struct report_counts *now = &print->answer->total.now;
    return now->view == 0 && now->seen == 0;
}

void report_words_empty(const struct report_print *print, struct buf *out)
{
    const struct loss *loss = &print->answer->loss;
    buf_append(out, str_from(report_say(print, "No page view in these days yet.\n",
                                        "Ancora nessuna pagina vista in questi giorni.\n")));
    if (loss->bot > 0) {
        answer_words_count(out, loss->bot, TEXT("bot was left out", "bot è rimasto fuori"),
                           TEXT("bots were left out", "bot sono rimasti fuori"), print->lang);
        buf_append(out, str_from(report_say(print,
                                            ": programs such as curl, and browsers that programs "
                                            "drive; --include bots counts them.\n",
                                            " dal conto: programmi come curl, e browser guidati da "
                                            "programmi; con --include bots si contano.\n")));
    }
    if (loss->internal > 0) {
        answer_words_count(out, loss->internal, TEXT("view was left out", "vista è rimasta fuori"),
                           TEXT("views were left out", "viste sono rimaste fuori"), print->lang);
        buf_append(out,
                   str_from(report_say(print,
                                       ": the firm’s own staff; --include internal counts "
                                       "them.\n",
                                       " dal conto: di chi ci lavora; con --include internal si "
                                       "contano.\n")));
    }
}

void report_words_period(const struct report_print *print, struct buf *out)
{
    const struct report_query *query = print->query;
    if (report_words_is_empty(print) &&
        (query->from_ms == INT64_MIN || query->to_ms == INT64_MAX)) {
        buf_append(out, str_from(report_say(print, "no day yet", "ancora nessun giorno")));
        return;
    }
    figures_append_days(out, print->first_day, print->last_day, print->lang);
}

/* --- names ---------------------------------------------------------------------------------- */

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
    answer_words_capital(out, name);
    for (size_t i = start; i < out->len; i++)
        if (out->ptr[i] == '-' || out->ptr[i] == '_')
            out->ptr[i] = ' ';
}

void report_words_trend(const struct report_print *print, struct buf *out)
{
    uint64_t before = print->answer->total.before.seen;
    uint64_t now = print->answer->total.now.seen;
    if (figures_is_same(before, now)) {
        if (before != now)
            buf_append(out, str_from(report_say(print, "about ", "quasi ")));
        buf_append(out, str_from(report_say(print, "as many as in the period before",
                                            "come nel periodo prima")));
        return;
    }
    figures_append_change(out, before, now, print->lang);
    buf_append(out, str_from(report_say(print, " on the period before", " sul periodo prima")));
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
        answer_words_source(out, row->by[CHANNEL_NAME], print->lang);
    if (detail.len == 0)
        return;
    if (str_eq(kind, STR("app"))) {
        buf_append(out, str_from(report_say(print, " on ", " su ")));
        answer_words_system(out, detail);
    } else {
        buf_append(out, STR(" / "));
        buf_append_visible(out, detail);
    }
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

static void append_channel(struct buf *out, size_t index, const void *of)
{
    const struct report_print *print = of;
    report_words_channel(print, &print->answer->channels.items[index], out);
}

void report_words_coverage(const struct report_print *print, struct buf *out)
{
    const struct report_counts *all = &print->answer->total.now;
    const struct report_rows *channels = &print->answer->channels;
    struct answer_unlike unlike = answer_unlike_of(all->seen, all->view);
    for (size_t i = 0; i < channels->count; i++)
        answer_unlike_look(&unlike, i, channels->items[i].now.seen, channels->items[i].now.view);
    answer_words_coverage(out, all->seen, all->view, print->lang);
    answer_unlike_append(&unlike, out, print->lang, append_channel, print);
}
