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
    uint8_t (*tell)(const void *context, const struct str *row);
    const void *context;
};

void row_numbers_init(struct row_numbers *rows, size_t width);
void row_numbers_finish(struct row_numbers *rows);

/* What a row is known as. */
struct row_known {
    const struct str *row; /* the copy that is kept: it stays where it is */
    uint32_t number;
    uint8_t told; /* all bits where there is nobody to tell */
};

/* What one thread remembers of rows, so that it needs the lock only for new ones. A zeroed struct
 * remembers none. */
enum { ROW_MEMORY = 1024 };
struct row_memory {
    struct row_slot {
        uint64_t key;
        struct row_known known; /* `row` NULL: nothing is remembered */
    } slots[ROW_MEMORY];
};

/* Finds a row, of which a copy is kept if it is new; the one without any value has the number 0.
 * ERR_NO_MEMORY. */
int row_numbers_get(struct row_numbers *rows, struct row_memory *memory, const struct str *row,
                    struct row_known *out);

/* The number of the row that is `first` with its gaps filled from `second`. ERR_NO_MEMORY. */
int row_numbers_merge(struct row_numbers *rows, uint32_t first, uint32_t second, uint32_t *number);

/* The row under a number. */
const struct str *row_numbers_at(struct row_numbers *rows, uint32_t number);

#endif
