/* Markdown to HTML. The only user of md4c. */
#ifndef ATTIMO_SITE_MARKDOWN_H
#define ATTIMO_SITE_MARKDOWN_H

#include "base/buf.h"

enum { MARKDOWN_SIZE_MAX = 256 * 1024 };

/* Appends the HTML of a CommonMark text (with tables, strikethrough and task lists) to `out`. Raw
 * HTML passes as the author wrote it. ERR_TOO_LARGE: over MARKDOWN_SIZE_MAX. ERR_INVALID: not
 * UTF-8. ERR_NO_MEMORY. */
int markdown_to_html(struct str text, struct buf *out);

#endif
