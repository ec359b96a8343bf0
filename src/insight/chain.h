/* How far one unit gets through a funnel: the semantics, without anything around them. */
#ifndef ATTIMO_INSIGHT_CHAIN_H
#define ATTIMO_INSIGHT_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum chain_mode {
    CHAIN_ORDERED,    /* other events may lie between two steps */
    CHAIN_STRICT,     /* nothing lies between two steps */
    CHAIN_INCREASING, /* ordered, and each step is later than the one before it */
};

struct chain_rules {
    size_t steps; /* 1 to 32 */
    int64_t window_ms;
    enum chain_mode mode;
};

struct chain_event {
    int64_t ms;     /* never falls from one event to the next */
    uint32_t steps; /* bit k: it can fill step k */
    bool may_begin; /* a chain may begin here (if bit 0 is set) */
};

/* A chain: one event for each of the first `length` steps, in their order, none more than the
 * window later than the first (exactly the window is not more). */
struct chain {
    size_t length; /* 0: none */
    size_t first;  /* indexes of events */
    size_t last;
};

/* The best chain through a unit's events: the longest; of these the one that is complete first; of
 * these the one that begins last. */
struct chain chain_best(const struct chain_rules *rules, const struct chain_event *events,
                        size_t count);

#endif
