/* Deadlines of one class: all of the same length, so the list is in order of time by itself, and
 * looking at its head once a second is all the work there is. The length may change, for those that
 * are under way as well. A timer per connection would cost more than it tells. */
#ifndef ATTIMO_SERVER_DEADLINE_H
#define ATTIMO_SERVER_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

/* Embedded in what has a deadline. Zeroed: in no list. */
struct deadline {
    struct deadline *next;
    struct deadline *previous;
    uint64_t since_ms;
};

struct deadline_list {
    struct deadline ends; /* sentinel: next is the first due, previous the last */
    uint64_t length_ms;
};

void deadline_list_init(struct deadline_list *list, uint64_t length_ms);

/* Puts `d` at length_ms from now, taking it off any list that it is on. */
void deadline_arm(struct deadline_list *list, struct deadline *d, uint64_t now_ms);
void deadline_disarm(struct deadline *d);

/* The first that is due at `now_ms`, or NULL. It stays in the list. */
struct deadline *deadline_due(const struct deadline_list *list, uint64_t now_ms);

#endif
