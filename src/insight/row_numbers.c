/* Owns numbering rows on several threads. */
#include "insight/row_numbers.h"

#include "base/err.h"

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

int row_numbers_get(struct row_numbers *rows, struct row_memory *memory, const struct str *row,
                    struct row_known *out)
{
    uint64_t key = tuples_key(&rows->tuples, row);
    struct row_slot *slot = &memory->slots[(size_t)(key >> 32) & (ROW_MEMORY - 1)];
    if (slot->known.row && slot->key == key &&
        tuples_are_same(&rows->tuples, slot->known.row, row)) {
        *out = slot->known;
        return 0;
    }
    (void)pthread_mutex_lock(&rows->lock);
    int rc = tuples_number_keyed(&rows->tuples, key, row, &out->number);
    if (rc == 0)
        out->row = tuples_row(&rows->tuples, out->number);
    (void)pthread_mutex_unlock(&rows->lock);
    if (rc != 0)
        return rc;
    out->told = rows->tell ? rows->tell(rows->context, out->row) : UINT8_MAX;
    *slot = (struct row_slot){key, *out};
    return 0;
}

int row_numbers_merge(struct row_numbers *rows, uint32_t first, uint32_t second, uint32_t *number)
{
    struct str row[TUPLES_WIDTH_MAX];
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

const struct str *row_numbers_at(struct row_numbers *rows, uint32_t number)
{
    (void)pthread_mutex_lock(&rows->lock);
    const struct str *row = tuples_row(&rows->tuples, number);
    (void)pthread_mutex_unlock(&rows->lock);
    return row;
}
