/* Owns how values stand in JSON. */
#include "cli/answer_json.h"

#include "journal/timestamp.h"

#include <math.h>

static void append_null(struct buf *out)
{
    buf_append(out, STR("null"));
}

void answer_json_text(struct buf *out, struct str text)
{
    if (text.ptr)
        buf_append_json(out, text);
    else
        append_null(out);
}

void answer_json_number(struct buf *out, double number)
{
    if (isnan(number))
        append_null(out);
    else
        buf_printf(out, "%.10g", number);
}

void answer_json_moment(struct buf *out, int64_t ms)
{
    char text[TIMESTAMP_LEN];
    if (timestamp_write(text, ms) == 0)
        buf_printf(out, "\"%.*s\"", TIMESTAMP_LEN, text);
    else
        append_null(out);
}

void answer_json_by(struct buf *out, const struct str *keys, const struct str *values, size_t count)
{
    buf_append_char(out, '{');
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_append_char(out, ',');
        buf_append_json(out, keys[i]);
        buf_append_char(out, ':');
        answer_json_text(out, values[i]);
    }
    buf_append_char(out, '}');
}

void answer_json_loss(struct buf *out, const struct loss *loss)
{
    buf_printf(out,
               "{\"bot\":%llu,\"prefetch\":%llu,\"internal\":%llu,\"duplicate\":%llu,"
               "\"refused\":%llu,\"dropped\":%llu,\"orphan_click\":%llu,\"damaged\":%llu}",
               (unsigned long long)loss->bot, (unsigned long long)loss->prefetch,
               (unsigned long long)loss->internal, (unsigned long long)loss->duplicate,
               (unsigned long long)loss->refused, (unsigned long long)loss->dropped,
               (unsigned long long)loss->orphan_click, (unsigned long long)loss->damaged);
}
