/* Owns reading events back. Lines are ours and intact, so one pass over the bytes is enough: keys
 * come in the order of the table, and no search runs beyond a line, because it ends in quotes. */
#include "journal/event.h"

#include "base/err.h"
#include "journal/event_keys.h"
#include "journal/json_text.h"
#include "journal/timestamp.h"

#include <assert.h>

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the first byte is the lowest");

enum { VECTOR = 16, HALF = 8, DIGITS_MAX = 18 };

typedef unsigned char vector __attribute__((vector_size(VECTOR)));

struct cursor {
    const char *at;
    const char *end; /* of the body: EVENT_TAIL_LEN bytes follow */
    char *scratch;   /* where the next unescaped text goes */
};

/* The first quote, backslash or control character from `at` on, at most just behind the body, where
 * the tail has a quote. The tail is also why VECTOR bytes can always be read. */
static const char *find_special(const char *at)
{
    for (;; at += VECTOR) {
        vector bytes;
        memcpy(&bytes, at, VECTOR);
        vector found = (vector)((bytes == '"') | (bytes == '\\') | (bytes < ' '));
        uint64_t half[2];
        memcpy(half, &found, sizeof half);
        if (half[0])
            return at + __builtin_ctzll(half[0]) / 8;
        if (half[1])
            return at + HALF + __builtin_ctzll(half[1]) / 8;
    }
}

/* Takes a string, behind its first quote, through its last. */
static bool take_text(struct cursor *c, struct str *out)
{
    const char *start = c->at;
    if (start > c->end)
        return false;
    const char *stop = find_special(start);
    bool escaped = false;
    while (stop < c->end && *stop == '\\') {
        escaped = true;
        if (stop + 2 > c->end)
            return false;
        stop = find_special(stop + 2);
    }
    if (stop >= c->end || *stop != '"')
        return false;
    c->at = stop + 1;
    *out = str_make(start, (size_t)(stop - start));
    if (!escaped)
        return true;
    ptrdiff_t len = json_text_unescape(c->scratch, *out);
    if (len < 0)
        return false;
    *out = str_make(c->scratch, (size_t)len);
    c->scratch += len;
    return true;
}

/* Digits, without zeros before them, that cannot wrap. */
static bool take_digits(struct cursor *c, uint64_t *out)
{
    const char *start = c->at;
    uint64_t number = 0;
    for (; (unsigned char)(*c->at - '0') < 10; c->at++) {
        if (c->at - start == DIGITS_MAX)
            return false;
        number = number * 10 + (uint64_t)(*c->at - '0');
    }
    *out = number;
    return c->at > start && (*start != '0' || c->at == start + 1);
}

static bool take_number(struct cursor *c, bool thousandths, struct event_number *out)
{
    bool negative = *c->at == '-';
    uint64_t size;
    c->at += negative;
    if (!take_digits(c, &size))
        return false;
    if (thousandths) {
        if (size > EVENT_NUMBER_MAX / 1000)
            return false;
        size *= 1000;
        if (*c->at == '.') {
            c->at++;
            const char *start = c->at;
            for (unsigned unit = 100; unit > 0 && (unsigned char)(*c->at - '0') < 10; unit /= 10)
                size += unit * (unsigned)(*c->at++ - '0');
            if (c->at == start)
                return false;
        }
    }
    *out = (struct event_number){true, negative ? -(int64_t)size : (int64_t)size};
    return true;
}

static bool take(struct cursor *c, struct str expected)
{
    if ((size_t)(c->end - c->at) < expected.len || memcmp(c->at, expected.ptr, expected.len) != 0)
        return false;
    c->at += expected.len;
    return true;
}

static bool take_start(struct cursor *c, struct event *out)
{
    if (!take(c, STR("{\"v\":1,\"seq\":")) || !take_digits(c, &out->seq) ||
        !take(c, STR(",\"id\":\"")) || !take_text(c, &out->id) || !take(c, STR(",\"ts\":\"")) ||
        c->end - c->at < TIMESTAMP_LEN || timestamp_read(c->at, &out->ts_ms) != 0)
        return false;
    c->at += TIMESTAMP_LEN;
    return take(c, STR("\""));
}

static bool take_value(struct cursor *c, struct event *out, const struct event_key *key)
{
    void *member = event_member(out, key);
    c->at += key->len;
    switch (key->kind) {
    case EVENT_KIND_count:
    case EVENT_KIND_number:
        return take_number(c, key->kind == EVENT_KIND_number, member);
    case EVENT_KIND_flag:
        *(bool *)member = true;
        return true;
    default:
        return take_text(c, member) && ((struct str *)member)->len > 0;
    }
}

/* Passes over any JSON value of a key that we do not know. */
static bool skip_value(struct cursor *c)
{
    unsigned depth = 0;
    do {
        if (c->at >= c->end)
            return false;
        char start = *c->at;
        struct str ignored;
        if (start == '"') {
            char *scratch = c->scratch;
            c->at++;
            if (!take_text(c, &ignored))
                return false;
            c->scratch = scratch;
            continue;
        }
        depth += start == '{' || start == '[';
        if ((start == '}' || start == ']' || start == ',') && depth == 0)
            return false;
        depth -= start == '}' || start == ']';
        c->at++;
    } while (depth > 0 || (c->at < c->end && *c->at != ','));
    return true;
}

/* A key that is not where the table has it: of a later version, or out of order. */
static bool skip_unknown(struct cursor *c)
{
    const char *start = c->at;
    struct str name;
    if (!take(c, STR(",\"")) || !take_text(c, &name) || !take(c, STR(":")))
        return false;
    size_t len = (size_t)(c->at - start);
    for (size_t i = 0; i < EVENT_KEY_COUNT; i++)
        if (memcmp(event_keys[i].text, start, len < EVENT_KEY_ROOM ? len : EVENT_KEY_ROOM) == 0)
            return false;
    return skip_value(c);
}

/* The key of the table, from `*next` on, that stands here, or NULL. EVENT_KEY_ROOM bytes cannot
 * always be read: the tail is shorter. */
static const struct event_key *match_key(const struct cursor *c, size_t *next)
{
    uint64_t here;
    memcpy(&here, c->at, sizeof here);
    for (size_t i = *next; i < EVENT_KEY_COUNT; i++) {
        const struct event_key *key = &event_keys[i];
        uint64_t first;
        memcpy(&first, key->text, sizeof first);
        uint64_t mask = key->len < sizeof first ? ((uint64_t)1 << (8 * key->len)) - 1 : UINT64_MAX;
        if (((first ^ here) & mask) == 0 && key->len <= c->end - c->at &&
            memcmp(c->at, key->text, key->len) == 0) {
            *next = i + 1;
            return key;
        }
    }
    return NULL;
}

int event_decode(struct event *out, struct str line, char *scratch)
{
    assert(line.len >= EVENT_TAIL_LEN && line.len < EVENT_LINE_MAX);
    struct cursor c = {.at = line.ptr, .end = line.ptr + line.len - EVENT_TAIL_LEN};
    c.scratch = scratch;
    size_t next = 0;
    memset(out, 0, sizeof *out);
    if (!take_start(&c, out))
        return ERR_INVALID;
    while (c.at < c.end) {
        const struct event_key *key = match_key(&c, &next);
        if (key ? !take_value(&c, out, key) : !skip_unknown(&c))
            return ERR_INVALID;
    }
    bool whole = c.at == c.end && out->id.len > 0 && out->node.len > 0 && out->event.len > 0;
    return whole ? 0 : ERR_INVALID;
}
