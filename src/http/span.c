/* Owns the search: 16 bytes at a time where the processor can and so many are left, else one by
 * one, which is kept apart so that the other way is short enough to be inlined. */
#include "http/span.h"

#include <stdbool.h>
#include <string.h>

#ifdef __SSE4_2__
#include <nmmintrin.h>
#endif

static bool is_token_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c));
}

static __attribute__((noinline)) const char *span_token_slowly(const char *at, const char *end)
{
    while (at < end && is_token_char(*at))
        at++;
    return at;
}

static bool is_value_char(char c)
{
    return ((unsigned char)c >= ' ' && c != 0x7f) || c == '\t';
}

static __attribute__((noinline)) const char *span_value_slowly(const char *at, const char *end)
{
    while (at < end && is_value_char(*at))
        at++;
    return at;
}

#ifdef __SSE4_2__

enum { STEP = 16 };

static inline __m128i load(const char *at)
{
    return _mm_loadu_si128((const __m128i *)(const void *)at);
}

/* Where the first byte stands that lies in none of `ranges`, which names each by its first and
 * last; STEP: there is none. A NUL ends the ranges, and is itself in none. */
static inline unsigned find_outside(__m128i ranges, __m128i bytes)
{
    return (unsigned)_mm_cmpistri(ranges, bytes,
                                  _SIDD_UBYTE_OPS | _SIDD_CMP_RANGES | _SIDD_NEGATIVE_POLARITY);
}

#endif

const char *span_token(const char *at, const char *end)
{
#ifdef __SSE4_2__
    if (end - at >= STEP) {
        /* There is room for eight: the ninth, `|`, is left to the other way. */
        const __m128i ranges = _mm_setr_epi8('!', '!', '#', '\'', '*', '+', '-', '.', '0', '9', 'A',
                                             'Z', '^', 'z', '~', '~');
        const char *last = end - STEP;
        do {
            unsigned outside = find_outside(ranges, load(at));
            if (outside < STEP)
                return at[outside] == '|' ? span_token_slowly(at + outside, end) : at + outside;
            at += STEP;
        } while (at <= last);
    }
#endif
    return span_token_slowly(at, end);
}

const char *span_value(const char *at, const char *end)
{
#ifdef __SSE4_2__
    if (end - at >= STEP) {
        const __m128i ranges =
            _mm_setr_epi8('\t', '\t', ' ', '~', -128, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        const char *last = end - STEP;
        do {
            unsigned outside = find_outside(ranges, load(at));
            if (outside < STEP)
                return at + outside;
            at += STEP;
        } while (at <= last);
    }
#endif
    return span_value_slowly(at, end);
}
