/* Owns the parts of picture files that Exif is in: segments of JPEG, chunks of PNG and WebP, and
 * the directories of TIFF. */
#include "site/exif.h"

uint32_t exif_number(struct str bytes, size_t at, size_t size, bool big_endian)
{
    uint32_t number = 0;
    if (at > bytes.len || bytes.len - at < size)
        return 0;
    for (size_t i = 0; i < size; i++)
        number = number << 8 | (unsigned char)bytes.ptr[at + (big_endian ? i : size - 1 - i)];
    return number;
}

/* --- where it stands ------------------------------------------------------------------------ */

/* Bytes that fill up may stand before a marker. */
bool exif_next_segment(struct str jpeg, size_t *at, struct exif_segment *out)
{
    enum { FILL = 0xFF, SOS = 0xDA };
    while (exif_number(jpeg, *at, 2, true) == (FILL << 8 | FILL))
        ++*at;
    size_t length = exif_number(jpeg, *at + 2, 2, true);
    out->marker = exif_number(jpeg, *at + 1, 1, true);
    if (exif_number(jpeg, *at, 1, true) != FILL || out->marker == SOS || length < 2)
        return false;
    out->content = str_skip(jpeg, *at + 4);
    if (out->content.len > length - 2)
        out->content.len = length - 2;
    *at += 2 + length;
    return true;
}

static struct str find_in_jpeg(struct str bytes)
{
    enum { APP1 = 0xE1 };
    struct exif_segment segment;
    size_t at = EXIF_JPEG_FIRST;
    while (exif_next_segment(bytes, &at, &segment))
        if (segment.marker == APP1 && str_starts_with(segment.content, STR("Exif\0")))
            return str_skip(segment.content, 6);
    return str_make(NULL, 0);
}

/* PNG and WebP are both rows of chunks: a name of four letters, a length, bytes. */
struct chunks {
    size_t first;
    size_t length_at; /* within a chunk */
    size_t name_at;
    size_t around; /* bytes of a chunk that are not its content */
    bool big;
    bool even; /* contents are padded to an even length */
    struct str exif;
};

static struct str find_in_chunks(struct str bytes, const struct chunks *kind)
{
    size_t at = kind->first;
    while (at < bytes.len && bytes.len - at >= 8) {
        size_t length = exif_number(bytes, at + kind->length_at, 4, kind->big);
        struct str content = str_skip(bytes, at + 8);
        if (str_starts_with(str_skip(bytes, at + kind->name_at), kind->exif))
            return content.len > length ? str_make(content.ptr, length) : content;
        at += kind->around + length + (kind->even ? length & 1 : 0);
    }
    return str_make(NULL, 0);
}

static struct str find_tiff(struct str bytes)
{
    static const struct chunks png = {8, 0, 4, 12, true, false, STR_INIT("eXIf")};
    static const struct chunks webp = {12, 4, 0, 8, false, true, STR_INIT("EXIF")};
    if (str_starts_with(bytes, STR("\xFF\xD8")))
        return find_in_jpeg(bytes);
    if (str_starts_with(bytes, STR("\x89PNG\r\n\x1A\n")))
        return find_in_chunks(bytes, &png);
    if (!str_starts_with(bytes, STR("RIFF")) || !str_starts_with(str_skip(bytes, 8), STR("WEBP")))
        return str_make(NULL, 0);
    struct str tiff = find_in_chunks(bytes, &webp);
    /* Some programs put JPEG's name of the part before it. */
    return str_starts_with(tiff, STR("Exif\0")) ? str_skip(tiff, 6) : tiff;
}

bool exif_find(struct exif *out, struct str file)
{
    out->tiff = find_tiff(file);
    out->big_endian = str_starts_with(out->tiff, STR("MM"));
    return out->big_endian || str_starts_with(out->tiff, STR("II"));
}

/* Their boxes tell by two tables where it stands (ISO/IEC 14496-12 8.11.3 and 8.11.6). Four bytes
 * of a picture are seldom those of a TIFF, and then hardly hold a directory. */
bool exif_search(struct exif *out, struct str file, size_t *at)
{
    static const struct str signs[] = {STR_INIT("II\x2A\0"), STR_INIT("MM\0\x2A")};
    struct str rest = str_skip(file, *at);
    const char *found = NULL;
    for (size_t i = 0; i < sizeof signs / sizeof *signs && rest.len > 0; i++) {
        const char *sign = memmem(rest.ptr, rest.len, signs[i].ptr, signs[i].len);
        if (sign && (!found || sign < found))
            found = sign;
    }
    if (!found)
        return false;
    out->tiff = str_skip(file, (size_t)(found - file.ptr));
    out->big_endian = str_starts_with(out->tiff, signs[1]);
    *at = file.len - out->tiff.len + signs[0].len;
    return true;
}

/* --- what it says --------------------------------------------------------------------------- */

/* An entry is a tag, a type, a count, and a value (TIFF 6.0, section 2). */
enum { FIRST_AT = 4, ENTRY_SIZE = 12, COUNT_AT = 4, VALUE_AT = 8 };

size_t exif_directory(const struct exif *exif)
{
    return exif_number(exif->tiff, FIRST_AT, 4, exif->big_endian);
}

size_t exif_entry(const struct exif *exif, size_t directory, unsigned tag)
{
    size_t count = exif_number(exif->tiff, directory, 2, exif->big_endian);
    for (size_t i = 0; i < count; i++) {
        size_t entry = directory + 2 + i * ENTRY_SIZE;
        if (entry > exif->tiff.len || exif->tiff.len - entry < ENTRY_SIZE)
            return 0;
        if (exif_number(exif->tiff, entry, 2, exif->big_endian) == tag)
            return entry;
    }
    return 0;
}

uint32_t exif_count(const struct exif *exif, size_t entry)
{
    return exif_number(exif->tiff, entry + COUNT_AT, 4, exif->big_endian);
}

uint32_t exif_value(const struct exif *exif, size_t entry, size_t size)
{
    return exif_number(exif->tiff, entry + VALUE_AT, size, exif->big_endian);
}
