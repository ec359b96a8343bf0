/* Fuzzes reading lines by guessing: what is known that way must be what reading without any guess
 * gives. The input is lines; what one teaches, the next is read with. */
#include "insight/line_guess.h"
#include "insight/luck.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct line_guess *guess, const struct line_keys *keys, struct str line)
{
    struct str guessed[LINE_KEYS_MAX] = {{0}};
    struct str values[LINE_KEYS_MAX];
    struct buf scratch = BUF_EMPTY;
    uint64_t ending;
    /* Memory of its own, so that AddressSanitizer sees whoever reads beyond. */
    char *copy = malloc(line.len + 1);
    if (!copy)
        abort();
    memcpy(copy, line.ptr, line.len);
    char *exact = realloc(copy, line.len ? line.len : 1);
    struct str text = str_make(exact ? exact : copy, line.len);
    bool is_known = line_guess_read(guess, keys, text, guessed, &ending);
    const struct text *wrong = line_read(keys, text, values, &scratch);
    assert(!is_known || !wrong);
    for (size_t i = 0; is_known && i < keys->count; i++)
        assert((guessed[i].ptr == NULL) == (values[i].ptr == NULL) &&
               str_eq(guessed[i], values[i]));
    buf_finish(&scratch);
    free(exact ? exact : copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"event", "ts", "pv", "n", "page"};
    struct line_keys keys = {0};
    struct line_guess *guess = calloc(1, sizeof *guess);
    struct str rest = str_make((const char *)data, size);
    struct str line;
    if (!guess)
        abort();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        (void)line_keys_add(&keys, str_from(names[i]));
    keys.apart = 0xE; /* ts, pv, n */
    /* Half of the inputs are read as if no end of a line had come again for long. */
    for (size_t i = 0; size % 2 == 1 && i < LINE_GUESS_KINDS; i++)
        guess->luck[i] = LUCK_OUT - LUCK_REST;
    while (rest.len > 0 && str_split(&rest, '\n', &line))
        check(guess, &keys, line);
    free(guess);
    return 0;
}
