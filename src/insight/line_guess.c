/* Owns reading lines by guessing what comes next. */
#include "insight/line_guess.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

enum { STEP = 16, EVENT = 0 };

/* Which of 16 bytes are as in `like`, as bits. */
#if defined(__SSE2__)
static inline unsigned same_bytes(const char *bytes, const char *like)
{
    __m128i a = _mm_loadu_si128((const __m128i *)(const void *)bytes);
    __m128i b = _mm_loadu_si128((const __m128i *)(const void *)like);
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(a, b));
}

/* Which of 16 bytes are quotes or backslashes, as bits. */
static inline unsigned find_specials(const char *bytes)
{
    __m128i a = _mm_loadu_si128((const __m128i *)(const void *)bytes);
    __m128i quotes = _mm_cmpeq_epi8(a, _mm_set1_epi8('"'));
    __m128i backslashes = _mm_cmpeq_epi8(a, _mm_set1_epi8('\\'));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(quotes, backslashes));
}
#else
static inline unsigned same_bytes(const char *bytes, const char *like)
{
    unsigned bits = 0;
    for (unsigned i = 0; i < STEP; i++)
        bits |= (unsigned)(bytes[i] == like[i]) << i;
    return bits;
}

static inline unsigned find_specials(const char *bytes)
{
    unsigned bits = 0;
    for (unsigned i = 0; i < STEP; i++)
        bits |= (unsigned)(bytes[i] == '"' || bytes[i] == '\\') << i;
    return bits;
}
#endif

/* --- keys ----------------------------------------------------------------------------------- */

static inline bool is_key(const struct line_guess_key *key, const char *at)
{
    return (same_bytes(at, key->text) & key->mask) == key->mask;
}

/* The number of what stands at `at`, learned if need be; 0: no key of the usual form. */
static uint8_t look_up(struct line_guess *guess, const struct line_keys *keys, const char *at,
                       const char *end)
{
    size_t room = (size_t)(end - at) < STEP ? (size_t)(end - at) : STEP;
    const char *colon = *at == '"' ? memchr(at + 1, ':', room - 1) : NULL;
    if (!colon || colon[-1] != '"' || colon - 1 == at)
        return 0;
    struct str name = str_make(at + 1, (size_t)(colon - at) - 2);
    if (memchr(name.ptr, '"', name.len) || memchr(name.ptr, '\\', name.len))
        return 0;
    char text[STEP] = {0};
    memcpy(text, at, name.len + 3);
    for (uint8_t i = 1; i <= guess->count; i++)
        if (memcmp(guess->known[i].text, text, STEP) == 0)
            return i;
    if (guess->count + 1 == LINE_GUESS_KEYS)
        return 0;
    struct line_guess_key *key = &guess->known[++guess->count];
    memcpy(key->text, text, STEP);
    key->len = (uint8_t)(name.len + 3);
    key->mask = (uint16_t)((1U << key->len) - 1);
    key->number = (int8_t)line_keys_find(keys, name);
    return guess->count;
}

/* --- values --------------------------------------------------------------------------------- */

/* From behind the quote of a text to its end; NULL: there is a backslash, or no end. */
static inline const char *find_end(const char *at, const char *end)
{
    for (; end - at >= STEP; at += STEP) {
        unsigned found = find_specials(at);
        if (found) {
            at += __builtin_ctz(found);
            return *at == '"' ? at : NULL;
        }
    }
    for (; at < end && *at != '\\'; at++)
        if (*at == '"')
            return at;
    return NULL;
}

static inline bool is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

/* A number or a word; what stands behind it, or NULL. */
static inline const char *read_bare(const char *at, const char *end, struct str *out)
{
    const char *from = at;
    while (at < end && (is_digit(*at) || *at == '.'))
        at++;
    if (at == end || at == from || *at != ',') {
        at = line_bare_end(from, end);
        if (at == from)
            return NULL;
    }
    *out = str_make(from, (size_t)(at - from));
    return line_bare_value(out) ? at : NULL;
}

/* --- lines ---------------------------------------------------------------------------------- */

/* Events of a kind have the same keys; nothing depends on two kinds being told apart. */
static unsigned kind_of(struct str event)
{
    unsigned first = event.len > 0 ? (unsigned char)event.ptr[0] : 0;
    unsigned third = event.len > 2 ? (unsigned char)event.ptr[2] : 0;
    return (first * 3 + third) % LINE_GUESS_KINDS;
}

/* The key at `at`, or NULL: none of the usual form. */
static inline const struct line_guess_key *guess_key(struct line_guess *guess,
                                                     const struct line_keys *keys,
                                                     struct line_guess_next *next, const char *at,
                                                     const char *end)
{
    uint8_t likely = next->likely;
    if (end - at >= STEP && likely != 0) {
        if (is_key(&guess->known[likely], at))
            return &guess->known[likely];
        uint8_t other = next->other;
        next->other = likely;
        if (other != 0 && is_key(&guess->known[other], at)) {
            next->likely = other;
            return &guess->known[other];
        }
    }
    next->likely = at < end ? look_up(guess, keys, at, end) : 0;
    return next->likely ? &guess->known[next->likely] : NULL;
}

bool line_guess_read(struct line_guess *guess, const struct line_keys *keys, struct str line,
                     struct str *values)
{
    const char *at = line.ptr;
    const char *end = line.ptr + line.len;
    struct line_guess_next *next = guess->next[0];
    const struct line_guess_key *key = &guess->known[0];
    if (line.len < 2 || *at != '{')
        return false;
    do {
        key = guess_key(guess, keys, &next[key - guess->known], ++at, end);
        if (!key || end - at <= key->len)
            return false;
        at += key->len;
        struct str value;
        if (*at == '"') {
            const char *from = at + 1;
            at = find_end(from, end);
            if (!at)
                return false;
            value = str_make(from, (size_t)(at++ - from));
        } else {
            at = read_bare(at, end, &value);
            if (!at)
                return false;
        }
        if (key->number >= 0)
            values[key->number] = value;
        if (key->number == EVENT)
            next = guess->next[kind_of(value)];
    } while (at < end && *at == ',');
    return at + 1 == end && *at == '}';
}
