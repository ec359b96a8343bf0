/* Cells as spreadsheets read them. */
#ifndef ATTIMO_CLI_CSV_H
#define ATTIMO_CLI_CSV_H

#include "base/buf.h"

/* Appends a cell (RFC 4180), in quotes where it needs them. A text that a spreadsheet would take
 * for a formula (= + - @, tab, CR at its start) gets an apostrophe before it: visitors choose such
 * texts, in the query of a link. */
void csv_append_cell(struct buf *out, struct str text);

/* Likewise, with control characters made visible: answers are looked at on terminals, too. */
void csv_append_visible(struct buf *out, struct str text);

#endif
