/* From feeds to the journal: what is acknowledged is there, what is not there is told. Most tests
 * turn the recorder by hand, so that its disk is theirs. */
#include "server/recorder.h"

#include "support/files.h"
#include "support/rig.h"
#include "support/test.h"

#include "base/err.h"

#include <sys/stat.h>
#include <unistd.h>

static void views_and_groups_go_into_the_journal(void **state)
{
    struct rig *f = *state;
    rig_view(f, "/a");
    assert_true(rig_group(f, 0, 7, "/b"));
    assert_true(rig_group(f, 1, 9, "/c"));
    rig_view(f, "/d");
    rig_turn(f);
    assert_found(f, "view:/a seen:/b click:/b view:/d seen:/c click:/c ");
    assert_told(f, "0/7:0 1/9:0 ");

    struct recorder_state counts = rig_state(f);
    assert_int_equal(counts.events[HIT_VIEW], 2);
    assert_int_equal(counts.events[HIT_CLICK], 2);
    assert_int_equal(counts.commits.count, 1);
}

static void what_waits_at_the_end_is_still_written(void **state)
{
    struct rig *f = *state;
    rig_view(f, "/a");
    assert_true(rig_group(f, 0, 1, "/b"));
    recorder_stop(f->recorder);
    assert_found(f, "view:/a seen:/b click:/b ");
    assert_told(f, "0/1:0 ");
}

static void a_full_ring_refuses_groups_and_counts_views(void **state)
{
    struct rig *f = *state;
    size_t taken = 0;
    while (rig_group(f, 0, 1, "/b"))
        taken++;
    assert_in_range(taken, 10, 1000);
    assert_int_equal(rig_state(f).unwritten, 1);
    while (rig_state(f).dropped == 0)
        rig_view(f, "/late");
    rig_view(f, "/lost");
    assert_int_equal(rig_state(f).dropped, 2);
    rig_turn(f);
    recorder_tell_losses(f->recorder);
    rig_read_back(f);
    assert_contains(buf_str(&f->found), STR("gap=2 "));
    assert_false(str_contains(buf_str(&f->found), STR("/lost")));

    rig_view(f, "/a");
    rig_turn(f);
    recorder_tell_losses(f->recorder);
    rig_read_back(f);
    assert_true(str_ends_with(buf_str(&f->found), STR("gap=2 view:/a "))); /* told once */
    assert_int_equal(f->completions, taken);
    assert_false(str_contains(buf_str(&f->told), STR("503")));
}

static void a_full_disk_refuses_events_until_there_is_room(void **state)
{
    struct rig *f = *state;
    struct fault *fault = &f->bench->fault;
    assert_true(rig_group(f, 0, 1, "/a"));
    rig_turn(f);
    fault->write_error = 28; /* ENOSPC */
    rig_view(f, "/lost");
    assert_true(rig_group(f, 0, 2, "/refused"));
    rig_turn(f);
    assert_told(f, "0/1:0 0/2:503 ");
    assert_int_equal(rig_state(f).journal.health, JOURNAL_FULL);
    assert_int_equal(rig_state(f).dropped, 1);
    assert_int_equal(rig_state(f).unwritten, 1);

    fault->write_error = 0;
    assert_true(rig_group(f, 0, 3, "/b"));
    rig_turn(f);
    recorder_tell_losses(f->recorder);
    assert_told(f, "0/1:0 0/2:503 0/3:0 ");
    assert_found(f, "seen:/a click:/a seen:/b click:/b gap=1 ");
    assert_int_equal(rig_state(f).journal.health, JOURNAL_GOOD);
}

static void whoever_has_an_answer_finds_it_in_the_figures(void **state)
{
    struct rig *f = *state;
    f->looks = true;
    assert_true(rig_group(f, 0, 1, "/a"));
    rig_turn(f);
    assert_int_equal(f->at_last.events[HIT_CLICK], 1);

    f->bench->fault.write_error = 28; /* ENOSPC */
    rig_view(f, "/lost");
    assert_true(rig_group(f, 0, 2, "/refused"));
    rig_turn(f);
    assert_int_equal(f->at_last.unwritten, 1);
    assert_int_equal(f->at_last.dropped, 1);
    assert_int_equal(f->at_last.journal.health, JOURNAL_FULL);
}

static void what_was_lost_is_told_once_the_disk_has_room_again(void **state)
{
    struct rig *f = *state;
    f->bench->fault.write_error = 28; /* ENOSPC */
    feed_refuse(recorder_feed(f->recorder, 0), 3);
    rig_view(f, "/lost");
    rig_turn(f);
    recorder_tell_losses(f->recorder);
    assert_int_equal(rig_state(f).journal.health, JOURNAL_FULL);

    f->bench->fault.write_error = 0;
    uint64_t until = uv_hrtime() + (uint64_t)RIG_PATIENCE_MS * 1000000;
    while (rig_state(f).journal.health != JOURNAL_GOOD && uv_hrtime() < until)
        recorder_tell_losses(f->recorder);
    assert_found(f, "gap=1 refused=3 ");
}

static void of_a_group_of_which_one_event_cannot_be_written_nothing_is(void **state)
{
    struct rig *f = *state;
    struct feed *feed = recorder_feed(f->recorder, 0);
    const struct hit good = {.kind = HIT_CLICK, .ts_ms = 1, .page = STR("/a")};
    const struct hit beyond_all_years = {.kind = HIT_CLICK, .ts_ms = INT64_MAX, .page = STR("/a")};
    rig_view(f, "/before");
    feed_add(feed, hit_pack(&good, feed_reserve(feed, HIT_ROOM)));
    feed_add(feed, hit_pack(&beyond_all_years, feed_reserve(feed, HIT_ROOM)));
    assert_true(rig_group(f, 0, 1, "/a"));
    assert_true(rig_group(f, 0, 2, "/b"));
    rig_turn(f);
    assert_told(f, "0/1:503 0/2:0 ");
    assert_found(f, "view:/before seen:/b click:/b ");
    struct recorder_state counts = rig_state(f);
    assert_int_equal(counts.events[HIT_CLICK], 1);
    assert_int_equal(counts.journal.lines, 3);
    assert_int_equal(counts.unwritten, 1);
}

static void a_failed_sync_refuses_its_batch_alone(void **state)
{
    struct rig *f = *state;
    assert_true(rig_group(f, 0, 1, "/a"));
    rig_turn(f);
    f->bench->fault.sync_error = 5; /* EIO */
    f->bench->fault.fail_syncs = 1;
    assert_true(rig_group(f, 0, 2, "/b"));
    rig_turn(f);
    assert_int_equal(rig_state(f).journal.health, JOURNAL_FAILED);
    assert_true(rig_group(f, 0, 3, "/c"));
    rig_turn(f);
    assert_told(f, "0/1:0 0/2:503 0/3:0 ");
    assert_int_equal(rig_state(f).journal.health, JOURNAL_GOOD);
    assert_int_equal(bench_segments(f->bench), 2);
}

static void a_broken_disk_is_not_asked_for_every_click(void **state)
{
    struct rig *f = *state;
    f->bench->fault.sync_error = 5;
    f->bench->fault.fail_syncs = FAULT_FOREVER;
    for (unsigned i = 0; i < 1000; i++) {
        assert_true(rig_group(f, 0, i, "/a"));
        rig_turn(f);
    }
    assert_int_equal(f->completions, 1000);
    assert_false(str_contains(buf_str(&f->told), STR(":0 ")));
    assert_in_range(f->bench->fault.writes, 1, 500);
    assert_int_equal(bench_segments(f->bench), 0); /* each try takes its own away */

    /* It works again by itself, without anybody coming. */
    f->bench->fault.fail_syncs = 0;
    uint64_t until = uv_hrtime() + (uint64_t)RIG_PATIENCE_MS * 1000000;
    while (rig_state(f).journal.health != JOURNAL_GOOD && uv_hrtime() < until)
        recorder_tell_losses(f->recorder);
    assert_int_equal(rig_state(f).journal.health, JOURNAL_GOOD);
}

/* Each try brings the whole number: what was refused of it must not stay. */
static void what_was_lost_while_syncs_failed_is_told_once(void **state)
{
    struct rig *f = *state;
    f->bench->fault.sync_error = 5;
    f->bench->fault.fail_syncs = 4;
    rig_view(f, "/lost");
    rig_turn(f);
    uint64_t until = uv_hrtime() + (uint64_t)RIG_PATIENCE_MS * 1000000;
    while (rig_state(f).journal.health != JOURNAL_GOOD && uv_hrtime() < until)
        recorder_tell_losses(f->recorder);
    assert_int_equal(rig_state(f).journal.failed_syncs, 4);
    assert_found(f, "gap=1 ");
}

static void refused_events_are_told_as_a_number(void **state)
{
    struct rig *f = *state;
    feed_refuse(recorder_feed(f->recorder, 0), 3);
    rig_view(f, "/a");
    rig_turn(f);
    feed_refuse(recorder_feed(f->recorder, 1), 4);
    rig_view(f, "/b"); /* each batch with a line of its own would fill the journal */
    rig_turn(f);
    recorder_tell_losses(f->recorder);
    recorder_tell_losses(f->recorder);
    assert_found(f, "view:/a view:/b refused=7 ");
    assert_int_equal(rig_state(f).refused, 7);
}

static void a_second_recorder_is_kept_out(void **state)
{
    struct rig *f = *state;
    struct recorder *second;
    /* Another process is asked: locks are by open file, and so this one would do as well. */
    assert_int_equal(rig_create(f, &second), ERR_IN_USE);
}

static void without_a_journal_nothing_is_acknowledged(void **state)
{
    struct rig *f = *state;
    struct recorder *closed;
    recorder_destroy(f->recorder);
    files_remove(strdup(f->bench->folder));
    FILE *file = fopen(f->bench->folder, "w"); /* in the place of the data folder */
    assert_non_null(file);
    (void)fclose(file);
    assert_int_equal(rig_create(f, &closed), 0);
    f->recorder = closed;
    assert_int_not_equal(rig_state(f).error, 0);
    rig_view(f, "/a");
    assert_true(rig_group(f, 0, 1, "/b"));
    rig_turn(f);
    assert_told(f, "0/1:503 ");
    assert_int_equal(rig_state(f).dropped, 1);
    (void)unlink(f->bench->folder);
}

/* --- with its thread */

static void a_sleeping_recorder_is_woken_by_a_click(void **state)
{
    struct rig *f = *state;
    enum { CLICKS = 200 };
    assert_int_equal(recorder_start(f->recorder), 0);
    for (uint32_t i = 0; i < CLICKS; i++) {
        rig_view(f, "/a");
        assert_true(rig_group(f, 0, i, "/b"));
        uv_mutex_lock(&f->lock);
        while (f->completions <= i)
            uv_cond_wait(&f->changed, &f->lock);
        uv_mutex_unlock(&f->lock);
    }
    recorder_stop(f->recorder);
    assert_int_equal(rig_state(f).events[HIT_VIEW], CLICKS);
    assert_int_equal(rig_state(f).events[HIT_CLICK], CLICKS);
    assert_int_equal(rig_state(f).unwritten, 0);
}

static void views_need_no_click_to_be_written(void **state)
{
    struct rig *f = *state;
    enum { VIEWS = 200 };
    assert_int_equal(recorder_start(f->recorder), 0);
    uint64_t until = uv_hrtime() + (uint64_t)RIG_PATIENCE_MS * 1000000;
    for (unsigned i = 0; i < VIEWS; i++) {
        rig_view(f, "/a");
        while (i % 20 == 0 && rig_state(f).events[HIT_VIEW] < i + 1 && uv_hrtime() < until)
            uv_sleep(1);
    }
    while (rig_state(f).events[HIT_VIEW] < VIEWS && uv_hrtime() < until)
        uv_sleep(1);
    assert_int_equal(rig_state(f).events[HIT_VIEW], VIEWS);
}

/* Durable against the death of the process is what is acknowledged; a power cut takes little of it.
 */
static void what_is_written_is_synced_in_the_background(void **state)
{
    struct rig *f = *state;
    recorder_destroy(f->recorder);
    f->durability = DURABILITY_PROCESS;
    assert_int_equal(rig_create(f, &f->recorder), 0);
    f->bench->fault.sync_error = 5; /* EIO */
    f->bench->fault.fail_syncs = 1;
    assert_true(rig_group(f, 0, 1, "/a"));
    assert_int_equal(recorder_start(f->recorder), 0);
    uint64_t until = uv_hrtime() + (uint64_t)RIG_PATIENCE_MS * 1000000;
    while (rig_state(f).journal.failed_syncs == 0 && uv_hrtime() < until)
        uv_sleep(1);
    assert_int_equal(rig_state(f).journal.failed_syncs, 1);

    assert_true(rig_group(f, 0, 2, "/b"));
    struct journal_state state_now = rig_state(f).journal;
    while ((state_now.health != JOURNAL_GOOD || state_now.unsynced_bytes > 0) &&
           uv_hrtime() < until) {
        uv_sleep(1);
        state_now = rig_state(f).journal;
    }
    assert_int_equal(state_now.health, JOURNAL_GOOD);
    assert_int_equal(state_now.unsynced_bytes, 0);
    recorder_stop(f->recorder);
    assert_told(f, "0/1:0 0/2:0 ");
    rig_read_back(f);
    assert_true(str_starts_with(buf_str(&f->found), STR("seen:/a click:/a ")));
    assert_contains(buf_str(&f->found), STR("seen:/b click:/b "));
}

TEST_MAIN(RIG_TEST(views_and_groups_go_into_the_journal),
          RIG_TEST(what_waits_at_the_end_is_still_written),
          RIG_TEST(a_full_ring_refuses_groups_and_counts_views),
          RIG_TEST(a_full_disk_refuses_events_until_there_is_room),
          RIG_TEST(whoever_has_an_answer_finds_it_in_the_figures),
          RIG_TEST(what_was_lost_is_told_once_the_disk_has_room_again),
          RIG_TEST(of_a_group_of_which_one_event_cannot_be_written_nothing_is),
          RIG_TEST(a_failed_sync_refuses_its_batch_alone),
          RIG_TEST(a_broken_disk_is_not_asked_for_every_click),
          RIG_TEST(what_was_lost_while_syncs_failed_is_told_once),
          RIG_TEST(refused_events_are_told_as_a_number), RIG_TEST(a_second_recorder_is_kept_out),
          RIG_TEST(without_a_journal_nothing_is_acknowledged),
          RIG_TEST(a_sleeping_recorder_is_woken_by_a_click),
          RIG_TEST(views_need_no_click_to_be_written),
          RIG_TEST(what_is_written_is_synced_in_the_background))
