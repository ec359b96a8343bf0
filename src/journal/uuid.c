/* Owns the form of UUIDs. */
#include "journal/uuid.h"

#include "journal/digits.h"

void uuid_write(char out[UUID_LEN], int64_t ms, const unsigned char random[UUID_RANDOM_SIZE])
{
    const uint64_t version = 0x7000;
    const uint64_t variant = 0x8000000000000000;
    uint16_t a;
    uint32_t b;
    uint32_t c;
    memcpy(&a, random, sizeof a);
    memcpy(&b, random + sizeof a, sizeof b);
    memcpy(&c, random + sizeof a + sizeof b, sizeof c);

    char digits[32];
    digits_hex(digits, (uint64_t)ms << 16 | version | (a & 0x0FFFU));
    digits_hex(digits + 16, variant | (uint64_t)(b & 0x3FFFFFFFU) << 32 | c);
    out[8] = out[13] = out[18] = out[23] = '-';
    memcpy(out, digits, 8);
    memcpy(out + 9, digits + 8, 4);
    memcpy(out + 14, digits + 12, 4);
    memcpy(out + 19, digits + 16, 4);
    memcpy(out + 24, digits + 20, 12);
}
