/* Descriptors 0 to 2 that are closed when attimo starts (cron, `2>&-`), and those that are full. */
#include "support/command.h"
#include "support/files.h"
#include "support/server.h"
#include "support/test.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#define VIEW                                                                         \
    "{\"v\":1,\"seq\":1,\"id\":\"a\",\"ts\":\"2026-11-16T10:00:00.000Z\",\"event\":" \
    "\"view\",\"pv\":\"A\",\"page\":\"/a\"}\n"

/* Runs a script in the test's folder. */
static void run_script(struct command *c, const char *script)
{
    struct buf all = BUF_EMPTY;
    buf_printf(&all, "cd %s; %s", c->folder, script);
    buf_append_char(&all, '\0');
    command_shell(c, all.ptr);
    buf_finish(&all);
}

static void no_message_stands_in_a_file_that_was_asked_for(void **state)
{
    struct command *c = *state;
    struct buf table = BUF_EMPTY;
    files_write(c->folder, "x.ndjson", STR("damaged\n" VIEW));
    run_script(c, "\"$ATTIMO\" export --input x.ndjson --format csv");
    assert_true(c->err.len > 0);
    buf_append(&table, buf_str(&c->out));
    run_script(c, "\"$ATTIMO\" export --input x.ndjson --format csv --out x.csv 2>&-; "
                  "code=$?; cat x.csv; exit $code");
    assert_int_equal(c->code, 0);
    assert_str(buf_str(&c->out), buf_str(&table));
    buf_finish(&table);
}

static void what_can_be_neither_read_nor_written_is_said(void **state)
{
    struct command *c = *state;
    files_write(c->folder, "x.ndjson", STR(VIEW));
    run_script(c, "\"$ATTIMO\" export --input x.ndjson >&-");
    assert_int_equal(c->code, 3);
    assert_true(c->err.len > 0);
    run_script(c, "\"$ATTIMO\" export --input - <&-");
    assert_int_equal(c->code, 3);
    assert_int_equal(c->out.len, 0);
    assert_true(c->err.len > 0);
}

static void a_takedown_that_cannot_be_said_is_done(void **state)
{
    struct command *c = *state;
    files_write(c->folder, "data/journal/x", STR(""));
    run_script(c, "\"$ATTIMO\" takedown /x --reason x --data data --lang en >&-");
    assert_int_equal(c->code, 3);
    assert_contains(buf_str(&c->err), STR("what was asked for is done all the same\n"));
    run_script(c, "\"$ATTIMO\" restore /x --data data --lang en >&-");
    assert_int_equal(c->code, 3);
    assert_contains(buf_str(&c->err), STR("what was asked for is done all the same\n"));
    run_script(c, "\"$ATTIMO\" restore /x --data data");
    assert_int_equal(c->code, 1);
}

/* Also where no signal tells it, as in a service, and more is said than a pipe holds. */
static void a_reader_that_has_seen_enough_is_no_failure(void **state)
{
    struct command *c = *state;
    files_write(c->folder, "pages/a.md", STR("---\ntitle: a\n---\n"));
    run_script(c, "for i in $(seq 300); do cp pages/a.md pages/$i.md; done; trap '' PIPE; "
                  "{ \"$ATTIMO\" check --json pages; echo $? >code; } 2>err | true; "
                  "cat code err");
    assert_str(buf_str(&c->out), STR("1\n")); /* they have errors */
}

/* In Italian, so that nothing of it is the system's. */
static void a_full_output_is_said_by_every_command(void **state)
{
    struct command *c = *state;
    static const char *const commands[] = {
        "--version",
        "--help",
        "check pages",
        "check --json pages",
        "check --help",
        "new comprare scarpe --pages pages",
        "preview pages/scarpe.md --pages pages --url https://x.example",
        "takedown /a --reason prova --data data",
        "restore /a --data data",
        "journal verify --data data",
        "journal stat --data data",
        "funnel --input x.ndjson",
        "report --input x.ndjson --pages pages",
        "export --input x.ndjson",
        "serve --help",
    };
    files_write(c->folder, "x.ndjson", STR(VIEW));
    files_write(c->folder, "pages/a.md", STR("---\ntitle: a\n---\n"));
    files_write(c->folder, "pages/scarpe.md",
                STR("---\ntitle: Scarpe\ndescription: Le scarpe per correre.\ndraft: "
                    "true\n---\n\nTesto.\n"));
    files_write(c->folder, "data/journal/a-00000000000000000001-20261116T100000Z.ndjson",
                STR("damaged\n"));
    files_write(c->folder, "data/secret", STR("0123456789abcdef0123456789abcdef"));
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        char script[160];
        (void)snprintf(script, sizeof script,
                       "[ -e /dev/full ] || exit 99; LC_ALL=it_IT.UTF-8 \"$ATTIMO\" %s >/dev/full",
                       commands[i]);
        run_script(c, script);
        if (c->code == 99)
            skip_because("there is no /dev/full");
        if (c->code != 3 || !str_contains(buf_str(&c->err), STR("spazio esaurito\n")))
            fail_msg("%s: exit %d: %.*s", commands[i], c->code, STR_ARG(buf_str(&c->err)));
    }
}

/* --- the server ----------------------------------------------------------------------------- */

static void start_without_input(struct server *s)
{
    int flags = fcntl(STDIN_FILENO, F_GETFD);
    server_page(s, "index.md", "Benvenuti.");
    if (flags >= 0)
        assert_int_equal(fcntl(STDIN_FILENO, F_SETFD, flags | FD_CLOEXEC), 0);
    server_start(s);
    if (flags >= 0)
        assert_int_equal(fcntl(STDIN_FILENO, F_SETFD, flags), 0);
}

static void a_server_without_standard_input_ends_cleanly(void **state)
{
    struct server *s = *state;
    server_configure(s, "isolate: off\n");
    start_without_input(s);
    assert_int_equal(server_get(s, "/").status, 200);
    server_stop(s);
}

/* The process beside the server as a descriptor of its end; -1: it cannot be found here. */
static int open_reader(const struct server *s)
{
    pid_t pid = process_first_child(&s->process);
    return pid > 0 ? (int)syscall(SYS_pidfd_open, pid, 0) : -1;
}

static void what_reads_the_configuration_again_ends_with_a_server_that_is_killed(void **state)
{
    struct server *s = *state;
    start_without_input(s);
    struct pollfd reader = {.fd = open_reader(s), .events = POLLIN};
    process_kill(&s->process);
    if (reader.fd < 0)
        skip_because("this kernel does not tell a process's children");
    int ended = poll(&reader, 1, SERVER_PATIENCE_MS);
    if (ended == 0)
        (void)syscall(SYS_pidfd_send_signal, reader.fd, SIGKILL, NULL, 0);
    (void)close(reader.fd);
    assert_int_equal(ended, 1);
}

TEST_MAIN(COMMAND_TEST(no_message_stands_in_a_file_that_was_asked_for),
          COMMAND_TEST(what_can_be_neither_read_nor_written_is_said),
          COMMAND_TEST(a_takedown_that_cannot_be_said_is_done),
          COMMAND_TEST(a_reader_that_has_seen_enough_is_no_failure),
          COMMAND_TEST(a_full_output_is_said_by_every_command),
          SERVER_TEST(a_server_without_standard_input_ends_cleanly),
          SERVER_TEST(what_reads_the_configuration_again_ends_with_a_server_that_is_killed))
