/* The alphabet of base64url (RFC 4648 section 5). */
#ifndef ATTIMO_BASE_BASE64URL_H
#define ATTIMO_BASE_BASE64URL_H

#include "base/str.h"

extern const char base64url_alphabet[65];
extern const unsigned char base64url_worths[256]; /* and one more; 0: it is not of the alphabet */

/* What a character is worth, 0 to 63; -1: it is not of the alphabet. */
static inline int base64url_digit(char c)
{
    return base64url_worths[(unsigned char)c] - 1;
}

/* Whether all of `text` is of the alphabet: letters, digits, `-` and `_`. An empty one is. */
bool base64url_spells(struct str text);

#endif
