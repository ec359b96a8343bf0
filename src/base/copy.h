/* Copying bytes behind each other. */
#ifndef ATTIMO_BASE_COPY_H
#define ATTIMO_BASE_COPY_H

#include "base/str.h"

/* Copies `s` to `out`, which does not overlap with it; returns the end of the copy. */
static inline char *copy_str(char *out, struct str s)
{
    memcpy(out, s.ptr, s.len);
    return out + s.len;
}

/* The same of a few bytes, of a number that only run time knows: words that may overlap, where a
 * call of memcpy would cost more than what it does. */
static inline char *copy_short(char *out, struct str s)
{
    enum { DOUBLE = 32, WHOLE = 16, HALF = 8, QUARTER = 4 };
    if (s.len >= DOUBLE) {
        for (size_t at = 0; at < s.len - DOUBLE; at += DOUBLE)
            memcpy(out + at, s.ptr + at, DOUBLE);
        memcpy(out + s.len - DOUBLE, s.ptr + s.len - DOUBLE, DOUBLE);
    } else if (s.len >= WHOLE) {
        memcpy(out, s.ptr, WHOLE);
        memcpy(out + s.len - WHOLE, s.ptr + s.len - WHOLE, WHOLE);
    } else if (s.len >= HALF) {
        memcpy(out, s.ptr, HALF);
        memcpy(out + s.len - HALF, s.ptr + s.len - HALF, HALF);
    } else if (s.len >= QUARTER) {
        memcpy(out, s.ptr, QUARTER);
        memcpy(out + s.len - QUARTER, s.ptr + s.len - QUARTER, QUARTER);
    } else if (s.len > 0) {
        out[0] = s.ptr[0];
        out[s.len / 2] = s.ptr[s.len / 2];
        out[s.len - 1] = s.ptr[s.len - 1];
    }
    return out + s.len;
}

#endif
