/* Events as lines: the order of keys, what is cut, what is refused, and that they come back. */
#include "support/test.h"

#include "base/crc.h"
#include "base/err.h"
#include "journal/event.h"
#include "journal/uuid.h"

#include <stdio.h>

static struct event click(void)
{
    return (struct event){
        .seq = 42,
        .ts_ms = 1795293903127, /* 2026-11-21T20:45:03.127Z */
        .id = STR("019aa8f3-1d57-7abc-8def-0123456789ab"),
        .node = STR("parma1"),
        .event = STR("click"),
        .pv = STR("9f2c"),
    };
}

/* Encodes what must be encoded, and returns the line without its '\n'. */
static struct str encode(const struct event *e, char line[EVENT_LINE_ROOM])
{
    ssize_t n = event_encode(e, line);
    assert_true(n > 0 && n <= EVENT_LINE_MAX);
    assert_int_equal(line[n - 1], '\n');
    assert_null(memchr(line, '\n', (size_t)n - 1));
    struct str s = str_make(line, (size_t)n - 1);
    assert_true(event_line_is_intact(s));
    return s;
}

static void decode(struct event *out, struct str line)
{
    static char scratch[EVENT_LINE_MAX];
    assert_int_equal(event_decode(out, line, scratch), 0);
}

static void a_line_has_the_keys_in_order_and_a_checksum(void **state)
{
    (void)state;
    char line[EVENT_LINE_ROOM];
    struct event e = click();
    e.n = (struct event_number){true, 3};
    e.t = (struct event_number){true, 5120};
    e.cta = STR("call");
    e.internal = true;
    e.cls = (struct event_number){true, 120};
    e.lcp = (struct event_number){true, 1234500};
    e.transport = STR("fetch");

    struct str got = encode(&e, line);

    struct str expected = STR("{\"v\":1,\"seq\":42,\"id\":\"019aa8f3-1d57-7abc-8def-0123456789ab\","
                              "\"ts\":\"2026-11-21T20:45:03.127Z\",\"node\":\"parma1\","
                              "\"event\":\"click\",\"pv\":\"9f2c\",\"n\":3,\"t\":5120,"
                              "\"cta\":\"call\",\"internal\":true,\"transport\":\"fetch\","
                              "\"lcp\":1234.5,\"cls\":0.12");
    char tail[32];
    (void)snprintf(tail, sizeof tail, ",\"crc\":\"%08x\"}", crc_of(expected));
    assert_str(str_make(got.ptr, expected.len), expected);
    assert_str(str_skip(got, expected.len), str_from(tail));
}

/* Sets every key to something of its own. */
static void fill(struct event *e)
{
    int64_t number = -1500;
#define FILL_identity(name) e->name = STR("id \"" #name "\"\n");
#define FILL_text(name)     e->name = STR(#name " perch\xC3\xA9");
#define FILL_utm(name)      e->name = STR(#name);
#define FILL_count(name)    e->name = (struct event_number){true, number++};
#define FILL_number(name)   e->name = (struct event_number){true, number += 777};
#define FILL_flag(name)     e->name = true;
#define FILL(kind, name)    FILL_##kind(name)
    EVENT_KEYS(FILL)
}

static void assert_same(const struct event *a, const struct event *b)
{
    assert_int_equal(a->seq, b->seq);
    assert_int_equal(a->ts_ms, b->ts_ms);
    assert_str(a->id, b->id);
#define SAME_identity(name) assert_str(a->name, b->name);
#define SAME_text(name)     assert_str(a->name, b->name);
#define SAME_utm(name)      assert_str(a->name, b->name);
#define SAME_count(name)                        \
    assert_int_equal(a->name.set, b->name.set); \
    assert_int_equal(a->name.value, b->name.value);
#define SAME_number(name) SAME_count(name)
#define SAME_flag(name)   assert_int_equal(a->name, b->name);
#define SAME(kind, name)  SAME_##kind(name)
    EVENT_KEYS(SAME)
}

static void every_key_comes_back(void **state)
{
    (void)state;
    char line[EVENT_LINE_ROOM];
    struct event back;
    struct event e = click();
    decode(&back, encode(&e, line));
    assert_same(&back, &e);

    fill(&e);
    decode(&back, encode(&e, line));
    assert_same(&back, &e);
}

static void years_and_leap_days_are_written_as_the_calendar_has_them(void **state)
{
    (void)state;
    static const struct {
        int64_t ms;
        const char *ts;
    } cases[] = {
        {0, "1970-01-01T00:00:00.000Z"},
        {-1, "1969-12-31T23:59:59.999Z"},
        {951782400000, "2000-02-29T00:00:00.000Z"},
        {253402300799999, "9999-12-31T23:59:59.999Z"},
        {-62167219200000, "0000-01-01T00:00:00.000Z"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char line[EVENT_LINE_ROOM];
        struct event back;
        struct event e = click();
        e.ts_ms = cases[i].ms;
        struct str s = encode(&e, line);
        assert_non_null(memmem(s.ptr, s.len, cases[i].ts, 24));
        decode(&back, s);
        assert_int_equal(back.ts_ms, cases[i].ms);
    }
}

static void the_longest_texts_are_cut_and_the_identity_is_not(void **state)
{
    (void)state;
    char line[EVENT_LINE_ROOM];
    char page[6000];
    char bot[3000];
    struct event back;
    for (size_t i = 0; i < sizeof page; i++)
        page[i] = "\xE2\x82\xAC"[i % 3]; /* the euro sign: three bytes */
    memset(bot, '"', sizeof bot);        /* two bytes each, escaped */
    struct event e = click();
    e.page = str_make(page, sizeof page);
    e.bot = str_make(bot, sizeof bot);
    e.cta = STR("call");

    struct str s = encode(&e, line);

    assert_true(s.len + 1 > EVENT_LINE_MAX - 100);
    decode(&back, s);
    assert_str(back.cta, e.cta);
    assert_str(back.pv, e.pv);
    assert_str(back.event, e.event);
    assert_true(str_starts_with(e.page, back.page) && str_starts_with(e.bot, back.bot));
    assert_true(str_is_utf8(back.page));
    assert_true(back.page.len > 1500 && back.bot.len * 2 > 1500);
}

/* Around the cap, byte by byte. */
static void no_line_is_longer_than_the_cap(void **state)
{
    (void)state;
    char line[EVENT_LINE_ROOM];
    char page[EVENT_LINE_MAX];
    memset(page, 'a', sizeof page);
    for (size_t len = 3500; len <= sizeof page; len++) {
        struct event back;
        struct event e = click();
        e.page = str_make(page, len);
        e.transport = STR("server");
        decode(&back, encode(&e, line));
        assert_str(back.transport, e.transport);
        assert_true(back.page.len == len || back.page.len > 3600);
        e.page = STR("/");
        e.transport = str_make(page, len); /* the last one may end where the line must */
        decode(&back, encode(&e, line));
        assert_true(back.transport.len == len || back.transport.len > 3600);
    }
}

static void an_identity_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    char line[EVENT_LINE_ROOM];
    char d[EVENT_LINE_MAX];
    memset(d, 'x', sizeof d);
    struct event e = click();
    e.d = str_make(d, sizeof d);
    assert_int_equal(event_encode(&e, line), ERR_TOO_LARGE);
    memset(d, 1, sizeof d);
    e.d = str_make(d, 1000); /* six bytes each */
    assert_int_equal(event_encode(&e, line), ERR_TOO_LARGE);
    e = click();
    e.id = str_make(d, sizeof d);
    assert_int_equal(event_encode(&e, line), ERR_TOO_LARGE);
}

static void an_event_without_name_or_of_no_year_is_refused(void **state)
{
    (void)state;
    char line[EVENT_LINE_ROOM];
    struct event e = click();
    e.event = STR("");
    assert_int_equal(event_encode(&e, line), ERR_INVALID);
    e = click();
    e.ts_ms = 253402300800000;
    assert_int_equal(event_encode(&e, line), ERR_INVALID);
    e.ts_ms = INT64_MIN;
    assert_int_equal(event_encode(&e, line), ERR_INVALID);
}

static void campaign_words_have_at_most_64_bytes(void **state)
{
    (void)state;
    char line[EVENT_LINE_ROOM];
    char words[70];
    struct event back;
    memset(words, 'u', sizeof words);
    memcpy(words + 63, "\xC3\xA9", 2); /* ends behind the 64th byte */
    struct event e = click();
    e.utm_campaign = str_make(words, sizeof words);
    decode(&back, encode(&e, line));
    assert_str(back.utm_campaign, str_make(words, 63));
}

static void extreme_numbers_are_held(void **state)
{
    (void)state;
    char line[EVENT_LINE_ROOM];
    struct event back;
    struct event e = click();
    e.t = (struct event_number){true, INT64_MIN};
    e.inp = (struct event_number){true, INT64_MAX};
    e.scroll = (struct event_number){true, -1};
    decode(&back, encode(&e, line));
    assert_true(back.t.value == -EVENT_NUMBER_MAX);
    assert_true(back.inp.value == EVENT_NUMBER_MAX);
    assert_int_equal(back.scroll.value, -1);
}

static void numbers_of_any_length_are_written_in_full(void **state)
{
    (void)state;
    uint64_t largest = EVENT_NUMBER_MAX;
    for (uint64_t power = 1; power <= largest; power *= 10) {
        const uint64_t cases[] = {power - 1, power, power + power / 7, power * 9 + power / 3};
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            char line[EVENT_LINE_ROOM];
            char start[64];
            struct event e = click();
            e.seq = cases[i] < largest ? cases[i] : largest;
            int n = snprintf(start, sizeof start,
                             "{\"v\":1,\"seq\":%llu,\"id\":", (unsigned long long)e.seq);
            assert_true(str_starts_with(encode(&e, line), str_make(start, (size_t)n)));
        }
    }
}

/* What is written once stands for its keys, and a line that must be cut is cut as if it did not. */
static void what_was_written_before_makes_no_other_line(void **state)
{
    (void)state;
    char rooms[3][EVENT_WRITTEN_MAX];
    char line[EVENT_LINE_ROOM];
    char again[EVENT_LINE_ROOM];
    char words[EVENT_LINE_MAX];
    memset(words, 'w', sizeof words);
    for (size_t len = 0; len <= sizeof words; len += len < 400 ? 1 : 97) {
        struct event e = click();
        fill(&e);
        e.ref_host = str_make(words, len);
        e.rev = str_make(words, len / 64);
        struct str plain = encode(&e, line);
        e.written.page = event_write_page(&e, rooms[1]);
        e.written.agent = event_write_agent(&e, rooms[2]);
        e.written.origin = event_write_origin(&e, rooms[0]);
        assert_true(e.written.page.len > 0 && e.written.agent.len > 0 && e.written.origin.len > 0);
        assert_memory_equal(e.written.origin.ptr + EVENT_ID_AT, e.id.ptr, e.id.len);
        assert_str(encode(&e, again), plain);
    }
    struct event nothing = {0};
    nothing.page = str_make(words, EVENT_WRITTEN_MAX);
    assert_int_equal(event_write_page(&nothing, rooms[0]).len, 0);
    assert_int_equal(event_write_agent(&nothing, rooms[0]).len, 0);
}

/* Bytes of its own for a line, so that AddressSanitizer sees whoever reads beyond. */
static int decode_body(struct event *out, const char *body)
{
    static char scratch[EVENT_LINE_MAX];
    static char *line;
    free(line);
    int n = asprintf(&line, "%s,\"crc\":\"%08x\"}", body, crc_of(str_from(body)));
    assert_true(n > 0);
    char *exact = malloc((size_t)n);
    assert_non_null(exact);
    memcpy(exact, line, (size_t)n);
    free(line);
    line = exact;
    assert_true(event_line_is_intact(str_make(exact, (size_t)n)));
    return event_decode(out, str_make(exact, (size_t)n), scratch);
}

#define START                                                                             \
    "{\"v\":1,\"seq\":7,\"id\":\"a\",\"ts\":\"2026-11-21T20:45:03.127Z\",\"node\":\"n\"," \
    "\"event\":"                                                                          \
    "\"view\""

static void keys_of_a_later_version_are_skipped(void **state)
{
    (void)state;
    struct event e;
    assert_int_equal(decode_body(&e, START
                                 ",\"new\":\"a,\\\"b\",\"pv\":\"x\",\"more\":[1,{\"a\":\"]\"}],"
                                 "\"null\":null,\"page\":\"/\",\"last\":-1.5e9"),
                     0);
    assert_str(e.pv, STR("x"));
    assert_str(e.page, STR("/"));
}

static void lines_that_we_do_not_write_are_refused(void **state)
{
    (void)state;
    struct event e;
    static const char *const bodies[] = {
        "",
        "{}",
        "{\"v\":2,\"seq\":7",
        START ",\"page\":\"/\",\"pv\":\"x\"", /* out of order */
        START ",\"pv\":\"x\",\"pv\":\"x\"",
        START ",\"pv\":\"x",
        START ",\"pv\":\"x\\",
        START ",\"pv\":\"\"",
        START ",\"pv\":5",
        START ",\"pv\":\"\\x\"",
        START ",\"pv\":\"\\u12G4\"",
        START ",\"pv\":\"a\tb\"",
        START ",\"n\":\"5\"",
        START ",\"n\":05",
        START ",\"n\":",
        START ",\"n\":-",
        START ",\"n\":1.5",
        START ",\"n\":1234567890123456789",
        START ",\"cls\":1.",
        START ",\"cls\":1.2345",
        START ",\"internal\":false",
        START ",\"new\":",
        START ",\"new\":[1",
        START ",",
        START "}",
        "{\"v\":1,\"seq\":7,\"id\":\"a\",\"ts\":\"2026-02-29T20:45:03.127Z\",\"node\":\"n\","
        "\"event\":\"v\"",
        "{\"v\":1,\"seq\":7,\"id\":\"a\",\"ts\":\"2026-11-21 "
        "20:45:03.127Z\",\"node\":\"n\",\"event\":\"v\"",
        "{\"v\":1,\"seq\":7,\"id\":\"a\",\"ts\":\"2026-11-21T20:45:03.127Z\",\"event\":\"v\"",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        if (decode_body(&e, bodies[i]) != ERR_INVALID)
            fail_msg("taken: %s", bodies[i]);
}

static void escapes_of_other_writers_are_read(void **state)
{
    (void)state;
    struct event e;
    assert_int_equal(
        decode_body(&e, START ",\"pv\":\"\\u00e9\\uD83D\\uDC5F\\ud800\\/\\b\\udc5f\\u0000.\""), 0);
    assert_str(e.pv, STR("\xC3\xA9\xF0\x9F\x91\x9F\xEF\xBF\xBD/\b\xEF\xBF\xBD\0."));
}

static void a_change_of_any_bit_is_seen(void **state)
{
    (void)state;
    char line[EVENT_LINE_ROOM];
    struct event e = click();
    fill(&e);
    struct str s = encode(&e, line);
    for (size_t bit = 0; bit < s.len * 8; bit++) {
        line[bit / 8] = (char)(line[bit / 8] ^ (1 << (bit % 8)));
        assert_false(event_line_is_intact(s));
        line[bit / 8] = (char)(line[bit / 8] ^ (1 << (bit % 8)));
    }
    assert_true(event_line_is_intact(s));
}

static void ids_carry_their_moment_and_are_of_version_7(void **state)
{
    (void)state;
    char id[UUID_LEN];
    const unsigned char zeros[UUID_RANDOM_SIZE] = {0};
    uuid_write(id, 1795293903127, zeros);
    assert_str(str_make(id, sizeof id), STR("01a1ffda-f917-7000-8000-000000000000"));
    unsigned char ones[UUID_RANDOM_SIZE];
    memset(ones, 0xFF, sizeof ones);
    uuid_write(id, 0xABCDEF, ones);
    assert_str(str_make(id, sizeof id), STR("000000ab-cdef-7fff-bfff-ffffffffffff"));
}

TEST_MAIN(cmocka_unit_test(ids_carry_their_moment_and_are_of_version_7),
          cmocka_unit_test(a_line_has_the_keys_in_order_and_a_checksum),
          cmocka_unit_test(every_key_comes_back),
          cmocka_unit_test(years_and_leap_days_are_written_as_the_calendar_has_them),
          cmocka_unit_test(the_longest_texts_are_cut_and_the_identity_is_not),
          cmocka_unit_test(no_line_is_longer_than_the_cap),
          cmocka_unit_test(an_identity_that_does_not_fit_is_refused),
          cmocka_unit_test(an_event_without_name_or_of_no_year_is_refused),
          cmocka_unit_test(campaign_words_have_at_most_64_bytes),
          cmocka_unit_test(extreme_numbers_are_held),
          cmocka_unit_test(numbers_of_any_length_are_written_in_full),
          cmocka_unit_test(what_was_written_before_makes_no_other_line),
          cmocka_unit_test(keys_of_a_later_version_are_skipped),
          cmocka_unit_test(lines_that_we_do_not_write_are_refused),
          cmocka_unit_test(escapes_of_other_writers_are_read),
          cmocka_unit_test(a_change_of_any_bit_is_seen))
