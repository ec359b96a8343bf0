/* `attimo journal` as people and scripts use it. */
#include "support/journal.h"
#include "support/command.h"
#include "support/files.h"
#include "support/process.h"
#include "support/test.h"

#include "base/clock.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

struct fixture {
    struct command *command;
    struct bench *bench;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    void *part;
    (void)command_setup(&part);
    f->command = part;
    (void)bench_setup(&part);
    f->bench = part;
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    void *part = f->command;
    (void)command_teardown(&part);
    part = f->bench;
    (void)bench_teardown(&part);
    free(f);
    return 0;
}

#define JOURNAL_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#define RUN(f, ...) \
    command_run((f)->command, "journal", __VA_ARGS__, "--data", (f)->bench->folder, NULL)

static void record(struct fixture *f, const char *event, const char *page)
{
    struct event e = {
        .ts_ms = f->bench->wall_ms,
        .event = str_from(event),
        .page = str_from(page),
        .utm_source = STR("instagram"),
        .device = STR("mobile"),
    };
    assert_int_equal(journal_add(f->bench->journal, &e), 0);
    assert_int_equal(journal_commit(f->bench->journal), 0);
    f->bench->wall_ms += 1000;
}

/* Two segments: three events, then two. */
static void make_journal(struct fixture *f)
{
    bench_open(f->bench);
    record(f, "view", "/scarpe");
    record(f, "seen", "/scarpe");
    record(f, "click", "/scarpe");
    bench_close(f->bench);
    bench_open(f->bench);
    record(f, "view", "/negozio");
    record(f, "summary", "/negozio");
    bench_close(f->bench);
}

static void flip(const char *path, off_t at)
{
    char byte;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte ^= 1;
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    (void)close(fd);
}

static void a_good_journal_is_verified(void **state)
{
    struct fixture *f = *state;
    make_journal(f);
    RUN(f, "verify", "--lang", "en");
    assert_int_equal(f->command->code, 0);
    assert_str(buf_str(&f->command->out), STR("2 segments, 5 events, 0 bad lines\n"));
    assert_int_equal(f->command->err.len, 0);
}

static void a_bad_line_is_told_with_file_offset_and_reason(void **state)
{
    struct fixture *f = *state;
    struct buf bytes = BUF_EMPTY;
    char expected[512];
    make_journal(f);
    files_read(bench_path(f->bench, 0), &bytes);
    ptrdiff_t first = str_find(buf_str(&bytes), '\n') + 1;
    flip(bench_path(f->bench, 0), first + 60);
    RUN(f, "verify", "--lang", "en");
    assert_int_equal(f->command->code, 1);
    (void)snprintf(expected, sizeof expected, "journal/%s:%td: ", bench_segment(f->bench, 0),
                   first);
    assert_contains(buf_str(&f->command->out), str_from(expected));
    assert_contains(buf_str(&f->command->out), STR("no line with a right checksum\n"));
    assert_contains(buf_str(&f->command->out), STR("2 segments, 4 events, 1 bad line\n"));

    RUN(f, "verify", "--lang", "it");
    assert_int_equal(f->command->code, 1);
    assert_contains(buf_str(&f->command->out), STR("2 segmenti, 4 eventi, 1 riga guasta\n"));
    buf_finish(&bytes);
}

static void a_segment_that_stands_in_the_wrong_place_is_told(void **state)
{
    struct fixture *f = *state;
    char copy[4300];
    make_journal(f);
    struct buf bytes = BUF_EMPTY;
    files_read(bench_path(f->bench, 0), &bytes);
    (void)snprintf(copy, sizeof copy, "journal/parma1-%020d-20270101T000000Z.ndjson", 77);
    files_write(f->bench->folder, copy, buf_str(&bytes));
    RUN(f, "verify", "--lang", "en");
    assert_int_equal(f->command->code, 1);
    assert_contains(buf_str(&f->command->out), STR("number 1 stands behind number 5"));
    buf_finish(&bytes);
}

static void a_torn_tail_is_damage_unless_somebody_is_writing(void **state)
{
    struct fixture *f = *state;
    make_journal(f);
    bench_open(f->bench);
    record(f, "view", "/x");
    struct buf bytes = BUF_EMPTY;
    files_read(bench_path(f->bench, 2), &bytes);
    assert_int_equal(truncate(bench_path(f->bench, 2), (off_t)bytes.len - 5), 0);
    RUN(f, "verify", "--lang", "en");
    assert_int_equal(f->command->code, 0);
    bench_crash(f->bench);
    RUN(f, "verify", "--lang", "en");
    assert_int_equal(f->command->code, 1);
    assert_contains(buf_str(&f->command->out), STR("the file ends within a line"));
    buf_finish(&bytes);
}

static void the_last_events_are_printed_as_they_were_written(void **state)
{
    struct fixture *f = *state;
    struct buf bytes = BUF_EMPTY;
    make_journal(f);
    RUN(f, "tail");
    assert_int_equal(f->command->code, 0);
    files_read(bench_path(f->bench, 0), &bytes);
    size_t first = bytes.len;
    files_read(bench_path(f->bench, 1), &bytes);
    assert_str(buf_str(&f->command->out), buf_str(&bytes));

    RUN(f, "tail", "--lines", "3");
    struct str last = buf_str(&bytes);
    last.len = first - 1;
    size_t third = (size_t)str_find_last(last, '\n') + 1;
    assert_str(buf_str(&f->command->out), str_skip(buf_str(&bytes), third));

    RUN(f, "tail", "--lines", "0");
    assert_int_equal(f->command->out.len, 0);
    buf_finish(&bytes);
}

static void pretty_lines_are_for_people_and_cannot_move_the_cursor(void **state)
{
    struct fixture *f = *state;
    bench_open(f->bench);
    record(f, "click", "/scar\033[2Jpe");
    bench_close(f->bench);
    RUN(f, "tail", "--pretty", "--lang", "it");
    assert_int_equal(f->command->code, 0);
    assert_contains(buf_str(&f->command->out), STR("tocco"));
    assert_contains(buf_str(&f->command->out), STR("/scar\\x1b[2Jpe"));
    assert_contains(buf_str(&f->command->out), STR("instagram"));
    assert_null(memchr(f->command->out.ptr, '\033', f->command->out.len)); /* no terminal */
}

static void what_was_not_taken_is_told_with_its_number(void **state)
{
    struct fixture *f = *state;
    struct event e = {.ts_ms = f->bench->wall_ms, .n = {.set = true, .value = 1234}};
    bench_open(f->bench);
    e.event = STR("refused");
    assert_int_equal(journal_add(f->bench->journal, &e), 0);
    e.event = STR("gap");
    assert_int_equal(journal_add(f->bench->journal, &e), 0);
    assert_int_equal(journal_commit(f->bench->journal), 0);
    bench_close(f->bench);
    RUN(f, "tail", "--pretty", "--lang", "it");
    assert_contains(buf_str(&f->command->out), STR("respinti"));
    assert_contains(buf_str(&f->command->out), STR("lacuna"));
    size_t told = 0;
    struct str rest = buf_str(&f->command->out);
    struct str line;
    while (str_split(&rest, '\n', &line))
        told += str_contains(line, STR("  1234"));
    assert_int_equal(told, 2);
}

/* Runs a shell's command line; what it prints is printed nowhere. */
static int run_shell(const char *text)
{
    char *words[] = {(char[]){"bash"}, (char[]){"-c"}, (char *)(uintptr_t)text, NULL};
    const struct process_options options = {words, "/dev/null", "/dev/null", 0};
    struct process process;
    process_start(&process, &options);
    return process_wait(&process, 60000);
}

static void a_terminal_shows_events_in_colour(void **state)
{
    struct fixture *f = *state;
    struct buf script = BUF_EMPTY;
    struct buf out = BUF_EMPTY;
    if (run_shell("script -qec true /dev/null </dev/null") != 0)
        skip_because("no terminal can be made here (script, /dev/pts)");
    make_journal(f);
    buf_printf(&script,
               "unset NO_COLOR; export ATTIMO TERM=xterm; script -qec '\"$ATTIMO\" journal tail "
               "--pretty --lang it --data %s' %s/typescript </dev/null",
               f->bench->folder, f->command->folder);
    buf_append_char(&script, '\0');
    assert_int_equal(run_shell(script.ptr), 0);
    files_read(command_path(f->command, "typescript"), &out);
    assert_contains(buf_str(&out), STR("\033["));
    assert_contains(buf_str(&out), STR("/scarpe"));
    buf_finish(&script);
    buf_finish(&out);
}

static void statistics_tell_events_by_kind_and_the_time_they_span(void **state)
{
    struct fixture *f = *state;
    make_journal(f);
    RUN(f, "stat", "--lang", "en");
    assert_int_equal(f->command->code, 0);
    struct str out = buf_str(&f->command->out);
    assert_contains(out, STR("segments       2 (0 compressed)\n"));
    assert_contains(out, STR("first event    2026-11-21T20:45:03.127Z\n"));
    assert_contains(out, STR("last event     2026-11-21T20:45:07.127Z\n"));
    assert_contains(out, STR("events         5\n  view         2\n  click        1\n"));
}

/* Waits until the command has printed so many lines. */
static void wait_for_lines(const char *path, size_t lines)
{
    struct buf out = BUF_EMPTY;
    size_t found = 0;
    uint64_t end = clock_monotonic_ms() + 20000;
    while (found < lines) {
        if (clock_monotonic_ms() > end)
            fail_msg("%zu of %zu lines came", found, lines);
        process_yield(5);
        buf_clear(&out);
        files_read(path, &out);
        found = 0;
        for (size_t i = 0; i < out.len; i++)
            found += out.ptr[i] == '\n';
    }
    assert_int_equal(found, lines);
    buf_finish(&out);
}

static void start_following(struct fixture *f, struct process *process, const char *out,
                            const char *lines)
{
    static char program[4096];
    (void)snprintf(program, sizeof program, "%s", getenv("ATTIMO"));
    char *words[] = {program,
                     (char[]){"journal"},
                     (char[]){"tail"},
                     (char[]){"--follow"},
                     (char[]){"--lines"},
                     (char *)(uintptr_t)lines,
                     (char[]){"--data"},
                     f->bench->folder,
                     NULL};
    const struct process_options options = {
        .argv = words, .out_path = out, .err_path = command_path(f->command, "err")};
    process_start(process, &options);
}

static void following_shows_events_as_they_come_into_new_segments_too(void **state)
{
    struct fixture *f = *state;
    struct process process;
    const char *out = command_path(f->command, "followed");
    make_journal(f);
    bench_open(f->bench);
    start_following(f, &process, out, "10");
    wait_for_lines(out, 5);
    record(f, "click", "/a");
    wait_for_lines(out, 6);
    bench_close(f->bench);
    bench_open(f->bench);
    record(f, "click", "/b");
    record(f, "click", "/c");
    wait_for_lines(out, 8);
    process_kill(&process);
}

/* What the running segment holds so far is not wanted, what comes into it is. */
static void following_may_begin_with_nothing(void **state)
{
    struct fixture *f = *state;
    struct process process;
    struct buf bytes = BUF_EMPTY;
    const char *out = command_path(f->command, "followed");
    make_journal(f);
    bench_open(f->bench);
    record(f, "view", "/before");
    start_following(f, &process, out, "0");
    /* Nobody tells when it has begun: it has once what comes is shown. */
    uint64_t end = clock_monotonic_ms() + 20000;
    while (bytes.len == 0 && clock_monotonic_ms() < end) {
        record(f, "click", "/after");
        process_yield(50);
        files_read(out, &bytes);
    }
    process_kill(&process);
    assert_contains(buf_str(&bytes), STR("/after"));
    assert_null(memmem(bytes.ptr, bytes.len, "/before", 7));
    buf_finish(&bytes);
}

/* The node that comes first by its name has written last. */
static void several_nodes_are_one_journal_also_while_one_of_them_writes(void **state)
{
    struct fixture *f = *state;
    struct process process;
    struct buf bytes = BUF_EMPTY;
    const char *out = command_path(f->command, "followed");
    make_journal(f);
    files_read(bench_path(f->bench, 0), &bytes);
    size_t first = bytes.len;
    files_read(bench_path(f->bench, 1), &bytes);
    assert_int_equal(unlink(bench_path(f->bench, 1)), 0);
    files_write(f->bench->folder, "journal/aosta1-00000000000000000077-20270101T000000Z.ndjson",
                str_skip(buf_str(&bytes), first));
    bench_open(f->bench);

    RUN(f, "tail");
    assert_str(buf_str(&f->command->out), buf_str(&bytes));
    RUN(f, "tail", "--lines", "3");
    assert_true(str_ends_with(buf_str(&bytes), buf_str(&f->command->out)));
    RUN(f, "verify", "--lang", "en");
    assert_contains(buf_str(&f->command->out), STR("2 segments, 5 events, "));

    start_following(f, &process, out, "10");
    wait_for_lines(out, 5);
    record(f, "click", "/a");
    wait_for_lines(out, 6);
    process_kill(&process);
    buf_finish(&bytes);
}

static void a_reader_that_leaves_is_no_failure(void **state)
{
    struct fixture *f = *state;
    char command[9000];
    bench_open(f->bench);
    f->bench->fault.skip_syncs = true;
    for (int i = 0; i < 2000; i++)
        record(f, "view", "/a");
    bench_close(f->bench);
    (void)snprintf(command, sizeof command,
                   "set -o pipefail; %s journal tail --lines 2000 --data '%s' | head -n 1",
                   getenv("ATTIMO"), f->bench->folder);
    char *words[] = {(char[]){"bash"}, (char[]){"-c"}, command, NULL};
    struct process process;
    const struct process_options options = {.argv = words,
                                            .out_path = command_path(f->command, "out"),
                                            .err_path = command_path(f->command, "err")};
    process_start(&process, &options);
    assert_int_equal(process_wait(&process, 20000), 0);
}

/* Also where much is written, and the disk was full long before the end. */
static void a_full_disk_is_a_failure(void **state)
{
    struct fixture *f = *state;
    static const char *const words[] = {"tail", "tail --lines 1000", "tail --lines 1000 --pretty",
                                        "stat"};
    char command[9000];
    bench_open(f->bench);
    f->bench->fault.skip_syncs = true;
    for (int i = 0; i < 1000; i++)
        record(f, "view", "/a");
    bench_close(f->bench);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        (void)snprintf(command, sizeof command, "%s journal %s --data '%s' >/dev/full",
                       getenv("ATTIMO"), words[i], f->bench->folder);
        char *argv[] = {(char[]){"bash"}, (char[]){"-c"}, command, NULL};
        const struct process_options options = {
            .argv = argv, .out_path = "/dev/null", .err_path = command_path(f->command, "err")};
        struct process process;
        process_start(&process, &options);
        assert_int_equal(process_wait(&process, 20000), 3);
    }
}

static void wrong_words_and_missing_folders_are_told_apart(void **state)
{
    struct fixture *f = *state;
    RUN(f, "verify");
    assert_int_equal(f->command->code, 3);
    assert_contains(buf_str(&f->command->err), STR("not found"));
    RUN(f, "fly");
    assert_int_equal(f->command->code, 2);
    RUN(f, "tail", "--lines", "many");
    assert_int_equal(f->command->code, 2);
    command_run(f->command, "journal", NULL);
    assert_int_equal(f->command->code, 2);
    command_run(f->command, "journal", "--help", "--lang", "it", NULL);
    assert_int_equal(f->command->code, 0);
    size_t lines = 0;
    for (size_t i = 0; i < f->command->out.len; i++)
        lines += f->command->out.ptr[i] == '\n';
    assert_true(lines > 10 && lines <= 24);
}

TEST_MAIN(JOURNAL_TEST(a_good_journal_is_verified),
          JOURNAL_TEST(a_bad_line_is_told_with_file_offset_and_reason),
          JOURNAL_TEST(a_segment_that_stands_in_the_wrong_place_is_told),
          JOURNAL_TEST(a_torn_tail_is_damage_unless_somebody_is_writing),
          JOURNAL_TEST(the_last_events_are_printed_as_they_were_written),
          JOURNAL_TEST(pretty_lines_are_for_people_and_cannot_move_the_cursor),
          JOURNAL_TEST(what_was_not_taken_is_told_with_its_number),
          JOURNAL_TEST(a_terminal_shows_events_in_colour),
          JOURNAL_TEST(statistics_tell_events_by_kind_and_the_time_they_span),
          JOURNAL_TEST(following_shows_events_as_they_come_into_new_segments_too),
          JOURNAL_TEST(following_may_begin_with_nothing),
          JOURNAL_TEST(several_nodes_are_one_journal_also_while_one_of_them_writes),
          JOURNAL_TEST(a_reader_that_leaves_is_no_failure), JOURNAL_TEST(a_full_disk_is_a_failure),
          JOURNAL_TEST(wrong_words_and_missing_folders_are_told_apart))
