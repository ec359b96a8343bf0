/* Bars on a terminal. */
#ifndef ATTIMO_CLI_BAR_H
#define ATTIMO_CLI_BAR_H

#include "base/buf.h"

/* Appends a bar that is `eighths` of a cell long; returns how many columns it takes. */
unsigned bar_append(struct buf *out, unsigned eighths);

#endif
