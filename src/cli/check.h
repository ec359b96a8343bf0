/* What `attimo check` has found in one folder, and the two forms that it is told in. */
#ifndef ATTIMO_CLI_CHECK_H
#define ATTIMO_CLI_CHECK_H

#include "cli/folder.h"
#include "server/kept.h"

#include <stdio.h>

/* One page file of the folder. */
struct checked_page {
    const struct loaded_file *file;
    const struct compiled *compiled;
    size_t errors;
    size_t warnings;
    struct str live; /* with errors: the version that a server goes on serving; empty: none known */
};

struct check {
    const struct folder *folder;
    const char *name;        /* the folder, as its user calls it */
    const char *const *only; /* files and folders below it; "": all */
    size_t only_count;
    struct kept_list kept;
    struct checked_page *pages;
    size_t count;
    const char *broken; /* what all pages are published with, and has errors; NULL: nothing has */
    enum lang lang;
};

/* Whether it is to be told: what was found in the files that are asked for, and errors in what all
 * pages are published with. */
bool check_tells(const struct check *check, const struct diag *finding);

/* Diagnostics, table and sum; for people. */
void check_print_text(const struct check *check, FILE *out);

/* One JSON object; see docs/pages.md. */
void check_print_json(const struct check *check, FILE *out);

#endif
