/* Owns numbering rows on several threads. */
#include "insight/row_numbers.h"

#include "base/err.h"

enum { WIDTH_MAX = 64 };

void row_numbers_init(struct row_numbers *rows, size_t width)
{
    *rows = (struct row_numbers){0};
    (void)pthread_mutex_init(&rows->lock, NULL);
    tuples_init(&rows->tuples, width);
}

void row_numbers_finish(struct row_numbers *rows)
{
    tuples_finish(&rows->tuples);
    (void)pthread_mutex_destroy(&rows->lock);
}

static bool tell(const struct row_numbers *rows, const struct str *row)
{
    return !rows->tell || rows->tell(rows->context, row);
}

/* The row stays where it is for good, so that it can be remembered. */
static int number_new(struct row_numbers *rows, uint64_t key, const struct str *row,
                      const struct str **kept, uint32_t *number)
{
    (void)pthread_mutex_lock(&rows->lock);
    int rc = tuples_number_keyed(&rows->tuples, key, row, number);
    *kept = rc == 0 ? tuples_row(&rows->tuples, *number) : NULL;
    (void)pthread_mutex_unlock(&rows->lock);
    return rc;
}

int row_numbers_get(struct row_numbers *rows, struct row_memory *memory, const struct str *row,
                    uint32_t *number, bool *told)
{
    uint64_t key = tuples_key(&rows->tuples, row);
    size_t slot = (size_t)(key >> 32) & (ROW_MEMORY - 1);
    if (key == 0) {
        *number = 0;
        if (told)
            *told = tell(rows, row);
        return 0;
    }
    if (memory->slots[slot].number == 0 || memory->slots[slot].key != key ||
        !tuples_are_same(&rows->tuples, memory->slots[slot].row, row)) {
        const struct str *kept;
        int rc = number_new(rows, key, row, &kept, number);
        if (rc != 0)
            return rc;
        memory->slots[slot].key = key;
        memory->slots[slot].row = kept;
        memory->slots[slot].number = *number;
        memory->slots[slot].told = tell(rows, row);
    }
    *number = memory->slots[slot].number;
    if (told)
        *told = memory->slots[slot].told;
    return 0;
}

int row_numbers_merge(struct row_numbers *rows, uint32_t first, uint32_t second, uint32_t *number)
{
    struct str row[WIDTH_MAX];
    (void)pthread_mutex_lock(&rows->lock);
    for (size_t i = 0; i < rows->tuples.width; i++) {
        row[i] = tuples_row(&rows->tuples, first)[i];
        if (!row[i].ptr)
            row[i] = tuples_row(&rows->tuples, second)[i];
    }
    int rc = tuples_number(&rows->tuples, row, number);
    (void)pthread_mutex_unlock(&rows->lock);
    return rc;
}

const struct str *row_numbers_at(const struct row_numbers *rows, uint32_t number)
{
    return tuples_row(&rows->tuples, number);
}
