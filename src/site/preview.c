/* Owns the form of preview tokens: the second when they end, and a keyed digest of it and the path.
 */
#include "site/preview.h"

#include <stdio.h>

static const struct str parameter = STR_INIT("preview=");

static void sign(char out[HASH_TEXT_SIZE], const unsigned char key[HASH_KEY_SIZE], struct str until,
                 struct str path)
{
    /* The name keeps this use of the key apart from others. */
    const struct str parts[] = {STR("preview "), until, STR(" "), path};
    hash_keyed_text(out, key, parts, sizeof parts / sizeof *parts);
}

void preview_append_token(struct buf *out, const unsigned char key[HASH_KEY_SIZE], struct str path,
                          time_t until)
{
    char digits[24];
    char signature[HASH_TEXT_SIZE];
    int length = snprintf(digits, sizeof digits, "%lld", (long long)until);
    sign(signature, key, str_make(digits, (size_t)length), path);
    buf_printf(out, "%s.%s", digits, signature);
}

static bool is_good(struct str token, const unsigned char key[HASH_KEY_SIZE], struct str path,
                    time_t now)
{
    struct str until;
    uint64_t end;
    char expected[HASH_TEXT_SIZE];
    char given[HASH_TEXT_SIZE] = {0};
    if (!str_split(&token, '.', &until) || token.len != HASH_TEXT_SIZE - 1 ||
        str_to_u64(until, &end) != 0 || now < 0 || end < (uint64_t)now)
        return false;
    memcpy(given, token.ptr, token.len);
    sign(expected, key, until, path);
    return hash_equal(expected, given);
}

bool preview_is_allowed(struct str query, const unsigned char key[HASH_KEY_SIZE], struct str path,
                        time_t now)
{
    struct str part;
    while (str_split(&query, '&', &part))
        if (str_starts_with(part, parameter))
            return is_good(str_skip(part, parameter.len), key, path, now);
    return false;
}
