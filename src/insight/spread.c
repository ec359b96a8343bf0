/* Owns counting values. */
#include "insight/spread.h"

#include "base/err.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

/* A slot is a value, or several that are told as one: each doubling from SPREAD_EXACT on has as
 * many slots as there are from HALF to SPREAD_EXACT. */
enum {
    HALF = SPREAD_EXACT / 2,
    HALF_BITS = 12,
    SHIFT_MAX = 40 - HALF_BITS - 1,
    SLOTS = HALF * SHIFT_MAX + SPREAD_EXACT + 1,
    BLOCK = 1024,
    BLOCKS = (SLOTS + BLOCK - 1) / BLOCK,
};

static uint32_t slot_of(uint64_t value)
{
    if (value < SPREAD_EXACT)
        return (uint32_t)value;
    int shift = 63 - __builtin_clzll(value) - HALF_BITS;
    uint64_t nearest = (value + (UINT64_C(1) << (shift - 1))) >> shift;
    return (uint32_t)(HALF * shift) + (uint32_t)nearest;
}

static double value_of(uint32_t slot)
{
    if (slot < SPREAD_EXACT)
        return slot;
    unsigned shift = slot / HALF - 1;
    return (double)((uint64_t)(slot - HALF * shift) << shift);
}

static void forget_list(struct spread *spread)
{
    free(spread->list);
    spread->list = NULL;
    spread->listed = spread->room = 0;
}

void spread_finish(struct spread *spread)
{
    for (size_t i = 0; spread->blocks && i < BLOCKS; i++)
        free(spread->blocks[i]);
    free(spread->blocks);
    free(spread->list);
    *spread = (struct spread){0};
}

/* --- adding --------------------------------------------------------------------------------- */

static int add_count(struct spread *spread, uint64_t value)
{
    uint32_t slot = slot_of(value);
    uint32_t **block = &spread->blocks[slot / BLOCK];
    if (!*block)
        *block = calloc(BLOCK, sizeof **block);
    if (!*block)
        return ERR_NO_MEMORY;
    (*block)[slot % BLOCK]++;
    return 0;
}

/* Whether the blocks take no more memory than twice the list. */
static bool is_better_counted(const struct spread *spread)
{
    bool is_needed[BLOCKS] = {false};
    size_t blocks = 0;
    if (spread->listed < SPREAD_KNOWN)
        return false;
    for (uint32_t i = 0; i < spread->listed; i++) {
        size_t block = slot_of(spread->list[i]) / BLOCK;
        blocks += !is_needed[block];
        is_needed[block] = true;
    }
    return blocks * BLOCK * sizeof **spread->blocks <= 2 * spread->listed * sizeof *spread->list;
}

/* Turns the list into counts. */
static int count_list(struct spread *spread)
{
    int rc = 0;
    spread->blocks = calloc(BLOCKS, sizeof *spread->blocks);
    if (!spread->blocks)
        return ERR_NO_MEMORY;
    for (uint32_t i = 0; rc == 0 && i < spread->listed; i++)
        rc = add_count(spread, spread->list[i]);
    forget_list(spread);
    return rc;
}

static int add_value(struct spread *spread, uint64_t value)
{
    if (!spread->blocks && spread->listed == spread->room) {
        if (is_better_counted(spread)) {
            int rc = count_list(spread);
            return rc == 0 ? add_count(spread, value) : rc;
        }
        uint32_t room = spread->room ? spread->room * 2 : 4;
        uint64_t *grown = realloc(spread->list, room * sizeof *grown);
        if (!grown)
            return ERR_NO_MEMORY;
        spread->list = grown;
        spread->room = room;
    }
    if (spread->blocks)
        return add_count(spread, value);
    spread->list[spread->listed++] = value;
    return 0;
}

int spread_add(struct spread *spread, uint64_t value)
{
    spread->count++;
    return add_value(spread, value < SPREAD_MAX ? value : SPREAD_MAX);
}

/* --- several together ----------------------------------------------------------------------- */

static int add_block(struct spread *spread, size_t number, const uint32_t *counts)
{
    uint32_t **block = &spread->blocks[number];
    if (!*block)
        *block = calloc(BLOCK, sizeof **block);
    if (!*block)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < BLOCK; i++)
        (*block)[i] += counts[i];
    return 0;
}

int spread_add_all(struct spread *spread, const struct spread *from)
{
    int rc = from->blocks && !spread->blocks ? count_list(spread) : 0;
    for (size_t i = 0; rc == 0 && from->blocks && i < BLOCKS; i++)
        if (from->blocks[i])
            rc = add_block(spread, i, from->blocks[i]);
    for (uint32_t i = 0; rc == 0 && i < from->listed; i++)
        rc = add_value(spread, from->list[i]);
    spread->count += from->count;
    return rc;
}

int spread_take(struct spread *spread, struct spread *from)
{
    int rc = 0;
    if (spread->count == 0) {
        spread_finish(spread);
        *spread = *from;
        *from = (struct spread){0};
    } else {
        rc = spread_add_all(spread, from);
    }
    spread_finish(from);
    return rc;
}

/* --- quantiles ------------------------------------------------------------------------------ */

static int by_size(const void *left, const void *right)
{
    const uint64_t *a = left;
    const uint64_t *b = right;
    return (*a > *b) - (*a < *b);
}

static uint64_t sum(const uint32_t *counts)
{
    uint64_t all = 0;
    for (size_t i = 0; counts && i < BLOCK; i++)
        all += counts[i];
    return all;
}

/* The value that has `rank` others before it; there are more than that. */
static double value_at(const struct spread *spread, uint64_t rank)
{
    if (!spread->blocks)
        return spread->count > SPREAD_KNOWN ? value_of(slot_of(spread->list[rank]))
                                            : (double)spread->list[rank];
    uint32_t block = 0;
    uint32_t at = 0;
    for (uint64_t there; (there = sum(spread->blocks[block])) <= rank; block++)
        rank -= there;
    for (; spread->blocks[block][at] <= rank; at++)
        rank -= spread->blocks[block][at];
    return value_of(block * BLOCK + at);
}

double spread_quantile(struct spread *spread, double q)
{
    assert(q >= 0 && q <= 1);
    if (spread->count == 0)
        return NAN;
    if (!spread->blocks)
        qsort(spread->list, spread->listed, sizeof *spread->list, by_size);
    double at = q * (double)(spread->count - 1);
    uint64_t rank = (uint64_t)at;
    double below = value_at(spread, rank);
    if (rank + 1 >= spread->count)
        return below;
    double next = value_at(spread, rank + 1);
    return below + (at - (double)rank) * (next - below);
}
