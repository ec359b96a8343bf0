/* What every command says of itself: on one screen, with examples, in both languages. */
#include "support/command.h"
#include "support/test.h"

#include <stdio.h>

enum { SCREEN_LINES = 24, SCREEN_COLUMNS = 80, LINES_MIN = 8 };

static const char *const commands[] = {"serve",   "takedown", "restore", "check",  "new",
                                       "preview", "journal",  "funnel",  "report", "export"};
enum { COMMANDS = sizeof commands / sizeof *commands };

/* A line to copy: the command, and no word in capitals that stands for something. */
static bool is_example(struct str line, const char *command)
{
    char begin[32];
    (void)snprintf(begin, sizeof begin, "  attimo %s", command);
    if (!str_starts_with(line, str_from(begin)) || str_find(line, '[') >= 0 ||
        str_find(line, '|') >= 0)
        return false;
    for (size_t i = 0; i + 1 < line.len; i++)
        if (line.ptr[i] >= 'A' && line.ptr[i] <= 'Z' && line.ptr[i + 1] >= 'A' &&
            line.ptr[i + 1] <= 'Z')
            return false;
    return true;
}

static void expect_screen(struct str text, const char *command)
{
    struct str rest = text;
    struct str line;
    size_t lines = 0;
    size_t examples = 0;
    assert_true(str_ends_with(text, STR("\n")));
    rest.len--;
    while (str_split(&rest, '\n', &line)) {
        lines++;
        examples += is_example(line, command);
        if (str_utf8_length(line) > SCREEN_COLUMNS)
            fail_msg("%s: a line of %zu columns: %.*s", command, str_utf8_length(line),
                     STR_ARG(line));
    }
    if (lines < LINES_MIN || lines > SCREEN_LINES)
        fail_msg("%s: %zu lines", command, lines);
    if (examples == 0)
        fail_msg("%s: there is no example", command);
}

static void every_command_explains_itself_on_a_screen_in_both_languages(void **state)
{
    struct command *c = *state;
    for (size_t i = 0; i < COMMANDS; i++) {
        struct buf english = BUF_EMPTY;
        command_run(c, commands[i], "--help", "--lang", "en");
        assert_int_equal(c->code, 0);
        expect_screen(buf_str(&c->out), commands[i]);
        buf_append(&english, buf_str(&c->out));

        command_run(c, commands[i], "--help", "--lang", "it");
        assert_int_equal(c->code, 0);
        expect_screen(buf_str(&c->out), commands[i]);
        if (str_eq(buf_str(&english), buf_str(&c->out)))
            fail_msg("%s: Italian help is in English", commands[i]);
        buf_finish(&english);
    }
}

static void the_days_that_are_meant_if_none_are_named_are_told_of_files_too(void **state)
{
    struct command *c = *state;
    static const char *const names[] = {"funnel", "report"};
    for (int i = 0; i < 2; i++) {
        command_run(c, names[i], "--help", "--lang", "en");
        assert_contains(buf_str(&c->out), STR("(last 30 days; with --input all of it)"));
        command_run(c, names[i], "--help", "--lang", "it");
        assert_contains(buf_str(&c->out), STR("(ultimi 30 giorni; con --input tutto)"));
    }
}

static void attimo_itself_names_every_command_in_the_language_of_the_locale(void **state)
{
    struct command *c = *state;
    static const char *const locales[] = {"C.UTF-8", "it_IT.UTF-8"};
    static const struct str words[] = {STR_INIT("a landing-page server"),
                                       STR_INIT("un server di landing page")};
    const char *before = getenv("LC_ALL");
    char *kept = before ? strdup(before) : NULL;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(setenv("LC_ALL", locales[i], 1), 0);
        command_run(c, "--help");
        assert_int_equal(c->code, 0);
        assert_contains(buf_str(&c->out), words[i]);
        for (size_t k = 0; k < COMMANDS; k++)
            assert_contains(buf_str(&c->out), str_from(commands[k]));
    }
    if (kept)
        (void)setenv("LC_ALL", kept, 1);
    else
        (void)unsetenv("LC_ALL");
    free(kept);
}

TEST_MAIN(COMMAND_TEST(every_command_explains_itself_on_a_screen_in_both_languages),
          COMMAND_TEST(the_days_that_are_meant_if_none_are_named_are_told_of_files_too),
          COMMAND_TEST(attimo_itself_names_every_command_in_the_language_of_the_locale))
