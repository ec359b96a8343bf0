/* Small questions about a request: one answer each, from a table where there is one. */
#ifndef ATTIMO_CAPTURE_CLASSIFY_H
#define ATTIMO_CAPTURE_CLASSIFY_H

#include "base/str.h"

/* Why a page is asked for before anybody wants it, by the value of Sec-Purpose, Purpose, X-Purpose,
 * X-Moz or X-FB-HTTP-Engine: prefetch, prerender, preview; empty: somebody wants it. A constant. */
struct str classify_purpose(struct str value);

/* The host of a Referer, in lower case, without port; of an app on Android its package. Empty where
 * there is none. At most CLASSIFY_HOST_MAX bytes are written to `room`. */
enum { CLASSIFY_HOST_MAX = 253 };
struct str classify_referrer(struct str referrer, char *room);

/* Whether an address with a scheme ("https://a.it/b") is one at `host`; ports aside where `host`
 * has none. */
bool classify_is_at_host(struct str address, struct str host);

/* The language that somebody likes best, by Accept-Language: two or three letters in lower case,
 * written to `room` (CLASSIFY_LANGUAGE_MAX bytes). Empty: none in particular. */
enum { CLASSIFY_LANGUAGE_MAX = 3 };
struct str classify_language(struct str accept_language, char *room);

#endif
