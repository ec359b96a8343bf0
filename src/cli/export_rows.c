/* Owns how one row is written. */
#include "cli/csv.h"
#include "cli/export.h"
#include "journal/json_text.h"

static size_t skip_digits(struct str s, size_t at)
{
    while (at < s.len && s.ptr[at] >= '0' && s.ptr[at] <= '9')
        at++;
    return at;
}

/* Whether `s` is a number as JSON has it; the server writes no others, but another program might.
 */
static bool is_number(struct str s)
{
    size_t at = s.len > 0 && s.ptr[0] == '-';
    size_t end = skip_digits(s, at);
    if (end == at || (s.ptr[at] == '0' && end > at + 1))
        return false;
    if (end < s.len && s.ptr[end] == '.') {
        at = end + 1;
        end = skip_digits(s, at);
        if (end == at)
            return false;
    }
    if (end < s.len && (s.ptr[end] == 'e' || s.ptr[end] == 'E')) {
        at = end + 1;
        at += at < s.len && (s.ptr[at] == '-' || s.ptr[at] == '+');
        end = skip_digits(s, at);
        if (end == at)
            return false;
    }
    return end == s.len;
}

/* Whether the value can be written as it stands. */
static bool is_plain(enum column_kind kind, struct str value)
{
    if (kind == COLUMN_NUMBER)
        return is_number(value);
    return kind == COLUMN_FLAG && (str_eq(value, STR("true")) || str_eq(value, STR("false")));
}

void export_csv_head(const struct export_table *table, struct buf *out)
{
    for (size_t i = 0; i < table->count; i++) {
        if (i > 0)
            buf_append_char(out, ',');
        csv_append_cell(out, table->columns[i].name);
    }
    buf_append(out, STR("\r\n"));
}

void export_csv_row(const struct export_table *table, const struct str *values, struct buf *out)
{
    for (size_t i = 0; i < table->count; i++) {
        if (i > 0)
            buf_append_char(out, ',');
        if (!values[i].ptr)
            continue;
        if (is_plain(table->columns[i].kind, values[i]))
            buf_append(out, values[i]);
        else
            csv_append_cell(out, values[i]);
    }
    buf_append(out, STR("\r\n"));
}

static void append_json_text(struct buf *out, struct str text)
{
    enum { GROWTH = 6 }; /* a byte becomes \u0000 at most */
    buf_append_char(out, '"');
    char *room = buf_reserve(out, text.len * GROWTH);
    if (!room)
        return;
    const char *end = json_text_write(room, room + text.len * GROWTH, text);
    out->len += (size_t)(end - room);
    buf_append_char(out, '"');
}

void export_json_row(const struct export_table *table, const struct str *values, struct buf *out)
{
    char before = '{';
    for (size_t i = 0; i < table->count; i++) {
        if (!values[i].ptr)
            continue;
        buf_append_char(out, before);
        before = ',';
        append_json_text(out, table->columns[i].name);
        buf_append_char(out, ':');
        if (is_plain(table->columns[i].kind, values[i]))
            buf_append(out, values[i]);
        else
            append_json_text(out, values[i]);
    }
    buf_append(out, STR("}\n"));
}
