/* Rows of texts that several threads number at the same time: the values that events have in
 * common, each row kept once under a small number. */
#ifndef ATTIMO_INSIGHT_ROW_NUMBERS_H
#define ATTIMO_INSIGHT_ROW_NUMBERS_H

#include "insight/tuples.h"

#include <pthread.h>

struct row_numbers {
    pthread_mutex_t lock;
    struct tuples tuples;
    /* What is worth knowing of a row: always the same, on any thread. May be NULL. */
    bool (*tell)(const void *context, const struct str *row);
    const void *context;
};

void row_numbers_init(struct row_numbers *rows, size_t width);
void row_numbers_finish(struct row_numbers *rows);

/* What one thread remembers of rows, so that it needs the lock only for new ones. A zeroed struct
 * remembers none. */
enum { ROW_MEMORY = 1024 };
struct row_memory {
    struct {
        uint64_t key;
        const struct str *row;
        uint32_t number; /* 0: free */
        bool told;
    } slots[ROW_MEMORY];
};

/* The number of a row, of which a copy is kept; the row without any value is 0. `told` (or NULL) is
 * what is told of it. ERR_NO_MEMORY. */
int row_numbers_get(struct row_numbers *rows, struct row_memory *memory, const struct str *row,
                    uint32_t *number, bool *told);

/* The number of the row that is `first` with its gaps filled from `second`. ERR_NO_MEMORY. */
int row_numbers_merge(struct row_numbers *rows, uint32_t first, uint32_t second, uint32_t *number);

/* The row under a number. Not to be called while others may be numbering. */
const struct str *row_numbers_at(const struct row_numbers *rows, uint32_t number);

#endif
