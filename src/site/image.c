/* Owns the heads of image files: just enough of each format to know how large it is shown.
 *
 * Files are their authors' and may be damaged in any way: every read is checked, and what does not
 * fit gives no size. */
#include "site/image.h"

#include "site/svg.h"

struct reader {
    struct str bytes;
    bool big_endian;
};

static bool has(struct str bytes, size_t at, struct str sign)
{
    return str_starts_with(str_skip(bytes, at), sign);
}

/* `size` bytes at `at`, 0 where the file has ended. */
static unsigned number_at(const struct reader *r, size_t at, size_t size)
{
    unsigned number = 0;
    if (at > r->bytes.len || r->bytes.len - at < size)
        return 0;
    for (size_t i = 0; i < size; i++) {
        size_t byte = r->big_endian ? i : size - 1 - i;
        number = number << 8 | (unsigned char)r->bytes.ptr[at + byte];
    }
    return number;
}

static struct image_size turned(struct image_size size)
{
    return (struct image_size){.width = size.height, .height = size.width};
}

/* --- PNG, GIF, WebP ------------------------------------------------------------------------- */

static struct image_size png_size(struct str bytes)
{
    const struct reader r = {bytes, true};
    return (struct image_size){number_at(&r, 16, 4), number_at(&r, 20, 4)};
}

static struct image_size gif_size(struct str bytes)
{
    const struct reader r = {bytes, false};
    return (struct image_size){number_at(&r, 6, 2), number_at(&r, 8, 2)};
}

static struct image_size webp_size(struct str bytes)
{
    const struct reader r = {bytes, false};
    if (has(bytes, 12, STR("VP8X")) && bytes.len >= 30)
        return (struct image_size){number_at(&r, 24, 3) + 1, number_at(&r, 27, 3) + 1};
    if (has(bytes, 12, STR("VP8L")) && bytes.len >= 25) {
        unsigned bits = number_at(&r, 21, 4);
        return (struct image_size){(bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1};
    }
    if (has(bytes, 12, STR("VP8 ")) && has(bytes, 23, STR("\x9D\x01\x2A")))
        return (struct image_size){number_at(&r, 26, 2) & 0x3FFF, number_at(&r, 28, 2) & 0x3FFF};
    return (struct image_size){0};
}

/* --- JPEG ----------------------------------------------------------------------------------- */

/* Whether the camera was held upright, by EXIF's tag 0x0112: 5 to 8 stand on their side. */
static bool exif_turns(struct str tiff)
{
    const struct reader r = {tiff, has(tiff, 0, STR("MM"))};
    size_t directory = number_at(&r, 4, 4);
    unsigned entries = number_at(&r, directory, 2);
    for (unsigned i = 0; i < entries; i++) {
        size_t entry = directory + 2 + 12 * (size_t)i;
        if (entry + 12 > tiff.len)
            return false;
        if (number_at(&r, entry, 2) == 0x0112)
            return number_at(&r, entry + 8, 2) >= 5 && number_at(&r, entry + 8, 2) <= 8;
    }
    return false;
}

static bool is_frame_header(unsigned marker)
{
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

static struct image_size jpeg_size(struct str bytes)
{
    const struct reader r = {bytes, true};
    bool turn = false;
    for (size_t at = 2; at + 4 <= bytes.len;) {
        unsigned marker = number_at(&r, at + 1, 1);
        size_t length = number_at(&r, at + 2, 2);
        if (number_at(&r, at, 1) != 0xFF)
            break;
        if (marker == 0xFF) { /* fill */
            at++;
            continue;
        }
        if (marker == 0xE1 && has(bytes, at + 4, STR("Exif\0\0")) && length >= 8)
            turn = exif_turns(str_make(bytes.ptr + at + 10, length - 8 < bytes.len - at - 10
                                                                ? length - 8
                                                                : bytes.len - at - 10));
        if (is_frame_header(marker)) {
            struct image_size size = {number_at(&r, at + 7, 2), number_at(&r, at + 5, 2)};
            return turn ? turned(size) : size;
        }
        if (length < 2)
            break;
        at += 2 + length;
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
    const struct reader r = {bytes, true};
    size_t length;
    for (size_t at = 0; at + 8 <= bytes.len; at += length) {
        length = number_at(&r, at, 4);
        if (length == 0 || length > bytes.len - at)
            length = bytes.len - at;
        if (length < 8)
            return;
        struct str body = str_make(bytes.ptr + at + 8, length - 8);
        if (has(bytes, at + 4, STR("ispe")) && body.len >= 12) {
            struct image_size size = {number_at(&r, at + 12, 4), number_at(&r, at + 16, 4)};
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
