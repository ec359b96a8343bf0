/* Who asked, and how, when proxies stand in between: X-Forwarded-For and X-Forwarded-Proto, which
 * count only as far as those who wrote them are trusted. */
#ifndef ATTIMO_HTTP_FORWARDED_H
#define ATTIMO_HTTP_FORWARDED_H

#include "base/network.h"
#include "http/request.h"

/* The client of a request that `peer` has sent. A peer that is not trusted is the client itself.
 * A trusted one tells of who is behind it: the rightmost address over all X-Forwarded-For lines
 * that is not trusted itself is the client, or the leftmost where all are trusted. PEER_UNKNOWN
 * where a trusted proxy says something that is no address. */
struct peer forwarded_client(const struct request *request, const struct peer *peer,
                             const struct networks *trusted);

/* Whether the client's connection was HTTPS: the last word of X-Forwarded-Proto from a trusted
 * peer; else it was not, for there is no TLS here. */
bool forwarded_is_https(const struct request *request, const struct peer *peer,
                        const struct networks *trusted);

#endif
