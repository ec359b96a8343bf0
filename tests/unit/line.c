/* Lines of a journal: what is taken from good ones, and that bad ones are known as such. */
#include "support/test.h"

#include "base/err.h"
#include "insight/line_guess.h"

#include <stdio.h>

enum { EVENT, PAGE, N, KEYS };

struct fixture {
    struct line_keys keys;
    struct str values[LINE_KEYS_MAX];
    struct buf scratch;
    struct line_guess *guess;
    uint64_t ending; /* of the last line that was guessed */
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    assert_int_equal(line_keys_add(&f->keys, STR("event")), EVENT);
    assert_int_equal(line_keys_add(&f->keys, STR("page")), PAGE);
    assert_int_equal(line_keys_add(&f->keys, STR("n")), N);
    f->keys.apart = UINT64_C(1) << N;
    f->guess = calloc(1, sizeof *f->guess);
    assert_non_null(f->guess);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    buf_finish(&f->scratch);
    free(f->guess);
    free(f);
    return 0;
}

/* Through memory of exactly the line's size, so that reading behind it is found. */
static const struct text *read_line(struct fixture *f, const char *line)
{
    static char *copy;
    size_t len = strlen(line);
    free(copy);
    copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memcpy(copy, line, len);
    return line_read(&f->keys, str_make(copy, len), f->values, &f->scratch);
}

static void the_wanted_keys_are_found_among_others(void **state)
{
    struct fixture *f = *state;
    assert_null(read_line(f, "{\"v\":1,\"event\":\"click\",\"x\":{\"event\":[\"}\"]},\"n\": 12 ,"
                             "\"lcp\":1.5e3,\"page\":null,\"bot\":true} \r"));
    assert_str(f->values[EVENT], STR("click"));
    assert_str(f->values[N], STR("12"));
    assert_null(f->values[PAGE].ptr);

    assert_null(read_line(f, "{}"));
    assert_null(f->values[EVENT].ptr);
}

static void escapes_are_resolved_in_several_values_of_a_line(void **state)
{
    struct fixture *f = *state;
    assert_null(read_line(f,
                          "{\"page\":\"/perch\\u00e9\\/\\ud83d\\udc5f\",\"event\":\"a\\\"b\\\\\","
                          "\"ev\\u0065nt2\":\"x\",\"n\":\"\\ud83d!\"}"));
    assert_str(f->values[PAGE], STR("/perch\xC3\xA9/\xF0\x9F\x91\x9F"));
    assert_str(f->values[EVENT], STR("a\"b\\"));
    assert_str(f->values[N], STR("\xEF\xBF\xBD!"));
}

static void an_empty_text_is_not_an_absent_one(void **state)
{
    struct fixture *f = *state;
    assert_null(read_line(f, "{\"page\":\"\"}"));
    assert_non_null(f->values[PAGE].ptr);
    assert_int_equal(f->values[PAGE].len, 0);
}

/* Whatever a crash cuts off: no beginning of a line passes for one. */
static void a_torn_line_is_never_taken_for_a_whole_one(void **state)
{
    struct fixture *f = *state;
    static const char whole[] =
        "{\"event\":\"a\\u00e9\",\"n\":1.5,\"x\":[1,{\"y\":null}],\"b\":true}";
    char torn[sizeof whole];
    assert_null(read_line(f, whole));
    for (size_t len = 0; len < sizeof whole - 1; len++) {
        memcpy(torn, whole, len);
        torn[len] = '\0';
        if (!read_line(f, torn))
            fail_msg("was taken: %s", torn);
    }
}

static void other_damage_is_seen_too(void **state)
{
    struct fixture *f = *state;
    static const char *const damaged[] = {
        "x",
        "[1]",
        "{\"event\":\"a\"}{\"event\":\"b\"}",
        "{\"event\":\"a\",}",
        "{\"event\" \"a\"}",
        "{\"event\":yes}",
        "{\"event\":}",
        "{event:1}",
        "{\"event\":\"\\x\"}",
        "{\"event\":\"\\u12g4\"}",
    };
    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++)
        if (!read_line(f, damaged[i]))
            fail_msg("was taken: %s", damaged[i]);
}

static void more_keys_than_there_is_room_for_are_refused(void **state)
{
    struct fixture *f = *state;
    char names[LINE_KEYS_MAX][4];
    for (size_t i = KEYS; i < LINE_KEYS_MAX; i++) {
        names[i][0] = (char)('a' + i % 26);
        names[i][1] = (char)('a' + i / 26);
        names[i][2] = '\0';
        assert_int_equal(line_keys_add(&f->keys, str_from(names[i])), (int)i);
    }
    assert_int_equal(line_keys_add(&f->keys, STR("page")), PAGE);
    assert_int_equal(line_keys_add(&f->keys, STR("other")), ERR_LIMIT);
}

static void times_are_read_to_the_millisecond_in_any_offset(void **state)
{
    (void)state;
    int64_t ms;
    int64_t other;
    assert_int_equal(line_time(STR("1970-01-02T00:00:01.250Z"), &ms), 0);
    assert_int_equal(ms, 86401250);
    assert_int_equal(line_time(STR("2026-11-20T10:00:00+01:00"), &ms), 0);
    assert_int_equal(line_time(STR("2026-11-20T09:00:00.0009Z"), &other), 0);
    assert_int_equal(ms, other);
    assert_int_equal(line_time(STR("2026-11-20T09:00:00"), &ms), ERR_INVALID);
    assert_int_equal(line_time(STR("2026-11-31T09:00:00Z"), &ms), ERR_INVALID);
    assert_int_equal(line_time(STR(""), &ms), ERR_INVALID);
}

/* --- guessing ------------------------------------------------------------------------------- */

static const char *const usual[] = {
    "{\"v\":1,\"seq\":12,\"event\":\"view\",\"pv\":\"r1U5F9s5q2dGzAcIRfM4\",\"page\":\"/"
    "x\",\"cached\":true,"
    "\"n\":null,\"crc\":\"01234567\"}",
    "{\"v\":1,\"seq\":13,\"event\":\"click\",\"pv\":\"r\",\"n\":2,\"t\":-1.5e3,\"page\":\"\","
    "\"cta\":\"call\"}",
    "{\"seq\":14,\"event\":\"view\",\"event\":\"seen\",\"a_key_that_is_rather_long\":\"x\","
    "\"page\":\"/y\"}",
    "{\"event\":\"e\",\"n\":1,\"page\":\"/perch\\u00e9\"}",
    "{\"event\":\"e\",\"n\":[1,2],\"page\":{\"x\":\"}\"}}",
};

/* Either it knows the line and tells what line_read tells, or it does not know it. */
static bool guess_is_right(struct fixture *f, const char *line, size_t len)
{
    struct str guessed[LINE_KEYS_MAX] = {{0}};
    char *copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memcpy(copy, line, len);
    struct str text = str_make(copy, len);
    bool known = line_guess_read(f->guess, &f->keys, text, guessed, &f->ending);
    const struct text *wrong = line_read(&f->keys, text, f->values, &f->scratch);
    if (known && wrong)
        fail_msg("was taken: %.*s", (int)len, line);
    for (size_t i = 0; known && i < KEYS; i++) {
        assert_true((guessed[i].ptr == NULL) == (f->values[i].ptr == NULL));
        assert_str(guessed[i], f->values[i]);
    }
    free(copy);
    return known;
}

static void usual_lines_are_known_whatever_came_before(void **state)
{
    struct fixture *f = *state;
    for (int round = 0; round < 3; round++)
        for (size_t i = 0; i < 2; i++)
            assert_true(guess_is_right(f, usual[i], strlen(usual[i])));
}

/* Of one length and with the same keys, but with something in them that those before had not. */
static void a_line_may_begin_nearly_as_those_before(void **state)
{
    struct fixture *f = *state;
    static const char *const lines[] = {
        "{\"v\":1,\"n\":12,\"id\":\"abc\",\"event\":\"view\",\"pv\":\"0123456789\",\"page\":\"/"
        "x\"}",
        "{\"v\":1,\"n\":99,\"id\":\"\xff\x01z\",\"event\":\"view\",\"pv\":\"----------\",\"page\":"
        "\"/y\"}",
        "{\"v\":1,\"n\":1e,\"id\":\"abc\",\"event\":\"view\",\"pv\":\"0123456789\",\"page\":\"/"
        "x\"}",
        "{\"v\":1,\"n\":-1,\"id\":\"abc\",\"event\":\"view\",\"pv\":\"0123456789\",\"page\":\"/"
        "x\"}",
        "{\"v\":1,\"n\":12,\"id\":\"a\\\\\",\"event\":\"view\",\"pv\":\"0123456789\",\"page\":\"/"
        "x\"}",
        "{\"v\":1,\"n\":12,\"id\":\"a\"b\",\"event\":\"view\",\"pv\":\"0123456789\",\"page\":\"/"
        "x\"}",
        "{\"v\":1,\"n\":12,\"id\":\"abc\",\"event\":\"seen\",\"n\":\"1\",\"x\":\"1\",\"page\":\"/"
        "x\"}",
    };
    for (int round = 0; round < 3; round++)
        for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
            assert_true(guess_is_right(f, lines[0], strlen(lines[0])));
            assert_true(guess_is_right(f, lines[1], strlen(lines[1])));
            (void)guess_is_right(f, lines[i], strlen(lines[i]));
        }
}

/* Each byte replaced by each other one, and each beginning of each line. */
static void no_guess_is_wrong(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        char line[256];
        size_t len = strlen(usual[i]);
        for (size_t at = 0; at < len; at++) {
            (void)guess_is_right(f, usual[i], at);
            memcpy(line, usual[i], len);
            for (int c = 0; c < 256; c++) {
                line[at] = (char)c;
                (void)guess_is_right(f, line, len);
            }
            (void)guess_is_right(f, usual[(i + at) % 2], strlen(usual[(i + at) % 2]));
        }
    }
}

static void more_keys_than_can_be_learned_do_no_harm(void **state)
{
    struct fixture *f = *state;
    for (int i = 0; i < 200; i++) {
        char line[64];
        (void)snprintf(line, sizeof line, "{\"k%d\":1,\"event\":\"x\"}", i);
        (void)guess_is_right(f, line, strlen(line));
    }
}

#define END  "\"page\":\"/x\",\"rev\":\"a\",\"lang\":\"it\""
#define TAIL ",\"crc\":\"01234567\"}"

/* The same end with the same event has the same number, and no other line has it. */
static void ends_that_came_before_are_known_by_a_number(void **state)
{
    struct fixture *f = *state;
    static const char *const lines[] = {
        "{\"event\":\"view\",\"n\":1," END TAIL,
        "{\"event\":\"seen\",\"n\":1," END TAIL,
        "{\"event\":\"view\",\"n\":1," END ",\"n\":null" TAIL,
    };
    uint64_t numbers[3] = {0};
    for (int round = 0; round < 3; round++)
        for (size_t i = 0; i < 3; i++) {
            assert_true(guess_is_right(f, lines[i], strlen(lines[i])));
            assert_true(round == 0 ? f->ending == 0 : f->ending != 0);
            assert_true(round < 2 || f->ending == numbers[i]);
            numbers[i] = f->ending;
        }
    assert_true(numbers[0] != numbers[1] && numbers[0] != numbers[2] && numbers[1] != numbers[2]);

    static const char other[] = "{\"event\":\"view\",\"n\":77," END TAIL;
    assert_true(guess_is_right(f, other, strlen(other)));
    assert_int_equal(f->ending, numbers[0]);
}

#define MIDDLE     \
    "\"page\":\"/" \
    "x\",\"rev\":\"9f3a12cc41d07be2\",\"theme_rev\":\"5b0f6d2277e1c934\",\"transport\":\"fetch\""

/* What no end of a line does for long: come again. */
static void begin_with_figures(struct fixture *f)
{
    for (int i = 0; i < 1000; i++) {
        char line[256];
        int len = snprintf(line, sizeof line,
                           "{\"event\":\"summary\",\"n\":1," MIDDLE ",\"lcp\":%d" TAIL, i);
        assert_true(guess_is_right(f, line, (size_t)len));
    }
}

static void lines_that_end_in_figures_are_known_by_what_stands_before_these(void **state)
{
    struct fixture *f = *state;
    static const char line[] =
        "{\"event\":\"summary\",\"n\":7," MIDDLE ",\"lcp\":1.5,\"inp\":9" TAIL;
    static const char wanted[] =
        "{\"event\":\"summary\",\"n\":7," MIDDLE ",\"lcp\":1,\"page\":\"/y\"" TAIL;
    static const char event[] = "{\"event\":\"summary\",\"n\":7," MIDDLE ",\"event\":\"view\"" TAIL;
    static const char apart[] = "{\"event\":\"summary\",\"n\":7," MIDDLE ",\"n\":8" TAIL;
    begin_with_figures(f);
    uint64_t number = f->ending;
    assert_true(number != 0);
    assert_true(guess_is_right(f, line, strlen(line)));
    assert_true(f->ending == number);
    assert_true(guess_is_right(f, apart, strlen(apart)));
    assert_true(f->ending == number);
    assert_true(guess_is_right(f, wanted, strlen(wanted)));
    assert_int_equal(f->ending, 0);
    assert_true(guess_is_right(f, event, strlen(event)));
    assert_int_equal(f->ending, 0);
}

/* Each byte of it replaced by each other one, and each beginning of it. */
static void no_guess_is_wrong_that_relies_on_what_stands_before_figures(void **state)
{
    struct fixture *f = *state;
    static const char whole[] = "{\"event\":\"summary\",\"n\":7," MIDDLE ",\"lcp\":1.5" TAIL;
    char line[sizeof whole];
    size_t len = sizeof whole - 1;
    begin_with_figures(f);
    for (size_t at = 0; at < len; at++) {
        memcpy(line, whole, len);
        (void)guess_is_right(f, line, at);
        for (int c = 0; c < 256; c += c < 128 ? 1 : 31) {
            line[at] = (char)c;
            (void)guess_is_right(f, line, len);
        }
        assert_true(guess_is_right(f, whole, len));
    }
}

/* What is wanted and stands before the end may be another in each line. */
static void a_wanted_key_before_the_end_leaves_it_without_a_number(void **state)
{
    struct fixture *f = *state;
    static const char line[] = "{\"event\":\"view\",\"n\":1," END TAIL;
    f->keys.apart = UINT64_C(1) << PAGE;
    for (int round = 0; round < 3; round++) {
        assert_true(guess_is_right(f, line, strlen(line)));
        assert_int_equal(f->ending, 0);
    }
}

#define LINE_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

TEST_MAIN(LINE_TEST(the_wanted_keys_are_found_among_others),
          LINE_TEST(escapes_are_resolved_in_several_values_of_a_line),
          LINE_TEST(an_empty_text_is_not_an_absent_one),
          LINE_TEST(a_torn_line_is_never_taken_for_a_whole_one),
          LINE_TEST(other_damage_is_seen_too),
          LINE_TEST(more_keys_than_there_is_room_for_are_refused),
          LINE_TEST(times_are_read_to_the_millisecond_in_any_offset),
          LINE_TEST(usual_lines_are_known_whatever_came_before), LINE_TEST(no_guess_is_wrong),
          LINE_TEST(a_line_may_begin_nearly_as_those_before),
          LINE_TEST(ends_that_came_before_are_known_by_a_number),
          LINE_TEST(lines_that_end_in_figures_are_known_by_what_stands_before_these),
          LINE_TEST(no_guess_is_wrong_that_relies_on_what_stands_before_figures),
          LINE_TEST(a_wanted_key_before_the_end_leaves_it_without_a_number),
          LINE_TEST(more_keys_than_can_be_learned_do_no_harm))
