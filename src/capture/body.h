/* Reading what the script sends: the body of POST /_/e. One or more lines, each form-encoded, one
 * event a line; what the first line says of the document holds for all (docs/events.md). */
#ifndef ATTIMO_CAPTURE_BODY_H
#define ATTIMO_CAPTURE_BODY_H

#include "capture/hit.h"

enum { BODY_LINES_MAX = 64 };

struct body {
    struct str token; /* `pv` as it was sent: to be judged; empty: absent */
    struct str path;  /* `p`: of the page, as it stands in the address, still encoded */
    size_t count;
    /* What the lines say: kind, journey, d, rev, cta, dest, query, referrer, the numbers. All else
     * is zero. */
    struct hit hits[BODY_LINES_MAX];
};

/* Reads all lines or none. `host` is the site's own, for links that lead to it. Texts are slices of
 * `bytes`, or of `room`, which is as long. Returns NULL, or static words that say what is wrong.
 * Keys of a later script are passed over. */
const char *body_read(struct body *out, struct str bytes, struct str host, char *room);

#endif
