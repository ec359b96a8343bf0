/* Owns the answers: a page, not modified, another URL, no such page, no such method.
 *
 * The common path (GET or HEAD of a page that is there) allocates nothing and looks at three
 * fields. */
#include "server/handler.h"

#include "base/clock.h"
#include "base/err.h"
#include "http/forwarded.h"
#include "http/path.h"
#include "http/response.h"
#include "server/endpoint.h"
#include "server/visit.h"
#include "site/preview.h"

#define ALLOWED "GET, HEAD, OPTIONS"

static const struct str cache_page = STR_INIT("Cache-Control: private, no-cache\r\n");
static const struct str cache_asset = STR_INIT("Cache-Control: no-cache\r\n");
static const struct str cache_forever =
    STR_INIT("Cache-Control: public, max-age=31536000, immutable\r\n");
static const struct str cache_redirect = STR_INIT("Cache-Control: max-age=60\r\n");
static const struct str cache_never = STR_INIT("Cache-Control: no-store\r\n");
static const struct str retry_later = STR_INIT("Cache-Control: no-store\r\nRetry-After: 1\r\n");
static const struct str allow = STR_INIT("Allow: " ALLOWED "\r\n");
static const struct str allow_and_cache_never =
    STR_INIT("Allow: " ALLOWED "\r\nCache-Control: no-store\r\n");
/* A draft is for whoever got the link: not for caches, search engines, nor the sites it links to.
 */
static const struct str cache_draft = STR_INIT("Cache-Control: no-store\r\n"
                                               "X-Robots-Tag: noindex, nofollow\r\n"
                                               "Referrer-Policy: no-referrer\r\n");

struct peer exchange_client(const struct exchange *exchange)
{
    if (!exchange->trusted_proxies)
        return *exchange->peer;
    return forwarded_client(exchange->request, exchange->peer, exchange->trusted_proxies);
}

bool exchange_is_https(const struct exchange *exchange)
{
    return exchange->trusted_proxies &&
           forwarded_is_https(exchange->request, exchange->peer, exchange->trusted_proxies);
}

void handler_error(struct answer *answer, struct buf *scratch, unsigned status, const char *reason,
                   bool json)
{
    /* Body first, fields behind it: both stay where they are once the buffer has stopped growing.
     */
    buf_clear(scratch);
    response_error_body(scratch, status, reason, json);
    size_t body_len = scratch->len;
    response_content_fields(scratch, json ? "application/json" : "text/html; charset=utf-8",
                            body_len);
    if (buf_status(scratch) != 0) {
        *answer =
            (struct answer){.status = 503, .fields = STR("Content-Length: 0\r\n"), .close = true};
        return;
    }
    answer->status = status;
    answer->body = str_make(scratch->ptr, body_len);
    answer->fields = str_skip(buf_str(scratch), body_len);
    answer->more_fields = status == 405                    ? allow_and_cache_never
                          : status == 429 || status == 503 ? retry_later
                                                           : cache_never;
}

static struct accepted read_accepted(const struct request *request)
{
    struct negotiation negotiation = {0};
    struct str value;
    unsigned at = 0;
    if (!request_has(request, FIELD_ACCEPT_ENCODING))
        return negotiate_default();
    while (request_field(request, FIELD_ACCEPT_ENCODING, &at, &value))
        negotiate_line(&negotiation, value);
    return negotiate_finish(&negotiation);
}

static enum coding choose_coding(const struct request *request, unsigned available)
{
    if (!request_repeats(request, FIELD_ACCEPT_ENCODING) &&
        negotiate_is_usual(request_value(request, FIELD_ACCEPT_ENCODING)))
        return negotiate_smallest(available);
    struct accepted accepted = read_accepted(request);
    return negotiate_choose(&accepted, available);
}

/* If-Match is there, and does not name the representation (RFC 9110 13.1.1). */
static bool precondition_failed(const struct request *request, struct str etag)
{
    struct str value;
    unsigned at = 0;
    bool said = false;
    for (; request_field(request, FIELD_IF_MATCH, &at, &value); said = true)
        if (negotiate_etag_matches_strongly(value, etag))
            return false;
    return said;
}

static bool not_modified(const struct request *request, struct str etag)
{
    struct str value;
    unsigned at = 0;
    while (request_field(request, FIELD_IF_NONE_MATCH, &at, &value))
        if (value.len > 0 && negotiate_etag_matches(value, etag))
            return true;
    return false;
}

unsigned handler_judge(const struct request *request, struct str etag)
{
    if (precondition_failed(request, etag))
        return 412;
    return not_modified(request, etag) ? 304 : 200;
}

/* An asset asked for by the hash of its content (`?v=<hash>`) can never be another one. */
static bool is_pinned(const struct request *request, const struct resource *resource)
{
    return str_starts_with(request->query, STR("v=")) &&
           str_eq(str_skip(request->query, 2), str_from(resource->version));
}

/* All of a representation, or for 304 what tells that it is the one that the client has. */
static void fill_in(struct answer *answer, unsigned status, const struct representation *r)
{
    answer->status = status;
    answer->fields = r->fields;
    if (status == 304) {
        answer->fields = str_skip(r->fields, r->validators_at);
        return;
    }
    answer->body = r->body;
    answer->body_of_site = true;
}

static void answer_resource(const struct exchange *exchange, const struct resource *resource,
                            struct answer *answer)
{
    const struct request *request = exchange->request;
    const struct representation *r =
        &resource->representations[choose_coding(request, resource->available)];
    unsigned status = resource->status == 200 ? handler_judge(request, r->etag) : resource->status;
    if (status == 412) {
        handler_error(answer, exchange->scratch, 412, NULL, false);
        return;
    }
    answer->more_fields = cache_page;
    if (resource->kind == RESOURCE_ASSET)
        answer->more_fields = is_pinned(request, resource) ? cache_forever : cache_asset;

    if (resource->kind == RESOURCE_PAGE && request->method == METHOD_GET && exchange->recording)
        answer->more_fields = visit_view(exchange, resource, status == 304);
    fill_in(answer, status, r);
}

static void answer_draft(const struct exchange *exchange, const struct resource *draft,
                         struct answer *answer)
{
    const struct request *request = exchange->request;
    const struct representation *r =
        &draft->representations[choose_coding(request, draft->available)];
    unsigned status = handler_judge(request, r->etag);
    if (status == 412)
        handler_error(answer, exchange->scratch, 412, NULL, false);
    else
        fill_in(answer, status, r);
    answer->more_fields = cache_draft;
}

/* The draft at `path`, if the request shows that it may be seen. */
static const struct resource *find_draft(const struct handler_serving *serving,
                                         const struct exchange *exchange, struct str path)
{
    struct str query = exchange->request->query;
    if (query.len == 0 || !serving || !serving->preview_key ||
        !preview_is_allowed(query, serving->preview_key, path, clock_wall()))
        return NULL;
    return site_find_draft(exchange->site, path);
}

static void answer_not_found(const struct exchange *exchange, struct answer *answer)
{
    const struct resource *page = site_not_found(exchange->site);
    if (!page) {
        handler_error(answer, exchange->scratch, 404, NULL, false);
        return;
    }
    const struct representation *r =
        &page->representations[choose_coding(exchange->request, page->available)];
    answer->more_fields = cache_page;
    fill_in(answer, 404, r);
}

/* Writes "Location: <location>\r\nContent-Length: 0\r\n", the request's query kept: before a
 * fragment, behind a query that is there. */
static bool write_location(const struct exchange *exchange, struct str location)
{
    struct buf *out = exchange->scratch;
    struct str query = exchange->request->query;
    ptrdiff_t hash = str_find(location, '#');
    struct str address = hash < 0 ? location : str_make(location.ptr, (size_t)hash);
    buf_clear(out);
    buf_append(out, STR("Location: "));
    buf_append(out, address);
    if (query.ptr) {
        buf_append_char(out, str_find(address, '?') < 0 ? '?' : '&');
        path_encode_query(query, out);
    }
    buf_append(out, str_skip(location, address.len));
    buf_append(out, STR("\r\nContent-Length: 0\r\n"));
    return buf_status(out) == 0;
}

void handler_redirect(const struct exchange *exchange, unsigned status, struct str location,
                      struct answer *answer)
{
    if (!write_location(exchange, location)) {
        handler_error(answer, exchange->scratch, 503, "out of memory", false);
        return;
    }
    answer->status = status;
    answer->fields = buf_str(exchange->scratch);
    answer->more_fields = status == 303 ? cache_never : cache_redirect;
}

/* Appends the true path of what was asked for, as a Location has it. */
static bool find_canonical(const struct exchange *exchange, struct str path, struct buf *out)
{
    struct buf target = BUF_EMPTY;
    bool found = site_canonical(exchange->site, path, &target);
    if (found)
        path_encode(buf_str(&target), out);
    found = found && buf_status(&target) == 0 && buf_status(out) == 0;
    buf_finish(&target);
    return found;
}

/* GET and HEAD outside `/_/`. */
static void answer_path(const struct handler_serving *serving, const struct exchange *exchange,
                        struct str path, struct answer *answer)
{
    const struct resource *resource = site_find(exchange->site, path);
    const struct resource *draft = resource ? NULL : find_draft(serving, exchange, path);
    struct buf canonical = BUF_EMPTY;
    if (resource && resource->kind == RESOURCE_REDIRECT)
        handler_redirect(exchange, resource->status, resource->location, answer);
    else if (resource)
        answer_resource(exchange, resource, answer);
    else if (draft)
        answer_draft(exchange, draft, answer);
    else if (find_canonical(exchange, path, &canonical))
        handler_redirect(exchange, 308, buf_str(&canonical), answer);
    else
        answer_not_found(exchange, answer);
    buf_finish(&canonical);
}

/* Methods other than GET and HEAD: 404 where there is nothing, else 405. */
static void answer_method(const struct exchange *exchange, struct str path, struct answer *answer)
{
    if (exchange->request->method == METHOD_OPTIONS) {
        answer->status = 204;
        answer->fields = allow;
        return;
    }
    struct buf canonical = BUF_EMPTY;
    if (site_find(exchange->site, path) || find_canonical(exchange, path, &canonical))
        handler_error(answer, exchange->scratch, 405, NULL, false);
    else
        answer_not_found(exchange, answer);
    buf_finish(&canonical);
}

/* What is asked for by https must have come that way, or through somebody who is trusted with it
 * (RFC 9110 7.4). */
static bool is_misdirected(const struct exchange *exchange)
{
    return exchange->request->wants_https &&
           !(exchange->trusted_proxies &&
             networks_contain(exchange->trusted_proxies, exchange->peer));
}

enum verdict handler_serve(void *context, const struct exchange *exchange, struct answer *answer)
{
    const struct request *request = exchange->request;

    /* A body that nobody wants is read and dropped, so that the connection can go on; a client that
     * asks before sending it (Expect) is answered at once, and the connection closed in case it
     * sends it all the same. */
    if (!exchange->body_read) {
        if (!request->expects_continue)
            return VERDICT_READ_BODY;
        answer->close = true;
    }

    struct buf decoded = BUF_EMPTY;
    struct str path;
    enum verdict verdict = VERDICT_RESPOND;
    bool get = request->method == METHOD_GET || request->method == METHOD_HEAD;
    int rc = path_decode(request->path, &decoded, &path);
    if (str_eq(request->path, STR("*"))) {
        answer->status = 204;
        answer->fields = allow;
    } else if (rc == ERR_NO_MEMORY) {
        handler_error(answer, exchange->scratch, 503, "out of memory", false);
    } else if (is_misdirected(exchange)) {
        handler_error(answer, exchange->scratch, 421, "https is spoken by a proxy", false);
    } else if (rc != 0) {
        handler_error(answer, exchange->scratch, 400, "the path is not valid", false);
        answer->close = true;
    } else if (endpoint_owns(path)) {
        /* There is somebody who wants it, however the path is spelt. */
        verdict = exchange->body_read ? endpoint_handle(exchange, path, answer) : VERDICT_READ_BODY;
    } else if (get) {
        answer_path(context, exchange, path, answer);
    } else {
        answer_method(exchange, path, answer);
    }
    buf_finish(&decoded);
    return verdict;
}
