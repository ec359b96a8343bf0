/* Request paths: percent-decoded once, compared as NFC. */
#ifndef ATTIMO_HTTP_PATH_H
#define ATTIMO_HTTP_PATH_H

#include "base/buf.h"
#include "base/str.h"

/* Decodes the path part of a target. The common path has nothing to decode: then `*out` is `raw`
 * itself and `scratch` stays untouched; else `scratch` is overwritten and `*out` lies in it.
 * ERR_INVALID: a bad escape, an encoded slash, NUL or control character, not UTF-8, or more than 30
 * combining marks in a row. ERR_NO_MEMORY. */
int path_decode(struct str raw, struct buf *scratch, struct str *out);

/* Appends `path` (decoded, UTF-8) as it may stand in a target or a Location: RFC 3986 pchar and `/`
 * as they are, everything else percent-encoded. A second slash at the start is encoded too, so that
 * the result never names another host. */
void path_encode(struct str path, struct buf *out);

/* Appends a query as somebody has sent it, percent-encoding what may not stand in one. */
void path_encode_query(struct str query, struct buf *out);

/* Appends `text` in Normalization Form C. ERR_INVALID: not UTF-8, or more than 30 combining marks
 * in a row. ERR_NO_MEMORY. */
int path_normalize(struct str text, struct buf *out);

#endif
