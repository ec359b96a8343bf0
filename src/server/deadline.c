/* Owns the lists of deadlines. */
#include "server/deadline.h"

#include <stddef.h>

void deadline_list_init(struct deadline_list *list, uint64_t length_ms)
{
    list->ends.next = &list->ends;
    list->ends.previous = &list->ends;
    list->length_ms = length_ms;
}

void deadline_disarm(struct deadline *d)
{
    if (!d->next)
        return;
    d->next->previous = d->previous;
    d->previous->next = d->next;
    d->next = NULL;
    d->previous = NULL;
}

void deadline_arm(struct deadline_list *list, struct deadline *d, uint64_t now_ms)
{
    d->since_ms = now_ms;
    if (list->ends.previous == d)
        return; /* the last already, as a connection that talks without pause is */
    deadline_disarm(d);
    d->next = &list->ends;
    d->previous = list->ends.previous;
    d->previous->next = d;
    list->ends.previous = d;
}

struct deadline *deadline_due(const struct deadline_list *list, uint64_t now_ms)
{
    struct deadline *first = list->ends.next;
    return first != &list->ends && first->since_ms + list->length_ms <= now_ms ? first : NULL;
}
