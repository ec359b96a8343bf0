/* Owns the form of tokens.
 *
 * 48 bits of time, 8 of flags and 64 of chance are the id, 20 characters; 64 bits of SipHash are
 * the signature, 11 characters. Three bytes are four characters, so that the id is a token's
 * beginning. */
#include "capture/token.h"

#include "base/base64url.h"

#ifdef __SSSE3__
#include <tmmintrin.h>
#endif

enum {
    ID_BYTES = 15,
    SIGNATURE_BYTES = 8,
    TOKEN_BYTES = ID_BYTES + SIGNATURE_BYTES,
    CLIENT_BASE64_LEN = 22,
    CLIENT_HEX_LEN = 32,
    CLIENT_DIGITS_MIN = 24, /* four numbers of 32 bits, one behind the other */
    CLIENT_DIGITS_MAX = 40,
    FLAG_PREFETCH = 1,
};

void token_key_init(struct token_key *key, const unsigned char secret[HASH_KEY_SIZE])
{
    hash_derive_short_key(key->bytes, secret, STR("page view token"));
}

static uint64_t sign(const struct token_key *key, const unsigned char id[ID_BYTES], uint64_t page)
{
    char bytes[ID_BYTES + sizeof page];
    memcpy(bytes, id, ID_BYTES);
    memcpy(bytes + ID_BYTES, &page, sizeof page);
    return hash_short(key->bytes, str_make(bytes, sizeof bytes));
}

/* With a constant number of bytes, this is one instruction or two. */
static inline __attribute__((always_inline)) void put_big_endian(unsigned char *out, uint64_t value,
                                                                 unsigned bytes)
{
    value = __builtin_bswap64(value << (64 - 8 * bytes));
    memcpy(out, &value, bytes);
}

static uint64_t get_big_endian(const unsigned char *in, unsigned bytes)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes; i++)
        value = value << 8 | in[i];
    return value;
}

#ifdef __SSSE3__

/* Twelve bytes of `in`, which has sixteen, as sixteen characters. */
static void encode_twelve(char *out, const unsigned char *in)
{
    const __m128i each = _mm_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10);
    /* What must be added to a number to make it its character, by the number's kind: 0 for small
     * letters, 1 to 10 for the digits, 11 and 12 for the rest, 13 for capitals. */
    const __m128i shifts =
        _mm_setr_epi8('a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
                      '0' - 52, '0' - 52, '0' - 52, '0' - 52, '-' - 62, '_' - 63, 'A', 0, 0);
    __m128i bytes = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)in), each);
    __m128i high = _mm_mulhi_epu16(_mm_and_si128(bytes, _mm_set1_epi32(0x0fc0fc00)),
                                   _mm_set1_epi32(0x04000040));
    __m128i low = _mm_mullo_epi16(_mm_and_si128(bytes, _mm_set1_epi32(0x003f03f0)),
                                  _mm_set1_epi32(0x01000010));
    __m128i numbers = _mm_or_si128(high, low);
    __m128i is_capital = _mm_cmpgt_epi8(_mm_set1_epi8(26), numbers);
    __m128i kinds = _mm_or_si128(_mm_subs_epu8(numbers, _mm_set1_epi8(51)),
                                 _mm_and_si128(is_capital, _mm_set1_epi8(13)));
    __m128i characters = _mm_add_epi8(numbers, _mm_shuffle_epi8(shifts, kinds));
    _mm_storeu_si128((__m128i *)(void *)out, characters);
}

#else

static void encode_twelve(char *out, const unsigned char *in)
{
    for (const unsigned char *end = in + 12; in < end; in += 3) {
        unsigned bits = (unsigned)in[0] << 16 | (unsigned)in[1] << 8 | in[2];
        *out++ = base64url_alphabet[bits >> 18];
        *out++ = base64url_alphabet[bits >> 12 & 63];
        *out++ = base64url_alphabet[bits >> 6 & 63];
        *out++ = base64url_alphabet[bits & 63];
    }
}

#endif

/* False where a character is not of the alphabet, or bits are set that no byte has. */
static bool decode(unsigned char out[TOKEN_BYTES], struct str token)
{
    unsigned bits = 0;
    unsigned count = 0;
    for (size_t i = 0; i < token.len; i++) {
        int value = base64url_digit(token.ptr[i]);
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
                 uint64_t page)
{
    /* The last character has four bits of a byte; what stands behind the bytes is only read. */
    unsigned char bytes[TOKEN_BYTES + 1 + 4] = {0};
    char text[TOKEN_LEN + 1];
    put_big_endian(bytes, (uint64_t)facts->ms, 6);
    bytes[6] = facts->prefetch ? FLAG_PREFETCH : 0;
    memcpy(bytes + 7, &facts->random, sizeof facts->random);
    put_big_endian(bytes + ID_BYTES, sign(key, bytes, page), SIGNATURE_BYTES);
    encode_twelve(text, bytes);
    encode_twelve(text + 16, bytes + 12);
    memcpy(out, text, TOKEN_LEN);
}

static bool is_of_alphabet(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if (base64url_digit(text.ptr[i]) < 0)
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
                              const struct token_key *key, uint64_t page, int64_t now_ms)
{
    unsigned char bytes[TOKEN_BYTES] = {0};
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
