/* What stands between a connection and an answer: a handler is given a whole request and does no
 * I/O. */
#ifndef ATTIMO_SERVER_HANDLER_H
#define ATTIMO_SERVER_HANDLER_H

#include "base/buf.h"
#include "base/network.h"
#include "http/request.h"
#include "site/site.h"

struct feed;
struct recording;

/* Names one waiting connection of one worker; stays harmless when the connection is gone. */
struct ticket {
    uint32_t slot;
    uint32_t generation;
};

enum verdict {
    VERDICT_RESPOND,   /* the answer is filled in */
    VERDICT_WAIT,      /* worker_complete will bring the answer, with the exchange's ticket */
    VERDICT_READ_BODY, /* call again when the body is there; only while `body_read` is false */
};

/* One request on its way through. Lives as long as the call. */
struct exchange {
    const struct request *request;
    bool body_read; /* request->body is all of it; always true when there is none */
    const struct site *site;
    struct ticket ticket;
    struct feed *feed;           /* to the recorder; NULL: nothing is recorded */
    struct recording *recording; /* of visits; NULL: none are */
    const struct peer *peer; /* at the other end of the connection: exchange_client sees further */
    const struct networks *trusted_proxies; /* NULL: nobody is trusted */
    struct buf *scratch; /* empty; for fields and bodies made for this answer alone */
};

/* Who asked: the peer, or whom a trusted proxy names. Costs nothing where it is not called. */
struct peer exchange_client(const struct exchange *exchange);
bool exchange_is_https(const struct exchange *exchange);

struct answer {
    unsigned status;
    struct str fields;      /* whole field lines, each with its CRLF */
    struct str more_fields; /* the same, behind `fields` */
    struct str body;        /* not sent to HEAD; Content-Length is among the fields */
    bool body_of_site; /* the body belongs to the exchange's site and may be sent from there; else
                          it is copied */
    bool close;        /* after this answer */
    /* With VERDICT_WAIT: what a person sees where there is nothing but 503 to say after all, as
     * `fields` and `body`. Empty: an error in JSON. */
    struct str instead_fields;
    struct str instead;
};

struct handler {
    enum verdict (*handle)(void *context, const struct exchange *exchange, struct answer *answer);
    void *context;
};

/* What handler_serve is given as its context. */
struct handler_serving {
    const unsigned char *preview_key; /* HASH_KEY_SIZE bytes; NULL: drafts are shown to nobody */
};

/* Pages, redirects, errors: what a worker's handler answers by default. The context is a struct
 * handler_serving, or NULL. */
enum verdict handler_serve(void *context, const struct exchange *exchange, struct answer *answer);

/* Fills in a redirect to `location`, as it stands in the field, the request's query kept. It is
 * good for a minute, but for 303. */
void handler_redirect(const struct exchange *exchange, unsigned status, struct str location,
                      struct answer *answer);

/* What a request with conditions (RFC 9110 13) for the representation that `etag` names gets in
 * place of 200: 304, or 412; else 200. An empty `etag`: it has none, and `*` alone means it. */
unsigned handler_judge(const struct request *request, struct str etag);

/* Fills in an error with a body of its own in `scratch`: JSON (for what is under `/_/`) or HTML.
 * 405 says what pages allow, 429 and 503 when it is worth another try. */
void handler_error(struct answer *answer, struct buf *scratch, unsigned status, const char *reason,
                   bool json);

#endif
