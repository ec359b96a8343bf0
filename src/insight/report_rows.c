/* Owns the rows of a table. */
#include "insight/report_rows.h"

#include "base/err.h"

#include <math.h>
#include <stdlib.h>

void rows_init(struct rows *rows, size_t width)
{
    *rows = (struct rows){0};
    tuples_init(&rows->values, width);
}

void rows_finish(struct rows *rows)
{
    for (size_t i = 0; i < rows->room; i++)
        for (size_t m = 0; m < MEASURE_COUNT; m++)
            spread_finish(&rows->measured[i][m]);
    free(rows->measured);
    free(rows->items);
    tuples_finish(&rows->values);
}

static int make_room(struct rows *rows, size_t count)
{
    if (count <= rows->room)
        return 0;
    size_t room = count * 2 > 16 ? count * 2 : 16;
    struct report_row *items = realloc(rows->items, room * sizeof *items);
    if (!items)
        return ERR_NO_MEMORY;
    rows->items = items;
    void *measured = realloc(rows->measured, room * sizeof *rows->measured);
    if (!measured)
        return ERR_NO_MEMORY;
    rows->measured = measured;
    memset(rows->measured + rows->room, 0, (room - rows->room) * sizeof *rows->measured);
    rows->room = room;
    return 0;
}

int rows_find(struct rows *rows, const struct str *values, uint32_t *out)
{
    int rc = tuples_number(&rows->values, values, out);
    if (rc == 0)
        rc = make_room(rows, (size_t)*out + 1);
    for (; rc == 0 && rows->count <= *out; rows->count++)
        rows->items[rows->count] = (struct report_row){
            .by = tuples_row(&rows->values, (uint32_t)rows->count),
            .value = NAN,
            .cost = NAN,
        };
    return rc;
}

/* In what a measure is counted: so many make one of the event's. */
static const double units[MEASURE_COUNT] = {
    [MEASURE_ENGAGED_MS] = 0.01, [MEASURE_TTFB] = 1,   [MEASURE_LCP] = 1,
    [MEASURE_INP] = 1,           [MEASURE_CLS] = 1000,
};

static uint32_t in_units(float value, enum report_measure measure)
{
    double units_of = (double)value * units[measure] + 0.5;
    return units_of < UINT32_MAX ? (uint32_t)units_of : UINT32_MAX;
}

int rows_measure(struct rows *rows, uint32_t row, const struct visit_figures *figures)
{
    int rc = 0;
    for (size_t m = 0; rc == 0 && m < MEASURE_COUNT; m++)
        if (m != MEASURE_SCROLL && !isnan(figures->values[m]))
            rc = spread_add(&rows->measured[row][m],
                            in_units(figures->values[m], (enum report_measure)m));
    return rc;
}

/* --- rows of several parts ------------------------------------------------------------------ */

void rows_add_counts(struct report_counts *to, const struct report_counts *counts)
{
    to->view += counts->view;
    to->seen += counts->seen;
    to->engaged += counts->engaged;
    to->goal += counts->goal;
}

void rows_add(struct report_row *to, const struct report_row *row)
{
    rows_add_counts(&to->now, &row->now);
    rows_add_counts(&to->before, &row->before);
    to->taps += row->taps;
    to->left += row->left;
    to->measured += row->measured;
    if (!isnan(row->value))
        to->value = row->value + (isnan(to->value) ? 0 : to->value);
}

int rows_take(struct rows *rows, struct rows *from, uint32_t **numbers)
{
    int rc = 0;
    *numbers = calloc(from->count + 1, sizeof **numbers);
    if (!*numbers)
        return ERR_NO_MEMORY;
    for (size_t i = 0; rc == 0 && i < from->count; i++) {
        uint32_t *number = &(*numbers)[i];
        rc = rows_find(rows, from->items[i].by, number);
        if (rc == 0)
            rows_add(&rows->items[*number], &from->items[i]);
        for (size_t m = 0; rc == 0 && m < MEASURE_COUNT; m++)
            rc = spread_take(&rows->measured[*number][m], &from->measured[i][m]);
    }
    return rc;
}

/* --- quantiles ------------------------------------------------------------------------------ */

static const struct {
    enum report_measure measure;
    enum report_vital vital;
} vitals[] = {
    {MEASURE_TTFB, VITAL_TTFB},
    {MEASURE_LCP, VITAL_LCP},
    {MEASURE_INP, VITAL_INP},
    {MEASURE_CLS, VITAL_CLS},
};

static void tell(struct report_row *row, enum report_measure measure, struct spread *spread)
{
    double q = measure == MEASURE_ENGAGED_MS ? 0.5 : 0.75;
    double value = spread_quantile(spread, q) / units[measure];
    if (measure == MEASURE_ENGAGED_MS)
        row->engaged_s = value / 1000;
    for (size_t i = 0; i < sizeof vitals / sizeof *vitals; i++)
        if (vitals[i].measure == measure)
            row->vitals[vitals[i].vital] = value;
}

static int tell_measure(struct rows *rows, enum report_measure measure, struct report_row *total)
{
    struct spread all = {0};
    int rc = 0;
    for (size_t i = 0; i < rows->count; i++)
        tell(&rows->items[i], measure, &rows->measured[i][measure]);
    for (size_t i = 0; total && rc == 0 && i < rows->count; i++)
        rc = spread_take(&all, &rows->measured[i][measure]);
    if (total)
        tell(total, measure, &all);
    spread_finish(&all);
    return rc;
}

int rows_tell_quantiles(struct rows *rows, struct report_row *total)
{
    int rc = 0;
    for (int m = 0; rc == 0 && m < MEASURE_COUNT; m++)
        if (m != MEASURE_SCROLL)
            rc = tell_measure(rows, (enum report_measure)m, total);
    return rc;
}

/* --- order ---------------------------------------------------------------------------------- */

struct sorting {
    bool by_value;
    size_t width;
};

static int by_seen(const struct report_row *a, const struct report_row *b)
{
    if (a->now.seen != b->now.seen)
        return a->now.seen > b->now.seen ? -1 : 1;
    if (a->now.view != b->now.view)
        return a->now.view > b->now.view ? -1 : 1;
    return 0;
}

static int compare(const void *left, const void *right, void *context)
{
    const struct sorting *sorting = context;
    const struct report_row *a = left;
    const struct report_row *b = right;
    int order = sorting->by_value ? 0 : by_seen(a, b);
    for (size_t i = 0; order == 0 && i < sorting->width; i++) {
        order = (a->by[i].ptr != NULL) - (b->by[i].ptr != NULL);
        if (order == 0)
            order = str_cmp(a->by[i], b->by[i]);
    }
    return order;
}

struct report_rows rows_sort(struct rows *rows, bool by_value)
{
    struct sorting sorting = {by_value, rows->values.width};
    size_t kept = 0;
    for (size_t i = 0; i < rows->count; i++)
        if (rows->items[i].now.view > 0 || rows->items[i].now.seen > 0)
            rows->items[kept++] = rows->items[i];
    if (kept > 1)
        qsort_r(rows->items, kept, sizeof *rows->items, compare, &sorting);
    return (struct report_rows){rows->items, kept};
}
