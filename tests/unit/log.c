/* The log: one event is one line, whatever is in it. */
#include "base/log.h"

#include "support/test.h"

#include <pthread.h>
#include <unistd.h>

/* What was written to the log behind `fds`, of which the writing end is closed here. */
static struct str drain(int fds[2], char *out, size_t room)
{
    size_t length = 0;
    ssize_t n;
    (void)close(fds[1]);
    while ((n = read(fds[0], out + length, room - length)) > 0)
        length += (size_t)n;
    (void)close(fds[0]);
    return str_make(out, length);
}

static void a_line_has_time_level_and_words(void **state)
{
    (void)state;
    int fds[2];
    char out[256];
    assert_int_equal(pipe(fds), 0);
    struct log log = {.fd = fds[1], .level = LOG_LEVEL_INFO};
    log_info(&log, "%d pages", 12);
    struct str line = drain(fds, out, sizeof out);
    assert_int_equal(line.len, strlen("2026-11-21T22:13:11.000Z info 12 pages\n"));
    assert_true(line.ptr[4] == '-' && line.ptr[10] == 'T' && line.ptr[23] == 'Z');
    assert_str(str_skip(line, 24), STR(" info 12 pages\n"));
}

static void what_is_less_important_than_asked_for_is_left_out(void **state)
{
    (void)state;
    int fds[2];
    char out[256];
    assert_int_equal(pipe(fds), 0);
    struct log log = {.fd = fds[1], .level = LOG_LEVEL_WARNING};
    log_debug(&log, "no");
    log_info(&log, "no");
    log_warning(&log, "yes");
    log_error(&log, "yes");
    struct str lines = drain(fds, out, sizeof out);
    struct str line;
    assert_true(str_split(&lines, '\n', &line));
    assert_str(str_skip(line, 24), STR(" warning yes"));
    assert_true(str_split(&lines, '\n', &line));
    assert_str(str_skip(line, 24), STR(" error yes"));
    assert_int_equal(lines.len, 0);
}

static void nobody_can_forge_a_line_or_drive_the_terminal(void **state)
{
    (void)state;
    int fds[2];
    char out[256];
    assert_int_equal(pipe(fds), 0);
    struct log log = {.fd = fds[1], .level = LOG_LEVEL_INFO};
    log_info(&log, "%s", "a\nb\r\x1B[2J\x7F\xC2\x9B perch\xC3\xA9");
    struct str line = drain(fds, out, sizeof out);
    assert_str(str_skip(line, 24), STR(" info a\\x0ab\\x0d\\x1b[2J\\x7f\xC2\\x9b perch\xC3\xA9\n"));
}

static void a_very_long_line_is_cut_and_still_one_line(void **state)
{
    (void)state;
    static const char *const fillings[] = {"x", "\n"};
    for (size_t i = 0; i < 2; i++) {
        int fds[2];
        static char words[20001];
        static char out[65536];
        memset(words, fillings[i][0], sizeof words - 1);
        assert_int_equal(pipe(fds), 0);
        struct log log = {.fd = fds[1], .level = LOG_LEVEL_INFO};
        log_info(&log, "%s", words);
        struct str line = drain(fds, out, sizeof out);
        assert_true(line.len > 1000 && line.len < 10000);
        assert_int_equal(str_find(line, '\n'), line.len - 1);
    }
}

struct chatter {
    struct log log;
    char letter;
};

static void *talk(void *argument)
{
    const struct chatter *chatter = argument;
    char words[101] = {0};
    memset(words, chatter->letter, sizeof words - 1);
    for (int i = 0; i < 100; i++)
        log_info(&chatter->log, "%s", words);
    return NULL;
}

static void threads_do_not_mix_their_lines(void **state)
{
    (void)state;
    int fds[2];
    pthread_t threads[2];
    static char out[65536];
    assert_int_equal(pipe(fds), 0);
    struct chatter chatters[2] = {{{fds[1], LOG_LEVEL_INFO}, 'a'}, {{fds[1], LOG_LEVEL_INFO}, 'b'}};
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, talk, &chatters[i]), 0);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);

    struct str lines = drain(fds, out, sizeof out);
    struct str line;
    int count = 0;
    while (str_split(&lines, '\n', &line) && line.len > 0) {
        assert_int_equal(line.len, 24 + strlen(" info ") + 100);
        struct str words = str_skip(line, 30);
        for (size_t i = 0; i < words.len; i++)
            assert_int_equal(words.ptr[i], words.ptr[0]);
        count++;
    }
    assert_int_equal(count, 200);
}

TEST_MAIN(cmocka_unit_test(a_line_has_time_level_and_words),
          cmocka_unit_test(what_is_less_important_than_asked_for_is_left_out),
          cmocka_unit_test(nobody_can_forge_a_line_or_drive_the_terminal),
          cmocka_unit_test(a_very_long_line_is_cut_and_still_one_line),
          cmocka_unit_test(threads_do_not_mix_their_lines))
