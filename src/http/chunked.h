/* The chunked transfer coding, decoded by the letter (RFC 9112 7.1): extensions and trailers must
 * be well-formed, and are dropped. */
#ifndef ATTIMO_HTTP_CHUNKED_H
#define ATTIMO_HTTP_CHUNKED_H

#include "base/str.h"

/* Zeroed: before the first chunk. */
struct chunked {
    unsigned state;
    uint64_t left; /* of the chunk whose size was read last */
};

enum chunked_result {
    CHUNKED_MORE, /* all of the input is used, and more must come */
    CHUNKED_SIZE, /* a chunk begins: `left` is how long it is, never 0 */
    CHUNKED_DATA, /* a piece of it */
    CHUNKED_END,  /* the body has ended, trailers included; nothing may follow */
    CHUNKED_BAD   /* this is no chunked body; nothing may follow */
};

/* Takes bytes from the front of `*input` until there is something to tell. DATA: `*data` is a piece
 * of what was in front. */
enum chunked_result chunked_next(struct chunked *chunked, struct str *input, struct str *data);

#endif
