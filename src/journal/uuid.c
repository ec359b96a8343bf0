/* Owns the form of UUIDs. */
#include "journal/uuid.h"

#include "journal/digits.h"

void uuid_write(char out[UUID_LEN], int64_t ms, const unsigned char random[UUID_RANDOM_SIZE])
{
    const uint32_t version = 0x7000;
    const uint32_t variant = 0x80000000;
    uint16_t a;
    uint32_t b;
    uint32_t c;
    memcpy(&a, random, sizeof a);
    memcpy(&b, random + sizeof a, sizeof b);
    memcpy(&c, random + sizeof a + sizeof b, sizeof c);

    char second[8];
    char third[8];
    digits_hex(out, (uint32_t)((uint64_t)ms >> 16));
    digits_hex(second, (uint32_t)((uint64_t)ms << 16) | version | (a & 0x0FFFU));
    digits_hex(third, variant | (b & 0x3FFFFFFFU));
    digits_hex(out + 28, c);
    out[8] = out[13] = out[18] = out[23] = '-';
    memcpy(out + 9, second, 4);
    memcpy(out + 14, second + 4, 4);
    memcpy(out + 19, third, 4);
    memcpy(out + 24, third + 4, 4);
}
