/* Owns brotli and zlib. */
#include "site/compress.h"

#include "base/err.h"

#include <assert.h>
#include <brotli/encode.h>
#include <limits.h>
#include <zlib.h>

/* The smallest exponent from `low` to `high` whose window holds `size` bytes. A window beyond the
 * text saves nothing, and costs memory here and on the phone that unpacks it. */
static int window_bits(size_t size, int low, int high)
{
    int bits = low;
    while (bits < high && ((size_t)1 << bits) < size)
        bits++;
    return bits;
}

static int compress_brotli(enum tier tier, struct str body, struct buf *out)
{
    /* A brotli window of n bits reaches 16 bytes less than 2^n (RFC 7932 section 9.1). */
    int bits = window_bits(body.len + 16, BROTLI_MIN_WINDOW_BITS, BROTLI_MAX_WINDOW_BITS);
    int quality = tier == TIER_BEST ? 11 : 4;
    size_t room = BrotliEncoderMaxCompressedSize(body.len);
    uint8_t *at = (uint8_t *)buf_reserve(out, room);
    if (!at || !BrotliEncoderCompress(quality, bits, BROTLI_MODE_TEXT, body.len,
                                      (const uint8_t *)body.ptr, &room, at))
        return ERR_NO_MEMORY;
    out->len += room;
    return 0;
}

/* deflateInit2 writes a fixed header: no time, no name. */
static int compress_gzip(enum tier tier, struct str body, struct buf *out)
{
    enum { GZIP_WRAPPER = 16, WINDOW_MIN = 9, MEMORY_LEVEL = 8 };
    z_stream stream = {0};
    int bits = window_bits(body.len, WINDOW_MIN, MAX_WBITS);
    int level = tier == TIER_BEST ? 9 : 1;
    if (body.len > UINT_MAX || deflateInit2(&stream, level, Z_DEFLATED, bits + GZIP_WRAPPER,
                                            MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
        return ERR_NO_MEMORY;

    int rc = ERR_NO_MEMORY;
    uLong room = deflateBound(&stream, body.len);
    char *at = room <= UINT_MAX ? buf_reserve(out, room) : NULL;
    if (at) {
        stream.next_in = (z_const Bytef *)body.ptr;
        stream.avail_in = (uInt)body.len;
        stream.next_out = (Bytef *)at;
        stream.avail_out = (uInt)room;
        int end = deflate(&stream, Z_FINISH);
        assert(end == Z_STREAM_END);
        (void)end;
        out->len += stream.total_out;
        rc = 0;
    }
    (void)deflateEnd(&stream);
    return rc;
}

int compress_body(enum coding coding, enum tier tier, struct str body, struct buf *out)
{
    assert(coding == CODING_BROTLI || coding == CODING_GZIP);
    return coding == CODING_BROTLI ? compress_brotli(tier, body, out)
                                   : compress_gzip(tier, body, out);
}
