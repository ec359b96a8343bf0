/* Owns what is accepted as a request head.
 *
 * llhttp 8.1 lets through what RFC 9110 and 9112 tell a server to refuse: missing, repeated, empty
 * or malformed Host, obs-fold, bare CR or LF in places, Transfer-Encoding on HTTP/1.0 or with
 * codings behind chunked, `*` and fragments in the target, HTTP/0.9. All of that is refused here,
 * after it has found the fields. Input is whole or not parsed at all, so every span comes in one
 * piece, and a second value for one name can only be a folded line. */
#include "http/request.h"

#include <llhttp.h>

/* What the callbacks fill, beside the request. */
struct parse {
    struct request *request;
    const struct request_limits *limits;
    struct refusal refusal;
    const char *line_end; /* where the text of the line before ends; its CRLF must follow */
    struct str target;
    enum field field; /* of the line that is being read */
    unsigned lines;
    unsigned hosts;
    unsigned codings; /* Transfer-Encoding lines */
    bool value_seen;
};

static int refuse(struct parse *parse, unsigned status, const char *reason)
{
    parse->refusal = (struct refusal){status, reason};
    return HPE_USER;
}

/* Whether `name` is `known`, given that their lengths are equal, `name` is a token (RFC 9110 5.6.2)
 * and `known` has lower-case letters and hyphens only: among token characters, only letters fold
 * onto letters. */
static bool is_named(struct str name, const char *known)
{
    size_t i = 0;
    for (; i + 8 <= name.len; i += 8) {
        uint64_t a;
        uint64_t b;
        memcpy(&a, name.ptr + i, 8);
        memcpy(&b, known + i, 8);
        if ((a | 0x2020202020202020U) != b)
            return false;
    }
    for (; i < name.len; i++)
        if ((name.ptr[i] | 0x20) != known[i])
            return false;
    return true;
}

static enum field field_of(struct str name)
{
    switch (name.len) {
    case 4:
        return is_named(name, "host") ? FIELD_HOST : FIELD_NONE;
    case 6:
        return is_named(name, "expect") ? FIELD_EXPECT : FIELD_NONE;
    case 10:
        return is_named(name, "early-data") ? FIELD_EARLY_DATA : FIELD_NONE;
    case 13:
        return is_named(name, "if-none-match") ? FIELD_IF_NONE_MATCH : FIELD_NONE;
    case 15:
        return is_named(name, "accept-encoding") ? FIELD_ACCEPT_ENCODING : FIELD_NONE;
    case 17:
        return is_named(name, "transfer-encoding") ? FIELD_TRANSFER_ENCODING : FIELD_NONE;
    default:
        return FIELD_NONE;
    }
}

/* Whether a line's text, which ends at `from`, is followed by optional white space and one CRLF,
 * and by nothing else before `to`: no bare line end, no folded line (RFC 9112 2.2 and 5.2). */
static bool one_line_end(const char *from, const char *to)
{
    if (to - from < 2 || to[-1] != '\n' || to[-2] != '\r')
        return false;
    for (const char *p = from; p < to - 2; p++)
        if (*p != ' ' && *p != '\t')
            return false;
    return true;
}

static int on_url(llhttp_t *llhttp, const char *at, size_t len)
{
    struct parse *parse = llhttp->data;
    parse->target = str_make(at, len);
    if (len > parse->limits->target)
        return refuse(parse, 414, "the request target is too long");
    return 0;
}

static int on_field(llhttp_t *llhttp, const char *at, size_t len)
{
    struct parse *parse = llhttp->data;
    if (!parse->line_end) /* the request line, whose text ends with the version */
        parse->line_end = parse->target.ptr + parse->target.len + sizeof " HTTP/1.1" - 1;
    if (!one_line_end(parse->line_end, at))
        return refuse(parse, 400, "a line does not end in CRLF, or is continued");
    if (len == 0)
        return refuse(parse, 400, "a field without a name");
    if (++parse->lines > parse->limits->fields)
        return refuse(parse, 431, "too many fields");
    parse->field = field_of(str_make(at, len));
    parse->value_seen = false;
    parse->line_end = at + len + 1; /* behind the colon; an empty value may never be told */
    parse->hosts += parse->field == FIELD_HOST;
    parse->codings += parse->field == FIELD_TRANSFER_ENCODING;
    return 0;
}

static int on_value(llhttp_t *llhttp, const char *at, size_t len)
{
    struct parse *parse = llhttp->data;
    struct request *request = parse->request;
    if (len > 0) {
        /* An empty value is told behind its line's end; the next line's check covers it. */
        for (const char *p = parse->line_end; p < at; p++)
            if (*p != ' ' && *p != '\t')
                return refuse(parse, 400, "a line is continued");
        if (parse->value_seen)
            return refuse(parse, 400, "a line is continued");
        parse->value_seen = true;
        parse->line_end = at + len;
    }
    if (parse->field != FIELD_NONE) {
        request->fields[request->field_count].id = parse->field;
        request->fields[request->field_count++].value = str_trim(str_make(at, len));
    }
    return 0;
}

static int on_head_end(llhttp_t *llhttp)
{
    (void)llhttp;
    return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
    .on_url = on_url,
    .on_header_field = on_field,
    .on_header_value = on_value,
    .on_headers_complete = on_head_end,
};

static bool is_host_char(char c)
{
    /* unreserved, sub-delims but the comma, and `%` (RFC 3986 3.2.2) */
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("-._~!$&'()*+;=%", c));
}

/* uri-host [ ":" port ] (RFC 9110 7.2), the host not empty. */
static bool is_host(struct str s)
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
        while (i < s.len && is_host_char(s.ptr[i]))
            i++;
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

/* Host (RFC 9110 7.2, RFC 9112 3.2): exactly one on 1.1, at most one on 1.0. */
static int check_host(struct parse *parse)
{
    unsigned at = 0;
    struct str host;
    if (parse->hosts == 0 && parse->request->http10)
        return 0;
    if (parse->hosts != 1)
        return refuse(parse, 400, parse->hosts ? "more than one Host" : "no Host");
    if (!request_field(parse->request, FIELD_HOST, &at, &host) || !is_host(host))
        return refuse(parse, 400, "not a valid Host");
    return 0;
}

/* Takes scheme and authority off an absolute-form target (RFC 9112 3.2.2). */
static int take_authority(struct parse *parse, struct str *target)
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
        if (!is_host(str_make(rest.ptr, n)))
            return refuse(parse, 400, "not a valid authority in the target");
        *target = str_skip(rest, n);
        return 0;
    }
    return refuse(parse, 400, "not a valid target");
}

/* Finds path and query in any of the forms of RFC 9112 3.2. */
static int read_target(struct parse *parse, unsigned method)
{
    struct request *request = parse->request;
    struct str target = parse->target;
    if (method == HTTP_CONNECT)
        return refuse(parse, 405, "CONNECT is for proxies");
    if (str_find(target, '#') >= 0)
        return refuse(parse, 400, "a fragment in the target");
    if (str_eq(target, STR("*"))) {
        request->path = target;
        return method == HTTP_OPTIONS ? 0 : refuse(parse, 400, "only OPTIONS can ask for *");
    }
    if (target.ptr[0] != '/' && take_authority(parse, &target) != 0)
        return HPE_USER;

    ptrdiff_t mark = str_find(target, '?');
    if (mark >= 0) {
        request->query = str_skip(target, (size_t)mark + 1);
        target.len = (size_t)mark;
    }
    request->path = target.len ? target : STR("/");
    return 0;
}

/* Transfer-Encoding (RFC 9112 6.1): chunked once, alone, on 1.1. */
static int check_coding(struct parse *parse)
{
    unsigned at = 0;
    struct str coding;
    if (parse->codings == 0)
        return 0;
    if (parse->request->http10)
        return refuse(parse, 400, "Transfer-Encoding on HTTP/1.0");
    if (parse->codings > 1 ||
        !request_field(parse->request, FIELD_TRANSFER_ENCODING, &at, &coding) || coding.len == 0)
        return refuse(parse, 400, "Transfer-Encoding repeated or empty");
    if (!str_eq_nocase(coding, STR("chunked")))
        return refuse(parse, 501, "a transfer coding that is not known here");
    return 0;
}

/* Expect (RFC 9110 10.1.1): 100-continue is all there is, and 1.0 does not have it. */
static int check_expect(struct parse *parse)
{
    unsigned at = 0;
    struct str value;
    while (request_field(parse->request, FIELD_EXPECT, &at, &value)) {
        if (!str_eq_nocase(value, STR("100-continue")))
            return refuse(parse, 417, "an expectation that cannot be met");
        parse->request->expects_continue = !parse->request->http10;
    }
    return 0;
}

static enum request_method method_of(unsigned method)
{
    switch (method) {
    case HTTP_GET:
        return METHOD_GET;
    case HTTP_HEAD:
        return METHOD_HEAD;
    case HTTP_POST:
        return METHOD_POST;
    case HTTP_OPTIONS:
        return METHOD_OPTIONS;
    default:
        return METHOD_OTHER;
    }
}

/* All that llhttp does not check, once the fields are known. */
static int complete(struct parse *parse, const llhttp_t *llhttp, const char *end)
{
    struct request *request = parse->request;
    if (llhttp->http_major != 1) {
        /* "GET /" alone, as HTTP/0.9 had it, says no version. */
        bool says_version = parse->target.ptr[parse->target.len] == ' ';
        return refuse(parse, says_version ? 505 : 400, "not HTTP/1.0 or 1.1");
    }
    if (parse->target.ptr[-2] == ' ')
        return refuse(parse, 400, "more than one space before the target");
    /* A head without any field: the request line's end is still to be looked at. */
    if (!parse->line_end)
        parse->line_end = parse->target.ptr + parse->target.len + sizeof " HTTP/1.1" - 1;
    if (end[-1] != '\n' || end[-2] != '\r' || !one_line_end(parse->line_end, end - 2))
        return refuse(parse, 400, "a line does not end in CRLF, or is continued");
    request->http10 = llhttp->http_minor == 0;
    request->method = method_of(llhttp->method);
    /* "close" wins, also on HTTP/1.0, where llhttp lets keep-alive win (RFC 9112 9.3). */
    request->keep_alive = llhttp_should_keep_alive(llhttp) && !(llhttp->flags & F_CONNECTION_CLOSE);
    if (llhttp->flags & F_CHUNKED)
        request->framing = FRAMING_CHUNKED;
    else if (llhttp->content_length > 0)
        request->framing = FRAMING_LENGTH;
    request->content_length = llhttp->content_length;

    if (read_target(parse, llhttp->method) != 0 || check_host(parse) != 0 ||
        check_coding(parse) != 0 || check_expect(parse) != 0)
        return HPE_USER;
    return 0;
}

static bool is_token_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c));
}

/* A word that is no method known to llhttp is 501 if it could be one (RFC 9110 9.1), else 400;
 * which of the two is not known before the word has ended. */
static enum parse_result refuse_method(struct parse *parse, struct str input)
{
    size_t n = 0;
    while (n < input.len && is_token_char(input.ptr[n]))
        n++;
    if (n == input.len && n < parse->limits->target)
        return PARSE_INCOMPLETE;
    bool is_word = n > 0 && n < input.len && input.ptr[n] == ' ';
    (void)refuse(parse, is_word ? 501 : 400, "not a known method");
    return PARSE_REFUSED;
}

/* "HTTP/" DIGIT "." DIGIT at the end of the line is a version that is not spoken here, else no
 * version. */
static unsigned status_of_bad_version(struct str input)
{
    ptrdiff_t end = str_find(input, '\r');
    struct str line = str_make(input.ptr, end < 0 ? input.len : (size_t)end);
    if (line.len < 8)
        return 400;
    const char *v = line.ptr + line.len - 8;
    bool form = memcmp(v, "HTTP/", 5) == 0 && v[5] >= '0' && v[5] <= '9' && v[6] == '.' &&
                v[7] >= '0' && v[7] <= '9';
    bool spoken = v[5] == '1' && (v[7] == '0' || v[7] == '1');
    return form && !spoken ? 505 : 400;
}

static enum parse_result refused_by_llhttp(struct parse *parse, llhttp_errno_t error,
                                           const char *reason, struct str input)
{
    if (parse->refusal.status != 0) /* one of our callbacks has said why */
        return PARSE_REFUSED;
    switch (error) {
    case HPE_INVALID_METHOD:
        return refuse_method(parse, input);
    case HPE_INVALID_VERSION:
        (void)refuse(parse, status_of_bad_version(input), "not a known version");
        break;
    case HPE_PAUSED_H2_UPGRADE:
        (void)refuse(parse, 505, "HTTP/2 is spoken by the proxy in front");
        break;
    default:
        (void)refuse(parse, 400, reason ? reason : "not a request");
        break;
    }
    return PARSE_REFUSED;
}

/* No end of the head in sight: still a request in the making, or already too long? */
static enum parse_result incomplete(struct parse *parse, struct str input)
{
    if (!parse->target.ptr && input.len > parse->limits->target + sizeof "OPTIONS  HTTP/1.1\r\n") {
        (void)refuse(parse, 414, "the request target is too long");
        return PARSE_REFUSED;
    }
    if (input.len >= parse->limits->head) {
        (void)refuse(parse, 431, "the head is too long");
        return PARSE_REFUSED;
    }
    return PARSE_INCOMPLETE;
}

enum parse_result request_parse(struct request *request, struct str input,
                                const struct request_limits *limits, struct refusal *refusal)
{
    /* Not the fields: field_count says how many are valid. */
    memset(request, 0, offsetof(struct request, fields));
    struct parse parse = {.request = request, .limits = limits};
    llhttp_t llhttp;
    llhttp_init(&llhttp, HTTP_REQUEST, &settings);
    llhttp.data = &parse;

    enum parse_result result = PARSE_DONE;
    llhttp_errno_t error = llhttp_execute(&llhttp, input.ptr, input.len);
    if (error == HPE_PAUSED) {
        const char *end = llhttp_get_error_pos(&llhttp);
        request->head_len = (size_t)(end - input.ptr);
        if (request->head_len > limits->head)
            (void)refuse(&parse, 431, "the head is too long");
        else
            (void)complete(&parse, &llhttp, end);
        result = parse.refusal.status ? PARSE_REFUSED : PARSE_DONE;
    } else if (error == HPE_OK) {
        result = incomplete(&parse, input);
    } else {
        result = refused_by_llhttp(&parse, error, llhttp_get_error_reason(&llhttp), input);
    }
    *refusal = parse.refusal;
    return result;
}

size_t request_skip_blank(struct str input)
{
    size_t n = 0;
    while (n < input.len && (input.ptr[n] == '\r' || input.ptr[n] == '\n'))
        n++;
    return n;
}

bool request_field(const struct request *request, enum field id, unsigned *at, struct str *value)
{
    while (*at < request->field_count) {
        unsigned i = (*at)++;
        if (request->fields[i].id == id) {
            *value = request->fields[i].value;
            return true;
        }
    }
    return false;
}
