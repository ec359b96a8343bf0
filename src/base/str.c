/* Owns what is done with slices: comparing, searching, cutting, reading numbers. */
#include "base/str.h"

#include "base/err.h"

static int lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
}

int str_cmp(struct str a, struct str b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter ? memcmp(a.ptr, b.ptr, shorter) : 0;
    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

bool str_eq_nocase(struct str a, struct str b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (a.ptr[i] != b.ptr[i] && lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    return true;
}

bool str_starts_with(struct str s, struct str prefix)
{
    return s.len >= prefix.len && str_eq(str_make(s.ptr, prefix.len), prefix);
}

bool str_starts_with_nocase(struct str s, struct str prefix)
{
    return s.len >= prefix.len && str_eq_nocase(str_make(s.ptr, prefix.len), prefix);
}

bool str_ends_with(struct str s, struct str suffix)
{
    return suffix.len == 0 || (s.len >= suffix.len &&
                               memcmp(s.ptr + (s.len - suffix.len), suffix.ptr, suffix.len) == 0);
}

bool str_cut_end(struct str *s, struct str suffix)
{
    if (!str_ends_with(*s, suffix))
        return false;
    s->len -= suffix.len;
    return true;
}

ptrdiff_t str_find(struct str s, char c)
{
    const char *found = s.len ? memchr(s.ptr, c, s.len) : NULL;
    return found ? found - s.ptr : -1;
}

/* Most texts hold few of a part's first byte, and memchr is several times as fast as memmem: it
 * looks first, until it has been misled often. */
bool str_contains(struct str s, struct str part)
{
    enum { MISLED_MAX = 32 };
    if (part.len == 0)
        return true;
    for (int misled = 0; misled < MISLED_MAX && s.len >= part.len; misled++) {
        ptrdiff_t at = str_find(str_make(s.ptr, s.len - part.len + 1), part.ptr[0]);
        if (at < 0)
            return false;
        s = str_skip(s, (size_t)at);
        if (str_starts_with(s, part))
            return true;
        s = str_skip(s, 1);
    }
    return s.len >= part.len && memmem(s.ptr, s.len, part.ptr, part.len);
}

ptrdiff_t str_find_last(struct str s, char c)
{
    const char *found = s.len ? memrchr(s.ptr, c, s.len) : NULL;
    return found ? found - s.ptr : -1;
}

struct str str_skip(struct str s, size_t n)
{
    if (s.len == 0)
        return s;
    if (n > s.len)
        n = s.len;
    return str_make(s.ptr + n, s.len - n);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

struct str str_trim(struct str s)
{
    for (; s.len > 0 && is_space(s.ptr[0]); s.len--)
        s.ptr++;
    while (s.len > 0 && is_space(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

static bool is_space_or_line_end(char c)
{
    return is_space(c) || c == '\r' || c == '\n';
}

struct str str_trim_lines(struct str s)
{
    while (s.len > 0 && is_space_or_line_end(s.ptr[0]))
        s = str_skip(s, 1);
    while (s.len > 0 && is_space_or_line_end(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

struct str str_skip_mark(struct str s)
{
    static const struct str byte_order_mark = {"\xEF\xBB\xBF", 3};
    return str_starts_with(s, byte_order_mark) ? str_skip(s, byte_order_mark.len) : s;
}

bool str_split(struct str *rest, char separator, struct str *part)
{
    if (!rest->ptr)
        return false;
    ptrdiff_t at = str_find(*rest, separator);
    if (at < 0) {
        *part = *rest;
        *rest = str_make(NULL, 0);
    } else {
        *part = str_make(rest->ptr, (size_t)at);
        *rest = str_skip(*rest, (size_t)at + 1);
    }
    return true;
}

size_t str_visible(char *out, size_t room, struct str s)
{
    static const char hex[] = "0123456789abcdef";
    size_t n = 0;
    for (size_t i = 0; i < s.len && room - n >= STR_VISIBLE_MAX; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        /* U+0080 to U+009F control terminals too, and stand in UTF-8 as C2 and one byte more. */
        bool after_c2 = i > 0 && (unsigned char)s.ptr[i - 1] == 0xC2;
        if (c >= 0x20 && c != 0x7F && !(after_c2 && c < 0xA0)) {
            out[n++] = s.ptr[i];
            continue;
        }
        out[n++] = '\\';
        out[n++] = 'x';
        out[n++] = hex[c >> 4];
        out[n++] = hex[c & 15];
    }
    return n;
}

int str_to_u64(struct str s, uint64_t *out)
{
    uint64_t value = 0;
    if (s.len == 0)
        return ERR_INVALID;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return ERR_INVALID;
        if (__builtin_mul_overflow(value, 10U, &value) ||
            __builtin_add_overflow(value, (uint64_t)(s.ptr[i] - '0'), &value))
            return ERR_TOO_LARGE;
    }
    *out = value;
    return 0;
}

/* How many bytes follow a lead byte, and the bounds of the first of them (RFC 3629 section 4). */
static int utf8_tail(unsigned char lead, unsigned char *low, unsigned char *high)
{
    *low = 0x80;
    *high = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF)
        return 1;
    if (lead >= 0xE0 && lead <= 0xEF) {
        if (lead == 0xE0)
            *low = 0xA0;
        if (lead == 0xED)
            *high = 0x9F;
        return 2;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        if (lead == 0xF0)
            *low = 0x90;
        if (lead == 0xF4)
            *high = 0x8F;
        return 3;
    }
    return -1;
}

size_t str_utf8_char(struct str s, bool *valid)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    unsigned char low;
    unsigned char high;
    *valid = true;
    if (p[0] < 0x80)
        return 1;
    int tail = utf8_tail(p[0], &low, &high);
    size_t n = 1;
    for (; tail > 0 && n < s.len && p[n] >= low && p[n] <= high; tail--, n++) {
        low = 0x80;
        high = 0xBF;
    }
    *valid = tail == 0;
    return n;
}

/* How many bytes in front are ASCII, as far as eight of them at a time tell. */
static size_t ascii_length(struct str s)
{
    static const uint64_t high = UINT64_C(0x8080808080808080);
    uint64_t word;
    size_t n = 0;
    for (; s.len - n >= sizeof word; n += sizeof word) {
        memcpy(&word, s.ptr + n, sizeof word);
        if (word & high)
            break;
    }
    return n;
}

bool str_is_utf8(struct str s)
{
    while (s.len > 0) {
        bool valid;
        s = str_skip(s, ascii_length(s));
        if (s.len == 0)
            break;
        s = str_skip(s, str_utf8_char(s, &valid));
        if (!valid)
            return false;
    }
    return true;
}

size_t str_utf8_length(struct str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++)
        n += ((unsigned char)s.ptr[i] & 0xC0) != 0x80;
    return n;
}
