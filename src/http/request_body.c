/* Owns gathering a request's body: counted by Content-Length, or decoded by llhttp when chunked.
 *
 * llhttp decodes chunks only behind a head of its own, so each chunked body gets a parser that has
 * just read the smallest head that announces one. The real head was judged by request.c and is not
 * looked at again. */
#include "http/request_body.h"

#include "base/buf.h"
#include "base/err.h"

#include <llhttp.h>

#include <assert.h>
#include <stdlib.h>

enum { FRAMING_OVERHEAD_MAX = 16 * 1024 };

struct request_body {
    struct buf bytes;
    size_t limit;
    uint64_t missing; /* of a counted body */
    bool chunked;
    size_t taken;    /* bytes that came in, chunk lines and trailers included */
    size_t name_len; /* of the trailer that is read */
    struct refusal refusal;
    llhttp_t llhttp;
};

static int refuse(struct request_body *body, unsigned status, const char *reason)
{
    body->refusal = (struct refusal){status, reason};
    return HPE_USER;
}

static int on_body(llhttp_t *llhttp, const char *at, size_t len)
{
    struct request_body *body = llhttp->data;
    if (len > body->limit - body->bytes.len)
        return refuse(body, 413, "the body is too large");
    buf_append(&body->bytes, str_make(at, len));
    if (buf_status(&body->bytes) != 0)
        return refuse(body, 503, "out of memory");
    return 0;
}

/* Known to be too much before it has come. */
static int on_chunk(llhttp_t *llhttp)
{
    struct request_body *body = llhttp->data;
    if (llhttp->content_length > body->limit - body->bytes.len)
        return refuse(body, 413, "the body is too large");
    return 0;
}

static int on_name(llhttp_t *llhttp, const char *at, size_t len)
{
    struct request_body *body = llhttp->data;
    (void)at;
    body->name_len += len;
    return 0;
}

/* llhttp takes a trailer without a name for one. */
static int on_name_end(llhttp_t *llhttp)
{
    struct request_body *body = llhttp->data;
    if (body->name_len == 0)
        return refuse(body, 400, "a trailer without a name");
    body->name_len = 0;
    return 0;
}

static int on_message_end(llhttp_t *llhttp)
{
    (void)llhttp;
    return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
    .on_chunk_header = on_chunk,
    .on_body = on_body,
    .on_header_field = on_name,
    .on_header_field_complete = on_name_end,
    .on_message_complete = on_message_end,
};

static void start_chunked(struct request_body *body)
{
    static const char head[] = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    llhttp_init(&body->llhttp, HTTP_REQUEST, &settings);
    body->llhttp.data = body;
    llhttp_errno_t error = llhttp_execute(&body->llhttp, head, sizeof head - 1);
    assert(error == HPE_OK);
    (void)error;
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
    body->chunked = request->framing == FRAMING_CHUNKED;
    if (body->chunked)
        start_chunked(body);
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

static enum parse_result feed_counted(struct request_body *body, struct str input, size_t *used)
{
    *used = input.len < body->missing ? input.len : (size_t)body->missing;
    buf_append(&body->bytes, str_make(input.ptr, *used));
    if (buf_status(&body->bytes) != 0) {
        (void)refuse(body, 503, "out of memory");
        return PARSE_REFUSED;
    }
    body->missing -= *used;
    return body->missing == 0 ? PARSE_DONE : PARSE_INCOMPLETE;
}

static enum parse_result feed_chunked(struct request_body *body, struct str input, size_t *used)
{
    llhttp_errno_t error = llhttp_execute(&body->llhttp, input.ptr, input.len);
    bool done = error == HPE_PAUSED;
    *used = done ? (size_t)(llhttp_get_error_pos(&body->llhttp) - input.ptr) : input.len;
    body->taken += *used;
    if (error != HPE_OK && !done) {
        if (body->refusal.status == 0)
            (void)refuse(body, 400, "the body is not well-formed chunks");
        return PARSE_REFUSED;
    }
    if (body->taken - body->bytes.len > body->limit + FRAMING_OVERHEAD_MAX) {
        (void)refuse(body, 413, "too much around the body");
        return PARSE_REFUSED;
    }
    return done ? PARSE_DONE : PARSE_INCOMPLETE;
}

enum parse_result request_body_feed(struct request_body *body, struct str input, size_t *used,
                                    struct refusal *refusal)
{
    enum parse_result result =
        body->chunked ? feed_chunked(body, input, used) : feed_counted(body, input, used);
    *refusal = body->refusal;
    return result;
}

struct str request_body_bytes(const struct request_body *body)
{
    return buf_str(&body->bytes);
}
