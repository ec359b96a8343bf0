/* Owns reading dates out of ids. */
#include "journal/token_date.h"

#include "base/base64url.h"

/* Those behind the A, of 24 bits in all. */
enum { DIGITS = 4 };

int64_t token_date(struct str id)
{
    if (id.len != TOKEN_ID_LEN || id.ptr[0] != 'A' || id.ptr[TOKEN_DATE_LEN] != 'A')
        return -1;
    int64_t date = 0;
    for (size_t i = 1; i <= DIGITS; i++) {
        int digit = base64url_digit(id.ptr[i]);
        if (digit < 0)
            return -1;
        date = date << 6 | digit;
    }
    return date * TOKEN_DATE_STEP;
}
