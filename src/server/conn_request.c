/* Owns the way from bytes to answers: heads and bodies are taken from the input, the handler is
 * asked, what it says is added to the worker's output.
 *
 * The common path parses a head in place and allocates nothing. A head that is not whole yet is
 * parsed once, so that garbage is refused at once, and then again only when an empty line has come:
 * one byte per packet must not cost the square of its length. A body that is not whole is gathered,
 * with a copy of its head, which is parsed again when it is. */
#include "server/conn_parts.h"

#include "base/err.h"
#include "server/feed.h"

#include <assert.h>

static void render(struct conn *conn, const struct request *request, const struct answer *answer)
{
    struct worker *worker = conn->worker;
    const struct output_options options = {
        .date_line = worker->date_line,
        .head_only = request->method == METHOD_HEAD,
        .http10 = request->http10,
        .close = answer->close,
    };
    output_add(&worker->output, answer, &options);
}

static void count(struct conn *conn, unsigned status)
{
    counter_add(&conn->worker->counters.responses[status / 100], 1);
}

static bool is_draining(const struct conn *conn)
{
    return atomic_load_explicit(&conn->worker->draining, memory_order_relaxed);
}

static void respond(struct conn *conn, const struct request *request, struct answer *answer)
{
    bool draining = is_draining(conn);
    answer->close |= !request->keep_alive || draining;
    conn->close_after_write = answer->close;
    /* Whoever drains may have a next request on its way; a reset would take this answer with it. */
    conn->linger |= draining;
    render(conn, request, answer);
    count(conn, answer->status);
    conn_arm(conn, DEADLINE_IDLE);
    if (output_is_full(&conn->worker->output))
        conn_flush(conn);
}

/* Whether a head asks for something under `/_/`, where errors are for programs. */
static bool is_reserved(struct str head)
{
    struct str line;
    return str_split(&head, '\n', &line) && str_contains(line, STR(" /_/"));
}

/* Answers a request that cannot be trusted; nothing behind it is looked at. `head` is empty where
 * there is none. */
static void refuse(struct conn *conn, enum request_method method, struct str head,
                   const struct refusal *refusal)
{
    const struct request nobody = {.method = method, .keep_alive = false};
    struct answer answer = {.close = true};
    handler_error(&answer, &conn->worker->scratch, refusal->status, refusal->reason,
                  is_reserved(head));
    counter_add(&conn->worker->counters.refused, 1);
    conn->linger = true;
    respond(conn, &nobody, &answer);
}

/* Renders an answer behind what is to be sent, and takes it from there into `kept`. */
static int keep_answer(struct conn *conn, const struct request *request,
                       const struct answer *answer, struct buf *kept)
{
    struct buf *out = &conn->worker->output.bytes;
    size_t before = out->len;
    assert(!answer->body_of_site);
    render(conn, request, answer);
    buf_append(kept, str_skip(buf_str(out), before));
    int rc = buf_status(out);
    if (rc == 0)
        out->len = before;
    return rc == 0 ? buf_status(kept) : rc;
}

/* Renders an answer now and keeps it until worker_complete. */
static void hold(struct conn *conn, const struct request *request, struct answer *answer)
{
    struct aside *aside = conn_get_aside(conn);
    answer->close |= !request->keep_alive;
    int rc = aside ? keep_answer(conn, request, answer, &aside->held) : ERR_NO_MEMORY;
    if (rc == 0 && answer->instead.len > 0) {
        struct answer instead = *answer;
        instead.status = 503;
        instead.fields = answer->instead_fields;
        instead.body = answer->instead;
        rc = keep_answer(conn, request, &instead, &aside->instead);
    }
    if (rc != 0) {
        conn_close(conn);
        return;
    }
    aside->held_status = answer->status;
    aside->held_close = answer->close;
    conn_move_to(conn, CONN_WAITING);
    conn_arm(conn, DEADLINE_WAIT);
}

/* Asks the handler. False if it wants to see the body first. */
static bool handle(struct conn *conn, const struct request *request, bool body_read)
{
    struct worker *worker = conn->worker;
    bool draining = is_draining(conn); /* asked before there is anything to wait for */
    struct answer answer = {.close = draining};
    const struct exchange exchange = {
        .request = request,
        .body_read = body_read,
        .site = worker->site,
        .peer = &conn->peer,
        .trusted_proxies = &worker->tuning->trusted_proxies,
        .ticket = {conn->slot, worker->slots[conn->slot].generation},
        .feed = worker->options.feed,
        .recording = worker->options.recording,
        .scratch = &worker->scratch,
    };
    buf_clear(&worker->scratch);
    const struct handler *handler = &worker->options.handler;
    switch (handler->handle(handler->context, &exchange, &answer)) {
    case VERDICT_READ_BODY:
        assert(!body_read);
        return false;
    case VERDICT_WAIT:
        assert(body_read);
        conn->linger |= draining; /* as in respond */
        hold(conn, request, &answer);
        return true;
    case VERDICT_RESPOND:
    default:
        /* Bytes of a body that was not read are no request. */
        answer.close |= !body_read;
        conn->linger |= !body_read;
        respond(conn, request, &answer);
        return true;
    }
}

/* The head of a request whose body is not all there is kept, and parsed again when it is. */
static void start_body(struct conn *conn, const struct request *request, struct str head)
{
    static const struct refusal too_large = {413, "the body is too large"};
    static const struct refusal no_memory = {503, "out of memory"};
    struct aside *aside = conn_get_aside(conn);
    int rc = aside ? request_body_create(&aside->body, request, conn->worker->tuning->limits.body)
                   : ERR_NO_MEMORY;
    if (rc == 0) {
        buf_clear(&aside->head);
        buf_append(&aside->head, head);
        rc = buf_status(&aside->head);
    }
    if (rc != 0) {
        refuse(conn, request->method, head, rc == ERR_TOO_LARGE ? &too_large : &no_memory);
        return;
    }
    if (request->expects_continue)
        buf_append(&conn->worker->output.bytes, STR("HTTP/1.1 100 Continue\r\n\r\n"));
    conn_move_to(conn, CONN_BODY);
    conn_arm(conn, DEADLINE_BODY);
}

/* Deals with a parsed head, with `rest` behind it. Returns how much of `rest` was its body. */
static size_t take_request(struct conn *conn, struct request *request, struct str head,
                           struct str rest)
{
    if (request->framing == FRAMING_NONE) {
        (void)handle(conn, request, true);
        return 0;
    }
    if (handle(conn, request, false))
        return 0;
    if (request->framing == FRAMING_LENGTH && request->content_length <= rest.len &&
        request->content_length <= conn->worker->tuning->limits.body) {
        request->body = str_make(rest.ptr, (size_t)request->content_length);
        (void)handle(conn, request, true);
        return request->body.len;
    }
    start_body(conn, request, head);
    return 0;
}

/* Whether an empty line stands in `input` at or behind `from`: only then is it worth parsing a head
 * again that was not whole before. */
static bool has_empty_line(struct str input, size_t from)
{
    struct str rest = str_skip(input, from > 2 ? from - 2 : 0);
    ptrdiff_t at;
    while ((at = str_find(rest, '\n')) >= 0) {
        rest = str_skip(rest, (size_t)at + 1);
        if (str_starts_with(rest, STR("\n")) || str_starts_with(rest, STR("\r\n")))
            return true;
    }
    return false;
}

/* Returns how much of `input` was used; 0: more must come first. */
static size_t take_head(struct conn *conn, struct str input)
{
    struct worker *worker = conn->worker;
    const struct request_limits *limits = &worker->tuning->limits.request;
    struct refusal refusal;
    size_t blank = request_skip_blank(input);
    if (blank > 0)
        return blank;
    if (conn->head_begun && conn->aside && input.len < limits->head &&
        !has_empty_line(input, conn->aside->scanned))
        return 0;

    switch (request_parse(&worker->request, input, limits, &refusal)) {
    case PARSE_INCOMPLETE:
        if (!conn->head_begun) {
            conn->head_begun = true;
            conn_arm(conn, DEADLINE_HEAD);
        }
        return 0;
    case PARSE_REFUSED:
        refuse(conn, worker->request.method, STR(""), &refusal);
        return input.len;
    case PARSE_DONE:
    default:
        break;
    }
    conn->head_begun = false;
    if (conn->aside)
        conn->aside->scanned = 0;
    size_t len = worker->request.head_len;
    return len +
           take_request(conn, &worker->request, str_make(input.ptr, len), str_skip(input, len));
}

/* It was whole and good when it came: lower limits that a reload has brought since do not matter.
 */
static void parse_kept_head(struct worker *worker, struct str head)
{
    const struct request_limits limits = {
        .head = SIZE_MAX,
        .target = SIZE_MAX,
        .fields = REQUEST_FIELDS_MAX,
        .country_field = worker->tuning->limits.request.country_field,
    };
    struct refusal refusal;
    enum parse_result result = request_parse(&worker->request, head, &limits, &refusal);
    assert(result == PARSE_DONE);
    (void)result;
}

static size_t take_body(struct conn *conn, struct str input)
{
    struct aside *aside = conn->aside;
    struct request *request = &conn->worker->request;
    struct refusal refusal;
    size_t used = 0;
    enum parse_result result = request_body_feed(aside->body, input, &used, &refusal);
    if (result == PARSE_INCOMPLETE)
        return used;

    conn_move_to(conn, CONN_READING);
    parse_kept_head(conn->worker, buf_str(&aside->head));
    if (result == PARSE_DONE) {
        request->body = request_body_bytes(aside->body);
        (void)handle(conn, request, true);
    } else {
        refuse(conn, request->method, buf_str(&aside->head), &refusal);
    }
    request_body_destroy(aside->body);
    aside->body = NULL;
    buf_finish(&aside->head);
    return used;
}

bool conn_can_take(const struct conn *conn)
{
    return (conn->state == CONN_READING || conn->state == CONN_BODY) && conn->writes == 0 &&
           !conn->close_after_write;
}

/* A read may hold thousands of requests: beyond so many steps, or so many bytes of answers, others
 * come first. */
enum { STEPS_PER_TURN = 64, BYTES_PER_TURN = 128 * 1024 };

size_t conn_process(struct conn *conn, struct str input)
{
    const atomic_uint_least64_t *sent = &conn->worker->counters.bytes_sent;
    const uint64_t sent_before = counter_read(sent);
    size_t used = 0;
    for (unsigned steps = 0; used < input.len && conn_can_take(conn); steps++) {
        if (steps == STEPS_PER_TURN || counter_read(sent) - sent_before >= BYTES_PER_TURN) {
            conn_yield(conn);
            break;
        }
        struct str rest = str_skip(input, used);
        size_t n = conn->state == CONN_BODY ? take_body(conn, rest) : take_head(conn, rest);
        if (n == 0)
            break;
        used += n;
    }
    conn_flush(conn);
    if (conn->worker->options.feed)
        feed_ring(conn->worker->options.feed);
    return used;
}

void conn_answer_held(struct conn *conn, unsigned status)
{
    struct aside *aside = conn->aside;
    assert(conn->state == CONN_WAITING);
    conn_move_to(conn, CONN_READING);
    struct str answer = status == 0 ? buf_str(&aside->held) : buf_str(&aside->instead);
    if (answer.len > 0) {
        /* Not because of a drain that began meanwhile: the answer does not say so. */
        conn->close_after_write = aside->held_close;
        buf_append(&conn->worker->output.bytes, answer);
        count(conn, status == 0 ? aside->held_status : status);
        conn_arm(conn, DEADLINE_IDLE);
    } else {
        const struct request request = {.method = METHOD_POST, .keep_alive = !aside->held_close};
        struct answer error = {.status = status};
        handler_error(&error, &conn->worker->scratch, status, NULL, true);
        respond(conn, &request, &error);
    }
    buf_finish(&aside->held);
    buf_finish(&aside->instead);
}
