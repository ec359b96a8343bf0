/* Owns Markdown. md4c 0.4.8 has memory errors in its permissive autolinks, and its LaTeX and
 * wiki-link extensions are not wanted: those flags stay off. */
#include "site/markdown.h"

#include "base/err.h"

#include <md4c-html.h>

static void on_output(const char *text, MD_SIZE size, void *out)
{
    buf_append(out, str_make(text, size));
}

int markdown_to_html(struct str text, struct buf *out)
{
    const unsigned extensions = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS;
    if (text.len > MARKDOWN_SIZE_MAX)
        return ERR_TOO_LARGE;
    if (!str_is_utf8(text))
        return ERR_INVALID;
    if (md_html(text.ptr ? text.ptr : "", (MD_SIZE)text.len, on_output, out, extensions,
                MD_HTML_FLAG_SKIP_UTF8_BOM) != 0)
        return ERR_NO_MEMORY;
    return buf_status(out);
}
