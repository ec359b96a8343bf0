/* Fuzzes reading lines by guessing: what is known that way must be what reading without any guess
 * gives, and lines that are told to end alike do so. The input is lines; what one teaches, the next
 * is read with. A first byte below a space is none of theirs: it says what is asked. */
#include "insight/line_guess.h"

#include "insight/entry.h"
#include "insight/luck.h"
#include "journal/timestamp.h"

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ALL_KEYS = 1, NONE_APART = 2, TIME = 1, TOLD_MAX = 64 };

/* What an ending was told to stand for. */
struct told {
    uint64_t number;
    struct buf values;
};

struct reading {
    struct line_keys keys;
    struct line_guess guess;
    struct told told[TOLD_MAX];
    size_t told_count;
};

/* All values but those of keys that are apart. */
static void append_values(struct buf *out, const struct line_keys *keys, const struct str *values)
{
    for (size_t i = 0; i < keys->count; i++) {
        if (keys->apart >> i & 1)
            continue;
        buf_append(out, values[i].ptr ? STR("=") : STR("-"));
        buf_append(out, values[i]);
        buf_append_char(out, '"'); /* which stands in no value that was guessed */
    }
}

static void check_ending(struct reading *reading, uint64_t number, const struct str *values)
{
    struct buf now = BUF_EMPTY;
    append_values(&now, &reading->keys, values);
    struct told *told = reading->told;
    while (told < reading->told + reading->told_count && told->number != number)
        told++;
    if (told < reading->told + reading->told_count) {
        assert(str_eq(buf_str(&told->values), buf_str(&now)));
        buf_finish(&now);
    } else if (reading->told_count < TOLD_MAX) {
        *told = (struct told){number, now};
        reading->told_count++;
    } else {
        buf_finish(&now);
    }
}

/* A moment that can be read is the same once it is written as the journal does. */
static void check_time(struct str text)
{
    char written[TIMESTAMP_LEN];
    int64_t ms;
    int64_t again;
    if (line_time(text, &ms) != 0)
        return;
    if (timestamp_write(written, ms) == 0)
        assert(line_time(str_make(written, sizeof written), &again) == 0 && again == ms);
}

static void check(struct reading *reading, struct str text)
{
    const struct line_keys *keys = &reading->keys;
    struct str guessed[LINE_KEYS_MAX] = {{0}};
    struct str values[LINE_KEYS_MAX];
    struct buf scratch = BUF_EMPTY;
    uint64_t ending;
    bool is_known = line_guess_read(&reading->guess, keys, text, guessed, &ending);
    const struct text *wrong = line_read(keys, text, values, &scratch);
    assert(!is_known || !wrong);
    for (size_t i = 0; is_known && i < keys->count; i++)
        assert((guessed[i].ptr == NULL) == (values[i].ptr == NULL) &&
               str_eq(guessed[i], values[i]));
    if (is_known && ending != 0)
        check_ending(reading, ending, values);
    if (!wrong)
        check_time(values[TIME]);
    buf_finish(&scratch);
}

/* Memory of its own, so that AddressSanitizer sees whoever reads beyond. */
static void check_copy(struct reading *reading, struct str line)
{
    char *copy = malloc(line.len ? line.len : 1);
    if (!copy)
        abort();
    memcpy(copy, line.ptr, line.len);
    check(reading, str_make(copy, line.len));
    free(copy);
}

static void want(struct line_keys *keys, struct str name, bool is_apart)
{
    int number = line_keys_add(keys, name);
    assert(number >= 0);
    if (is_apart)
        keys->apart |= UINT64_C(1) << number;
}

/* The event comes first, as line_guess wants it. */
static void choose_keys(struct line_keys *keys, unsigned asked)
{
    static const char *const few[] = {"ts", "pv", "n"};
    want(keys, STR("event"), false);
    for (size_t i = 0; i < sizeof few / sizeof *few; i++)
        want(keys, str_from(few[i]), true);
    want(keys, STR("page"), false);
    for (size_t i = 0; asked & ALL_KEYS && i < ENTRY_KEYS; i++)
        want(keys, entry_columns[i].name,
             (i < ENTRY_page && i != ENTRY_event) || i > ENTRY_transport);
    if (asked & NONE_APART)
        keys->apart = 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct reading *reading = calloc(1, sizeof *reading);
    struct str rest = str_make((const char *)data, size);
    struct str line;
    if (!reading)
        abort();
    bool is_asked = size > 0 && data[0] < ' ' && data[0] != '\n';
    choose_keys(&reading->keys, is_asked ? data[0] : 0);
    rest = str_skip(rest, is_asked);
    /* Half of the inputs are read as if no end of a line had come again for long. */
    for (size_t i = 0; size % 2 == 1 && i < LINE_GUESS_KINDS; i++)
        reading->guess.luck[i] = LUCK_OUT - LUCK_REST;
    while (rest.len > 0 && str_split(&rest, '\n', &line))
        check_copy(reading, line);
    for (size_t i = 0; i < reading->told_count; i++)
        buf_finish(&reading->told[i].values);
    free(reading);
    return 0;
}
