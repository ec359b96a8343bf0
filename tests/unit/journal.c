/* The journal on a good disk: what is acknowledged is found, once, and numbers rise. Bad disks are
 * tests/unit/journal_faults.c, bad clocks tests/unit/journal_clock.c. */
#include "support/journal.h"
#include "support/files.h"
#include "support/test.h"

#include "base/err.h"
#include "journal/segment_list.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void what_is_committed_is_found_after_a_restart(void **state)
{
    struct bench *b = *state;
    bench_open(b);
    assert_false(b->recovery.unclean);
    assert_int_equal(b->recovery.next_seq, 1);
    assert_int_equal(bench_record(b, "/a"), 0);
    assert_int_equal(bench_record(b, "/b"), 0);
    bench_close(b);
    assert_pages(b, "/a /b ");

    bench_open(b);
    assert_false(b->recovery.unclean);
    assert_int_equal(b->recovery.next_seq, 3);
    assert_int_equal(bench_record(b, "/c"), 0);
    bench_close(b);
    assert_pages(b, "/a /b /c ");
}

static void a_batch_costs_one_write_and_one_sync(void **state)
{
    struct bench *b = *state;
    bench_open(b);
    assert_int_equal(bench_record(b, "/first"), 0);
    unsigned writes = b->fault.writes;
    unsigned syncs = b->fault.syncs;
    for (int i = 0; i < 100; i++)
        bench_add(b, "/a");
    assert_int_equal(journal_commit(b->journal), 0);
    assert_int_equal(b->fault.writes, writes + 1);
    assert_int_equal(b->fault.syncs, syncs + 1);
    assert_int_equal(journal_state(b->journal).lines, 101);
}

static void in_process_durability_the_sync_comes_later(void **state)
{
    struct bench *b = *state;
    b->options.durability = DURABILITY_PROCESS;
    bench_open(b);
    assert_int_equal(bench_record(b, "/a"), 0);
    assert_int_equal(b->fault.syncs, 0);
    assert_true(journal_state(b->journal).unsynced_bytes > 0);
    assert_int_equal(journal_sync(b->journal), 0);
    assert_int_equal(b->fault.syncs, 1);
    assert_int_equal(journal_state(b->journal).unsynced_bytes, 0);

    assert_int_equal(journal_sync_begin(b->journal), ERR_NOT_FOUND);
    assert_int_equal(bench_record(b, "/b"), 0);
    int fd = journal_sync_begin(b->journal);
    assert_true(fd >= 0);
    assert_int_equal(bench_record(b, "/c"), 0);
    journal_sync_end(b->journal, fd, fdatasync(fd) != 0);
    assert_true(journal_state(b->journal).unsynced_bytes > 0); /* /c */
    assert_int_equal(bench_record(b, "/d"), 0);
    unsigned syncs = b->fault.syncs;
    b->monotonic_ms += (uint64_t)48 * 3600 * 1000; /* it is sealed */
    assert_int_equal(journal_tick(b->journal), 0);
    assert_int_equal(b->fault.syncs, syncs + 1);
    bench_close(b);
    assert_pages(b, "/a /b /c /d ");
}

static void a_segment_is_made_at_its_first_event_and_synced_with_its_folder(void **state)
{
    struct bench *b = *state;
    bench_open(b);
    assert_int_equal(bench_segments(b), 0);
    unsigned before = b->fault.file_syncs;
    assert_int_equal(bench_record(b, "/a"), 0);
    assert_int_equal(b->fault.file_syncs, before + 2);
    assert_string_equal(bench_segment(b, 0), "parma1-00000000000000000001-20261121T204503Z.ndjson");
}

/* The folder of segments, and what the lock file says of the numbers. */
static void what_is_made_at_the_start_and_noted_at_the_end_is_synced(void **state)
{
    struct bench *b = *state;
    bench_open(b);
    assert_int_equal(b->fault.file_syncs, 2);
    bench_close(b);
    assert_int_equal(b->fault.file_syncs, 3);
    bench_open(b);
    assert_int_equal(b->fault.file_syncs, 4);
}

static void a_segment_is_sealed_by_size_and_by_age(void **state)
{
    struct bench *b = *state;
    b->options.segment_bytes = 500;
    b->options.segment_age_ms = 60000;
    bench_open(b);
    for (int i = 0; i < 5; i++)
        assert_int_equal(bench_record(b, "/a"), 0); /* about 200 bytes each */
    assert_int_equal(bench_segments(b), 3);
    b->monotonic_ms += 59999;
    assert_int_equal(journal_tick(b->journal), 0);
    assert_int_equal(journal_state(b->journal).unsealed_seq, 5);
    b->monotonic_ms += 1;
    assert_int_equal(journal_tick(b->journal), 0);
    assert_int_equal(journal_state(b->journal).unsealed_seq, 6);
    assert_int_equal(bench_record(b, "/b"), 0);
    assert_int_equal(bench_segments(b), 4);
    struct stat st;
    assert_int_equal(stat(bench_path(b, 0), &st), 0);
    assert_true(st.st_size <= 500);
    assert_pages(b, "/a /a /a /a /a /b ");
}

static void after_an_unclean_end_numbers_skip_ahead(void **state)
{
    struct bench *b = *state;
    bench_open(b);
    assert_int_equal(bench_record(b, "/a"), 0);
    bench_add(b, "/never committed");
    bench_crash(b);

    bench_open(b);
    assert_true(b->recovery.unclean);
    assert_int_equal(b->recovery.next_seq, 2 + (1 << 20));
    assert_int_equal(b->recovery.cut_bytes, 0);
    bench_crash(b);
    bench_open(b); /* without an event in between */
    assert_true(b->recovery.next_seq > 2 + (1 << 20));
    assert_int_equal(bench_record(b, "/b"), 0);
    bench_close(b);
    assert_pages(b, "/a /b ");
}

/* What the lock file says of the numbers. */
static void assert_noted(const struct bench *b, const char *expected)
{
    char path[4200];
    struct buf note = BUF_EMPTY;
    (void)snprintf(path, sizeof path, "%s/lock", b->folder);
    files_read(path, &note);
    assert_str(buf_str(&note), str_from(expected));
    buf_finish(&note);
}

/* However the segments have gone: their time was over, or somebody has cleared them away. */
static void numbers_do_not_return_when_all_segments_are_gone(void **state)
{
    struct bench *b = *state;
    b->options.segment_bytes = 300;
    bench_open(b);
    for (int i = 0; i < 9; i++)
        assert_int_equal(bench_record(b, "/a"), 0);
    b->monotonic_ms += (uint64_t)48 * 3600 * 1000;
    assert_int_equal(journal_tick(b->journal), 0);
    assert_noted(b, "open  00000000000000000010\n");
    while (bench_segments(b) > 0)
        assert_int_equal(unlink(bench_path(b, 0)), 0);
    bench_crash(b);
    bench_open(b);
    assert_true(b->recovery.next_seq >= 10);
    bench_close(b);
    uint64_t next = b->recovery.next_seq;
    bench_open(b);
    assert_int_equal(b->recovery.next_seq, next);
}

static void a_second_writer_is_kept_out_until_the_first_has_gone(void **state)
{
    struct bench *b = *state;
    struct journal *second;
    struct journal_recovery recovery;
    bench_open(b);
    assert_int_equal(journal_open(&second, &b->options, &recovery), ERR_IN_USE);

    /* A process that dies without a word lets go of it. */
    bench_close(b);
    int ready[2];
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        char c = (char)(journal_open(&second, &b->options, &recovery) == 0);
        (void)!write(ready[1], &c, 1);
        (void)pause();
        _exit(0);
    }
    char opened = 0;
    assert_int_equal(read(ready[0], &opened, 1), 1);
    assert_true(opened);
    assert_int_equal(journal_open(&second, &b->options, &recovery), ERR_IN_USE);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    (void)close(ready[0]);
    (void)close(ready[1]);
    bench_open(b);
    assert_true(b->recovery.unclean);
}

static void a_node_has_a_name_that_files_can_carry(void **state)
{
    struct bench *b = *state;
    static const char *const names[] = {"",     "a-b", "A",
                                        "../x", "a.b", "a2345678901234567890123456789012x"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        b->options.node = str_from(names[i]);
        assert_int_equal(journal_open(&b->journal, &b->options, &b->recovery), ERR_INVALID);
    }
}

static void ids_are_of_version_7_and_never_the_same(void **state)
{
    struct bench *b = *state;
    char last[37] = "";
    bench_open(b);
    for (int i = 0; i < 500; i++) {
        struct event event = {.ts_ms = b->wall_ms, .event = STR("view")};
        assert_int_equal(journal_add(b->journal, &event), 0);
        assert_int_equal(event.id.len, 36);
        assert_int_equal(event.id.ptr[14], '7');
        assert_non_null(strchr("89ab", event.id.ptr[19]));
        assert_memory_not_equal(event.id.ptr, last, 36);
        memcpy(last, event.id.ptr, 36);
    }
}

static void an_event_that_is_refused_takes_no_other_with_it(void **state)
{
    struct bench *b = *state;
    static char d[5000];
    struct event event = {.ts_ms = 0, .event = STR("click"), .d = str_make(d, sizeof d)};
    bench_open(b);
    bench_add(b, "/a");
    assert_int_equal(journal_add(b->journal, &event), ERR_TOO_LARGE);
    bench_add(b, "/b");
    assert_int_equal(journal_commit(b->journal), 0);
    assert_pages(b, "/a /b ");
}

static void a_file_in_a_segments_place_is_left_alone(void **state)
{
    struct bench *b = *state;
    static const char name[] = "journal/parma1-00000000000000000001-20261121T204503Z.ndjson";
    struct buf found = BUF_EMPTY;
    bench_open(b);
    files_write(b->folder, name, STR("somebody's"));
    assert_int_equal(bench_record(b, "/refused"), ERR_EXISTS);
    files_read(bench_path(b, 0), &found);
    assert_str(buf_str(&found), STR("somebody's"));
    assert_int_equal(bench_record(b, "/a"), 0);
    assert_int_equal(bench_segments(b), 2);
    buf_finish(&found);
}

static void a_deleted_or_moved_segment_is_noticed(void **state)
{
    struct bench *b = *state;
    bench_open(b);
    assert_int_equal(bench_record(b, "/a"), 0);
    assert_int_equal(unlink(bench_path(b, 0)), 0);
    assert_int_equal(journal_tick(b->journal), ERR_NOT_FOUND);
    assert_int_equal(journal_state(b->journal).lost_segments, 1);
    assert_int_equal(bench_record(b, "/b"), 0);
    char moved[4200];
    (void)snprintf(moved, sizeof moved, "%s/elsewhere", b->folder);
    assert_int_equal(rename(bench_path(b, 0), moved), 0);
    assert_int_equal(journal_tick(b->journal), ERR_NOT_FOUND);
    assert_int_equal(bench_record(b, "/c"), 0);
    assert_pages(b, "/c ");
}

/* What `journal/` has become elsewhere in the data folder: how many segments it has. */
static size_t count_segments_of(struct bench *b, const char *folder)
{
    struct segment_list list;
    int fd = openat(b->data_fd, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(segment_list_read(&list, fd), 0);
    size_t count = list.count;
    segment_list_finish(&list);
    (void)close(fd);
    return count;
}

static void take_folder_away(struct bench *b, const char *to)
{
    assert_int_equal(renameat(b->data_fd, "journal", b->data_fd, to), 0);
}

static void a_folder_that_was_moved_away_is_made_anew(void **state)
{
    struct bench *b = *state;
    bench_open(b);
    assert_int_equal(bench_record(b, "/a"), 0);
    take_folder_away(b, "archive1");
    assert_int_equal(journal_tick(b->journal), 0);
    assert_int_equal(journal_state(b->journal).lost_segments, 1);
    assert_int_equal(journal_state(b->journal).unsynced_bytes, 0);
    assert_int_equal(bench_segments(b), 0);
    assert_int_equal(bench_record(b, "/b"), 0);
    assert_pages(b, "/b ");
    assert_int_equal(count_segments_of(b, "archive1"), 1);

    bench_close(b); /* and while nothing is being written */
    bench_open(b);
    take_folder_away(b, "archive2");
    assert_int_equal(journal_tick(b->journal), 0);
    assert_int_equal(journal_state(b->journal).lost_segments, 0);
    assert_int_equal(journal_state(b->journal).lost_folders, 1);
    assert_int_equal(bench_segments(b), 0);
    take_folder_away(b, "archive3");
    assert_int_equal(bench_record(b, "/c"), 0); /* before anybody has looked */
    assert_pages(b, "/c ");
    assert_int_equal(count_segments_of(b, "archive3"), 0);
}

/* As `rm -rf` does it; where `again`, somebody makes it anew. */
static void remove_folder(struct bench *b, bool again)
{
    for (size_t i = bench_segments(b); i > 0; i--)
        assert_int_equal(unlink(bench_path(b, i - 1)), 0);
    assert_int_equal(unlinkat(b->data_fd, "journal", AT_REMOVEDIR), 0);
    if (again)
        assert_int_equal(mkdirat(b->data_fd, "journal", 0700), 0);
}

static void a_folder_that_was_deleted_is_made_anew(void **state)
{
    struct bench *b = *state;
    for (int again = 0; again < 2; again++) {
        bench_open(b);
        assert_int_equal(bench_record(b, "/a"), 0);
        remove_folder(b, again);
        assert_int_equal(journal_tick(b->journal), 0);
        assert_int_equal(journal_state(b->journal).lost_folders, 1);
        assert_int_equal(bench_record(b, "/b"), 0);
        assert_pages(b, "/b ");
        bench_crash(b);
        bench_open(b); /* numbers do not return */
        assert_true(b->recovery.next_seq > 2);
        remove_folder(b, true);
        bench_close(b);
    }
}

static void without_a_folder_nothing_is_recorded_until_there_is_one(void **state)
{
    struct bench *b = *state;
    bench_open(b);
    assert_int_equal(bench_record(b, "/a"), 0);
    take_folder_away(b, "archive");
    files_write(b->folder, "journal", STR("in the way"));
    assert_int_equal(journal_tick(b->journal), 0);
    assert_int_equal(journal_state(b->journal).folder_error, ERR_NO_FOLDER);
    assert_int_equal(bench_record(b, "/refused"), ERR_NO_FOLDER);
    assert_int_equal(unlinkat(b->data_fd, "journal", 0), 0);
    assert_int_equal(journal_tick(b->journal), 0);
    assert_int_equal(journal_state(b->journal).folder_error, 0);
    assert_int_equal(bench_record(b, "/b"), 0);
    assert_pages(b, "/b ");
}

TEST_MAIN(BENCH_TEST(what_is_committed_is_found_after_a_restart),
          BENCH_TEST(a_batch_costs_one_write_and_one_sync),
          BENCH_TEST(in_process_durability_the_sync_comes_later),
          BENCH_TEST(a_segment_is_made_at_its_first_event_and_synced_with_its_folder),
          BENCH_TEST(what_is_made_at_the_start_and_noted_at_the_end_is_synced),
          BENCH_TEST(a_segment_is_sealed_by_size_and_by_age),
          BENCH_TEST(after_an_unclean_end_numbers_skip_ahead),
          BENCH_TEST(numbers_do_not_return_when_all_segments_are_gone),
          BENCH_TEST(a_second_writer_is_kept_out_until_the_first_has_gone),
          BENCH_TEST(a_node_has_a_name_that_files_can_carry),
          BENCH_TEST(ids_are_of_version_7_and_never_the_same),
          BENCH_TEST(an_event_that_is_refused_takes_no_other_with_it),
          BENCH_TEST(a_file_in_a_segments_place_is_left_alone),
          BENCH_TEST(a_deleted_or_moved_segment_is_noticed),
          BENCH_TEST(a_folder_that_was_moved_away_is_made_anew),
          BENCH_TEST(a_folder_that_was_deleted_is_made_anew),
          BENCH_TEST(without_a_folder_nothing_is_recorded_until_there_is_one))
