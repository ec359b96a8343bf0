/* Owns forgetting keys: whenever there is no room for more, all at a time that are over. */
#include "insight/recall.h"

/* Longer than anything takes to come, so that what is forgotten is not missed. */
static const int64_t life_ms = INT64_C(144) * 3600 * 1000;

static bool is_over(const void *context, uint64_t key)
{
    return recall_may_have_forgotten(context, key);
}

int recall_add(struct recall *recall, uint64_t key)
{
    int rc = keyset_is_full(&recall->keys) ? keyset_remove_if(&recall->keys, is_over, recall) : 0;
    return rc == 0 ? keyset_add(&recall->keys, key) : rc;
}

void recall_settle(struct recall *recall, int64_t settled_ms)
{
    if (settled_ms != INT64_MIN && settled_ms != INT64_MAX &&
        settled_ms - life_ms > recall->over_ms)
        recall->over_ms = settled_ms - life_ms;
}

void recall_finish(struct recall *recall)
{
    keyset_finish(&recall->keys);
    *recall = (struct recall){0};
}
