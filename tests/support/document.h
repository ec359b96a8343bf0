/* The documents below docs/, as tests read them that hold them to the program. */
#ifndef ATTIMO_TESTS_DOCUMENT_H
#define ATTIMO_TESTS_DOCUMENT_H

#include "base/buf.h"

/* What stands in a document below `## heading`, up to the next of these: a view of it. There must
 * be one. */
struct str document_section(struct str document, const char *heading);

/* Appends a line for each word in back quotes in the first column of the tables that begin with
 * `head`, say "| key |". */
void document_names(struct str section, const char *head, struct buf *names);

/* Whether one of the lines is `name`. */
bool document_lists(struct str names, struct str name);

#endif
