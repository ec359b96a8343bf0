/* The parts of a report for a browser. */
#ifndef ATTIMO_CLI_REPORT_HTML_H
#define ATTIMO_CLI_REPORT_HTML_H

#include "cli/report_words.h"

/* The tables: pages (or whatever the rows are), channels and campaigns, calls to action, days. */
void report_html_rows(const struct report_print *print, struct buf *out);
void report_html_channels(const struct report_print *print, struct buf *out);
void report_html_campaigns(const struct report_print *print, struct buf *out);
void report_html_ctas(const struct report_print *print, struct buf *out);
void report_html_days(const struct report_print *print, struct buf *out);

/* Whether the table of calls to action has a row: not where all that was tapped are links. */
bool report_html_has_ctas(const struct report_answer *answer);

/* The pictures: funnel, days, hours. */
void report_html_funnel(const struct report_print *print, struct buf *out);
void report_html_series(const struct report_print *print, struct buf *out);
void report_html_hours(const struct report_print *print, struct buf *out);

#endif
