/* Proactive content negotiation and conditional requests (RFC 9110 sections 12.5.3 and 13.1.2). */
#ifndef ATTIMO_HTTP_NEGOTIATE_H
#define ATTIMO_HTTP_NEGOTIATE_H

#include "base/str.h"

/* Content codings, from the one preferred least among equals. */
enum coding { CODING_IDENTITY, CODING_GZIP, CODING_BROTLI, CODING_COUNT };

/* "gzip", "br"; NULL for identity. */
const char *coding_name(enum coding coding);

/* Quality of each coding in thousandths; 0: not acceptable. */
struct accepted {
    unsigned short q[CODING_COUNT];
};

/* What a client accepts that sends no Accept-Encoding: here, identity alone. */
struct accepted negotiate_default(void);

/* Whether a client's only Accept-Encoding line is one that today's browsers send, word for word:
 * they take any coding. Recognised whole, it costs a tenth of being read. */
bool negotiate_is_usual(struct str value);

/* The coding to send such a client out of `available`: the smallest. */
enum coding negotiate_smallest(unsigned available);

/* Reads one Accept-Encoding line into `accepted`; further lines of the same request may follow.
 * Members that are not well formed are passed over. Start with a zeroed struct and end with
 * negotiate_finish. */
struct negotiation {
    struct accepted named;
    unsigned seen; /* bit per coding that was named */
    unsigned short any;
    bool any_seen;
};
void negotiate_line(struct negotiation *n, struct str value);
struct accepted negotiate_finish(const struct negotiation *n);

/* The coding to send out of `available` (bit per coding; identity is always there): the highest
 * quality, the smallest form among equals; identity when nothing is acceptable (never 406). */
enum coding negotiate_choose(const struct accepted *accepted, unsigned available);

/* Whether an If-None-Match line names `etag` (with its quotes), by weak comparison, or is `*`. */
bool negotiate_etag_matches(struct str if_none_match, struct str etag);

/* The same for If-Match, by strong comparison: weak tags never match, `*` does. */
bool negotiate_etag_matches_strongly(struct str if_match, struct str etag);

#endif
