/* Owns the question which language somebody likes best (RFC 9110 12.5.4). */
#include "capture/classify.h"

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* "it-IT" is "it"; empty for `*` and whatever is no language. */
static struct str primary(struct str tag)
{
    size_t len = 0;
    while (len < tag.len && is_letter(tag.ptr[len]))
        len++;
    bool ends = len == tag.len || tag.ptr[len] == '-' || tag.ptr[len] == '_';
    return ends && (len == 2 || len == 3) ? str_make(tag.ptr, len) : STR("");
}

/* Thousandths; without a weight it is 1, and 0 if it is none. */
static unsigned weight_of(struct str parameters)
{
    struct str part;
    while (str_split(&parameters, ';', &part)) {
        part = str_trim(part);
        if (part.len < 2 || (part.ptr[0] | 0x20) != 'q' || part.ptr[1] != '=')
            continue;
        unsigned weight = 0;
        unsigned unit = 1000;
        for (size_t i = 2; i < part.len && unit > 0; i++) {
            if (part.ptr[i] == '.')
                continue;
            if (part.ptr[i] < '0' || part.ptr[i] > '9')
                return 0;
            weight += (unsigned)(part.ptr[i] - '0') * unit;
            unit /= 10;
        }
        return weight;
    }
    return 1000;
}

struct str classify_language(struct str accept_language, char *room)
{
    struct str best = STR("");
    unsigned best_weight = 0;
    struct str item;
    while (str_split(&accept_language, ',', &item)) {
        struct str tag;
        if (!str_split(&item, ';', &tag))
            continue;
        unsigned weight = weight_of(item);
        tag = primary(str_trim(tag));
        if (tag.len > 0 && weight > best_weight) {
            best = tag;
            best_weight = weight;
        }
    }
    /* The compiler does not see that `primary` gives no more. */
    for (size_t i = 0; i < best.len && i < CLASSIFY_LANGUAGE_MAX; i++)
        room[i] = (char)(best.ptr[i] | 0x20);
    return str_make(room, best.len);
}
