/* Owns the pictures of a report: what is told to insight/svg. */
#include "cli/figures.h"
#include "cli/report_html.h"
#include "insight/svg.h"

#include <math.h>
#include <stdlib.h>

/* More columns than this are too thin for a phone: days become weeks, then months of 30 days. */
enum { COLUMNS_MAX = 92, STEPS = 4, LABELS = 5 };

/* --- funnel --------------------------------------------------------------------------------- */

void report_html_funnel(const struct report_print *print, struct buf *out)
{
    static const struct text names[STEPS] = {
        {"Served", "Servite"},
        {"Seen", "Viste"},
        {"Engaged", "Coinvolte"},
        {"Goal reached", "Obiettivo raggiunto"},
    };
    const struct report_counts *now = &print->answer->total.now;
    /* Page views that the server did not answer (kept by a browser) are seen without being served.
     */
    uint64_t most = now->view > now->seen ? now->view : now->seen;
    const uint64_t counts[STEPS] = {now->view, now->seen, now->engaged, now->goal};
    struct svg_step steps[STEPS];
    struct buf texts[STEPS][2] = {{BUF_EMPTY}};
    for (size_t i = 0; i < STEPS; i++) {
        figures_append_count(&texts[i][0], counts[i], print->lang);
        uint64_t whole = i == 1 ? now->view : now->seen;
        if (i > 0 && whole > 0) {
            figures_append_share(&texts[i][1], counts[i], whole, print->lang);
            buf_append(&texts[i][1],
                       str_from(i == 1 ? report_say(print, " of those served", " delle servite")
                                       : report_say(print, " of those seen", " delle viste")));
        }
        steps[i] = (struct svg_step){
            .name = str_from(text_in(names[i], print->lang)),
            .count = buf_str(&texts[i][0]),
            .note = buf_str(&texts[i][1]),
            .share = most > 0 ? (double)counts[i] / (double)most : 0,
            .is_goal = i == STEPS - 1,
        };
    }
    svg_append_funnel(out,
                      str_from(report_say(print, "From served to goal", "Da servite a obiettivo")),
                      steps, STEPS);
    for (size_t i = 0; i < STEPS; i++)
        for (size_t k = 0; k < 2; k++) {
            out->failed |= texts[i][k].failed;
            buf_finish(&texts[i][k]);
        }
}

/* --- series --------------------------------------------------------------------------------- */

static size_t days_in_column(size_t days)
{
    return days <= COLUMNS_MAX ? 1 : days <= COLUMNS_MAX * 7 ? 7 : 30;
}

/* The first day that faces a page view of the period before: what was before that one is not known.
 */
static int64_t first_day_with_before(const struct report_answer *answer)
{
    size_t i = 0;
    while (i + 1 < answer->day_count && answer->days[i].before.view == 0 &&
           answer->days[i].before.seen == 0)
        i++;
    return answer->days[i].day;
}

/* A column: its days together, and its texts in memory that `texts` owns. */
static void fill_column(const struct report_print *print, size_t first, size_t size,
                        struct svg_column *column, struct buf *text)
{
    const struct report_answer *answer = print->answer;
    size_t end = first + size < answer->day_count ? first + size : answer->day_count;
    uint64_t seen = 0;
    uint64_t goal = 0;
    uint64_t before = 0;
    bool has_before =
        print->has_before && answer->days[end - 1].day >= first_day_with_before(answer);
    for (size_t i = first; i < end; i++) {
        seen += answer->days[i].now.seen;
        goal += answer->days[i].now.goal;
        before += answer->days[i].before.seen;
    }
    figures_append_days(text, answer->days[first].day, answer->days[end - 1].day, print->lang);
    buf_append(text, STR(": "));
    figures_append_count(text, seen, print->lang);
    buf_append(text, str_from(report_say(print, " seen, ", " viste, ")));
    figures_append_count(text, goal, print->lang);
    buf_append(text, str_from(report_say(print, " with the goal", " con obiettivo")));
    if (has_before) {
        buf_append(text, STR(" ("));
        buf_append(text, str_from(report_say(print, "before: ", "prima: ")));
        figures_append_count(text, before, print->lang);
        buf_append_char(text, ')');
    }
    column->whole = (double)seen;
    column->part = (double)goal;
    column->before = has_before ? (double)before : NAN;
    column->title = buf_str(text);
}

static void mark_changes(const struct report_print *print, struct svg_column *columns, size_t count,
                         size_t size)
{
    const struct report_answer *answer = print->answer;
    for (size_t i = 1; i < answer->rev_count; i++) {
        const struct report_rev *rev = &answer->revs[i];
        if (!str_eq(answer->revs[i - 1].page, rev->page) || rev->first_ms < print->query->from_ms)
            continue;
        int64_t day = zone_time(print->query->zone, rev->first_ms).day - answer->days[0].day;
        if (day >= 0 && (size_t)day / size < count)
            columns[(size_t)day / size].is_marked = true;
    }
}

static void append_key(const struct report_print *print, bool has_marks, struct buf *out)
{
    buf_append(out, STR("<ul class=\"key\"><li><i></i>"));
    buf_append(out, str_from(report_say(print, "seen", "viste")));
    buf_append(out, STR("</li><li class=\"b\"><i></i>"));
    buf_append(out, str_from(report_say(print, "of these with the goal", "di cui con obiettivo")));
    buf_append(out, STR("</li>"));
    if (print->has_before) {
        buf_append(out, STR("<li class=\"past\"><i></i>"));
        buf_append(out, str_from(report_say(print, "seen in the period before",
                                            "viste nel periodo prima")));
        buf_append(out, STR("</li>"));
    }
    if (has_marks) {
        buf_append(out, STR("<li class=\"flag\"><i></i>"));
        buf_append(out, str_from(report_say(print, "a text changed", "testo cambiato")));
        buf_append(out, STR("</li>"));
    }
    buf_append(out, STR("</ul>\n"));
}

static void draw_series(const struct report_print *print, struct svg_column *columns, size_t count,
                        struct buf *out)
{
    struct buf top = BUF_EMPTY;
    struct buf middle = BUF_EMPTY;
    double most = 0;
    bool has_marks = false;
    for (size_t i = 0; i < count; i++) {
        has_marks |= columns[i].is_marked;
        most = columns[i].whole > most ? columns[i].whole : most;
        most = columns[i].before > most ? columns[i].before : most;
    }
    /* Even, so that the line in the middle has a whole number. */
    double upper = 2 * svg_round_up(most / 2);
    figures_append_count(&top, (uint64_t)upper, print->lang);
    figures_append_count(&middle, (uint64_t)(upper / 2), print->lang);
    const struct svg_series series = {
        .title = str_from(report_say(print, "Page views seen, by time", "Pagine viste nel tempo")),
        .columns = columns,
        .count = count,
        .has_before = print->has_before,
        .top = buf_str(&top),
        .middle = buf_str(&middle),
        .top_value = upper,
    };
    append_key(print, has_marks, out);
    svg_append_series(out, &series);
    out->failed |= top.failed || middle.failed;
    buf_finish(&top);
    buf_finish(&middle);
}

void report_html_series(const struct report_print *print, struct buf *out)
{
    const struct report_answer *answer = print->answer;
    size_t size = days_in_column(answer->day_count);
    size_t count = (answer->day_count + size - 1) / size;
    struct svg_column *columns = calloc(count, sizeof *columns);
    struct buf *texts = calloc(count * 2, sizeof *texts);
    size_t labels = count < LABELS ? count : LABELS;
    for (size_t i = 0; columns && texts && i < count; i++)
        fill_column(print, i * size, size, &columns[i], &texts[i]);
    for (size_t k = 0; columns && texts && k < labels; k++) {
        size_t i = labels > 1 ? k * (count - 1) / (labels - 1) : 0;
        figures_append_short_day(&texts[count + i], answer->days[i * size].day, print->lang);
        columns[i].label = buf_str(&texts[count + i]);
    }
    if (columns && texts) {
        mark_changes(print, columns, count, size);
        draw_series(print, columns, count, out);
    }
    out->failed |= !columns || !texts;
    for (size_t i = 0; texts && i < count * 2; i++) {
        out->failed |= texts[i].failed;
        buf_finish(&texts[i]);
    }
    free(texts);
    free(columns);
}

/* --- hours ---------------------------------------------------------------------------------- */

void report_html_hours(const struct report_print *print, struct buf *out)
{
    struct str names[REPORT_WEEKDAYS];
    struct str labels[REPORT_HOURS] = {
        [0] = STR("0"), [6] = STR("6"), [12] = STR("12"), [18] = STR("18")};
    struct str titles[REPORT_WEEKDAYS * REPORT_HOURS];
    struct buf texts[REPORT_WEEKDAYS * REPORT_HOURS] = {BUF_EMPTY};
    for (int day = 0; day < REPORT_WEEKDAYS; day++) {
        names[day] = str_from(figures_weekday(day, print->lang));
        for (int hour = 0; hour < REPORT_HOURS; hour++) {
            int i = day * REPORT_HOURS + hour;
            buf_printf(&texts[i], "%s %d–%d: ", names[day].ptr, hour, hour + 1);
            figures_append_count(&texts[i], print->answer->hours[day][hour], print->lang);
            titles[i] = buf_str(&texts[i]);
        }
    }
    const struct svg_heat heat = {
        .title = str_from(report_say(print, "Page views seen, by weekday and hour",
                                     "Pagine viste per giorno e ora")),
        .values = &print->answer->hours[0][0],
        .rows = REPORT_WEEKDAYS,
        .columns = REPORT_HOURS,
        .names = names,
        .labels = labels,
        .titles = titles,
    };
    svg_append_heat(out, &heat);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        out->failed |= texts[i].failed;
        buf_finish(&texts[i]);
    }
}
