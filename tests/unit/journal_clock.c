/* The journal on a machine whose clock is set: numbers rise, each event keeps its own time, and is
 * found at it. */
#include "support/journal.h"
#include "support/test.h"

#include "insight/scan.h"

#include <fcntl.h>
#include <unistd.h>

static void numbers_rise_when_the_clock_steps_back(void **state)
{
    struct bench *b = *state;
    b->options.segment_bytes = 300;
    bench_open(b);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(bench_record(b, i % 2 ? "/odd" : "/even"), 0);
        b->wall_ms -= 86400000;
    }
    bench_crash(b);
    b->wall_ms = 0;
    bench_open(b);
    assert_int_equal(bench_record(b, "/later"), 0);
    assert_pages(b, "/even /odd /even /odd /even /odd /later ");
}

static void each_event_has_its_own_time(void **state)
{
    struct bench *b = *state;
    struct iterate *it;
    struct event event;
    bench_open(b);
    const int64_t times[] = {b->wall_ms, b->wall_ms, b->wall_ms + 1, b->wall_ms - 3600000};
    enum { COUNT = sizeof times / sizeof *times };
    for (size_t i = 0; i < COUNT; i++) {
        b->wall_ms = times[i];
        assert_int_equal(bench_record(b, "/a"), 0);
    }
    const struct iterate_options options = {
        .dir_fd = openat(b->data_fd, "journal", O_RDONLY | O_DIRECTORY | O_CLOEXEC), .live = true};
    assert_int_equal(iterate_create(&it, &options), 0);
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(iterate_next(it, &event), 1);
        assert_int_equal(event.ts_ms, times[i]);
    }
    iterate_destroy(it);
    (void)close(options.dir_fd);
}

static void steps_of_the_clock_within_a_minute_seal_nothing(void **state)
{
    struct bench *b = *state;
    bench_open(b);
    assert_int_equal(bench_record(b, "/a"), 0);
    b->wall_ms -= 60000;
    assert_int_equal(journal_tick(b->journal), 0);
    assert_int_equal(bench_record(b, "/b"), 0);
    assert_int_equal(bench_segments(b), 1);
    b->wall_ms -= 1;
    assert_int_equal(journal_tick(b->journal), 0);
    assert_int_equal(journal_state(b->journal).unsealed_seq, 3);
    b->wall_ms += 120000;
    assert_int_equal(bench_record(b, "/c"), 0);
    assert_int_equal(bench_segments(b), 2);
}

static int find_event(void *pages, size_t piece, const struct scan_event *event)
{
    (void)piece;
    buf_append(pages, event->values[SCAN_TS + 1]);
    buf_append_char(pages, ' ');
    return 0;
}

static int on_round(void *pages, struct crew *crew, const struct scan_round *round)
{
    (void)pages, (void)crew, (void)round;
    return 0;
}

/* What readers open who want what is before that time. */
static void assert_found_before(const struct bench *b, int64_t to_ms, const char *expected)
{
    struct buf pages = BUF_EMPTY;
    struct line_keys keys = {0};
    static const char *const names[] = {"event", "ts", "page"};
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(line_keys_add(&keys, str_from(names[i])), i);
    const struct scan scan = {
        .keys = &keys,
        .from_ms = INT64_MIN,
        .to_ms = to_ms,
        .now_ms = b->wall_ms,
        .threads = 1,
        .on_event = find_event,
        .on_round = on_round,
        .context = &pages,
    };
    assert_int_equal(scan_data(&scan, b->folder), 0);
    assert_str(buf_str(&pages), str_from(expected));
    buf_finish(&pages);
}

/* For a day it is wrong, and nobody comes until it is right again. */
static void what_comes_while_the_clock_is_set_back_is_found_at_its_time(void **state)
{
    struct bench *b = *state;
    const int64_t hour_ms = 3600000;
    const int64_t begin_ms = b->wall_ms;
    bench_open(b);
    assert_int_equal(bench_record(b, "/before"), 0);
    b->wall_ms -= 30 * hour_ms;
    assert_int_equal(bench_record(b, "/wrong"), 0);
    b->wall_ms += 30 * hour_ms;
    b->monotonic_ms += (uint64_t)(30 * hour_ms);
    assert_int_equal(bench_record(b, "/after"), 0);
    assert_found_before(b, begin_ms - 27 * hour_ms, "/wrong ");
    assert_int_equal(bench_segments(b), 3);
    assert_string_equal(bench_segment(b, 1), "parma1-00000000000000000002-20261120T144503Z.ndjson");
    assert_pages(b, "/before /wrong /after ");
}

TEST_MAIN(BENCH_TEST(numbers_rise_when_the_clock_steps_back),
          BENCH_TEST(each_event_has_its_own_time),
          BENCH_TEST(steps_of_the_clock_within_a_minute_seal_nothing),
          BENCH_TEST(what_comes_while_the_clock_is_set_back_is_found_at_its_time))
