/* Owns reading JSON without keeping any of it. */
#include "support/json.h"

static bool skip_value(struct str *rest, int depth);

static bool take(struct str *rest, const char *token)
{
    if (!str_starts_with(*rest, str_from(token)))
        return false;
    *rest = str_skip(*rest, strlen(token));
    return true;
}

static void skip_spaces(struct str *rest)
{
    while (rest->len > 0 && strchr(" \t\r\n", rest->ptr[0]))
        *rest = str_skip(*rest, 1);
}

static bool skip_escape(struct str *rest)
{
    if (rest->len == 0)
        return false;
    char c = rest->ptr[0];
    *rest = str_skip(*rest, 1);
    if (c != 'u')
        return strchr("\"\\/bfnrt", c) != NULL;
    if (rest->len < 4)
        return false;
    for (size_t i = 0; i < 4; i++)
        if (!strchr("0123456789abcdefABCDEF", rest->ptr[i]))
            return false;
    *rest = str_skip(*rest, 4);
    return true;
}

static bool skip_string(struct str *rest)
{
    if (!take(rest, "\""))
        return false;
    while (rest->len > 0 && rest->ptr[0] != '"') {
        unsigned char c = (unsigned char)rest->ptr[0];
        *rest = str_skip(*rest, 1);
        if (c < ' ' || (c == '\\' && !skip_escape(rest)))
            return false;
    }
    return take(rest, "\"");
}

static size_t skip_digits(struct str *rest)
{
    size_t n = 0;
    while (n < rest->len && rest->ptr[n] >= '0' && rest->ptr[n] <= '9')
        n++;
    *rest = str_skip(*rest, n);
    return n;
}

static bool skip_number(struct str *rest)
{
    (void)take(rest, "-");
    bool zero = rest->len > 0 && rest->ptr[0] == '0';
    size_t digits = skip_digits(rest);
    if (digits == 0 || (zero && digits > 1))
        return false;
    if (take(rest, ".") && skip_digits(rest) == 0)
        return false;
    if (!take(rest, "e") && !take(rest, "E"))
        return true;
    (void)(take(rest, "+") || take(rest, "-"));
    return skip_digits(rest) > 0;
}

static bool skip_members(struct str *rest, const char *end, bool named, int depth)
{
    skip_spaces(rest);
    if (take(rest, end))
        return true;
    do {
        skip_spaces(rest);
        if (named && !skip_string(rest))
            return false;
        skip_spaces(rest);
        if (named && !take(rest, ":"))
            return false;
        if (!skip_value(rest, depth + 1))
            return false;
        skip_spaces(rest);
    } while (take(rest, ","));
    return take(rest, end);
}

static bool skip_value(struct str *rest, int depth)
{
    enum { DEPTH_MAX = 64 };
    skip_spaces(rest);
    if (rest->len == 0 || depth > DEPTH_MAX)
        return false;
    if (take(rest, "{"))
        return skip_members(rest, "}", true, depth);
    if (take(rest, "["))
        return skip_members(rest, "]", false, depth);
    if (rest->ptr[0] == '"')
        return skip_string(rest);
    return take(rest, "true") || take(rest, "false") || take(rest, "null") || skip_number(rest);
}

bool json_is_valid(struct str text)
{
    if (!str_is_utf8(text) || !skip_value(&text, 0))
        return false;
    skip_spaces(&text);
    return text.len == 0;
}
