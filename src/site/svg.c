/* Owns the first tag of SVG files. */
#include "site/svg.h"

#include <stdlib.h>

enum { NUMBER_MAX = 32, SIDE_MAX = 1000000 };

/* Moves behind the next `end`; everything is skipped where there is none. */
static void skip_to(struct str *rest, struct str end)
{
    const char *found = rest->len > 0 ? memmem(rest->ptr, rest->len, end.ptr, end.len) : NULL;
    *rest = found ? str_skip(*rest, (size_t)(found - rest->ptr) + end.len) : str_make(NULL, 0);
}

/* What may stand before the root: byte order mark, declaration, comments, document type. */
static bool skip_prolog(struct str *rest)
{
    *rest = str_skip_mark(*rest);
    for (;;) {
        *rest = str_trim_lines(*rest);
        if (str_starts_with(*rest, STR("<!--")))
            skip_to(rest, STR("-->"));
        else if (str_starts_with(*rest, STR("<?")) || str_starts_with(*rest, STR("<!")))
            skip_to(rest, STR(">"));
        else
            return str_starts_with(*rest, STR("<svg"));
    }
}

/* The next `name="value"` of a tag. */
static bool take_attribute(struct str *rest, struct str *name, struct str *value)
{
    *rest = str_trim_lines(*rest);
    size_t n = 0;
    while (n < rest->len && !strchr("= \t\r\n/>", rest->ptr[n]))
        n++;
    *name = str_make(rest->ptr, n);
    *rest = str_trim_lines(str_skip(*rest, n));
    if (n == 0 || !str_starts_with(*rest, STR("=")))
        return false;
    *rest = str_trim_lines(str_skip(*rest, 1));
    if (rest->len == 0 || (*rest->ptr != '"' && *rest->ptr != '\''))
        return false;
    char quote = *rest->ptr;
    *rest = str_skip(*rest, 1);
    ptrdiff_t end = str_find(*rest, quote);
    if (end < 0)
        return false;
    *value = str_make(rest->ptr, (size_t)end);
    *rest = str_skip(*rest, (size_t)end + 1);
    return true;
}

/* The number at the start of `rest`, with what parts it from the next; other units than pixels make
 * it useless (then 0). */
static double take_number(struct str *rest)
{
    char text[NUMBER_MAX] = {0};
    size_t n = 0;
    *rest = str_trim_lines(*rest);
    while (n < rest->len && n < sizeof text - 1 && strchr("0123456789.+-eE", rest->ptr[n]) &&
           rest->ptr[n] != '\0') {
        text[n] = rest->ptr[n];
        n++;
    }
    *rest = str_skip(*rest, n);
    double number = strtod(text, NULL);
    bool plain = rest->len == 0 || str_eq(*rest, STR("px")) || strchr(" ,\t\r\n", *rest->ptr);
    *rest = str_trim_lines(*rest);
    if (str_starts_with(*rest, STR(",")))
        *rest = str_skip(*rest, 1);
    return plain && number > 0 && number < SIDE_MAX ? number : 0;
}

/* What follows from the other side may be anything, up to infinity. */
static unsigned whole_pixels(double side)
{
    return side < SIDE_MAX ? (unsigned)(side + 0.5) : 0;
}

bool svg_size(struct str bytes, unsigned *width, unsigned *height)
{
    struct str rest = bytes;
    struct str name;
    struct str value;
    double size[2] = {0};
    double box[4] = {0};
    *width = *height = 0;
    if (!skip_prolog(&rest))
        return false;
    rest = str_skip(rest, strlen("<svg"));
    while (take_attribute(&rest, &name, &value)) {
        if (str_eq(name, STR("width")))
            size[0] = take_number(&value);
        else if (str_eq(name, STR("height")))
            size[1] = take_number(&value);
        else if (str_eq(name, STR("viewBox")))
            for (int i = 0; i < 4; i++)
                box[i] = take_number(&value);
    }
    if (box[2] > 0 && box[3] > 0) {
        /* One side that is missing follows from the other. */
        if (size[0] == 0)
            size[0] = size[1] > 0 ? size[1] * box[2] / box[3] : box[2];
        if (size[1] == 0)
            size[1] = size[0] * box[3] / box[2];
    }
    *width = whole_pixels(size[0]);
    *height = whole_pixels(size[1]);
    return true;
}
