/* Owns form decoding (WHATWG URL, application/x-www-form-urlencoded). */
#include "capture/form.h"

#include "base/hex.h"

bool form_next(struct str *rest, struct str *name, struct str *value)
{
    struct str part;
    do {
        if (!str_split(rest, '&', &part))
            return false;
    } while (part.len == 0);
    ptrdiff_t equals = str_find(part, '=');
    *name = str_make(part.ptr, equals < 0 ? part.len : (size_t)equals);
    *value = str_skip(part, name->len + 1);
    return true;
}

static bool is_encoded(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '%' || text.ptr[i] == '+')
            return true;
    return false;
}

struct str form_decode(char *out, struct str text, bool *well_formed)
{
    if (!is_encoded(text))
        return text;
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        int high = -1;
        int low = -1;
        if (c == '%' && i + 2 < text.len) {
            high = hex_digit(text.ptr[i + 1]);
            low = hex_digit(text.ptr[i + 2]);
        }
        if (c == '+') {
            c = ' ';
        } else if (high >= 0 && low >= 0) {
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '%' && well_formed) {
            *well_formed = false;
        }
        out[len++] = c;
    }
    return str_make(out, len);
}
