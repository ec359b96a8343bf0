/* Owns the table of those who have brought events lately.
 *
 * For each it holds one moment: when he would have brought as many as he has, had he kept to the
 * rate (the generic cell rate algorithm). It may lie as far ahead of now as he may bring at once.
 * Once it has passed, there is nothing to remember of him. Places are sets of four, chosen by hash;
 * in a full set the one with the earliest moment goes. */
#include "capture/limit.h"

#include "base/err.h"
#include "base/hash.h"

#include <assert.h>
#include <stdlib.h>

enum { SET = 4 };

struct place {
    uint64_t who;
    uint64_t until_us;
};

struct limit {
    uint64_t interval_us; /* between two events at the rate; 0: there is no limit */
    uint64_t ahead_us;
    unsigned char key[HASH_SHORT_KEY_SIZE];
    size_t places;
    struct place table[];
};

int limit_create(struct limit **out, const struct limit_options *options)
{
    size_t places = options->per_second ? options->places : 0;
    assert((places & (places - 1)) == 0 && (places == 0 || places >= SET));
    struct limit *limit = calloc(1, sizeof *limit + places * sizeof *limit->table);
    if (!limit)
        return ERR_NO_MEMORY;
    limit->places = places;
    if (options->per_second)
        limit->interval_us = options->per_second > 1000000 ? 1 : 1000000 / options->per_second;
    limit->ahead_us = limit->interval_us * options->at_once;
    hash_random(limit->key, sizeof limit->key);
    *out = limit;
    return 0;
}

void limit_destroy(struct limit *limit)
{
    free(limit);
}

static struct place *find(struct limit *limit, uint64_t who)
{
    struct place *set = &limit->table[who & (limit->places - SET)];
    struct place *earliest = set;
    for (size_t i = 0; i < SET; i++) {
        if (set[i].who == who)
            return &set[i];
        if (set[i].until_us < earliest->until_us)
            earliest = &set[i];
    }
    *earliest = (struct place){.who = who};
    return earliest;
}

bool limit_take(struct limit *limit, struct str who, unsigned n, uint64_t now_ms)
{
    if (limit->interval_us == 0)
        return true;
    struct place *place = find(limit, hash_short(limit->key, who));
    uint64_t now_us = now_ms * 1000;
    uint64_t from = place->until_us > now_us ? place->until_us : now_us;
    uint64_t until = from + n * limit->interval_us;
    if (until - now_us > limit->ahead_us)
        return false;
    place->until_us = until;
    return true;
}
