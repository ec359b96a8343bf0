/* What a report says of before and after: revisions of a text, and the period before, however long
 * its days were. The intervals are Newcombe's, reckoned elsewhere. */
#include "support/command.h"
#include "support/files.h"
#include "support/json.h"
#include "support/test.h"

#include <stdio.h>

/* So many page views of a day of November 2026, of which some were seen and some had their goal. */
struct views {
    const char *page;
    const char *rev;
    int day;
    int view;
    int seen;
    int goal;
};

static void append_event(struct buf *out, const struct views *views, int i, const char *event,
                         const char *more)
{
    buf_printf(out,
               "{\"v\":1,\"seq\":%d,\"id\":\"%s%s%d-%s-%d\",\"ts\":\"2026-11-%02dT10:00:0%dZ\","
               "\"event\":\"%s\",\"pv\":\"%s%s%d-%d\"%s}\n",
               i, views->page, views->rev, views->day, event, i, views->day,
               *event == 'v'   ? 0
               : *event == 's' ? 1
                               : 2,
               event, views->page, views->rev, views->day, i, more);
}

static void append_views(struct buf *out, const struct views *views)
{
    char more[128];
    (void)snprintf(more, sizeof more, ",\"page\":\"/%s\",\"rev\":\"%s\"", views->page, views->rev);
    for (int i = 0; i < views->view; i++) {
        append_event(out, views, i, "view", more);
        if (i < views->seen)
            append_event(out, views, i, "seen", "");
        if (i < views->goal)
            append_event(out, views, i, "click", ",\"cta\":\"call\",\"dest\":\"tel\"");
    }
}

/* Texts that have become better, worse, neither, and what cannot be judged: the script saw half of
 * it. */
static const struct views all_views[] = {
    {"alta", "alta1111", 10, 200, 200, 20},
    {"alta", "alta2222", 18, 200, 200, 60},
    {"bassa", "bassa1111ab", 10, 100, 100, 50},
    {"bassa", "bassa2222ab", 19, 100, 100, 10},
    {"media", "media1", 10, 400, 400, 40},
    {"media", "media2", 20, 100, 100, 16},
    {"persa", "persa1", 10, 100, 100, 10},
    {"persa", "persa2", 21, 100, 50, 20},
    {"sempre", "sempre1", 10, 10, 10, 1},
    {"sempre", "sempre1", 18, 10, 10, 1},
    {"prima", "prima1", 9, 5, 5, 0},
    {"prima", "prima2", 10, 5, 5, 5},
};

static void write_views(struct command *c, const struct views *views, size_t count)
{
    struct buf journal = BUF_EMPTY;
    for (size_t i = 0; i < count; i++)
        append_views(&journal, &views[i]);
    files_write(c->folder, "x.ndjson", buf_str(&journal));
    files_write(c->folder, "pages/index.md", STR("---\ntitle: x\n---\n"));
    buf_finish(&journal);
}

static void write_journal(struct command *c)
{
    write_views(c, all_views, sizeof all_views / sizeof *all_views);
}

static void run(struct command *c, const char *lang, const char *form, const char *value)
{
    write_journal(c);
    command_run(c, "report", "--input", command_path(c, "x.ndjson"), "--pages",
                command_path(c, "pages"), "--from=2026-11-16", "--to=2026-11-22", "--lang", lang,
                form, value);
    assert_int_equal(c->code, 0);
}

static void changes_of_text_are_told_with_their_day_and_their_verdict(void **state)
{
    struct command *c = *state;
    run(c, "it", "--format", "text");
    assert_contains(
        buf_str(&c->out),
        STR("\nCambi di testo (prima e dopo: non è un esperimento)\n"
            " • Alta: testo cambiato il 18/11 (alta2222); obiettivi dal 10,0% (di 200) al 30,0% "
            "(di 200): meglio (95%: fra +12,3 e +27,5 punti)\n"
            " • Bassa: testo cambiato il 19/11 (bassa222); obiettivi dal 50,0% (di 100) al 10,0% "
            "(di 100): peggio (95%: fra −50,6 e −27,8 punti)\n"
            " • Media: testo cambiato il 20/11 (media2); obiettivi dal 10,0% (di 400) al 16,0% "
            "(di 100): nessuna differenza dimostrabile; servono circa 370 viste in più\n"
            " • Persa: testo cambiato il 21/11 (persa2); obiettivi dal 10,0% (di 100) al 40,0% "
            "(di 50): nessun giudizio: lo script ne ha viste in proporzione diversa\n"
            "\n"));
    assert_false(str_contains(buf_str(&c->out), STR("sempre1")));
    assert_false(str_contains(buf_str(&c->out), STR("prima2")));
}

static void a_text_that_is_back_is_told(void **state)
{
    static const struct views views[] = {{"tornata", "torna1", 16, 100, 100, 10},
                                         {"tornata", "torna2", 17, 100, 100, 10},
                                         {"tornata", "torna1", 18, 100, 100, 50}};
    struct command *c = *state;
    write_views(c, views, sizeof views / sizeof *views);
    command_run(c, "report", "--input", command_path(c, "x.ndjson"), "--pages",
                command_path(c, "pages"), "--lang=en");
    assert_contains(buf_str(&c->out),
                    STR(" • Tornata: text changed on 17 Nov (torna2); goals from 10.0% (of 100) to "
                        "10.0% (of 100): no difference that can be shown"));
    assert_contains(buf_str(&c->out),
                    STR(" • Tornata: earlier text back on 18 Nov (torna1); goals from 10.0% (of "
                        "100) to 50.0% (of 100): better (95%: "));
    command_run(c, "report", "--input", command_path(c, "x.ndjson"), "--pages",
                command_path(c, "pages"), "--format=json");
    assert_true(json_is_valid(buf_str(&c->out)));
    assert_contains(buf_str(&c->out), STR("\"back\":true,\"change\":{\"verdict\":\"higher\""));
}

static void the_period_before_is_told_with_its_verdict(void **state)
{
    struct command *c = *state;
    run(c, "en", "--format", "text");
    assert_contains(buf_str(&c->out),
                    STR("\n • 460 views, −44% on the period before; goals from 15.4% (of 820) to "
                        "23.3% (of 460): no verdict: the script saw another share.\n"));
    assert_contains(buf_str(&c->out), STR("Changes of text (before and after: no experiment)\n"
                                          " • Alta: text changed on 18 Nov (alta2222); goals from "
                                          "10.0% (of 200) to 30.0% (of 200): better (95%: +12.3 "
                                          "to +27.5 points)\n"));
    assert_contains(buf_str(&c->out), STR(": worse (95%: −50.6 to −27.8 points)\n"));
    assert_contains(buf_str(&c->out), STR(": no difference that can be shown; it takes about "
                                          "370 more views\n"));
}

static void as_many_as_before_is_said_in_words(void **state)
{
    static const struct views views[] = {{"pari", "p", 9, 7, 7, 1}, {"pari", "p", 17, 7, 7, 1}};
    struct command *c = *state;
    write_views(c, views, sizeof views / sizeof *views);
    command_run(c, "report", "--input", command_path(c, "x.ndjson"), "--pages",
                command_path(c, "pages"), "--from=2026-11-16", "--to=2026-11-22", "--lang=en");
    assert_contains(buf_str(&c->out),
                    STR("\n • 7 views, as many as in the period before; goals from "));
    command_run(c, "report", "--input", command_path(c, "x.ndjson"), "--pages",
                command_path(c, "pages"), "--from=2026-11-16", "--to=2026-11-22", "--lang=it",
                "--brief");
    assert_contains(buf_str(&c->out), STR(": 7 pagine viste (come nel periodo prima), 1 con "));
}

static void programs_are_told_the_same(void **state)
{
    struct command *c = *state;
    run(c, "en", "--format", "json");
    assert_true(json_is_valid(buf_str(&c->out)));
    assert_contains(buf_str(&c->out), STR("\"page\":\"/alta\",\"rev\":\"alta2222\",\"first\":"
                                          "\"2026-11-18T10:00:00.000Z\",\"last\":\"2026-11-18T10:"
                                          "00:00.000Z\",\"view\":200,\"seen\":200,"));
    assert_contains(buf_str(&c->out),
                    STR("\"change\":{\"verdict\":\"higher\",\"difference_ci95\":[0.12"));
    assert_contains(buf_str(&c->out),
                    STR("\"change\":{\"verdict\":\"lower\",\"difference_ci95\":[-0.50"));
    assert_contains(buf_str(&c->out),
                    STR("\"change\":{\"verdict\":\"same\",\"difference_ci95\":[-0.0"));
    assert_contains(buf_str(&c->out), STR("\"change\":{\"verdict\":\"coverage\","));
    assert_contains(buf_str(&c->out), STR("\"before\":\"2026-11-08T23:00:00.000Z\",\"from\":"));
}

static size_t count_of(struct str text, struct str part)
{
    size_t n = 0;
    for (; text.len >= part.len; text = str_skip(text, 1))
        n += str_starts_with(text, part);
    return n;
}

static void days_of_a_change_are_marked_in_the_picture(void **state)
{
    struct command *c = *state;
    run(c, "it", "--format", "html");
    assert_int_equal(count_of(buf_str(&c->out), STR("<line class=\"svg-mark\"")), 4);
    assert_contains(buf_str(&c->out), STR("<li class=\"flag\"><i></i>testo cambiato</li>"));
    assert_contains(buf_str(&c->out), STR("non è un esperimento"));
}

/* The journal begins on the second day of the period before. */
static void the_line_of_before_begins_where_the_journal_does(void **state)
{
    struct command *c = *state;
    write_journal(c);
    command_run(c, "report", "--input", command_path(c, "x.ndjson"), "--pages",
                command_path(c, "pages"), "--from=2026-11-16", "--to=2026-11-23", "--lang=it",
                "--format=html");
    assert_int_equal(c->code, 0);
    assert_contains(buf_str(&c->out), STR("d=\"M1.500 "));
    assert_contains(buf_str(&c->out),
                    STR("<title>16 novembre 2026: 0 viste, 0 con obiettivo</title>"));
    assert_contains(buf_str(&c->out),
                    STR("<title>17 novembre 2026: 0 viste, 0 con obiettivo (prima: 5)</title>"));
}

/* Asks for a period that was preceded by views from its first days on; `to` is its last day. */
static struct str by(struct command *c, const char *key, const char *from, const char *to,
                     const char *format)
{
    write_journal(c);
    command_run(c, "report", "--input", command_path(c, "x.ndjson"), "--pages",
                command_path(c, "pages"), "--lang=en", "--from", from, "--to", to, "--by", key,
                "--format", format);
    assert_int_equal(c->code, 0);
    return buf_str(&c->out);
}

static void rows_of_time_are_compared_where_both_periods_have_as_many(void **state)
{
    static const char week[] = "2026-11-16";
    static const char no_week[] = "2026-11-18";
    struct command *c = *state;
    assert_contains(by(c, "weekday", week, "2026-11-22", "text"), STR("  BEFORE  "));
    assert_false(str_contains(by(c, "weekday", no_week, "2026-11-26", "text"), STR("BEFORE")));
    assert_contains(buf_str(&c->out), STR(" on the period before; goals from "));
    assert_contains(by(c, "hour", no_week, "2026-11-26", "text"), STR("  BEFORE  "));
    assert_contains(by(c, "page", no_week, "2026-11-26T12:00", "text"), STR("  BEFORE  "));
    assert_false(str_contains(by(c, "hour", no_week, "2026-11-26T12:00", "text"), STR("BEFORE")));
    assert_contains(by(c, "hour", no_week, "2026-11-26", "html"), STR(">Trend<"));
    assert_false(str_contains(by(c, "hour", no_week, "2026-11-26T12:00", "html"), STR(">Trend<")));
    struct str json = by(c, "hour", no_week, "2026-11-26T12:00", "json");
    assert_contains(json, STR("\"before\":null,\"trend\":null"));
    assert_contains(json, STR("\"before\":{\"view\":815,"));
    assert_contains(by(c, "hour", no_week, "2026-11-26T12:00", "csv"), STR("\r\n11,"));
    assert_contains(buf_str(&c->out), STR(",,,,,,,,,,\r\n"));
}

/* Without a shop that was closed, the change is what asks for something to be done. */
static void five_lines_tell_a_change(void **state)
{
    struct command *c = *state;
    struct buf script = BUF_EMPTY;
    run(c, "it", "--lang", "it");
    buf_printf(
        &script,
        "cd %s; \"$ATTIMO\" report --input x.ndjson --from 2026-11-16 --to 2026-11-22 --lang "
        "it --brief",
        c->folder);
    command_shell(c, script.ptr);
    assert_contains(buf_str(&c->out), STR(" 460 pagine viste (−44%), 107 con l’obiettivo: 23,3%"));
    assert_contains(buf_str(&c->out), STR("\nAlta: testo cambiato il 18/11 (alta2222); obiettivi"));
    assert_int_equal(count_of(buf_str(&c->out), STR("\n")), 5);
    buf_finish(&script);
}

enum { MOMENTS = 6 };

/* A page view in the first and in the last second of the day before, and of the day; and one in the
 * seconds around the two. */
static void expect_day(struct command *c, const char *day, const char *const times[MOMENTS])
{
    struct buf journal = BUF_EMPTY;
    struct buf expected = BUF_EMPTY;
    for (int i = 0; i < MOMENTS; i++)
        buf_printf(&journal,
                   "{\"id\":\"v%d\",\"ts\":\"%sZ\",\"event\":\"view\",\"pv\":\"%d\"}\n"
                   "{\"id\":\"s%d\",\"ts\":\"%sZ\",\"event\":\"seen\",\"pv\":\"%d\"}\n",
                   i, times[i], i, i, times[i], i);
    files_write(c->folder, "day.ndjson", buf_str(&journal));
    command_run(c, "report", "--input", command_path(c, "day.ndjson"), "--pages",
                command_path(c, "pages"), "--from", day, "--to", day, "--format", "json");
    assert_int_equal(c->code, 0);
    buf_printf(&expected,
               "\"days\":[\n{\"day\":\"%s\",\"view\":2,\"seen\":2,\"engaged\":0,\"goal\":0,"
               "\"before\":{\"view\":2,\"seen\":2,\"engaged\":0,\"goal\":0}}]",
               day);
    assert_contains(buf_str(&c->out), buf_str(&expected));
    buf_finish(&journal);
    buf_finish(&expected);
}

/* Summer time begins in New York on the 8th of March and ends on the 1st of November. */
static void days_of_23_and_of_25_hours_are_those_of_the_pages_zone(void **state)
{
    static const char *const short_day[MOMENTS] = {
        "2026-03-07T04:59:59", "2026-03-07T05:00:00", "2026-03-08T04:59:59",
        "2026-03-08T05:00:00", "2026-03-09T03:59:59", "2026-03-09T04:00:00",
    };
    static const char *const long_day[MOMENTS] = {
        "2026-10-31T03:59:59", "2026-10-31T04:00:00", "2026-11-01T03:59:59",
        "2026-11-01T04:00:00", "2026-11-02T04:59:59", "2026-11-02T05:00:00",
    };
    struct command *c = *state;
    files_write(c->folder, "pages/_site.yaml",
                STR("name: x\nurl: https://x.example\ntimezone: America/New_York\n"));
    expect_day(c, "2026-03-08", short_day);
    expect_day(c, "2026-11-01", long_day);
}

TEST_MAIN(COMMAND_TEST(days_of_23_and_of_25_hours_are_those_of_the_pages_zone),
          COMMAND_TEST(changes_of_text_are_told_with_their_day_and_their_verdict),
          COMMAND_TEST(a_text_that_is_back_is_told),
          COMMAND_TEST(the_period_before_is_told_with_its_verdict),
          COMMAND_TEST(as_many_as_before_is_said_in_words),
          COMMAND_TEST(programs_are_told_the_same),
          COMMAND_TEST(days_of_a_change_are_marked_in_the_picture),
          COMMAND_TEST(the_line_of_before_begins_where_the_journal_does),
          COMMAND_TEST(rows_of_time_are_compared_where_both_periods_have_as_many),
          COMMAND_TEST(five_lines_tell_a_change))
