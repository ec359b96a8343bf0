/* Owns the form of tokens.
 *
 * 48 bits of time, 8 of flags and 64 of chance are the id, 20 characters; 64 bits of SipHash are
 * the signature, 11 characters. Three bytes are four characters, so that the id is a token's
 * beginning. */
#include "capture/token.h"

enum {
    ID_BYTES = 15,
    SIGNATURE_BYTES = 8,
    TOKEN_BYTES = ID_BYTES + SIGNATURE_BYTES,
    CLIENT_BASE64_LEN = 22,
    CLIENT_HEX_LEN = 32,
    CLIENT_DIGITS_MIN = 24, /* four numbers of 32 bits, one behind the other */
    CLIENT_DIGITS_MAX = 40,
    PATH_MAX_SIGNED = 256, /* a longer path is signed by its digest */
    FLAG_PREFETCH = 1,
};

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void token_key_init(struct token_key *key, const unsigned char secret[HASH_KEY_SIZE])
{
    hash_derive_short_key(key->bytes, secret, STR("page view token"));
}

static uint64_t sign(const struct token_key *key, const unsigned char id[ID_BYTES],
                     const struct token_page *page)
{
    char bytes[ID_BYTES + HASH_TEXT_SIZE + PATH_MAX_SIGNED];
    char *at = bytes;
    struct str rev = page->rev;
    struct str path = page->path;
    uint64_t digest;
    if (path.len > PATH_MAX_SIGNED) {
        digest = hash_short(key->bytes, path);
        path = str_make((const char *)&digest, sizeof digest);
    }
    if (rev.len > HASH_TEXT_SIZE - 1)
        rev.len = HASH_TEXT_SIZE - 1;
    memcpy(at, id, ID_BYTES);
    at += ID_BYTES;
    *at++ = (char)rev.len;
    if (rev.len > 0)
        memcpy(at, rev.ptr, rev.len);
    at += rev.len;
    if (path.len > 0)
        memcpy(at, path.ptr, path.len);
    at += path.len;
    return hash_short(key->bytes, str_make(bytes, (size_t)(at - bytes)));
}

static void put_big_endian(unsigned char *out, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        out[i] = (unsigned char)(value >> 8 * (bytes - 1 - i));
}

static uint64_t get_big_endian(const unsigned char *in, unsigned bytes)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes; i++)
        value = value << 8 | in[i];
    return value;
}

/* Three bytes are four characters; two that are left over are three. */
static void encode(char *out, const unsigned char in[TOKEN_BYTES])
{
    unsigned i = 0;
    for (; i + 3 <= TOKEN_BYTES; i += 3) {
        unsigned bits = (unsigned)in[i] << 16 | (unsigned)in[i + 1] << 8 | in[i + 2];
        *out++ = alphabet[bits >> 18];
        *out++ = alphabet[bits >> 12 & 63];
        *out++ = alphabet[bits >> 6 & 63];
        *out++ = alphabet[bits & 63];
    }
    unsigned bits = (unsigned)in[i] << 8 | in[i + 1];
    *out++ = alphabet[bits >> 10];
    *out++ = alphabet[bits >> 4 & 63];
    *out = alphabet[bits << 2 & 63];
}

static int digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '-' ? 62 : c == '_' ? 63 : -1;
}

/* False where a character is not of the alphabet, or bits are set that no byte has. */
static bool decode(unsigned char out[TOKEN_BYTES], struct str token)
{
    unsigned bits = 0;
    unsigned count = 0;
    for (size_t i = 0; i < token.len; i++) {
        int value = digit(token.ptr[i]);
        if (value < 0)
            return false;
        bits = bits << 6 | (unsigned)value;
        count += 6;
        if (count >= 8) {
            count -= 8;
            *out++ = (unsigned char)(bits >> count);
            bits &= (1U << count) - 1;
        }
    }
    return bits == 0;
}

void token_write(char *out, const struct token_key *key, const struct token_facts *facts,
                 const struct token_page *page)
{
    unsigned char bytes[TOKEN_BYTES];
    put_big_endian(bytes, (uint64_t)facts->ms, 6);
    bytes[6] = facts->prefetch ? FLAG_PREFETCH : 0;
    memcpy(bytes + 7, &facts->random, sizeof facts->random);
    put_big_endian(bytes + ID_BYTES, sign(key, bytes, page), SIGNATURE_BYTES);
    encode(out, bytes);
}

static bool is_of_alphabet(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (digit(text.ptr[i]) < 0)
            return false;
    return true;
}

static bool is_of_client(struct str token)
{
    size_t digits = 0;
    while (digits < token.len && token.ptr[digits] >= '0' && token.ptr[digits] <= '9')
        digits++;
    if (digits == token.len && digits >= CLIENT_DIGITS_MIN && digits <= CLIENT_DIGITS_MAX)
        return true;
    return (token.len == CLIENT_BASE64_LEN || token.len == CLIENT_HEX_LEN) && is_of_alphabet(token);
}

enum token_verdict token_read(struct token_facts *facts, struct str token,
                              const struct token_key *key, const struct token_page *page,
                              int64_t now_ms)
{
    unsigned char bytes[TOKEN_BYTES];
    if (token.len == 0)
        return TOKEN_ABSENT;
    if (is_of_client(token))
        return TOKEN_CLIENT;
    if (token.len != TOKEN_LEN || !decode(bytes, token))
        return TOKEN_FORGED;
    /* Compared as one number: nothing tells how much of it was right. */
    if (get_big_endian(bytes + ID_BYTES, SIGNATURE_BYTES) != sign(key, bytes, page))
        return TOKEN_FORGED;

    facts->ms = (int64_t)get_big_endian(bytes, 6);
    facts->prefetch = bytes[6] & FLAG_PREFETCH;
    memcpy(&facts->random, bytes + 7, sizeof facts->random);
    int64_t age = now_ms - facts->ms; /* negative where the clock has stepped back */
    return age > TOKEN_LIFE_MS || age < -TOKEN_LIFE_MS ? TOKEN_OLD : TOKEN_GOOD;
}

struct str token_id(struct str token)
{
    bool is_ours = token.len == TOKEN_LEN && !is_of_client(token);
    return is_ours ? str_make(token.ptr, TOKEN_ID_LEN) : token;
}

bool token_has_form(struct str text)
{
    return is_of_client(text) || (text.len == TOKEN_LEN && is_of_alphabet(text));
}
