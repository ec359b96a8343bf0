/* Where tokens, field values, hosts and paths end: what is asked of the bytes of a head. */
#ifndef ATTIMO_HTTP_SPAN_H
#define ATTIMO_HTTP_SPAN_H

/* The first byte from `at` on that is no token character (RFC 9110 5.6.2); `end` if all are. */
const char *span_token(const char *at, const char *end);

/* The first byte from `at` on that no field value holds (RFC 9110 5.5): a control character other
 * than the tab. `end` if there is none. */
const char *span_value(const char *at, const char *end);

/* The first byte from `at` on that no name of a host has: it is not unreserved (RFC 3986 2.3), no
 * sub-delimiter but the comma, and no `%`. `end` if there is none. */
const char *span_host(const char *at, const char *end);

/* The first byte from `at` on that ends a path in a target: `?`, `#`, a space or a control
 * character below it. `end` if there is none. */
const char *span_path(const char *at, const char *end);

#endif
