/* Taps while the shop was closed, and when a report says that most of them were. */
#include "support/command.h"
#include "support/files.h"
#include "support/test.h"

#include <stdio.h>

/* A moment of November 2026 on the clock of Rome, which is an hour ahead of UTC. */
struct moment_in_rome {
    int day, hour, minute;
};

/* The 16th is a Monday; the shop opens from Tuesday to Saturday, nine to seven. No two of these are
 * of one part of one day. */
static const struct moment_in_rome scattered[] = {
    {15, 10, 0}, {16, 14, 0}, {15, 15, 0}, {16, 21, 0},
    {15, 21, 0}, {16, 3, 0},  {15, 2, 0},  {17, 20, 0},
};

enum { SCATTERED = sizeof scattered / sizeof *scattered };

static void write_site(struct command *c)
{
    files_write(c->folder, "pages/_site.yaml",
                STR("name: Passo Svelto\nurl: https://x.example\nplace:\n  name: Passo Svelto\n"
                    "  street: Via A 1\n  city: Parma\n  hours: \"mar-sab 9-19\"\n"));
    files_write(
        c->folder, "pages/negozio.md",
        STR("---\ntitle: Negozio\ndescription: x\ncta:\n  - directions: Portami lì\n---\nx\n"));
}

static void add(struct buf *lines, const char *event, int number, struct moment_in_rome when,
                const char *more)
{
    buf_printf(lines,
               "{\"v\":1,\"seq\":%d,\"id\":\"%s-%d\",\"ts\":\"2026-11-%02dT%02d:%02d:00.000Z\","
               "\"event\":\"%s\",\"pv\":\"p%d\",\"page\":\"/negozio\"%s}\n",
               number, event, number, when.day, when.hour - 1, when.minute, event, number, more);
}

static void add_tap(struct buf *lines, int number, struct moment_in_rome when)
{
    add(lines, "view", number, when, "");
    add(lines, "seen", number, when, "");
    add(lines, "click", number, when, ",\"cta\":\"directions\",\"dest\":\"map\"");
}

/* Reports the taps, and expects this sentence. */
static void expect_of(struct command *c, struct buf *lines, const char *lang, const char *sentence)
{
    struct buf expected = BUF_EMPTY;
    write_site(c);
    files_write(c->folder, "x.ndjson", buf_str(lines));
    command_run(c, "report", "--input", command_path(c, "x.ndjson"), "--pages",
                command_path(c, "pages"), "--tz", "Europe/Rome", "--lang", lang);
    assert_int_equal(c->code, 0);
    buf_printf(&expected, " • %s.\n", sentence);
    assert_contains(buf_str(&c->out), buf_str(&expected));
    buf_finish(&expected);
    buf_finish(lines);
}

/* `together` taps of one moment and `others` at as many other times as there are. */
static void expect(struct command *c, struct moment_in_rome when, int together, int others,
                   const char *lang, const char *sentence)
{
    struct buf lines = BUF_EMPTY;
    for (int i = 0; i < together; i++)
        add_tap(&lines, i, when);
    for (int i = 0; i < others; i++)
        add_tap(&lines, together + i, scattered[i % SCATTERED]);
    expect_of(c, &lines, lang, sentence);
}

/* Taps of two moments. */
static void expect_two(struct command *c, struct moment_in_rome first, int count,
                       struct moment_in_rome second, int others, const char *sentence)
{
    struct buf lines = BUF_EMPTY;
    for (int i = 0; i < count; i++)
        add_tap(&lines, i, first);
    for (int i = 0; i < others; i++)
        add_tap(&lines, count + i, second);
    expect_of(c, &lines, "it", sentence);
}

#define CLOSED " tocchi su «Portami lì» (Negozio) a negozio chiuso"
#define MOSTLY CLOSED " (per lo più lun mattina)"

static const struct moment_in_rome monday_morning = {16, 10, 0};

/* Of few, more than half. */
static void when_most_taps_were_is_said_if_it_is_true_of_half(void **state)
{
    struct command *c = *state;
    expect(c, monday_morning, 1, 1, "it", "2" CLOSED);
    expect(c, monday_morning, 2, 2, "it", "4" CLOSED);
    expect(c, monday_morning, 2, 1, "it", "3" MOSTLY);
    expect(c, monday_morning, 4, 5, "it", "9" CLOSED);
    expect(c, monday_morning, 5, 4, "it", "9" MOSTLY);
}

/* Of ten and more a third says something: a week has 28 parts. */
static void of_ten_taps_more_than_a_third_is_enough(void **state)
{
    struct command *c = *state;
    expect(c, monday_morning, 3, 7, "it", "10" CLOSED);
    expect(c, monday_morning, 4, 6, "it", "10" MOSTLY);
    expect(c, monday_morning, 4, 8, "it", "12" CLOSED);
    expect(c, monday_morning, 5, 8, "it", "13" MOSTLY);
}

/* Not the first one that is above it; and of two that are alike, none. */
static void most_is_the_part_of_the_day_with_most_taps(void **state)
{
    struct command *c = *state;
    static const struct moment_in_rome sunday = {22, 10, 0};
    expect_two(c, monday_morning, 5, sunday, 7, "12" CLOSED " (per lo più dom mattina)");
    expect_two(c, monday_morning, 7, sunday, 5, "12" MOSTLY);
    expect_two(c, monday_morning, 6, sunday, 6, "12" CLOSED);
}

static void a_part_of_the_day_ends_where_the_next_begins(void **state)
{
    static const struct {
        struct moment_in_rome when;
        const char *it, *en;
    } parts[] = {
        {{16, 5, 59}, "lun notte", "Mon night"},
        {{16, 6, 0}, "lun mattina", "Mon morning"},
        {{16, 12, 59}, "lun mattina", "Mon morning"},
        {{16, 13, 0}, "lun pomeriggio", "Mon afternoon"},
        {{16, 18, 59}, "lun pomeriggio", "Mon afternoon"},
        {{16, 19, 0}, "lun sera", "Mon evening"},
        {{16, 23, 59}, "lun sera", "Mon evening"},
        {{15, 23, 59}, "dom sera", "Sun evening"},
    };
    struct command *c = *state;
    char sentence[128];
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        (void)snprintf(sentence, sizeof sentence, "2" CLOSED " (per lo più %s)", parts[i].it);
        expect(c, parts[i].when, 2, 0, "it", sentence);
        (void)snprintf(sentence, sizeof sentence,
                       "2 taps on “Portami lì” (Negozio) while the shop was closed (mostly %s)",
                       parts[i].en);
        expect(c, parts[i].when, 2, 0, "en", sentence);
    }
}

TEST_MAIN(COMMAND_TEST(when_most_taps_were_is_said_if_it_is_true_of_half),
          COMMAND_TEST(of_ten_taps_more_than_a_third_is_enough),
          COMMAND_TEST(most_is_the_part_of_the_day_with_most_taps),
          COMMAND_TEST(a_part_of_the_day_ends_where_the_next_begins))
