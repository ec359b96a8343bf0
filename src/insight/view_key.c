/* Owns making keys. */
#include "insight/view_key.h"

static uint64_t undated(uint64_t hash)
{
    return (hash & ~(uint64_t)VIEW_KEY_DATED) | 1;
}

uint64_t view_key(struct str id, int64_t made_ms)
{
    const uint64_t date_mask = ((UINT64_C(1) << VIEW_KEY_DATE_BITS) - 1) << VIEW_KEY_DATE_SHIFT;
    if (!id.ptr || id.len == 0)
        return 0;
    uint64_t hash = fingerprint(id, 0);
    int64_t span = made_ms / (1 << VIEW_KEY_SPAN_BITS) - VIEW_KEY_FIRST_SPAN;
    if (span < 0 || span >= 1 << VIEW_KEY_DATE_BITS)
        return undated(hash);
    return (hash & ~date_mask) | (uint64_t)span << VIEW_KEY_DATE_SHIFT | VIEW_KEY_DATED | 1;
}

uint64_t view_key_without_id(struct str text)
{
    return undated(fingerprint(text, 1));
}
