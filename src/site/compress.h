/* Compression, once per page and never per request. The only user of zlib and brotli. */
#ifndef ATTIMO_SITE_COMPRESS_H
#define ATTIMO_SITE_COMPRESS_H

#include "base/buf.h"
#include "http/negotiate.h"

/* QUICK gets a page live (brotli 4, gzip 1); BEST replaces it (brotli 11, gzip 9). */
enum tier { TIER_QUICK, TIER_BEST };

/* Appends `body` in `coding` (not identity) to `out`. The same input gives the same bytes.
 * ERR_NO_MEMORY. */
int compress_body(enum coding coding, enum tier tier, struct str body, struct buf *out);

#endif
