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

/* A bit for each byte that is no token character. The high half of a byte names one bit of eight,
 * its low half a set of such bits; token characters are those whose bit is in their set. */
static inline unsigned outside_token(__m128i bytes)
{
    const __m128i sets = _mm_setr_epi8(0x3a, 0x3f, 0x3e, 0x3f, 0x3f, 0x3f, 0x3f, 0x3f, 0x3e, 0x3e,
                                       0x3d, 0x15, 0x34, 0x15, 0x3d, 0x1c);
    const __m128i bits = _mm_setr_epi8(0, 0, 1, 2, 4, 8, 16, 32, 0, 0, 0, 0, 0, 0, 0, 0);
    const __m128i half = _mm_set1_epi8(0x0f);
    __m128i set = _mm_shuffle_epi8(sets, _mm_and_si128(bytes, half));
    __m128i bit = _mm_shuffle_epi8(bits, _mm_and_si128(_mm_srli_epi16(bytes, 4), half));
    return (unsigned)_mm_movemask_epi8(
        _mm_cmpeq_epi8(_mm_and_si128(set, bit), _mm_setzero_si128()));
}

/* Where the first byte stands that no value holds; STEP: there is none. One instruction asks of all
 * bytes whether they lie in the ranges that are spelt out here, each by its first and last. */
static inline unsigned find_outside_value(__m128i bytes)
{
    enum { RANGES_LEN = 6 };
    const __m128i ranges =
        _mm_setr_epi8('\t', '\t', ' ', '~', -128, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    return (unsigned)_mm_cmpestri(ranges, RANGES_LEN, bytes, STEP,
                                  _SIDD_UBYTE_OPS | _SIDD_CMP_RANGES | _SIDD_NEGATIVE_POLARITY);
}

#endif

const char *span_token(const char *at, const char *end)
{
#ifdef __SSE4_2__
    if (end - at >= STEP) {
        const char *last = end - STEP;
        for (; at <= last; at += STEP) {
            unsigned outside = outside_token(load(at));
            if (outside != 0)
                return at + __builtin_ctz(outside);
        }
    }
#endif
    return span_token_slowly(at, end);
}

const char *span_value(const char *at, const char *end)
{
#ifdef __SSE4_2__
    if (end - at >= STEP) {
        const char *last = end - STEP;
        for (; at <= last; at += STEP) {
            unsigned outside = find_outside_value(load(at));
            if (outside < STEP)
                return at + outside;
        }
    }
#endif
    return span_value_slowly(at, end);
}
