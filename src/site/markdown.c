/* Owns Markdown. md4c 0.4.8 has memory errors in its permissive autolinks, and its LaTeX and
 * wiki-link extensions are not wanted: those flags stay off. */
#include "site/markdown.h"

#include "base/err.h"

#include <md4c-html.h>

static void on_output(const char *text, MD_SIZE size, void *out)
{
    buf_append(out, str_make(text, size));
}

/* md4c 0.4.8 looks one byte beyond a text that ends within a link, and takes a parenthesis there
 * for the link's end. So its text always ends in a line end. */
static int convert(struct str text, struct buf *out)
{
    const unsigned extensions = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS;
    struct buf whole = BUF_EMPTY;
    if (!str_ends_with(text, STR("\n"))) {
        buf_append(&whole, text);
        buf_append_char(&whole, '\n');
        text = buf_str(&whole);
    }
    int rc = buf_status(&whole);
    if (rc == 0 && md_html(text.ptr, (MD_SIZE)text.len, on_output, out, extensions,
                           MD_HTML_FLAG_SKIP_UTF8_BOM) != 0)
        rc = ERR_NO_MEMORY;
    buf_finish(&whole);
    return rc == 0 ? buf_status(out) : rc;
}

int markdown_to_html(struct str text, struct buf *out)
{
    if (text.len > MARKDOWN_SIZE_MAX)
        return ERR_TOO_LARGE;
    if (!str_is_utf8(text))
        return ERR_INVALID;
    return convert(text, out);
}
