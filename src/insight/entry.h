/* One event of a journal with all that its line says: what exports are made from. */
#ifndef ATTIMO_INSIGHT_ENTRY_H
#define ATTIMO_INSIGHT_ENTRY_H

#include "insight/line.h"
#include "journal/event.h"

/* The keys of an event in the order of docs/events.md, the checksum aside. */
enum entry_key {
    ENTRY_v,
    ENTRY_seq,
    ENTRY_id,
    ENTRY_ts,
#define ENTRY_KEY(kind, name) ENTRY_##name,
    EVENT_KEYS(ENTRY_KEY)
#undef ENTRY_KEY
        ENTRY_KEYS,
};

/* What stands in a column of a table: whatever somebody chose, or a number or a flag, which are
 * written as the server wrote them. */
enum column_kind { COLUMN_TEXT, COLUMN_NUMBER, COLUMN_FLAG };

struct column {
    struct str name;
    enum column_kind kind;
};

extern const struct column entry_columns[ENTRY_KEYS];

struct entry {
    struct str line; /* as it stands, without its end */
    int64_t ms;
    struct str values[ENTRY_KEYS]; /* as line_read gives them */
};

/* What entry_quick.c looks at first: the first eight bytes of each key as a line has it, and which
 * of them count. */
struct entry_quick {
    uint64_t first[ENTRY_KEYS];
    uint64_t mask[ENTRY_KEYS];
};

struct entry_reader {
    struct line_keys keys;
    struct entry_quick quick;
    struct buf scratch;
};

void entry_reader_init(struct entry_reader *reader);
void entry_reader_finish(struct entry_reader *reader);

/* Reads a line; the entry is valid until the next one is read and as long as `line`. Where what is
 * left of another line stands before it, the intact part is read. Returns whether there is an
 * event. `*damage`: NULL, or what is wrong. */
bool entry_read(struct entry_reader *reader, struct str line, struct entry *out,
                const struct text **damage);

#endif
