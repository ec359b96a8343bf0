/* Owns /_/io: where staff ask for a cookie on their own phone, so that their visits are told from
 * others', or for its end. The one cookie there is, and nobody gets it who has not asked. */
#include "server/endpoint_parts.h"

#include "capture/classify.h"
#include "capture/form.h"
#include "http/response.h"
#include "server/visit.h"

enum { YEAR_S = 365 * 24 * 3600 };

struct page_words {
    const char *lang;
    const char *title;
    const char *state[2]; /* without the cookie, with it */
    const char *what;
    const char *button[2];
};

static const struct page_words italian = {
    "it",
    "Questo telefono",
    {"Le visite di questo telefono contano come quelle di tutti.",
     "Le visite di questo telefono sono segnate come interne e restano fuori dai rapporti."},
    "Per distinguerle serve un cookie tecnico, che dura un anno e dice soltanto questo.",
    {"Sono del personale: segna le mie visite", "Togli il cookie"},
};

static const struct page_words english = {
    "en",
    "This phone",
    {"Visits from this phone count like everybody's.",
     "Visits from this phone are marked as internal and left out of reports."},
    "Telling them apart takes a technical cookie, which lasts a year and says nothing else.",
    {"I am staff: mark my visits", "Remove the cookie"},
};

static const struct page_words *words_for(const struct exchange *exchange)
{
    char room[CLASSIFY_LANGUAGE_MAX];
    struct str accepted = request_value(exchange->request, FIELD_ACCEPT_LANGUAGE);
    struct str lang = classify_language(accepted, room);
    return lang.len == 0 || str_eq(lang, STR("it")) ? &italian : &english;
}

static void append_page(const struct exchange *exchange, struct buf *out)
{
    const struct page_words *words = words_for(exchange);
    bool is_staff = visit_is_staff(exchange->request);
    buf_printf(out,
               "<!DOCTYPE html><html lang=\"%s\"><meta charset=\"utf-8\">"
               "<meta name=\"viewport\" content=\"width=device-width\">"
               "<meta name=\"robots\" content=\"noindex\"><title>%s</title>"
               "<style>body{font:18px/1.5 system-ui,sans-serif;max-width:30em;margin:2em auto;"
               "padding:0 1em}button{font:inherit;padding:.7em 1em;width:100%%}</style>"
               "<h1>%s</h1><p>%s</p><p>%s</p><form method=\"post\" action=\"/_/io\">"
               "<button name=\"staff\" value=\"%d\">%s</button></form></html>\n",
               words->lang, words->title, words->title, words->state[is_staff], words->what,
               !is_staff, words->button[is_staff]);
}

/* Body first, fields behind it, as handler_error has it. */
static enum verdict show(const struct exchange *exchange, struct answer *answer)
{
    static const struct str more =
        STR_INIT("Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
                 "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; "
                 "form-action 'self'; frame-ancestors 'none'\r\n");
    struct buf *out = exchange->scratch;
    unsigned status = handler_judge(exchange->request, STR(""));
    if (status == 412)
        return endpoint_error(exchange, answer, status, NULL);
    answer->status = status;
    answer->more_fields = more;
    if (status == 304)
        return VERDICT_RESPOND;
    append_page(exchange, out);
    size_t len = out->len;
    response_content_fields(out, "text/html; charset=utf-8", len);
    if (buf_status(out) != 0)
        return endpoint_error(exchange, answer, 503, "out of memory");
    answer->body = str_make(out->ptr, len);
    answer->fields = str_skip(buf_str(out), len);
    return VERDICT_RESPOND;
}

/* What the button of the form sends: 1, 0, or -1 for anything else. */
static int read_choice(struct str body)
{
    struct str name;
    struct str value;
    while (form_next(&body, &name, &value))
        if (str_eq(name, STR("staff")))
            return str_eq(value, STR("1")) ? 1 : str_eq(value, STR("0")) ? 0 : -1;
    return -1;
}

static enum verdict change(const struct exchange *exchange, struct answer *answer)
{
    struct str site = request_value(exchange->request, FIELD_SEC_FETCH_SITE);
    int staff = read_choice(exchange->request->body);
    if (site.len > 0 && !str_eq(site, STR("same-origin")))
        return endpoint_error(exchange, answer, 403, "only the page /_/io itself may ask for it");
    if (staff < 0)
        return endpoint_error(exchange, answer, 400, "'staff' must be 1 or 0");
    buf_printf(exchange->scratch,
               "Location: /_/io\r\nContent-Length: 0\r\nSet-Cookie: %.*s; Path=/; Max-Age=%d; "
               "HttpOnly; SameSite=Lax%s\r\n",
               STR_ARG(visit_staff_cookie), staff ? YEAR_S : 0,
               exchange_is_https(exchange) ? "; Secure" : "");
    if (buf_status(exchange->scratch) != 0)
        return endpoint_error(exchange, answer, 503, "out of memory");
    answer->status = 303;
    answer->fields = buf_str(exchange->scratch);
    answer->more_fields = STR("Cache-Control: no-store\r\n");
    return VERDICT_RESPOND;
}

enum verdict endpoint_staff(const struct exchange *exchange, struct answer *answer)
{
    switch (exchange->request->method) {
    case METHOD_GET:
    case METHOD_HEAD:
        return show(exchange, answer);
    case METHOD_POST:
        return change(exchange, answer);
    default:
        return endpoint_method(exchange, answer, STR("Allow: GET, HEAD, POST, OPTIONS\r\n"));
    }
}
