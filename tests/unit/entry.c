/* Events with all their keys: the quick way and the patient one read the same. */
#include "support/test.h"

#include "base/crc.h"
#include "insight/entry_quick.h"

#include <stdio.h>

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005 + 1442695040888963407;
    return *state >> 33;
}

/* An event with about every third key, of texts that need no escapes, or any. */
static size_t random_line(char *out, uint64_t *random, bool plain)
{
    static const char alphabet[] = "abcxyz09 /.,:{}[]=+-@'";
    char texts[64][40];
    size_t used = 0;
    struct event event = {.seq = next_random(random), .ts_ms = (int64_t)next_random(random) * 1000};
    event.id = event.node = event.event = STR("x");
#define RANDOM_TEXT(name)                                                                  \
    if (next_random(random) % 3 == 0) {                                                    \
        size_t len = next_random(random) % sizeof texts[0];                                \
        for (size_t i = 0; i < len; i++)                                                   \
            texts[used][i] = plain ? alphabet[next_random(random) % (sizeof alphabet - 1)] \
                                   : (char)(next_random(random) % 128);                    \
        event.name = str_make(texts[used++], len);                                         \
    }
#define RANDOM_identity(name) RANDOM_TEXT(name)
#define RANDOM_text(name)     RANDOM_TEXT(name)
#define RANDOM_utm(name)      RANDOM_TEXT(name)
#define RANDOM_count(name)    RANDOM_number(name)
#define RANDOM_number(name)                                          \
    event.name = (struct event_number){next_random(random) % 3 == 0, \
                                       (int64_t)next_random(random) - (1 << 30)};
#define RANDOM_flag(name)      event.name = next_random(random) % 3 == 0;
#define RANDOM_KEY(kind, name) RANDOM_##kind(name)
    EVENT_KEYS(RANDOM_KEY)
    if (event.node.len == 0 || event.event.len == 0)
        event.node = event.event = STR("x");
    ssize_t n = event_encode(&event, out);
    assert_true(n > 0);
    return (size_t)n - 1;
}

/* In memory of its own size, so that reading beyond is found. Whether it was read quickly. */
static bool check_same(struct entry_reader *reader, struct str line)
{
    struct str quick[ENTRY_KEYS];
    struct str patient[ENTRY_KEYS];
    char *copy = malloc(line.len);
    assert_non_null(copy);
    memcpy(copy, line.ptr, line.len);
    line.ptr = copy;
    bool is_quick = entry_quick_read(&reader->quick, line, quick);
    if (is_quick) {
        const struct text *wrong = line_read(&reader->keys, line, patient, &reader->scratch);
        assert_null(wrong);
        for (size_t i = 0; i < ENTRY_KEYS; i++) {
            assert_int_equal(quick[i].ptr != NULL, patient[i].ptr != NULL);
            assert_str(quick[i], patient[i]);
        }
    }
    free(copy);
    return is_quick;
}

static void what_the_server_writes_is_read_quickly(void **state)
{
    (void)state;
    struct entry_reader reader;
    char line[EVENT_LINE_ROOM];
    uint64_t random = 1;
    entry_reader_init(&reader);
    for (int i = 0; i < 3000; i++)
        assert_true(check_same(&reader, str_make(line, random_line(line, &random, true))));
    entry_reader_finish(&reader);
}

static void what_needs_patience_is_read_all_the_same(void **state)
{
    (void)state;
    struct entry_reader reader;
    struct entry entry;
    const struct text *damage;
    char line[EVENT_LINE_ROOM];
    uint64_t random = 2;
    int quick = 0;
    entry_reader_init(&reader);
    for (int i = 0; i < 3000; i++) {
        struct str whole = str_make(line, random_line(line, &random, false));
        quick += check_same(&reader, whole);
        assert_true(entry_read(&reader, whole, &entry, &damage));
        assert_null(damage);
    }
    assert_true(quick < 3000);
    entry_reader_finish(&reader);
}

/* A few bytes changed, and the checksum made to fit. */
static void what_looks_nearly_like_it_is_not_taken_for_it(void **state)
{
    (void)state;
    static const char strange[] = "\"\\,:{} 0t-e";
    struct entry_reader reader;
    char line[EVENT_LINE_ROOM];
    uint64_t random = 3;
    entry_reader_init(&reader);
    for (int i = 0; i < 20000; i++) {
        enum { TAIL = 18 };
        size_t body = random_line(line, &random, true) - TAIL;
        for (uint64_t changes = 1 + next_random(&random) % 3; changes > 0; changes--)
            line[next_random(&random) % body] =
                strange[next_random(&random) % (sizeof strange - 1)];
        if (next_random(&random) % 4 == 0)
            body = next_random(&random) % body;
        int n = snprintf(line + body, sizeof line - body, ",\"crc\":\"%08x\"}",
                         crc_of(str_make(line, body)));
        (void)check_same(&reader, str_make(line, body + (size_t)n));
    }
    entry_reader_finish(&reader);
}

TEST_MAIN(cmocka_unit_test(what_the_server_writes_is_read_quickly),
          cmocka_unit_test(what_needs_patience_is_read_all_the_same),
          cmocka_unit_test(what_looks_nearly_like_it_is_not_taken_for_it))
