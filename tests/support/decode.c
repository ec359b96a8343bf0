/* Owns the decoders that tests compare with. */
#include "support/decode.h"

#include "support/test.h"

#include <brotli/decode.h>
#define ZLIB_CONST
#include <zlib.h>

enum { DECODED_MAX = 4 * 1024 * 1024 };

static void decode_gzip(struct str body, struct buf *out)
{
    enum { GZIP_ONLY = 15 + 16 };
    z_stream z = {0};
    assert_int_equal(inflateInit2(&z, GZIP_ONLY), Z_OK);
    z.next_in = (const Bytef *)body.ptr;
    z.avail_in = (uInt)body.len;
    z.next_out = (Bytef *)buf_reserve(out, DECODED_MAX);
    z.avail_out = DECODED_MAX;
    int rc = inflate(&z, Z_FINISH);
    out->len += DECODED_MAX - z.avail_out;
    (void)inflateEnd(&z);
    assert_int_equal(rc, Z_STREAM_END);
    assert_int_equal(z.avail_in, 0);
}

static void decode_brotli(struct str body, struct buf *out)
{
    size_t n = DECODED_MAX;
    uint8_t *to = (uint8_t *)buf_reserve(out, DECODED_MAX);
    assert_int_equal(BrotliDecoderDecompress(body.len, (const uint8_t *)body.ptr, &n, to),
                     BROTLI_DECODER_RESULT_SUCCESS);
    out->len += n;
}

void decode(struct str coding, struct str body, struct buf *out)
{
    if (coding.len == 0)
        buf_append(out, body);
    else if (str_eq(coding, STR("gzip")))
        decode_gzip(body, out);
    else if (str_eq(coding, STR("br")))
        decode_brotli(body, out);
    else
        fail_msg("unknown coding \"%.*s\"", STR_ARG(coding));
    assert_int_equal(buf_status(out), 0);
}
