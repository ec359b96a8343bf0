/* Owns the sentences of a report: what to tell the client, and what came of changes. */
#include "cli/answer_words.h"
#include "cli/figures.h"
#include "cli/report_words.h"
#include "insight/report_compare.h"

#include <math.h>

enum {
    PAGES_TOLD = 3,
    CLOSED_TOLD = 2,
    CAMPAIGNS_TOLD = 3,
    CHANGES_TOLD = 8,
    MORE_TOLD_MAX = 100000
};

/* "dal 12,0% (di 200) al 17,8% (di 214): ". */
static void append_rates(const struct report_print *print, const struct report_counts *before,
                         const struct report_counts *after, struct buf *out)
{
    const struct report_counts *const counts[] = {before, after};
    for (int i = 0; i < 2; i++) {
        buf_append(out, str_from(i == 0 ? report_say(print, "from ", "dal ")
                                        : report_say(print, " to ", " al ")));
        figures_append_share(out, counts[i]->goal, counts[i]->seen, print->lang);
        buf_append(out, str_from(report_say(print, " (of ", " (di ")));
        figures_append_count(out, counts[i]->seen, print->lang);
        buf_append_char(out, ')');
    }
    buf_append(out, STR(": "));
}

/* Two digits are all that such a number is good for. */
static uint64_t rounded(uint64_t n)
{
    uint64_t unit = 1;
    while (n / unit >= 100)
        unit *= 10;
    return (n + unit / 2) / unit * unit;
}

static void append_more(const struct report_print *print, uint64_t more, struct buf *out)
{
    if (more == 0 || more > MORE_TOLD_MAX)
        return;
    buf_append(out, str_from(report_say(print, "; it takes about ",
                                        more == 1 ? "; serve circa " : "; servono circa ")));
    answer_words_count(out, rounded(more), TEXT("more view", "vista in più"),
                       TEXT("more views", "viste in più"), print->lang);
}

static void append_points(const struct report_print *print, struct interval difference,
                          struct buf *out)
{
    buf_append(out, str_from(report_say(print, " (95%: ", " (95%: fra ")));
    for (int i = 0; i < 2; i++) {
        double points = (i == 0 ? difference.low : difference.high) * 100;
        if (points > 0)
            buf_append_char(out, '+');
        figures_append_decimal(out, points, 1, print->lang);
        if (i == 0)
            buf_append(out, str_from(report_say(print, " to ", " e ")));
    }
    buf_append(out, str_from(report_say(print, " points)", " punti)")));
}

static void append_verdict(const struct report_print *print, const struct report_counts *before,
                           const struct report_counts *after, struct buf *out)
{
    struct comparison c = report_compare(before, after);
    switch (c.verdict) {
    case VERDICT_HIGHER:
        buf_append(out, str_from(report_say(print, "better", "meglio")));
        append_points(print, c.difference, out);
        break;
    case VERDICT_LOWER:
        buf_append(out, str_from(report_say(print, "worse", "peggio")));
        append_points(print, c.difference, out);
        break;
    case VERDICT_SAME:
        buf_append(out, str_from(report_say(print, "no difference that can be shown",
                                            "nessuna differenza dimostrabile")));
        append_more(print, c.more, out);
        break;
    case VERDICT_COVERAGE:
        buf_append(out, str_from(report_say(print, "no verdict: the script saw another share",
                                            "nessun giudizio: lo script ne ha viste in "
                                            "proporzione diversa")));
        break;
    default:
        buf_append(out, str_from(report_say(print, "nothing to compare yet",
                                            "ancora niente da confrontare")));
    }
}

/* --- changes -------------------------------------------------------------------------------- */

static void append_change(const struct report_print *print, const struct report_rev *before,
                          const struct report_rev *after, struct buf *out)
{
    report_words_page(print, after->page, out);
    buf_append(out, str_from(after->is_back ? report_say(print, ": earlier text back on ",
                                                         ": testo di prima tornato il ")
                                            : report_say(print, ": text changed on ",
                                                         ": testo cambiato il ")));
    figures_append_short_day(out, zone_time(print->query->zone, after->first_ms).day, print->lang);
    buf_append(out, STR(" ("));
    buf_append_visible(out, str_make(after->rev.ptr, after->rev.len > 8 ? 8 : after->rev.len));
    buf_append(out, str_from(report_say(print, "); goals ", "); obiettivi ")));
    append_rates(print, &before->counts, &after->counts, out);
    append_verdict(print, &before->counts, &after->counts, out);
    buf_append_char(out, '\n');
}

void report_words_changes(const struct report_print *print, struct buf *out)
{
    const struct report_answer *answer = print->answer;
    size_t told = 0;
    for (size_t i = 1; i < answer->rev_count && told < CHANGES_TOLD; i++) {
        const struct report_rev *before = &answer->revs[i - 1];
        const struct report_rev *after = &answer->revs[i];
        if (!str_eq(before->page, after->page) || after->first_ms < print->query->from_ms)
            continue;
        append_change(print, before, after, out);
        told++;
    }
}

/* --- what to tell --------------------------------------------------------------------------- */

/* "1 vista", "3 viste". */
static void append_views(const struct report_print *print, uint64_t views, struct buf *out)
{
    answer_words_count(out, views, TEXT("view", "vista"), TEXT("views", "viste"), print->lang);
}

static void append_trend(const struct report_print *print, struct buf *out)
{
    const struct report_row *total = &print->answer->total;
    if (!print->has_before || total->before.seen == 0)
        return;
    append_views(print, total->now.seen, out);
    buf_append(out, STR(", "));
    report_words_trend(print, out);
    buf_append(out, str_from(report_say(print, "; goals ", "; obiettivi ")));
    append_rates(print, &total->before, &total->now, out);
    append_verdict(print, &total->before, &total->now, out);
    buf_append(out, STR(".\n"));
}

/* Those that matter most, by what `weigh` makes of them; fewer, if there are fewer above 0. */
static size_t find_top(const struct report_answer *answer,
                       uint64_t (*weigh)(const struct report_tapped *tapped),
                       const struct report_tapped **top, size_t room)
{
    size_t count = 0;
    for (size_t i = 0; i < answer->tapped_count; i++) {
        const struct report_tapped *tapped = &answer->tapped[i];
        size_t at = count;
        while (at > 0 && weigh(tapped) > weigh(top[at - 1]))
            at--;
        if (weigh(tapped) == 0 || at == room)
            continue;
        count += count < room;
        for (size_t k = count - 1; k > at; k--)
            top[k] = top[k - 1];
        top[at] = tapped;
    }
    return count;
}

static uint64_t goal_views(const struct report_tapped *tapped)
{
    return tapped->is_goal && tapped->page.ptr ? tapped->views : 0;
}

static uint64_t closed_taps(const struct report_tapped *tapped)
{
    return tapped->closed;
}

static void append_goals(const struct report_print *print, struct buf *out)
{
    const struct report_tapped *top[PAGES_TOLD];
    size_t count = find_top(print->answer, goal_views, top, PAGES_TOLD);
    for (size_t i = 0; i < count; i++) {
        const struct report_tapped *tapped = top[i];
        report_words_page(print, tapped->page, out);
        buf_append(out, STR(": "));
        append_views(print, tapped->views, out);
        buf_append(out, str_from(report_say(print, " with “", " con «")));
        buf_append_visible(out, report_site_label(print->site, tapped->page, tapped->cta));
        buf_append(out, str_from(report_say(print, "”", "»")));
        if (tapped->left > 0) {
            buf_append(out, STR("; "));
            answer_words_count(
                out, tapped->left, TEXT("then left the page", "ha poi lasciato la pagina"),
                TEXT("then left the page", "hanno poi lasciato la pagina"), print->lang);
        }
        buf_append(out, STR(".\n"));
    }
}

/* A day has parts that begin at these hours. */
enum { PARTS = 4 };
static const int part_starts[PARTS + 1] = {0, 6, 13, 19, REPORT_HOURS};

static uint64_t closed_in_part(const struct report_tapped *tapped, int day, int part)
{
    uint64_t taps = 0;
    for (int hour = part_starts[part]; hour < part_starts[part + 1]; hour++)
        taps += tapped->closed_at[day][hour];
    return taps;
}

/* "lun mattina", if most fall there, and nowhere else as many. */
static void append_when(const struct report_print *print, const struct report_tapped *tapped,
                        struct buf *out)
{
    static const struct text parts[PARTS] = {{"night", "notte"},
                                             {"morning", "mattina"},
                                             {"afternoon", "pomeriggio"},
                                             {"evening", "sera"}};
    uint64_t most = 0;
    int at = 0;
    bool is_tie = false;
    for (int i = 0; i < REPORT_WEEKDAYS * PARTS; i++) {
        uint64_t taps = closed_in_part(tapped, i / PARTS, i % PARTS);
        is_tie = taps == most || (is_tie && taps < most);
        at = taps > most ? i : at;
        most = taps > most ? taps : most;
    }
    bool is_most = most * 2 > tapped->closed || (tapped->closed > 9 && most * 3 > tapped->closed);
    if (!is_most || is_tie)
        return;
    buf_append(out, str_from(report_say(print, " (mostly ", " (per lo più ")));
    buf_printf(out, "%s %s)", figures_weekday(at / PARTS, print->lang),
               text_in(parts[at % PARTS], print->lang));
}

void report_words_closed(const struct report_print *print, struct buf *out)
{
    const struct report_tapped *top[CLOSED_TOLD];
    size_t count = find_top(print->answer, closed_taps, top, CLOSED_TOLD);
    for (size_t i = 0; i < count; i++) {
        const struct report_tapped *tapped = top[i];
        answer_words_count(out, tapped->closed, TEXT("tap on “", "tocco su «"),
                           TEXT("taps on “", "tocchi su «"), print->lang);
        buf_append_visible(out, report_site_label(print->site, tapped->page, tapped->cta));
        buf_append(out, str_from(report_say(print, "” (", "» (")));
        report_words_page(print, tapped->page, out);
        buf_append(
            out, str_from(report_say(print, ") while the shop was closed", ") a negozio chiuso")));
        append_when(print, tapped, out);
        buf_append(out, STR(".\n"));
    }
}

static bool has_brought(const struct report_rows *campaigns, struct str campaign)
{
    for (size_t i = 0; i < campaigns->count; i++)
        if (str_eq(campaigns->items[i].by[0], campaign))
            return true;
    return false;
}

static bool is_among(struct str name, const struct str *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(name, names[i]))
            return true;
    return false;
}

/* With their names, since one that is written differently in the links is the likeliest reason. */
static void append_unused(const struct report_print *print, struct buf *out)
{
    const struct report_costs *costs = &print->query->costs;
    struct str told[CAMPAIGNS_TOLD];
    size_t count = 0;
    if (!(print->answer->cost_unused > 0))
        return;
    figures_append_money(out, print->answer->cost_unused, STR("EUR"), print->lang);
    buf_append(out, str_from(report_say(print, " were spent on campaigns that brought no page view",
                                        " sono andati in campagne che non hanno portato nessuna "
                                        "vista")));
    for (size_t i = 0; i < costs->count && count < CAMPAIGNS_TOLD; i++) {
        const struct report_cost *cost = &costs->items[i];
        if (cost->last_day < print->first_day || cost->first_day > print->last_day ||
            is_among(cost->campaign, told, count) ||
            has_brought(&print->answer->campaigns, cost->campaign))
            continue;
        buf_append(out, count == 0 ? STR(": ") : STR(", "));
        buf_append_visible(out, cost->campaign);
        told[count++] = cost->campaign;
    }
    buf_append(out, STR(".\n"));
}

static void append_costs(const struct report_print *print, struct buf *out)
{
    const struct report_answer *answer = print->answer;
    int told = 0;
    for (size_t i = 0; i < answer->campaigns.count && told < CAMPAIGNS_TOLD; i++) {
        const struct report_row *row = &answer->campaigns.items[i];
        if (isnan(row->cost))
            continue;
        told++;
        buf_append(out, str_from(report_say(print, "Campaign ", "Campagna ")));
        buf_append_visible(out, row->by[0]);
        buf_append(out, STR(": "));
        figures_append_money(out, row->cost, STR("EUR"), print->lang);
        buf_append(out, str_from(report_say(print, " for ", " per ")));
        answer_words_count(out, row->now.goal, TEXT("goal", "obiettivo"),
                           TEXT("goals", "obiettivi"), print->lang);
        if (row->now.goal > 0) {
            buf_append(out, STR(", "));
            figures_append_money(out, row->cost / (double)row->now.goal, STR("EUR"), print->lang);
            buf_append(out, str_from(report_say(print, " each", " l’uno")));
        }
        buf_append(out, STR(".\n"));
    }
    append_unused(print, out);
}

/* web.dev's thresholds for a good page: 2.5 s and 0.1. What is told of INP are the slow
 * interactions only, so that it says nothing of all. */
static void append_speed(const struct report_print *print, struct buf *out)
{
    const double *vitals = print->answer->total.vitals;
    bool slow = vitals[VITAL_LCP] > 2500 || vitals[VITAL_CLS] > 0.1;
    if (isnan(vitals[VITAL_LCP]))
        return;
    buf_append(out, str_from(report_say(print, "On three phones of four the page is there within ",
                                        "Su tre telefoni su quattro la pagina appare entro ")));
    figures_append_ms(out, vitals[VITAL_LCP], print->lang);
    if (slow)
        buf_append(out, str_from(report_say(print, ": the pages are not as fast as they should be",
                                            ": le pagine non sono veloci come dovrebbero")));
    buf_append(out, STR(".\n"));
}

static void append_guesses(const struct report_print *print, struct buf *out)
{
    if (print->answer->goal_guessed == 0)
        return;
    answer_words_count(out, print->answer->goal_guessed,
                       TEXT("goal is of a page", "obiettivo è di una pagina"),
                       TEXT("goals are of pages", "obiettivi sono di pagine"), print->lang);
    buf_append(out, str_from(report_say(print,
                                        " whose goal is not known (gone, or without one): any tap "
                                        "counts there.\n",
                                        " di cui non si conosce l’obiettivo (non c’è più, o non ne "
                                        "ha): lì vale qualsiasi tocco.\n")));
}

void report_words_findings(const struct report_print *print, struct buf *out)
{
    if (report_words_is_empty(print))
        report_words_empty(print, out);
    append_trend(print, out);
    append_goals(print, out);
    report_words_closed(print, out);
    append_costs(print, out);
    append_speed(print, out);
    append_guesses(print, out);
}
