/* Owns the quotes and escapes of YAML's double-quoted scalars (YAML 1.1, 5.5 and 9.1.3). */
#include "base/yaml_quote.h"

/* The four digits for a character of more than one byte that YAML takes for a line's end, or for
 * none. NULL: it may stand as it is. */
static const char *digits_of(struct str character)
{
    static const struct {
        struct str character;
        const char *digits;
    } escapes[] = {
        {STR_INIT("\xE2\x80\xA8"), "2028"}, {STR_INIT("\xE2\x80\xA9"), "2029"},
        {STR_INIT("\xEF\xBB\xBF"), "FEFF"}, {STR_INIT("\xEF\xBF\xBE"), "FFFE"},
        {STR_INIT("\xEF\xBF\xBF"), "FFFF"},
    };
    for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++)
        if (str_eq(character, escapes[i].character))
            return escapes[i].digits;
    return NULL;
}

static void append_character(struct buf *out, struct str character)
{
    unsigned char first = (unsigned char)character.ptr[0];
    unsigned char last = (unsigned char)character.ptr[character.len - 1];
    const char *digits = digits_of(character);
    if (digits)
        buf_printf(out, "\\u%s", digits);
    else if (first < 0x20 || first == 0x7F || (first == 0xC2 && last < 0xA0))
        buf_printf(out, "\\x%02X", last); /* of U+0080 to U+009F, the last byte is the number */
    else if (first == '"' || first == '\\')
        buf_printf(out, "\\%c", first);
    else
        buf_append(out, character);
}

void yaml_quote(struct buf *out, struct str text)
{
    buf_append_char(out, '"');
    while (text.len > 0) {
        bool valid;
        size_t n = str_utf8_char(text, &valid);
        if (valid)
            append_character(out, str_make(text.ptr, n));
        else
            buf_append(out, STR("\\uFFFD"));
        text = str_skip(text, n);
    }
    buf_append_char(out, '"');
}
