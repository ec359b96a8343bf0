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

/* Writes sixteen hexadecimal digits. */
static inline void digits_hex(char *out, uint64_t number)
{
    typedef uint64_t pair __attribute__((vector_size(16)));
    typedef unsigned char digits __attribute__((vector_size(16)));
    const uint64_t nibbles = 0x0F0F0F0F0F0F0F0FU;
    uint64_t bytes = __builtin_bswap64(number);
    pair both = (pair){bytes >> 4, bytes} & nibbles;
    digits all = __builtin_shufflevector((digits)both, (digits)(pair){both[1], 0}, 0, 16, 1, 17, 2,
                                         18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    all += '0' + ((digits)(all > 9) & ('a' - '0' - 10));
    memcpy(out, &all, sizeof all);
}

/* Eight decimal digits of a number below 100 000 000 in the bytes of a word, the first one lowest:
 * halved, halved again, and again, all parts at once. */
static inline uint64_t digits_eight(uint64_t number)
{
    uint64_t x = number / 10000 | number % 10000 << 32;
    uint64_t high = x * 10486 >> 20 & 0x0000007F0000007FU;
    x = high | (x - high * 100) << 16;
    high = x * 103 >> 10 & 0x000F000F000F000FU;
    return high | (x - high * 10) << 8;
}

enum { DIGITS_ROOM = 24 };

/* Writes a number without zeros before it; returns its end. No more than DIGITS_ROOM bytes are
 * touched. */
static inline char *digits_write(char *out, uint64_t number)
{
    const uint64_t all = 100000000;
    const uint64_t zeros = 0x3030303030303030U;
    uint64_t eight;
    if (number >= all) {
        out = digits_write(out, number / all);
        eight = digits_eight(number % all) + zeros;
        memcpy(out, &eight, sizeof eight);
        return out + sizeof eight;
    }
    eight = digits_eight(number);
    unsigned leading = (unsigned)__builtin_ctzll(eight | UINT64_C(1) << 56) / 8;
    eight = (eight + zeros) >> leading * 8;
    memcpy(out, &eight, sizeof eight);
    return out + sizeof eight - leading;
}

#endif
