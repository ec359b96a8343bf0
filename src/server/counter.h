/* Counters for the metrics: one thread moves each, any reads it. */
#ifndef ATTIMO_SERVER_COUNTER_H
#define ATTIMO_SERVER_COUNTER_H

#include <stdatomic.h>
#include <stdint.h>

static inline uint64_t counter_read(const atomic_uint_least64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

/* One writer: no need for a locked instruction. */
static inline void counter_add(atomic_uint_least64_t *counter, uint64_t n)
{
    atomic_store_explicit(counter, counter_read(counter) + n, memory_order_relaxed);
}

#endif
