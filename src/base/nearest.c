/* Owns how far one word is from another. */
#include "base/nearest.h"

static size_t min(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Levenshtein's edit distance, in bytes. */
static size_t edit_distance(struct str a, struct str b)
{
    size_t row[NEAREST_NAME_MAX + 1];
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t replaced = diagonal + (a.ptr[i - 1] != b.ptr[j - 1]);
            diagonal = row[j];
            row[j] = min(replaced, min(row[j], row[j - 1]) + 1);
        }
    }
    return row[b.len];
}

struct nearest nearest_begin(struct str word)
{
    return (struct nearest){.word = word, .distance = word.len / 2 + 1};
}

void nearest_look(struct nearest *nearest, const char *name)
{
    if (nearest->word.len > NEAREST_NAME_MAX)
        return;
    size_t distance = edit_distance(nearest->word, str_from(name));
    if (distance >= nearest->distance)
        return;
    nearest->distance = distance;
    nearest->name = name;
}
