/* Figures as pictures: parts of an HTML document, inline SVG.
 *
 * Pictures take the width that is there while texts keep their size: places are in percent. Colours
 * are the document's, by class: `svg-a` and `svg-b` for what is told, `svg-before` (on `svg-halo`)
 * for the past, `svg-track` for the ground, `svg-mark` for marks, `svg-note` for small texts. */
#ifndef ATTIMO_INSIGHT_SVG_H
#define ATTIMO_INSIGHT_SVG_H

#include "base/buf.h"
#include "insight/statistics.h"

/* One bar of a funnel. Texts may hold anything; they are escaped. */
struct svg_step {
    struct str name;
    struct str count; /* as it is to be read */
    struct str note;  /* beside the name, small */
    double share;     /* of the widest, 0 to 1 */
    bool is_goal;
};
void svg_append_funnel(struct buf *out, struct str title, const struct svg_step *steps,
                       size_t count);

/* One column of a series: `part` of `whole`, and what was there before. */
struct svg_column {
    double whole;
    double part;
    double before;    /* NAN in the first columns: what was there is not known */
    struct str title; /* shown where one points at it */
    struct str label; /* below it; empty: none */
    bool is_marked;   /* by a line with a triangle */
};
struct svg_series {
    struct str title;
    const struct svg_column *columns;
    size_t count;
    bool has_before;
    struct str top; /* the text at the upper line, of the value `top_value` */
    struct str middle;
    double top_value; /* at least as high as every column */
};
void svg_append_series(struct buf *out, const struct svg_series *series);

/* A point within its interval, on a scale from 0 to `top`. */
void svg_append_interval(struct buf *out, double value, struct interval interval, double top);

/* Rows of cells, the darker the more. `names` and `labels` (of columns; empty: none) as texts;
 * `titles` has one for each cell, row by row. */
struct svg_heat {
    struct str title;
    const uint64_t *values; /* row by row */
    size_t rows;
    size_t columns;
    const struct str *names;
    const struct str *labels;
    const struct str *titles;
};
void svg_append_heat(struct buf *out, const struct svg_heat *heat);

/* The least round whole number (1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 25, 30, 40...) that is not below
 * `value`; for the lines of a scale. */
double svg_round_up(double value);

#endif
