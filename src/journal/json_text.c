/* Owns escaping for JSON. */
#include "journal/json_text.h"

#include "base/err.h"
#include "base/hex.h"

#include <stdio.h>

#define REPLACEMENT STR("\xEF\xBF\xBD") /* U+FFFD */

enum { ESCAPED_MAX = 12, WORD = 8, VECTOR = 16 };

#define EVERY_BYTE(x) (0x0101010101010101U * (x))

static uint64_t load(const char *at, size_t n)
{
    uint64_t word = 0;
    memcpy(&word, at, n);
    return word;
}

/* Control characters and the quote are next to each other once the second bit is turned. Not 0 if
 * one of eight bytes is one of these, a backslash or not ASCII. (May be wrong about bytes above one
 * that is, which does not matter.) */
static uint64_t needs_care(uint64_t word)
{
    uint64_t turned = word ^ EVERY_BYTE(0x02);
    uint64_t backslash = word ^ EVERY_BYTE('\\');
    uint64_t below = (turned - EVERY_BYTE('"' - 1)) | (backslash - EVERY_BYTE(1));
    return (below | word) & EVERY_BYTE(0x80);
}

typedef signed char vector __attribute__((vector_size(VECTOR)));

/* Not all zero likewise, of 16 bytes; bytes above 0x7F are less than a space too, as signed ones.
 */
static vector vector_needs_care(vector bytes)
{
    return (vector)(((bytes ^ 0x02) < '"' - 1) | (bytes == '\\'));
}

static bool copy_vectors(char *out, struct str text)
{
    vector care = {0};
    vector bytes;
    size_t last = text.len - VECTOR;
    for (size_t i = 0; i < last; i += VECTOR) {
        memcpy(&bytes, text.ptr + i, VECTOR);
        memcpy(out + i, &bytes, VECTOR);
        care |= vector_needs_care(bytes);
    }
    memcpy(&bytes, text.ptr + last, VECTOR);
    memcpy(out + last, &bytes, VECTOR);
    care |= vector_needs_care(bytes);
    uint64_t half[2];
    memcpy(half, &care, sizeof half);
    return (half[0] | half[1]) == 0;
}

/* Copies text that needs no escapes; false (and anything in `out`) if it does. The end overlaps
 * with what is before it, so that no length needs a loop over bytes. */
static bool copy_plain(char *out, struct str text)
{
    if (text.len >= VECTOR)
        return copy_vectors(out, text);
    if (text.len >= WORD) {
        uint64_t first = load(text.ptr, WORD);
        uint64_t last = load(text.ptr + text.len - WORD, WORD);
        memcpy(out, &first, WORD);
        memcpy(out + text.len - WORD, &last, WORD);
        return !(needs_care(first) | needs_care(last));
    }
    if (text.len >= WORD / 2) {
        uint64_t first = load(text.ptr, WORD / 2);
        uint64_t last = load(text.ptr + text.len - WORD / 2, WORD / 2);
        memcpy(out, &first, WORD / 2);
        memcpy(out + text.len - WORD / 2, &last, WORD / 2);
        return !needs_care(first | last << 32);
    }
    uint64_t word = EVERY_BYTE(' ');
    for (size_t i = 0; i < text.len; i++) {
        out[i] = text.ptr[i];
        word = word << 8 | (unsigned char)text.ptr[i];
    }
    return !needs_care(word);
}

static size_t write_u(char *out, unsigned code)
{
    static const char hex[] = "0123456789abcdef";
    memcpy(out, "\\u", 2);
    for (int i = 0; i < 4; i++)
        out[2 + i] = hex[(code >> (12 - 4 * i)) & 15];
    return 6;
}

static size_t write_ascii(char *out, char c)
{
    static const char named[] = "\b\t\n\f\r\"\\";
    static const char letters[] = "btnfr\"\\";
    const char *found = c ? strchr(named, c) : NULL;
    if (found) {
        out[0] = '\\';
        out[1] = letters[found - named];
        return 2;
    }
    if ((unsigned char)c < ' ')
        return write_u(out, (unsigned char)c);
    out[0] = c;
    return 1;
}

/* Writes the first character of `*text` and moves behind it. */
static size_t write_char(char out[ESCAPED_MAX], struct str *text)
{
    bool valid;
    struct str c = str_make(text->ptr, str_utf8_char(*text, &valid));
    *text = str_skip(*text, c.len);
    if (!valid)
        c = REPLACEMENT;
    if (c.len == 1)
        return write_ascii(out, c.ptr[0]);
    if (c.ptr[0] == '\xC2' && (unsigned char)c.ptr[1] < 0xA0)
        return write_u(out, (unsigned char)c.ptr[1]);
    if (str_eq(c, STR("\xE2\x80\xA8")) || str_eq(c, STR("\xE2\x80\xA9")))
        return write_u(out, 0x2000U | ((unsigned char)c.ptr[2] & 0x3FU));
    memcpy(out, c.ptr, c.len);
    return c.len;
}

/* Apart, as what the compiler need not prepare for. */
static __attribute__((noinline)) char *write_with_care(char *out, const char *limit,
                                                       struct str text)
{
    while (text.len > 0) {
        char one[ESCAPED_MAX];
        size_t n = write_char(one, &text);
        if ((size_t)(limit - out) < n)
            return NULL;
        memcpy(out, one, n);
        out += n;
    }
    return out;
}

char *json_text_write(char *out, const char *limit, struct str text)
{
    if (text.len == 0)
        return out;
    if ((size_t)(limit - out) < text.len + WORD)
        return write_with_care(out, limit, text);
    return copy_plain(out, text) ? out + text.len : write_with_care(out, limit, text);
}

struct str json_text_fit(struct str text, size_t max, size_t *len)
{
    struct str rest = text;
    *len = 0;
    while (rest.len > 0) {
        char one[ESCAPED_MAX];
        struct str behind = rest;
        size_t n = write_char(one, &behind);
        if (*len + n > max)
            break;
        *len += n;
        rest = behind;
    }
    return str_make(text.ptr, text.len - rest.len);
}

static bool is_ascii(struct str text)
{
    uint64_t all = 0;
    size_t at = 0;
    for (; at + WORD <= text.len; at += WORD)
        all |= load(text.ptr + at, WORD);
    for (; at < text.len; at++)
        all |= (unsigned char)text.ptr[at];
    return (all & EVERY_BYTE(0x80)) == 0;
}

struct str json_text_cut(struct str text, size_t max)
{
    struct str rest = text;
    if (text.len <= max / REPLACEMENT.len || (text.len <= max && is_ascii(text)))
        return text;
    for (size_t len = 0; rest.len > 0;) {
        bool valid;
        size_t n = str_utf8_char(rest, &valid);
        len += valid ? n : REPLACEMENT.len;
        if (len > max)
            break;
        rest = str_skip(rest, n);
    }
    return str_make(text.ptr, text.len - rest.len);
}

/* The code unit in "XXXX", or -1. */
static int32_t read_unit(struct str s)
{
    int32_t unit = 0;
    if (s.len < 4)
        return -1;
    for (size_t i = 0; i < 4; i++) {
        int digit = hex_digit(s.ptr[i]);
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

static size_t write_utf8(char *out, uint32_t code)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 | (code >> 6));
        out[1] = (char)(0x80 | (code & 63));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xE0 | (code >> 12));
        out[1] = (char)(0x80 | ((code >> 6) & 63));
        out[2] = (char)(0x80 | (code & 63));
        return 3;
    }
    out[0] = (char)(0xF0 | (code >> 18));
    out[1] = (char)(0x80 | ((code >> 12) & 63));
    out[2] = (char)(0x80 | ((code >> 6) & 63));
    out[3] = (char)(0x80 | (code & 63));
    return 4;
}

/* What follows "\u", one unit or a pair of them; returns how many bytes of `s` that took, or an
 * error. */
static ptrdiff_t read_code(struct str s, uint32_t *code)
{
    int32_t unit = read_unit(s);
    if (unit < 0)
        return ERR_INVALID;
    *code = (uint32_t)unit;
    if (unit < 0xD800 || unit > 0xDFFF)
        return 4;
    int32_t low = str_starts_with(str_skip(s, 4), STR("\\u")) ? read_unit(str_skip(s, 6)) : -1;
    if (unit > 0xDBFF || low < 0xDC00 || low > 0xDFFF) {
        *code = 0xFFFD;
        return 4;
    }
    *code = 0x10000U + (((uint32_t)unit & 0x3FFU) << 10) + ((uint32_t)low & 0x3FFU);
    return 10;
}

ptrdiff_t json_text_unescape_one(char *out, struct str *rest)
{
    static const char letters[] = "btnfr\"\\/";
    static const char named[] = "\b\t\n\f\r\"\\/";
    if (rest->len == 0)
        return ERR_INVALID;
    char letter = rest->ptr[0];
    const char *found = letter ? strchr(letters, letter) : NULL;
    *rest = str_skip(*rest, 1);
    if (found) {
        out[0] = named[found - letters];
        return 1;
    }
    uint32_t code;
    ptrdiff_t taken = letter == 'u' ? read_code(*rest, &code) : ERR_INVALID;
    if (taken < 0)
        return taken;
    *rest = str_skip(*rest, (size_t)taken);
    return (ptrdiff_t)write_utf8(out, code);
}

ptrdiff_t json_text_unescape(char *out, struct str text)
{
    size_t n = 0;
    while (text.len > 0) {
        char c = text.ptr[0];
        text = str_skip(text, 1);
        if ((unsigned char)c < ' ' || c == '"')
            return ERR_INVALID;
        if (c != '\\') {
            out[n++] = c;
            continue;
        }
        ptrdiff_t written = json_text_unescape_one(out + n, &text);
        if (written < 0)
            return written;
        n += (size_t)written;
    }
    return (ptrdiff_t)n;
}
