/* Owns the bytes between two threads: one counter that only the writer moves, one that only the
 * reader moves. Both only grow; where a record stands is the counter's remainder. A record that
 * would run over the end of the bytes starts at their beginning, and a mark says so. */
#include "server/ring.h"

#include "base/err.h"

#include <assert.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdlib.h>

enum {
    CACHE_LINE = 64,
    ALIGNMENT = RING_RECORD_OVERHEAD, /* of a head, and so of a record */
    /* An empty ring that has come so far starts again at its beginning: what little a quiet server
     * records stays in the processor's cache. */
    WARM = 128 * 1024,
};

/* Stands before each record. */
struct head {
    alignas(ALIGNMENT) size_t len; /* WRAP: no record, go on at the beginning */
};

#define WRAP SIZE_MAX

struct ring {
    /* The writer's. */
    alignas(CACHE_LINE) uint64_t added;
    uint64_t released_seen; /* `released` is at least this */

    alignas(CACHE_LINE) atomic_uint_least64_t published;

    /* The reader's. */
    alignas(CACHE_LINE) uint64_t read;

    /* Written least often: beside it stands what both read. */
    alignas(CACHE_LINE) atomic_uint_least64_t released;
    size_t size; /* a power of two */
    char *bytes;
};

static size_t round_up(size_t n)
{
    return (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static size_t place_of(const struct ring *ring, uint64_t at)
{
    return (size_t)at & (ring->size - 1);
}

static struct head *head_at(const struct ring *ring, uint64_t at)
{
    return (struct head *)(void *)(ring->bytes + place_of(ring, at));
}

int ring_create(struct ring **out, size_t size)
{
    assert(size >= RING_MIN && size <= SIZE_MAX / 2);
    struct ring *ring = aligned_alloc(CACHE_LINE, sizeof *ring);
    if (!ring)
        return ERR_NO_MEMORY;
    memset(ring, 0, sizeof *ring);
    ring->size = RING_MIN;
    while (ring->size < size)
        ring->size *= 2;
    ring->bytes = aligned_alloc(CACHE_LINE, ring->size);
    if (!ring->bytes) {
        free(ring);
        return ERR_NO_MEMORY;
    }
    *out = ring;
    return 0;
}

void ring_destroy(struct ring *ring)
{
    if (ring)
        free(ring->bytes);
    free(ring);
}

/* --- the writer's thread */

/* Whether `n` more bytes may be written; asks what the reader has given back only when it must. */
static bool has_room(struct ring *ring, size_t n)
{
    if (ring->added + n - ring->released_seen <= ring->size)
        return true;
    ring->released_seen = atomic_load_explicit(&ring->released, memory_order_acquire);
    return ring->added + n - ring->released_seen <= ring->size;
}

static bool is_empty_for_writer(struct ring *ring)
{
    ring->released_seen = atomic_load_explicit(&ring->released, memory_order_acquire);
    return ring->released_seen == ring->added;
}

/* Marks what is left before the end of the bytes as unused. */
static bool wrap(struct ring *ring)
{
    size_t left = ring->size - place_of(ring, ring->added);
    if (!has_room(ring, left))
        return false;
    head_at(ring, ring->added)->len = WRAP;
    ring->added += left;
    return true;
}

char *ring_reserve(struct ring *ring, size_t n)
{
    size_t at = place_of(ring, ring->added);
    if (n > ring->size / 2 - sizeof(struct head))
        return NULL;
    size_t whole = round_up(sizeof(struct head) + n);
    bool wraps = whole > ring->size - at || (at >= WARM && is_empty_for_writer(ring));
    if ((wraps && !wrap(ring)) || !has_room(ring, whole))
        return NULL;
    return (char *)(head_at(ring, ring->added) + 1);
}

void ring_add(struct ring *ring, size_t n)
{
    head_at(ring, ring->added)->len = n;
    ring->added += round_up(sizeof(struct head) + n);
}

void ring_publish(struct ring *ring)
{
    atomic_store(&ring->published, ring->added);
}

void ring_cancel(struct ring *ring)
{
    ring->added = atomic_load_explicit(&ring->published, memory_order_relaxed);
}

/* --- the reader's thread */

bool ring_is_empty(const struct ring *ring)
{
    return atomic_load(&ring->published) == ring->read;
}

bool ring_next(struct ring *ring, struct str *record)
{
    if (atomic_load_explicit(&ring->published, memory_order_acquire) == ring->read)
        return false;
    const struct head *head = head_at(ring, ring->read);
    if (head->len == WRAP) {
        ring->read += ring->size - place_of(ring, ring->read);
        if (atomic_load_explicit(&ring->published, memory_order_acquire) == ring->read)
            return false;
        head = head_at(ring, ring->read);
    }
    *record = str_make((const char *)(head + 1), head->len);
    ring->read += round_up(sizeof *head + head->len);
    return true;
}

void ring_release(struct ring *ring)
{
    atomic_store_explicit(&ring->released, ring->read, memory_order_release);
}
