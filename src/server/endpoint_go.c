/* Owns /_/go/<page>/<cta>: a link that is counted by being followed. It leads only where the page's
 * own front matter says, or to the page, so that nobody can use it to lead people elsewhere.
 *
 * Happy path: the redirect comes once it is in the journal. Failure mode: where it cannot be
 * written there is no redirect, because that would say that it was; whoever stands there with a
 * printed code in the camera gets a page with the link on it. */
#include "server/endpoint_parts.h"

#include "http/path.h"
#include "http/response.h"
#include "server/visit.h"
#include "site/counted_link.h"
#include "site/words.h"

/* It is not known what was to be counted: the page is over or taken down, or has another call to
 * action. Then its own address shows what is there now, with the way on. */
static enum verdict show_page(const struct exchange *exchange, const struct resource *there,
                              struct answer *answer)
{
    struct buf location = BUF_EMPTY;
    if (!there)
        return endpoint_error(exchange, answer, 404, NULL);
    path_encode(there->path, &location);
    if (buf_status(&location) == 0)
        handler_redirect(exchange, 303, buf_str(&location), answer);
    else
        (void)endpoint_error(exchange, answer, 503, "out of memory");
    buf_finish(&location);
    return VERDICT_RESPOND;
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

static void append_way_on(struct buf *out, struct str lang, struct str to)
{
    const struct words *words = words_of(lang);
    buf_printf(out,
               "<!DOCTYPE html><html lang=\"%s\"><meta charset=\"utf-8\">"
               "<meta name=\"viewport\" content=\"width=device-width\">"
               "<meta name=\"robots\" content=\"noindex\"><title>%.*s</title>"
               "<style>body{font:18px/1.5 system-ui,sans-serif;max-width:30em;margin:2em auto;"
               "padding:0 1em}a{display:block;padding:.7em 1em;border:2px solid;text-align:center}"
               "</style><h1>%.*s</h1><p>%.*s</p><p><a href=\"",
               words->italian ? "it" : "en", STR_ARG(words->one_more_tap),
               STR_ARG(words->one_more_tap), STR_ARG(words->not_counted));
    buf_append_html(out, to);
    buf_printf(out, "\">%.*s</a></p></html>\n", STR_ARG(words->go_on));
}

/* Fills in where the answer leads, and what it is if it cannot be counted: both stand in the
 * scratch buffer, which moves while it grows. */
static bool write_answers(const struct exchange *exchange, const struct resource *page,
                          const struct resource_cta *cta, struct answer *answer)
{
    struct buf *out = exchange->scratch;
    buf_append(out, STR("Location: "));
    buf_append(out, cta->to);
    buf_append(out, STR("\r\nContent-Length: 0\r\n"));
    size_t body = out->len;
    append_way_on(out, page->facts.lang, cta->to);
    size_t fields = out->len;
    response_content_fields(out, "text/html; charset=utf-8", fields - body);
    buf_append(out, STR("Retry-After: 1\r\nX-Content-Type-Options: nosniff\r\n"
                        "Content-Security-Policy: default-src 'none'; "
                        "style-src 'unsafe-inline'; frame-ancestors 'none'\r\n"));
    if (buf_status(out) != 0)
        return false;
    answer->status = 303;
    answer->fields = str_make(out->ptr, body);
    answer->instead = str_make(out->ptr + body, fields - body);
    answer->instead_fields = str_skip(buf_str(out), fields);
    answer->more_fields = STR("Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n");
    return true;
}

enum verdict endpoint_go(const struct exchange *exchange, struct str path, struct answer *answer)
{
    enum request_method method = exchange->request->method;
    if (method != METHOD_GET && method != METHOD_HEAD)
        return endpoint_method(exchange, answer, STR("Allow: GET, HEAD, OPTIONS\r\n"));
    struct counted_link link;
    if (counted_link_find(&link, exchange->site, path) != 0)
        return endpoint_error(exchange, answer, 503, "out of memory");
    if (!link.cta)
        return show_page(exchange, link.there, answer);

    struct hit hit = {.kind = HIT_REDIRECT, .transport = HIT_BY_REDIRECT};
    if (exchange->recording)
        visit_read(&hit, exchange);
    if (!write_answers(exchange, link.page, link.cta, answer))
        return endpoint_error(exchange, answer, 503, "out of memory");
    if (!counts(exchange, link.page, &hit))
        return VERDICT_RESPOND;
    visit_add_page(&hit, link.page);
    hit.rev = str_from(link.page->rev);
    hit.theme_rev = str_from(link.page->theme_rev);
    hit.cta = link.cta->id;
    hit.dest = link.cta->dest;
    if (endpoint_offer(exchange, &hit, 1))
        return VERDICT_WAIT;
    answer->status = 503;
    answer->fields = answer->instead_fields;
    answer->body = answer->instead;
    return VERDICT_RESPOND;
}
