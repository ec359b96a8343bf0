/* Owns finding addresses in styles. */
#include "site/css.h"

/* How many bytes at the beginning of `css` an address comes behind; 0: it does not. */
static size_t introduction(struct str css)
{
    static const struct str words[] = {STR_INIT("url("), STR_INIT("@import")};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (css.len >= words[i].len && str_eq_nocase(str_make(css.ptr, words[i].len), words[i]))
            return words[i].len;
    return 0;
}

static bool is_one_of(char c, struct str characters)
{
    return str_find(characters, c) >= 0;
}

bool css_next_address(struct str *css, struct str *address)
{
    struct str rest = *css;
    while (rest.len > 0 && introduction(rest) == 0)
        rest = str_skip(rest, 1);
    if (rest.len == 0)
        return false;
    rest = str_skip(rest, introduction(rest));
    *css = rest; /* behind @import there may be url(...) */
    while (rest.len > 0 && is_one_of(rest.ptr[0], STR(" \t\r\n'\"")))
        rest = str_skip(rest, 1);
    size_t end = 0;
    while (end < rest.len && !is_one_of(rest.ptr[end], STR(" \t\r\n'\");")))
        end++;
    *address = str_make(rest.ptr, end);
    return true;
}
