/* Owns the spelling of paths: escapes, and Unicode through utf8proc. */
#include "http/path.h"

#include "base/err.h"
#include "base/hex.h"

#include <stdlib.h>
#include <utf8proc.h>

/* Marks are sorted by a method that is quadratic in how many stand in a row: a target full of them
 * would cost milliseconds. 30 is what Unicode's Stream-Safe Text Format allows (UAX 15, 13). */
enum { MARKS_MAX = 30 };

static bool is_ascii(struct str s)
{
    unsigned char seen = 0;
    for (size_t i = 0; i < s.len; i++)
        seen |= (unsigned char)s.ptr[i];
    return seen < 0x80;
}

/* Not 0 if one of the eight bytes at `p` is a `%` or not ASCII. */
static uint64_t special_bytes(const char *p)
{
    static const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t word;
    memcpy(&word, p, sizeof word);
    uint64_t difference = word ^ (ones * '%');
    return (word | ((difference - ones) & ~difference)) & (ones * 0x80);
}

/* Whether there is nothing to decode, asked of every request: eight bytes at a time, the last eight
 * of which may overlap those before. */
static bool is_plain(struct str s)
{
    if (s.len < sizeof(uint64_t))
        return str_find(s, '%') < 0 && is_ascii(s);
    const char *last = s.ptr + s.len - sizeof(uint64_t);
    uint64_t special = special_bytes(last);
    for (const char *p = s.ptr; p < last; p += sizeof(uint64_t))
        special |= special_bytes(p);
    return special == 0;
}

/* Appends `raw` without its escapes. */
static int unescape(struct str raw, struct buf *out)
{
    char *at = buf_reserve(out, raw.len);
    if (!at)
        return ERR_NO_MEMORY;
    for (size_t i = 0; i < raw.len; i++) {
        unsigned char c = (unsigned char)raw.ptr[i];
        if (c == '%') {
            int high = raw.len - i > 2 ? hex_digit(raw.ptr[i + 1]) : -1;
            int low = raw.len - i > 2 ? hex_digit(raw.ptr[i + 2]) : -1;
            if (high < 0 || low < 0)
                return ERR_INVALID;
            c = (unsigned char)(high << 4 | low);
            i += 2;
        }
        /* An escaped slash parts no folders (RFC 3986 2.2), and no file name has one. */
        if (c < 0x20 || c == 0x7F || (c == '/' && raw.ptr[i] != '/'))
            return ERR_INVALID;
        *at++ = (char)c;
        out->len++;
    }
    return 0;
}

int path_decode(struct str raw, struct buf *scratch, struct str *out)
{
    *out = raw;
    if (is_plain(raw))
        return 0;

    buf_clear(scratch);
    int rc = unescape(raw, scratch);
    if (rc != 0)
        return rc;
    *out = buf_str(scratch);
    if (is_ascii(*out))
        return 0;

    size_t decoded = scratch->len;
    rc = path_normalize(*out, scratch);
    *out = str_skip(buf_str(scratch), decoded);
    return rc;
}

/* RFC 3986 3.3: unreserved, sub-delims, ":" and "@"; and the slash between segments. */
static bool stands_for_itself(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("/-._~!$&'()*+,;=:@", c));
}

static void append_encoded(struct buf *out, char c)
{
    buf_printf(out, "%%%02X", (unsigned)(unsigned char)c);
}

void path_encode(struct str path, struct buf *out)
{
    for (size_t i = 0; i < path.len; i++) {
        /* "//host" in a Location would lead to another site. */
        bool second_slash = i == 1 && path.ptr[0] == '/' && path.ptr[1] == '/';
        if (stands_for_itself(path.ptr[i]) && !second_slash)
            buf_append_char(out, path.ptr[i]);
        else
            append_encoded(out, path.ptr[i]);
    }
}

/* RFC 3986 3.4; its escapes stay as they are. */
void path_encode_query(struct str query, struct buf *out)
{
    for (size_t i = 0; i < query.len; i++) {
        char c = query.ptr[i];
        if (stands_for_itself(c) || c == '?' || c == '%')
            buf_append_char(out, c);
        else
            append_encoded(out, c);
    }
}

/* Three Tibetan vowels are no marks themselves, but come apart into two marks each. */
static bool is_mark(utf8proc_int32_t c)
{
    return utf8proc_get_property(c)->combining_class != 0 || c == 0x0F73 || c == 0x0F75 ||
           c == 0x0F81;
}

/* Whether `text`, which is UTF-8, never has too many combining marks in a row. */
static bool is_stream_safe(struct str text)
{
    int marks = 0;
    while (text.len > 0) {
        utf8proc_int32_t c;
        utf8proc_ssize_t n =
            utf8proc_iterate((const utf8proc_uint8_t *)text.ptr, (utf8proc_ssize_t)text.len, &c);
        if (n <= 0)
            return false;
        marks = is_mark(c) ? marks + 1 : 0;
        if (marks > MARKS_MAX)
            return false;
        text = str_skip(text, (size_t)n);
    }
    return true;
}

int path_normalize(struct str text, struct buf *out)
{
    if (is_ascii(text)) {
        buf_append(out, text);
        return buf_status(out);
    }
    if (!str_is_utf8(text) || !is_stream_safe(text))
        return ERR_INVALID;

    utf8proc_uint8_t *composed = NULL;
    utf8proc_ssize_t n =
        utf8proc_map((const utf8proc_uint8_t *)text.ptr, (utf8proc_ssize_t)text.len, &composed,
                     UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    if (n < 0)
        return n == UTF8PROC_ERROR_NOMEM ? ERR_NO_MEMORY : ERR_INVALID;
    buf_append(out, str_make((const char *)composed, (size_t)n));
    free(composed);
    return buf_status(out);
}
