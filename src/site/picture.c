/* Owns the images that pages show. */
#include "site/picture.h"

#include "base/err.h"
#include "base/hash.h"
#include "http/path.h"

enum { INLINE_MAX = 1000 };

bool picture_is_ours(struct str path)
{
    ptrdiff_t colon = str_find(path, ':');
    ptrdiff_t slash = str_find(path, '/');
    bool elsewhere =
        str_starts_with(path, STR("//")) || (colon >= 0 && (slash < 0 || colon < slash));
    return path.len > 0 && !elsewhere;
}

/* Takes "." and ".." out of what stands in `path` from `from` on. */
static void append_segment(struct buf *path, struct str segment)
{
    if (segment.len == 0 || str_eq(segment, STR(".")))
        return;
    if (str_eq(segment, STR(".."))) {
        ptrdiff_t slash = str_find_last(buf_str(path), '/');
        path->len = slash < 0 ? 0 : (size_t)slash;
        return;
    }
    buf_append_char(path, '/');
    buf_append(path, segment);
}

static void append_segments(struct buf *path, struct str text)
{
    struct str segment;
    while (str_split(&text, '/', &segment))
        append_segment(path, segment);
}

/* The path on the site, decoded and normalized as the site knows it. */
static int resolve(const struct gallery *gallery, struct str path, struct buf *out)
{
    struct buf joined = BUF_EMPTY;
    struct buf scratch = BUF_EMPTY;
    struct str decoded;
    for (size_t i = 0; i < path.len; i++)
        if (path.ptr[i] == '?' || path.ptr[i] == '#')
            path.len = i;
    int rc = picture_is_ours(path) ? path_decode(path, &scratch, &decoded) : ERR_NOT_FOUND;
    if (rc == ERR_INVALID) { /* A name with a percent sign, as its file has it. */
        decoded = path;
        rc = 0;
    }
    if (rc == 0) {
        ptrdiff_t folder = str_find_last(gallery->page, '/');
        if (*path.ptr != '/' && folder > 0)
            append_segments(&joined, str_make(gallery->page.ptr, (size_t)folder));
        append_segments(&joined, decoded);
        rc = buf_status(&joined);
    }
    if (rc == 0)
        rc = path_normalize(buf_str(&joined), out);
    buf_finish(&joined);
    buf_finish(&scratch);
    return rc == ERR_INVALID ? ERR_NOT_FOUND : rc;
}

int picture_find(const struct gallery *gallery, struct str path, struct picture *out)
{
    struct buf full = BUF_EMPTY;
    int rc = resolve(gallery, path, &full);
    if (rc == 0) {
        const struct resource *asset =
            gallery->assets ? site_find(gallery->assets, buf_str(&full)) : NULL;
        buf_append(gallery->looked_up, buf_str(&full));
        buf_append_char(gallery->looked_up, '\n');
        rc = asset && asset->kind == RESOURCE_ASSET ? 0 : ERR_NOT_FOUND;
        if (rc == 0)
            *out = (struct picture){
                .asset = asset,
                .size = image_size_of(asset->representations[CODING_IDENTITY].body),
            };
    }
    buf_finish(&full);
    return rc;
}

void picture_tell_missing(struct diags *diags, enum severity severity, struct str file,
                          unsigned line, struct str path)
{
    diags_say(diags, severity, file, line, "image",
              "there is no image '%.*s': write its path from this folder, or from the site's root "
              "with '/' before it",
              "l’immagine «%.*s» non c’è: scrivi dove si trova a partire da questa cartella, o "
              "dall’inizio del sito con «/» davanti",
              STR_ARG(path));
}

void picture_append_path(const struct picture *picture, struct buf *out)
{
    path_encode(picture->asset->path, out);
    buf_append(out, STR("?v="));
    buf_append(out, str_from(picture->asset->version));
}

/* Text stays readable, and is smaller than base64 once the page is compressed. */
static void append_text(struct str text, struct buf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c <= ' ' || c >= 0x7F || strchr("\"#%&<>?\\^`{|}", c))
            buf_printf(out, "%%%02X", c);
        else
            buf_append_char(out, (char)c);
    }
}

void picture_append_source(const struct picture *picture, struct buf *out)
{
    struct str bytes = picture->asset->representations[CODING_IDENTITY].body;
    const char *type = image_media_type(bytes);
    if (bytes.len >= INLINE_MAX || !type) {
        picture_append_path(picture, out);
    } else if (strcmp(type, "image/svg+xml") == 0) {
        buf_printf(out, "data:%s,", type);
        append_text(bytes, out);
    } else {
        buf_printf(out, "data:%s;base64,", type);
        hash_append_base64(bytes, out);
    }
}
