/* Rows of texts, each row kept once under a small number: the values that events have in common. */
#ifndef ATTIMO_INSIGHT_TUPLES_H
#define ATTIMO_INSIGHT_TUPLES_H

#include "base/str.h"
#include "insight/pool.h"

/* Number 0 is the row without any value. */
struct tuples {
    size_t width;
    struct table table;
};

void tuples_init(struct tuples *tuples, size_t width);
void tuples_finish(struct tuples *tuples);

/* The number of the row `values`, of which a copy is kept; a text with `ptr` NULL is absent, which
 * differs from empty. ERR_NO_MEMORY. */
int tuples_number(struct tuples *tuples, const struct str *values, uint32_t *out);

/* The row under a number; valid until tuples_finish. */
const struct str *tuples_row(const struct tuples *tuples, uint32_t number);

#endif
