/* attimo funnel, as an analyst meets it. */
#include "support/command.h"
#include "support/files.h"
#include "support/json.h"
#include "support/test.h"

#include <stdio.h>
#include <time.h>

#define LINE(seq, time, event, pv, more)                                      \
    "{\"v\":1,\"seq\":" #seq ",\"id\":\"" #seq "\",\"ts\":\"2026-11-01T" time \
    ".000Z\",\"event\":\"" event "\",\"pv\":\"" pv "\"" more "}\n"

/* Design's worked example, ids by order of writing. */
static const char example[] = LINE(1, "10:00:00", "view", "A", ",\"intent\":\"buy\"")
    LINE(2, "10:00:30", "click", "A", "") LINE(3, "10:01:30", "order", "A", "") LINE(
        4, "10:00:00", "view", "B", ",\"intent\":\"buy\"") LINE(5, "10:00:50", "click", "B", "")
        LINE(6, "10:11:40", "view", "B", "") LINE(7, "10:12:00", "click", "B", "") LINE(
            8, "10:13:20", "order", "B", "") LINE(9, "10:00:00", "view", "C", ",\"intent\":\"buy\"")
            LINE(10, "10:00:10", "view", "C", "") LINE(11, "10:00:20", "click", "C", "")
                LINE(12, "10:00:05", "click", "D", "") LINE(13, "10:00:10", "view", "D", "")
                    LINE(14, "10:00:20", "order", "D", "") LINE(15, "10:00:00", "view", "E", "")
                        LINE(16, "10:00:15", "help", "E", "") LINE(17, "10:00:30", "click", "E", "")
                            LINE(18, "10:00:40", "order", "E", "")
                                LINE(19, "10:00:00", "view", "F", "")
                                    LINE(20, "10:10:00", "click", "F", "")
                                        LINE(21, "10:10:01", "order", "F", "")
                                            LINE(22, "10:00:00", "view", "G", "")
                                                LINE(23, "10:00:00", "click", "G", "")
                                                    LINE(24, "10:00:00", "order", "G", "");

#define STEPS "--steps", "view,click,order", "--window", "600s"

static const char *write_example(struct command *c)
{
    files_write(c->folder, "x.ndjson", STR(example));
    return command_path(c, "x.ndjson");
}

static void the_worked_example_as_json(void **state)
{
    struct command *c = *state;
    command_run(c, "funnel", "--input", write_example(c), STEPS, "--format", "json");
    assert_int_equal(c->code, 0);
    assert_int_equal(c->err.len, 0);
    assert_true(json_is_valid(buf_str(&c->out)));
    assert_contains(
        buf_str(&c->out),
        STR("{\"unit\":\"journey\",\"window_s\":600,\"mode\":\"ordered\",\"from\":null,"));
    assert_contains(buf_str(&c->out),
                    STR("{\"step\":\"order\",\"count\":4,\"of_previous\":0.666667,"
                        "\"of_entry\":0.571429,\"ci95\":[0.250458,0.84178]}],\"entered\":7,"
                        "\"converted\":4,\"open\":0,\"median_s\":65,\"p90_s\":97}"));
    assert_contains(buf_str(&c->out), STR("\"loss\":{\"bot\":0,\"prefetch\":0,"));
}

static void the_worked_example_strictly_and_increasing(void **state)
{
    struct command *c = *state;
    const char *file = write_example(c);
    command_run(c, "funnel", "--input", file, STEPS, "--strict", "--format=csv");
    assert_contains(buf_str(&c->out), STR("\r\n1,view,7,1,1,0.64567,1,0\r\n2,click,5,"));
    assert_contains(buf_str(&c->out), STR("\r\n3,order,3,"));
    command_run(c, "funnel", "--input", file, STEPS, "--increasing", "--format=csv");
    assert_contains(buf_str(&c->out), STR("\r\n2,click,5,"));
    assert_contains(buf_str(&c->out), STR("\r\n3,order,3,"));
}

static void people_read_bars_and_intervals_in_their_language(void **state)
{
    struct command *c = *state;
    const char *file = write_example(c);
    command_run(c, "funnel", "--input", file, STEPS, "--lang", "it");
    assert_str(buf_str(&c->out),
               STR("servite → tocco → order     per percorso · finestra 10 min · Europe/Rome\n"
                   "servite   7  ████████████████████  100%\n"
                   "tocco     6  █████████████████▏    85,7%   −1\n"
                   "order     4  ███████████▍          57,1%   −2   (95%: 25,0–84,2)\n"
                   "Tempo fino a order: mediana 65 s, p90 97 s · ancora aperte: 0\n"
                   "\n"
                   "Copertura: 0 viste su 7 servite (0%)\n"
                   "Fuori dal conto: 0 bot · 0 prefetch mai visti · 0 interne · "
                   "0 tocchi senza vista · 0 respinti · 0 danneggiati\n"));

    command_run(c, "funnel", "--input", file, STEPS, "--lang", "en", "--by", "intent");
    assert_contains(buf_str(&c->out), STR("\norder    4  ███████████▍          57.1%   −2"));
    assert_contains(buf_str(&c->out), STR("\n(none)   2/4  50.0%  (15.0–85.0)\n"
                                          "buy      2/3  66.7%  (20.8–93.9)\n"));
}

static void append_numbered(struct buf *lines, const char *event, unsigned pv, const char *more)
{
    buf_printf(lines,
               "{\"v\":1,\"seq\":%u,\"id\":\"%s%u\",\"ts\":\"2026-11-01T10:00:00.000Z\","
               "\"event\":\"%s\",\"pv\":\"P%u\"%s}\n",
               pv, event, pv, event, pv, more);
}

/* A thousand and more are written as a report writes them, and an app has its own name. */
static void many_are_written_as_in_a_report(void **state)
{
    struct command *c = *state;
    struct buf lines = BUF_EMPTY;
    for (unsigned i = 0; i < 1234; i++) {
        bool is_lost = i < 40;
        append_numbered(&lines, "view", i,
                        is_lost ? ",\"os\":\"ios\",\"app\":\"instagram\""
                                : ",\"os\":\"ios\",\"app\":\"facebook\"");
        if (!is_lost)
            append_numbered(&lines, "seen", i, "");
    }
    files_write(c->folder, "many.ndjson", buf_str(&lines));
    buf_finish(&lines);
    command_run(c, "funnel", "--input", command_path(c, "many.ndjson"), "--steps", "view,seen",
                "--by", "app", "--lang", "it");
    assert_contains(buf_str(&c->out), STR("\nservite   1.234  ██"));
    assert_contains(buf_str(&c->out), STR("96,8%   −40 "));
    assert_contains(buf_str(&c->out), STR("\nfacebook    1.194/1.194  "));
    assert_contains(buf_str(&c->out), STR("Copertura: 1.194 viste su 1.234 servite (97%); "
                                          "iPhone da Instagram 0%: non confrontare\n"));
    command_run(c, "funnel", "--input", command_path(c, "many.ndjson"), "--steps", "view,seen",
                "--lang", "en");
    assert_contains(buf_str(&c->out), STR("Coverage: 1,194 seen of 1,234 served (97%); "));
}

static void several_groups_and_parts_of_time_are_combined(void **state)
{
    struct command *c = *state;
    command_run(c, "funnel", "--input", write_example(c), STEPS, "--by=day", "--by", "intent",
                "--tz=Pacific/Kiritimati", "--format=csv");
    assert_int_equal(c->code, 0);
    assert_contains(buf_str(&c->out), STR("day,intent,number,step,count,"));
    assert_contains(buf_str(&c->out), STR("\r\n2026-11-02,buy,1,view,3,1,1,"));
    assert_contains(buf_str(&c->out), STR("\r\n2026-11-02,,1,view,4,1,1,"));
}

/* Where it is already tomorrow. */
static void days_are_those_of_the_pages_zone(void **state)
{
    struct command *c = *state;
    struct buf script = BUF_EMPTY;
    write_example(c);
    files_write(c->folder, "pages/_site.yaml", STR("timezone: Pacific/Kiritimati\n"));
    buf_printf(&script,
               "cd %s; set -- --steps view --by day --format csv; "
               "\"$ATTIMO\" funnel --input x.ndjson \"$@\" | tail -n 1; cd /; "
               "\"$ATTIMO\" funnel --input %s/x.ndjson --pages %s/pages \"$@\" | tail -n 1; "
               "\"$ATTIMO\" export --input %s/x.ndjson --pages %s/pages --from 2026-11-02 | wc -l",
               c->folder, c->folder, c->folder, c->folder, c->folder);
    command_shell(c, script.ptr);
    assert_str(buf_str(&c->out), STR("2026-11-02,1,view,7,1,1,0.64567,1,0\r\n"
                                     "2026-11-02,1,view,7,1,1,0.64567,1,0\r\n24\n"));
    command_run(c, "funnel", "--input", command_path(c, "x.ndjson"), "--pages", "/none");
    assert_int_equal(c->code, 3);
    assert_contains(buf_str(&c->err), STR("/none: not found\n"));
    buf_finish(&script);
}

static void no_cell_is_a_formula(void **state)
{
    struct command *c = *state;
    files_write(c->folder, "x.ndjson",
                STR(LINE(1, "10:00:00", "view", "A", ",\"utm_source\":\"=cmd|'/c x'!A1\"")
                        LINE(2, "10:00:00", "view", "B", ",\"utm_source\":\"a,\\\"b\\\"\"")));
    command_run(c, "funnel", "--input", command_path(c, "x.ndjson"), "--steps", "view", "--by",
                "utm_source", "--format", "csv");
    assert_contains(buf_str(&c->out), STR("\r\n'=cmd|'/c x'!A1,1,view,1,"));
    assert_contains(buf_str(&c->out), STR("\r\n\"a,\"\"b\"\"\",1,view,1,"));
}

static void a_terminal_gets_no_commands_from_visitors(void **state)
{
    struct command *c = *state;
    files_write(c->folder, "x.ndjson",
                STR(LINE(1, "10:00:00", "view", "A", ",\"utm_source\":\"\\u001b[2J\"")));
    command_run(c, "funnel", "--input", command_path(c, "x.ndjson"), "--steps", "view", "--by",
                "utm_source");
    assert_contains(buf_str(&c->out), STR("\n\\x1b[2J   1/1"));
    command_run(c, "funnel", "--input", command_path(c, "x.ndjson"), "--steps", "view", "--by",
                "utm_source", "--format", "csv");
    assert_contains(buf_str(&c->out), STR("\r\n\\x1b[2J,1,view,1,"));
}

static void damaged_lines_are_named_and_the_rest_counts(void **state)
{
    struct command *c = *state;
    static const char first[] = LINE(1, "10:00:00", "view", "A", "");
    struct buf expected = BUF_EMPTY;
    files_write(c->folder, "x.ndjson",
                STR(LINE(1, "10:00:00", "view", "A",
                         "") "\n{\"v\":1,\"seq\":2,\"id\n" LINE(3, "10:00:00", "click", "A", "")));
    const char *file = command_path(c, "x.ndjson");
    command_run(c, "funnel", "--input", file, "--steps", "view,click", "--lang", "en");
    assert_int_equal(c->code, 0);
    buf_printf(&expected, "%s: at byte %zu: left out: a text has no end\n", file,
               strlen(first) + 1);
    assert_str(buf_str(&c->err), buf_str(&expected));
    assert_contains(buf_str(&c->out), STR("\ntap      1  "));
    assert_contains(buf_str(&c->out), STR("· 1 damaged\n"));
    buf_finish(&expected);
}

static void a_days_end_belongs_to_the_range(void **state)
{
    struct command *c = *state;
    files_write(c->folder, "x.ndjson",
                STR(LINE(1, "22:59:59", "view", "A", "") LINE(2, "23:00:00", "view", "B", "")));
    const char *file = command_path(c, "x.ndjson");
    command_run(c, "funnel", "--input", file, "--steps", "view", "--from", "2026-11-01", "--to",
                "2026-11-01", "--format", "json");
    assert_contains(buf_str(&c->out), STR("\"from\":\"2026-10-31T23:00:00.000Z\",\"to\":"
                                          "\"2026-11-01T23:00:00.000Z\",\"tz\":\"Europe/Rome\""));
    assert_contains(buf_str(&c->out), STR("\"entered\":1,"));
}

static void a_journal_is_read_segment_by_segment(void **state)
{
    struct command *c = *state;
    files_write(c->folder, "data/journal/a-00000000000000000002-20261101T100000Z.ndjson",
                STR(LINE(2, "10:00:05", "click", "A", "")));
    files_write(c->folder, "data/journal/a-00000000000000000001-20261101T100000Z.ndjson",
                STR(LINE(1, "10:00:00", "view", "A", "")));
    files_write(c->folder, "data/journal/.a-1.ndjson.gz.tmp", STR("x"));
    files_write(c->folder, "data/journal/a-00000000000000000001-20261101T100000Z.ndjson.gz",
                STR("half written"));
    command_run(c, "funnel", "--data", command_path(c, "data"), "--from", "2026-11-01", "--steps",
                "view,click", "--format", "csv");
    assert_int_equal(c->code, 0);
    assert_int_equal(c->err.len, 0);
    assert_contains(buf_str(&c->out), STR("\r\n2,click,1,1,1,"));
}

/* The example's lines dealt to three segments of a server's folder, of which the last comes when
 * page views of days later are over already. What stands in between is no entry. */
static void late_and_disordered_segments_change_nothing(void **state)
{
    enum { SEGMENTS = 9 };
    struct command *c = *state;
    struct buf segments[SEGMENTS] = {BUF_EMPTY};
    size_t number = 0;
    for (struct str rest = STR(example); rest.len > 0; number++) {
        size_t end = (size_t)str_find(rest, '\n') + 1;
        struct buf *to = &segments[number % 3 == 2 ? SEGMENTS - 1 : 1 - number % 3];
        buf_append(to, str_make(rest.ptr, end));
        rest = str_skip(rest, end);
    }
    for (unsigned day = 2; day < SEGMENTS; day++)
        buf_printf(&segments[day],
                   "{\"v\":1,\"seq\":%u,\"id\":\"d%u\",\"ts\":\"2026-11-%02uT10:00:00.000Z\","
                   "\"event\":\"help\",\"pv\":\"d%u\"}\n",
                   100 + day, day, day, day);
    for (unsigned i = 0; i < SEGMENTS; i++) {
        char name[96];
        (void)snprintf(name, sizeof name, "data/journal/a-%020u-202611%02uT080000Z.ndjson", i + 1,
                       i == 0 ? 1 : i);
        files_write(c->folder, name, buf_str(&segments[i]));
        buf_finish(&segments[i]);
    }
    command_run(c, "funnel", "--data", command_path(c, "data"), "--from", "2026-10-01", STEPS,
                "--format", "csv");
    assert_int_equal(c->code, 0);
    assert_int_equal(c->err.len, 0);
    assert_contains(buf_str(&c->out), STR("\r\n1,view,7,"));
    assert_contains(buf_str(&c->out), STR("\r\n2,click,6,"));
    assert_contains(buf_str(&c->out), STR("\r\n3,order,4,"));
}

/* An empty file, and a server's folder in which nothing has been written yet. */
static void of_nothing_there_is_an_answer_in_every_form(void **state)
{
    struct command *c = *state;
    static const char *const formats[] = {"text", "json", "csv"};
    static const char *const empty[] = {"\nseen   0 ", "\"entered\":0,\"converted\":0,\"open\":0,",
                                        "\r\n1,seen,0,"};
    files_write(c->folder, "x.ndjson", STR(""));
    files_write(c->folder, "data/journal/a-00000000000000000001-20261101T100000Z.ndjson", STR(""));
    for (size_t i = 0; i < 6; i++) {
        command_run(c, "funnel", i % 2 ? "--data" : "--input",
                    command_path(c, i % 2 ? "data" : "x.ndjson"), "--from", "2026-11-01", "--steps",
                    "seen,click", "--lang", "en", "--format", formats[i / 2]);
        assert_int_equal(c->code, 0);
        assert_int_equal(c->err.len, 0);
        assert_contains(buf_str(&c->out), str_from(empty[i / 2]));
        if (i / 2 == 1)
            assert_true(json_is_valid(buf_str(&c->out)));
    }
}

static void the_days_that_are_counted_are_named(void **state)
{
    struct command *c = *state;
    files_write(c->folder, "x.ndjson", STR(LINE(1, "22:59:59", "view", "A", "")));
    const char *file = command_path(c, "x.ndjson");
    command_run(c, "funnel", "--input", file, "--from=2026-10-30", "--to=2026-11-01", "--lang=it");
    assert_contains(buf_str(&c->out), STR(" · 30 ottobre – 1 novembre 2026 · Europe/Rome\n"));
    command_run(c, "funnel", "--input", file, "--to=2026-11-01", "--lang=en");
    assert_contains(buf_str(&c->out), STR(" · until 1 November 2026 · Europe/Rome\n"));
    assert_contains(buf_str(&c->out), STR("Coverage: 0 seen of 1 served"));
}

static void what_is_not_there_or_not_understood_is_said(void **state)
{
    struct command *c = *state;
    command_run(c, "funnel", "--data", command_path(c, "nothing"));
    assert_int_equal(c->code, 3);
    assert_int_equal(c->out.len, 0);
    assert_contains(buf_str(&c->err), STR("nothing/journal: not found\n"));

    static const char *const wrong[][2] = {
        {"--window", "0s"},   {"--window", "91d"},     {"--window", "10"},
        {"--steps", "view,"}, {"--steps", "view,gap"}, {"--from", "1.11.2026"},
        {"--tz", "Rome"},     {"--format", "xml"},     {"--include", "dogs"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        command_run(c, "funnel", wrong[i][0], wrong[i][1]);
        assert_int_equal(c->code, 2);
        assert_contains(buf_str(&c->err), str_from(wrong[i][0]));
    }
    command_run(c, "funnel", "--lang", "it", "--from", "2026-11-02", "--to", "2026-11-01");
    assert_int_equal(c->code, 2);
    assert_str(buf_str(&c->err), STR("attimo: --to viene dopo --from, non «2026-11-01»\n"));
    command_run(c, "funnel", "--lang", "it", "--by", "utm_sorce");
    assert_int_equal(c->code, 2);
    assert_contains(buf_str(&c->err), STR("--by: la chiave «utm_sorce» non c’è; volevi dire "
                                          "«utm_source»?\nCi sono:\n    page, rev,"));
    command_run(c, "funnel", "--lang", "en", "--steps", "view,click:ctas=call");
    assert_int_equal(c->code, 2);
    assert_contains(buf_str(&c->err), STR("--steps: no key is \"ctas\"; did you mean \"cta\"?"));
    command_run(c, "funnel", "--input", write_example(c), "--lang=it", "--steps=view,clik");
    assert_int_equal(c->code, 0);
    assert_str(buf_str(&c->err), STR("attimo: --steps: nessuno arriva a «clik»; volevi dire "
                                     "«click»?\n"));
    command_run(c, "funnel", "--lang", "it", "--steps", "view,refused");
    assert_str(buf_str(&c->err), STR("attimo: --steps: ne dice «Fuori dal conto», nessun passo: "
                                     "«refused»\n"));
    command_run(c, "funnel", "--lang", "it", "--steps", "view:cta=");
    assert_int_equal(c->code, 2);
    assert_str(buf_str(&c->err), STR("attimo: --steps: una condizione è chiave=valore: «cta=»\n"));
    command_run(c, "funnel", "--lang", "en", "--steps", "view,cta\033=");
    assert_int_equal(c->code, 2);
    assert_str(buf_str(&c->err), STR("attimo: --steps: a condition is key=value: \"cta\\x1b=\"\n"));
    command_run(c, "funnel", "--lang", "it", "--window", "91d");
    assert_contains(buf_str(&c->err), STR("fino a 90d, non «91d»\n"));
    command_run(c, "export", "--lang", "en", "--from", "2026-11-02", "--to", "2026-11-01");
    assert_int_equal(c->code, 2);
    assert_contains(buf_str(&c->err), STR("--to comes after --from"));
}

/* An event so many days ago, in the form of the journal. */
static void append_days_ago(struct buf *out, int days, const char *event, const char *more)
{
    static unsigned seq;
    char moment[32];
    struct tm utc;
    time_t when = time(NULL) - days * 86400L;
    assert_non_null(gmtime_r(&when, &utc));
    (void)strftime(moment, sizeof moment, "%Y-%m-%dT%H:%M:%SZ", &utc);
    seq++;
    buf_printf(out,
               "{\"v\":1,\"seq\":%u,\"id\":\"%u\",\"ts\":\"%s\",\"event\":\"%s\",\"pv\":\"P%d\""
               "%s}\n",
               seq, seq, moment, event, days, more);
}

static void without_any_flag_it_is_of_the_last_30_days_by_intent(void **state)
{
    struct command *c = *state;
    struct buf lines = BUF_EMPTY;
    struct buf script = BUF_EMPTY;
    append_days_ago(&lines, 31, "view", ",\"intent\":\"do\"");
    append_days_ago(&lines, 31, "seen", "");
    for (int days = 28; days > 0; days -= 27) {
        append_days_ago(&lines, days, "view", ",\"intent\":\"buy\"");
        append_days_ago(&lines, days, "seen", "");
        append_days_ago(&lines, days, "engaged", "");
    }
    append_days_ago(&lines, 1, "click", ",\"cta\":\"call\"");
    files_write(c->folder, "data/journal/a-00000000000000000001-20260101T000000Z.ndjson",
                buf_str(&lines));
    buf_printf(&script, "cd %s && LC_ALL=it_IT.UTF-8 \"$ATTIMO\" funnel", c->folder);
    command_shell(c, script.ptr);
    assert_int_equal(c->code, 0);
    assert_contains(buf_str(&c->out),
                    STR("viste → coinvolte → tocco     per percorso · finestra "));
    assert_contains(buf_str(&c->out), STR("\nviste       2  ██"));
    assert_contains(buf_str(&c->out), STR("\n\ncomprare   1/2  50,0%"));
    assert_false(str_contains(buf_str(&c->out), STR("fare")));
    buf_finish(&lines);
    buf_finish(&script);
}

static void a_closed_pipe_is_no_error(void **state)
{
    struct command *c = *state;
    struct buf lines = BUF_EMPTY;
    struct buf script = BUF_EMPTY;
    enum { VIEWS = 20000 }; /* a table far larger than what a pipe holds */
    for (unsigned i = 0; i < VIEWS; i++)
        append_numbered(&lines, "view", i, "");
    files_write(c->folder, "x.ndjson", buf_str(&lines));
    buf_printf(&script,
               "\"$ATTIMO\" funnel --input %s --steps view --by pv --format csv | head -n 1; "
               "echo ${PIPESTATUS[0]}",
               command_path(c, "x.ndjson"));
    command_shell(c, script.ptr);
    assert_str(buf_str(&c->out),
               STR("pv,number,step,count,of_previous,of_entry,ci95_low,ci95_high,open\r\n0\n"));
    assert_str(buf_str(&c->err), STR(""));
    buf_finish(&lines);
    buf_finish(&script);
}

/* A dozen, of which ten are named. */
static void damage_is_told_in_the_readers_language(void **state)
{
    struct command *c = *state;
    struct buf lines = BUF_EMPTY;
    for (int i = 0; i < 12; i++)
        buf_append(&lines, STR("{\"v\":1\n"));
    files_write(c->folder, "x.ndjson", buf_str(&lines));
    command_run(c, "funnel", "--input", command_path(c, "x.ndjson"), "--lang=it");
    assert_int_equal(c->code, 0);
    assert_contains(buf_str(&c->err), STR("x.ndjson: al byte 0: lasciata fuori: "));
    assert_contains(buf_str(&c->err), STR("al byte 63: "));
    assert_false(str_contains(buf_str(&c->err), STR("al byte 70: ")));
    assert_false(str_contains(buf_str(&c->err), STR("left out")));
    assert_true(str_ends_with(buf_str(&c->err),
                              STR("\nattimo: 2 altre righe danneggiate lasciate fuori\n")));
    assert_contains(buf_str(&c->out), STR(" · 12 danneggiati\n"));
    command_run(c, "funnel", "--data", command_path(c, "nothing"), "--lang=it");
    assert_int_equal(c->code, 3);
    assert_contains(buf_str(&c->err), STR("nothing/journal: non c’è\nattimo: lo scrive il server"));
    buf_finish(&lines);
}

/* Each on a line of its own, with what is said of it. */
static void every_damage_has_its_words_in_both_languages(void **state)
{
    static const struct {
        const char *line;
        const char *en;
        const char *it;
    } damages[] = {
        {"rubbish", "no JSON object", "non è un oggetto JSON"},
        {"{1:2}", "a key is missing", "manca una chiave"},
        {"{\"event\"}", "a colon is missing", "mancano i due punti"},
        {"{\"event\":}", "a value is missing", "manca un valore"},
        {"{\"event\":click}", "a value is no JSON", "un valore non è JSON"},
        {"{\"event\":\"\\x\"}", "bad escape in a text",
         "un testo ha una sequenza di escape sbagliata"},
        {"{\"event\":\"view", "a text has no end", "un testo non finisce"},
        {"{\"event\":[1", "a bracket is not closed", "una parentesi non si chiude"},
        {"{\"event\":\"view\"", "cut off", "è tagliata"},
        {"{\"event\":\"view\"}x", "something stands behind the object",
         "dopo l’oggetto c’è dell’altro"},
        {"{\"event\":\"view\"}", "no time", "non dice quando"},
        {"{\"v\":1}", "no event", "non dice quale evento è"},
        {"{\"v\":1,\"crc\":\"01234567\"}", "the checksum is wrong",
         "la somma di controllo non torna"},
    };
    struct command *c = *state;
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        static const char *const commands[] = {"funnel", "report", "export"};
        struct buf line = BUF_EMPTY;
        buf_printf(&line, "%s\n", damages[i].line);
        files_write(c->folder, "x.ndjson", buf_str(&line));
        for (size_t k = 0; k < sizeof commands / sizeof *commands; k++)
            for (int italian = 0; italian < 2; italian++) {
                buf_clear(&line);
                buf_printf(&line,
                           italian ? "x.ndjson: al byte 0: lasciata fuori: %s\n"
                                   : "x.ndjson: at byte 0: left out: %s\n",
                           italian ? damages[i].it : damages[i].en);
                command_run(c, commands[k], "--input", command_path(c, "x.ndjson"), "--lang",
                            italian ? "it" : "en");
                assert_contains(buf_str(&c->err), buf_str(&line));
            }
        buf_finish(&line);
    }
}

TEST_MAIN(COMMAND_TEST(the_worked_example_as_json),
          COMMAND_TEST(the_worked_example_strictly_and_increasing),
          COMMAND_TEST(people_read_bars_and_intervals_in_their_language),
          COMMAND_TEST(many_are_written_as_in_a_report),
          COMMAND_TEST(several_groups_and_parts_of_time_are_combined),
          COMMAND_TEST(days_are_those_of_the_pages_zone), COMMAND_TEST(no_cell_is_a_formula),
          COMMAND_TEST(a_terminal_gets_no_commands_from_visitors),
          COMMAND_TEST(damaged_lines_are_named_and_the_rest_counts),
          COMMAND_TEST(a_days_end_belongs_to_the_range),
          COMMAND_TEST(a_journal_is_read_segment_by_segment),
          COMMAND_TEST(late_and_disordered_segments_change_nothing),
          COMMAND_TEST(of_nothing_there_is_an_answer_in_every_form),
          COMMAND_TEST(the_days_that_are_counted_are_named),
          COMMAND_TEST(without_any_flag_it_is_of_the_last_30_days_by_intent),
          COMMAND_TEST(a_closed_pipe_is_no_error),
          COMMAND_TEST(damage_is_told_in_the_readers_language),
          COMMAND_TEST(every_damage_has_its_words_in_both_languages),
          COMMAND_TEST(what_is_not_there_or_not_understood_is_said))
