/* Links to drafts: signed for one page, good until a second. */
#ifndef ATTIMO_SITE_PREVIEW_H
#define ATTIMO_SITE_PREVIEW_H

#include "base/buf.h"
#include "base/hash.h"

#include <time.h>

enum { PREVIEW_SECONDS = 48 * 60 * 60 };

/* Appends what stands behind `preview=` in the query of a link to the page at `path` (decoded,
 * NFC). */
void preview_append_token(struct buf *out, const unsigned char key[HASH_KEY_SIZE], struct str path,
                          time_t until);

/* Whether the query of a request for `path` holds a token that is good at `now`. */
bool preview_is_allowed(struct str query, const unsigned char key[HASH_KEY_SIZE], struct str path,
                        time_t now);

#endif
