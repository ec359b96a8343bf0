/* Hexadecimal digits, small and capital. */
#ifndef ATTIMO_BASE_HEX_H
#define ATTIMO_BASE_HEX_H

/* What a digit is worth, 0 to 15; -1: it is none. */
static inline int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

#endif
