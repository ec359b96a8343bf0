/* One line of a journal, read for a few keys only.
 *
 * A question needs some ten of an event's fifty keys, of every line. So this knows nothing of what
 * an event is: it walks over a flat JSON object once and hands out the wanted values as slices. */
#ifndef ATTIMO_INSIGHT_LINE_H
#define ATTIMO_INSIGHT_LINE_H

#include "base/buf.h"
#include "base/lang.h"

enum { LINE_KEYS_MAX = 64 };

/* The keys that are wanted. A zeroed struct wants none. */
struct line_keys {
    struct str names[LINE_KEYS_MAX]; /* the caller's */
    size_t count;
    uint8_t slots[256]; /* by hash: 1 + an index into `names`; 0: none */
    uint64_t apart;     /* bits of those that differ from line to line; see line_guess_read */
};

/* Wants the key `name` (again: the same number) and tells its number, or ERR_LIMIT. */
int line_keys_add(struct line_keys *keys, struct str name);

/* The number of a wanted key, or -1. */
int line_keys_find(const struct line_keys *keys, struct str name);

/* Reads the object that is all of `line` (spaces around it are allowed). `values` has an element
 * for each key: text without its quotes, numbers and booleans as they stand, `ptr` NULL where the
 * key is absent, null, a list or an object. Of a key that comes twice the last counts. Slices point
 * into `line`, or into `scratch` where text was escaped; that one is emptied first.
 *
 * Returns NULL, or why this is no event line. */
const struct text *line_read(const struct line_keys *keys, struct str line, struct str *values,
                             struct buf *scratch);

/* Whether a flag, or a text that works as one, is there. */
static inline bool line_is_set(struct str value)
{
    return value.ptr && value.len > 0 && !str_eq(value, STR("false"));
}

/* What else keeps a line from being an event, for whoever looks at the values. */
extern const struct text line_wrong_checksum;
extern const struct text line_without_event;
extern const struct text line_without_time;

/* Where a number or a word ends that begins at `at`. */
const char *line_bare_end(const char *at, const char *end);

/* Whether that is a value; null becomes `ptr` NULL. */
bool line_bare_value(struct str *bare);

/* Milliseconds since 1970 of an RFC 3339 time ("2026-11-20T10:00:00.250Z"). ERR_INVALID. */
int line_time(struct str text, int64_t *ms);

#endif
