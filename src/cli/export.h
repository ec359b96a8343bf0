/* The forms in which `attimo export` writes rows. */
#ifndef ATTIMO_CLI_EXPORT_H
#define ATTIMO_CLI_EXPORT_H

#include "base/buf.h"
#include "insight/entry.h"

struct export_table {
    const struct column *columns;
    size_t count;
};

/* RFC 4180: the columns' names; then cells. What is not there is an empty cell. Texts that a
 * spreadsheet would take for a formula are defused (csv.h); numbers stay numbers. */
void export_csv_head(const struct export_table *table, struct buf *out);
void export_csv_row(const struct export_table *table, const struct str *values, struct buf *out);

/* One JSON object and a line end; what is not there is left out. */
void export_json_row(const struct export_table *table, const struct str *values, struct buf *out);

#endif
