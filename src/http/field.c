/* Owns the names of fields. */
#include "http/field.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { WORD = 8, HALF = 4 };

/* `size` bytes of a name, letters in lower case. */
static inline __attribute__((always_inline)) uint64_t load(const char *at, size_t size)
{
    uint64_t word = 0;
    memcpy(&word, at, size);
    return word | (UINT64_C(0x2020202020202020) >> (64 - 8 * size));
}

static inline __attribute__((always_inline)) bool is_like(const char *name, const char *known,
                                                          size_t size)
{
    uint64_t word = 0;
    memcpy(&word, known, size);
    return load(name, size) == word;
}

/* Whether the token (RFC 9110 5.6.2) of `len` bytes at `name` is `known`, which has lower-case
 * letters and hyphens only: among token characters, only letters fold onto letters. `len` is a
 * constant for the compiler: no loop remains, but a few words, of which the last may overlap. */
static inline __attribute__((always_inline)) bool is_named(const char *name, const char *known,
                                                           size_t len)
{
    size_t size = len >= WORD ? WORD : len >= HALF ? HALF : 1;
    for (size_t i = 0; i + size < len; i += size)
        if (!is_like(name + i, known + i, size))
            return false;
    return is_like(name + len - size, known + len - size, size);
}

#define IF_NAMED(literal, field)                     \
    if (is_named(name, literal, sizeof literal - 1)) \
        return (field);

/* Names of one length stand together. */
enum field field_of(const char *name, size_t len)
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
        IF_NAMED("content-length", FIELD_CONTENT_LENGTH)
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
