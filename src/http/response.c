/* Owns the words of status lines and error bodies. */
#include "http/response.h"

#include <assert.h>

struct status {
    unsigned code;
    struct str line;
    struct str words;
};

#define STATUS(code, words)                                                 \
    {                                                                       \
        code, STR_INIT("HTTP/1.1 " #code " " words "\r\n"), STR_INIT(words) \
    }

/* Looked through from the start: what is sent most stands first. */
static const struct status statuses[] = {
    STATUS(200, "OK"),
    STATUS(304, "Not Modified"),
    STATUS(204, "No Content"),
    STATUS(303, "See Other"),
    STATUS(307, "Temporary Redirect"),
    STATUS(308, "Permanent Redirect"),
    STATUS(400, "Bad Request"),
    STATUS(403, "Forbidden"),
    STATUS(404, "Not Found"),
    STATUS(405, "Method Not Allowed"),
    STATUS(410, "Gone"),
    STATUS(412, "Precondition Failed"),
    STATUS(413, "Content Too Large"),
    STATUS(414, "URI Too Long"),
    STATUS(415, "Unsupported Media Type"),
    STATUS(417, "Expectation Failed"),
    STATUS(421, "Misdirected Request"),
    STATUS(425, "Too Early"),
    STATUS(429, "Too Many Requests"),
    STATUS(431, "Request Header Fields Too Large"),
    STATUS(501, "Not Implemented"),
    STATUS(503, "Service Unavailable"),
    STATUS(505, "HTTP Version Not Supported"),
};

enum { STATUS_COUNT = sizeof statuses / sizeof *statuses };

static const struct status *find(unsigned code)
{
    size_t i = 0;
    while (i < STATUS_COUNT - 1 && statuses[i].code != code)
        i++;
    assert(statuses[i].code == code);
    return &statuses[i];
}

struct str response_status_line(unsigned status)
{
    return find(status)->line;
}

void response_date_line(char out[RESPONSE_DATE_LINE_LEN], time_t when)
{
    static const char name[] = "Date: ";
    memcpy(out, name, sizeof name - 1);
    clock_http_date(out + sizeof name - 1, when);
    memcpy(out + RESPONSE_DATE_LINE_LEN - 2, "\r\n", 2);
}

void response_content_fields(struct buf *fields, const char *content_type, size_t length)
{
    buf_printf(fields, "Content-Type: %s\r\nContent-Length: %zu\r\n", content_type, length);
}

void response_error_body(struct buf *body, unsigned status, const char *reason, bool json)
{
    struct str words = find(status)->words;
    if (json) {
        buf_printf(body, "{\"error\":\"%s\",\"status\":%u}\n", reason ? reason : words.ptr, status);
        return;
    }
    buf_printf(body,
               "<!doctype html><html lang=\"en\"><meta name=\"viewport\" "
               "content=\"width=device-width\"><title>%u %s</title><h1>%u %s</h1>",
               status, words.ptr, status, words.ptr);
    if (reason)
        buf_printf(body, "<p>%s</p>", reason);
    buf_append(body, STR("</html>\n"));
}
