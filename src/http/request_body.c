/* Owns gathering a request's body: counted by Content-Length, or decoded when chunked. */
#include "http/request_body.h"

#include "base/buf.h"
#include "base/err.h"
#include "http/chunked.h"

#include <assert.h>
#include <stdlib.h>

enum { FRAMING_OVERHEAD_MAX = 16 * 1024 };

struct request_body {
    struct buf bytes;
    size_t limit;
    uint64_t missing; /* of a counted body */
    bool is_chunked;
    struct chunked chunked;
    size_t taken; /* bytes that came in, chunk lines and trailers included */
    struct refusal refusal;
};

static enum parse_result refuse(struct request_body *body, unsigned status, const char *reason)
{
    body->refusal = (struct refusal){status, reason};
    return PARSE_REFUSED;
}

int request_body_create(struct request_body **out, const struct request *request, size_t limit)
{
    assert(request->framing != FRAMING_NONE);
    if (request->framing == FRAMING_LENGTH && request->content_length > limit)
        return ERR_TOO_LARGE;

    struct request_body *body = calloc(1, sizeof *body);
    if (!body)
        return ERR_NO_MEMORY;
    body->limit = limit;
    body->missing = request->content_length;
    body->is_chunked = request->framing == FRAMING_CHUNKED;
    *out = body;
    return 0;
}

void request_body_destroy(struct request_body *body)
{
    if (!body)
        return;
    buf_finish(&body->bytes);
    free(body);
}

static enum parse_result add(struct request_body *body, struct str bytes)
{
    buf_append(&body->bytes, bytes);
    return buf_status(&body->bytes) == 0 ? PARSE_INCOMPLETE : refuse(body, 503, "out of memory");
}

static enum parse_result feed_counted(struct request_body *body, struct str input, size_t *used)
{
    *used = input.len < body->missing ? input.len : (size_t)body->missing;
    body->missing -= *used;
    enum parse_result result = add(body, str_make(input.ptr, *used));
    return result == PARSE_INCOMPLETE && body->missing == 0 ? PARSE_DONE : result;
}

static enum parse_result take_chunked(struct request_body *body, enum chunked_result found,
                                      struct str data)
{
    switch (found) {
    case CHUNKED_SIZE: /* too much is known to be so before it has come */
        return body->chunked.left > body->limit - body->bytes.len
                   ? refuse(body, 413, "the body is too large")
                   : PARSE_INCOMPLETE;
    case CHUNKED_DATA:
        return add(body, data);
    case CHUNKED_END:
        return PARSE_DONE;
    case CHUNKED_BAD:
        return refuse(body, 400, "the body is not well-formed chunks");
    case CHUNKED_MORE:
    default:
        return PARSE_INCOMPLETE;
    }
}

static enum parse_result feed_chunked(struct request_body *body, struct str input, size_t *used)
{
    enum parse_result result = PARSE_INCOMPLETE;
    struct str rest = input;
    while (result == PARSE_INCOMPLETE && rest.len > 0) {
        struct str data = STR("");
        enum chunked_result found = chunked_next(&body->chunked, &rest, &data);
        result = take_chunked(body, found, data);
    }
    *used = result == PARSE_REFUSED ? input.len : input.len - rest.len;
    body->taken += *used;
    if (result != PARSE_REFUSED &&
        body->taken - body->bytes.len > body->limit + FRAMING_OVERHEAD_MAX)
        return refuse(body, 413, "too much around the body");
    return result;
}

enum parse_result request_body_feed(struct request_body *body, struct str input, size_t *used,
                                    struct refusal *refusal)
{
    enum parse_result result =
        body->is_chunked ? feed_chunked(body, input, used) : feed_counted(body, input, used);
    *refusal = body->refusal;
    return result;
}

struct str request_body_bytes(const struct request_body *body)
{
    return buf_str(&body->bytes);
}
