/* Tables of pages: at the start of `attimo serve`, and at the end of `attimo check`. */
#ifndef ATTIMO_CLI_PAGE_TABLE_H
#define ATTIMO_CLI_PAGE_TABLE_H

#include "base/diag.h"
#include "site/site.h"

#include <stdio.h>

enum page_column { PAGE_COLUMN_SAVED, PAGE_COLUMN_GOAL };

struct page_row {
    struct str url;
    struct str goal;
    unsigned saved;     /* by compression, in per cent */
    size_t wire;        /* bytes; 0: nothing is sent */
    enum severity mark; /* how bad `note` is */
    struct str note;    /* empty: nothing to say */
};

struct page_table {
    const struct page_row *rows;
    size_t count;
    enum page_column column; /* between the page and its size (goal), or behind that (saved) */
    enum lang lang;
};

/* Prints each row with its size on the wire and its share of the first flight, in aligned columns;
 * in colour where `out` is a terminal that has any (screen_has_colour). */
void page_table_print(const struct page_table *table, FILE *out);

/* The same of all pages and assets of a site, and their number. */
void page_table_print_site(const struct site *site, enum lang lang, FILE *out);

#endif
