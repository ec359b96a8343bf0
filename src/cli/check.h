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
    enum lang lang;
};

/* Whether findings in `file` are asked for. */
bool check_covers(const struct check *check, struct str file);

/* Diagnostics, table and sum; for people. */
void check_print_text(const struct check *check, FILE *out);

/* One JSON object; see docs/pages.md. */
void check_print_json(const struct check *check, FILE *out);

#endif
