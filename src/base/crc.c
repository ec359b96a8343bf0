/* Owns the checksum of a journal line, which is computed once for every event written and read.
 *
 * zlib takes four instructions for a byte. Where the processor multiplies without carry and has AVX
 * (three operands: nothing is copied before it is overwritten), 16 bytes cost about seven: the
 * message, as a polynomial over GF(2), is folded upon itself until 16 bytes are left that have the
 * same remainder, and then 8, and the remainder is found by multiplying with the polynomial's
 * inverse (V. Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ
 * Instruction", 2009). Where four such multiplications are one instruction, it costs a third. */
#include "base/crc.h"

#include "base/gzip.h"

#if defined(__x86_64__)
#include <immintrin.h>

enum { FOLD_BYTES = 16, FOLD_MIN = 64, WIDE_BYTES = 64, WIDE_MIN = 256 };

/* x^n modulo the polynomial, bits reversed, for the n by which a half of 16 bytes moves up when it
 * is folded over the next 16 (n = 128 + 32, 128 - 32) and over the next 64 (512 + 32, 512 - 32). */
static const uint64_t by_16_low = 0x1751997d0;
static const uint64_t by_16_high = 0x0ccaa009e;
static const uint64_t by_64_low = 0x154442bd4;
static const uint64_t by_64_high = 0x1c6e41596;
/* And over the next 32 and 48 (256 and 384). */
static const uint64_t by_32_low = 0x0f1da05aa;
static const uint64_t by_32_high = 0x15a546366;
static const uint64_t by_48_low = 0x03db1ecdc;
static const uint64_t by_48_high = 0x174359406;
/* x^64, and then the polynomial and the quotient of x^64 by it. */
static const uint64_t by_8 = 0x163cd6124;
static const uint64_t polynomial = 0x1db710641;
static const uint64_t inverse = 0x1f7011641;

__attribute__((target("pclmul,avx"))) static inline __m128i load(const char *at)
{
    return _mm_loadu_si128((const __m128i *)(const void *)at);
}

__attribute__((target("pclmul,avx"))) static inline __m128i fold(__m128i x, __m128i by,
                                                                 __m128i next)
{
    __m128i low = _mm_clmulepi64_si128(x, by, 0x00);
    __m128i high = _mm_clmulepi64_si128(x, by, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

/* Of 16 bytes. */
__attribute__((target("pclmul,avx"))) static inline uint32_t remainder_of(__m128i x)
{
    const __m128i low_half = _mm_set_epi32(0, -1, 0, -1);
    const __m128i low_32 = _mm_set_epi32(0, 0, 0, -1);
    __m128i by = _mm_set_epi64x(0, (long long)by_16_high);
    x = _mm_xor_si128(_mm_srli_si128(x, 8), _mm_clmulepi64_si128(x, by, 0x00));
    by = _mm_set_epi64x(0, (long long)by_8);
    x = _mm_xor_si128(_mm_srli_si128(x, 4),
                      _mm_clmulepi64_si128(_mm_and_si128(x, low_half), by, 0x00));
    const __m128i barrett = _mm_set_epi64x((long long)inverse, (long long)polynomial);
    __m128i quotient = _mm_clmulepi64_si128(_mm_and_si128(x, low_32), barrett, 0x10);
    quotient = _mm_clmulepi64_si128(_mm_and_si128(quotient, low_32), barrett, 0x00);
    return (uint32_t)_mm_extract_epi32(_mm_xor_si128(x, quotient), 1);
}

/* Folds what is left over the odd end of the message, the `odd` bytes (fewer than 16) before `end`:
 * its first bytes over the others, behind which the odd ones then stand. */
__attribute__((target("pclmul,avx"))) static inline __m128i fold_odd(__m128i x, __m128i by_16,
                                                                     const char *end, size_t odd)
{
    /* Loaded from `odd` bytes on, it moves bytes up by 16 - odd places, or down by odd; 0x80 means
     * that none comes there. */
    static const uint8_t places[3 * FOLD_BYTES] = {
        0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
        0x80, 0x80, 0x80, 0x80, 0,    1,    2,    3,    4,    5,    6,    7,
        8,    9,    10,   11,   12,   13,   14,   15,   0x80, 0x80, 0x80, 0x80,
        0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
    };
    __m128i up = load((const char *)places + odd);
    __m128i down = load((const char *)places + FOLD_BYTES + odd);
    __m128i rest = _mm_blendv_epi8(_mm_shuffle_epi8(x, down), load(end - FOLD_BYTES), down);
    return fold(_mm_shuffle_epi8(x, up), by_16, rest);
}

/* Needs at least FOLD_MIN bytes. */
__attribute__((target("pclmul,avx"))) static uint32_t crc_folded(struct str s)
{
    const char *at = s.ptr;
    const char *end = s.ptr + s.len;
    const __m128i by_64 = _mm_set_epi64x((long long)by_64_high, (long long)by_64_low);
    const __m128i by_16 = _mm_set_epi64x((long long)by_16_high, (long long)by_16_low);

    /* Four lanes, because a multiplication takes several cycles; the first 32 bits of the message
     * are inverted by definition of the checksum. */
    __m128i x0 = _mm_xor_si128(load(at), _mm_cvtsi32_si128(-1));
    __m128i x1 = load(at + 16);
    __m128i x2 = load(at + 32);
    __m128i x3 = load(at + 48);
    for (at += FOLD_MIN; end - at >= FOLD_MIN; at += FOLD_MIN) {
        x0 = fold(x0, by_64, load(at));
        x1 = fold(x1, by_64, load(at + 16));
        x2 = fold(x2, by_64, load(at + 32));
        x3 = fold(x3, by_64, load(at + 48));
    }
    x0 = fold(fold(fold(x0, by_16, x1), by_16, x2), by_16, x3);
    for (; end - at >= FOLD_BYTES; at += FOLD_BYTES)
        x0 = fold(x0, by_16, load(at));
    if (at < end)
        x0 = fold_odd(x0, by_16, end, (size_t)(end - at));
    return ~remainder_of(x0);
}

#define TARGET_WIDE __attribute__((target("pclmul,avx512f,avx512bw,vpclmulqdq")))

TARGET_WIDE static inline __m512i fold_wide(__m512i x, __m512i by, __m512i next)
{
    enum { EXCLUSIVE_OR = 0x96 };
    __m512i low = _mm512_clmulepi64_epi128(x, by, 0x00);
    __m512i high = _mm512_clmulepi64_epi128(x, by, 0x11);
    return _mm512_ternarylogic_epi64(low, high, next, EXCLUSIVE_OR);
}

/* The four lanes, each folded over those behind it. */
TARGET_WIDE static inline __m128i fold_lanes(__m512i x)
{
    const __m512i by =
        _mm512_set_epi64(0, 0, (long long)by_16_high, (long long)by_16_low, (long long)by_32_high,
                         (long long)by_32_low, (long long)by_48_high, (long long)by_48_low);
    x = fold_wide(x, by, _mm512_maskz_mov_epi64(0xC0, x));
    __m256i half = _mm256_xor_si256(_mm512_castsi512_si256(x), _mm512_extracti64x4_epi64(x, 1));
    return _mm_xor_si128(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

/* Needs at least WIDE_MIN bytes. Zeros in front of a message do not change its remainder, so it is
 * the first block that is not whole. */
TARGET_WIDE static uint32_t crc_folded_wide(struct str s)
{
    /* Loaded from `first` bytes on, these are the bits to invert where a block ends after so many
     * bytes; and WIDE_BYTES further on, in the block after it. */
    static const uint8_t inverted[3 * WIDE_BYTES] = {[WIDE_BYTES] = 0xFF, 0xFF, 0xFF, 0xFF};
    const __m512i by_64 =
        _mm512_broadcast_i32x4(_mm_set_epi64x((long long)by_64_high, (long long)by_64_low));
    size_t first = (s.len - 1) % WIDE_BYTES + 1;
    const char *at = s.ptr + first;
    const char *end = s.ptr + s.len;
    /* What stands in front of the message is not looked at. */
    const void *begin = (const void *)((uintptr_t)at - WIDE_BYTES);
    __m512i x = _mm512_maskz_loadu_epi8(~UINT64_C(0) << (WIDE_BYTES - first), begin);
    __m512i next = _mm512_loadu_si512(at);
    x = _mm512_xor_si512(x, _mm512_loadu_si512(inverted + first));
    next = _mm512_xor_si512(next, _mm512_loadu_si512(inverted + WIDE_BYTES + first));
    x = fold_wide(x, by_64, next);
    for (at += WIDE_BYTES; at < end; at += WIDE_BYTES)
        x = fold_wide(x, by_64, _mm512_loadu_si512(at));
    return ~remainder_of(fold_lanes(x));
}

static bool can_fold_wide(void)
{
    return __builtin_cpu_supports("vpclmulqdq") && __builtin_cpu_supports("avx512bw");
}

uint32_t crc_of(struct str s)
{
    if (s.len >= WIDE_MIN && can_fold_wide())
        return crc_folded_wide(s);
    if (s.len < FOLD_MIN || !__builtin_cpu_supports("pclmul") || !__builtin_cpu_supports("avx"))
        return gzip_crc(0, s);
    return crc_folded(s);
}
#else
uint32_t crc_of(struct str s)
{
    return gzip_crc(0, s);
}
#endif
