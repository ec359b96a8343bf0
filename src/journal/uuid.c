/* Owns the form of UUIDs. */
#include "journal/uuid.h"

#include <string.h>

enum { TIME_SIZE = 6, SIZE = TIME_SIZE + UUID_RANDOM_SIZE };

void uuid_write(char out[UUID_LEN], int64_t ms, const unsigned char random[UUID_RANDOM_SIZE])
{
    static const char hex[] = "0123456789abcdef";
    unsigned char bytes[SIZE];
    for (int i = 0; i < TIME_SIZE; i++)
        bytes[i] = (unsigned char)((uint64_t)ms >> (40 - 8 * i));
    memcpy(bytes + TIME_SIZE, random, UUID_RANDOM_SIZE);
    bytes[6] = (unsigned char)(0x70 | (bytes[6] & 0x0F)); /* version */
    bytes[8] = (unsigned char)(0x80 | (bytes[8] & 0x3F)); /* variant */
    for (int i = 0; i < SIZE; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *out++ = '-';
        *out++ = hex[bytes[i] >> 4];
        *out++ = hex[bytes[i] & 15];
    }
}
