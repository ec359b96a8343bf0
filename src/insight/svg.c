/* Owns drawing. */
#include "insight/svg.h"

#include <math.h>

static void open_svg(struct buf *out, const char *kind, int height, struct str title)
{
    buf_printf(out,
               "<svg class=\"svg-%s\" width=\"100%%\" height=\"%d\" role=\"img\" aria-label=\"",
               kind, height);
    buf_append_html(out, title);
    buf_append(out, STR("\">"));
}

/* A number of at most three decimals, without an exponent, whatever the locale. */
static void append_place(struct buf *out, const char *name, double value, const char *unit)
{
    buf_printf(out, " %s=\"%.3f%s\"", name, isfinite(value) ? value : 0, unit);
}

/* --- funnel --------------------------------------------------------------------------------- */

enum { STEP_HEIGHT = 58, BAR_TOP = 24, BAR_HEIGHT = 20 };

static void append_bar(struct buf *out, int y, double percent, const char *kind)
{
    buf_printf(out, "<rect class=\"svg-%s\" x=\"0\" y=\"%d\" height=\"%d\" rx=\"4\"", kind, y,
               BAR_HEIGHT);
    append_place(out, "width", percent, "%");
    buf_append(out, STR("/>"));
}

void svg_append_funnel(struct buf *out, struct str title, const struct svg_step *steps,
                       size_t count)
{
    open_svg(out, "funnel", (int)count * STEP_HEIGHT - 12, title);
    for (size_t i = 0; i < count; i++) {
        const struct svg_step *step = &steps[i];
        int y = (int)i * STEP_HEIGHT;
        buf_printf(out, "<text x=\"0\" y=\"%d\"><tspan class=\"svg-name\">", y + 15);
        buf_append_html(out, step->name);
        buf_append(out, STR("</tspan> <tspan class=\"svg-note\" dx=\"4\">"));
        buf_append_html(out, step->note);
        buf_printf(out, "</tspan></text><text x=\"100%%\" y=\"%d\" class=\"svg-count\">", y + 15);
        buf_append_html(out, step->count);
        buf_append(out, STR("</text>"));
        append_bar(out, y + BAR_TOP, 100, "track");
        append_bar(out, y + BAR_TOP, step->share * 100, step->is_goal ? "b" : "a");
    }
    buf_append(out, STR("</svg>\n"));
}

/* --- series --------------------------------------------------------------------------------- */

enum { PLOT_TOP = 22, PLOT_HEIGHT = 180, SERIES_HEIGHT = PLOT_TOP + PLOT_HEIGHT + 24 };

/* The scale's texts stand before the columns: how much room they take depends on their length. */
static double gutter_of(const struct svg_series *series)
{
    return 2.4 * (double)series->top.len;
}

static double place_of(const struct svg_series *series, double column)
{
    double gutter = gutter_of(series);
    return gutter + column / (double)series->count * (100 - gutter);
}

static double height_of(const struct svg_series *series, double value)
{
    return series->top_value > 0 ? value / series->top_value * PLOT_HEIGHT : 0;
}

static void append_grid(struct buf *out, const struct svg_series *series)
{
    const struct str texts[] = {series->top, series->middle};
    for (int i = 0; i < 2; i++) {
        int y = PLOT_TOP + i * PLOT_HEIGHT / 2;
        buf_printf(out, "<line class=\"svg-grid\" x1=\"0\" x2=\"100%%\" y1=\"%d\" y2=\"%d\"/>", y,
                   y);
        buf_printf(out, "<text class=\"svg-note\" x=\"0\" y=\"%d\">", y - 5);
        buf_append_html(out, texts[i]);
        buf_append(out, STR("</text>"));
    }
    buf_printf(out, "<line class=\"svg-axis\" x1=\"0\" x2=\"100%%\" y1=\"%d\" y2=\"%d\"/>",
               PLOT_TOP + PLOT_HEIGHT, PLOT_TOP + PLOT_HEIGHT);
}

static void append_part(struct buf *out, const struct svg_series *series, size_t i, double value,
                        const char *kind)
{
    double gap = series->count > 62 ? 0.08 : 0.16;
    double height = height_of(series, value);
    buf_printf(out, "<rect class=\"svg-%s\"", kind);
    double from = place_of(series, (double)i + gap);
    append_place(out, "x", from, "%");
    append_place(out, "width", place_of(series, (double)i + 1 - gap) - from, "%");
    append_place(out, "y", PLOT_TOP + PLOT_HEIGHT - height, "");
    append_place(out, "height", height, "");
    buf_append(out, STR("/>"));
}

static void append_column(struct buf *out, const struct svg_series *series, size_t i)
{
    const struct svg_column *column = &series->columns[i];
    buf_append(out, STR("<g><title>"));
    buf_append_html(out, column->title);
    buf_append(out, STR("</title>"));
    append_part(out, series, i, series->top_value, "hit"); /* all of it can be pointed at */
    append_part(out, series, i, column->whole, "a");
    append_part(out, series, i, column->part, "b");
    buf_append(out, STR("</g>"));
}

static void append_path(struct buf *out, const struct svg_series *series, const char *kind)
{
    buf_printf(out, "<path class=\"svg-%s\" vector-effect=\"non-scaling-stroke\" d=\"", kind);
    size_t begin = 0;
    while (begin < series->count && isnan(series->columns[begin].before))
        begin++;
    for (size_t i = begin; i < series->count; i++) {
        double y = PLOT_HEIGHT - height_of(series, series->columns[i].before);
        buf_printf(out, "%c%.3f %.3f", i > begin ? 'L' : 'M', (double)i + 0.5, y);
    }
    buf_append(out, STR("\"/>"));
}

/* In a picture of its own that is stretched, for a line knows no percents; over columns of any
 * colour. */
static void append_before(struct buf *out, const struct svg_series *series)
{
    buf_append(out, STR("<svg"));
    append_place(out, "x", place_of(series, 0), "%");
    append_place(out, "width", 100 - place_of(series, 0), "%");
    buf_printf(out, " y=\"%d\" height=\"%d\" viewBox=\"0 0 %zu %d\" preserveAspectRatio=\"none\">",
               PLOT_TOP, PLOT_HEIGHT, series->count, PLOT_HEIGHT);
    append_path(out, series, "halo");
    append_path(out, series, "before");
    buf_append(out, STR("</svg>"));
}

static void append_label(struct buf *out, const struct svg_series *series, size_t i)
{
    bool is_last = i > 0 && i + 1 == series->count;
    const char *anchor = is_last ? "end" : "middle";
    double place = is_last ? 100 : place_of(series, (double)i + 0.5);
    buf_printf(out, "<text class=\"svg-note\" text-anchor=\"%s\" y=\"%d\"", anchor,
               PLOT_TOP + PLOT_HEIGHT + 18);
    append_place(out, "x", place, "%");
    buf_append_char(out, '>');
    buf_append_html(out, series->columns[i].label);
    buf_append(out, STR("</text>"));
}

static void append_mark(struct buf *out, const struct svg_series *series, size_t i)
{
    double x = place_of(series, (double)i);
    buf_append(out, STR("<line class=\"svg-mark\""));
    append_place(out, "x1", x, "%");
    append_place(out, "x2", x, "%");
    buf_printf(out, " y1=\"%d\" y2=\"%d\"/>", PLOT_TOP - 10, PLOT_TOP + PLOT_HEIGHT);
    buf_append(out, STR("<svg overflow=\"visible\""));
    append_place(out, "x", x, "%");
    buf_printf(out, " y=\"%d\"><path class=\"svg-flag\" d=\"M-6 -7H6L0 2z\"/></svg>",
               PLOT_TOP - 10);
}

void svg_append_series(struct buf *out, const struct svg_series *series)
{
    open_svg(out, "series", SERIES_HEIGHT, series->title);
    append_grid(out, series);
    for (size_t i = 0; i < series->count; i++)
        append_column(out, series, i);
    if (series->has_before)
        append_before(out, series);
    for (size_t i = 0; i < series->count; i++) {
        if (series->columns[i].label.len > 0)
            append_label(out, series, i);
        if (series->columns[i].is_marked)
            append_mark(out, series, i);
    }
    buf_append(out, STR("</svg>\n"));
}

double svg_round_up(double value)
{
    if (!(value > 1))
        return 1;
    double unit = pow(10, floor(log10(value)));
    static const double steps[] = {1, 1.5, 2, 2.5, 3, 4, 5, 6, 8};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        double number = steps[i] * unit;
        if (number >= value && number == floor(number))
            return number;
    }
    return 10 * unit;
}

/* --- small ones ----------------------------------------------------------------------------- */

void svg_append_interval(struct buf *out, double value, struct interval interval, double top)
{
    enum { WIDTH = 96, HEIGHT = 14, EDGE = 4 };
    double scale = top > 0 ? (WIDTH - 2 * EDGE) / top : 0;
    buf_printf(out,
               "<svg class=\"svg-interval\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
               "aria-hidden=\"true\">"
               "<line class=\"svg-grid\" x1=\"0\" x2=\"%d\" y1=\"7\" y2=\"7\"/><line "
               "class=\"svg-range\" y1=\"7\" y2=\"7\"",
               WIDTH, HEIGHT, WIDTH, HEIGHT, WIDTH);
    append_place(out, "x1", EDGE + interval.low * scale, "");
    append_place(out, "x2", EDGE + interval.high * scale, "");
    buf_append(out, STR("/><circle class=\"svg-b\" cy=\"7\" r=\"4\""));
    append_place(out, "cx", EDGE + value * scale, "");
    buf_append(out, STR("/></svg>"));
}

void svg_append_heat(struct buf *out, const struct svg_heat *heat)
{
    enum { ROW = 22, CELL = 19 };
    const double names = 10; /* percent */
    double step = (100 - names) / (double)heat->columns;
    uint64_t most = 1;
    for (size_t i = 0; i < heat->rows * heat->columns; i++)
        most = heat->values[i] > most ? heat->values[i] : most;
    open_svg(out, "heat", (int)heat->rows * ROW + 20, heat->title);
    for (size_t r = 0; r < heat->rows; r++) {
        buf_printf(out, "<text class=\"svg-note\" x=\"0\" y=\"%d\">", (int)r * ROW + 14);
        buf_append_html(out, heat->names[r]);
        buf_append(out, STR("</text>"));
        for (size_t c = 0; c < heat->columns; c++) {
            uint64_t value = heat->values[r * heat->columns + c];
            buf_printf(out, "<rect class=\"svg-cell\" y=\"%d\" height=\"%d\" rx=\"2\"",
                       (int)r * ROW, CELL);
            append_place(out, "x", names + (double)c * step, "%");
            append_place(out, "width", step * 0.9, "%");
            append_place(out, "fill-opacity",
                         value ? 0.12 + 0.88 * (double)value / (double)most : 0.04, "");
            buf_append(out, STR("><title>"));
            buf_append_html(out, heat->titles[r * heat->columns + c]);
            buf_append(out, STR("</title></rect>"));
        }
    }
    for (size_t c = 0; c < heat->columns; c++) {
        if (heat->labels[c].len == 0)
            continue;
        buf_printf(out, "<text class=\"svg-note\" y=\"%d\"", (int)heat->rows * ROW + 13);
        append_place(out, "x", names + (double)c * step, "%");
        buf_append_char(out, '>');
        buf_append_html(out, heat->labels[c]);
        buf_append(out, STR("</text>"));
    }
    buf_append(out, STR("</svg>\n"));
}
