/* Fuzzes the way of a request: its head whole and cut off, its body whole and in pieces, and what
 * is then read from both. The input is what a client sends; limits are small, so that small inputs
 * reach them. */
#include "http/request.h"

#include "base/buf.h"
#include "fuzz/support/slice.h"
#include "http/forwarded.h"
#include "http/negotiate.h"
#include "http/path.h"
#include "http/request_body.h"

#include <assert.h>
#include <llhttp.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(const int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BODY_LIMIT = 64, CUTS = 12 };

static const struct request_limits limits = {
    .head = 512, .target = 96, .fields = 12, .country_field = STR_INIT("cf-ipcountry")};

/* One proxy that is trusted, and who comes through a unix socket. */
static struct networks trusted;

struct verdict {
    enum parse_result result;
    struct refusal refusal;
    struct request request;
};

static void check_refusal(const struct refusal *refusal)
{
    assert(refusal->status >= 400 && refusal->status <= 599);
    assert(refusal->reason && *refusal->reason);
}

static bool is_token(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] <= ' ' || s.ptr[i] == 0x7f || strchr("\"(),/:;<=>?@[\\]{}", s.ptr[i]))
            return false;
    return s.len > 0;
}

/* field-value of RFC 9110 5.5, with spaces around it: no control characters but tabs. */
static bool is_value(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (((unsigned char)s.ptr[i] < ' ' && s.ptr[i] != '\t') || s.ptr[i] == 0x7f)
            return false;
    return true;
}

/* Reads an accepted head a second time, slowly and by the letter: what llhttp lets through is seen
 * here. */
static void check_head(const struct request *r, struct str head)
{
    struct str rest = str_make(head.ptr, head.len - 4);
    struct str line;
    unsigned lines = 0;
    unsigned lengths = 0;
    unsigned codings = 0;
    while (str_split(&rest, '\n', &line)) {
        assert(rest.len == 0 || str_ends_with(line, STR("\r")));
        line.len -= str_ends_with(line, STR("\r"));
        assert(is_value(line));
        if (lines++ == 0)
            continue;
        ptrdiff_t colon = str_find(line, ':');
        struct str name = str_make(line.ptr, colon < 0 ? 0 : (size_t)colon);
        assert(is_token(name));
        lengths += str_eq_nocase(name, STR("content-length"));
        codings += str_eq_nocase(name, STR("transfer-encoding"));
    }
    assert(lines - 1 <= limits.fields);
    assert(lengths + codings <= 1);
    assert((r->framing == FRAMING_CHUNKED) == (codings == 1));
    assert(r->framing != FRAMING_LENGTH || lengths == 1);
}

static int on_head_end(llhttp_t *llhttp)
{
    (void)llhttp;
    return HPE_PAUSED;
}

/* llhttp, which was shown only some lines of an accepted head, must accept all of it, and read the
 * same length from it. Tabs are put as spaces, because it knows only these behind a value. */
static void check_with_llhttp(const struct request *r, struct str head)
{
    llhttp_settings_t settings = {.on_headers_complete = on_head_end};
    llhttp_t llhttp;
    struct buf copy = BUF_EMPTY;
    buf_append(&copy, head);
    char *minor = memmem(copy.ptr, copy.len, " HTTP/1.", 8);
    assert(minor);
    if (minor[8] > '1')
        minor[8] = '1';
    for (char *tab = copy.ptr; (tab = memchr(tab, '\t', (size_t)(copy.ptr + copy.len - tab)));)
        *tab = ' ';
    llhttp_init(&llhttp, HTTP_REQUEST, &settings);
    assert(llhttp_execute(&llhttp, copy.ptr, copy.len) == HPE_PAUSED);
    assert(llhttp_get_error_pos(&llhttp) == copy.ptr + copy.len);
    assert((r->framing == FRAMING_CHUNKED) == ((llhttp.flags & F_CHUNKED) != 0));
    assert(r->content_length == llhttp.content_length);
    buf_finish(&copy);
}

/* What a request that was accepted promises. */
static void check_request(const struct request *r, struct str input)
{
    assert(r->head_len > 0 && r->head_len <= input.len && r->head_len <= limits.head);
    struct str head = str_make(input.ptr, r->head_len);
    assert(str_ends_with(head, STR("\r\n\r\n")));
    check_head(r, head);
    check_with_llhttp(r, head);

    assert(r->path.len > 0 && (r->path.ptr[0] == '/' || str_eq(r->path, STR("*"))));
    assert(lies_in(r->path, head) || str_eq(r->path, STR("/")));
    assert(lies_in(r->query, head) && lies_in(r->host, head));
    assert(r->host.len > 0 || r->http10);
    assert(str_find(r->path, '#') < 0 && str_find(r->path, '?') < 0 && str_find(r->path, ' ') < 0);
    assert(r->path.len + r->query.len <= limits.target);

    unsigned lines = 0;
    unsigned hosts = 0;
    for (unsigned id = 0; id < FIELD_NONE; id++) {
        struct str value;
        unsigned of_one = 0;
        for (unsigned at = 0; request_field(r, id, &at, &value); of_one++) {
            assert(lies_in(value, head));
            assert(str_find(value, '\r') < 0 && str_find(value, '\n') < 0);
            assert(str_eq(str_trim(value), value));
            assert(of_one > 0 || str_eq(value, request_value(r, id)));
        }
        assert(request_has(r, id) == (of_one > 0) && request_repeats(r, id) == (of_one > 1));
        lines += of_one;
        hosts += id == FIELD_HOST ? of_one : 0;
    }
    assert(lines <= limits.fields);
    assert(hosts == 1 || (r->http10 && hosts == 0));
    assert(!(r->http10 && (r->framing == FRAMING_CHUNKED || r->expects_continue)));
}

static void parse(struct verdict *v, struct str input)
{
    v->result = request_parse(&v->request, input, &limits, &v->refusal);
    if (v->result == PARSE_DONE)
        check_request(&v->request, input);
    else if (v->result == PARSE_REFUSED)
        check_refusal(&v->refusal);
    else
        assert(input.len < limits.head);
}

/* Bytes of its own for each cut, so that AddressSanitizer sees whoever reads beyond. */
static void parse_cut(struct verdict *v, struct str input, size_t at)
{
    char *copy = malloc(at ? at : 1);
    if (!copy)
        abort();
    memcpy(copy, input.ptr, at);
    parse(v, str_make(copy, at));
    free(copy);
}

/* What is seen of a part must not be taken back when the rest comes: an end that was found stays
 * the end, and what was refused stays refused (with less in sight, perhaps for another fault). */
static void check_cut(const struct verdict *whole, struct str input, size_t at)
{
    struct verdict part;
    parse_cut(&part, input, at);
    if (part.result == PARSE_DONE) {
        assert(whole->result == PARSE_DONE);
        assert(whole->request.head_len == part.request.head_len);
        assert(whole->request.framing == part.request.framing);
        assert(whole->request.content_length == part.request.content_length);
        assert(whole->request.present == part.request.present);
        assert(whole->request.further_count == part.request.further_count);
        assert(whole->request.keep_alive == part.request.keep_alive);
    } else if (part.result == PARSE_REFUSED) {
        assert(whole->result == PARSE_REFUSED);
    } else {
        assert(whole->result != PARSE_DONE || whole->request.head_len > at);
    }
}

static void check_cuts(const struct verdict *whole, struct str input)
{
    size_t seed = input.len;
    for (size_t i = 0; i < input.len && i < 64; i++)
        seed = seed * 31 + (unsigned char)input.ptr[i];
    for (size_t i = 0; i < CUTS && input.len > 0; i++, seed = seed * 1103515245 + 12345)
        check_cut(whole, input, (seed >> 8) % input.len);
    if (whole->result == PARSE_DONE)
        for (size_t back = 0; back < 4; back++)
            check_cut(whole, input, whole->request.head_len - back);
}

/* Feeds a body in pieces; tells how it ended, what it took and what it gave. */
static enum parse_result feed(const struct request *request, struct str input, size_t piece,
                              size_t *taken, struct buf *bytes)
{
    struct request_body *body;
    if (request_body_create(&body, request, BODY_LIMIT) != 0)
        return PARSE_REFUSED;

    enum parse_result result = PARSE_INCOMPLETE;
    struct refusal refusal;
    while (result == PARSE_INCOMPLETE && *taken < input.len) {
        struct str rest = str_skip(input, *taken);
        size_t used = 0;
        rest.len = piece < rest.len ? piece : rest.len;
        result = request_body_feed(body, rest, &used, &refusal);
        assert(used <= rest.len);
        assert(result != PARSE_INCOMPLETE || used == rest.len);
        if (result == PARSE_REFUSED)
            check_refusal(&refusal);
        *taken += used;
    }
    buf_append(bytes, request_body_bytes(body));
    assert(bytes->len <= BODY_LIMIT);
    request_body_destroy(body);
    return result;
}

struct decoded {
    struct buf bytes;
    bool done;
};

static int on_decoded(llhttp_t *llhttp, const char *at, size_t len)
{
    struct decoded *decoded = llhttp->data;
    buf_append(&decoded->bytes, str_make(at, len));
    return 0;
}

static int on_decoded_end(llhttp_t *llhttp)
{
    struct decoded *decoded = llhttp->data;
    decoded->done = true;
    return HPE_PAUSED;
}

/* A trailer that is named like a field that frames llhttp reads as if it stood in the head. */
static bool is_of_framing(llhttp_errno_t error)
{
    return error == HPE_INVALID_TRANSFER_ENCODING || error == HPE_INVALID_CONTENT_LENGTH ||
           error == HPE_UNEXPECTED_CONTENT_LENGTH;
}

/* What is decoded here llhttp must find as well, with the same end; only of extensions and trailers
 * it takes fewer. */
static void check_chunks_with_llhttp(struct str body, struct str bytes)
{
    static const char head[] = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    llhttp_settings_t settings = {.on_body = on_decoded, .on_message_complete = on_decoded_end};
    struct decoded decoded = {.bytes = BUF_EMPTY};
    llhttp_t llhttp;
    llhttp_init(&llhttp, HTTP_REQUEST, &settings);
    llhttp.data = &decoded;
    assert(llhttp_execute(&llhttp, head, sizeof head - 1) == HPE_OK);
    llhttp_errno_t error = llhttp_execute(&llhttp, body.ptr, body.len);
    if (error == HPE_PAUSED) {
        assert(llhttp_get_error_pos(&llhttp) == body.ptr + body.len);
        assert(str_eq(buf_str(&decoded.bytes), bytes));
    } else {
        assert(is_of_framing(error) || (error != HPE_OK && str_find(body, ';') >= 0));
    }
    buf_finish(&decoded.bytes);
}

/* Returns how many bytes the body took, or all of them where nothing behind it can be read. */
static size_t check_body(const struct request *request, struct str input)
{
    size_t taken = 0;
    struct buf bytes = BUF_EMPTY;
    enum parse_result whole = feed(request, input, input.len, &taken, &bytes);
    for (size_t piece = 1; piece <= 7; piece += 3) {
        size_t taken_in_pieces = 0;
        struct buf in_pieces = BUF_EMPTY;
        assert(feed(request, input, piece, &taken_in_pieces, &in_pieces) == whole);
        if (whole == PARSE_DONE) {
            assert(taken == taken_in_pieces);
            assert(str_eq(buf_str(&bytes), buf_str(&in_pieces)));
        }
        buf_finish(&in_pieces);
    }
    if (whole == PARSE_DONE && request->framing == FRAMING_CHUNKED)
        check_chunks_with_llhttp(str_make(input.ptr, taken), buf_str(&bytes));
    buf_finish(&bytes);
    return whole == PARSE_DONE ? taken : input.len;
}

/* What the handler reads of a request. */

/* A path is encoded so that it is read as the same path, of no other host. */
static void read_path(const struct request *request)
{
    struct buf scratch = BUF_EMPTY;
    struct buf again = BUF_EMPTY;
    struct buf encoded = BUF_EMPTY;
    struct str path;
    struct str back;
    if (path_decode(request->path, &scratch, &path) == 0) {
        assert(str_is_utf8(path) && !(path.len && memchr(path.ptr, '\0', path.len)));
        path_encode(path, &encoded);
        assert(!str_starts_with(buf_str(&encoded), STR("//")));
        for (size_t i = 0; i < encoded.len; i++)
            assert(encoded.ptr[i] > ' ' && encoded.ptr[i] < 0x7F);
        /* A second slash at its start, which is encoded, is no slash to whoever decodes it. */
        if (!str_starts_with(path, STR("//")))
            assert(path_decode(buf_str(&encoded), &again, &back) == 0 && str_eq(path, back));
    }
    buf_finish(&scratch);
    buf_finish(&again);
    buf_finish(&encoded);
}

/* A query goes on into Location fields: nothing in it may end one, or stand for more than it did.
 */
static void read_query(const struct request *request)
{
    struct buf encoded = BUF_EMPTY;
    struct buf again = BUF_EMPTY;
    path_encode_query(request->query, &encoded);
    for (size_t i = 0; i < encoded.len; i++)
        assert(encoded.ptr[i] > ' ' && encoded.ptr[i] < 0x7F && encoded.ptr[i] != '#');
    path_encode_query(buf_str(&encoded), &again);
    assert(str_eq(buf_str(&encoded), buf_str(&again)));
    buf_finish(&encoded);
    buf_finish(&again);
}

static void read_coding(const struct request *request)
{
    struct negotiation n = {0};
    struct str value;
    for (unsigned at = 0; request_field(request, FIELD_ACCEPT_ENCODING, &at, &value);)
        negotiate_line(&n, value);
    struct accepted accepted = negotiate_finish(&n);
    bool is_usual = !request_repeats(request, FIELD_ACCEPT_ENCODING) &&
                    negotiate_is_usual(request_value(request, FIELD_ACCEPT_ENCODING));
    for (unsigned available = 0; available < 1U << CODING_COUNT; available++) {
        enum coding chosen = negotiate_choose(&accepted, available | 1U << CODING_IDENTITY);
        assert(chosen == CODING_IDENTITY || (available >> chosen & 1 && accepted.q[chosen] > 0));
        for (unsigned c = 0; c < CODING_COUNT; c++)
            assert(!(available >> c & 1) || accepted.q[c] <= accepted.q[chosen]);
        assert(!is_usual || chosen == negotiate_smallest(available));
    }
}

static void read_conditions(const struct request *request)
{
    static const struct str etag = STR_INIT("\"abc\"");
    struct str value;
    for (unsigned at = 0; request_field(request, FIELD_IF_NONE_MATCH, &at, &value);)
        assert(!negotiate_etag_matches(value, etag) || str_eq(value, STR("*")) ||
               str_contains(value, etag));
    for (unsigned at = 0; request_field(request, FIELD_IF_MATCH, &at, &value);)
        assert(!negotiate_etag_matches_strongly(value, etag) ||
               negotiate_etag_matches(value, etag));
}

static void read_forwarded(const struct request *request)
{
    const struct peer proxy = {.kind = PEER_UNIX};
    struct peer stranger;
    struct str value = request_value(request, FIELD_FORWARDED_FOR);
    if (peer_parse(&stranger, STR("203.0.113.9")) != 0)
        abort();
    struct peer client = forwarded_client(request, &stranger, &trusted);
    assert(memcmp(&client, &stranger, sizeof client) == 0);
    assert(!forwarded_is_https(request, &stranger, &trusted));

    client = forwarded_client(request, &proxy, &trusted);
    (void)forwarded_is_https(request, &proxy, &trusted);
    if (!request_has(request, FIELD_FORWARDED_FOR))
        assert(client.kind == PEER_UNIX);
    else if (!request_repeats(request, FIELD_FORWARDED_FOR) && str_find(value, ',') < 0 &&
             value.len > 0)
        assert(peer_parse(&stranger, value) == 0 ? memcmp(&client, &stranger, sizeof client) == 0
                                                 : client.kind == PEER_UNKNOWN);
}

static void read_request(const struct request *request)
{
    read_path(request);
    read_query(request);
    read_coding(request);
    read_conditions(request);
    read_forwarded(request);
}

int LLVMFuzzerInitialize(const int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    if (networks_add(&trusted, STR("10.0.0.0/8")) != 0 ||
        networks_add(&trusted, STR("2001:db8::/33")) != 0 ||
        networks_add(&trusted, STR("unix:")) != 0)
        abort();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = str_make((const char *)data, size);
    while (rest.len > 0) {
        rest = str_skip(rest, request_skip_blank(rest));
        struct verdict whole;
        parse(&whole, rest);
        check_cuts(&whole, rest);
        if (whole.result != PARSE_DONE)
            break;
        read_request(&whole.request);
        rest = str_skip(rest, whole.request.head_len);
        if (whole.request.framing != FRAMING_NONE)
            rest = str_skip(rest, check_body(&whole.request, rest));
    }
    return 0;
}
