/* Owns the elements and attributes by which pages report. */
#include "site/capture_slot.h"

#include "http/path.h"
#include "site/capture_js.h"
#include "site/link.h"

struct str capture_slot_script(enum capture capture)
{
    switch (capture) {
    case CAPTURE_FULL:
        return str_from(capture_js);
    case CAPTURE_PAGE:
        return str_from(capture_page_js);
    default:
        return STR("");
    }
}

void capture_slot_append_script(struct str script, struct buf *out)
{
    if (script.len == 0)
        return;
    buf_append(out, STR("<script>"));
    buf_append(out, script);
    buf_append(out, STR("</script>\n"));
}

/* An encoded path as a parameter: what means something there is encoded once more. */
static void append_parameter(struct str path, struct buf *out)
{
    for (size_t i = 0; i < path.len; i++) {
        if (strchr("%&+=", path.ptr[i]))
            link_append_encoded(str_make(path.ptr + i, 1), out);
        else
            buf_append_char(out, path.ptr[i]);
    }
}

void capture_slot_append_ping(struct str path, struct str id, struct buf *out)
{
    struct buf encoded = BUF_EMPTY;
    path_encode(path, &encoded);
    buf_append(out, STR(" ping=\"/_/p?p="));
    append_parameter(buf_str(&encoded), out);
    buf_append(out, STR("&amp;cta="));
    link_append_encoded(id, out);
    buf_append_char(out, '"');
    out->failed |= encoded.failed;
    buf_finish(&encoded);
}
