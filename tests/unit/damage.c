/* Damaged journals: cut off, filled with zeros or rubbish, with flipped bits. Every intact line is
 * found, the rest is told, and what is written later stays readable. */
#include "support/files.h"
#include "support/journal.h"
#include "support/test.h"

#include "base/err.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINES = 40 };

/* A journal of one segment that its writer has left without a word. */
static void make_journal(struct bench *b, struct buf *bytes)
{
    char page[32];
    b->fault.skip_syncs = true;
    bench_open(b);
    for (int i = 0; i < LINES; i++) {
        (void)snprintf(page, sizeof page, "/page-%d", i);
        assert_int_equal(bench_record(b, page), 0);
    }
    bench_crash(b);
    buf_clear(bytes);
    files_read(bench_path(b, 0), bytes);
    assert_true(bytes->len > 4096);
}

/* A new file, because ext4 waits for the disk when one is emptied and written again. */
static void put(struct bench *b, struct str bytes)
{
    const char *path = bench_path(b, 0);
    assert_int_equal(unlink(path), 0);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes.ptr, bytes.len), bytes.len);
    (void)close(fd);
}

/* How many lines end within the first `len` bytes. */
static size_t lines_in(const struct buf *bytes, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += bytes->ptr[i] == '\n';
    return n;
}

static size_t whole_part(const struct buf *bytes, size_t len)
{
    while (len > 0 && bytes->ptr[len - 1] != '\n')
        len--;
    return len;
}

/* Starts twice over a first segment of these bytes, of which so many are to be cut off, and leaves
 * an event behind each time. Then reads all. */
static void restart_twice(struct bench *b, struct str bytes, size_t cut_bytes)
{
    put(b, bytes);
    assert_int_equal(unlinkat(b->data_fd, "lock", 0), 0);

    bench_open(b);
    assert_true(b->recovery.unclean);
    assert_int_equal(b->recovery.cut_bytes, cut_bytes);
    assert_true(b->recovery.next_seq > LINES);
    assert_int_equal(bench_record(b, "/later"), 0);
    bench_crash(b);
    bench_open(b);
    assert_int_equal(b->recovery.cut_bytes, 0);
    assert_int_equal(bench_record(b, "/still-later"), 0);
    bench_close(b);

    bench_read(b, false);
    assert_true(str_ends_with(buf_str(&b->pages), STR("/later /still-later ")));
    while (bench_segments(b) > 1)
        assert_int_equal(unlink(bench_path(b, 1)), 0);
}

/* Restarts over a journal whose first segment was cut, with something behind the cut, twice. */
static void check_restarts(struct bench *b, const struct buf *bytes, size_t cut, struct str tail)
{
    struct buf damaged = BUF_EMPTY;
    buf_append(&damaged, str_make(bytes->ptr, cut));
    buf_append(&damaged, tail);
    restart_twice(b, buf_str(&damaged), damaged.len - whole_part(bytes, cut));
    assert_int_equal(b->events, lines_in(bytes, cut) + 2);
    assert_int_equal(b->damaged, 0);
    buf_finish(&damaged);
}

static void a_journal_cut_at_any_byte_goes_on(void **state)
{
    struct bench *b = *state;
    struct buf bytes = BUF_EMPTY;
    make_journal(b, &bytes);
    for (size_t cut = bytes.len - 4096; cut <= bytes.len; cut++)
        check_restarts(b, &bytes, cut, STR(""));
    for (size_t cut = 0; cut < 300; cut++)
        check_restarts(b, &bytes, cut, STR(""));
    buf_finish(&bytes);
}

static void a_start_cuts_the_tail_of_what_is_being_read(void **state)
{
    struct bench *b = *state;
    static const char zeros[600 * 1024];
    struct buf bytes = BUF_EMPTY;
    struct iterate *it;
    struct event event;
    size_t events = 0;
    int rc;
    make_journal(b, &bytes);
    buf_append(&bytes, str_make(zeros, sizeof zeros));
    put(b, buf_str(&bytes));
    const struct iterate_options options = {
        .dir_fd = openat(b->data_fd, "journal", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    assert_int_equal(iterate_create(&it, &options), 0);
    while ((rc = iterate_next(it, &event)) == 1)
        if (events++ == 0) {
            bench_open(b);
            assert_true(b->recovery.cut_bytes >= sizeof zeros);
        }
    assert_int_equal(rc, 0);
    assert_int_equal(events, LINES);
    iterate_destroy(it);
    (void)close(options.dir_fd);
    bench_close(b);
    buf_finish(&bytes);
}

/* Nobody should do that, but the process must not die of it; nor of a sector that is lost. */
static void a_sealed_segment_may_be_cut_while_it_is_read(void **state)
{
    struct bench *b = *state;
    struct iterate *it;
    struct event event;
    bool is_next = false;
    int rc;
    b->options.segment_bytes = 1;
    bench_open(b);
    for (int i = 0; i < 4000; i++)
        bench_add(b, "/a");
    assert_int_equal(journal_commit(b->journal), 0);
    assert_int_equal(bench_record(b, "/next"), 0);
    bench_close(b);
    assert_int_equal(bench_segments(b), 2);
    const struct iterate_options options = {
        .dir_fd = openat(b->data_fd, "journal", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    assert_int_equal(iterate_create(&it, &options), 0);
    assert_next_page(it, "/a");
    assert_int_equal(truncate(bench_path(b, 0), 1), 0);
    while ((rc = iterate_next(it, &event)) == 1)
        is_next = str_eq(event.page, STR("/next"));
    assert_int_equal(rc, 0);
    assert_true(is_next);
    iterate_destroy(it);
    (void)close(options.dir_fd);
}

static void zeros_behind_the_cut_are_cut_off(void **state)
{
    struct bench *b = *state;
    static const char zeros[600 * 1024];
    /* Some so that the last line lies across the end of what is read at once, from behind. */
    static const size_t sizes[] = {1,      511,    4096,   65536,           262000,
                                   262143, 262144, 262145, 2 * 262144 - 60, sizeof zeros};
    struct buf bytes = BUF_EMPTY;
    make_journal(b, &bytes);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (size_t cut = bytes.len - 300; cut <= bytes.len; cut += 23)
            check_restarts(b, &bytes, cut, str_make(zeros, sizes[i]));
    for (size_t cut = bytes.len - 4096; cut <= bytes.len; cut += 2)
        check_restarts(b, &bytes, cut, str_make(zeros, 4096 - cut % 4096));
    buf_finish(&bytes);
}

static void rubbish_behind_the_cut_is_cut_off(void **state)
{
    struct bench *b = *state;
    static char rubbish[300 * 1024];
    struct buf bytes = BUF_EMPTY;
    unsigned seed = 7;
    make_journal(b, &bytes);
    for (size_t i = 0; i < sizeof rubbish; i++) {
        seed = seed * 1103515245 + 12345;
        rubbish[i] = (char)(seed >> 16); /* line ends among it */
    }
    for (size_t n = 1; n <= sizeof rubbish; n = n * 5 + 1)
        for (size_t cut = bytes.len - 300; cut <= bytes.len; cut += 31)
            check_restarts(b, &bytes, cut, str_make(rubbish, n));
    for (size_t cut = bytes.len - 4095; cut <= bytes.len; cut += 2)
        check_restarts(b, &bytes, cut, str_make(rubbish + cut, 1 + cut % 1000));
    /* One line only, as long as it gets. */
    memset(rubbish, 'x', sizeof rubbish);
    rubbish[sizeof rubbish - 1] = '\n';
    check_restarts(b, &bytes, bytes.len, str_make(rubbish, sizeof rubbish));
    check_restarts(b, &bytes, bytes.len - 10, str_make(rubbish, sizeof rubbish));
    buf_finish(&bytes);
}

/* Whether the file's lines before, at and behind a damaged one are told apart as they should be. */
static void check_flip(struct bench *b, const struct buf *bytes, size_t at)
{
    size_t damaged_line = lines_in(bytes, at);
    bool line_end = bytes->ptr[at] == '\n';
    bench_read(b, false);
    if (b->events != LINES - 1 || b->damaged < 1 || b->damaged > 2)
        fail_msg("byte %zu: %zu events, %zu damages", at, b->events, b->damaged);
    /* Every page but the damaged line's is there. */
    struct buf expected = BUF_EMPTY;
    for (size_t i = 0; i < LINES; i++)
        if (i != damaged_line)
            buf_printf(&expected, "/page-%zu ", i);
    assert_str(buf_str(&b->pages), buf_str(&expected));
    buf_finish(&expected);
    uint64_t end = b->damage[b->damaged - 1].offset + b->damage[b->damaged - 1].len;
    assert_true(b->damage[0].offset <= at && at < end + line_end);
}

static void a_flipped_bit_costs_one_line_and_is_told(void **state)
{
    struct bench *b = *state;
    struct buf bytes = BUF_EMPTY;
    make_journal(b, &bytes);
    size_t middle = whole_part(&bytes, bytes.len / 2);
    for (size_t at = middle; at < middle + 500; at++)
        for (int bit = 0; bit < 8; bit += 1 + (at % 3 != 0)) {
            char was = bytes.ptr[at];
            bytes.ptr[at] = (char)(was ^ (1 << bit));
            put(b, buf_str(&bytes));
            bytes.ptr[at] = was;
            check_flip(b, &bytes, at);
        }
    buf_finish(&bytes);
}

/* Nobody may cut off what stands behind it, at whatever start. */
static void a_flipped_bit_in_the_middle_survives_every_start(void **state)
{
    struct bench *b = *state;
    struct buf bytes = BUF_EMPTY;
    make_journal(b, &bytes);
    size_t last_line = whole_part(&bytes, bytes.len - 1);
    for (size_t at = 1; at < last_line; at += 97) {
        if (bytes.ptr[at] == '\n')
            continue;
        bytes.ptr[at] ^= 4;
        restart_twice(b, buf_str(&bytes), 0);
        bytes.ptr[at] ^= 4;
        assert_int_equal(b->events, LINES - 1 + 2);
        assert_in_range(b->damaged, 1, 2);
    }
    /* In the last line it is the tail. */
    bytes.ptr[last_line + 50] ^= 4;
    restart_twice(b, buf_str(&bytes), bytes.len - last_line);
    assert_int_equal(b->events, LINES - 1 + 2);
    assert_int_equal(b->damaged, 0);
    buf_finish(&bytes);
}

static void zeros_in_the_middle_hide_no_line_behind_them(void **state)
{
    struct bench *b = *state;
    struct buf bytes = BUF_EMPTY;
    make_journal(b, &bytes);
    size_t from = whole_part(&bytes, 2000);
    for (size_t to = whole_part(&bytes, 4000); to < whole_part(&bytes, 4000) + 200; to += 7) {
        struct buf hole = BUF_EMPTY;
        buf_append(&hole, buf_str(&bytes));
        memset(hole.ptr + from + 50, 0, to - from - 50);
        put(b, buf_str(&hole));
        size_t end = to;
        while (bytes.ptr[end - 1] != '\n')
            end++;
        bench_read(b, false);
        assert_int_equal(b->events, lines_in(&bytes, from) + LINES - lines_in(&bytes, end));
        assert_int_equal(b->damaged, 1);
        assert_int_equal(b->damage[0].offset, from);
        buf_finish(&hole);
    }
    buf_finish(&bytes);
}

static void a_line_longer_than_any_buffer_hides_nothing(void **state)
{
    struct bench *b = *state;
    struct buf bytes = BUF_EMPTY;
    struct buf long_line = BUF_EMPTY;
    make_journal(b, &bytes);
    size_t half = whole_part(&bytes, bytes.len / 2);
    buf_append(&long_line, str_make(bytes.ptr, half));
    for (int i = 0; i < 1000000; i++)
        buf_append_char(&long_line, 'x');
    buf_append(&long_line, str_skip(buf_str(&bytes), half)); /* no line end before it */
    put(b, buf_str(&long_line));
    for (int live = 0; live < 2; live++) {
        bench_read(b, live);
        assert_int_equal(b->events, LINES);
        assert_int_equal(b->damaged, 1);
        assert_int_equal(b->damage[0].offset, half);
        assert_int_equal(b->damage[0].len, 1000000);
    }
    buf_finish(&bytes);
    buf_finish(&long_line);
}

static void only_an_ended_journal_has_a_torn_tail(void **state)
{
    struct bench *b = *state;
    struct buf bytes = BUF_EMPTY;
    make_journal(b, &bytes);
    put(b, str_make(bytes.ptr, bytes.len - 1));
    bench_read(b, true);
    assert_int_equal(b->events, LINES - 1);
    assert_int_equal(b->damaged, 0);
    bench_read(b, false);
    assert_int_equal(b->events, LINES - 1);
    assert_int_equal(b->damaged, 1);
    assert_int_equal(b->damage[0].reason, DAMAGE_TORN);
    assert_int_equal(b->damage[0].offset, whole_part(&bytes, bytes.len - 1));
    buf_finish(&bytes);
}

TEST_MAIN(BENCH_TEST(a_journal_cut_at_any_byte_goes_on),
          BENCH_TEST(a_start_cuts_the_tail_of_what_is_being_read),
          BENCH_TEST(a_sealed_segment_may_be_cut_while_it_is_read),
          BENCH_TEST(zeros_behind_the_cut_are_cut_off),
          BENCH_TEST(rubbish_behind_the_cut_is_cut_off),
          BENCH_TEST(a_flipped_bit_costs_one_line_and_is_told),
          BENCH_TEST(a_flipped_bit_in_the_middle_survives_every_start),
          BENCH_TEST(zeros_in_the_middle_hide_no_line_behind_them),
          BENCH_TEST(a_line_longer_than_any_buffer_hides_nothing),
          BENCH_TEST(only_an_ended_journal_has_a_torn_tail))
