/* Photos: what phones write into them that visitors must not meet. */
#include "site/photo.h"

#include "support/test.h"

#include "base/buf.h"

/* A TIFF part with one directory, whose one entry leads to a directory of positions with one entry.
 */
#define TIFF_LITTLE(tag, count)                        \
    "II\x2A\0\x08\0\0\0"                               \
    "\x01\0\x25\x88\x04\0\x01\0\0\0\x1A\0\0\0\0\0\0\0" \
    "\x01\0" tag "\0\x05\0" count "\0\0\0\x40\0\0\0\0\0\0\0"
#define TIFF_BIG                                       \
    "MM\0\x2A\0\0\0\x08"                               \
    "\0\x01\x88\x25\0\x04\0\0\0\x01\0\0\0\x1A\0\0\0\0" \
    "\0\x01\0\x02\0\x05\0\0\0\x03\0\0\0\x40\0\0\0\0"
#define LATITUDE "\x02"
#define VERSION  "\x01"

static void append_number(struct buf *out, size_t n, size_t size, bool big)
{
    for (size_t i = 0; i < size; i++)
        buf_append_char(out, (char)(n >> 8 * (big ? size - 1 - i : i)));
}

static void append_jpeg(struct buf *out, struct str exif)
{
    buf_append(out, STR("\xFF\xD8\xFF\xE0\0\x07JFIF\0\xFF\xE1"));
    append_number(out, exif.len + 8, 2, true);
    buf_append(out, STR("Exif\0\0"));
    buf_append(out, exif);
    buf_append(out, STR("\xFF\xDA\0\x02"));
}

static void a_photo_that_says_where_it_was_taken_is_found(void **state)
{
    (void)state;
    struct buf file = BUF_EMPTY;
    append_jpeg(&file, STR(TIFF_LITTLE(LATITUDE, "\x03")));
    assert_true(photo_has_position(buf_str(&file)));
    buf_clear(&file);
    append_jpeg(&file, STR(TIFF_BIG));
    assert_true(photo_has_position(buf_str(&file)));

    buf_clear(&file);
    struct str exif = STR(TIFF_BIG);
    buf_append(&file, STR("\x89PNG\r\n\x1A\n\0\0\0\x03IHDRabcCRCC"));
    append_number(&file, exif.len, 4, true);
    buf_append(&file, STR("eXIf" TIFF_BIG "CRCC"));
    assert_true(photo_has_position(buf_str(&file)));

    buf_clear(&file);
    buf_append(&file, STR("RIFF\0\0\0\0WEBPVP8X\x03\0\0\0abc\0EXIF"));
    append_number(&file, exif.len, 4, false);
    buf_append(&file, exif);
    assert_true(photo_has_position(buf_str(&file)));
    buf_finish(&file);
}

/* What begins like one may be part of the picture. */
static void a_photo_in_boxes_says_it_as_well(void **state)
{
    (void)state;
#define AVIF                   \
    "\0\0\0\x18"               \
    "ftypavif\0\0\0\0mif1avif" \
    "\0\0\0\x08"               \
    "meta"
    assert_true(photo_has_position(STR(AVIF "II\x2A\0\xFF\xFF\xFF\xFF" TIFF_BIG)));
    assert_true(photo_has_position(STR(AVIF "MM\0\x2A" TIFF_LITTLE(LATITUDE, "\x03"))));
    assert_true(photo_has_position(STR("\0\0\0\x14"
                                       "ftypheic\0\0\0\0mif1" TIFF_BIG)));
    assert_false(photo_has_position(STR(AVIF TIFF_LITTLE(VERSION, "\x04"))));
    assert_false(photo_has_position(STR(AVIF "II\x2A\0")));
    assert_false(photo_has_position(STR(AVIF)));
#undef AVIF
}

/* ITU-T T.81 B.1.1.2: any number of 0xFF may stand before a marker. */
static void bytes_that_fill_up_hide_no_position(void **state)
{
    (void)state;
    struct buf file = BUF_EMPTY;
    struct buf filled = BUF_EMPTY;
    append_jpeg(&file, STR(TIFF_LITTLE(LATITUDE, "\x03")));
    buf_append(&filled, STR("\xFF\xD8\xFF\xFF\xFF"));
    buf_append(&filled, str_skip(buf_str(&file), 2));
    assert_true(photo_has_position(buf_str(&filled)));
    buf_finish(&file);
    buf_finish(&filled);
}

static void a_camera_that_found_no_satellite_is_not_blamed(void **state)
{
    (void)state;
    struct buf file = BUF_EMPTY;
    append_jpeg(&file, STR(TIFF_LITTLE(VERSION, "\x04")));
    assert_false(photo_has_position(buf_str(&file)));
    buf_clear(&file);
    append_jpeg(&file, STR(TIFF_LITTLE(LATITUDE, "\0")));
    assert_false(photo_has_position(buf_str(&file)));
    buf_clear(&file);
    append_jpeg(&file, STR("II\x2A\0\x08\0\0\0\0\0"));
    assert_false(photo_has_position(buf_str(&file)));
    buf_finish(&file);
    assert_false(photo_has_position(STR("")));
    assert_false(photo_has_position(STR("GIF89a")));
}

/* Each cut copy lies in memory of its own, so that the sanitizer sees a read beyond its end. */
static void a_photo_cut_anywhere_is_read_to_its_end_and_no_further(void **state)
{
    (void)state;
    struct buf file = BUF_EMPTY;
    append_jpeg(&file, STR(TIFF_LITTLE(LATITUDE, "\x03")));
    for (size_t length = 0; length < file.len; length++) {
        char *cut = malloc(length + 1);
        assert_non_null(cut);
        char *exact = realloc(cut, length ? length : 1);
        assert_non_null(exact);
        memcpy(exact, file.ptr, length);
        (void)photo_has_position(str_make(exact, length));
        (void)photo_is_heic(str_make(exact, length));
        free(exact);
    }
    buf_finish(&file);
}

static void a_heic_is_known_by_its_bytes_whatever_it_is_called(void **state)
{
    (void)state;
    assert_true(photo_is_heic(STR("\0\0\0\x14"
                                  "ftypheic\0\0\0\0mif1heic")));
    assert_true(photo_is_heic(STR("\0\0\0\x18"
                                  "ftypmif1\0\0\0\0mif1heic")));
    assert_false(photo_is_heic(STR("\0\0\0\x1C"
                                   "ftypavif\0\0\0\0mif1heicavif")));
    assert_false(photo_is_heic(STR("\0\0\0\x18"
                                   "ftypmif1\0\0\0\0mif1avif")));
    assert_false(photo_is_heic(STR("\xFF\xD8\xFF\xE0")));
}

TEST_MAIN(cmocka_unit_test(a_photo_that_says_where_it_was_taken_is_found),
          cmocka_unit_test(a_photo_in_boxes_says_it_as_well),
          cmocka_unit_test(bytes_that_fill_up_hide_no_position),
          cmocka_unit_test(a_camera_that_found_no_satellite_is_not_blamed),
          cmocka_unit_test(a_photo_cut_anywhere_is_read_to_its_end_and_no_further),
          cmocka_unit_test(a_heic_is_known_by_its_bytes_whatever_it_is_called))
