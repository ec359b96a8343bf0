/* Owns the search: 16 bytes at a time where the processor can and so many are left, else one by
 * one, which is kept apart so that the other way is short enough to be inlined. One instruction
 * asks 16 bytes whether they lie in eight ranges; a character that has no room there ends that
 * search, and is left to the other. */
#include "http/span.h"

#include <stdbool.h>
#include <string.h>

#ifdef __SSE4_2__
#include <nmmintrin.h>
#endif

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_token_char(char c)
{
    return is_letter_or_digit(c) || (c != '\0' && strchr("!#$%&'*+-.^_`|~", c));
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

static bool is_host_char(char c)
{
    return is_letter_or_digit(c) || (c != '\0' && strchr("-._~!$&'()*+;=%", c));
}

static __attribute__((noinline)) const char *span_host_slowly(const char *at, const char *end)
{
    while (at < end && is_host_char(*at))
        at++;
    return at;
}

static bool is_path_char(char c)
{
    return (unsigned char)c > ' ' && c != '?' && c != '#';
}

static __attribute__((noinline)) const char *span_path_slowly(const char *at, const char *end)
{
    while (at < end && is_path_char(*at))
        at++;
    return at;
}

#ifdef __SSE4_2__

enum { STEP = 16 };

/* The first byte from `at` on that lies in none of `ranges`, which names each by its first and last
 * and ends with a NUL. NULL where fewer than 16 bytes are left before there is one; `*left` is then
 * where they begin. */
static inline const char *find_outside(__m128i ranges, const char *at, const char *end,
                                       const char **left)
{
    if (end - at >= STEP) {
        const char *last = end - STEP;
        do {
            __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
            unsigned outside = (unsigned)_mm_cmpistri(
                ranges, bytes, _SIDD_UBYTE_OPS | _SIDD_CMP_RANGES | _SIDD_NEGATIVE_POLARITY);
            if (outside < STEP)
                return at + outside;
            at += STEP;
        } while (at <= last);
    }
    *left = at;
    return NULL;
}

#endif

const char *span_token(const char *at, const char *end)
{
#ifdef __SSE4_2__
    const __m128i ranges = _mm_setr_epi8('!', '!', '#', '\'', '*', '+', '-', '.', '0', '9', 'A',
                                         'Z', '^', 'z', '~', '~');
    const char *found = find_outside(ranges, at, end, &at);
    if (found && *found != '|')
        return found;
#endif
    return span_token_slowly(at, end);
}

const char *span_value(const char *at, const char *end)
{
#ifdef __SSE4_2__
    const __m128i ranges =
        _mm_setr_epi8('\t', '\t', ' ', '~', -128, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    const char *found = find_outside(ranges, at, end, &at);
    if (found)
        return found;
#endif
    return span_value_slowly(at, end);
}

const char *span_host(const char *at, const char *end)
{
#ifdef __SSE4_2__
    const __m128i ranges = _mm_setr_epi8('!', '!', '$', '+', '-', '.', '0', '9', 'A', 'Z', '_', '_',
                                         'a', 'z', '~', '~');
    const char *found = find_outside(ranges, at, end, &at);
    if (found && *found != ';' && *found != '=')
        return found;
#endif
    return span_host_slowly(at, end);
}

const char *span_path(const char *at, const char *end)
{
#ifdef __SSE4_2__
    const __m128i ranges = _mm_setr_epi8('!', '"', '$', '>', '@', -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    const char *found = find_outside(ranges, at, end, &at);
    if (found)
        return found;
#endif
    return span_path_slowly(at, end);
}
