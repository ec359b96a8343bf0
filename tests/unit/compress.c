/* Compression: what comes out is smaller, always the same, and unpacks to what went in. */
#include "site/compress.h"

#include "support/test.h"

#include <brotli/decode.h>
#include <zlib.h>

static void unpack_gzip(struct str packed, struct str expected)
{
    char *out = malloc(expected.len + 1);
    assert_non_null(out);
    z_stream stream = {
        .next_in = (z_const Bytef *)packed.ptr,
        .avail_in = (uInt)packed.len,
        .next_out = (Bytef *)out,
        .avail_out = (uInt)expected.len + 1,
    };
    assert_int_equal(inflateInit2(&stream, MAX_WBITS + 16), Z_OK);
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(stream.avail_in, 0);
    assert_str(str_make(out, stream.total_out), expected);
    (void)inflateEnd(&stream);
    free(out);
}

static void unpack_brotli(struct str packed, struct str expected)
{
    size_t room = expected.len + 1;
    uint8_t *out = malloc(room);
    assert_non_null(out);
    assert_int_equal(BrotliDecoderDecompress(packed.len, (const uint8_t *)packed.ptr, &room, out),
                     BROTLI_DECODER_RESULT_SUCCESS);
    assert_str(str_make((const char *)out, room), expected);
    free(out);
}

static void check_both_ways(struct str body)
{
    for (enum tier tier = TIER_QUICK; tier <= TIER_BEST; tier++) {
        struct buf gzip = BUF_EMPTY;
        struct buf brotli = BUF_EMPTY;
        assert_int_equal(compress_body(CODING_GZIP, tier, body, &gzip), 0);
        assert_int_equal(compress_body(CODING_BROTLI, tier, body, &brotli), 0);
        unpack_gzip(buf_str(&gzip), body);
        unpack_brotli(buf_str(&brotli), body);
        buf_finish(&gzip);
        buf_finish(&brotli);
    }
}

/* Text of about the kind of a page: few words, often. */
static void make_page(struct buf *out, size_t size)
{
    static const char *const words[] = {"scarpe ", "<p>", "correre ", "negozio ", "</p>\n", "per "};
    for (unsigned n = 1; out->len < size; n = n * 1103515245U + 12345U)
        buf_append(out, str_from(words[(n >> 16) % 6]));
}

static void make_noise(struct buf *out, size_t size)
{
    for (unsigned n = 1; out->len < size; n = n * 1103515245U + 12345U)
        buf_append_char(out, (char)(n >> 16));
}

static void every_size_unpacks_to_what_was_packed(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 100, 511, 512, 1008, 1009, 10000, 70000, 300000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct buf page = BUF_EMPTY;
        struct buf noise = BUF_EMPTY;
        make_page(&page, sizes[i]);
        make_noise(&noise, sizes[i]);
        check_both_ways(buf_str(&page));
        check_both_ways(buf_str(&noise));
        buf_finish(&page);
        buf_finish(&noise);
    }
}

static size_t packed_size(enum coding coding, enum tier tier, struct str body)
{
    struct buf out = BUF_EMPTY;
    assert_int_equal(compress_body(coding, tier, body, &out), 0);
    size_t size = out.len;
    buf_finish(&out);
    return size;
}

static void the_best_tier_is_the_smallest_of_all(void **state)
{
    (void)state;
    struct buf page = BUF_EMPTY;
    make_page(&page, 10000);
    struct str body = buf_str(&page);
    size_t quick = packed_size(CODING_BROTLI, TIER_QUICK, body);
    size_t best = packed_size(CODING_BROTLI, TIER_BEST, body);
    assert_true(best < quick);
    assert_true(quick < body.len / 2);
    assert_true(best < packed_size(CODING_GZIP, TIER_BEST, body));
    buf_finish(&page);
}

static void what_is_said_twice_far_apart_is_sent_once(void **state)
{
    (void)state;
    struct buf body = BUF_EMPTY;
    make_noise(&body, 100000);
    struct str once = str_make(body.ptr, 100000);
    char *copy = malloc(once.len);
    assert_non_null(copy);
    memcpy(copy, once.ptr, once.len);
    buf_append(&body, str_make(copy, 100000));
    free(copy);

    assert_true(packed_size(CODING_BROTLI, TIER_QUICK, buf_str(&body)) < 110000);
    assert_true(packed_size(CODING_BROTLI, TIER_BEST, buf_str(&body)) < 110000);
    buf_finish(&body);
}

static void the_same_page_always_gives_the_same_bytes(void **state)
{
    (void)state;
    struct buf page = BUF_EMPTY;
    make_page(&page, 5000);
    for (enum coding coding = CODING_GZIP; coding <= CODING_BROTLI; coding++) {
        struct buf first = BUF_EMPTY;
        struct buf second = BUF_EMPTY;
        assert_int_equal(compress_body(coding, TIER_QUICK, buf_str(&page), &first), 0);
        assert_int_equal(compress_body(coding, TIER_QUICK, buf_str(&page), &second), 0);
        assert_str(buf_str(&first), buf_str(&second));
        if (coding == CODING_GZIP) /* no flags, no time: RFC 1952 2.3 */
            assert_memory_equal(first.ptr, "\x1F\x8B\x08\0\0\0\0\0", 8);
        buf_finish(&first);
        buf_finish(&second);
    }
    buf_finish(&page);
}

TEST_MAIN(cmocka_unit_test(every_size_unpacks_to_what_was_packed),
          cmocka_unit_test(the_best_tier_is_the_smallest_of_all),
          cmocka_unit_test(what_is_said_twice_far_apart_is_sent_once),
          cmocka_unit_test(the_same_page_always_gives_the_same_bytes))
