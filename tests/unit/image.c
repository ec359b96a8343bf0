/* Images: their size as they are shown, from the first bytes of every format, whole or damaged. */
#include "site/image.h"

#include "support/test.h"

struct sample {
    const char *type;
    struct str bytes;
    unsigned width;
    unsigned height;
};

static const struct sample samples[] = {
    {"image/png", STR_INIT("\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\x02\x80\0\0\x01\xE0\x08\x02\0\0\0"),
     640, 480},
    {"image/gif", STR_INIT("GIF89a\x0A\0\x14\0\0\0\0"), 10, 20},
    {"image/webp",
     STR_INIT("RIFF\x1A\0\0\0WEBPVP8 \x0E\0\0\0\x10\x02\0\x9D\x01\x2A\x40\x01\xC8\x00\0\0"), 320,
     200},
    {"image/webp", STR_INIT("RIFF\x1A\0\0\0WEBPVP8L\x0E\0\0\0\x2F\x3F\xC1\x31\0\0\0\0\0"), 320,
     200},
    {"image/webp", STR_INIT("RIFF\x1A\0\0\0WEBPVP8X\x0A\0\0\0\0\0\0\0\x3F\x01\0\xC7\0\0"), 320,
     200},
    {"image/jpeg",
     STR_INIT("\xFF\xD8\xFF\xE0\0\x04JF\xFF\xFF\xC2\0\x0B\x08\x00\xC8\x01\x40\x03\0\0\0"), 320,
     200},
    /* EXIF says that the camera stood on its side. */
    {"image/jpeg",
     STR_INIT("\xFF\xD8\xFF\xE1\0\x22"
              "Exif\0\0MM\0\x2A\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0"
              "\0\0\0\0\xFF\xC0\0\x0B\x08\x00\xC8\x01\x40\x03\0\0\0"),
     200, 320},
    {"image/avif",
     STR_INIT(
         "\0\0\0\x14"
         "ftypavif\0\0\0\0mif1\0\0\0\x50meta\0\0\0\0\0\0\0\x44iprp\0\0\0\x3Cipco"
         "\0\0\0\x14ispe\0\0\0\0\0\0\0\x40\0\0\0\x30\0\0\0\x14ispe\0\0\0\0\0\0\x01\x40\0\0\0\xC8"
         "\0\0\0\x0Cirot\x01\0\0\0"),
     200, 320},
    {"image/svg+xml",
     STR_INIT(
         "\xEF\xBB\xBF<?xml version='1.0'?>\n<!-- <svg width='1'> -->\n<svg\n  width=\"320px\" "
         "height='200.4'>"),
     320, 200},
    {"image/svg+xml", STR_INIT("<svg viewBox='-8 -8 32,20' xmlns='x'/>"), 32, 20},
    {"image/svg+xml", STR_INIT("<svg width='100%' height='100' viewBox='0 0 32 20'>"), 160, 100},
    {"image/svg+xml", STR_INIT("<svg>"), 0, 0},
};
enum { SAMPLE_COUNT = sizeof samples / sizeof *samples };

static void every_format_tells_its_size(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLE_COUNT; i++) {
        struct image_size size = image_size_of(samples[i].bytes);
        print_message("%s %zu\n", samples[i].type, i);
        assert_string_equal(image_media_type(samples[i].bytes), samples[i].type);
        assert_int_equal(size.width, samples[i].width);
        assert_int_equal(size.height, samples[i].height);
    }
}

/* Each one cut at every byte, in memory of just that length. */
static void a_file_that_is_cut_is_no_larger_than_it_was(void **state)
{
    (void)state;
    for (size_t i = 0; i < SAMPLE_COUNT; i++) {
        for (size_t n = 1; n < samples[i].bytes.len; n++) {
            char *copy = malloc(n);
            assert_non_null(copy);
            memcpy(copy, samples[i].bytes.ptr, n);
            struct image_size size = image_size_of(str_make(copy, n));
            assert_true(size.width <= 100000 && size.height <= 100000);
            free(copy);
        }
    }
}

static void what_is_no_image_has_no_size(void **state)
{
    (void)state;
    static const struct str others[] = {
        STR_INIT(""),
        STR_INIT("<p>"),
        STR_INIT("%PDF-1.4"),
        STR_INIT("RIFF....WAVE"),
        STR_INIT("\xFF\xD8\xFF\xC0\0\x0B\x08\0\0\0\0\0"),
        STR_INIT("<svg width='1e9' height='1'>"),
        STR_INIT("<svg height='50000' viewBox='0 0 85899.4 1'>"),
        STR_INIT("<svg height='999999' viewBox='0 0 999999 1e-300'>"),
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(image_size_of(others[i]).width, 0);
    assert_null(image_media_type(others[1]));
}

TEST_MAIN(cmocka_unit_test(every_format_tells_its_size),
          cmocka_unit_test(a_file_that_is_cut_is_no_larger_than_it_was),
          cmocka_unit_test(what_is_no_image_has_no_size))
