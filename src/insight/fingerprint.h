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

static inline uint64_t fingerprint(struct str s, uint64_t seed)
{
    const uint64_t odd = 0x9E3779B97F4A7C15;
    const uint64_t other = 0xD6E8FEB86659FD93;
    uint64_t hash = fingerprint_fold(seed ^ odd, s.len ^ other);
    uint64_t word;
    for (; s.len >= sizeof word; s.ptr += sizeof word, s.len -= sizeof word) {
        memcpy(&word, s.ptr, sizeof word);
        hash = fingerprint_fold(hash ^ word, odd);
    }
    if (s.len > 0) {
        word = 0;
        memcpy(&word, s.ptr, s.len);
        hash = fingerprint_fold(hash ^ word, other);
    }
    return fingerprint_fold(hash ^ odd, other);
}

#endif
