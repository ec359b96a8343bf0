/* Owns a set of keys: linear probing, at most three quarters full. */
#include "insight/keyset.h"

#include "base/err.h"
#include "insight/zeroed.h"

#include <stdlib.h>

enum { LEAST_ROOM = 16 };

/* Where the key is, or the free place where it would be. */
static size_t find(const struct keyset *set, uint64_t key)
{
    size_t at = (size_t)(key >> 32) & (set->room - 1);
    while (set->keys[at] != 0 && set->keys[at] != key)
        at = (at + 1) & (set->room - 1);
    return at;
}

/* Takes the keys that are not over into a table of `room`, which has place for them. `is_over`
 * NULL: none is. */
static int rebuild(struct keyset *set, size_t room, bool (*is_over)(const void *, uint64_t),
                   const void *context)
{
    struct keyset rebuilt = {.room = room};
    rebuilt.keys = zeroed(room, sizeof *rebuilt.keys);
    if (!rebuilt.keys)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < set->room; i++) {
        uint64_t key = set->keys[i];
        if (key == 0 || (is_over && is_over(context, key)))
            continue;
        rebuilt.keys[find(&rebuilt, key)] = key;
        rebuilt.count++;
    }
    free(set->keys);
    *set = rebuilt;
    return 0;
}

int keyset_remove_if(struct keyset *set, bool (*is_over)(const void *context, uint64_t key),
                     const void *context)
{
    size_t left = 0;
    size_t room = LEAST_ROOM;
    for (size_t i = 0; i < set->room; i++)
        left += set->keys[i] != 0 && !is_over(context, set->keys[i]);
    while (left > room / 8 * 3)
        room *= 2;
    return left < set->count ? rebuild(set, room, is_over, context) : 0;
}

int keyset_add(struct keyset *set, uint64_t key)
{
    size_t room = set->room ? set->room * 2 : LEAST_ROOM;
    int rc = keyset_is_full(set) ? rebuild(set, room, NULL, NULL) : 0;
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
