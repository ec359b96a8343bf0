/* The body of one request, gathered within bounds (RFC 9112 sections 6 and 7). */
#ifndef ATTIMO_HTTP_REQUEST_BODY_H
#define ATTIMO_HTTP_REQUEST_BODY_H

#include "http/request.h"

struct request_body;

/* For a request whose framing is not FRAMING_NONE. `limit` bounds the decoded body; a chunked one
 * may take as much again and 16 KiB in chunk lines and trailers. ERR_TOO_LARGE when its length
 * already says so (413), ERR_NO_MEMORY. */
int request_body_create(struct request_body **out, const struct request *request, size_t limit);
void request_body_destroy(struct request_body *body);

/* Takes bytes that follow the head; `*used` of them belonged to this body. DONE: it is whole, what
 * is left over is the next request. REFUSED: `refusal` says why (400, 413, 503). */
enum parse_result request_body_feed(struct request_body *body, struct str input, size_t *used,
                                    struct refusal *refusal);

/* What has been gathered; valid until the next feed. */
struct str request_body_bytes(const struct request_body *body);

#endif
