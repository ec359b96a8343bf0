/* One page view while its events come: its columns, packed into one piece of memory. */
#ifndef ATTIMO_INSIGHT_FLAT_ROW_H
#define ATTIMO_INSIGHT_FLAT_ROW_H

#include "insight/flat.h"

struct flat_row {
    struct flat_row *next;
    uint64_t visit; /* key; 0: an event that knows no page view */
    int64_t first_ms;
    int64_t ms;     /* of the view, else of `seen`, else of the first event */
    unsigned flags; /* enum visit_flag */
    uint8_t rank;   /* of the event that has filled the columns */
    bool has_view : 1;
    bool is_engaged : 1;
    bool has_left : 1;
    uint32_t clicks;
    uint32_t returns;
    uint64_t document; /* of the last summary, and its number there */
    uint64_t summary;
    char *texts; /* columns that are no counts, one behind the other */
};

/* A row without any event. NULL: out of memory. */
struct flat_row *flat_row_create(const struct entry *entry);
void flat_row_destroy(struct flat_row *row);

/* Takes in an event of the page view. ERR_NO_MEMORY. */
int flat_row_add(struct flat_row *row, const struct entry *entry);

/* All columns; valid as long as the row and `scratch`, which is emptied first. */
int flat_row_values(const struct flat_row *row, struct str values[FLAT_COLUMNS],
                    struct buf *scratch);

#endif
