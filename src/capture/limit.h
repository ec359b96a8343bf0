/* How many events somebody may bring: so many at once, so many a second in the long run. In memory
 * only, of a fixed size, and whoever it is stands in it as a number that nobody else can find. */
#ifndef ATTIMO_CAPTURE_LIMIT_H
#define ATTIMO_CAPTURE_LIMIT_H

#include "base/str.h"

struct limit;

struct limit_options {
    unsigned per_second; /* 0: as many as they like */
    unsigned at_once;
    size_t places; /* how many are known at a time; a power of two. Those whose events were longest
                      ago are forgotten first */
};

/* Needs hash_init. ERR_NO_MEMORY. */
int limit_create(struct limit **out, const struct limit_options *options);
void limit_destroy(struct limit *limit);

/* Whether `who` may bring `n` more at the moment `now_ms`, of a clock that only goes forward; if
 * not, nothing is counted. */
bool limit_take(struct limit *limit, struct str who, unsigned n, uint64_t now_ms);

#endif
