/* The 64 bits by which a page view or a journey is known: a fingerprint of what the journal calls
 * `pv` or `journey`, and in that of a token when it was made. Of ten million tokens of a month two
 * are alike in one month of two hundred; of other texts three times in a million.
 *
 * Their bits are alike in worth but for the lowest twenty, of which the first is set, and the next
 * three are as good as the others. */
#ifndef ATTIMO_INSIGHT_VIEW_KEY_H
#define ATTIMO_INSIGHT_VIEW_KEY_H

#include "insight/fingerprint.h"

#include <stdbool.h>

/* From the lowest bit on: one that is set, so that no key is 0; HASH; whether the key is dated; and
 * then the date, in spans of 2^26 ms (18.6 hours) from February 2022 until 2056. */
enum {
    VIEW_KEY_DATED = 1 << 4,
    VIEW_KEY_DATE_SHIFT = 5,
    VIEW_KEY_DATE_BITS = 14,
    VIEW_KEY_SPAN_BITS = 26,
    VIEW_KEY_FIRST_SPAN = 24525,
};

/* 0: there is no text. */
uint64_t view_key(struct str id);

/* Of a page view that has no `pv`: of another text that is its own. */
uint64_t view_key_without_id(struct str text);

/* Until when the token was made that has this key; INT64_MAX: it is that of something else. */
static inline int64_t view_key_made_ms(uint64_t key)
{
    const uint32_t mask = (1U << VIEW_KEY_DATE_BITS) - 1;
    int64_t span = (int64_t)((uint32_t)(key >> VIEW_KEY_DATE_SHIFT) & mask) + VIEW_KEY_FIRST_SPAN;
    return key & VIEW_KEY_DATED ? (span + 1) << VIEW_KEY_SPAN_BITS : INT64_MAX;
}

#endif
