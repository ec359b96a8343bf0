/* Owns the images inside the content of Markdown pages. */
#include "site/content.h"

#include "base/err.h"
#include "site/html.h"

/* So much text may stand above an image that is still on the first screen of a phone. */
enum { FIRST_SCREEN_BYTES = 300 };

static void append_attribute(struct buf *out, struct str name, struct str value)
{
    buf_append_char(out, ' ');
    buf_append(out, name);
    buf_append(out, STR("=\""));
    buf_append_html(out, value);
    buf_append_char(out, '"');
}

/* The tag anew: its own attributes, `src` apart, and what it lacks. */
static void append_image(const struct html_element *image, const struct picture *picture, bool top,
                         struct buf *out)
{
    struct buf source = BUF_EMPTY;
    struct str name;
    struct str value;
    picture_append_source(picture, &source);
    buf_append(out, STR("<img"));
    append_attribute(out, STR("src"), buf_str(&source));
    for (size_t i = 0; html_attribute_at(image, i, &name, &value); i++)
        if (!str_eq(name, STR("src")))
            append_attribute(out, name, value);
    bool has_size =
        html_attribute(image, "width", &value) || html_attribute(image, "height", &value);
    if (!has_size && picture->size.width > 0)
        buf_printf(out, " width=\"%u\" height=\"%u\"", picture->size.width, picture->size.height);
    if (top && !html_attribute(image, "fetchpriority", &value))
        buf_append(out, STR(" fetchpriority=\"high\""));
    else if (!top && !html_attribute(image, "loading", &value))
        buf_append(out, STR(" loading=\"lazy\""));
    buf_append_char(out, '>');
    out->failed |= source.failed;
    buf_finish(&source);
}

/* Copies up to the image, and the image as it should be. Returns how far the source is copied. */
static int take_image(const struct content *content, const struct html_element *image,
                      struct str html, size_t *copied, struct buf *out)
{
    struct str source;
    struct picture picture;
    if (image->end == 0 || image->begin < *copied || !html_attribute(image, "src", &source))
        return 0;
    int rc = picture_find(content->gallery, source, &picture);
    if (rc == ERR_NOT_FOUND) {
        if (picture_is_ours(source))
            picture_tell_missing(content->diags, SEVERITY_WARNING, content->file, 0, source);
        return 0;
    }
    if (rc != 0)
        return rc;
    bool top = !content->below && *copied == 0 && image->begin < FIRST_SCREEN_BYTES;
    buf_append(out, str_make(html.ptr + *copied, image->begin - *copied));
    append_image(image, &picture, top, out);
    *copied = image->end;
    return 0;
}

/* Parsing takes longer than Markdown does, and most pages need none. */
static bool may_have_images(struct str html)
{
    ptrdiff_t at;
    while ((at = str_find(html, '<')) >= 0) {
        html = str_skip(html, (size_t)at + 1);
        if (str_starts_with_nocase(html, STR("img")))
            return true;
    }
    return false;
}

int content_append(const struct content *content, struct str html, struct buf *out)
{
    struct html *tree;
    struct html_element element = {0};
    size_t copied = 0;
    if (!may_have_images(html)) {
        buf_append(out, html);
        return buf_status(out);
    }
    int rc = html_parse(&tree, html);
    if (rc != 0)
        return rc;
    while (rc == 0 && html_next(tree, &element))
        if (html_is(&element, "img"))
            rc = take_image(content, &element, html, &copied, out);
    buf_append(out, str_skip(html, copied));
    html_destroy(tree);
    return rc == 0 ? buf_status(out) : rc;
}
