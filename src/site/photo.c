/* Owns reading the parts of picture files that browsers do not show. */
#include "site/photo.h"

#include "site/exif.h"

static bool is_heic_brand(struct str bytes, size_t at)
{
    static const char *const brands[] = {"heic", "heix", "heim", "heis", "hevc", "hevx"};
    for (size_t i = 0; i < sizeof brands / sizeof *brands; i++)
        if (str_starts_with(str_skip(bytes, at), str_from(brands[i])))
            return true;
    return false;
}

/* ISO/IEC 14496-12 4.3: a box, which is short, "ftyp" with its major brand, a version, and
 * compatible brands. AVIF has the same box; its files may name "mif1" first, as HEIC's do. */
static bool has_brands(struct str bytes)
{
    return bytes.len > 0 && bytes.ptr[0] == 0 && str_starts_with(str_skip(bytes, 4), STR("ftyp"));
}

bool photo_is_heic(struct str bytes)
{
    enum { MAJOR = 8, COMPATIBLE = 16 };
    if (!has_brands(bytes))
        return false;
    size_t end = exif_number(bytes, 0, 4, true);
    if (!str_starts_with(str_skip(bytes, MAJOR), STR("mif1")))
        return is_heic_brand(bytes, MAJOR);
    for (size_t at = COMPATIBLE; at + 4 <= end && at + 4 <= bytes.len; at += 4)
        if (is_heic_brand(bytes, at))
            return true;
    return false;
}

static bool tells_position(const struct exif *exif)
{
    enum { GPS_DIRECTORY = 0x8825, GPS_LATITUDE = 2 };
    size_t gps = exif_entry(exif, exif_directory(exif), GPS_DIRECTORY);
    if (gps == 0)
        return false;
    /* Cameras write a directory of positions that holds none, too. */
    size_t latitude = exif_entry(exif, exif_value(exif, gps, 4), GPS_LATITUDE);
    return latitude != 0 && exif_count(exif, latitude) > 0;
}

bool photo_has_position(struct str bytes)
{
    enum { TRIES = 16 };
    struct exif exif;
    size_t at = 0;
    if (!has_brands(bytes))
        return exif_find(&exif, bytes) && tells_position(&exif);
    for (int i = 0; i < TRIES && exif_search(&exif, bytes, &at); i++)
        if (tells_position(&exif))
            return true;
    return false;
}
