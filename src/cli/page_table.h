/* The table of pages that `attimo serve` prints at start. */
#ifndef ATTIMO_CLI_PAGE_TABLE_H
#define ATTIMO_CLI_PAGE_TABLE_H

#include "cli/options.h"

#include <stdio.h>

/* QUIC's first flight (RFC 9002 7.2: ten packets of 1 200 bytes): what fits is there after one
 * round trip. */
enum { FIRST_FLIGHT_BYTES = 12000 };

/* Prints each page and asset with its size on the wire, what compression saved, and its share of
 * the first flight, in aligned columns; in colour when `out` is a terminal and NO_COLOR is not set.
 */
void page_table_print(const struct site *site, enum lang lang, FILE *out);

#endif
