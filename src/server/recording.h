/* What one worker needs to record visits: where hits go, the key and the chance for tokens, and the
 * limits. Touched by the worker's thread alone, but for the counters. */
#ifndef ATTIMO_SERVER_RECORDING_H
#define ATTIMO_SERVER_RECORDING_H

#include "capture/limit.h"
#include "capture/token.h"
#include "server/counter.h"
#include "server/handler.h"

struct feed;
struct tuning;

/* Why an event was not taken, the name that metrics give it. */
#define REFUSALS(X)                                                          \
    X(BODY, "body")     /* it cannot be read */                              \
    X(FORGED, "forged") /* its token is nobody's, or another page's */       \
    X(OLD, "old")       /* its token is of another day */                    \
    X(RATE, "rate")     /* there are too many */                             \
    X(PAGE, "page")     /* it is of a page that is not there, or not said */ \
    X(ORIGIN, "origin") /* another site's page sends it */

#define REFUSAL_ENUM(name, words) REFUSAL_##name,
enum refusal_reason { REFUSALS(REFUSAL_ENUM) REFUSAL_COUNT };
#undef REFUSAL_ENUM

/* A second, in the long run; 0: as many as they like. */
struct recording_options {
    unsigned events_per_view;
    unsigned events_per_address;
};

struct recording {
    struct feed *feed;
    const struct networks *internal_networks; /* of the tuning; NULL: there are none */
    struct recording_options options;
    struct token_key key;
    struct random_stream random;
    struct limit *by_view;
    struct limit *by_address;
    char timing[256];                             /* what answers to pages carry */
    atomic_uint_least64_t refused[REFUSAL_COUNT]; /* events; read by any thread */
};

/* `secret` is the same for all workers: a page's token comes back to any of them. `feed` is
 * borrowed, and so is `tuning`, until another one is given. Needs hash_init. ERR_NO_MEMORY. */
int recording_init(struct recording *recording, const unsigned char secret[HASH_KEY_SIZE],
                   const struct tuning *tuning, struct feed *feed);

/* From now on this holds; who has brought how much is forgotten where its limit is another one.
 * Where memory is short, the limits stay. */
void recording_tune(struct recording *recording, const struct tuning *tuning);

/* Takes a zeroed struct. */
void recording_finish(struct recording *recording);

/* Counts `n` events that were not taken; the journal tells of them together, but for those of no
 * page of this site. */
void recording_refuse(struct recording *recording, enum refusal_reason reason, unsigned n);

#endif
