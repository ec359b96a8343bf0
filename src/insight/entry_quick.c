/* Owns reading what event_encode writes. */
#include "insight/entry_quick.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum {
    TAIL = 18, /* ,"crc":"00000000"} */
    STRIDE = 16,
    KEY_ROOM = 24,
};

_Static_assert(STRIDE <= TAIL, "what begins before the checksum can be loaded whole");

/* What stands before a value: `"pv":`, padded with NULs. */
static const struct {
    char text[KEY_ROOM];
    unsigned char len;
} keys[ENTRY_KEYS] = {
#define QUICK_KEY(kind, name) {"\"" #name "\":", sizeof("\"" #name "\":") - 1},
    QUICK_KEY(count, v) QUICK_KEY(count, seq) QUICK_KEY(text, id) QUICK_KEY(text, ts)
        EVENT_KEYS(QUICK_KEY)
#undef QUICK_KEY
};

void entry_quick_init(struct entry_quick *quick)
{
    for (size_t i = 0; i < ENTRY_KEYS; i++) {
        size_t len = keys[i].len;
        memcpy(&quick->first[i], keys[i].text, sizeof quick->first[i]);
        memset(&quick->mask[i], 0xFF, len < sizeof quick->mask[i] ? len : sizeof quick->mask[i]);
    }
}

/* The number of the key that stands at `at`, from `i` on, or ENTRY_KEYS. */
static size_t find_key(const struct entry_quick *quick, const char *at, size_t i)
{
    uint64_t here;
    memcpy(&here, at, sizeof here);
    while (i < ENTRY_KEYS && ((here ^ quick->first[i]) & quick->mask[i]) != 0)
        i++;
    if (i == ENTRY_KEYS || keys[i].len <= sizeof here ||
        memcmp(at + sizeof here, keys[i].text + sizeof here, keys[i].len - sizeof here) == 0)
        return i;
    return ENTRY_KEYS;
}

/* The first quote or backslash from `at` on, or NULL if there is none before `limit`. */
static const char *find_end_of_text(const char *at, const char *limit)
{
#if defined(__SSE2__)
    const __m128i quote = _mm_set1_epi8('"');
    const __m128i backslash = _mm_set1_epi8('\\');
    for (; limit - at >= STRIDE; at += STRIDE) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
        __m128i found =
            _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash));
        unsigned bits = (unsigned)_mm_movemask_epi8(found);
        if (bits != 0)
            return at + __builtin_ctz(bits);
    }
#endif
    while (at < limit && *at != '"' && *at != '\\')
        at++;
    return at < limit ? at : NULL;
}

static bool is_of_number(char c)
{
    return (c >= '0' && c <= '9') || c == '-' || c == '.';
}

/* The value at `at`; its end, or NULL. */
static const char *read_value(const char *at, const char *limit, struct str *out)
{
    if (*at == '"') {
        const char *end = find_end_of_text(++at, limit);
        if (!end || *end != '"')
            return NULL;
        *out = str_make(at, (size_t)(end - at));
        return end + 1;
    }
    const char *end = at;
    while (end < limit && is_of_number(*end))
        end++;
    if (limit - at > 4 && memcmp(at, "true", 4) == 0)
        end = at + 4;
    *out = str_make(at, (size_t)(end - at));
    return end > at ? end : NULL;
}

bool entry_quick_read(const struct entry_quick *quick, struct str line,
                      struct str values[ENTRY_KEYS])
{
    if (line.len <= TAIL || line.ptr[0] != '{')
        return false;
    const char *limit = line.ptr + line.len;
    const char *end = limit - TAIL;
    const char *at = line.ptr + 1;
    memset(values, 0, ENTRY_KEYS * sizeof *values);
    for (size_t i = 0; at < end; i++) {
        i = find_key(quick, at, i);
        if (i == ENTRY_KEYS || at + keys[i].len >= limit)
            return false;
        at = read_value(at + keys[i].len, limit, &values[i]);
        if (!at || at == limit || *at != ',')
            return false;
        at++;
    }
    /* Behind the last value comes the comma before the checksum. */
    return at == end + 1;
}
