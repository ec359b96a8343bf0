/* Owns libsodium. */
#include "base/hash.h"

#include "base/err.h"

#include <sodium.h>

enum { DIGEST_SIZE = 16, TEXT_BYTES = 12 };

int hash_init(void)
{
    return sodium_init() < 0 ? ERR_IO : 0;
}

static void digest_text(char out[HASH_TEXT_SIZE], const unsigned char *key, const struct str *parts,
                        size_t count)
{
    unsigned char digest[DIGEST_SIZE];
    crypto_generichash_state state;
    (void)crypto_generichash_init(&state, key, key ? HASH_KEY_SIZE : 0, sizeof digest);
    for (size_t i = 0; i < count; i++)
        (void)crypto_generichash_update(&state, (const unsigned char *)parts[i].ptr, parts[i].len);
    (void)crypto_generichash_final(&state, digest, sizeof digest);
    (void)sodium_bin2base64(out, HASH_TEXT_SIZE, digest, TEXT_BYTES,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

void hash_text(char out[HASH_TEXT_SIZE], const struct str *parts, size_t count)
{
    digest_text(out, NULL, parts, count);
}

void hash_keyed_text(char out[HASH_TEXT_SIZE], const unsigned char key[HASH_KEY_SIZE],
                     const struct str *parts, size_t count)
{
    digest_text(out, key, parts, count);
}

bool hash_equal(const char a[HASH_TEXT_SIZE], const char b[HASH_TEXT_SIZE])
{
    return sodium_memcmp(a, b, HASH_TEXT_SIZE) == 0;
}

void hash_sha256_base64(char out[HASH_BASE64_SIZE], struct str s)
{
    unsigned char digest[HASH_SHA256_SIZE];
    (void)crypto_hash_sha256(digest, (const unsigned char *)s.ptr, s.len);
    (void)sodium_bin2base64(out, HASH_BASE64_SIZE, digest, sizeof digest,
                            sodium_base64_VARIANT_ORIGINAL);
}

void hash_append_base64(struct str bytes, struct buf *out)
{
    size_t size = sodium_base64_ENCODED_LEN(bytes.len, sodium_base64_VARIANT_ORIGINAL);
    char *at = buf_reserve(out, size);
    if (!at)
        return;
    (void)sodium_bin2base64(at, size, (const unsigned char *)bytes.ptr, bytes.len,
                            sodium_base64_VARIANT_ORIGINAL);
    out->len += size - 1; /* without its NUL */
}

void hash_random(void *out, size_t n)
{
    randombytes_buf(out, n);
}

void hash_derive_short_key(unsigned char out[HASH_SHORT_KEY_SIZE],
                           const unsigned char key[HASH_KEY_SIZE], struct str purpose)
{
    (void)crypto_generichash(out, HASH_SHORT_KEY_SIZE, (const unsigned char *)purpose.ptr,
                             purpose.len, key, HASH_KEY_SIZE);
}

uint64_t hash_short(const unsigned char key[HASH_SHORT_KEY_SIZE], struct str bytes)
{
    uint64_t out;
    (void)crypto_shorthash_siphash24((unsigned char *)&out, (const unsigned char *)bytes.ptr,
                                     bytes.len, key);
    return out;
}

uint64_t hash_pair(struct str a, struct str b)
{
    unsigned char key[HASH_SHORT_KEY_SIZE] = {0};
    uint64_t first = hash_short(key, a);
    memcpy(key, &first, sizeof first);
    key[sizeof first] = 1;
    return hash_short(key, b);
}

/* The key at the front is replaced together with the numbers behind it. */
static void refill(struct random_stream *stream)
{
    static const unsigned char nonce[crypto_stream_chacha20_NONCEBYTES];
    unsigned char key[HASH_KEY_SIZE];
    memcpy(key, stream->block, sizeof key);
    (void)crypto_stream_chacha20(stream->block, sizeof stream->block, nonce, key);
    sodium_memzero(key, sizeof key);
    stream->used = sizeof key;
}

void random_stream_init(struct random_stream *stream, const unsigned char seed[HASH_KEY_SIZE])
{
    if (seed)
        memcpy(stream->block, seed, HASH_KEY_SIZE);
    else
        hash_random(stream->block, HASH_KEY_SIZE);
    refill(stream);
}

uint64_t random_stream_next(struct random_stream *stream)
{
    uint64_t out;
    if (stream->used == sizeof stream->block)
        refill(stream);
    memcpy(&out, stream->block + stream->used, sizeof out);
    memset(stream->block + stream->used, 0, sizeof out);
    stream->used += sizeof out;
    return out;
}
