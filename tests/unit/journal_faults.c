/* The journal on disks that are full, fail, or say that they have synced what they have not: what
 * is acknowledged is found, what is refused may be, and it heals by itself. */
#include "support/journal.h"
#include "support/test.h"

#include "base/err.h"
#include "journal/handover.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static void a_full_disk_leaves_no_torn_line_and_heals(void **state)
{
    struct bench *b = *state;
    bench_open(b);
    assert_int_equal(bench_record(b, "/a"), 0);
    for (size_t room = 0; room < 300; room += 37) {
        b->fault.write_error = ENOSPC;
        b->fault.write_room = room;
        bench_add(b, "/refused");
        bench_add(b, "/refused");
        assert_int_equal(journal_commit(b->journal), ERR_NO_SPACE);
        assert_int_equal(journal_state(b->journal).health, JOURNAL_FULL);
        assert_pages(b, "/a ");
    }
    b->fault.write_error = 0;
    assert_int_equal(bench_record(b, "/b"), 0);
    assert_int_equal(journal_state(b->journal).health, JOURNAL_GOOD);
    assert_int_equal(journal_state(b->journal).refused, 18);
    assert_int_equal(bench_segments(b), 1);
    bench_close(b);
    assert_pages(b, "/a /b ");
}

static void a_disk_that_is_full_from_the_start_leaves_no_file(void **state)
{
    struct bench *b = *state;
    bench_open(b);
    b->fault.write_error = ENOSPC;
    b->fault.write_room = 10;
    assert_int_equal(bench_record(b, "/refused"), ERR_NO_SPACE);
    b->fault.fail_creates = 1;
    assert_int_equal(bench_record(b, "/refused"), ERR_NO_SPACE);
    assert_int_equal(bench_segments(b), 0);
    b->fault.write_error = 0;
    assert_int_equal(bench_record(b, "/a"), 0);
    assert_string_equal(bench_segment(b, 0), "parma1-00000000000000000003-20261121T204503Z.ndjson");
    assert_pages(b, "/a ");
}

static void a_journal_opens_on_a_full_disk(void **state)
{
    struct bench *b = *state;
    bench_open(b);
    assert_int_equal(bench_record(b, "/a"), 0);
    bench_close(b);
    b->fault.write_error = ENOSPC;
    bench_open(b);
    assert_int_equal(bench_record(b, "/refused"), ERR_NO_SPACE);
    b->fault.write_error = 0;
    assert_int_equal(bench_record(b, "/b"), 0);
    bench_crash(b);
    bench_open(b);
    assert_true(b->recovery.unclean);
    assert_pages(b, "/a /b ");
}

static void short_and_interrupted_writes_are_completed(void **state)
{
    struct bench *b = *state;
    b->fault.piece = 7;
    bench_open(b);
    b->fault.interrupts = 3;
    assert_int_equal(bench_record(b, "/a"), 0);
    b->fault.interrupts = 40;
    assert_int_equal(bench_record(b, "/b"), 0);
    assert_int_equal(journal_state(b->journal).health, JOURNAL_GOOD);
    bench_close(b);
    assert_pages(b, "/a /b ");
}

/* What is recorded next is good, and the journal holds these pages then. */
static void assert_goes_on_in_another_segment(struct bench *b, const char *pages)
{
    assert_int_equal(bench_record(b, "/b"), 0);
    assert_int_equal(journal_state(b->journal).health, JOURNAL_GOOD);
    assert_int_equal(bench_segments(b), 2);
    bench_close(b);
    assert_pages(b, pages);
}

static void a_failed_write_refuses_its_batch_and_a_new_segment_takes_over(void **state)
{
    struct bench *b = *state;
    bench_open(b);
    assert_int_equal(bench_record(b, "/a"), 0);
    b->fault.write_error = EIO;
    b->fault.write_room = 50;
    assert_int_equal(bench_record(b, "/refused"), ERR_IO);
    assert_int_equal(journal_state(b->journal).health, JOURNAL_FAILED);
    b->fault.write_error = 0;
    assert_goes_on_in_another_segment(b, "/a /b ");
}

/* The worst: half a line is in the file and cannot be taken out again. */
static void a_torn_line_that_stays_hides_nothing(void **state)
{
    struct bench *b = *state;
    bench_open(b);
    assert_int_equal(bench_record(b, "/a"), 0);
    b->fault.write_error = ENOSPC;
    b->fault.write_room = 50;
    b->fault.fail_truncates = 1;
    assert_int_equal(bench_record(b, "/refused"), ERR_IO);
    b->fault.write_error = 0;
    assert_int_equal(bench_record(b, "/b"), 0);
    bench_close(b);
    bench_read(b, false);
    assert_str(buf_str(&b->pages), STR("/a /b "));
    assert_int_equal(b->damaged, 1);
    assert_int_equal(b->damage[0].reason, DAMAGE_TORN);
    assert_int_equal(b->damage[0].len, 50);
}

static void a_failed_sync_is_final_for_its_batch_and_its_segment(void **state)
{
    struct bench *b = *state;
    bench_open(b);
    assert_int_equal(bench_record(b, "/a"), 0);
    b->fault.fail_syncs = 1;
    assert_int_equal(bench_record(b, "/refused"), ERR_IO);
    assert_int_equal(journal_state(b->journal).health, JOURNAL_FAILED);
    assert_int_equal(journal_state(b->journal).failed_syncs, 1);
    assert_goes_on_in_another_segment(b, "/a /b ");
}

/* Then the refused line may be found: at least once for those, once for the acknowledged. */
static void what_a_failed_sync_leaves_may_stay_where_it_cannot_be_cut_off(void **state)
{
    struct bench *b = *state;
    bench_open(b);
    assert_int_equal(bench_record(b, "/a"), 0);
    b->fault.fail_syncs = 1;
    b->fault.fail_truncates = 1;
    assert_int_equal(bench_record(b, "/refused"), ERR_IO);
    assert_goes_on_in_another_segment(b, "/a /refused /b ");
}

static void syncs_that_fail_for_good_refuse_everything(void **state)
{
    struct bench *b = *state;
    bench_open(b);
    assert_int_equal(bench_record(b, "/a"), 0);
    b->fault.fail_syncs = FAULT_FOREVER;
    b->fault.sync_error = ENOSPC; /* whatever it says, it is no promise */
    for (int i = 0; i < 5; i++) {
        assert_int_equal(bench_record(b, "/refused"), ERR_IO);
        assert_int_equal(journal_state(b->journal).health, JOURNAL_FAILED);
    }
    b->fault.fail_syncs = 0;
    b->fault.write_error = ENOSPC;
    assert_int_equal(bench_record(b, "/refused"), ERR_NO_SPACE);
    assert_int_equal(journal_state(b->journal).health, JOURNAL_FAILED);
    b->fault.write_error = 0;
    assert_int_equal(bench_record(b, "/b"), 0);
    assert_int_equal(journal_state(b->journal).health, JOURNAL_GOOD);
    assert_int_equal(journal_state(b->journal).refused, 6);
    assert_int_equal(bench_segments(b), 2);
    assert_pages(b, "/a /b ");
}

static void a_segment_whose_folder_cannot_be_synced_is_not_used(void **state)
{
    struct bench *b = *state;
    bench_open(b);
    b->fault.fail_file_syncs = 1;
    assert_int_equal(bench_record(b, "/refused"), ERR_IO);
    assert_int_equal(journal_state(b->journal).health, JOURNAL_FAILED);
    assert_int_equal(bench_segments(b), 0);
    assert_int_equal(bench_record(b, "/a"), 0);
    assert_int_equal(journal_state(b->journal).health, JOURNAL_GOOD);
    bench_close(b);
    assert_pages(b, "/a ");
}

/* Of "/a", in the background: what comes then, it does not sync. */
static int begin_sync(struct bench *b)
{
    b->options.durability = DURABILITY_PROCESS;
    bench_open(b);
    assert_int_equal(bench_record(b, "/a"), 0);
    int fd = journal_sync_begin(b->journal);
    assert_true(fd >= 0);
    return fd;
}

static void a_failed_sync_in_the_background_turns_the_state_red(void **state)
{
    struct bench *b = *state;
    int fd = begin_sync(b);
    assert_int_equal(bench_record(b, "/b"), 0);
    journal_sync_end(b->journal, fd, true);
    assert_int_equal(journal_state(b->journal).health, JOURNAL_FAILED);
    assert_int_equal(bench_record(b, "/c"), 0); /* in the kernel, as promised */
    assert_int_equal(journal_state(b->journal).health, JOURNAL_FAILED);
    assert_int_equal(journal_sync(b->journal), 0);
    assert_int_equal(journal_state(b->journal).health, JOURNAL_GOOD);
    assert_int_equal(bench_segments(b), 2);
    bench_close(b);
    assert_pages(b, "/a /b /c ");
}

/* A sync that began before the failure says nothing about what came after. */
static void a_sync_that_began_before_a_failure_does_not_clear_it(void **state)
{
    struct bench *b = *state;
    int fd = begin_sync(b);
    assert_int_equal(bench_record(b, "/b"), 0);
    b->fault.fail_syncs = 1;
    assert_int_equal(journal_sync(b->journal), ERR_IO);
    journal_sync_end(b->journal, fd, false);
    assert_int_equal(journal_state(b->journal).health, JOURNAL_FAILED);
}

static void a_sync_that_began_before_a_failed_write_does_not_clear_it(void **state)
{
    struct bench *b = *state;
    int fd = begin_sync(b);
    b->fault.write_error = EIO;
    assert_int_equal(bench_record(b, "/refused"), ERR_IO);
    journal_sync_end(b->journal, fd, false);
    assert_int_equal(journal_state(b->journal).health, JOURNAL_FAILED);
    b->fault.write_error = 0;
    assert_int_equal(bench_record(b, "/b"), 0);
    fd = journal_sync_begin(b->journal);
    assert_true(fd >= 0);
    journal_sync_end(b->journal, fd, false);
    assert_int_equal(journal_state(b->journal).health, JOURNAL_GOOD);
}

/* Else a power cut might bring it back, in the middle of the journal. */
static void a_tail_that_is_cut_off_is_cut_off_for_good(void **state)
{
    struct bench *b = *state;
    bench_open(b);
    assert_int_equal(bench_record(b, "/a"), 0);
    bench_close(b);
    int fd = open(bench_path(b, 0), O_WRONLY | O_APPEND | O_CLOEXEC);
    assert_int_equal(write(fd, "{\"v\":1", 6), 6);
    (void)close(fd);
    unsigned before = b->fault.file_syncs;
    bench_open(b);
    assert_int_equal(b->recovery.cut_bytes, 6);
    assert_true(b->recovery.unclean);                  /* whatever the last writer has noted */
    assert_int_equal(b->fault.file_syncs, before + 2); /* and the lock file, as always */
    assert_pages(b, "/a ");
}

/* Up to which number it goes, nobody knows: those that follow are far behind it, at each start. */
static void a_segment_whose_end_cannot_be_read_keeps_no_event_from_being_recorded(void **state)
{
    struct bench *b = *state;
    bench_open(b);
    assert_int_equal(bench_record(b, "/a"), 0);
    bench_crash(b);
    for (int i = 0; i < 3; i++) {
        b->fault.fail_reads = 1;
        bench_open(b);
        assert_string_equal(b->recovery.unread, bench_segment(b, 0));
        assert_true(b->recovery.unclean == (i == 0));
        assert_in_range(b->recovery.next_seq, JOURNAL_HANDOVER_SKIP, 2 * JOURNAL_HANDOVER_SKIP);
        assert_int_equal(bench_record(b, "/b"), 0);
        bench_close(b);
    }
    assert_pages(b, "/a /b /b /b ");
    bench_open(b);
    assert_string_equal(b->recovery.unread, "");
}

static void a_clean_end_is_one_though_its_segment_cannot_be_read(void **state)
{
    struct bench *b = *state;
    bench_open(b);
    assert_int_equal(bench_record(b, "/a"), 0);
    bench_close(b);
    b->fault.fail_reads = 1;
    bench_open(b);
    assert_string_equal(b->recovery.unread, bench_segment(b, 0));
    assert_false(b->recovery.unclean);
}

static void an_end_that_cannot_be_synced_is_no_clean_end(void **state)
{
    struct bench *b = *state;
    b->options.durability = DURABILITY_PROCESS;
    bench_open(b);
    assert_int_equal(bench_record(b, "/a"), 0);
    b->fault.fail_syncs = 1;
    assert_int_equal(journal_close(b->journal), ERR_IO);
    b->journal = NULL;
    bench_open(b);
    assert_true(b->recovery.unclean);
}

/* --- a disk that is really full -------------------------------------------------------------- */

/* The mount is seen by this process alone and goes with it. */
static bool mount_small(const char *folder)
{
    return unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("attimo-test", folder, "tmpfs", 0, "size=1m,mode=755") == 0;
}

static void a_small_disk_fills_up_and_is_emptied(void **state)
{
    struct bench *b = *state;
    char other[4300];
    char small[4200];
    (void)snprintf(small, sizeof small, "%s/small", b->folder);
    assert_int_equal(mkdir(small, 0755), 0);
    if (!mount_small(small))
        skip_because("this user may not mount");
    (void)snprintf(other, sizeof other, "%s/other", small);
    FILE *hog = fopen(other, "w");
    assert_non_null(hog);
    for (int i = 0; i < 512 * 1024; i++)
        (void)fputc('x', hog);
    assert_int_equal(fclose(hog), 0);

    (void)close(b->data_fd);
    b->data_fd = b->options.data_fd = open(small, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bench_open(b);
    size_t good = 0;
    while (bench_record(b, "/a") == 0)
        assert_true(++good < 10000);
    assert_int_equal(journal_state(b->journal).health, JOURNAL_FULL);
    assert_int_equal(bench_record(b, "/refused"), ERR_NO_SPACE);
    bench_read(b, true);
    assert_int_equal(b->events, good);
    assert_int_equal(b->damaged, 0);

    assert_int_equal(unlink(other), 0);
    for (int i = 0; i < 100; i++)
        assert_int_equal(bench_record(b, "/b"), 0);
    assert_int_equal(journal_state(b->journal).health, JOURNAL_GOOD);
    bench_close(b);
    bench_read(b, false);
    (void)close(b->data_fd);
    b->data_fd = -1;
    assert_int_equal(umount(small), 0);
    assert_int_equal(b->events, good + 100);
    assert_int_equal(b->damaged, 0);
}

TEST_MAIN(BENCH_TEST(a_full_disk_leaves_no_torn_line_and_heals),
          BENCH_TEST(a_disk_that_is_full_from_the_start_leaves_no_file),
          BENCH_TEST(a_journal_opens_on_a_full_disk),
          BENCH_TEST(short_and_interrupted_writes_are_completed),
          BENCH_TEST(a_failed_write_refuses_its_batch_and_a_new_segment_takes_over),
          BENCH_TEST(a_torn_line_that_stays_hides_nothing),
          BENCH_TEST(a_failed_sync_is_final_for_its_batch_and_its_segment),
          BENCH_TEST(what_a_failed_sync_leaves_may_stay_where_it_cannot_be_cut_off),
          BENCH_TEST(syncs_that_fail_for_good_refuse_everything),
          BENCH_TEST(a_segment_whose_folder_cannot_be_synced_is_not_used),
          BENCH_TEST(a_failed_sync_in_the_background_turns_the_state_red),
          BENCH_TEST(a_sync_that_began_before_a_failure_does_not_clear_it),
          BENCH_TEST(a_sync_that_began_before_a_failed_write_does_not_clear_it),
          BENCH_TEST(a_tail_that_is_cut_off_is_cut_off_for_good),
          BENCH_TEST(a_segment_whose_end_cannot_be_read_keeps_no_event_from_being_recorded),
          BENCH_TEST(a_clean_end_is_one_though_its_segment_cannot_be_read),
          BENCH_TEST(an_end_that_cannot_be_synced_is_no_clean_end),
          BENCH_TEST(a_small_disk_fills_up_and_is_emptied))
