/* What the files of the endpoints share. Private to endpoint*.c. */
#ifndef ATTIMO_SERVER_ENDPOINT_PARTS_H
#define ATTIMO_SERVER_ENDPOINT_PARTS_H

#include "server/endpoint.h"
#include "server/recording.h"

#include "capture/hit.h"

/* Answers with an error, in JSON. */
enum verdict endpoint_error(const struct exchange *exchange, struct answer *answer, unsigned status,
                            const char *words);

/* The same, and `n` events are counted as refused. */
struct refused {
    enum refusal_reason reason;
    unsigned n;
    unsigned status;
    const char *words;
};
enum verdict endpoint_refuse(const struct exchange *exchange, struct answer *answer,
                             const struct refused *refused);

/* 405, with what is allowed: a whole field line. */
enum verdict endpoint_method(const struct exchange *exchange, struct answer *answer,
                             struct str allow);

/* Whether whoever asks may bring `n` more events; the token's id may be empty. */
bool endpoint_may_bring(const struct exchange *exchange, struct str view, unsigned n);

/* Offers all hits together. False: there is no room for them. */
bool endpoint_offer(const struct exchange *exchange, const struct hit *hits, size_t count);

/* The same. The answer that is filled in comes once they are in the journal; if
 * there is no room for them, 503 at once. */
enum verdict endpoint_record(const struct exchange *exchange, struct answer *answer,
                             const struct hit *hits, size_t count);

enum verdict endpoint_events(const struct exchange *exchange, struct answer *answer);
enum verdict endpoint_ping(const struct exchange *exchange, struct answer *answer);
enum verdict endpoint_go(const struct exchange *exchange, struct str path, struct answer *answer);
enum verdict endpoint_staff(const struct exchange *exchange, struct answer *answer);

#endif
