/* Owns the rules for addresses in links. */
#include "site/link.h"

#include "base/err.h"

/* E.164 allows fifteen digits; the shortest numbers that firms have are three (as 112). */
enum { PHONE_DIGITS_MIN = 3, PHONE_DIGITS_MAX = 15 };

/* A URL must not hold these, and browsers treat some of them in ways of their own: they drop tabs
 * and line ends, and read `\` as `/`. */
static bool has_unsafe_byte(struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c <= ' ' || c == 0x7F || strchr("\\\"<>`{|}^", c))
            return true;
    }
    return false;
}

static bool has_scheme(struct str address, struct str scheme)
{
    return address.len > scheme.len && str_eq_nocase(str_make(address.ptr, scheme.len), scheme);
}

/* What follows `http://` has a host, and names no user before it (RFC 9110 4.2.1, 4.2.4): such
 * addresses lead elsewhere than they look. */
static bool has_host_alone(struct str rest)
{
    size_t n = 0;
    while (n < rest.len && !strchr("/?#", rest.ptr[n]))
        n++;
    return n > 0 && rest.ptr[0] != ':' && str_find(str_make(rest.ptr, n), '@') < 0;
}

bool link_is_allowed(struct str address)
{
    if (address.len == 0 || has_unsafe_byte(address) || !str_is_utf8(address))
        return false;
    if (address.ptr[0] == '/')
        return address.len == 1 || address.ptr[1] != '/';
    if (has_scheme(address, STR("https://")))
        return has_host_alone(str_skip(address, strlen("https://")));
    if (has_scheme(address, STR("http://")))
        return has_host_alone(str_skip(address, strlen("http://")));
    return has_scheme(address, STR("mailto:")) || has_scheme(address, STR("tel:"));
}

bool link_own_path(struct str address, struct str own, struct str *path)
{
    bool whole = own.len > 0 && str_starts_with_nocase(address, own) &&
                 (address.len == own.len || strchr("/?#", address.ptr[own.len]));
    if (whole)
        address = str_skip(address, own.len);
    else if (!str_starts_with(address, STR("/")) || str_starts_with(address, STR("//")))
        return false;
    size_t n = 0;
    while (n < address.len && !strchr("?#", address.ptr[n]))
        n++;
    *path = n > 0 ? str_make(address.ptr, n) : STR("/");
    return true;
}

/* "+49 (0)30": the zero that is dialled within the country alone. In Italy and San Marino
 * it is part of the number. */
static bool is_trunk_zero(struct str rest, const char *digits, size_t count)
{
    bool stays = (count == 2 && memcmp(digits, "39", 2) == 0) ||
                 (count == 3 && memcmp(digits, "378", 3) == 0);
    return count >= 1 && count <= 3 && !stays && str_starts_with(rest, STR("(0)"));
}

/* The digits of a number, which may be written in groups and with brackets; whether it begins with
 * its country goes into `*international`. */
static int read_digits(struct str number, char digits[PHONE_DIGITS_MAX], bool *international)
{
    size_t count = 0;
    number = str_trim(number);
    *international = str_starts_with(number, STR("+")) || str_starts_with(number, STR("00"));
    if (*international)
        number = str_skip(number, number.ptr[0] == '+' ? 1 : 2);
    for (size_t i = 0; i < number.len; i++) {
        char c = number.ptr[i];
        if (*international && is_trunk_zero(str_skip(number, i), digits, count)) {
            i += strlen("0)");
            continue;
        }
        if (c == ' ' || c == '-' || c == '.' || c == '/' || c == '(' || c == ')')
            continue;
        if (c < '0' || c > '9' || count == PHONE_DIGITS_MAX)
            return ERR_INVALID;
        digits[count++] = c;
    }
    return count < PHONE_DIGITS_MIN ? ERR_INVALID : (int)count;
}

int link_append_phone(struct str number, struct buf *out)
{
    char digits[PHONE_DIGITS_MAX];
    bool international;
    int count = read_digits(number, digits, &international);
    if (count < 0)
        return count;
    if (international)
        buf_append_char(out, '+');
    buf_append(out, str_make(digits, (size_t)count));
    return 0;
}

int link_append_international(struct str number, struct buf *out)
{
    char digits[PHONE_DIGITS_MAX];
    bool international;
    int count = read_digits(number, digits, &international);
    if (count < 0)
        return count;
    if (!international)
        return ERR_INVALID;
    buf_append(out, str_make(digits, (size_t)count));
    return 0;
}

static bool is_unreserved(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

void link_append_encoded(struct str text, struct buf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        if (is_unreserved(text.ptr[i]))
            buf_append_char(out, text.ptr[i]);
        else
            buf_printf(out, "%%%02X", (unsigned char)text.ptr[i]);
    }
}

void link_append_location(struct str address, struct buf *out)
{
    for (size_t i = 0; i < address.len; i++) {
        unsigned char c = (unsigned char)address.ptr[i];
        if (c < 0x80)
            buf_append_char(out, (char)c);
        else
            buf_printf(out, "%%%02X", c);
    }
}
