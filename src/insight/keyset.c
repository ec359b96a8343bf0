/* Owns a set of keys: linear probing, at most three quarters full. */
#include "insight/keyset.h"

#include "base/err.h"
#include "insight/zeroed.h"

#include <stdlib.h>

/* Where the key is, or the free place where it would be. */
static size_t find(const struct keyset *set, uint64_t key)
{
    size_t at = (size_t)(key >> 16) & (set->room - 1);
    while (set->keys[at] != 0 && set->keys[at] != key)
        at = (at + 1) & (set->room - 1);
    return at;
}

static int grow(struct keyset *set)
{
    struct keyset grown = {.room = set->room ? set->room * 2 : 64, .count = set->count};
    grown.keys = zeroed(grown.room, sizeof *grown.keys);
    if (!grown.keys)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < set->room; i++)
        if (set->keys[i] != 0)
            grown.keys[find(&grown, set->keys[i])] = set->keys[i];
    free(set->keys);
    *set = grown;
    return 0;
}

int keyset_add(struct keyset *set, uint64_t key)
{
    int rc = set->count >= set->room / 4 * 3 ? grow(set) : 0;
    if (rc != 0)
        return rc;
    size_t at = find(set, key);
    set->count += set->keys[at] == 0;
    set->keys[at] = key;
    return 0;
}

bool keyset_has(const struct keyset *set, uint64_t key)
{
    return set->room > 0 && set->keys[find(set, key)] == key;
}

void keyset_finish(struct keyset *set)
{
    free(set->keys);
    *set = (struct keyset){0};
}
