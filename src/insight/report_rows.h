/* The rows of a report's table while it is counted: one for each combination of values. */
#ifndef ATTIMO_INSIGHT_REPORT_ROWS_H
#define ATTIMO_INSIGHT_REPORT_ROWS_H

#include "insight/report_keys.h"
#include "insight/spread.h"
#include "insight/tuples.h"

/* The figures of which quantiles are told: those of enum report_measure, without the scrolling. */
struct rows {
    struct tuples values;
    struct report_row *items; /* by number in `values` */
    struct spread (*measured)[MEASURE_COUNT];
    size_t count;
    size_t room;
};

void rows_init(struct rows *rows, size_t width);
void rows_finish(struct rows *rows);

/* The number of the row with these values. ERR_NO_MEMORY. */
int rows_find(struct rows *rows, const struct str *values, uint32_t *out);

/* Counts what a phone measured for the row's quantiles: attention in tenths of a second, shifts in
 * thousandths, all else in milliseconds. ERR_NO_MEMORY. */
int rows_measure(struct rows *rows, uint32_t row, const struct visit_figures *figures);

/* Adds up counts, values and taps. */
void rows_add_counts(struct report_counts *to, const struct report_counts *counts);
void rows_add(struct report_row *to, const struct report_row *row);

/* Adds all that is in `from`, which loses its measurements, and tells the numbers that its rows
 * have here; the caller frees them. ERR_NO_MEMORY. */
int rows_take(struct rows *rows, struct rows *from, uint32_t **numbers);

/* Sets the rows' quantiles, and with `total` those of all rows together, whose measurements are
 * then lost. ERR_NO_MEMORY. */
int rows_tell_quantiles(struct rows *rows, struct report_row *total);

/* Leaves the rows that have a page view, most seen first; or by their values. Numbers of rows mean
 * nothing afterwards. */
struct report_rows rows_sort(struct rows *rows, bool by_value);

#endif
