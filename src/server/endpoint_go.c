/* Owns /_/go/<page>/<cta>: a link that is counted by being followed. It leads only where the page's
 * own front matter says, so that nobody can use it to lead people elsewhere. */
#include "server/endpoint_parts.h"

#include "server/visit.h"

/* The page at `path`, or the folder's own page. */
static const struct resource *find_page(const struct exchange *exchange, struct str path)
{
    const struct resource *page = site_find(exchange->site, path.len > 0 ? path : STR("/"));
    if (!page || page->kind != RESOURCE_PAGE) {
        struct buf folder = BUF_EMPTY;
        buf_append(&folder, path);
        buf_append_char(&folder, '/');
        page = buf_status(&folder) == 0 ? site_find(exchange->site, buf_str(&folder)) : NULL;
        buf_finish(&folder);
    }
    return page && page->kind == RESOURCE_PAGE ? page : NULL;
}

static const struct resource_cta *find_cta(const struct exchange *exchange, struct str path,
                                           const struct resource **page)
{
    ptrdiff_t slash = str_find_last(path, '/');
    *page = find_page(exchange, str_make(path.ptr, (size_t)slash));
    const struct resource_cta *cta =
        *page ? resource_find_cta(*page, str_skip(path, (size_t)slash + 1)) : NULL;
    return cta && cta->to.len > 0 ? cta : NULL;
}

/* Nobody has followed it who only looks ahead; nor does whoever asks too often count, who is led on
 * all the same. */
static bool counts(const struct exchange *exchange, const struct resource *page,
                   const struct hit *visit)
{
    if (!exchange->recording || exchange->request->method != METHOD_GET ||
        page->facts.capture == CAPTURE_OFF || visit->purpose.len > 0)
        return false;
    if (endpoint_may_bring(exchange, STR(""), 1))
        return true;
    recording_refuse(exchange->recording, REFUSAL_RATE, 1);
    return false;
}

enum verdict endpoint_go(const struct exchange *exchange, struct str path, struct answer *answer)
{
    enum request_method method = exchange->request->method;
    if (method != METHOD_GET && method != METHOD_HEAD)
        return endpoint_method(exchange, answer, STR("Allow: GET, HEAD, OPTIONS\r\n"));
    const struct resource *page;
    const struct resource_cta *cta = find_cta(exchange, path, &page);
    if (!cta)
        return endpoint_error(exchange, answer, 404, NULL);

    struct hit hit = {.kind = HIT_REDIRECT, .transport = HIT_BY_REDIRECT};
    struct buf *fields = exchange->scratch;
    if (exchange->recording)
        visit_read(&hit, exchange);
    buf_append(fields, STR("Location: "));
    buf_append(fields, cta->to);
    buf_append(fields, STR("\r\nContent-Length: 0\r\n"));
    if (buf_status(fields) != 0)
        return endpoint_error(exchange, answer, 503, "out of memory");
    answer->status = 303;
    answer->fields = buf_str(fields);
    answer->more_fields = STR("Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n");
    if (!counts(exchange, page, &hit))
        return VERDICT_RESPOND;
    visit_add_page(&hit, page);
    hit.rev = str_from(page->rev);
    hit.theme_rev = str_from(page->theme_rev);
    hit.cta = cta->id;
    hit.dest = cta->dest;
    return endpoint_record(exchange, answer, &hit, 1);
}
