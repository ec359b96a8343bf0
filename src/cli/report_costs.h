/* What campaigns have cost, as a spreadsheet has it: utm_campaign,from,to,eur. */
#ifndef ATTIMO_CLI_REPORT_COSTS_H
#define ATTIMO_CLI_REPORT_COSTS_H

#include "base/diag.h"
#include "insight/report.h"

struct cost_table {
    struct buf bytes;
    struct report_cost *items;
    size_t count;
};

/* Reads a file of RFC 4180, or with semicolons, decimal commas and days as 20/11/2026, as
 * spreadsheets in Italy write it; the first line names the columns. What is wrong, or could be read
 * in two ways, is added to `diags`; ERR_INVALID then.
 * ERR_NOT_FOUND...: it cannot be read. cost_table_finish in every case. */
int cost_table_read(struct cost_table *out, const char *path, struct diags *diags);
void cost_table_finish(struct cost_table *table);

#endif
