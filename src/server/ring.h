/* A bounded queue of records from one thread to another, without a lock. A record is bytes in one
 * piece, written and read in place.
 *
 * The writer reserves, adds, and publishes what it has added: the reader sees all of it, or nothing
 * yet. Failure mode: a full ring takes nothing, and says so. */
#ifndef ATTIMO_SERVER_RING_H
#define ATTIMO_SERVER_RING_H

#include "base/str.h"

struct ring;

enum { RING_MIN = 4096, RING_RECORD_OVERHEAD = 16 };

/* Of `size` bytes (RING_MIN at least), or the next power of two. ERR_NO_MEMORY. */
int ring_create(struct ring **out, size_t size);
void ring_destroy(struct ring *ring);

/* --- the writer's thread */

/* Room for one record of at most `n` bytes, aligned for any type; NULL: the ring is full, or `n`
 * and RING_RECORD_OVERHEAD are more than half of it. What was reserved before and not added is
 * forgotten. */
char *ring_reserve(struct ring *ring, size_t n);

/* The first `n` bytes of what was reserved last are a record. */
void ring_add(struct ring *ring, size_t n);

/* What was added since the last time is seen by the reader, all at once (sequentially consistent,
 * so that the writer may then look whether the reader sleeps). */
void ring_publish(struct ring *ring);

/* What was added since the last publishing is forgotten. */
void ring_cancel(struct ring *ring);

/* --- the reader's thread */

/* Whether nothing waits to be read (sequentially consistent). */
bool ring_is_empty(const struct ring *ring);

/* The next record, valid until ring_release; false if there is none. */
bool ring_next(struct ring *ring, struct str *record);

/* Gives back the room of all records that were read. */
void ring_release(struct ring *ring);

#endif
