/* The keys of what is over, by which it is known if it comes again.
 *
 * Those of tokens are forgotten some days later. What comes with such a key after that tells by its
 * date (see view_key.h) that it may have been here: only reading once more can tell. In an
 * attimo's own journal hardly anything comes so late. Other keys are kept. */
#ifndef ATTIMO_INSIGHT_RECALL_H
#define ATTIMO_INSIGHT_RECALL_H

#include "insight/keyset.h"
#include "insight/view_key.h"

/* A zeroed struct is empty. */
struct recall {
    struct keyset keys;
    int64_t over_ms; /* those made until then are forgotten when there is no room; 0: none */
};

/* ERR_NO_MEMORY. */
int recall_add(struct recall *recall, uint64_t key);

/* Nothing comes any more from before `settled_ms` (INT64_MIN or INT64_MAX: nothing follows). */
void recall_settle(struct recall *recall, int64_t settled_ms);

void recall_finish(struct recall *recall);

static inline bool recall_has(const struct recall *recall, uint64_t key)
{
    return keyset_has(&recall->keys, key);
}

/* Whether anything can be over. */
static inline bool recall_is_settled(const struct recall *recall)
{
    return recall->over_ms > 0;
}

/* Whether one that is not there may have been. */
static inline bool recall_may_have_forgotten(const struct recall *recall, uint64_t key)
{
    return view_key_made_ms(key) <= recall->over_ms;
}

/* Has the place of a key brought near. */
static inline void recall_prefetch(const struct recall *recall, uint64_t key)
{
    keyset_prefetch(&recall->keys, key);
}

#endif
