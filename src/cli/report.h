/* What `attimo report` prints, in its forms. */
#ifndef ATTIMO_CLI_REPORT_H
#define ATTIMO_CLI_REPORT_H

#include "base/lang.h"
#include "cli/report_site.h"
#include "insight/report.h"

struct report_print {
    const struct report_query *query;
    const struct report_answer *answer;
    const struct report_site *site;
    struct str zone; /* its name */
    enum lang lang;
    bool colour;
    size_t columns;    /* of the terminal; 0: it goes elsewhere */
    int64_t first_day; /* of the period, since 1970 */
    int64_t last_day;
    bool has_before;    /* there is a period before it */
    bool compares_rows; /* and what rows have of it can be compared */
};

/* For people: a table, channels, what to tell the client, what is left out. */
void report_print_text(const struct report_print *print, struct buf *out);

/* Five lines to paste into a chat. */
void report_print_brief(const struct report_print *print, struct buf *out);

/* For programs; docs/report.md has the keys. They are only ever added. */
void report_print_json(const struct report_print *print, struct buf *out);

/* For spreadsheets (RFC 4180): a line for each row. */
void report_print_csv(const struct report_print *print, struct buf *out);

/* One file for a browser, which asks nobody for anything more. */
void report_print_html(const struct report_print *print, struct buf *out);

#endif
