/* Many items of one size under small numbers, found by number or by a 64-bit key. Items stay where
 * they are while more come. */
#ifndef ATTIMO_INSIGHT_POOL_H
#define ATTIMO_INSIGHT_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { POOL_BLOCK_BITS = 12, POOL_BLOCK = 1 << POOL_BLOCK_BITS };

/* Number 0 is nobody's, so that it can mean "none"; the first item is 1. */
struct pool {
    size_t item_size;
    uint32_t last; /* number */
    size_t blocks_room;
    char **blocks;
};

/* A new zeroed item's number, or 0 when memory (or numbers) are short. */
uint32_t pool_add(struct pool *pool);

/* Frees all items; the pool can be filled again. */
void pool_finish(struct pool *pool);

static inline void *pool_at(const struct pool *pool, uint32_t number)
{
    return pool->blocks[number >> POOL_BLOCK_BITS] +
           (size_t)(number & (POOL_BLOCK - 1)) * pool->item_size;
}

/* A pool whose items begin with their key, a uint64_t whose upper half is as good as chance. */
struct table {
    struct pool pool;
    struct table_slot *slots;
    size_t room;   /* a power of two, or 0 */
    size_t count;  /* of items */
    uint32_t free; /* the first number that can be used again */
};

/* A key for a number: numbers that differ have keys that differ, which are spread. */
static inline uint64_t table_key(uint64_t number)
{
    return number * UINT64_C(0x9E3779B97F4A7C15); /* odd */
}

/* The same for a pair of numbers. */
static inline uint64_t table_key_of_pair(uint32_t first, uint32_t second)
{
    return table_key((uint64_t)first << 32 | second);
}

/* The number of the item with `key`; a zeroed one with that key is made if there is none, and
 * `*added` says so. 0: out of memory. */
uint32_t table_get(struct table *table, uint64_t key, bool *added);

/* The number of the item with `key`, or 0. */
uint32_t table_find(const struct table *table, uint64_t key);

/* Forgets the item; its number may be given to another. */
void table_remove(struct table *table, uint32_t number);

void table_finish(struct table *table);

/* Has the place of a key brought near, if not the item. */
void table_prefetch(const struct table *table, uint64_t key);

static inline void *table_at(const struct table *table, uint32_t number)
{
    return pool_at(&table->pool, number);
}

#endif
