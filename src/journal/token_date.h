/* What the id of a token says by itself: when it was made. Whoever makes tokens and whoever reads
 * journals long afterwards hold to this. */
#ifndef ATTIMO_JOURNAL_TOKEN_DATE_H
#define ATTIMO_JOURNAL_TOKEN_DATE_H

#include "base/str.h"

/* The id (what a journal calls `pv`) is base64url, and begins with 48 bits of milliseconds since
 * 1970 and 8 of flags: until the year 2109, and while there are two flags, each with an A. */
enum { TOKEN_ID_LEN = 20, TOKEN_DATE_LEN = 8 };

/* A server records nothing with a token, as page view or journey, that was made so long before. */
#define TOKEN_SILENCE_MS (INT64_C(25) * 3600 * 1000)

/* The millisecond since 1970 in which a token with that id was made, or up to TOKEN_DATE_STEP
 * before it; -1: it is not the id of a token. */
enum { TOKEN_DATE_STEP = 1 << 18 };
int64_t token_date(struct str id);

#endif
