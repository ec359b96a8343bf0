/* Owns the heads of image files: just enough of each format to know how large it is shown.
 *
 * Files are their authors' and may be damaged in any way: every read is checked, and what does not
 * fit gives no size. */
#include "site/image.h"

#include "site/exif.h"
#include "site/svg.h"

static bool has(struct str bytes, size_t at, struct str sign)
{
    return str_starts_with(str_skip(bytes, at), sign);
}

static unsigned big(struct str bytes, size_t at, size_t size)
{
    return exif_number(bytes, at, size, true);
}

static unsigned little(struct str bytes, size_t at, size_t size)
{
    return exif_number(bytes, at, size, false);
}

static struct image_size turned(struct image_size size)
{
    return (struct image_size){.width = size.height, .height = size.width};
}

/* --- PNG, GIF, WebP ------------------------------------------------------------------------- */

static struct image_size png_size(struct str bytes)
{
    return (struct image_size){big(bytes, 16, 4), big(bytes, 20, 4)};
}

static struct image_size gif_size(struct str bytes)
{
    return (struct image_size){little(bytes, 6, 2), little(bytes, 8, 2)};
}

static struct image_size webp_size(struct str bytes)
{
    if (has(bytes, 12, STR("VP8X")) && bytes.len >= 30)
        return (struct image_size){little(bytes, 24, 3) + 1, little(bytes, 27, 3) + 1};
    if (has(bytes, 12, STR("VP8L")) && bytes.len >= 25) {
        unsigned bits = little(bytes, 21, 4);
        return (struct image_size){(bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1};
    }
    if (has(bytes, 12, STR("VP8 ")) && has(bytes, 23, STR("\x9D\x01\x2A")))
        return (struct image_size){little(bytes, 26, 2) & 0x3FFF, little(bytes, 28, 2) & 0x3FFF};
    return (struct image_size){0};
}

/* --- JPEG ----------------------------------------------------------------------------------- */

/* Whether the camera was held upright, by Exif's orientation: 5 to 8 stand on their side. */
static bool is_turned(struct str bytes)
{
    enum { ORIENTATION = 0x0112 };
    struct exif exif;
    if (!exif_find(&exif, bytes))
        return false;
    size_t entry = exif_entry(&exif, exif_directory(&exif), ORIENTATION);
    uint32_t orientation = entry != 0 ? exif_value(&exif, entry, 2) : 0;
    return orientation >= 5 && orientation <= 8;
}

static bool is_frame_header(unsigned marker)
{
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

/* A frame header's content is the precision, the height and the width. */
static struct image_size jpeg_size(struct str bytes)
{
    struct exif_segment segment;
    size_t at = EXIF_JPEG_FIRST;
    while (exif_next_segment(bytes, &at, &segment)) {
        if (!is_frame_header(segment.marker))
            continue;
        struct image_size size = {big(segment.content, 3, 2), big(segment.content, 1, 2)};
        return is_turned(bytes) ? turned(size) : size;
    }
    return (struct image_size){0};
}

/* --- AVIF ----------------------------------------------------------------------------------- */

struct avif {
    struct image_size size; /* of the largest image in the file: tiles and previews are smaller */
    bool turn;
};

/* Boxes are a length, a kind and a body, which may be boxes again. */
static void read_boxes(struct str bytes, int depth, struct avif *avif)
{
    size_t length;
    for (size_t at = 0; at + 8 <= bytes.len; at += length) {
        length = big(bytes, at, 4);
        if (length == 0 || length > bytes.len - at)
            length = bytes.len - at;
        if (length < 8)
            return;
        struct str body = str_make(bytes.ptr + at + 8, length - 8);
        if (has(bytes, at + 4, STR("ispe")) && body.len >= 12) {
            struct image_size size = {big(bytes, at + 12, 4), big(bytes, at + 16, 4)};
            if ((uint64_t)size.width * size.height > (uint64_t)avif->size.width * avif->size.height)
                avif->size = size;
        } else if (has(bytes, at + 4, STR("irot")) && body.len >= 1) {
            avif->turn = body.ptr[0] & 1;
        } else if (depth < 3 && has(bytes, at + 4, STR("meta"))) {
            read_boxes(str_skip(body, 4), depth + 1, avif);
        } else if (depth < 3 &&
                   (has(bytes, at + 4, STR("iprp")) || has(bytes, at + 4, STR("ipco")))) {
            read_boxes(body, depth + 1, avif);
        }
    }
}

static struct image_size avif_size(struct str bytes)
{
    struct avif avif = {0};
    read_boxes(bytes, 0, &avif);
    return avif.turn ? turned(avif.size) : avif.size;
}

/* --- all ------------------------------------------------------------------------------------ */

struct format {
    const char *media_type;
    size_t at; /* where its sign stands */
    struct str sign;
    struct image_size (*size)(struct str bytes);
};

static const struct format formats[] = {
    {"image/png", 0, STR_INIT("\x89PNG\r\n\x1A\n"), png_size},
    {"image/jpeg", 0, STR_INIT("\xFF\xD8\xFF"), jpeg_size},
    {"image/gif", 0, STR_INIT("GIF8"), gif_size},
    {"image/webp", 8, STR_INIT("WEBP"), webp_size},
    {"image/avif", 4, STR_INIT("ftypavif"), avif_size},
    {"image/avif", 4, STR_INIT("ftypavis"), avif_size},
    {"image/avif", 4, STR_INIT("ftypmif1"), avif_size},
};

static const struct format *find_format(struct str bytes)
{
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (has(bytes, formats[i].at, formats[i].sign))
            return &formats[i];
    return NULL;
}

struct image_size image_size_of(struct str bytes)
{
    const struct format *format = find_format(bytes);
    struct image_size size = {0};
    if (format)
        size = format->size(bytes);
    else
        svg_size(bytes, &size.width, &size.height);
    /* One side alone says nothing, and nobody shows more than this. */
    if (size.width == 0 || size.height == 0 || size.width > 100000 || size.height > 100000)
        return (struct image_size){0};
    return size;
}

const char *image_media_type(struct str bytes)
{
    const struct format *format = find_format(bytes);
    struct image_size size = {0};
    if (format)
        return format->media_type;
    return svg_size(bytes, &size.width, &size.height) ? "image/svg+xml" : NULL;
}
