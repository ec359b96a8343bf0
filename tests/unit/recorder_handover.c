/* The journal goes from one recorder to the next, and so do its old segments. */
#include "server/recorder_handover.h"

#include "support/rig.h"
#include "support/test.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static void await(struct rig *f, size_t completions)
{
    uint64_t until = uv_hrtime() + (uint64_t)RIG_PATIENCE_MS * 1000000;
    uv_mutex_lock(&f->lock);
    while (f->completions < completions && uv_hrtime() < until)
        (void)uv_cond_timedwait(&f->changed, &f->lock, 1000000000);
    size_t found = f->completions;
    uv_mutex_unlock(&f->lock);
    assert_true(found >= completions);
}

static struct recorder *create_next(struct rig *f)
{
    struct journal_handover handover = {0};
    struct recorder *next = NULL;
    int lock_fd;
    uint64_t next_seq;
    assert_int_equal(recorder_lock(f->recorder, &lock_fd, &next_seq), 0);
    handover.lock_fd = dup(lock_fd);
    handover.first_seq = next_seq + JOURNAL_HANDOVER_SKIP;
    assert_int_equal(rig_create_next(f, &handover, &next), 0);
    return next;
}

static void the_next_recorder_goes_on_where_the_one_before_leaves(void **state)
{
    struct rig *f = *state;
    int lock_fd;
    uint64_t next_seq;
    assert_int_equal(recorder_start(f->recorder), 0);
    rig_view(f, "/a");
    assert_true(rig_group(f, 0, 1, "/a"));
    await(f, 1);
    struct recorder *before = f->recorder;
    struct recorder *next = create_next(f);
    assert_int_equal(recorder_start(next), 0);
    assert_int_equal(recorder_lock(next, &lock_fd, &next_seq), 0);
    assert_int_equal(recorder_let_go(before, next_seq), 0);
    recorder_hold(next);

    f->recorder = next;
    assert_true(rig_group(f, 0, 2, "/c"));
    await(f, 2);
    f->recorder = before;
    assert_true(rig_group(f, 0, 3, "/b"));
    await(f, 3);
    recorder_destroy(before);
    f->recorder = next;
    recorder_is_alone(next);
    assert_true(rig_group(f, 0, 4, "/d"));
    await(f, 4);
    recorder_stop(next);
    rig_read_back(f);
    assert_str(buf_str(&f->found), STR("view:/a seen:/a click:/a seen:/b click:/b seen:/c click:/c "
                                       "seen:/d click:/d "));
    assert_int_equal(f->bench->damaged, 0);
}

static bool has_compressed(struct rig *f)
{
    return strstr(bench_segment(f->bench, 0), ".gz") != NULL;
}

static void make_old(struct rig *f)
{
    const struct timespec old[2] = {{.tv_sec = 1700000000}, {.tv_sec = 1700000000}};
    assert_int_equal(utimensat(AT_FDCWD, bench_path(f->bench, 0), old, 0), 0);
}

static void new_times_hold_for_segments_that_are_there(void **state)
{
    struct rig *f = *state;
    assert_true(rig_group(f, 0, 1, "/a"));
    rig_turn(f);
    recorder_destroy(f->recorder);
    f->recorder = NULL;
    assert_int_equal(rig_create(f, &f->recorder), 0);
    make_old(f);
    assert_int_equal(recorder_start(f->recorder), 0);
    uint64_t until = uv_hrtime() + (uint64_t)RIG_PATIENCE_MS * 1000000;
    while (!has_compressed(f) && uv_hrtime() < until) {
        recorder_tune(f->recorder, 0, -1);
        uv_sleep(1);
    }
    assert_true(has_compressed(f));
}

static void old_segments_are_the_next_ones_affair_once_it_is_alone(void **state)
{
    struct rig *f = *state;
    assert_true(rig_group(f, 0, 1, "/a"));
    rig_turn(f);
    f->compress_after_s = 0;
    struct recorder *next = create_next(f);
    assert_int_equal(recorder_start(next), 0);
    assert_int_equal(recorder_let_go(f->recorder, JOURNAL_HANDOVER_SKIP), 0);
    recorder_hold(next);
    assert_false(next->upkeep.has_thread);
    make_old(f);

    recorder_destroy(f->recorder);
    f->recorder = next;
    recorder_is_alone(next);
    uint64_t until = uv_hrtime() + (uint64_t)RIG_PATIENCE_MS * 1000000;
    while (!has_compressed(f) && uv_hrtime() < until)
        uv_sleep(10);
    assert_true(has_compressed(f));
}

static void a_next_recorder_that_fails_changes_nothing(void **state)
{
    struct rig *f = *state;
    assert_int_equal(recorder_start(f->recorder), 0);
    struct recorder *next = create_next(f);
    uint64_t first_seq;
    int lock_fd;
    assert_int_equal(recorder_lock(next, &lock_fd, &first_seq), 0);
    assert_int_equal(recorder_let_go(f->recorder, first_seq), 0);
    recorder_destroy(next);
    recorder_hold(f->recorder);
    assert_true(rig_group(f, 0, 1, "/a"));
    await(f, 1);
    recorder_stop(f->recorder);

    struct journal_recovery recovery;
    struct journal *journal = NULL;
    assert_int_equal(journal_open(&journal, &f->bench->options, &recovery), 0);
    assert_false(recovery.unclean);
    assert_int_equal(recovery.next_seq, 3);
    assert_int_equal(journal_close(journal), 0);
}

TEST_MAIN(RIG_TEST(the_next_recorder_goes_on_where_the_one_before_leaves),
          RIG_TEST(new_times_hold_for_segments_that_are_there),
          RIG_TEST(old_segments_are_the_next_ones_affair_once_it_is_alone),
          RIG_TEST(a_next_recorder_that_fails_changes_nothing))
