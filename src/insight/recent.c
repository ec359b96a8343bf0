/* Owns what has been met lately: open addressing, items in the slots themselves. */
#include "insight/recent.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM_MIN = 256 };

void recent_init(struct recent *recent, size_t item_size)
{
    *recent = (struct recent){.item_size = item_size};
}

static uint64_t key_at(const char *slot)
{
    uint64_t key;
    memcpy(&key, slot, sizeof key);
    return key;
}

/* The slot that has the key, or the free one where it belongs. */
static char *slot_of(const struct recent_generation *generation, size_t item_size, uint64_t key)
{
    size_t mask = generation->room - 1;
    for (size_t at = key & mask;; at = (at + 1) & mask) {
        char *slot = generation->slots + at * item_size;
        uint64_t there = key_at(slot);
        if (there == key || there == 0)
            return slot;
    }
}

static void *find(const struct recent_generation *generation, size_t item_size, uint64_t key)
{
    if (generation->room == 0)
        return NULL;
    char *slot = slot_of(generation, item_size, key);
    return key_at(slot) == key ? slot : NULL;
}

void *recent_find(const struct recent *recent, uint64_t key)
{
    void *item = find(&recent->young, recent->item_size, key);
    return item ? item : find(&recent->old, recent->item_size, key);
}

static bool grow(struct recent_generation *generation, size_t item_size)
{
    struct recent_generation grown = {.room = generation->room ? generation->room * 2 : ROOM_MIN};
    grown.slots = calloc(grown.room, item_size);
    if (!grown.slots)
        return false;
    for (size_t i = 0; i < generation->room; i++) {
        const char *slot = generation->slots + i * item_size;
        if (key_at(slot) != 0)
            memcpy(slot_of(&grown, item_size, key_at(slot)), slot, item_size);
    }
    grown.count = generation->count;
    free(generation->slots);
    *generation = grown;
    return true;
}

void *recent_add(struct recent *recent, uint64_t key)
{
    struct recent_generation *young = &recent->young;
    if (young->count >= young->room / 2 && !grow(young, recent->item_size))
        return NULL;
    char *slot = slot_of(young, recent->item_size, key);
    memcpy(slot, &key, sizeof key);
    young->count++;
    return slot;
}

static void forget_all(struct recent_generation *generation, size_t item_size,
                       recent_forget *forget, void *context)
{
    for (size_t i = 0; forget && i < generation->room; i++) {
        char *slot = generation->slots + i * item_size;
        if (key_at(slot) != 0)
            forget(context, slot);
    }
    free(generation->slots);
    *generation = (struct recent_generation){0};
}

void recent_turn(struct recent *recent, recent_forget *forget, void *context)
{
    forget_all(&recent->old, recent->item_size, forget, context);
    recent->old = recent->young;
    recent->young = (struct recent_generation){0};
}

void recent_finish(struct recent *recent, recent_forget *forget, void *context)
{
    forget_all(&recent->old, recent->item_size, forget, context);
    forget_all(&recent->young, recent->item_size, forget, context);
}
