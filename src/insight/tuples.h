/* Rows of texts, each row kept once under a small number: the values that events have in common. */
#ifndef ATTIMO_INSIGHT_TUPLES_H
#define ATTIMO_INSIGHT_TUPLES_H

#include "base/str.h"
#include "insight/pool.h"

/* So many texts a row may have. */
enum { TUPLES_WIDTH_MAX = 64 };

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

/* The same in two steps, for whoever remembers rows himself: a row's key, 0 for the one without any
 * value; and the number of a row with that key. */
uint64_t tuples_key(const struct tuples *tuples, const struct str *values);
int tuples_number_keyed(struct tuples *tuples, uint64_t key, const struct str *values,
                        uint32_t *out);
bool tuples_are_same(const struct tuples *tuples, const struct str *a, const struct str *b);

/* The row under a number; valid until tuples_finish. */
const struct str *tuples_row(const struct tuples *tuples, uint32_t number);

#endif
