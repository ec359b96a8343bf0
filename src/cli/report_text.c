/* Owns what people read from `attimo report` on a terminal. */
#include "cli/answer_words.h"
#include "cli/figures.h"
#include "cli/report_words.h"
#include "cli/screen.h"

#include <math.h>
#include <stdlib.h>

enum { ROWS_TOLD = 40, CHANNELS_TOLD = 10, CELLS_MAX = 10 };

static void tint(struct buf *out, const struct report_print *print, const char *code)
{
    if (print->colour)
        buf_printf(out, "\033[%sm", code);
}

static void append_dash(struct buf *out)
{
    buf_append(out, STR("–"));
}

/* --- tables --------------------------------------------------------------------------------- */

/* A table of texts, measured before it is printed: its first row is the head. */
struct grid {
    struct buf text; /* cells, each ending in NUL */
    size_t columns;
    size_t widths[CELLS_MAX];
    size_t at;    /* the column of the cell being written */
    size_t start; /* and where it begins */
};

static void end_cell(struct grid *grid)
{
    size_t width = figures_columns(str_skip(buf_str(&grid->text), grid->start));
    if (width > grid->widths[grid->at])
        grid->widths[grid->at] = width;
    buf_append_char(&grid->text, '\0');
    grid->start = grid->text.len;
    grid->at = (grid->at + 1) % grid->columns;
}

enum { COLUMNS_USUAL = 80, NAME_COLUMNS_MIN = 16 };

static size_t width_of(const struct grid *grid)
{
    size_t width = grid->widths[0];
    for (size_t i = 1; i < grid->columns; i++)
        width += grid->widths[i] + 2;
    return width;
}

/* A text that takes more columns than there are loses its middle: both of its ends tell. */
static void append_cut(struct buf *out, struct str text, size_t width)
{
    size_t columns = figures_columns(text);
    size_t cut_from = (width - 1) / 2;
    size_t cut_to = columns - (width - 1 - cut_from);
    size_t column = 0;
    if (columns <= width) {
        figures_append_left(out, text, width);
        return;
    }
    for (size_t i = 0; i < text.len; i++) {
        bool begins = (text.ptr[i] & 0xC0) != 0x80;
        if (begins && column == cut_from)
            buf_append(out, STR("…"));
        column += begins;
        if (column <= cut_from || column > cut_to)
            buf_append_char(out, text.ptr[i]);
    }
}

/* So that rows fit the terminal, if names need not be cut too short for that. */
static void fit_names(const struct report_print *print, struct grid *grid)
{
    size_t width = width_of(grid);
    if (print->columns == 0 || width <= print->columns)
        return;
    size_t over = width - print->columns;
    if (grid->widths[0] >= over + NAME_COLUMNS_MIN)
        grid->widths[0] -= over;
}

/* The first column is aligned to the left, figures to the right. */
static void print_grid(const struct report_print *print, struct grid *grid, struct buf *out)
{
    struct str left = buf_str(&grid->text);
    struct str cell;
    bool is_head = true;
    fit_names(print, grid);
    tint(out, print, "1");
    left.len -= left.len > 0; /* no cell is behind the last one's end */
    for (size_t column = 0; str_split(&left, '\0', &cell); column = (column + 1) % grid->columns) {
        if (column == 0)
            append_cut(out, cell, grid->widths[0]);
        else
            figures_append_right(out, cell, grid->widths[column] + 2);
        if (column + 1 < grid->columns)
            continue;
        if (is_head)
            tint(out, print, "0");
        buf_append_char(out, '\n');
        is_head = false;
    }
    out->failed |= grid->text.failed;
    buf_finish(&grid->text);
}

static void append_head(struct grid *grid, const char *text)
{
    buf_append(&grid->text, str_from(text));
    end_cell(grid);
}

/* What columns the main table has. */
struct shown {
    bool counts;
    bool change;
    bool value;
    bool cost;
};

static struct shown find_shown(const struct report_print *print)
{
    const struct report_row *total = &print->answer->total;
    return (struct shown){
        .counts = true,
        .change = print->compares_rows,
        .value = !isnan(total->value),
        .cost = !isnan(total->cost),
    };
}

static void append_row_heads(const struct report_print *print, struct grid *grid,
                             struct shown shown)
{
    if (shown.counts)
        append_head(grid, report_say(print, "SEEN", "VISTE"));
    if (shown.change)
        append_head(grid, report_say(print, "BEFORE", "PRIMA"));
    if (shown.counts) {
        append_head(grid, report_say(print, "GOAL", "OBIETTIVO"));
        append_head(grid, "95%");
    }
    if (shown.value)
        append_head(grid, report_say(print, "VALUE*", "VALORE*"));
    if (shown.cost) {
        append_head(grid, report_say(print, "COST", "COSTO"));
        append_head(grid, report_say(print, "€/GOAL", "€/OBIETTIVO"));
    }
}

static void append_money_cell(const struct report_print *print, struct grid *grid, double amount,
                              struct str currency)
{
    if (isnan(amount))
        append_dash(&grid->text);
    else
        figures_append_money(&grid->text, amount, currency, print->lang);
    end_cell(grid);
}

static void append_counts(const struct report_print *print, const struct report_row *row,
                          struct grid *grid, bool with_change)
{
    struct buf *text = &grid->text;
    figures_append_count(text, row->now.seen, print->lang);
    end_cell(grid);
    if (with_change) {
        figures_append_change(text, row->before.seen, row->now.seen, print->lang);
        end_cell(grid);
    }
    struct buf share = BUF_EMPTY;
    figures_append_count(text, row->now.goal, print->lang);
    figures_append_share(&share, row->now.goal, row->now.seen, print->lang);
    figures_append_right(text, buf_str(&share), 7);
    text->failed |= share.failed;
    buf_finish(&share);
    end_cell(grid);
    if (row->now.seen > 0)
        figures_append_interval(text, statistics_wilson(row->now.goal, row->now.seen), print->lang);
    else
        append_dash(text);
    end_cell(grid);
}

static void append_figures(const struct report_print *print, const struct report_row *row,
                           struct grid *grid, struct shown shown)
{
    if (shown.counts)
        append_counts(print, row, grid, shown.change);
    if (shown.value)
        append_money_cell(print, grid, row->value, report_site_currency(print->site));
    if (shown.cost) {
        append_money_cell(print, grid, row->cost, STR("EUR"));
        append_money_cell(print, grid, row->now.goal > 0 ? row->cost / (double)row->now.goal : NAN,
                          STR("EUR"));
    }
}

static void append_key_head(const struct report_print *print, struct str key, struct buf *out)
{
    static const struct {
        struct str key;
        struct text words;
    } known[] = {
        {STR_INIT("page"), {"PAGE", "PAGINA"}},
        {STR_INIT("day"), {"DAY", "GIORNO"}},
        {STR_INIT("hour"), {"HOUR", "ORA"}},
        {STR_INIT("weekday"), {"WEEKDAY", "GIORNO"}},
        {STR_INIT("intent"), {"INTENT", "INTENTO"}},
        {STR_INIT("utm_campaign"), {"CAMPAIGN", "CAMPAGNA"}},
        {STR_INIT("utm_source"), {"SOURCE", "FONTE"}},
        {STR_INIT("utm_medium"), {"MEDIUM", "MEZZO"}},
        {STR_INIT("ref_host"), {"REFERRER", "PROVENIENZA"}},
        {STR_INIT("device"), {"DEVICE", "DISPOSITIVO"}},
        {STR_INIT("os"), {"SYSTEM", "SISTEMA"}},
        {STR_INIT("app"), {"APP", "APP"}},
        {STR_INIT("country"), {"COUNTRY", "PAESE"}},
        {STR_INIT("lang"), {"LANGUAGE", "LINGUA"}},
        {STR_INIT("stage"), {"STAGE", "FASE"}},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq(key, known[i].key)) {
            buf_append(out, str_from(text_in(known[i].words, print->lang)));
            return;
        }
    buf_append_visible(out, key);
}

static void append_names(const struct report_print *print, const struct report_row *row,
                         struct grid *grid)
{
    for (size_t i = 0; i < print->query->by_count; i++) {
        if (i > 0)
            buf_append(&grid->text, STR(" · "));
        if (row)
            answer_words_value(&grid->text, print->query->by[i], row->by[i], print->lang);
        else
            append_key_head(print, print->query->by[i], &grid->text);
    }
    end_cell(grid);
}

static void fill_rows(const struct report_print *print, struct grid *grid, struct shown shown)
{
    const struct report_answer *answer = print->answer;
    *grid = (struct grid){.columns = 1U + (shown.counts ? 3 : 0) + (size_t)shown.change +
                                     (size_t)shown.value + (shown.cost ? 2 : 0)};
    append_names(print, NULL, grid);
    append_row_heads(print, grid, shown);
    for (size_t r = 0; r < answer->rows.count && r < ROWS_TOLD; r++) {
        append_names(print, &answer->rows.items[r], grid);
        append_figures(print, &answer->rows.items[r], grid, shown);
    }
    buf_append(&grid->text, str_from(report_say(print, "All", "Tutto")));
    end_cell(grid);
    append_figures(print, &answer->total, grid, shown);
}

/* What is too wide is two tables: of counts, and of money. */
static void append_rows(const struct report_print *print, struct buf *out)
{
    struct shown shown = find_shown(print);
    size_t columns = print->columns ? print->columns : COLUMNS_USUAL;
    struct grid grid;
    fill_rows(print, &grid, shown);
    if (width_of(&grid) > columns && (shown.value || shown.cost)) {
        buf_finish(&grid.text);
        fill_rows(print, &grid, (struct shown){.counts = true, .change = shown.change});
        print_grid(print, &grid, out);
        buf_append_char(out, '\n');
        fill_rows(print, &grid, (struct shown){.value = shown.value, .cost = shown.cost});
    }
    print_grid(print, &grid, out);
    if (print->answer->rows.count > ROWS_TOLD)
        buf_printf(out,
                   report_say(print, "and %zu more (--format csv has all)\n",
                              "oltre a queste: %zu (tutte con --format csv)\n"),
                   print->answer->rows.count - ROWS_TOLD);
}

static void append_channels(const struct report_print *print, struct buf *out)
{
    const struct report_rows *channels = &print->answer->channels;
    struct grid grid = {.columns = 5};
    if (channels->count == 0)
        return;
    append_head(&grid, report_say(print, "CHANNEL", "CANALE"));
    append_head(&grid, report_say(print, "SEEN", "VISTE"));
    append_head(&grid, report_say(print, "COVERAGE", "COPERTURA"));
    append_head(&grid, report_say(print, "GOAL", "OBIETTIVO"));
    append_head(&grid, "95%");
    for (size_t i = 0; i < channels->count && i < CHANNELS_TOLD; i++) {
        const struct report_row *row = &channels->items[i];
        report_words_channel(print, row, &grid.text);
        end_cell(&grid);
        figures_append_count(&grid.text, row->now.seen, print->lang);
        end_cell(&grid);
        answer_words_covered(&grid.text, row->now.seen, row->now.view);
        end_cell(&grid);
        figures_append_share(&grid.text, row->now.goal, row->now.seen, print->lang);
        end_cell(&grid);
        if (row->now.seen > 0)
            figures_append_interval(&grid.text, statistics_wilson(row->now.goal, row->now.seen),
                                    print->lang);
        end_cell(&grid);
    }
    buf_append_char(out, '\n');
    print_grid(print, &grid, out);
    if (channels->count > CHANNELS_TOLD)
        buf_printf(out,
                   report_say(print, "and %zu more (--format json has all)\n",
                              "oltre a questi: %zu (tutti con --format json)\n"),
                   channels->count - CHANNELS_TOLD);
}

/* --- words ---------------------------------------------------------------------------------- */

static void append_title(const struct report_print *print, struct buf *out)
{
    const struct settings *settings = print->site->settings;
    tint(out, print, "1");
    if (settings && settings->name.len > 0) {
        buf_append_visible(out, settings->name);
        buf_append(out, STR(" · "));
    }
    report_words_period(print, out);
    tint(out, print, "0");
    buf_append(out, str_from(report_say(print, " · page views, not people\n",
                                        " · pagine viste, non persone\n")));
}

/* Lines, each behind a bullet. */
static void append_bullets(const struct report_print *print, const char *title, struct str lines,
                           struct buf *out)
{
    struct str line;
    if (lines.len == 0)
        return;
    buf_append_char(out, '\n');
    tint(out, print, "1");
    buf_append(out, str_from(title));
    tint(out, print, "0");
    buf_append_char(out, '\n');
    lines.len--; /* nothing is behind the last one's end */
    while (str_split(&lines, '\n', &line)) {
        buf_printf(out, " • %.*s\n", STR_ARG(line));
    }
}

static void append_phones(const struct report_print *print, struct buf *out)
{
    static const struct {
        enum report_vital vital;
        const char *name;
    } told[] = {{VITAL_TTFB, "TTFB"}, {VITAL_LCP, "LCP"}, {VITAL_INP, "INP"}, {VITAL_CLS, "CLS"}};
    const struct report_row *total = &print->answer->total;
    const char *before = report_say(print, "From the phones, p75:", "Dai telefoni, p75:");
    if (total->now.seen == 0)
        return;
    buf_append(out, str_from(report_say(print, "\nEngaged: ", "\nCoinvolte: ")));
    answer_words_count(out, total->now.engaged, TEXT("view", "vista"), TEXT("views", "viste"),
                       print->lang);
    buf_append(out, STR(", "));
    figures_append_share(out, total->now.engaged, total->now.seen, print->lang);
    buf_append_char(out, '\n');
    if (total->measured == 0)
        return;
    if (!isnan(total->engaged_s)) {
        buf_append(out, str_from(report_say(print, "Engaged time: median ",
                                            "Tempo di attenzione: mediana ")));
        figures_append_seconds(out, total->engaged_s, print->lang);
        buf_append_char(out, '\n');
    }
    const size_t beginning = out->len;
    for (size_t i = 0; i < sizeof told / sizeof *told; i++) {
        double value = total->vitals[told[i].vital];
        if (isnan(value))
            continue;
        buf_append(out, str_from(before));
        buf_printf(out, " %s ", told[i].name);
        before = " ·";
        if (told[i].vital == VITAL_CLS)
            figures_append_decimal(out, value, 2, print->lang);
        else
            figures_append_ms(out, value, print->lang);
        if (told[i].vital == VITAL_INP)
            buf_append(out, str_from(report_say(print, " (where it is 104 ms or more)",
                                                " (dove è di 104 ms o più)")));
    }
    if (out->len > beginning)
        buf_append_char(out, '\n');
}

static void append_trust(const struct report_print *print, struct buf *out)
{
    if (!report_words_is_empty(print)) {
        buf_append(out, str_from(report_say(print, "\nCoverage: ", "\nCopertura: ")));
        report_words_coverage(print, out);
    }
    buf_append(out, str_from(report_say(print, "\nLeft out: ", "\nFuori dal conto: ")));
    answer_words_loss(out, &print->answer->loss, print->lang);
    buf_append_char(out, '\n');
    if (!isnan(print->answer->total.value))
        buf_append(out, str_from(report_say(print,
                                            "* an estimate: declared value × views with the goal, "
                                            "not revenue.\n",
                                            "* stima: valore dichiarato × viste con obiettivo, non "
                                            "incasso.\n")));
}

static void compose(const struct report_print *print, struct buf *out)
{
    struct buf lines = BUF_EMPTY;
    bool is_empty = report_words_is_empty(print);
    append_title(print, out);
    if (!is_empty) {
        append_rows(print, out);
        append_channels(print, out);
        append_phones(print, out);
    }
    report_words_findings(print, &lines);
    append_bullets(print,
                   is_empty ? report_say(print, "No visit was counted", "Nessuna visita contata")
                            : report_say(print, "What to tell the client", "Cosa dire al cliente"),
                   buf_str(&lines), out);
    report_clear(&lines, out);
    report_words_changes(print, &lines);
    append_bullets(print,
                   report_say(print, "Changes of text (before and after: no experiment)",
                              "Cambi di testo (prima e dopo: non è un esperimento)"),
                   buf_str(&lines), out);
    append_trust(print, out);
    out->failed |= lines.failed;
    buf_finish(&lines);
}

void report_print_text(const struct report_print *print, struct buf *out)
{
    struct buf text = BUF_EMPTY;
    compose(print, &text);
    screen_append(out, buf_str(&text), print->columns);
    out->failed |= text.failed;
    buf_finish(&text);
}
