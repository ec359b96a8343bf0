/* Owns writing JSON texts. */
#include "cli/json.h"

void json_append_string(struct buf *out, struct str text)
{
    bool readable = str_is_utf8(text);
    buf_append_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '"' || c == '\\')
            buf_printf(out, "\\%c", c);
        else if ((unsigned char)c < ' ')
            buf_printf(out, "\\u%04x", (unsigned)c);
        else if (!readable && (unsigned char)c >= 0x80)
            buf_printf(out, "\\\\x%02x", (unsigned)(unsigned char)c);
        else
            buf_append_char(out, c);
    }
    buf_append_char(out, '"');
}
