/* Owns reading dates out of ids. */
#include "journal/token_date.h"

/* A character's worth, and one more; 0: it has none. */
static const unsigned char digits[256] = {
    ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,  ['H'] = 8,
    ['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
    ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
    ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
    ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
    ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
    ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['-'] = 63, ['_'] = 64,
};

int64_t token_date(struct str id)
{
    if (id.len != TOKEN_ID_LEN || id.ptr[0] != 'A' || id.ptr[TOKEN_DATE_LEN] != 'A')
        return -1;
    const unsigned char *text = (const unsigned char *)id.ptr;
    uint32_t a = digits[text[1]], b = digits[text[2]], c = digits[text[3]], d = digits[text[4]];
    if (a == 0 || b == 0 || c == 0 || d == 0)
        return -1;
    return (int64_t)((a - 1) << 18 | (b - 1) << 12 | (c - 1) << 6 | (d - 1)) << 18;
}
