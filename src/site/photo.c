/* Owns reading the parts of picture files that browsers do not show. */
#include "site/photo.h"

/* --- numbers in either order of bytes -------------------------------------------------------- */

static uint32_t read_number(struct str s, size_t at, size_t size, bool big)
{
    uint32_t n = 0;
    if (at > s.len || s.len - at < size)
        return 0;
    for (size_t i = 0; i < size; i++)
        n = n << 8 | (unsigned char)s.ptr[at + (big ? i : size - 1 - i)];
    return n;
}

/* --- HEIC ----------------------------------------------------------------------------------- */

static bool is_heic_brand(struct str bytes, size_t at)
{
    static const char *const brands[] = {"heic", "heix", "heim", "heis", "hevc", "hevx"};
    for (size_t i = 0; i < sizeof brands / sizeof *brands; i++)
        if (str_starts_with(str_skip(bytes, at), str_from(brands[i])))
            return true;
    return false;
}

/* ISO/IEC 14496-12 4.3: a box "ftyp" with its major brand, a version, and compatible brands. AVIF
 * has the same box; its files may name "mif1" first, as HEIC's do. */
bool photo_is_heic(struct str bytes)
{
    enum { MAJOR = 8, COMPATIBLE = 16 };
    if (!str_starts_with(str_skip(bytes, 4), STR("ftyp")))
        return false;
    size_t end = read_number(bytes, 0, 4, true);
    if (!str_starts_with(str_skip(bytes, MAJOR), STR("mif1")))
        return is_heic_brand(bytes, MAJOR);
    for (size_t at = COMPATIBLE; at + 4 <= end && at + 4 <= bytes.len; at += 4)
        if (is_heic_brand(bytes, at))
            return true;
    return false;
}

/* --- Exif ----------------------------------------------------------------------------------- */

/* Where the Exif part begins, in each kind of file; empty if there is none. */
static struct str exif_of_jpeg(struct str bytes)
{
    enum { SOI = 2, APP1 = 0xE1, SOS = 0xDA, FILL = 0xFF };
    size_t at = SOI;
    while (at + 4 <= bytes.len && (unsigned char)bytes.ptr[at] == 0xFF) {
        unsigned marker = (unsigned char)bytes.ptr[at + 1];
        size_t length = read_number(bytes, at + 2, 2, true);
        struct str segment = str_skip(bytes, at + 4);
        if (marker == FILL) {
            at++;
            continue;
        }
        if (marker == SOS || length < 2)
            break;
        if (segment.len > length - 2)
            segment.len = length - 2;
        if (marker == APP1 && str_starts_with(segment, STR("Exif\0")))
            return str_skip(segment, 6);
        at += 2 + length;
    }
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

static struct str exif_of_chunks(struct str bytes, const struct chunks *kind)
{
    size_t at = kind->first;
    while (at < bytes.len && bytes.len - at >= 8) {
        size_t length = read_number(bytes, at + kind->length_at, 4, kind->big);
        struct str content = str_skip(bytes, at + 8);
        if (str_starts_with(str_skip(bytes, at + kind->name_at), kind->exif))
            return content.len > length ? str_make(content.ptr, length) : content;
        at += kind->around + length + (kind->even ? length & 1 : 0);
    }
    return str_make(NULL, 0);
}

static struct str find_exif(struct str bytes)
{
    static const struct chunks png = {8, 0, 4, 12, true, false, STR_INIT("eXIf")};
    static const struct chunks webp = {12, 4, 0, 8, false, true, STR_INIT("EXIF")};
    if (str_starts_with(bytes, STR("\xFF\xD8")))
        return exif_of_jpeg(bytes);
    if (str_starts_with(bytes, STR("\x89PNG\r\n\x1A\n")))
        return exif_of_chunks(bytes, &png);
    if (!str_starts_with(bytes, STR("RIFF")) || !str_starts_with(str_skip(bytes, 8), STR("WEBP")))
        return str_make(NULL, 0);
    struct str exif = exif_of_chunks(bytes, &webp);
    /* Some programs put JPEG's name of the part before it. */
    return str_starts_with(exif, STR("Exif\0")) ? str_skip(exif, 6) : exif;
}

/* The offset of an entry of the directory at `directory`, or 0. An entry is a tag, a type, a count,
 * and a value (TIFF 6.0, section 2). */
static size_t find_entry(struct str exif, size_t directory, unsigned tag, bool big)
{
    size_t count = read_number(exif, directory, 2, big);
    for (size_t i = 0; i < count; i++) {
        size_t entry = directory + 2 + i * 12;
        if (entry > exif.len || exif.len - entry < 12)
            return 0;
        if (read_number(exif, entry, 2, big) == tag)
            return entry;
    }
    return 0;
}

bool photo_has_position(struct str bytes)
{
    enum { GPS_DIRECTORY = 0x8825, GPS_LATITUDE = 2, COUNT_AT = 4, VALUE_AT = 8 };
    struct str exif = find_exif(bytes);
    bool big = str_starts_with(exif, STR("MM"));
    if (!big && !str_starts_with(exif, STR("II")))
        return false;
    size_t gps = find_entry(exif, read_number(exif, 4, 4, big), GPS_DIRECTORY, big);
    if (gps == 0)
        return false;
    /* Cameras write a directory of positions that holds none, too. */
    size_t latitude =
        find_entry(exif, read_number(exif, gps + VALUE_AT, 4, big), GPS_LATITUDE, big);
    return latitude != 0 && read_number(exif, latitude + COUNT_AT, 4, big) > 0;
}
