/* What all responses share: status lines, Date, and short bodies for errors. */
#ifndef ATTIMO_HTTP_RESPONSE_H
#define ATTIMO_HTTP_RESPONSE_H

#include "base/buf.h"
#include "base/clock.h"

/* "HTTP/1.1 200 OK\r\n", for every status that this program sends. */
struct str response_status_line(unsigned status);

/* "Date: <IMF-fixdate>\r\n", written once a second and sent with every response. */
enum { RESPONSE_DATE_LINE_LEN = sizeof "Date: \r\n" - 1 + CLOCK_HTTP_DATE_LEN };
void response_date_line(char out[RESPONSE_DATE_LINE_LEN], time_t when);

/* Appends Content-Type and Content-Length for a body. */
void response_content_fields(struct buf *fields, const char *content_type, size_t length);

/* Appends a short body that says what `status` means, and why if `reason` is not NULL: HTML for
 * people, or JSON (`{"error":"...","status":400}`) for programs. */
void response_error_body(struct buf *body, unsigned status, const char *reason, bool json);

#endif
