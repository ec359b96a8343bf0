/* Owns the way from a worker to the recorder. */
#include "server/feed.h"

#include "server/ring.h"

#include <assert.h>
#include <stdalign.h>

/* Stands before the bytes of a record. */
struct feed_head {
    alignas(16) enum feed_kind kind;
    struct ticket ticket;
};

int feed_init(struct feed *feed, size_t size, struct sleeper *recorder)
{
    *feed = (struct feed){.recorder = recorder};
    return ring_create(&feed->ring, size);
}

void feed_finish(struct feed *feed)
{
    ring_destroy(feed->ring);
    feed->ring = NULL;
}

/* --- the worker's thread */

static struct feed_head *reserve(struct feed *feed, size_t max)
{
    struct feed_head *head = (void *)ring_reserve(feed->ring, sizeof *head + max);
    feed->lacks_room |= !head;
    return head;
}

char *feed_reserve(struct feed *feed, size_t max)
{
    feed->last = reserve(feed, max);
    return feed->last ? (char *)(feed->last + 1) : NULL;
}

void feed_add(struct feed *feed, size_t n)
{
    assert(feed->last);
    feed->last->kind = FEED_EVENT;
    ring_add(feed->ring, sizeof *feed->last + n);
}

/* Forgets what was added since the last offer. */
static void cancel(struct feed *feed)
{
    ring_cancel(feed->ring);
    feed->lacks_room = false;
}

void feed_offer_view(struct feed *feed)
{
    if (feed->lacks_room) {
        cancel(feed);
        counter_add(&feed->dropped, 1);
        return;
    }
    feed->last->kind = FEED_VIEW;
    ring_publish(feed->ring);
    feed->has_views = true;
}

bool feed_offer_group(struct feed *feed, struct ticket ticket)
{
    struct feed_head *head = reserve(feed, 0);
    if (feed->lacks_room) {
        cancel(feed);
        counter_add(&feed->unwritten, 1);
        return false;
    }
    *head = (struct feed_head){.kind = FEED_TICKET, .ticket = ticket};
    ring_add(feed->ring, sizeof *head);
    ring_publish(feed->ring);
    atomic_store(&feed->groups, atomic_load_explicit(&feed->groups, memory_order_relaxed) + 1);
    feed->has_groups = true;
    return true;
}

void feed_give_up(struct feed *feed)
{
    counter_add(&feed->unwritten, 1);
}

void feed_refuse(struct feed *feed, unsigned n)
{
    counter_add(&feed->refused, n);
}

void feed_ring(struct feed *feed)
{
    if (feed->has_groups)
        sleeper_wake(feed->recorder, SLEEP_NAP);
    else if (feed->has_views)
        sleeper_wake(feed->recorder, SLEEP_DEEP);
    feed->has_views = false;
    feed->has_groups = false;
}

/* --- the recorder's thread */

bool feed_is_empty(const struct feed *feed)
{
    return ring_is_empty(feed->ring);
}

bool feed_has_group(const struct feed *feed)
{
    return atomic_load(&feed->groups) != feed->groups_taken;
}

bool feed_next(struct feed *feed, struct feed_item *item)
{
    struct str bytes;
    if (!ring_next(feed->ring, &bytes))
        return false;
    const struct feed_head *head = (const void *)bytes.ptr;
    feed->groups_taken += head->kind == FEED_TICKET;
    item->kind = head->kind;
    item->ticket = head->ticket;
    item->record = str_skip(bytes, sizeof *head);
    return true;
}

void feed_release(struct feed *feed)
{
    ring_release(feed->ring);
}
