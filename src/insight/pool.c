/* Owns items in blocks, and the index over them. */
#include "insight/pool.h"

#include <stdlib.h>

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
    struct table_slot *slots = calloc(room, sizeof *slots);
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

uint32_t table_get(struct table *table, uint64_t key, bool *added)
{
    *added = false;
    if (table->pool.last >= table->room / 4 * 3 && !grow(table))
        return 0;
    uint32_t half = (uint32_t)(key >> 32);
    size_t at = half & (table->room - 1);
    for (; table->slots[at].number != 0; at = (at + 1) & (table->room - 1)) {
        if (table->slots[at].half != half)
            continue;
        const uint64_t *there = table_at(table, table->slots[at].number);
        if (*there == key)
            return table->slots[at].number;
    }
    uint32_t number = pool_add(&table->pool);
    if (number == 0)
        return 0;
    uint64_t *item = table_at(table, number);
    *item = key;
    table->slots[at] = (struct table_slot){number, half};
    *added = true;
    return number;
}

void table_finish(struct table *table)
{
    free(table->slots);
    pool_finish(&table->pool);
    table->slots = NULL;
    table->room = 0;
}
