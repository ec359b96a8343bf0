/* Owns what is accepted as a request head.
 *
 * llhttp 8.1 lets through what RFC 9110 and 9112 tell a server to refuse: missing, repeated, empty
 * or malformed Host, obs-fold, bare CR or LF in places, Transfer-Encoding on HTTP/1.0 or with
 * codings behind chunked, `*` and fragments in the target, HTTP/0.9, RTSP. All of that is refused
 * here, after it has found the fields. Input is whole or not parsed at all, so every span comes in
 * one piece, and a second value for one name can only be a folded line. */
#include "http/request.h"

#include <llhttp.h>

/* One field line as llhttp found it; judged when the head is whole. */
struct line {
    const char *name;
    const char *value;
    size_t name_len;
    size_t value_len; /* 0: `value` means nothing */
};

/* What the callbacks fill, beside the request. */
struct parse {
    struct request *request;
    const struct request_limits *limits;
    struct refusal refusal;
    struct str target;
    unsigned line_count;
    unsigned hosts;
    unsigned codings; /* Transfer-Encoding lines */
    struct line lines[REQUEST_FIELDS_MAX];
};

static int refuse(struct parse *parse, unsigned status, const char *reason)
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

#define FIELD_IF_NAMED(literal, field) \
    case sizeof literal - 1:           \
        return is_named(name, literal, sizeof literal - 1) ? (field) : FIELD_NONE

static enum field field_of(const char *name, size_t len)
{
    switch (len) {
        FIELD_IF_NAMED("host", FIELD_HOST);
        FIELD_IF_NAMED("expect", FIELD_EXPECT);
    case sizeof "connection" - 1:
        if (is_named(name, "connection", sizeof "connection" - 1))
            return FIELD_CONNECTION;
        return is_named(name, "early-data", sizeof "early-data" - 1) ? FIELD_EARLY_DATA
                                                                     : FIELD_NONE;
        FIELD_IF_NAMED("if-none-match", FIELD_IF_NONE_MATCH);
        FIELD_IF_NAMED("accept-encoding", FIELD_ACCEPT_ENCODING);
        FIELD_IF_NAMED("transfer-encoding", FIELD_TRANSFER_ENCODING);
    default:
        return FIELD_NONE;
    }
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
    unsigned i = parse->line_count;
    if (i >= parse->limits->fields)
        return refuse(parse, 431, "too many fields");
    parse->lines[i] = (struct line){.name = at, .name_len = len};
    parse->line_count = i + 1;
    return 0;
}

static int on_value(llhttp_t *llhttp, const char *at, size_t len)
{
    struct parse *parse = llhttp->data;
    struct line *line = &parse->lines[parse->line_count - 1];
    if (line->value_len > 0)
        return refuse(parse, 400, "a line is continued");
    line->value = at;
    line->value_len = len;
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

static bool is_blank(const char *from, const char *to)
{
    while (from < to && (*from == ' ' || *from == '\t'))
        from++;
    return from >= to;
}

/* Whether a line's text, which ends at `from`, is followed by optional white space and one CRLF,
 * and by nothing else before `to`: no bare line end, no folded line (RFC 9112 2.2 and 5.2). */
static bool one_line_end(const char *from, const char *to)
{
    return to - from >= 2 && memcmp(to - 2, "\r\n", 2) == 0 && is_blank(from, to - 2);
}

static void keep_field(struct parse *parse, enum field field, struct str value)
{
    struct request *request = parse->request;
    request->fields[request->field_count].id = field;
    request->fields[request->field_count++].value = str_trim(value);
    parse->hosts += field == FIELD_HOST;
    parse->codings += field == FIELD_TRANSFER_ENCODING;
}

/* Looks at every line of a head that ends at `end`, and keeps the fields that somebody reads. */
static int check_lines(struct parse *parse, const char *end)
{
    /* The request line's text ends with its version. */
    const char *text_end = parse->target.ptr + parse->target.len + sizeof " HTTP/1.1" - 1;
    for (unsigned i = 0; i < parse->line_count; i++) {
        const struct line *line = &parse->lines[i];
        if (!one_line_end(text_end, line->name))
            return refuse(parse, 400, "a line does not end in CRLF, or is continued");
        if (line->name_len == 0)
            return refuse(parse, 400, "a field without a name");
        text_end = line->name + line->name_len + sizeof ":" - 1;
        if (line->value_len > 0) {
            if (!is_blank(text_end, line->value))
                return refuse(parse, 400, "a line is continued");
            text_end = line->value + line->value_len;
        }
        enum field field = field_of(line->name, line->name_len);
        if (field != FIELD_NONE)
            keep_field(parse, field, str_make(line->value, line->value_len));
    }
    if (!one_line_end(text_end, end - 2) || memcmp(end - 2, "\r\n", 2) != 0)
        return refuse(parse, 400, "a line does not end in CRLF, or is continued");
    return 0;
}

/* unreserved, sub-delims but the comma, and `%` (RFC 3986 3.2.2) */
static const bool host_chars[256] = {
    ['a'] = 1, ['b'] = 1, ['c'] = 1, ['d'] = 1, ['e'] = 1, ['f'] = 1,  ['g'] = 1, ['h'] = 1,
    ['i'] = 1, ['j'] = 1, ['k'] = 1, ['l'] = 1, ['m'] = 1, ['n'] = 1,  ['o'] = 1, ['p'] = 1,
    ['q'] = 1, ['r'] = 1, ['s'] = 1, ['t'] = 1, ['u'] = 1, ['v'] = 1,  ['w'] = 1, ['x'] = 1,
    ['y'] = 1, ['z'] = 1, ['A'] = 1, ['B'] = 1, ['C'] = 1, ['D'] = 1,  ['E'] = 1, ['F'] = 1,
    ['G'] = 1, ['H'] = 1, ['I'] = 1, ['J'] = 1, ['K'] = 1, ['L'] = 1,  ['M'] = 1, ['N'] = 1,
    ['O'] = 1, ['P'] = 1, ['Q'] = 1, ['R'] = 1, ['S'] = 1, ['T'] = 1,  ['U'] = 1, ['V'] = 1,
    ['W'] = 1, ['X'] = 1, ['Y'] = 1, ['Z'] = 1, ['0'] = 1, ['1'] = 1,  ['2'] = 1, ['3'] = 1,
    ['4'] = 1, ['5'] = 1, ['6'] = 1, ['7'] = 1, ['8'] = 1, ['9'] = 1,  ['-'] = 1, ['.'] = 1,
    ['_'] = 1, ['~'] = 1, ['!'] = 1, ['$'] = 1, ['&'] = 1, ['\''] = 1, ['('] = 1, [')'] = 1,
    ['*'] = 1, ['+'] = 1, [';'] = 1, ['='] = 1, ['%'] = 1,
};

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
        while (i < s.len && host_chars[(unsigned char)s.ptr[i]])
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

/* Transfer-Encoding (RFC 9112 6.1): chunked once, alone, on 1.1; and llhttp, which decodes the
 * body, must have read the same (it does not where a tab stands around the word). */
static int check_coding(struct parse *parse, const llhttp_t *llhttp)
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
    if (!(llhttp->flags & F_CHUNKED))
        return refuse(parse, 400, "white space around a transfer coding");
    return 0;
}

/* Persistence (RFC 9112 9.3) by our own reading: llhttp lets keep-alive win over close on 1.0, and
 * sees no word that has a tab around it. */
static bool wants_to_stay(const struct request *request)
{
    bool stays = !request->http10;
    struct str line;
    struct str option;
    unsigned at = 0;
    while (request_field(request, FIELD_CONNECTION, &at, &line))
        while (str_split(&line, ',', &option)) {
            option = str_trim(option);
            if (str_eq_nocase(option, STR("close")))
                return false;
            stays |= str_eq_nocase(option, STR("keep-alive"));
        }
    return stays;
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
    const char *version = parse->target.ptr + parse->target.len;
    if (llhttp->http_major != 1) {
        /* "GET /" alone, as HTTP/0.9 had it, says no version. */
        return refuse(parse, *version == ' ' ? 505 : 400, "not HTTP/1.0 or 1.1");
    }
    if (memcmp(version, " HTTP/", sizeof " HTTP/" - 1) != 0)
        return refuse(parse, 400, "not HTTP"); /* llhttp speaks RTSP and ICE as well */
    if (parse->target.ptr[-2] == ' ')
        return refuse(parse, 400, "more than one space before the target");
    if (check_lines(parse, end) != 0)
        return HPE_USER;
    request->http10 = llhttp->http_minor == 0;
    request->keep_alive = wants_to_stay(request);
    if (llhttp->flags & F_CHUNKED)
        request->framing = FRAMING_CHUNKED;
    else if (llhttp->content_length > 0)
        request->framing = FRAMING_LENGTH;
    request->content_length = llhttp->content_length;

    if (read_target(parse, llhttp->method) != 0 || check_host(parse) != 0 ||
        check_coding(parse, llhttp) != 0 || check_expect(parse) != 0)
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
    struct parse parse;
    memset(&parse, 0, offsetof(struct parse, lines));
    parse.request = request;
    parse.limits = limits;
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
