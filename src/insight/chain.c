/* Owns finding the best chain, in one pass over a unit's events.
 *
 * For each length it is enough to remember the latest beginning of the chains of that length: it
 * leaves the most of the window to what follows. */
#include "insight/chain.h"

#include "insight/steps.h"

#include <assert.h>
#include <string.h>

static const size_t none = SIZE_MAX;

struct search {
    const struct chain_rules *rules;
    const struct chain_event *events;
    size_t begins[STEPS_MAX]; /* of a chain of k + 1 steps up to here, or `none` */
    struct chain best;
};

/* Where a chain begins that event `i` ends as step `k`, given where chains up to there begin. */
static size_t begin_with(const struct search *s, const size_t *begins, size_t i, size_t k)
{
    const struct chain_event *event = &s->events[i];
    if (!(event->steps & UINT32_C(1) << k))
        return none;
    if (k == 0)
        return event->may_begin ? i : none;
    size_t begin = begins[k - 1];
    return begin != none && event->ms - s->events[begin].ms <= s->rules->window_ms ? begin : none;
}

static void found(struct search *s, size_t k, size_t begin, size_t i)
{
    if (k + 1 > s->best.length)
        s->best = (struct chain){k + 1, begin, i};
}

/* Later steps first: so one event never fills two. */
static void go_ordered(struct search *s, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t k = s->rules->steps; k-- > 0;) {
            size_t begin = begin_with(s, s->begins, i, k);
            if (begin == none)
                continue;
            s->begins[k] = begin > s->begins[k] || s->begins[k] == none ? begin : s->begins[k];
            found(s, k, begin, i);
        }
    }
}

/* A chain must end in the event just before. */
static void go_strict(struct search *s, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t k = s->rules->steps; k-- > 0;) {
            s->begins[k] = begin_with(s, s->begins, i, k);
            if (s->begins[k] != none)
                found(s, k, s->begins[k], i);
        }
    }
}

/* Events of one millisecond all look back to what was before it. */
static void go_increasing(struct search *s, size_t count)
{
    for (size_t from = 0, to; from < count; from = to) {
        size_t after[STEPS_MAX];
        memcpy(after, s->begins, sizeof after);
        for (to = from; to < count && s->events[to].ms == s->events[from].ms; to++) {
            for (size_t k = 0; k < s->rules->steps; k++) {
                size_t begin = begin_with(s, s->begins, to, k);
                if (begin == none)
                    continue;
                after[k] = begin > after[k] || after[k] == none ? begin : after[k];
                found(s, k, begin, to);
            }
        }
        memcpy(s->begins, after, sizeof after);
    }
}

struct chain chain_best(const struct chain_rules *rules, const struct chain_event *events,
                        size_t count)
{
    struct search search = {.rules = rules, .events = events};
    assert(rules->steps > 0 && rules->steps <= STEPS_MAX);
    for (size_t k = 0; k < STEPS_MAX; k++)
        search.begins[k] = none;
    if (rules->mode == CHAIN_STRICT)
        go_strict(&search, count);
    else if (rules->mode == CHAIN_INCREASING)
        go_increasing(&search, count);
    else
        go_ordered(&search, count);
    return search.best;
}
