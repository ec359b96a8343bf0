/* Files of a journal that are damaged, or no files: all commands tell the same of them. */
#include "support/command.h"
#include "support/files.h"
#include "support/test.h"

#include "base/crc.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* More than any command unpacks at a time. */
enum { LINES = 8000, PER_SECOND = 10 };

#define SEGMENT(number) "data/journal/a-0000000000000000000" number "-20261101T100000Z.ndjson"

/* Views, each of a page view of its own. */
static void append_views(struct buf *out, unsigned first, unsigned count)
{
    for (unsigned i = first; i < first + count; i++) {
        size_t start = out->len;
        unsigned second = i / PER_SECOND;
        unsigned mark = i * 2654435761U;
        buf_printf(out,
                   "{\"v\":1,\"seq\":%u,\"id\":\"%08x%012u\","
                   "\"ts\":\"2026-11-01T10:%02u:%02u.%03uZ\",\"node\":\"a\",\"event\":\"view\","
                   "\"pv\":\"%012u%08x\",\"page\":\"/%x\"",
                   i, mark, i, second / 60, second % 60, i % PER_SECOND * 100, i, mark, mark % 97);
        struct str line = str_skip(buf_str(out), start);
        buf_printf(out, ",\"crc\":\"%08x\"}\n", (unsigned)crc_of(line));
    }
}

static void flip(int fd, off_t at)
{
    char byte;
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte ^= 16;
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
}

/* --- what the commands say ------------------------------------------------------------------ */

struct told {
    uint64_t events;
    uint64_t damaged;
};

static const char *find(struct str said, const char *words)
{
    const char *found = memmem(said.ptr, said.len, words, strlen(words));
    if (!found)
        fail_msg("no \"%s\" in: %.*s", words, STR_ARG(said));
    return found;
}

/* "17,902" before " events". */
static uint64_t number_before(struct str said, const char *words)
{
    const char *end = find(said, words);
    const char *at = end;
    uint64_t number = 0;
    while (at > said.ptr && ((at[-1] >= '0' && at[-1] <= '9') || at[-1] == ','))
        at--;
    assert_true(at < end);
    for (; at < end; at++)
        number = *at == ',' ? number : number * 10 + (uint64_t)(*at - '0');
    return number;
}

static uint64_t number_behind(struct str said, const char *words)
{
    return strtoull(find(said, words) + strlen(words), NULL, 10);
}

static struct told ask_export(struct command *c)
{
    command_run(c, "export", "--data", command_path(c, "data"), "--lang", "en");
    assert_int_equal(c->code, 0);
    struct str summary = str_trim_lines(buf_str(&c->err));
    summary = str_skip(summary, (size_t)(str_find_last(summary, '\n') + 1));
    struct told told = {.damaged = number_before(summary, " damaged line")};
    for (size_t i = 0; i < c->out.len; i++)
        told.events += c->out.ptr[i] == '\n';
    return told;
}

static struct told ask_verify(struct command *c)
{
    command_run(c, "journal", "verify", "--data", command_path(c, "data"), "--lang", "en");
    assert_int_equal(c->code, 1);
    struct str verdict = str_trim_lines(buf_str(&c->out));
    verdict = str_skip(verdict, (size_t)(str_find_last(verdict, '\n') + 1));
    return (struct told){number_before(verdict, " event"), number_before(verdict, " bad line")};
}

static struct told ask_report(struct command *c)
{
    command_run(c, "report", "--data", command_path(c, "data"), "--from", "2026-11-01", "--format",
                "json");
    assert_int_equal(c->code, 0);
    struct str answer = buf_str(&c->out);
    return (struct told){number_behind(answer, "\"view\":"), number_behind(answer, "\"damaged\":")};
}

static struct told ask_funnel(struct command *c)
{
    command_run(c, "funnel", "--data", command_path(c, "data"), "--from", "2026-11-01", "--steps",
                "view,click", "--unit", "pv", "--format", "json");
    assert_int_equal(c->code, 0);
    struct str answer = buf_str(&c->out);
    return (struct told){number_behind(answer, "\"coverage\":{\"view\":"),
                         number_behind(answer, "\"damaged\":")};
}

/* What all of them tell. Empty lines are bad ones to verify alone: nothing is lost with them. */
static struct told ask_all(struct command *c, const char *what)
{
    const struct told tolds[] = {ask_export(c), ask_report(c), ask_funnel(c), ask_verify(c)};
    static const char *const names[] = {"export", "report", "funnel", "verify"};
    enum { VERIFY = 3 };
    for (size_t i = 1; i <= VERIFY; i++)
        if (tolds[i].events != tolds[0].events || tolds[i].damaged < tolds[0].damaged ||
            (i != VERIFY && tolds[i].damaged > tolds[0].damaged))
            fail_msg("%s: export tells %" PRIu64 " events and %" PRIu64 " damaged, %s %" PRIu64
                     " and %" PRIu64,
                     what, tolds[0].events, tolds[0].damaged, names[i], tolds[i].events,
                     tolds[i].damaged);
    return tolds[VERIFY];
}

/* --- the tests ------------------------------------------------------------------------------ */

/* Trailers hold the checksum and the length of all, four bytes each; no line is lost with them. */
static void a_damaged_gzip_file_gives_all_that_is_intact_to_every_command(void **state)
{
    struct command *c = *state;
    struct buf lines = BUF_EMPTY;
    append_views(&lines, 1, LINES);
    files_write(c->folder, SEGMENT("1") ".gz", STR(""));
    const char *path = command_path(c, SEGMENT("1") ".gz");
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_int_equal(files_gzip(fd, buf_str(&lines)), 0);
    off_t size = lseek(fd, 0, SEEK_END);
    struct buf whole = BUF_EMPTY;
    files_read(path, &whole);
    const struct {
        const char *name;
        off_t flipped;
        off_t cut;
        unsigned least;
        unsigned most;
    } damages[] = {
        {"head", 200, 0, 0, LINES - 1},
        {"middle", size / 2, 0, LINES * 4 / 10, LINES - 1},
        {"near its end", size * 9 / 10, 0, LINES * 8 / 10, LINES - 1},
        {"checksum", size - 8, 0, LINES, LINES},
        {"length", size - 4, 0, LINES, LINES},
        {"cut off", 0, size * 6 / 10, LINES / 2, LINES - 1},
        {"cut off in the trailer", 0, size - 5, LINES, LINES},
    };
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        assert_int_equal(pwrite(fd, whole.ptr, whole.len, 0), whole.len);
        if (damages[i].cut)
            assert_int_equal(ftruncate(fd, damages[i].cut), 0);
        else
            flip(fd, damages[i].flipped);
        struct told told = ask_all(c, damages[i].name);
        assert_in_range(told.events, damages[i].least, damages[i].most);
        if (damages[i].least == LINES)
            assert_int_equal(told.damaged, 1);
    }
    (void)close(fd);
    buf_finish(&whole);
    buf_finish(&lines);
}

/* Folders, a FIFO and an empty file that bear the names of segments are one damage each, and named.
 */
static void what_is_no_file_is_told_alike_by_every_command(void **state)
{
    struct command *c = *state;
    struct buf lines = BUF_EMPTY;
    append_views(&lines, 1, 3);
    files_write(c->folder, SEGMENT("1"), buf_str(&lines));
    files_write(c->folder, SEGMENT("4") "/.keep", STR(""));
    files_write(c->folder, SEGMENT("5") ".gz/.keep", STR(""));
    assert_int_equal(mkfifo(command_path(c, SEGMENT("6")), 0600), 0);
    buf_clear(&lines);
    append_views(&lines, 7, 2);
    files_write(c->folder, SEGMENT("7"), buf_str(&lines));
    files_write(c->folder, SEGMENT("9") ".gz", STR(""));
    struct told told = ask_all(c, "no files");
    assert_int_equal(told.events, 5);
    assert_int_equal(told.damaged, 4);

    static const struct {
        const char *segment;
        const char *why;
    } damages[] = {
        {SEGMENT("4"), "is a folder"},
        {SEGMENT("5") ".gz", "is a folder"},
        {SEGMENT("6"), "not valid"},
        {SEGMENT("9") ".gz", "not valid"},
    };
    command_run(c, "journal", "verify", "--data", command_path(c, "data"), "--lang", "en");
    for (size_t i = 0; i < sizeof damages / sizeof *damages; i++) {
        buf_clear(&lines);
        buf_printf(&lines, "%s:0: the rest of the file cannot be read (%s)\n", damages[i].segment,
                   damages[i].why);
        assert_contains(buf_str(&c->out), buf_str(&lines));
    }
    buf_finish(&lines);
}

TEST_MAIN(COMMAND_TEST(a_damaged_gzip_file_gives_all_that_is_intact_to_every_command),
          COMMAND_TEST(what_is_no_file_is_told_alike_by_every_command))
