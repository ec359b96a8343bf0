/* A journal that goes from one process to the next: nothing is lost, nothing is twice, and whoever
 * does not come or dies on the way leaves it as good as it was. */
#include "journal/handover.h"

#include "support/files.h"
#include "support/journal.h"
#include "support/test.h"

#include "base/err.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static const uint64_t first_seq = JOURNAL_HANDOVER_SKIP + 7;

/* The journal as the next process opens it, by the lock's descriptor. */
static struct journal *open_next(struct bench *b)
{
    struct journal *next = NULL;
    struct journal_recovery recovery;
    const struct journal_handover handover = {dup(journal_lock_fd(b->journal)), first_seq};
    struct journal_options options = b->options;
    options.handover = &handover;
    assert_int_equal(journal_open(&next, &options, &recovery), 0);
    assert_int_equal(recovery.next_seq, first_seq);
    assert_false(recovery.unclean);
    return next;
}

/* What is recorded goes to the other one from here on. */
static void swap(struct bench *b, struct journal **other)
{
    struct journal *journal = b->journal;
    b->journal = *other;
    *other = journal;
}

static void record_in(struct bench *b, struct journal *journal, const char *page)
{
    swap(b, &journal);
    assert_int_equal(bench_record(b, page), 0);
    swap(b, &journal);
}

/* What a process leaves behind that dies while it writes. */
static void tear(struct bench *b, size_t segment)
{
    int fd = open(bench_path(b, segment), O_WRONLY | O_APPEND | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "{\"v\":1,\"seq\":", 13), 13);
    (void)close(fd);
}

static void expect_in_use(const struct bench *b)
{
    struct journal *third = NULL;
    struct journal_recovery recovery;
    assert_int_equal(journal_open(&third, &b->options, &recovery), ERR_IN_USE);
}

static void both_write_while_one_leaves_and_the_other_comes(void **state)
{
    struct bench *b = *state;
    bench_open(b);
    assert_int_equal(bench_record(b, "/a"), 0);
    struct journal *next = open_next(b);
    assert_int_equal(bench_record(b, "/b"), 0);
    assert_int_equal(journal_let_go(b->journal, first_seq), 0);
    journal_hold(next);
    record_in(b, next, "/d");
    assert_int_equal(bench_record(b, "/c"), 0);
    assert_pages(b, "/a /b /c /d ");
    bench_close(b);
    expect_in_use(b);

    swap(b, &next);
    struct journal_recovery recovery;
    assert_int_equal(journal_mend(b->journal, &recovery), 0);
    assert_int_equal(recovery.cut_bytes, 0);
    assert_int_equal(bench_record(b, "/e"), 0);
    bench_close(b);
    assert_pages(b, "/a /b /c /d /e ");

    bench_open(b);
    assert_false(b->recovery.unclean);
    assert_int_equal(b->recovery.next_seq, first_seq + 2);
    bench_close(b);
}

static void whoever_follows_sees_what_both_write(void **state)
{
    struct bench *b = *state;
    struct event event;
    struct iterate *it;
    bench_open(b);
    assert_int_equal(bench_record(b, "/a"), 0);
    const struct iterate_options options = {
        .dir_fd = openat(b->data_fd, "journal", O_RDONLY | O_DIRECTORY | O_CLOEXEC), .live = true};
    assert_int_equal(iterate_create(&it, &options), 0);
    assert_next_page(it, "/a");
    assert_int_equal(iterate_next(it, &event), 0);

    struct journal *next = open_next(b);
    assert_int_equal(journal_let_go(b->journal, first_seq), 0);
    journal_hold(next);
    record_in(b, next, "/c");
    assert_int_equal(bench_record(b, "/b"), 0);
    assert_int_equal(iterate_refresh(it), 0);
    assert_next_page(it, "/b");
    assert_next_page(it, "/c");
    assert_int_equal(iterate_next(it, &event), 0);
    assert_int_equal(bench_record(b, "/late"), 0);
    assert_int_equal(iterate_refresh(it), 0);
    assert_next_page(it, "/late");
    assert_non_null(strstr(iterate_file(it), "-00000000000000000001-"));
    assert_int_equal(iterate_next(it, &event), 0);
    record_in(b, next, "/d");
    assert_next_page(it, "/d");
    assert_non_null(strstr(iterate_file(it), "-00000000004294967303-"));
    assert_int_equal(iterate_next(it, &event), 0);

    iterate_destroy(it);
    (void)close(options.dir_fd);
    journal_destroy(next);
    bench_close(b);
}

/* --- who follows, and the one before begins segments late */

/* A reader of what is there; to be given back with stop. */
static struct iterate *follow(const struct bench *b, struct iterate_options *options)
{
    struct iterate *it;
    *options = (struct iterate_options){
        .dir_fd = openat(b->data_fd, "journal", O_RDONLY | O_DIRECTORY | O_CLOEXEC), .live = true};
    assert_int_equal(iterate_create(&it, options), 0);
    return it;
}

static void stop(struct iterate *it, const struct iterate_options *options)
{
    iterate_destroy(it);
    (void)close(options->dir_fd);
}

static void expect_none(struct iterate *it)
{
    struct event event;
    assert_int_equal(iterate_next(it, &event), 0);
}

/* The journal as the next process has it, with the one before still open. */
static struct journal *hand_on(struct bench *b)
{
    struct journal *next = open_next(b);
    assert_int_equal(journal_let_go(b->journal, first_seq), 0);
    journal_hold(next);
    return next;
}

static void segments_that_the_one_before_begins_late_are_seen(void **state)
{
    struct bench *b = *state;
    struct iterate_options options;
    b->options.segment_bytes = 1; /* each commit begins one */
    bench_open(b);
    assert_int_equal(bench_record(b, "/a"), 0);
    struct iterate *it = follow(b, &options);
    assert_next_page(it, "/a");
    struct journal *next = hand_on(b);
    record_in(b, next, "/n1");
    assert_int_equal(iterate_refresh(it), 0);
    assert_next_page(it, "/n1");
    expect_none(it);

    assert_int_equal(bench_record(b, "/late"), 0);
    expect_none(it);
    assert_int_equal(iterate_refresh(it), 0);
    assert_next_page(it, "/late");
    assert_non_null(strstr(iterate_file(it), "-00000000000000000002-"));
    expect_none(it);
    record_in(b, next, "/n2");
    record_in(b, next, "/n3");
    assert_int_equal(bench_record(b, "/later"), 0);
    assert_int_equal(bench_record(b, "/last"), 0);
    assert_int_equal(iterate_refresh(it), 0);
    assert_next_page(it, "/n2");
    assert_next_page(it, "/n3");
    assert_next_page(it, "/later");
    assert_next_page(it, "/last");
    expect_none(it);
    assert_int_equal(iterate_refresh(it), 0);
    expect_none(it);
    stop(it, &options);
    journal_destroy(next);
    bench_close(b);
}

static void so_is_the_first_of_one_that_had_none(void **state)
{
    struct bench *b = *state;
    struct iterate_options options;
    bench_open(b);
    struct journal *next = hand_on(b);
    record_in(b, next, "/n1");
    struct iterate *it = follow(b, &options);
    assert_next_page(it, "/n1");
    assert_int_equal(bench_record(b, "/late"), 0);
    assert_int_equal(iterate_refresh(it), 0);
    assert_next_page(it, "/late");
    assert_int_equal(bench_record(b, "/last"), 0);
    assert_next_page(it, "/last");
    expect_none(it);
    stop(it, &options);
    journal_destroy(next);
    bench_close(b);
}

/* What was there is not asked for; what comes is. */
static void whoever_begins_at_the_last_segment_sees_what_both_write(void **state)
{
    struct bench *b = *state;
    struct iterate_options options;
    bench_open(b);
    assert_int_equal(bench_record(b, "/a"), 0);
    struct journal *next = hand_on(b);
    record_in(b, next, "/n1");
    struct iterate *it = follow(b, &options);
    assert_int_equal(iterate_seek(it, 1), 0);
    assert_int_equal(bench_record(b, "/late"), 0);
    assert_next_page(it, "/n1");
    assert_int_equal(iterate_refresh(it), 0);
    assert_next_page(it, "/late");
    expect_none(it);
    stop(it, &options);
    journal_destroy(next);
    bench_close(b);
}

static void numbers_of_the_next_one_are_never_given(void **state)
{
    struct bench *b = *state;
    bench_open(b);
    assert_int_equal(journal_let_go(b->journal, 3), 0);
    assert_int_equal(bench_record(b, "/a"), 0);
    assert_int_equal(bench_record(b, "/b"), 0);
    struct event event = {.ts_ms = b->wall_ms, .event = STR("view"), .transport = STR("server")};
    assert_int_equal(journal_add(b->journal, &event), ERR_LIMIT);
    assert_int_equal(journal_let_go(b->journal, 3), ERR_LIMIT);
    bench_close(b);
    assert_pages(b, "/a /b ");
}

static void a_next_one_that_does_not_come_leaves_no_trace(void **state)
{
    struct bench *b = *state;
    bench_open(b);
    assert_int_equal(bench_record(b, "/a"), 0);
    struct journal *next = open_next(b);
    assert_int_equal(journal_close(next), 0);
    assert_int_equal(bench_record(b, "/b"), 0);
    next = open_next(b);
    assert_int_equal(journal_let_go(b->journal, first_seq), 0);
    journal_destroy(next);
    journal_hold(b->journal);
    expect_in_use(b);
    assert_int_equal(bench_record(b, "/c"), 0);
    bench_close(b);

    bench_open(b);
    assert_false(b->recovery.unclean);
    assert_int_equal(b->recovery.next_seq, 4);
    bench_close(b);
    assert_pages(b, "/a /b /c ");
}

static void what_the_one_before_has_left_torn_is_cut(void **state)
{
    struct bench *b = *state;
    bench_open(b);
    assert_int_equal(bench_record(b, "/a"), 0);
    struct journal *next = open_next(b);
    assert_int_equal(journal_let_go(b->journal, first_seq), 0);
    journal_hold(next);
    record_in(b, next, "/b");
    bench_crash(b);
    tear(b, 0);
    tear(b, 1); /* which is being written, and none of its business */

    swap(b, &next);
    struct journal_recovery recovery;
    assert_int_equal(journal_mend(b->journal, &recovery), 0);
    assert_int_equal(recovery.cut_bytes, 13);
    assert_string_equal(recovery.file, bench_segment(b, 0));
    bench_crash(b);
    bench_open(b);
    assert_int_equal(b->recovery.cut_bytes, 13);
    bench_close(b);
    assert_pages(b, "/a /b ");
}

static void a_crash_of_both_loses_nothing(void **state)
{
    struct bench *b = *state;
    bench_open(b);
    assert_int_equal(bench_record(b, "/a"), 0);
    struct journal *next = open_next(b);
    assert_int_equal(journal_let_go(b->journal, first_seq), 0);
    journal_hold(next);
    record_in(b, next, "/c");
    assert_int_equal(bench_record(b, "/b"), 0);
    bench_crash(b);
    journal_destroy(next);
    tear(b, 0);
    tear(b, 1);

    bench_open(b);
    assert_true(b->recovery.unclean);
    assert_true(b->recovery.next_seq > first_seq + 1);
    assert_int_equal(bench_record(b, "/d"), 0);
    bench_close(b);
    assert_pages(b, "/a /b /c /d ");
}

static void numbers_do_not_return_when_all_segments_are_gone(void **state)
{
    struct bench *b = *state;
    bench_open(b);
    assert_int_equal(bench_record(b, "/a"), 0);
    struct journal *next = open_next(b);
    assert_int_equal(journal_let_go(b->journal, first_seq), 0);
    journal_hold(next);
    b->monotonic_ms += (uint64_t)48 * 3600 * 1000;
    assert_int_equal(bench_record(b, "/of another day"), 0); /* seals, and must not note */
    bench_close(b);
    while (bench_segments(b) > 0)
        assert_int_equal(unlink(bench_path(b, 0)), 0);
    journal_destroy(next);

    bench_open(b);
    assert_true(b->recovery.next_seq > first_seq);
    bench_close(b);
}

static void without_room_for_the_note_the_one_before_keeps_it(void **state)
{
    struct bench *b = *state;
    bench_open(b);
    assert_int_equal(bench_record(b, "/a"), 0);
    b->fault.write_error = ENOSPC;
    int rc = journal_let_go(b->journal, first_seq);
    b->fault.write_error = 0;
    assert_int_equal(rc, ERR_NO_SPACE);
    bench_close(b);
    bench_open(b);
    assert_false(b->recovery.unclean);
    bench_close(b);
}

TEST_MAIN(BENCH_TEST(both_write_while_one_leaves_and_the_other_comes),
          BENCH_TEST(whoever_follows_sees_what_both_write),
          BENCH_TEST(segments_that_the_one_before_begins_late_are_seen),
          BENCH_TEST(so_is_the_first_of_one_that_had_none),
          BENCH_TEST(whoever_begins_at_the_last_segment_sees_what_both_write),
          BENCH_TEST(numbers_of_the_next_one_are_never_given),
          BENCH_TEST(a_next_one_that_does_not_come_leaves_no_trace),
          BENCH_TEST(what_the_one_before_has_left_torn_is_cut),
          BENCH_TEST(a_crash_of_both_loses_nothing),
          BENCH_TEST(numbers_do_not_return_when_all_segments_are_gone),
          BENCH_TEST(without_room_for_the_note_the_one_before_keeps_it))
