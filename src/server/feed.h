/* A worker's side of the recorder: what it offers waits in a ring of its own until the recorder
 * takes it.
 *
 *     char *room = feed_reserve(feed, HIT_ROOM);
 *     if (room)
 *         feed_add(feed, hit_pack(&hit, room));
 *     feed_offer_view(feed);
 *
 * Happy path: what is offered is written to the journal; a view soon, a group at once, and then its
 * ticket is completed, after the call that offered it has returned. Failure modes: where there is
 * no room, a view is counted as dropped and a group is refused; a group that cannot be written is
 * completed with 503. All of it is the worker's thread's, but for what is said to be any's. */
#ifndef ATTIMO_SERVER_FEED_H
#define ATTIMO_SERVER_FEED_H

#include "server/counter.h"
#include "server/handler.h"
#include "server/sleeper.h"

struct ring;
struct feed_head;

struct feed {
    struct ring *ring;
    struct sleeper *recorder;
    struct feed_head *last; /* of the record that was reserved last */
    bool lacks_room;        /* something since the last offer found no room */
    bool has_views;         /* offered since feed_ring */
    bool has_groups;
    atomic_uint_least64_t groups;  /* offered */
    uint64_t groups_taken;         /* the recorder's */
    atomic_uint_least64_t dropped; /* views; read by any thread */
    atomic_uint_least64_t refused; /* events that were answered with an error; read by any thread */
    atomic_uint_least64_t unwritten; /* groups without room, or given up; read by any thread */
};

/* A ring of `size` bytes; `recorder` is woken. ERR_NO_MEMORY. */
int feed_init(struct feed *feed, size_t size, struct sleeper *recorder);
void feed_finish(struct feed *feed);

/* Room for one record of at most `max` bytes, aligned for any type; NULL: there is none. */
char *feed_reserve(struct feed *feed, size_t max);

/* The first `n` bytes of what was reserved last are a record. */
void feed_add(struct feed *feed, size_t n);

/* The record that was added is a view. If there was no room for it, it is counted as dropped. */
void feed_offer_view(struct feed *feed);

/* All records that were added since the last offer go into the journal together or not at all, and
 * worker_complete is then called with the ticket: status 0, or 503 (after a failed sync all of them
 * may be found nevertheless, see journal.h). False: there was no room, all of them are forgotten
 * and counted as one unwritten group, and worker_complete is not called. */
bool feed_offer_group(struct feed *feed, struct ticket ticket);

/* Nobody waits any longer for a group that was offered: it is answered with 503, and counted as
 * unwritten. It may be written nevertheless; where it is not, it is counted once more. */
void feed_give_up(struct feed *feed);

/* `n` events were not taken, for what they are or whose they are: the journal will tell how many.
 */
void feed_refuse(struct feed *feed, unsigned n);

/* After the answers are sent: wakes the recorder if it sleeps and what was offered asks for it. */
void feed_ring(struct feed *feed);

/* --- the recorder's thread */

enum feed_kind { FEED_VIEW, FEED_EVENT, FEED_TICKET };

/* What was offered: a record, or the ticket behind the events of a group. */
struct feed_item {
    enum feed_kind kind;
    struct str record;    /* valid until feed_release */
    struct ticket ticket; /* FEED_TICKET */
};

bool feed_is_empty(const struct feed *feed);
bool feed_has_group(const struct feed *feed);
bool feed_next(struct feed *feed, struct feed_item *item);
void feed_release(struct feed *feed);

#endif
