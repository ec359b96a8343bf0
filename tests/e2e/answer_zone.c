/* The days of an answer are those of the pages' zone; where that cannot be known, it is said. */
#include "support/command.h"
#include "support/files.h"
#include "support/test.h"

/* In Rome, half an hour into the 2nd. */
static const char view[] = "{\"v\":1,\"seq\":1,\"id\":\"1\",\"ts\":\"2026-11-01T23:30:00.000Z\","
                           "\"event\":\"view\",\"pv\":\"A\",\"page\":\"/a\"}\n";

/* And how each answer says that. */
static const struct {
    const char *name;
    const char *format;
    const char *rome;
} answers[] = {
    {"funnel", "json", "\"from\":\"2026-11-01T23:00:00.000Z\""},
    {"report", "json", "{\"day\":\"2026-11-02\",\"view\":1,"},
    {"export", "ndjson", "\"pv\":\"A\""},
};
enum { ANSWERS = sizeof answers / sizeof *answers };

static void write_settings(struct command *c, const char *text)
{
    files_write(c->folder, "x.ndjson", STR(view));
    files_write(c->folder, "pages/a.md", STR("---\ntitle: a\n---\n"));
    files_write(c->folder, "pages/_site.yaml", str_from(text));
}

static void of_pages_that_are_named_the_settings_must_be_readable(void **state)
{
    struct command *c = *state;
    static const char *const broken[] = {"timezone: [\n", "- timezone: America/New_York\n",
                                         "timezone: America/New_York\nname: a\nname: b\n",
                                         "America/New_York\n"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        for (size_t k = 0; k < ANSWERS; k++) {
            write_settings(c, broken[i]);
            command_run(c, answers[k].name, "--input", command_path(c, "x.ndjson"), "--pages",
                        command_path(c, "pages"), "--format", answers[k].format, "--lang", "en");
            assert_int_equal(c->code, 3);
            assert_int_equal(c->out.len, 0);
            assert_true(str_starts_with(buf_str(&c->err), STR("attimo: /")));
            assert_true(
                str_ends_with(buf_str(&c->err),
                              STR("/pages/_site.yaml: cannot be read; attimo check says why\n")));
        }
    files_write(c->folder, "folder/_site.yaml/x", STR(""));
    command_run(c, "funnel", "--input", command_path(c, "x.ndjson"), "--pages",
                command_path(c, "folder"), "--lang", "it");
    assert_int_equal(c->code, 3);
    assert_true(str_ends_with(buf_str(&c->err),
                              STR("/_site.yaml: non si legge; attimo check dice perché\n")));
    command_run(c, "funnel", "--input", command_path(c, "x.ndjson"), "--pages",
                command_path(c, "folder"), "--tz", "America/New_York");
    assert_int_equal(c->code, 0);
    assert_int_equal(c->err.len, 0);
}

static void of_pages_that_nobody_has_named_it_is_said_that_they_are_not(void **state)
{
    struct command *c = *state;
    write_settings(c, "timezone: [\n");
    for (size_t k = 0; k < ANSWERS; k++) {
        struct buf script = BUF_EMPTY;
        buf_printf(&script,
                   "cd %s; \"$ATTIMO\" %s --input x.ndjson --lang en --from 2026-11-02 "
                   "--to 2026-11-02 --format %s",
                   c->folder, answers[k].name, answers[k].format);
        command_shell(c, script.ptr);
        buf_finish(&script);
        assert_int_equal(c->code, 0);
        assert_contains(buf_str(&c->out), str_from(answers[k].rome));
        assert_true(str_starts_with(
            buf_str(&c->err),
            STR("attimo: pages/_site.yaml: cannot be read; attimo check says why\n")));
        assert_false(str_contains(buf_str(&c->err), STR("without the pages")));
    }
}

static void settings_that_say_nothing_and_a_theme_in_error_are_no_failure(void **state)
{
    struct command *c = *state;
    static const char *const good[] = {"# nothing yet\n", "name: a\ntimezon: x\n"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        write_settings(c, good[i]);
        files_write(c->folder, "pages/_guidelines.yaml", STR("never: [\n"));
        command_run(c, "funnel", "--input", command_path(c, "x.ndjson"), "--pages",
                    command_path(c, "pages"), "--by", "day", "--steps", "view", "--format", "csv");
        assert_int_equal(c->code, 0);
        assert_int_equal(c->err.len, 0);
        assert_contains(buf_str(&c->out), STR("\r\n2026-11-02,1,view,1,"));
    }
}

TEST_MAIN(COMMAND_TEST(of_pages_that_are_named_the_settings_must_be_readable),
          COMMAND_TEST(of_pages_that_nobody_has_named_it_is_said_that_they_are_not),
          COMMAND_TEST(settings_that_say_nothing_and_a_theme_in_error_are_no_failure))
