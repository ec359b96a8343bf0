/* Owns finding addresses in styles, by the tokens of CSS Syntax 3. */
#include "site/css.h"

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool is_quote(char c)
{
    return c == '"' || c == '\'';
}

/* What comes behind the first `end`; nothing, where there is none. */
static struct str skip_behind(struct str css, struct str end)
{
    const char *at = css.len > 0 ? memmem(css.ptr, css.len, end.ptr, end.len) : NULL;
    return str_skip(css, at ? (size_t)(at - css.ptr) + end.len : css.len);
}

static struct str skip_spaces(struct str css)
{
    while (css.len > 0 && is_space(css.ptr[0]))
        css = str_skip(css, 1);
    return css;
}

static struct str skip_spaces_and_comments(struct str css)
{
    css = skip_spaces(css);
    while (str_starts_with(css, STR("/*")))
        css = skip_spaces(skip_behind(str_skip(css, strlen("/*")), STR("*/")));
    return css;
}

/* What stands between quotation marks; where they are not closed, it ends with its line. */
static struct str take_string(struct str *css)
{
    char quote = css->ptr[0];
    struct str rest = str_skip(*css, 1);
    size_t n = 0;
    while (n < rest.len && rest.ptr[n] != quote && rest.ptr[n] != '\n')
        n += rest.ptr[n] == '\\' && n + 1 < rest.len ? 2 : 1;
    *css = str_skip(rest, n + 1);
    return str_make(rest.ptr, n);
}

/* What stands behind "url(", where there are no comments. */
static struct str take_address(struct str *css)
{
    struct str rest = skip_spaces(*css);
    size_t n = 0;
    if (rest.len > 0 && is_quote(rest.ptr[0])) {
        *css = rest;
        return take_string(css);
    }
    while (n < rest.len && !is_space(rest.ptr[n]) && rest.ptr[n] != ')')
        n++;
    *css = str_skip(rest, n);
    return str_make(rest.ptr, n);
}

bool css_next_address(struct str *css, struct str *address)
{
    static const struct str namespace = STR_INIT("@namespace");
    static const struct str import = STR_INIT("@import");
    static const struct str url = STR_INIT("url(");
    bool is_imported = false;
    struct str rest = skip_spaces_and_comments(*css);
    while (rest.len > 0) {
        bool is_string = is_quote(rest.ptr[0]);
        if (str_starts_with_nocase(rest, url)) {
            rest = str_skip(rest, url.len);
            *address = take_address(&rest);
            *css = rest;
            return true;
        }
        if (is_string && is_imported) {
            *address = take_string(&rest);
            *css = rest;
            return true;
        }
        is_imported = str_starts_with_nocase(rest, import);
        if (is_string)
            (void)take_string(&rest);
        else if (is_imported)
            rest = str_skip(rest, import.len);
        else if (str_starts_with_nocase(rest, namespace)) /* a name, which nobody fetches */
            rest = skip_behind(rest, STR(";"));
        else
            rest = str_skip(rest, rest.ptr[0] == '\\' ? 2 : 1);
        rest = skip_spaces_and_comments(rest);
    }
    return false;
}

bool css_holds_font(struct str css)
{
    struct str address;
    while (css_next_address(&css, &address)) {
        address = str_trim_lines(address);
        if (str_starts_with_nocase(address, STR("data:")) &&
            !str_starts_with_nocase(address, STR("data:image/")))
            return true;
    }
    return false;
}
