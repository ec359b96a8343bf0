/* Numbers as digits, several at a time: an event has some sixty of them. */
#ifndef ATTIMO_JOURNAL_DIGITS_H
#define ATTIMO_JOURNAL_DIGITS_H

#include <stdint.h>
#include <string.h>

/* Writes `number`, below 100, as two decimal digits. */
static inline void digits_pair(char *out, unsigned number)
{
    static const char pairs[] = "00010203040506070809101112131415161718192021222324"
                                "25262728293031323334353637383940414243444546474849"
                                "50515253545556575859606162636465666768697071727374"
                                "75767778798081828384858687888990919293949596979899";
    memcpy(out, pairs + (size_t)number * 2, 2);
}

/* Writes eight hexadecimal digits. */
static inline void digits_hex(char *out, uint32_t number)
{
    /* One nibble in each byte, the first one first. */
    uint64_t x = __builtin_bswap32(number);
    x = (x | x << 16) & 0x0000FFFF0000FFFFU;
    x = (x | x << 8) & 0x00FF00FF00FF00FFU;
    x = (x << 8 | x >> 4) & 0x0F0F0F0F0F0F0F0FU;
    uint64_t is_letter = (x + 0x0606060606060606U) >> 4 & 0x0101010101010101U;
    x += 0x3030303030303030U + is_letter * ('a' - '0' - 10);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    x = __builtin_bswap64(x);
#endif
    memcpy(out, &x, sizeof x);
}

#endif
