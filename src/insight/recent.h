/* What has been met in the last day, found by a 64-bit key: memory for that long and no longer.
 *
 * There are two generations. What is new goes into the younger; `recent_turn`, called once a day,
 * forgets the older and makes the younger the older. So an item is kept for one to two days. */
#ifndef ATTIMO_INSIGHT_RECENT_H
#define ATTIMO_INSIGHT_RECENT_H

#include <stddef.h>
#include <stdint.h>

/* Items of one size, each beginning with its key, a uint64_t that is not 0 and whose bits are all
 * alike in worth. */
struct recent {
    size_t item_size;
    struct recent_generation {
        char *slots;
        size_t room; /* a power of two, or 0 */
        size_t count;
    } young, old;
};

void recent_init(struct recent *recent, size_t item_size);

/* The item with the key, or NULL. Valid until the next recent_add. */
void *recent_find(const struct recent *recent, uint64_t key);

/* A new item of which all but the key is zero; there must be none yet. NULL: out of memory. */
void *recent_add(struct recent *recent, uint64_t key);

/* Tells each item that is forgotten, if `forget` is not NULL. */
typedef void recent_forget(void *context, void *item);
void recent_turn(struct recent *recent, recent_forget *forget, void *context);
void recent_finish(struct recent *recent, recent_forget *forget, void *context);

#endif
