/* Owns how a response is put together. */
#include "server/output.h"

#include "base/copy.h"
#include "base/err.h"
#include "http/response.h"

#include <assert.h>

int output_init(struct output *output)
{
    *output = (struct output){0};
    return buf_reserve(&output->bytes, OUTPUT_FULL + 2 * OUTPUT_COPY_MAX) ? 0 : ERR_NO_MEMORY;
}

void output_finish(struct output *output)
{
    buf_finish(&output->bytes);
}

void output_clear(struct output *output)
{
    buf_clear(&output->bytes);
    output->tail = str_make(NULL, 0);
}

void output_add(struct output *output, const struct answer *answer,
                const struct output_options *options)
{
    static const struct str connection_close = STR_INIT("Connection: close\r\n");
    static const struct str connection_stays = STR_INIT("Connection: keep-alive\r\n");
    static const struct str nothing = STR_INIT("");
    assert(output->tail.len == 0);

    struct str status_line = response_status_line(answer->status);
    struct str connection = options->close    ? connection_close
                            : options->http10 ? connection_stays
                                              : nothing;
    struct str body = options->head_only ? nothing : answer->body;
    if (answer->body_of_site && body.len > OUTPUT_COPY_MAX) {
        output->tail = body;
        body = nothing;
    }

    char *start =
        buf_reserve(&output->bytes, status_line.len + RESPONSE_DATE_LINE_LEN + answer->fields.len +
                                        answer->more_fields.len + connection.len + 2 + body.len);
    if (!start)
        return;
    char *at = copy_short(start, status_line);
    at = copy_str(at, str_make(options->date_line, RESPONSE_DATE_LINE_LEN));
    if (answer->fields.len > 0)
        at = copy_str(at, answer->fields);
    if (answer->more_fields.len > 0)
        at = copy_str(at, answer->more_fields);
    if (connection.len > 0)
        at = copy_str(at, connection);
    at = copy_str(at, STR("\r\n"));
    if (body.len > 0)
        at = copy_str(at, body);
    output->bytes.len += (size_t)(at - start);
}
