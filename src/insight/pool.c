/* Owns items in blocks, and the index over them. */
#include "insight/pool.h"

#include "insight/zeroed.h"

#include <stdlib.h>
#include <string.h>

uint32_t pool_add(struct pool *pool)
{
    uint32_t number = pool->last + 1;
    size_t block = number >> POOL_BLOCK_BITS;
    if (number == 0)
        return 0;
    if (block >= pool->blocks_room) {
        size_t room = pool->blocks_room ? pool->blocks_room * 2 : 16;
        char **grown = realloc(pool->blocks, room * sizeof *grown);
        if (!grown)
            return 0;
        for (size_t i = pool->blocks_room; i < room; i++)
            grown[i] = NULL;
        pool->blocks = grown;
        pool->blocks_room = room;
    }
    if (!pool->blocks[block])
        pool->blocks[block] = calloc(POOL_BLOCK, pool->item_size);
    if (!pool->blocks[block])
        return 0;
    pool->last = number;
    return number;
}

void pool_finish(struct pool *pool)
{
    for (size_t i = 0; i < pool->blocks_room; i++)
        free(pool->blocks[i]);
    free(pool->blocks);
    *pool = (struct pool){.item_size = pool->item_size};
}

/* Linear probing. Half of the key is kept beside the number: it tells nearly all strangers apart
 * without a look at their items, and is all that growing needs. */
struct table_slot {
    uint32_t number; /* 0: free */
    uint32_t half;
};

static bool grow(struct table *table)
{
    size_t room = table->room ? table->room * 2 : 64;
    struct table_slot *slots = zeroed(room, sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i < table->room; i++) {
        if (table->slots[i].number == 0)
            continue;
        size_t at = table->slots[i].half & (room - 1);
        while (slots[at].number != 0)
            at = (at + 1) & (room - 1);
        slots[at] = table->slots[i];
    }
    free(table->slots);
    table->slots = slots;
    table->room = room;
    return true;
}

/* A free number holds the next free one where its key was. */
static uint32_t take_number(struct table *table)
{
    uint32_t number = table->free;
    if (number == 0)
        return pool_add(&table->pool);
    uint64_t *item = table_at(table, number);
    table->free = (uint32_t)*item;
    if (table->free)
        __builtin_prefetch(table_at(table, table->free));
    memset(item, 0, table->pool.item_size);
    return number;
}

/* What stands behind the gap, and would be found if the gap were not there, moves up. */
void table_remove(struct table *table, uint32_t number)
{
    size_t mask = table->room - 1;
    uint64_t *key = table_at(table, number);
    size_t gap = (size_t)(*key >> 32) & mask;
    while (table->slots[gap].number != number)
        gap = (gap + 1) & mask;
    for (size_t at = (gap + 1) & mask; table->slots[at].number != 0; at = (at + 1) & mask) {
        size_t home = table->slots[at].half & mask;
        if (((at - home) & mask) < ((at - gap) & mask))
            continue;
        table->slots[gap] = table->slots[at];
        gap = at;
    }
    table->slots[gap].number = 0;
    table->count--;
    *key = table->free;
    table->free = number;
}

/* Where the key is, or the free place where it would be. */
static size_t find(const struct table *table, uint64_t key)
{
    uint32_t half = (uint32_t)(key >> 32);
    size_t at = half & (table->room - 1);
    for (; table->slots[at].number != 0; at = (at + 1) & (table->room - 1)) {
        if (table->slots[at].half != half)
            continue;
        const uint64_t *there = table_at(table, table->slots[at].number);
        if (*there == key)
            break;
    }
    return at;
}

uint32_t table_find(const struct table *table, uint64_t key)
{
    return table->room > 0 ? table->slots[find(table, key)].number : 0;
}

uint32_t table_get(struct table *table, uint64_t key, bool *added)
{
    *added = false;
    if (table->count >= table->room / 4 * 3 && !grow(table))
        return 0;
    size_t at = find(table, key);
    if (table->slots[at].number != 0)
        return table->slots[at].number;
    uint32_t number = take_number(table);
    if (number == 0)
        return 0;
    uint64_t *item = table_at(table, number);
    *item = key;
    table->count++;
    table->slots[at] = (struct table_slot){number, (uint32_t)(key >> 32)};
    *added = true;
    return number;
}

void table_prefetch(const struct table *table, uint64_t key)
{
    if (table->room > 0)
        __builtin_prefetch(&table->slots[(size_t)(key >> 32) & (table->room - 1)]);
}

void table_finish(struct table *table)
{
    free(table->slots);
    pool_finish(&table->pool);
    table->slots = NULL;
    table->room = table->count = 0;
    table->free = 0;
}
