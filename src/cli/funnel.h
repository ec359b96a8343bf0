/* What `attimo funnel` prints, in its three forms. */
#ifndef ATTIMO_CLI_FUNNEL_H
#define ATTIMO_CLI_FUNNEL_H

#include "base/buf.h"
#include "base/lang.h"
#include "insight/funnel.h"

struct funnel_print {
    const struct funnel_query *query;
    const struct funnel_answer *answer;
    struct str zone; /* its name */
    enum lang lang;
    bool colour;
};

/* For people: bars, losses between steps, intervals, groups, coverage, what is left out. */
void funnel_print_text(const struct funnel_print *print, struct buf *out);

/* For programs; docs/funnel.md has the keys. They are only ever added. */
void funnel_print_json(const struct funnel_print *print, struct buf *out);

/* For spreadsheets (RFC 4180): a line for each step of each group. */
void funnel_print_csv(const struct funnel_print *print, struct buf *out);

#endif
