/* The 64 bits by which a page view or a journey is known: a fingerprint of what the journal calls
 * `pv` or `journey`, and in that of a token when it was made. Of ten million tokens of a month two
 * are alike in one month of two hundred; of other texts eleven times in a million.
 *
 * From the lowest bit on: one that is set, so that no key is 0; three of the fingerprint; whether
 * the key is dated; if so, the date in spans of 2^26 ms (18.6 hours) from February 2022 until 2056.
 * All others are the fingerprint's. */
#ifndef ATTIMO_INSIGHT_VIEW_KEY_H
#define ATTIMO_INSIGHT_VIEW_KEY_H

#include "insight/fingerprint.h"

#include <stdbool.h>

enum {
    VIEW_KEY_DATED = 1 << 4,
    VIEW_KEY_DATE_SHIFT = 5,
    VIEW_KEY_DATE_BITS = 14,
    VIEW_KEY_SPAN_BITS = 26,
    VIEW_KEY_FIRST_SPAN = 24525,
};

/* `made_ms` is its token_date. 0: there is no text. */
uint64_t view_key(struct str id, int64_t made_ms);

/* Of a page view that has no `pv`: of another text that is its own. */
uint64_t view_key_without_id(struct str text);

static inline bool view_key_is_dated(uint64_t key)
{
    return key & VIEW_KEY_DATED;
}

/* Until when the token was made that has this key; INT64_MAX: it is that of something else. */
static inline int64_t view_key_made_ms(uint64_t key)
{
    const uint32_t mask = (1U << VIEW_KEY_DATE_BITS) - 1;
    int64_t span = (int64_t)((uint32_t)(key >> VIEW_KEY_DATE_SHIFT) & mask) + VIEW_KEY_FIRST_SPAN;
    return view_key_is_dated(key) ? (span + 1) << VIEW_KEY_SPAN_BITS : INT64_MAX;
}

#endif
