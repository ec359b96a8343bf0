/* The table of an event's keys that writing and reading share. Private to event.c and its kin. */
#ifndef ATTIMO_JOURNAL_EVENT_KEYS_H
#define ATTIMO_JOURNAL_EVENT_KEYS_H

#include "journal/event.h"

enum event_kind {
    EVENT_KIND_identity,
    EVENT_KIND_text,
    EVENT_KIND_utm,
    EVENT_KIND_count,
    EVENT_KIND_number,
    EVENT_KIND_flag,
};

/* Where a key stands in the table: EVENT_INDEX_page. */
enum {
#define EVENT_INDEX(kind, name) EVENT_INDEX_##name,
    EVENT_KEYS(EVENT_INDEX)
#undef EVENT_INDEX
        EVENT_KEY_COUNT,
};

enum {
    EVENT_KEY_ROOM = 24,
    EVENT_TAIL_LEN = 18, /* ,"crc":"00000000"} */
};

struct event_key {
    char text[EVENT_KEY_ROOM]; /* what stands before the value, padded with NULs: `,"pv":"` */
    unsigned char len;
    unsigned char kind;
    unsigned short offset; /* in struct event */
};

extern const struct event_key event_keys[EVENT_KEY_COUNT];

static inline void *event_member(const struct event *event, const struct event_key *key)
{
    return (char *)(uintptr_t)event + key->offset;
}

#endif
