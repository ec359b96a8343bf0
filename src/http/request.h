/* One request: a head parsed in place into slices (RFC 9112 sections 2 to 5, refusals of RFC 9110
 * included), and its body. request.c is the only user of llhttp, which alone accepts more than a
 * server may. */
#ifndef ATTIMO_HTTP_REQUEST_H
#define ATTIMO_HTTP_REQUEST_H

#include "base/str.h"
#include "http/field.h"

enum request_method { METHOD_GET, METHOD_HEAD, METHOD_POST, METHOD_OPTIONS, METHOD_OTHER };

enum request_framing { FRAMING_NONE, FRAMING_LENGTH, FRAMING_CHUNKED };

enum { REQUEST_FIELDS_MAX = 64 };

struct request_limits {
    size_t head;              /* bytes from the request line to the empty line; 431 */
    size_t target;            /* bytes; 414 */
    unsigned fields;          /* field lines, at most REQUEST_FIELDS_MAX; 431 */
    struct str country_field; /* the name of FIELD_COUNTRY, in lower case; empty: there is none */
};

/* All slices lie in the input that was parsed, and live as long as that. */
struct request {
    enum request_method method;
    enum request_framing framing;
    bool http10;
    bool keep_alive;       /* what the client asked for, by version and Connection */
    bool expects_continue; /* Expect: 100-continue, on 1.1 */
    bool wants_https;      /* the target says so, in absolute form */
    uint64_t content_length;
    struct str host;  /* that is asked: the target's in absolute form, else Host; may be empty */
    struct str path;  /* raw, from `/`; "*" for OPTIONS * */
    struct str query; /* raw, without `?`; ptr is NULL where there is no `?` */
    struct str body;  /* set by whoever has read it */

    /* A bit for each field that is there, and that is there more than once; the value of its first
     * line, and those of further lines in their order. */
    uint64_t present;
    uint64_t repeated;
    unsigned further_count;
    size_t head_len;
    struct str first[FIELD_NONE];
    struct {
        struct str value;
        enum field id;
    } further[REQUEST_FIELDS_MAX];
};

enum parse_result { PARSE_DONE, PARSE_INCOMPLETE, PARSE_REFUSED };

/* Why a request was refused: the status to answer before the connection is closed. */
struct refusal {
    unsigned status;
    const char *reason; /* static words */
};

/* Parses the head at the start of `input`, which must not begin with line ends
 * (request_skip_blank). DONE: `request` is whole, its body (if any) follows at head_len.
 * INCOMPLETE: the end of the head is not there yet and nothing is wrong so far. REFUSED: `refusal`
 * says why, of the request only the method may be known, and what follows in `input` cannot be
 * trusted. */
enum parse_result request_parse(struct request *request, struct str input,
                                const struct request_limits *limits, struct refusal *refusal);

/* How many bytes of line ends stand before a request line (RFC 9112 2.2: to be ignored). */
static inline size_t request_skip_blank(struct str input)
{
    size_t n = 0;
    while (n < input.len && (input.ptr[n] == '\r' || input.ptr[n] == '\n'))
        n++;
    return n;
}

static inline bool request_has(const struct request *request, enum field id)
{
    return request->present >> id & 1;
}

static inline bool request_repeats(const struct request *request, enum field id)
{
    return request->repeated >> id & 1;
}

/* The first value of a field, or empty. */
static inline struct str request_value(const struct request *request, enum field id)
{
    return request_has(request, id) ? request->first[id] : STR("");
}

/* The next value of a field, from `*at` (start with 0). False when there is none left. */
bool request_further_value(const struct request *request, enum field id, unsigned *at,
                           struct str *value);
static inline bool request_field(const struct request *request, enum field id, unsigned *at,
                                 struct str *value)
{
    if (*at > 0)
        return request_further_value(request, id, at, value);
    *at = 1;
    *value = request_value(request, id);
    return request_has(request, id);
}

#endif
