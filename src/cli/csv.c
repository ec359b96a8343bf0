/* Owns writing CSV cells. */
#include "cli/csv.h"

void csv_append_cell(struct buf *out, struct str text)
{
    bool formula = text.len > 0 && text.ptr[0] != '\0' && strchr("=+-@\t\r", text.ptr[0]);
    bool quoted = false;
    for (size_t i = 0; i < text.len; i++)
        quoted |= text.ptr[i] != '\0' && strchr(",\"\r\n", text.ptr[i]);
    if (quoted)
        buf_append_char(out, '"');
    if (formula)
        buf_append_char(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"')
            buf_append_char(out, '"');
        buf_append_char(out, text.ptr[i]);
    }
    if (quoted)
        buf_append_char(out, '"');
}
