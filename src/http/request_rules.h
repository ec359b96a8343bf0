/* What request.c and request_rules.c share: a head as its lines say it. Nobody else includes this.
 */
#ifndef ATTIMO_HTTP_REQUEST_RULES_H
#define ATTIMO_HTTP_REQUEST_RULES_H

#include "http/request.h"

/* What the parser found beside what it has put into the request. */
struct request_lines {
    struct str target;
    bool is_connect; /* the method is CONNECT */
    const char *end; /* of the head */
};

/* Finds path, query, persistence and expectation of a request whose method, version, framing (as
 * llhttp reads it) and fields are known. False: `refusal` says why it may not be answered. */
bool request_apply_rules(struct request *request, const struct request_lines *lines,
                         struct refusal *refusal);

#endif
