/* Owns what is accepted as a request head.
 *
 * llhttp reads what decides over the message: the request line, and the fields that say how long a
 * body is. All other lines are none of its business, and checked here, by the letter: a token, a
 * colon, a value, CRLF. What RFC 9110 and 9112 tell a server to refuse and llhttp 8.1 lets through
 * is judged here as well, as far as it is the form of a line; what the lines say (Host, the target,
 * Transfer-Encoding, Expect) in request_rules.c. A head is parsed from its start each time, in one
 * piece. */
#include "http/request.h"

#include "http/request_rules.h"
#include "http/span.h"

#include <llhttp.h>

/* What is known of a head while it is read, beside the request. */
struct parse {
    struct request *request;
    const struct request_limits *limits;
    struct refusal refusal;
    struct request_lines lines;
    llhttp_t *llhttp;
};

/* Cold, so that the callers, which nearly never refuse, save no registers for it. */
static __attribute__((cold, noinline)) int refuse(struct parse *parse, unsigned status,
                                                  const char *reason)
{
    parse->refusal = (struct refusal){status, reason};
    return HPE_USER;
}

static int refuse_line(struct parse *parse)
{
    return refuse(parse, 400, "a line does not end in CRLF");
}

/* Called again where a line goes on; then it is not whole, or is refused for its form. */
static int on_url(llhttp_t *llhttp, const char *at, size_t len)
{
    struct parse *parse = llhttp->data;
    parse->lines.target = str_make(at, len);
    if (len > parse->limits->target)
        return refuse(parse, 414, "the request target is too long");
    return 0;
}

static int on_head_end(llhttp_t *llhttp)
{
    (void)llhttp;
    return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
    .on_url = on_url,
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

/* A word that is no method known to llhttp is 501 if it could be one (RFC 9110 9.1), else 400;
 * which of the two is not known before the word has ended. */
static enum parse_result refuse_method(struct parse *parse, struct str input)
{
    size_t n = (size_t)(span_token(input.ptr, input.ptr + input.len) - input.ptr);
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
                                           struct str input)
{
    const char *reason = llhttp_get_error_reason(parse->llhttp);
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

/* --- the request line */

/* Where the minor version stands, in a request line whole or not, if it is one above 1; else NULL.
 */
static const char *find_higher_minor(struct str line)
{
    static const struct str before = STR_INIT(" HTTP/1.");
    line.len -= str_ends_with(line, STR("\n"));
    line.len -= str_ends_with(line, STR("\r"));
    if (line.len <= before.len)
        return NULL;
    const char *minor = line.ptr + line.len - 1;
    if (*minor < '2' || *minor > '9' || memcmp(minor - before.len, before.ptr, before.len) != 0)
        return NULL;
    return minor;
}

/* Versions above 1.1 that are still 1 are spoken as 1.1 (RFC 9110 2.5), and llhttp told so. */
static llhttp_errno_t feed_line(struct parse *parse, struct str line)
{
    const char *minor = find_higher_minor(line);
    if (!minor)
        return llhttp_execute(parse->llhttp, line.ptr, line.len);
    llhttp_errno_t error = llhttp_execute(parse->llhttp, line.ptr, (size_t)(minor - line.ptr));
    if (error == HPE_OK)
        error = llhttp_execute(parse->llhttp, "1", 1);
    struct str rest = str_skip(line, (size_t)(minor + 1 - line.ptr));
    if (error == HPE_OK && rest.len > 0)
        error = llhttp_execute(parse->llhttp, rest.ptr, rest.len);
    return error;
}

/* What llhttp does not check. */
static bool check_line(struct parse *parse, struct str line)
{
    struct str target = parse->lines.target;
    /* Nobody else has its method (RFC 9113 3.4); llhttp waits for the rest of HTTP/2's preface. */
    if (!target.ptr || parse->llhttp->method == HTTP_PRI) {
        (void)refuse(parse, 505, "HTTP/2 is spoken by the proxy in front");
        return false;
    }
    const char *version = target.ptr + target.len;
    /* "GET /" alone, as HTTP/0.9 had it, says no version. */
    if (parse->llhttp->http_major != 1)
        (void)refuse(parse, *version == ' ' ? 505 : 400, "not HTTP/1.0 or 1.1");
    else if (memcmp(version, " HTTP/1.", sizeof " HTTP/1." - 1) != 0)
        (void)refuse(parse, 400, "not HTTP"); /* llhttp speaks RTSP and ICE as well */
    else if (target.ptr[-2] == ' ')
        (void)refuse(parse, 400, "more than one space before the target");
    else if (!str_ends_with(line, STR("\r\n")))
        (void)refuse_line(parse);
    return parse->refusal.status == 0;
}

/* Where the fields begin goes to `*at`. */
static enum parse_result read_line(struct parse *parse, struct str input, const char **at)
{
    struct request *request = parse->request;
    ptrdiff_t end = str_find(input, '\n');
    struct str line = str_make(input.ptr, end < 0 ? input.len : (size_t)end + 1);
    llhttp_errno_t error = feed_line(parse, line);
    request->method = method_of(parse->llhttp->method);
    if (error != HPE_OK)
        return refused_by_llhttp(parse, error, input);
    if (end < 0)
        return PARSE_INCOMPLETE;
    if (!check_line(parse, line))
        return PARSE_REFUSED;
    request->http10 = parse->llhttp->http_minor == 0;
    parse->lines.is_connect = parse->llhttp->method == HTTP_CONNECT;
    *at = line.ptr + line.len;
    return PARSE_DONE;
}

/* --- the fields */

/* What stands between a colon and the CR at `stop`. Nearly always there is one space before a
 * value, and nothing else around it. */
static struct str value_between(const char *at, const char *stop)
{
    if (at[0] == ' ' && at[1] > ' ' && stop[-1] > ' ')
        return str_make(at + 1, (size_t)(stop - at - 1));
    return str_trim(str_make(at, (size_t)(stop - at)));
}

/* Apart, as what few requests have. */
static __attribute__((noinline)) void take_further(struct request *request, enum field field,
                                                   struct str value)
{
    request->repeated |= UINT64_C(1) << field;
    request->further[request->further_count].id = field;
    request->further[request->further_count].value = value;
    request->further_count++;
}

/* White space behind a value is no part of it (RFC 9110 5.5). llhttp takes a tab there for one, so
 * it is given the line without. */
static llhttp_errno_t feed_field(struct parse *parse, const char *line, struct str value)
{
    size_t len = (size_t)(value.ptr + value.len - line);
    llhttp_errno_t error = llhttp_execute(parse->llhttp, line, len);
    return error == HPE_OK ? llhttp_execute(parse->llhttp, "\r\n", 2) : error;
}

/* `line` is where the field's line begins. */
static enum parse_result take_field(struct parse *parse, enum field field, const char *line,
                                    struct str value)
{
    struct request *request = parse->request;
    if (request_has(request, field))
        take_further(request, field, value);
    else
        request->first[field] = value;
    request->present |= UINT64_C(1) << field;
    if (field != FIELD_CONTENT_LENGTH && field != FIELD_TRANSFER_ENCODING)
        return PARSE_DONE;
    llhttp_errno_t error = feed_field(parse, line, value);
    return error == HPE_OK ? PARSE_DONE : refused_by_llhttp(parse, error, value);
}

static enum field name_field(const struct parse *parse, struct str name)
{
    enum field field = field_of(name.ptr, name.len);
    if (field == FIELD_NONE && name.len == parse->limits->country_field.len &&
        str_eq_nocase(name, parse->limits->country_field))
        return FIELD_COUNTRY;
    return field;
}

/* A name that no colon follows at `at`; it may be that the input ends there. */
static __attribute__((cold, noinline)) enum parse_result judge_name(struct parse *parse,
                                                                    const char *at, const char *end)
{
    if (at == end)
        return PARSE_INCOMPLETE;
    (void)refuse(parse, 400, "a line that is no field, or continues one");
    return PARSE_REFUSED;
}

/* The same of an end of line that is not found at `at`. */
static __attribute__((cold, noinline)) enum parse_result judge_end(struct parse *parse,
                                                                   const char *at, const char *end)
{
    if (at == end || (*at == '\r' && at + 1 == end))
        return PARSE_INCOMPLETE;
    (void)refuse_line(parse);
    return PARSE_REFUSED;
}

static bool is_end_of_line(const char *at, const char *end)
{
    return end - at >= 2 && memcmp(at, "\r\n", 2) == 0;
}

/* Reads the line at `*at`, and moves it to the next. */
static enum parse_result read_field(struct parse *parse, const char **at, const char *end)
{
    const char *name = *at;
    const char *colon = span_token(name, end);
    if (colon == end || *colon != ':' || colon == name)
        return judge_name(parse, colon, end);
    const char *stop = span_value(colon + 1, end);
    if (!is_end_of_line(stop, end))
        return judge_end(parse, stop, end);
    *at = stop + 2;
    enum field field = name_field(parse, str_make(name, (size_t)(colon - name)));
    if (field == FIELD_NONE)
        return PARSE_DONE;
    return take_field(parse, field, name, value_between(colon + 1, stop));
}

/* Reads lines from `*at` on, and moves it behind the empty one. */
static enum parse_result read_fields(struct parse *parse, const char **at, const char *end)
{
    for (unsigned left = parse->limits->fields; *at < end && **at != '\r'; left--) {
        if (left == 0) {
            (void)refuse(parse, 431, "too many fields");
            return PARSE_REFUSED;
        }
        enum parse_result result = read_field(parse, at, end);
        if (result != PARSE_DONE)
            return result;
    }
    if (!is_end_of_line(*at, end))
        return judge_end(parse, *at, end);
    *at += 2;
    return PARSE_DONE;
}

/* --- all of it */

static void read_framing(struct request *request, const llhttp_t *llhttp)
{
    request->content_length = llhttp->content_length;
    if (llhttp->flags & F_CHUNKED)
        request->framing = FRAMING_CHUNKED;
    else if (llhttp->content_length > 0)
        request->framing = FRAMING_LENGTH;
}

/* What the lines mean, now that all of them are there. */
static enum parse_result complete(struct parse *parse, struct str head)
{
    struct request *request = parse->request;
    request->head_len = head.len;
    parse->lines.end = head.ptr + head.len;
    if (head.len > parse->limits->head) {
        (void)refuse(parse, 431, "the head is too long");
        return PARSE_REFUSED;
    }
    if (request_has(request, FIELD_CONTENT_LENGTH) ||
        request_has(request, FIELD_TRANSFER_ENCODING)) {
        llhttp_errno_t error = llhttp_execute(parse->llhttp, "\r\n", 2);
        if (error != HPE_PAUSED)
            return refused_by_llhttp(parse, error, head);
        read_framing(request, parse->llhttp);
    }
    return request_apply_rules(request, &parse->lines, &parse->refusal) ? PARSE_DONE
                                                                        : PARSE_REFUSED;
}

enum parse_result request_parse(struct request *request, struct str input,
                                const struct request_limits *limits, struct refusal *refusal)
{
    /* Not the values: `present` and `further_count` say which are valid. */
    memset(request, 0, offsetof(struct request, head_len));
    llhttp_t llhttp;
    struct parse parse = {.request = request, .limits = limits, .llhttp = &llhttp};
    llhttp_init(&llhttp, HTTP_REQUEST, &settings);
    llhttp.data = &parse;

    const char *at = input.ptr;
    enum parse_result result = read_line(&parse, input, &at);
    if (result == PARSE_DONE)
        result = read_fields(&parse, &at, input.ptr + input.len);
    if (result == PARSE_DONE)
        result = complete(&parse, str_make(input.ptr, (size_t)(at - input.ptr)));
    if (result == PARSE_INCOMPLETE && input.len >= limits->head) {
        (void)refuse(&parse, 431, "the head is too long");
        result = PARSE_REFUSED;
    }
    *refusal = parse.refusal;
    return result;
}

bool request_further_value(const struct request *request, enum field id, unsigned *at,
                           struct str *value)
{
    unsigned i = *at - 1;
    while (i < request->further_count && request->further[i].id != id)
        i++;
    if (i >= request->further_count)
        return false;
    *value = request->further[i].value;
    *at = i + 2;
    return true;
}
