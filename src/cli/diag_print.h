/* Diagnostics as their author reads them on a terminal. */
#ifndef ATTIMO_CLI_DIAG_PRINT_H
#define ATTIMO_CLI_DIAG_PRINT_H

#include "base/diag.h"

#include <stdio.h>

struct diag_look {
    enum lang lang;
    bool colour;
    bool reasons;       /* why it matters and what to do, on lines of their own */
    const char *folder; /* what files are relative to, as its user calls it; or NULL */
};

/* Prints "pages/x.md:7: errore: titolo: ..." and, where asked for, the two lines below it. */
void diag_print(const struct diag *d, const struct diag_look *look, FILE *out);

/* Prints each of a list on a line of its own, to standard error. */
void diag_print_all(const struct diags *list, enum lang lang);

/* What is to be said of a finding: its own words, else what holds for its rule. May be NULL. */
const char *diag_why(const struct diag *d, enum lang lang);
const char *diag_fix(const struct diag *d, enum lang lang);

#endif
