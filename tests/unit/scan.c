/* Reading journals in pieces: whatever the pieces, the files and the threads, the same lines. */
#include "support/files.h"
#include "support/test.h"

#include "base/err.h"
#include "insight/scan.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define EVENT(n, day, time) \
    "{\"ts\":\"2026-11-" day "T" time ".000Z\",\"event\":\"view\",\"pv\":\"p" n "\"}"

struct fixture {
    char *folder;
    struct buf path;
    struct line_keys keys;
    struct scan scan;
    struct buf pieces[SCAN_PIECES_MAX];
    struct buf lines;   /* all, each with its '\n' */
    struct buf damages; /* "offset: why\n" */
    struct buf failures;
    int restarts;
    int again; /* what the tenth round says */
    int rounds;
    int settled; /* rounds that told a time */
    int64_t settled_ms;
    bool has_broken_promise;
};

static int on_event(void *context, size_t piece, const struct scan_event *event)
{
    struct fixture *f = context;
    buf_append(&f->pieces[piece], event->line);
    buf_append_char(&f->pieces[piece], '\n');
    return 0;
}

static bool is_before(struct str line, int64_t ms)
{
    int64_t at;
    return line_time(str_make(line.ptr + strlen("{\"ts\":\""), strlen("2026-11-01T00:00:00.000Z")),
                     &at) == 0 &&
           at < ms;
}

static int on_round(void *context, struct crew *crew, const struct scan_round *round)
{
    struct fixture *f = context;
    (void)crew;
    for (size_t i = round->first; i < round->first + round->pieces; i++) {
        struct str rest = buf_str(&f->pieces[i]);
        struct str line;
        while (rest.len > 0 && str_split(&rest, '\n', &line))
            f->has_broken_promise |= is_before(line, f->settled_ms);
        buf_append(&f->lines, buf_str(&f->pieces[i]));
        buf_clear(&f->pieces[i]);
    }
    f->settled_ms = round->settled_ms;
    f->settled += round->settled_ms != INT64_MIN && round->settled_ms != INT64_MAX;
    return ++f->rounds == 10 ? f->again : 0;
}

static int on_restart(void *context, bool in_order)
{
    struct fixture *f = context;
    assert_true(in_order == (f->again == SCAN_AGAIN_IN_ORDER));
    f->settled = 0;
    for (size_t i = 0; i < SCAN_PIECES_MAX; i++)
        buf_clear(&f->pieces[i]);
    buf_clear(&f->lines);
    f->settled_ms = INT64_MIN;
    f->restarts++;
    return 0;
}

static void on_damage(void *context, const struct scan_damage *damage)
{
    struct fixture *f = context;
    buf_printf(&f->damages, "%llu: %s\n", (unsigned long long)damage->offset, damage->why->en);
}

static int on_failure(void *context, const char *file, int error)
{
    struct fixture *f = context;
    buf_printf(&f->failures, "%s: %s\n", file, err_words(error));
    return 0;
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->folder = files_make_folder();
    assert_int_equal(line_keys_add(&f->keys, STR("event")), SCAN_EVENT);
    assert_int_equal(line_keys_add(&f->keys, STR("ts")), SCAN_TS);
    f->scan = (struct scan){
        .keys = &f->keys,
        .from_ms = INT64_MIN,
        .to_ms = INT64_MAX,
        .threads = 3,
        .on_event = on_event,
        .on_round = on_round,
        .on_restart = on_restart,
        .on_damage = on_damage,
        .on_failure = on_failure,
        .context = f,
    };
    f->settled_ms = INT64_MIN;
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    files_remove(f->folder);
    for (size_t i = 0; i < SCAN_PIECES_MAX; i++)
        buf_finish(&f->pieces[i]);
    buf_finish(&f->path);
    buf_finish(&f->lines);
    buf_finish(&f->damages);
    buf_finish(&f->failures);
    free(f);
    return 0;
}

static const char *path_of(struct fixture *f, const char *name)
{
    buf_clear(&f->path);
    buf_printf(&f->path, "%s/%s", f->folder, name);
    return f->path.ptr;
}

static void write_gzip(struct fixture *f, const char *name, struct str content, size_t cut)
{
    files_write(f->folder, name, STR(""));
    int fd = open(path_of(f, name), O_RDWR | O_TRUNC);
    assert_true(fd >= 0);
    assert_int_equal(files_gzip(fd, content), 0);
    assert_int_equal(ftruncate(fd, lseek(fd, 0, SEEK_END) - (off_t)cut), 0);
    assert_int_equal(close(fd), 0);
}

/* Plain files and others are read in different ways. */
static const char *const kinds[] = {"x.ndjson", "x.ndjson.gz"};

static void write_kinds(struct fixture *f, struct str content)
{
    files_write(f->folder, kinds[0], content);
    write_gzip(f, kinds[1], content, 0);
}

static void forget(struct fixture *f)
{
    (void)on_restart(f, f->again == SCAN_AGAIN_IN_ORDER);
    buf_clear(&f->damages);
    buf_clear(&f->failures);
    f->restarts = 0;
}

static void read_whole(struct fixture *f, const char *name)
{
    forget(f);
    assert_int_equal(scan_file(&f->scan, path_of(f, name)), 0);
    assert_true(f->settled_ms == INT64_MAX);
    assert_false(f->has_broken_promise);
}

static void read_data(struct fixture *f)
{
    forget(f);
    assert_int_equal(scan_data(&f->scan, path_of(f, "data")), 0);
    assert_true(f->settled_ms == INT64_MAX);
    assert_false(f->has_broken_promise);
}

/* --- pieces --------------------------------------------------------------------------------- */

#define A EVENT("a", "01", "10:00:00") "\n"
#define B EVENT("bb", "01", "10:00:01") "\n"
#define C EVENT("ccc", "01", "10:00:02") "\n"
#define D EVENT("d", "01", "10:00:03") "\n"

static void pieces_may_end_at_every_byte(void **state)
{
    struct fixture *f = *state;
    static const char text[] = A B "\r\n" C "\n\n" D A B C;
    write_kinds(f, STR(text));
    for (f->scan.piece_size = 1; f->scan.piece_size <= sizeof text; f->scan.piece_size++)
        for (int kind = 0; kind < 2; kind++) {
            read_whole(f, kinds[kind]);
            assert_str(buf_str(&f->lines), STR(A B C D A B C));
            assert_int_equal(f->damages.len, 0);
        }
}

static void damage_is_named_where_it_stands_and_hides_nothing(void **state)
{
    struct fixture *f = *state;
    struct buf expected = BUF_EMPTY;
    static const char text[] = A "{\"ts\n" B "{\"event\":\"view\"}\n\n{}\n" C "tail";
    write_kinds(f, STR(text));
    buf_printf(&expected,
               "%zu: a text has no end\n%zu: no time\n%zu: no event\n%zu: no JSON object\n",
               strlen(A), strlen(A B) + 5, strlen(A B) + 5 + 17 + 1, sizeof text - 5);
    for (f->scan.piece_size = 1; f->scan.piece_size <= sizeof text; f->scan.piece_size++)
        for (int kind = 0; kind < 2; kind++) {
            read_whole(f, kinds[kind]);
            assert_str(buf_str(&f->lines), STR(A B C));
            assert_str(buf_str(&f->damages), buf_str(&expected));
        }
    buf_finish(&expected);
}

static void many_pieces_come_in_the_order_of_their_lines(void **state)
{
    struct fixture *f = *state;
    struct buf text = BUF_EMPTY;
    for (int i = 0; i < 5000; i++)
        buf_printf(&text,
                   "{\"ts\":\"2026-11-01T10:00:00.000Z\",\"event\":\"view\",\"pv\":\"%d\"}\n", i);
    files_write(f->folder, "x.ndjson", buf_str(&text));
    static const size_t sizes[] = {100, 1000, 65536, 0};
    for (size_t i = 0; i < 4; i++)
        for (f->scan.threads = 1; f->scan.threads <= 4; f->scan.threads++) {
            f->scan.piece_size = sizes[i];
            read_whole(f, "x.ndjson");
            assert_str(buf_str(&f->lines), buf_str(&text));
        }
    buf_finish(&text);
}

static void a_line_that_is_much_too_long_is_passed_over(void **state)
{
    struct fixture *f = *state;
    struct buf text = BUF_EMPTY;
    struct buf expected = BUF_EMPTY;
    buf_append(&text, STR(A));
    for (int i = 0; i < 3 * 1024 * 1024; i++)
        buf_append_char(&text, 'x');
    buf_append(&text, STR("\n" B "x\n" C));
    write_kinds(f, buf_str(&text));
    buf_printf(&expected, "%zu: much too long\n%zu: no JSON object\n", strlen(A),
               text.len - strlen("x\n" C));
    f->scan.piece_size = 4096;
    for (int kind = 0; kind < 2; kind++) {
        read_whole(f, kinds[kind]);
        assert_str(buf_str(&f->lines), STR(A B C));
        assert_str(buf_str(&f->damages), buf_str(&expected));
    }
    buf_finish(&text);
    buf_finish(&expected);
}

/* Lines that reach over one end of a piece, over several, or just up to one. */
static void a_line_may_be_longer_than_a_piece(void **state)
{
    struct fixture *f = *state;
    struct buf text = BUF_EMPTY;
    for (int len = 900; len < 6000; len += 37)
        buf_printf(&text,
                   "{\"ts\":\"2026-11-01T10:00:00.000Z\",\"event\":\"view\",\"x\":\"%0*d\"}\n", len,
                   len);
    write_kinds(f, buf_str(&text));
    static const size_t sizes[] = {64, 1000, 1024, 4096, 5000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int kind = 0; kind < 2; kind++) {
            f->scan.piece_size = sizes[i];
            read_whole(f, kinds[kind]);
            assert_str(buf_str(&f->lines), buf_str(&text));
        }
    buf_finish(&text);
}

static void a_file_may_be_empty_or_missing(void **state)
{
    struct fixture *f = *state;
    files_write(f->folder, "x.ndjson", STR(""));
    read_whole(f, "x.ndjson");
    assert_int_equal(f->lines.len, 0);
    forget(f);
    assert_int_equal(scan_file(&f->scan, path_of(f, "y.ndjson")), ERR_NOT_FOUND);
    assert_contains(buf_str(&f->failures), STR("/y.ndjson: not found\n"));
}

static void a_file_of_which_nothing_can_be_read_is_an_error_whatever_is_made_of_it(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(scan_file(&f->scan, f->folder), ERR_FOLDER);
    assert_contains(buf_str(&f->failures), STR(": is a folder\n"));

    forget(f);
    files_write(f->folder, "x.ndjson.gz", STR("\x1F\x8B\x08"));
    assert_int_equal(scan_file(&f->scan, path_of(f, "x.ndjson.gz")), ERR_INVALID);
    assert_contains(buf_str(&f->failures), STR("/x.ndjson.gz: not valid\n"));

    write_gzip(f, "x.ndjson.gz", STR(A B), 2);
    read_whole(f, "x.ndjson.gz");
    assert_str(buf_str(&f->lines), STR(A B));
    assert_contains(buf_str(&f->failures), STR("/x.ndjson.gz: not valid\n"));
}

/* --- journals ------------------------------------------------------------------------------- */

#define SEGMENT(node, seq, time) "data/journal/" node "-0000000000000000000" seq "-" time "Z.ndjson"

static void segments_of_several_nodes_are_read_in_the_order_of_time(void **state)
{
    struct fixture *f = *state;
    static const char first[] = EVENT("a1", "01", "10:00:00") "\n";
    static const char second[] = EVENT("b1", "02", "10:00:00") "\n";
    static const char third[] =
        EVENT("a2", "03", "10:00:00") "\n" EVENT("a3", "03", "11:00:00") "\n";
    static const char fourth[] = EVENT("b2", "04", "10:00:00") "\n";
    files_write(f->folder, SEGMENT("a", "1", "20261101T100000"), STR(first));
    files_write(f->folder, SEGMENT("a", "2", "20261103T100000"), STR(third));
    files_write(f->folder, SEGMENT("b", "1", "20261102T100000"), STR(second));
    files_write(f->folder, SEGMENT("b", "2", "20261104T100000"), STR(fourth));
    f->scan.threads = 1;
    for (f->scan.piece_size = 1; f->scan.piece_size < 100; f->scan.piece_size += 7) {
        struct buf all = BUF_EMPTY;
        buf_printf(&all, "%s%s%s%s", first, second, third, fourth);
        read_data(f);
        assert_str(buf_str(&f->lines), buf_str(&all));
        assert_int_equal(f->restarts, 0);
        buf_finish(&all);
    }
}

static void only_the_newest_segment_may_have_an_unfinished_line(void **state)
{
    struct fixture *f = *state;
    files_write(f->folder, SEGMENT("a", "1", "20261101T100000"), STR(A "{\"ts\":"));
    files_write(f->folder, SEGMENT("a", "2", "20261101T100001"), STR(B "{\"ts\":"));
    struct buf expected = BUF_EMPTY;
    buf_printf(&expected, "%zu: a value is missing\n", strlen(A));
    for (f->scan.piece_size = 1; f->scan.piece_size <= sizeof A B; f->scan.piece_size++) {
        read_data(f);
        assert_str(buf_str(&f->lines), STR(A B));
        assert_int_equal(f->failures.len, 0);
        assert_str(buf_str(&f->damages), buf_str(&expected));
    }
    buf_finish(&expected);
}

static void compressed_segments_are_read_as_plain_ones_are(void **state)
{
    struct fixture *f = *state;
    write_gzip(f, SEGMENT("a", "1", "20261101T100000") ".gz", STR(A B), 0);
    write_gzip(f, SEGMENT("a", "2", "20261101T100000") ".gz", STR(C), 2);
    files_write(f->folder, SEGMENT("a", "3", "20261101T100000"), STR(D));
    f->scan.threads = 1;
    read_data(f);
    assert_str(buf_str(&f->lines), STR(A B C D));
    assert_str(buf_str(&f->failures),
               STR("a-00000000000000000002-20261101T100000Z.ndjson.gz: not valid\n"));
}

static void segments_of_other_days_are_not_opened(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(line_time(STR("2026-11-06T12:00:00Z"), &f->scan.now_ms), 0);
    static const char day[] = EVENT("x", "03", "12:00:00") "\n";
    files_write(f->folder, SEGMENT("a", "1", "20261101T000000"), STR("damage\n"));
    files_write(f->folder, SEGMENT("a", "2", "20261102T000000"), STR(day));
    files_write(f->folder, SEGMENT("a", "3", "20261105T000000"), STR("damage\n"));
    files_write(f->folder, SEGMENT("a", "4", "20261106T000000"), STR("damage\n"));
    assert_int_equal(line_time(STR("2026-11-02T02:00:00Z"), &f->scan.from_ms), 0);
    assert_int_equal(line_time(STR("2026-11-04T00:00:00Z"), &f->scan.to_ms), 0);
    read_data(f);
    assert_str(buf_str(&f->lines), STR(day));
    assert_int_equal(f->damages.len, 0);

    assert_int_equal(line_time(STR("2026-11-02T00:30:00Z"), &f->scan.from_ms), 0);
    read_data(f);
    assert_str(buf_str(&f->damages), STR("0: no JSON object\n"));
}

static void segments_of_a_clock_that_was_set_back_are_opened(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(line_time(STR("2026-11-21T00:00:00Z"), &f->scan.now_ms), 0);
    files_write(f->folder, SEGMENT("a", "0", "20260901T000000"), STR("over before that\n"));
    files_write(f->folder, SEGMENT("a", "1", "20261110T000000"),
                STR(EVENT("x", "18", "12:00:00") "\n"));
    files_write(f->folder, SEGMENT("a", "2", "20260801T000000"),
                STR(EVENT("y", "03", "12:00:00") "\n"));
    files_write(f->folder, SEGMENT("b", "1", "21990101T000000"),
                STR(EVENT("z", "16", "12:00:00") "\n"));
    assert_int_equal(line_time(STR("2026-11-15T00:00:00Z"), &f->scan.from_ms), 0);
    assert_int_equal(line_time(STR("2026-11-20T00:00:00Z"), &f->scan.to_ms), 0);
    read_data(f);
    assert_contains(buf_str(&f->lines), STR("\"px\""));
    assert_contains(buf_str(&f->lines), STR("\"pz\""));
    assert_int_equal(f->damages.len, 0);
}

/* --- time ----------------------------------------------------------------------------------- */

static void lines_in_any_order_are_all_given_once(void **state)
{
    struct fixture *f = *state;
    struct buf text = BUF_EMPTY;
    for (int day = 1; day <= 20; day++)
        buf_printf(&text, "{\"ts\":\"2026-11-%02dT10:00:00.000Z\",\"event\":\"view\"}\n", day);
    buf_append(&text, STR("damage\n" A "damage\n" B));
    files_write(f->folder, "x.ndjson", buf_str(&text));
    f->scan.piece_size = 1;
    read_whole(f, "x.ndjson");
    assert_int_equal(f->restarts, 1);
    assert_int_equal(f->lines.len, text.len - strlen("damage\ndamage\n"));
    assert_true(str_ends_with(buf_str(&f->lines), STR(A B)));
    struct buf expected = BUF_EMPTY;
    buf_printf(&expected, "%zu: no JSON object\n%zu: no JSON object\n",
               text.len - strlen("damage\n" A "damage\n" B), text.len - strlen("damage\n" B));
    assert_str(buf_str(&f->damages), buf_str(&expected));
    buf_finish(&expected);
    buf_finish(&text);
}

static void a_segment_that_holds_what_its_name_denies_is_read_all_the_same(void **state)
{
    struct fixture *f = *state;
    files_write(f->folder, SEGMENT("a", "1", "20261105T000000"),
                STR(EVENT("x", "05", "12:00:00") "\n"));
    files_write(f->folder, SEGMENT("a", "2", "20261106T000000"),
                STR(EVENT("y", "06", "12:00:00") "\n" A));
    f->scan.threads = 1;
    read_data(f);
    assert_int_equal(f->restarts, 1);
    assert_str(buf_str(&f->lines),
               STR(EVENT("x", "05", "12:00:00") "\n" EVENT("y", "06", "12:00:00") "\n" A));
}

static void who_asks_has_all_again(void **state)
{
    static const int again[] = {SCAN_AGAIN, SCAN_AGAIN_IN_ORDER};
    struct fixture *f = *state;
    struct buf text = BUF_EMPTY;
    for (int day = 1; day <= 20; day++)
        buf_printf(&text, "{\"ts\":\"2026-11-%02dT10:00:00.000Z\",\"event\":\"view\"}\n", day);
    write_kinds(f, buf_str(&text));
    f->scan.piece_size = 1;
    f->scan.threads = 1;
    for (size_t i = 0; i < 4; i++) {
        f->again = again[i / 2];
        f->rounds = 0;
        read_whole(f, kinds[i % 2]);
        assert_int_equal(f->restarts, 1);
        assert_str(buf_str(&f->lines), buf_str(&text));
        assert_true(f->again == SCAN_AGAIN ? f->settled == 0 : f->settled > 10);
    }
    buf_finish(&text);
}

#define SCAN_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

TEST_MAIN(SCAN_TEST(pieces_may_end_at_every_byte),
          SCAN_TEST(damage_is_named_where_it_stands_and_hides_nothing),
          SCAN_TEST(many_pieces_come_in_the_order_of_their_lines),
          SCAN_TEST(a_line_that_is_much_too_long_is_passed_over),
          SCAN_TEST(a_line_may_be_longer_than_a_piece), SCAN_TEST(a_file_may_be_empty_or_missing),
          SCAN_TEST(a_file_of_which_nothing_can_be_read_is_an_error_whatever_is_made_of_it),
          SCAN_TEST(segments_of_several_nodes_are_read_in_the_order_of_time),
          SCAN_TEST(only_the_newest_segment_may_have_an_unfinished_line),
          SCAN_TEST(compressed_segments_are_read_as_plain_ones_are),
          SCAN_TEST(segments_of_other_days_are_not_opened),
          SCAN_TEST(segments_of_a_clock_that_was_set_back_are_opened),
          SCAN_TEST(lines_in_any_order_are_all_given_once), SCAN_TEST(who_asks_has_all_again),
          SCAN_TEST(a_segment_that_holds_what_its_name_denies_is_read_all_the_same))
