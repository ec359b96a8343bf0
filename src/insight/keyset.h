/* A set of 64-bit keys whose upper half is as good as chance; 0 is none of them. */
#ifndef ATTIMO_INSIGHT_KEYSET_H
#define ATTIMO_INSIGHT_KEYSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A zeroed struct is an empty set. */
struct keyset {
    uint64_t *keys; /* 0: free */
    size_t room;    /* a power of two, or 0 */
    size_t count;
};

/* ERR_NO_MEMORY. A key that is there already stays. */
int keyset_add(struct keyset *set, uint64_t key);

/* Whether one more key makes it take more memory. */
static inline bool keyset_is_full(const struct keyset *set)
{
    return set->count >= set->room / 4 * 3;
}

/* Forgets the keys of which `is_over` says so, and makes room for as many as are left.
 * ERR_NO_MEMORY: all are still there. */
int keyset_remove_if(struct keyset *set, bool (*is_over)(const void *context, uint64_t key),
                     const void *context);

/* Has the place of a key brought near. */
static inline void keyset_prefetch(const struct keyset *set, uint64_t key)
{
    if (set->room > 0)
        __builtin_prefetch(&set->keys[(size_t)(key >> 32) & (set->room - 1)]);
}

bool keyset_has(const struct keyset *set, uint64_t key);
void keyset_finish(struct keyset *set);

#endif
