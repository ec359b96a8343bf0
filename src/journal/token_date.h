/* What the id of a token says by itself: when it was made. Whoever makes tokens and whoever reads
 * journals long afterwards hold to this. */
#ifndef ATTIMO_JOURNAL_TOKEN_DATE_H
#define ATTIMO_JOURNAL_TOKEN_DATE_H

#include "base/str.h"

/* The id (what a journal calls `pv`) is base64url, and begins with 48 bits of milliseconds since
 * 1970: until the year 2109 with an A. */
enum { TOKEN_ID_LEN = 20 };

/* The millisecond since 1970 in which a token with that id was made, or up to TOKEN_DATE_STEP
 * before it; -1: it is not the id of a token. */
enum { TOKEN_DATE_STEP = 1 << 18 };
int64_t token_date(struct str id);

#endif
