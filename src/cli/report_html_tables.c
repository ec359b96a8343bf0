/* Owns the tables of a report in HTML. */
#include "cli/answer_words.h"
#include "cli/figures.h"
#include "cli/report_html.h"
#include "insight/report_compare.h"
#include "insight/svg.h"

#include <math.h>

/* A browser sorts thousands of rows at once, and nobody reads more. */
enum { ROWS_MAX = 5000 };

/* --- cells ---------------------------------------------------------------------------------- */

/* A table being written. */
struct sheet {
    const struct report_print *print;
    struct buf *out;
    struct text heads[12];
    size_t columns;
    size_t at;       /* the next cell's column */
    struct buf cell; /* what it will hold: plain text */
    double top;      /* of the scale of intervals */
};

static void open_table(struct sheet *sheet, struct text name)
{
    struct buf *out = sheet->out;
    buf_printf(out, "<table class=\"sort%s\" aria-label=\"", sheet->columns > 6 ? " rows" : "");
    buf_append_html(out, str_from(text_in(name, sheet->print->lang)));
    buf_append(out, STR("\"><thead><tr>"));
    for (size_t i = 0; i < sheet->columns; i++)
        buf_printf(out, "<th scope=\"col\">%s</th>", text_in(sheet->heads[i], sheet->print->lang));
    buf_append(out, STR("</tr></thead>\n<tbody>\n"));
}

static void close_table(struct sheet *sheet)
{
    buf_append(sheet->out, STR("</tbody></table>\n"));
    sheet->out->failed |= sheet->cell.failed;
    buf_finish(&sheet->cell);
}

/* Begins a cell that sorts by `value` (NAN: behind all others; in the first column by its text). */
static void begin_cell(struct sheet *sheet, double value)
{
    struct buf *out = sheet->out;
    if (sheet->at == 0)
        buf_append(out, STR("<tr><td"));
    else
        buf_printf(out, "<td data-l=\"%s\"", text_in(sheet->heads[sheet->at], sheet->print->lang));
    if (!isnan(value))
        buf_printf(out, " data-v=\"%.6g\"", value);
    else if (sheet->at > 0)
        buf_append(out, STR(" data-v=\"\""));
    buf_append_char(out, '>');
}

/* Writes what the cell holds, and ends it. */
static void end_cell(struct sheet *sheet)
{
    buf_append_html(sheet->out, buf_str(&sheet->cell));
    report_clear(&sheet->cell, sheet->out);
    buf_append(sheet->out, STR("</td>"));
    if (++sheet->at == sheet->columns) {
        buf_append(sheet->out, STR("</tr>\n"));
        sheet->at = 0;
    }
}

static void add_count(struct sheet *sheet, uint64_t n)
{
    begin_cell(sheet, (double)n);
    figures_append_count(&sheet->cell, n, sheet->print->lang);
    end_cell(sheet);
}

static void add_money(struct sheet *sheet, double amount, struct str currency)
{
    begin_cell(sheet, amount);
    if (isnan(amount))
        buf_append(&sheet->cell, STR("–"));
    else
        figures_append_money(&sheet->cell, amount, currency, sheet->print->lang);
    end_cell(sheet);
}

static void add_change(struct sheet *sheet, const struct report_row *row)
{
    bool known = row->before.seen > 0;
    begin_cell(sheet, known ? (double)row->now.seen / (double)row->before.seen - 1 : NAN);
    figures_append_change(&sheet->cell, row->before.seen, row->now.seen, sheet->print->lang);
    end_cell(sheet);
}

/* A share with its interval, drawn and written. */
static void add_rate(struct sheet *sheet, const struct report_counts *counts)
{
    enum lang lang = sheet->print->lang;
    if (counts->seen == 0) {
        begin_cell(sheet, NAN);
        buf_append(&sheet->cell, STR("–"));
        end_cell(sheet);
        return;
    }
    double rate = (double)counts->goal / (double)counts->seen;
    struct interval ci = statistics_wilson(counts->goal, counts->seen);
    begin_cell(sheet, rate);
    svg_append_interval(sheet->out, rate, ci, sheet->top);
    buf_append_char(sheet->out, ' ');
    figures_append_share(sheet->out, counts->goal, counts->seen, lang);
    buf_append(sheet->out, STR("<small>95%: "));
    figures_append_interval(sheet->out, ci, lang);
    buf_append(sheet->out, STR("</small>"));
    end_cell(sheet);
}

static void add_share(struct sheet *sheet, uint64_t part, uint64_t whole)
{
    begin_cell(sheet, whole > 0 ? (double)part / (double)whole : NAN);
    figures_append_share(&sheet->cell, part, whole, sheet->print->lang);
    end_cell(sheet);
}

static void add_coverage(struct sheet *sheet, const struct report_counts *counts)
{
    begin_cell(sheet, counts->view > 0 ? (double)counts->seen / (double)counts->view : NAN);
    answer_words_covered(&sheet->cell, counts->seen, counts->view);
    end_cell(sheet);
}

static void add_head(struct sheet *sheet, const char *en, const char *it)
{
    sheet->heads[sheet->columns++] = TEXT(en, it);
}

static double top_of(const struct report_rows *rows)
{
    double top = 0.01;
    for (size_t i = 0; i < rows->count && i < ROWS_MAX; i++) {
        const struct report_counts *now = &rows->items[i].now;
        double high = now->seen > 9 ? statistics_wilson(now->goal, now->seen).high : 0;
        top = high > top ? high : top;
    }
    return top;
}

/* --- rows ----------------------------------------------------------------------------------- */

/* Weekdays are in the order of the week; all else is in that of its text. */
static double order_of(const struct report_print *print, const struct report_row *row)
{
    bool is_weekday = str_eq(print->query->by[0], STR("weekday")) && row->by[0].len == 1;
    return is_weekday ? row->by[0].ptr[0] - '0' : NAN;
}

static void add_row_name(struct sheet *sheet, const struct report_row *row)
{
    const struct report_print *print = sheet->print;
    begin_cell(sheet, order_of(print, row));
    for (size_t i = 0; i < print->query->by_count; i++) {
        if (i > 0)
            buf_append(&sheet->cell, STR(" · "));
        answer_words_value(&sheet->cell, print->query->by[i], row->by[i], print->lang);
    }
    buf_append_html(sheet->out, buf_str(&sheet->cell));
    report_clear(&sheet->cell, sheet->out);
    report_words_goal(print, row, &sheet->cell);
    if (sheet->cell.len > 0) {
        buf_append(sheet->out, STR("<small>"));
        buf_append(sheet->out, str_from(report_say(print, "Goal: ", "Obiettivo: ")));
        buf_append_html(sheet->out, buf_str(&sheet->cell));
        buf_append(sheet->out, STR("</small>"));
    }
    report_clear(&sheet->cell, sheet->out);
    end_cell(sheet);
}

static void add_phone(struct sheet *sheet, const struct report_row *row)
{
    begin_cell(sheet, row->engaged_s);
    if (isnan(row->engaged_s))
        buf_append(&sheet->cell, STR("–"));
    else
        figures_append_seconds(&sheet->cell, row->engaged_s, sheet->print->lang);
    end_cell(sheet);
    begin_cell(sheet, row->vitals[VITAL_LCP]);
    if (isnan(row->vitals[VITAL_LCP]))
        buf_append(&sheet->cell, STR("–"));
    else
        figures_append_ms(&sheet->cell, row->vitals[VITAL_LCP], sheet->print->lang);
    end_cell(sheet);
}

static void add_spent(struct sheet *sheet, const struct report_row *row)
{
    add_money(sheet, row->cost, STR("EUR"));
    add_money(sheet, row->now.goal > 0 ? row->cost / (double)row->now.goal : NAN, STR("EUR"));
}

void report_html_rows(const struct report_print *print, struct buf *out)
{
    const struct report_answer *answer = print->answer;
    struct sheet sheet = {.print = print, .out = out, .top = top_of(&answer->rows)};
    bool value = !isnan(answer->total.value);
    bool cost = !isnan(answer->total.cost);
    bool pages = str_eq(print->query->by[0], STR("page")) && print->query->by_count == 1;
    add_head(&sheet, pages ? "Page" : "Group", pages ? "Pagina" : "Gruppo");
    add_head(&sheet, "Seen", "Viste");
    if (print->compares_rows)
        add_head(&sheet, "Trend", "Andamento");
    add_head(&sheet, "Engaged", "Coinvolte");
    add_head(&sheet, "Goals", "Obiettivi");
    add_head(&sheet, "Rate", "Tasso");
    if (value)
        add_head(&sheet, "Value*", "Valore*");
    if (cost) {
        add_head(&sheet, "Cost", "Costo");
        add_head(&sheet, "€ per goal", "€ per obiettivo");
    }
    add_head(&sheet, "Attention", "Attenzione");
    add_head(&sheet, "LCP p75", "LCP p75");
    open_table(&sheet, TEXT("Rows", "Righe"));
    for (size_t i = 0; i < answer->rows.count && i < ROWS_MAX; i++) {
        const struct report_row *row = &answer->rows.items[i];
        add_row_name(&sheet, row);
        add_count(&sheet, row->now.seen);
        if (print->compares_rows)
            add_change(&sheet, row);
        add_share(&sheet, row->now.engaged, row->now.seen);
        add_count(&sheet, row->now.goal);
        add_rate(&sheet, &row->now);
        if (value)
            add_money(&sheet, row->value, report_site_currency(print->site));
        if (cost)
            add_spent(&sheet, row);
        add_phone(&sheet, row);
    }
    close_table(&sheet);
    if (answer->rows.count > ROWS_MAX)
        buf_printf(out,
                   report_say(print, "<p class=\"fine\">And %zu more.</p>\n",
                              "<p class=\"fine\">Oltre a queste: %zu.</p>\n"),
                   answer->rows.count - ROWS_MAX);
}

void report_html_channels(const struct report_print *print, struct buf *out)
{
    const struct report_rows *rows = &print->answer->channels;
    struct sheet sheet = {.print = print, .out = out, .top = top_of(rows)};
    add_head(&sheet, "Channel", "Canale");
    add_head(&sheet, "Seen", "Viste");
    add_head(&sheet, "Coverage", "Copertura");
    add_head(&sheet, "Rate", "Tasso");
    open_table(&sheet, TEXT("Channels", "Canali"));
    for (size_t i = 0; i < rows->count && i < ROWS_MAX; i++) {
        const struct report_row *row = &rows->items[i];
        begin_cell(&sheet, NAN);
        report_words_channel(print, row, &sheet.cell);
        end_cell(&sheet);
        add_count(&sheet, row->now.seen);
        add_coverage(&sheet, &row->now);
        add_rate(&sheet, &row->now);
    }
    close_table(&sheet);
}

void report_html_campaigns(const struct report_print *print, struct buf *out)
{
    const struct report_rows *rows = &print->answer->campaigns;
    struct sheet sheet = {.print = print, .out = out, .top = top_of(rows)};
    bool cost = !isnan(print->answer->total.cost);
    add_head(&sheet, "Campaign", "Campagna");
    add_head(&sheet, "Seen", "Viste");
    add_head(&sheet, "Goals", "Obiettivi");
    add_head(&sheet, "Rate", "Tasso");
    if (cost) {
        add_head(&sheet, "Cost", "Costo");
        add_head(&sheet, "€ per goal", "€ per obiettivo");
    }
    open_table(&sheet, TEXT("Campaigns", "Campagne"));
    for (size_t i = 0; i < rows->count && i < ROWS_MAX; i++) {
        const struct report_row *row = &rows->items[i];
        begin_cell(&sheet, NAN);
        buf_append_visible(&sheet.cell, row->by[0]);
        end_cell(&sheet);
        add_count(&sheet, row->now.seen);
        add_count(&sheet, row->now.goal);
        add_rate(&sheet, &row->now);
        if (cost)
            add_spent(&sheet, row);
    }
    close_table(&sheet);
}

/* Not a tap without a page view, and not one that is just on a link. */
static bool is_on_cta(const struct report_tapped *tapped)
{
    return tapped->page.ptr && tapped->cta.ptr && !tapped->is_link;
}

bool report_html_has_ctas(const struct report_answer *answer)
{
    for (size_t i = 0; i < answer->tapped_count && i < ROWS_MAX; i++)
        if (is_on_cta(&answer->tapped[i]))
            return true;
    return false;
}

void report_html_ctas(const struct report_print *print, struct buf *out)
{
    const struct report_answer *answer = print->answer;
    struct sheet sheet = {.print = print, .out = out};
    add_head(&sheet, "Call to action", "Invito");
    add_head(&sheet, "Views tapped", "Con tocco");
    add_head(&sheet, "Then left", "Poi usciti");
    add_head(&sheet, "While closed", "A negozio chiuso");
    open_table(&sheet, TEXT("Calls to action", "Inviti"));
    for (size_t i = 0; i < answer->tapped_count && i < ROWS_MAX; i++) {
        const struct report_tapped *tapped = &answer->tapped[i];
        if (!is_on_cta(tapped))
            continue;
        begin_cell(&sheet, NAN);
        buf_append_visible(&sheet.cell, report_site_label(print->site, tapped->page, tapped->cta));
        buf_append_html(out, buf_str(&sheet.cell));
        report_clear(&sheet.cell, out);
        buf_append(out, STR("<small>"));
        buf_append_visible(&sheet.cell, tapped->page);
        buf_append_html(out, buf_str(&sheet.cell));
        report_clear(&sheet.cell, out);
        buf_append(out, STR("</small>"));
        end_cell(&sheet);
        add_count(&sheet, tapped->views);
        add_count(&sheet, tapped->left);
        add_count(&sheet, tapped->closed);
    }
    close_table(&sheet);
}

void report_html_days(const struct report_print *print, struct buf *out)
{
    const struct report_answer *answer = print->answer;
    struct sheet sheet = {.print = print, .out = out};
    add_head(&sheet, "Day", "Giorno");
    add_head(&sheet, "Served", "Servite");
    add_head(&sheet, "Seen", "Viste");
    add_head(&sheet, "Goals", "Obiettivi");
    if (print->has_before)
        add_head(&sheet, "Seen before", "Viste prima");
    open_table(&sheet, TEXT("Days", "Giorni"));
    for (size_t i = 0; i < answer->day_count && i < ROWS_MAX; i++) {
        const struct report_day *day = &answer->days[i];
        begin_cell(&sheet, (double)day->day);
        figures_append_day(&sheet.cell, day->day, print->lang);
        end_cell(&sheet);
        add_count(&sheet, day->now.view);
        add_count(&sheet, day->now.seen);
        add_count(&sheet, day->now.goal);
        if (print->has_before)
            add_count(&sheet, day->before.seen);
    }
    close_table(&sheet);
}
