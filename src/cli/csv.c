/* Owns writing CSV cells. */
#include "cli/csv.h"

/* What a byte asks for: quotes around the cell, and where it is the first, an apostrophe. */
enum { QUOTES = 1, FORMULA = 2 };

static const unsigned char needs[256] = {
    [','] = QUOTES,  ['"'] = QUOTES,  ['\n'] = QUOTES, ['\r'] = QUOTES | FORMULA, ['='] = FORMULA,
    ['+'] = FORMULA, ['-'] = FORMULA, ['@'] = FORMULA, ['\t'] = FORMULA,
};

void csv_append_cell(struct buf *out, struct str text)
{
    unsigned all = 0;
    for (size_t i = 0; i < text.len; i++)
        all |= needs[(unsigned char)text.ptr[i]];
    bool formula = text.len > 0 && (needs[(unsigned char)text.ptr[0]] & FORMULA);
    if (formula && !(all & QUOTES))
        buf_append_char(out, '\'');
    if (!(all & QUOTES)) {
        buf_append(out, text);
        return;
    }
    buf_append_char(out, '"');
    if (formula)
        buf_append_char(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"')
            buf_append_char(out, '"');
        buf_append_char(out, text.ptr[i]);
    }
    buf_append_char(out, '"');
}

void csv_append_visible(struct buf *out, struct str text)
{
    struct buf visible = BUF_EMPTY;
    buf_append_visible(&visible, text);
    csv_append_cell(out, buf_str(&visible));
    out->failed |= visible.failed;
    buf_finish(&visible);
}
