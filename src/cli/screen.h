/* The terminal that results are read on: its colours, its width, and texts brought to that. */
#ifndef ATTIMO_CLI_SCREEN_H
#define ATTIMO_CLI_SCREEN_H

#include "base/buf.h"

/* Whether `fd` is a terminal that shows colours and whose user wants them: TERM is not "dumb", and
 * NO_COLOR is not set (no-color.org). */
bool screen_has_colour(int fd);

/* How many columns the terminal has that `fd` is; 0: it is none, or does not say. */
size_t screen_columns(int fd);

/* Appends lines, those of more than `columns` columns broken between words, with what goes on set
 * in below the first. Sequences that set colours take no column. 0 columns: as they are. */
void screen_append(struct buf *out, struct str lines, size_t columns);

#endif
