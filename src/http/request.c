/* Owns what is accepted as a request head.
 *
 * llhttp 8.1 lets through what RFC 9110 and 9112 tell a server to refuse. Of that, the form of the
 * lines is judged here: folded lines, bare CR or LF in places, spaces too many, HTTP/0.9, RTSP;
 * what they say (Host, the target, Transfer-Encoding, Expect) in request_rules.c. A head is parsed
 * from its start each time, so every span comes in one piece, and a second value for one name can
 * only be a folded line. */
#include "http/request.h"

#include "http/request_rules.h"

#include <llhttp.h>

/* What the callbacks fill, beside the request. */
struct parse {
    struct request *request;
    const struct request_limits *limits;
    struct refusal refusal;
    struct request_lines lines;
    const char *text_end; /* of the line before, where its white space and its CRLF must follow */
    enum field field;     /* of the line that is being read */
    bool has_value;
    unsigned line_count;
};

/* Cold, so that the callbacks, which nearly never refuse, save no registers for it. */
static __attribute__((cold, noinline)) int refuse(struct parse *parse, unsigned status,
                                                  const char *reason)
{
    parse->refusal = (struct refusal){status, reason};
    return HPE_USER;
}

/* Whether the token (RFC 9110 5.6.2) of `len` bytes at `name` is `known`, which has lower-case
 * letters and hyphens only: among token characters, only letters fold onto letters. `len` is a
 * constant for the compiler: no loop remains. */
static inline __attribute__((always_inline)) bool is_named(const char *name, const char *known,
                                                           size_t len)
{
    size_t i = 0;
    for (; i + 8 <= len; i += 8) {
        uint64_t a;
        uint64_t b;
        memcpy(&a, name + i, 8);
        memcpy(&b, known + i, 8);
        if ((a | 0x2020202020202020U) != b)
            return false;
    }
    for (; i < len; i++)
        if ((name[i] | 0x20) != known[i])
            return false;
    return true;
}

#define IF_NAMED(literal, field)                     \
    if (is_named(name, literal, sizeof literal - 1)) \
        return (field);

/* Names of one length stand together. */
static enum field field_of(const char *name, size_t len)
{
    switch (len) {
    case 3:
        IF_NAMED("dnt", FIELD_DNT)
        break;
    case 4:
        IF_NAMED("host", FIELD_HOST)
        break;
    case 5:
        IF_NAMED("x-moz", FIELD_PURPOSE)
        break;
    case 6:
        IF_NAMED("cookie", FIELD_COOKIE)
        IF_NAMED("expect", FIELD_EXPECT)
        break;
    case 7:
        IF_NAMED("referer", FIELD_REFERER)
        IF_NAMED("sec-gpc", FIELD_SEC_GPC)
        IF_NAMED("purpose", FIELD_PURPOSE)
        break;
    case 8:
        IF_NAMED("if-match", FIELD_IF_MATCH)
        break;
    case 9:
        IF_NAMED("save-data", FIELD_SAVE_DATA)
        IF_NAMED("ping-from", FIELD_PING_FROM)
        IF_NAMED("x-purpose", FIELD_PURPOSE)
        break;
    case 10:
        IF_NAMED("user-agent", FIELD_USER_AGENT)
        IF_NAMED("connection", FIELD_CONNECTION)
        IF_NAMED("early-data", FIELD_EARLY_DATA)
        break;
    case 11:
        IF_NAMED("sec-purpose", FIELD_PURPOSE)
        break;
    case 12:
        IF_NAMED("content-type", FIELD_CONTENT_TYPE)
        break;
    case 13:
        IF_NAMED("if-none-match", FIELD_IF_NONE_MATCH)
        break;
    case 14:
        IF_NAMED("sec-fetch-site", FIELD_SEC_FETCH_SITE)
        IF_NAMED("sec-fetch-mode", FIELD_SEC_FETCH_MODE)
        break;
    case 15:
        IF_NAMED("accept-encoding", FIELD_ACCEPT_ENCODING)
        IF_NAMED("accept-language", FIELD_ACCEPT_LANGUAGE)
        IF_NAMED("x-forwarded-for", FIELD_FORWARDED_FOR)
        break;
    case 16:
        IF_NAMED("sec-ch-ua-mobile", FIELD_MOBILE)
        IF_NAMED("x-requested-with", FIELD_REQUESTED_WITH)
        IF_NAMED("x-fb-http-engine", FIELD_PURPOSE)
        break;
    case 17:
        IF_NAMED("transfer-encoding", FIELD_TRANSFER_ENCODING)
        IF_NAMED("x-forwarded-proto", FIELD_FORWARDED_PROTO)
        break;
    default:
        break;
    }
    return FIELD_NONE;
}

static bool is_blank(const char *from, const char *to)
{
    while (from < to && (*from == ' ' || *from == '\t'))
        from++;
    return from >= to;
}

/* Whether the line before, whose text ends at text_end, ends there with optional white space and
 * one CRLF, and the next one starts at `to`: no bare line end, no folded line between (RFC 9112 2.2
 * and 5.2). */
static bool line_ended(const struct parse *parse, const char *to)
{
    const char *from = parse->text_end;
    return to - from >= 2 && memcmp(to - 2, "\r\n", 2) == 0 &&
           (to - from == 2 || is_blank(from, to - 2));
}

static int refuse_line(struct parse *parse)
{
    return refuse(parse, 400, "a line does not end in CRLF, or is continued");
}

static int on_url(llhttp_t *llhttp, const char *at, size_t len)
{
    struct parse *parse = llhttp->data;
    parse->lines.target = str_make(at, len);
    parse->text_end = at + len + sizeof " HTTP/1.1" - 1;
    if (len > parse->limits->target)
        return refuse(parse, 414, "the request target is too long");
    return 0;
}

static int on_field(llhttp_t *llhttp, const char *at, size_t len)
{
    struct parse *parse = llhttp->data;
    struct request *request = parse->request;
    if (!line_ended(parse, at))
        return refuse_line(parse);
    if (len == 0)
        return refuse(parse, 400, "a field without a name");
    if (parse->line_count++ >= parse->limits->fields)
        return refuse(parse, 431, "too many fields");
    parse->text_end = at + len + sizeof ":" - 1;
    parse->has_value = false;
    parse->field = field_of(at, len);
    if (parse->field == FIELD_NONE && len == parse->limits->country_field.len &&
        str_eq_nocase(str_make(at, len), parse->limits->country_field))
        parse->field = FIELD_COUNTRY;
    if (parse->field == FIELD_NONE)
        return 0;
    parse->lines.hosts += parse->field == FIELD_HOST;
    parse->lines.codings += parse->field == FIELD_TRANSFER_ENCODING;
    request->fields[request->field_count].id = parse->field;
    request->fields[request->field_count++].value = str_make(NULL, 0);
    return 0;
}

static int on_value(llhttp_t *llhttp, const char *at, size_t len)
{
    struct parse *parse = llhttp->data;
    struct request *request = parse->request;
    if (len == 0)
        return 0; /* `at` means nothing then */
    if (parse->has_value || !is_blank(parse->text_end, at))
        return refuse_line(parse);
    parse->has_value = true;
    parse->text_end = at + len;
    if (parse->field != FIELD_NONE)
        request->fields[request->field_count - 1].value = str_trim(str_make(at, len));
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

/* What llhttp does not check, now that the head, which ends at `end`, is whole. */
static void complete(struct parse *parse, const llhttp_t *llhttp, const char *end)
{
    struct request *request = parse->request;
    struct str target = parse->lines.target;
    const char *version = target.ptr + target.len;
    if (llhttp->http_major != 1) {
        /* "GET /" alone, as HTTP/0.9 had it, says no version. */
        (void)refuse(parse, *version == ' ' ? 505 : 400, "not HTTP/1.0 or 1.1");
    } else if (memcmp(version, " HTTP/1.", sizeof " HTTP/1." - 1) != 0) {
        (void)refuse(parse, 400, "not HTTP"); /* llhttp speaks RTSP and ICE as well */
    } else if (target.ptr[-2] == ' ') {
        (void)refuse(parse, 400, "more than one space before the target");
    } else if (memcmp(end - 2, "\r\n", 2) != 0 || !line_ended(parse, end - 2)) {
        (void)refuse_line(parse);
    } else {
        request->http10 = llhttp->http_minor == 0;
        request->content_length = llhttp->content_length;
        if (llhttp->flags & F_CHUNKED)
            request->framing = FRAMING_CHUNKED;
        else if (llhttp->content_length > 0)
            request->framing = FRAMING_LENGTH;
        parse->lines.is_connect = llhttp->method == HTTP_CONNECT;
        (void)request_apply_rules(request, &parse->lines, &parse->refusal);
    }
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
    request->method = method_of(llhttp.method);
    if (error == HPE_PAUSED) {
        const char *end = llhttp_get_error_pos(&llhttp);
        request->head_len = (size_t)(end - input.ptr);
        if (request->head_len > limits->head)
            (void)refuse(&parse, 431, "the head is too long");
        else
            complete(&parse, &llhttp, end);
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
