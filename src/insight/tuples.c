/* Owns rows of texts. */
#include "insight/tuples.h"

#include "base/err.h"
#include "insight/fingerprint.h"

#include <stdlib.h>

enum { ABSENT = 0x5bd1e995 };

struct row {
    uint64_t key;
    struct str *values; /* and behind them, in the same memory, their bytes */
};

static const struct str nothing[TUPLES_WIDTH_MAX];

void tuples_init(struct tuples *tuples, size_t width)
{
    *tuples = (struct tuples){.width = width, .table.pool.item_size = sizeof(struct row)};
}

void tuples_finish(struct tuples *tuples)
{
    for (uint32_t i = 1; i <= tuples->table.pool.last; i++) {
        struct row *row = table_at(&tuples->table, i);
        free(row->values);
    }
    table_finish(&tuples->table);
}

static bool is_same(struct str a, struct str b)
{
    return a.ptr && b.ptr ? str_eq(a, b) : a.ptr == b.ptr;
}

bool tuples_are_same(const struct tuples *tuples, const struct str *a, const struct str *b)
{
    for (size_t i = 0; i < tuples->width; i++)
        if (!is_same(a[i], b[i]))
            return false;
    return true;
}

static struct str *copy_row(const struct str *values, size_t width)
{
    size_t size = width * sizeof *values;
    for (size_t i = 0; i < width; i++)
        size += values[i].len + 1;
    struct str *copy = malloc(size);
    if (!copy)
        return NULL;
    char *at = (char *)(copy + width);
    for (size_t i = 0; i < width; i++) {
        copy[i] = str_make(values[i].ptr ? at : NULL, values[i].len);
        if (values[i].ptr)
            memcpy(at, values[i].ptr, values[i].len);
        at += values[i].len + 1; /* an empty text has an address of its own */
    }
    return copy;
}

uint64_t tuples_key(const struct tuples *tuples, const struct str *values)
{
    uint64_t key = 0;
    bool is_nothing = true;
    for (size_t i = 0; i < tuples->width; i++) {
        key = values[i].ptr ? fingerprint(values[i], key + 1) : fingerprint_fold(key + 1, ABSENT);
        is_nothing = is_nothing && !values[i].ptr;
    }
    return is_nothing ? 0 : key | (key == 0);
}

int tuples_number_keyed(struct tuples *tuples, uint64_t key, const struct str *values,
                        uint32_t *out)
{
    *out = 0;
    if (key == 0)
        return 0;
    for (;; key++) { /* two rows with one key: the second has the next key */
        bool added;
        *out = table_get(&tuples->table, key, &added);
        if (*out == 0)
            return ERR_NO_MEMORY;
        struct row *row = table_at(&tuples->table, *out);
        if (!row->values) {
            row->values = copy_row(values, tuples->width);
            return row->values ? 0 : ERR_NO_MEMORY;
        }
        if (tuples_are_same(tuples, row->values, values))
            return 0;
    }
}

int tuples_number(struct tuples *tuples, const struct str *values, uint32_t *out)
{
    return tuples_number_keyed(tuples, tuples_key(tuples, values), values, out);
}

const struct str *tuples_row(const struct tuples *tuples, uint32_t number)
{
    const struct row *row = number ? table_at(&tuples->table, number) : NULL;
    return row ? row->values : nothing;
}
