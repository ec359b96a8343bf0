/* Owns the rules for a head whose lines are known: which requests are refused for what they say,
 * and what they mean for the connection. */
#include "http/request_rules.h"

#include "http/span.h"

static bool refuse(struct refusal *refusal, unsigned status, const char *reason)
{
    *refusal = (struct refusal){status, reason};
    return false;
}

/* uri-host [ ":" port ] (RFC 9110 7.2), the host not empty, in a head that ends at `end`. */
static bool is_host(struct str s, const char *end)
{
    size_t i = 0;
    if (s.len > 0 && s.ptr[0] == '[') {
        ptrdiff_t close = str_find(s, ']');
        if (close < 3)
            return false;
        for (i = 1; i < (size_t)close; i++)
            if (!strchr("0123456789abcdefABCDEF:.vV%", s.ptr[i]) || s.ptr[i] == '\0')
                return false;
        i++;
    } else {
        i = (size_t)(span_host(s.ptr, end) - s.ptr);
        if (i == 0)
            return false;
    }
    if (i == s.len)
        return true;
    if (s.ptr[i] != ':' || s.len - i > 6)
        return false;
    for (i++; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
    return true;
}

/* Host (RFC 9110 7.2, RFC 9112 3.2): exactly one on 1.1, at most one on 1.0. Beside the absolute
 * form it counts for nothing (RFC 9112 3.2.2), but has to be one all the same. */
static bool check_host(struct request *request, const struct request_lines *lines,
                       struct refusal *refusal)
{
    if (!request_has(request, FIELD_HOST))
        return request->http10 || refuse(refusal, 400, "no Host");
    if (request_repeats(request, FIELD_HOST))
        return refuse(refusal, 400, "more than one Host");
    if (!is_host(request_value(request, FIELD_HOST), lines->end))
        return refuse(refusal, 400, "not a valid Host");
    if (request->host.len == 0)
        request->host = request_value(request, FIELD_HOST);
    return true;
}

/* Takes scheme and authority off an absolute-form target (RFC 9112 3.2.2). */
static bool take_authority(struct request *request, const struct request_lines *lines,
                           struct str *target, struct refusal *refusal)
{
    static const struct str schemes[] = {{"http://", 7}, {"https://", 8}};
    for (size_t i = 0; i < 2; i++) {
        struct str scheme = str_make(target->ptr, schemes[i].len);
        if (target->len < schemes[i].len || !str_eq_nocase(scheme, schemes[i]))
            continue;
        struct str rest = str_skip(*target, scheme.len);
        size_t n = 0;
        while (n < rest.len && rest.ptr[n] != '/' && rest.ptr[n] != '?')
            n++;
        if (!is_host(str_make(rest.ptr, n), lines->end))
            return refuse(refusal, 400, "not a valid authority in the target");
        request->host = str_make(rest.ptr, n);
        *target = str_skip(rest, n);
        request->wants_https = i == 1;
        return true;
    }
    return refuse(refusal, 400, "not a valid target");
}

/* Finds path and query in any of the forms of RFC 9112 3.2. */
static bool read_target(struct request *request, const struct request_lines *lines,
                        struct refusal *refusal)
{
    struct str target = lines->target;
    if (lines->is_connect)
        return refuse(refusal, 405, "CONNECT is for proxies");
    if (str_eq(target, STR("*"))) {
        request->path = target;
        return request->method == METHOD_OPTIONS ||
               refuse(refusal, 400, "only OPTIONS can ask for *");
    }
    if (target.ptr[0] != '/' && !take_authority(request, lines, &target, refusal))
        return false;

    size_t path_len = (size_t)(span_path(target.ptr, lines->end) - target.ptr);
    if (path_len < target.len && target.ptr[path_len] == '?')
        request->query = str_skip(target, path_len + 1);
    else if (path_len < target.len)
        return refuse(refusal, 400, "a fragment in the target");
    if (str_find(request->query, '#') >= 0)
        return refuse(refusal, 400, "a fragment in the target");
    request->path = path_len > 0 ? str_make(target.ptr, path_len) : STR("/");
    return true;
}

/* The last element of a list. */
static struct str last_of(struct str list)
{
    struct str element = list;
    while (str_split(&list, ',', &element))
        continue;
    return str_trim(element);
}

/* Transfer-Encoding (RFC 9112 6.1): chunked once, alone, on 1.1; and llhttp must have read the
 * same. Where chunked is not the last coding the end of the body is not known: 400 (6.3). Other
 * codings below it are not implemented. */
static bool check_coding(const struct request *request, struct refusal *refusal)
{
    unsigned at = 0;
    struct str coding;
    if (!request_has(request, FIELD_TRANSFER_ENCODING))
        return true;
    if (request->http10)
        return refuse(refusal, 400, "Transfer-Encoding on HTTP/1.0");
    if (request_repeats(request, FIELD_TRANSFER_ENCODING) ||
        !request_field(request, FIELD_TRANSFER_ENCODING, &at, &coding) || coding.len == 0)
        return refuse(refusal, 400, "Transfer-Encoding repeated or empty");
    if (!str_eq_nocase(last_of(coding), STR("chunked")))
        return refuse(refusal, 400, "chunked is not the last transfer coding");
    if (!str_eq_nocase(coding, STR("chunked")))
        return refuse(refusal, 501, "a transfer coding that is not known here");
    if (request->framing != FRAMING_CHUNKED)
        return refuse(refusal, 400, "a transfer coding that is in doubt");
    return true;
}

/* Persistence (RFC 9112 9.3) by our own reading: llhttp lets keep-alive win over close on 1.0, and
 * sees no word that has a tab around it. */
static bool wants_to_stay(const struct request *request)
{
    bool stays = !request->http10;
    struct str line = request_value(request, FIELD_CONNECTION);
    struct str option;
    unsigned at = 0;
    if (!request_repeats(request, FIELD_CONNECTION) && str_eq(line, STR("keep-alive")))
        return true; /* what browsers send, word for word */
    while (request_field(request, FIELD_CONNECTION, &at, &line)) {
        while (str_split(&line, ',', &option)) {
            option = str_trim(option);
            if (str_eq_nocase(option, STR("close")))
                return false;
            stays |= str_eq_nocase(option, STR("keep-alive"));
        }
    }
    return stays;
}

/* Expect (RFC 9110 10.1.1): 100-continue is all there is, and 1.0 does not have it. */
static bool check_expect(struct request *request, struct refusal *refusal)
{
    unsigned at = 0;
    struct str line;
    struct str expectation;
    while (request_field(request, FIELD_EXPECT, &at, &line)) {
        while (str_split(&line, ',', &expectation)) {
            expectation = str_trim(expectation);
            if (expectation.len == 0)
                continue;
            if (!str_eq_nocase(expectation, STR("100-continue")))
                return refuse(refusal, 417, "an expectation that cannot be met");
            request->expects_continue = !request->http10;
        }
    }
    return true;
}

bool request_apply_rules(struct request *request, const struct request_lines *lines,
                         struct refusal *refusal)
{
    request->keep_alive = wants_to_stay(request);
    return read_target(request, lines, refusal) && check_host(request, lines, refusal) &&
           check_coding(request, refusal) && check_expect(request, refusal);
}
