/* 64 bits that stand for a text: among ten million texts, two are alike three times in a million.
 * The same text always has the same, so that answers do not change from run to run. */
#ifndef ATTIMO_INSIGHT_FINGERPRINT_H
#define ATTIMO_INSIGHT_FINGERPRINT_H

#include "base/str.h"

static inline uint64_t fingerprint_fold(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* All bytes of a text of at most eight; which may be there twice, as its length counts too. */
static inline uint64_t fingerprint_short(struct str s)
{
    uint32_t first;
    uint32_t last;
    if (s.len < sizeof first) {
        uint64_t word = 0;
        for (size_t i = 0; i < s.len; i++)
            word = word << 8 | (unsigned char)s.ptr[i];
        return word;
    }
    memcpy(&first, s.ptr, sizeof first);
    memcpy(&last, s.ptr + s.len - sizeof last, sizeof last);
    return (uint64_t)last << 32 | first;
}

static inline uint64_t fingerprint(struct str s, uint64_t seed)
{
    const uint64_t odd = 0x9E3779B97F4A7C15;
    const uint64_t other = 0xD6E8FEB86659FD93;
    uint64_t hash = fingerprint_fold(seed ^ odd, s.len ^ other);
    uint64_t word;
    if (s.len > sizeof word) {
        const char *last = s.ptr + s.len - sizeof word;
        for (const char *at = s.ptr; at < last; at += sizeof word) {
            memcpy(&word, at, sizeof word);
            hash = fingerprint_fold(hash ^ word, odd);
        }
        memcpy(&word, last, sizeof word);
    } else {
        word = fingerprint_short(s);
    }
    return fingerprint_fold(fingerprint_fold(hash ^ word, other) ^ odd, other);
}

/* The same as a key, where 0 stands for no text, or an empty one. */
static inline uint64_t fingerprint_key(struct str text)
{
    return text.ptr && text.len > 0 ? fingerprint(text, 0) | 1 : 0;
}

#endif
