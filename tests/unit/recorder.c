/* From feeds to the journal: what is acknowledged is there, what is not there is told. Most tests
 * turn the recorder by hand, so that its disk is theirs. */
#include "server/recorder.h"

#include "support/files.h"
#include "support/journal.h"
#include "support/test.h"

#include "base/err.h"
#include "server/recorder_handover.h"
#include "server/recorder_parts.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RING = 64 * 1024, FEEDS = 2, PATIENCE_MS = 30000 };

struct fixture {
    struct bench *bench;
    struct log log;
    struct recorder *recorder;
    uv_mutex_t lock;
    uv_cond_t changed;
    int64_t compress_after_s; /* of those that are created from now on */
    struct buf told;          /* of each completion: "feed/slot:status " */
    size_t completions;
    struct buf found; /* what `read_back` found: "event:page " or "event=n " */
};

static void on_complete(void *context, size_t feed, struct ticket ticket, unsigned status)
{
    struct fixture *f = context;
    uv_mutex_lock(&f->lock);
    buf_printf(&f->told, "%zu/%u:%u ", feed, ticket.slot, status);
    f->completions++;
    uv_cond_signal(&f->changed);
    uv_mutex_unlock(&f->lock);
}

static int try_create_with(struct fixture *f, const struct journal_handover *handover,
                           struct recorder **out)
{
    const struct recorder_options options = {
        .data = f->bench->folder,
        .journal = {.node = STR("parma1"),
                    .durability = DURABILITY_POWER,
                    .world = {.disk = &f->bench->fault.disk},
                    .handover = handover},
        .compress_after_s = f->compress_after_s,
        .keep_s = -1,
        .ring_bytes = RING,
        .feeds = FEEDS,
        .log = &f->log,
        .complete = on_complete,
        .context = f,
    };
    return recorder_create(out, &options);
}

static int try_create(struct fixture *f, struct recorder **out)
{
    return try_create_with(f, NULL, out);
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    assert_int_equal(bench_setup((void **)&f->bench), 0);
    assert_int_equal(uv_mutex_init(&f->lock), 0);
    assert_int_equal(uv_cond_init(&f->changed), 0);
    f->log = (struct log){.fd = open("/dev/null", O_WRONLY | O_CLOEXEC)};
    f->compress_after_s = -1;
    assert_int_equal(try_create(f, &f->recorder), 0);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    recorder_destroy(f->recorder);
    (void)close(f->log.fd);
    uv_cond_destroy(&f->changed);
    uv_mutex_destroy(&f->lock);
    buf_finish(&f->told);
    buf_finish(&f->found);
    assert_int_equal(bench_teardown((void **)&f->bench), 0);
    free(f);
    return 0;
}

/* --- what a worker does */

static void add(struct feed *feed, enum hit_kind kind, const char *page)
{
    const struct hit hit = {.kind = kind, .ts_ms = 1795293903127, .page = str_from(page)};
    char *room = feed_reserve(feed, HIT_ROOM);
    if (room)
        feed_add(feed, hit_pack(&hit, room));
}

static void view(struct fixture *f, const char *page)
{
    struct feed *feed = recorder_feed(f->recorder, 0);
    add(feed, HIT_VIEW, page);
    feed_offer_view(feed);
    feed_ring(feed);
}

/* A group of a `seen` and a click. */
static bool group(struct fixture *f, size_t index, uint32_t slot, const char *page)
{
    struct feed *feed = recorder_feed(f->recorder, index);
    add(feed, HIT_SEEN, page);
    add(feed, HIT_CLICK, page);
    bool offered = feed_offer_group(feed, (struct ticket){.slot = slot});
    feed_ring(feed);
    return offered;
}

static void turn(struct fixture *f)
{
    while (recorder_take(f->recorder) != TAKEN_NOTHING)
        ;
}

/* --- what came of it */

static void read_back(struct fixture *f)
{
    int dir_fd = openat(f->bench->data_fd, "journal", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const struct iterate_options options = {.dir_fd = dir_fd, .live = true};
    struct iterate *it;
    struct event event;
    buf_clear(&f->found);
    assert_int_equal(iterate_create(&it, &options), 0);
    while (iterate_next(it, &event) == 1) {
        if (event.n.set)
            buf_printf(&f->found, "%.*s=%d ", STR_ARG(event.event), (int)event.n.value);
        else
            buf_printf(&f->found, "%.*s:%.*s ", STR_ARG(event.event), STR_ARG(event.page));
    }
    iterate_destroy(it);
    (void)close(dir_fd);
}

#define assert_found(f, expected)                        \
    do {                                                 \
        read_back(f);                                    \
        assert_str(buf_str(&(f)->found), STR(expected)); \
    } while (0)

#define assert_told(f, expected) assert_str(buf_str(&(f)->told), STR(expected))

static struct recorder_state state_of(struct fixture *f)
{
    struct recorder_state state;
    recorder_state(f->recorder, &state);
    return state;
}

static void views_and_groups_go_into_the_journal(void **state)
{
    struct fixture *f = *state;
    view(f, "/a");
    assert_true(group(f, 0, 7, "/b"));
    assert_true(group(f, 1, 9, "/c"));
    view(f, "/d");
    turn(f);
    assert_found(f, "view:/a seen:/b click:/b view:/d seen:/c click:/c ");
    assert_told(f, "0/7:0 1/9:0 ");

    struct recorder_state counts = state_of(f);
    assert_int_equal(counts.events[HIT_VIEW], 2);
    assert_int_equal(counts.events[HIT_CLICK], 2);
    assert_int_equal(counts.commits.count, 1);
}

static void what_waits_at_the_end_is_still_written(void **state)
{
    struct fixture *f = *state;
    view(f, "/a");
    assert_true(group(f, 0, 1, "/b"));
    recorder_stop(f->recorder);
    assert_found(f, "view:/a seen:/b click:/b ");
    assert_told(f, "0/1:0 ");
}

static void a_full_ring_refuses_groups_and_counts_views(void **state)
{
    struct fixture *f = *state;
    size_t taken = 0;
    while (group(f, 0, 1, "/b"))
        taken++;
    assert_in_range(taken, 10, 1000);
    while (state_of(f).dropped == 0)
        view(f, "/late");
    view(f, "/lost");
    assert_int_equal(state_of(f).dropped, 2);
    turn(f);
    recorder_tell_losses(f->recorder);
    read_back(f);
    assert_contains(buf_str(&f->found), STR("gap=2 "));
    assert_false(str_contains(buf_str(&f->found), STR("/lost")));

    view(f, "/a");
    turn(f);
    recorder_tell_losses(f->recorder);
    read_back(f);
    assert_true(str_ends_with(buf_str(&f->found), STR("gap=2 view:/a "))); /* told once */
    assert_int_equal(f->completions, taken);
    assert_false(str_contains(buf_str(&f->told), STR("503")));
}

static void a_full_disk_refuses_events_until_there_is_room(void **state)
{
    struct fixture *f = *state;
    struct fault *fault = &f->bench->fault;
    assert_true(group(f, 0, 1, "/a"));
    turn(f);
    fault->write_error = 28; /* ENOSPC */
    view(f, "/lost");
    assert_true(group(f, 0, 2, "/refused"));
    turn(f);
    assert_told(f, "0/1:0 0/2:503 ");
    assert_int_equal(state_of(f).journal.health, JOURNAL_FULL);
    assert_int_equal(state_of(f).dropped, 1);
    assert_int_equal(state_of(f).unwritten, 1);

    fault->write_error = 0;
    assert_true(group(f, 0, 3, "/b"));
    turn(f);
    recorder_tell_losses(f->recorder);
    assert_told(f, "0/1:0 0/2:503 0/3:0 ");
    assert_found(f, "seen:/a click:/a seen:/b click:/b gap=1 ");
    assert_int_equal(state_of(f).journal.health, JOURNAL_GOOD);
}

static void a_failed_sync_refuses_its_batch_alone(void **state)
{
    struct fixture *f = *state;
    assert_true(group(f, 0, 1, "/a"));
    turn(f);
    f->bench->fault.sync_error = 5; /* EIO */
    f->bench->fault.fail_syncs = 1;
    assert_true(group(f, 0, 2, "/b"));
    turn(f);
    assert_int_equal(state_of(f).journal.health, JOURNAL_FAILED);
    assert_true(group(f, 0, 3, "/c"));
    turn(f);
    assert_told(f, "0/1:0 0/2:503 0/3:0 ");
    assert_int_equal(state_of(f).journal.health, JOURNAL_GOOD);
    assert_int_equal(bench_segments(f->bench), 2);
}

static void a_broken_disk_is_not_asked_for_every_click(void **state)
{
    struct fixture *f = *state;
    f->bench->fault.sync_error = 5;
    f->bench->fault.fail_syncs = FAULT_FOREVER;
    for (unsigned i = 0; i < 1000; i++) {
        assert_true(group(f, 0, i, "/a"));
        turn(f);
    }
    assert_int_equal(f->completions, 1000);
    assert_false(str_contains(buf_str(&f->told), STR(":0 ")));
    /* Each try leaves a segment. */
    assert_in_range(bench_segments(f->bench), 1, 500);

    /* It works again by itself, without anybody coming. */
    f->bench->fault.fail_syncs = 0;
    uint64_t until = uv_hrtime() + (uint64_t)PATIENCE_MS * 1000000;
    while (state_of(f).journal.health != JOURNAL_GOOD && uv_hrtime() < until)
        recorder_tell_losses(f->recorder);
    assert_int_equal(state_of(f).journal.health, JOURNAL_GOOD);
}

static void refused_events_are_told_as_a_number(void **state)
{
    struct fixture *f = *state;
    feed_refuse(recorder_feed(f->recorder, 0), 3);
    view(f, "/a");
    turn(f);
    feed_refuse(recorder_feed(f->recorder, 1), 4);
    view(f, "/b"); /* each batch with a line of its own would fill the journal */
    turn(f);
    recorder_tell_losses(f->recorder);
    recorder_tell_losses(f->recorder);
    assert_found(f, "view:/a view:/b refused=7 ");
    assert_int_equal(state_of(f).refused, 7);
}

static void a_second_recorder_is_kept_out(void **state)
{
    struct fixture *f = *state;
    struct recorder *second;
    /* Another process is asked: locks are by open file, and so this one would do as well. */
    assert_int_equal(try_create(f, &second), ERR_IN_USE);
}

static void without_a_journal_nothing_is_acknowledged(void **state)
{
    struct fixture *f = *state;
    struct recorder *closed;
    recorder_destroy(f->recorder);
    files_remove(strdup(f->bench->folder));
    FILE *file = fopen(f->bench->folder, "w"); /* in the place of the data folder */
    assert_non_null(file);
    (void)fclose(file);
    assert_int_equal(try_create(f, &closed), 0);
    f->recorder = closed;
    assert_int_not_equal(state_of(f).error, 0);
    view(f, "/a");
    assert_true(group(f, 0, 1, "/b"));
    turn(f);
    assert_told(f, "0/1:503 ");
    assert_int_equal(state_of(f).dropped, 1);
    (void)unlink(f->bench->folder);
}

/* --- with its thread */

static void a_sleeping_recorder_is_woken_by_a_click(void **state)
{
    struct fixture *f = *state;
    enum { CLICKS = 200 };
    assert_int_equal(recorder_start(f->recorder), 0);
    for (uint32_t i = 0; i < CLICKS; i++) {
        view(f, "/a");
        assert_true(group(f, 0, i, "/b"));
        uv_mutex_lock(&f->lock);
        while (f->completions <= i)
            uv_cond_wait(&f->changed, &f->lock);
        uv_mutex_unlock(&f->lock);
    }
    recorder_stop(f->recorder);
    assert_int_equal(state_of(f).events[HIT_VIEW], CLICKS);
    assert_int_equal(state_of(f).events[HIT_CLICK], CLICKS);
    assert_int_equal(state_of(f).unwritten, 0);
}

static void views_need_no_click_to_be_written(void **state)
{
    struct fixture *f = *state;
    enum { VIEWS = 200 };
    assert_int_equal(recorder_start(f->recorder), 0);
    uint64_t until = uv_hrtime() + (uint64_t)PATIENCE_MS * 1000000;
    for (unsigned i = 0; i < VIEWS; i++) {
        view(f, "/a");
        while (i % 20 == 0 && state_of(f).events[HIT_VIEW] < i + 1 && uv_hrtime() < until)
            uv_sleep(1);
    }
    while (state_of(f).events[HIT_VIEW] < VIEWS && uv_hrtime() < until)
        uv_sleep(1);
    assert_int_equal(state_of(f).events[HIT_VIEW], VIEWS);
}

#define RECORDER_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* --- handing it on -------------------------------------------------------------------------- */

static void await(struct fixture *f, size_t completions)
{
    uint64_t until = uv_hrtime() + (uint64_t)PATIENCE_MS * 1000000;
    uv_mutex_lock(&f->lock);
    while (f->completions < completions && uv_hrtime() < until)
        (void)uv_cond_timedwait(&f->changed, &f->lock, 1000000000);
    size_t found = f->completions;
    uv_mutex_unlock(&f->lock);
    assert_true(found >= completions);
}

static struct recorder *create_next(struct fixture *f)
{
    struct journal_handover handover = {0};
    struct recorder *next = NULL;
    int lock_fd;
    uint64_t next_seq;
    assert_int_equal(recorder_lock(f->recorder, &lock_fd, &next_seq), 0);
    handover.lock_fd = dup(lock_fd);
    handover.first_seq = next_seq + JOURNAL_HANDOVER_SKIP;
    assert_int_equal(try_create_with(f, &handover, &next), 0);
    return next;
}

static void the_next_recorder_goes_on_where_the_one_before_leaves(void **state)
{
    struct fixture *f = *state;
    int lock_fd;
    uint64_t next_seq;
    assert_int_equal(recorder_start(f->recorder), 0);
    view(f, "/a");
    assert_true(group(f, 0, 1, "/a"));
    await(f, 1);
    struct recorder *before = f->recorder;
    struct recorder *next = create_next(f);
    assert_int_equal(recorder_start(next), 0);
    assert_int_equal(recorder_lock(next, &lock_fd, &next_seq), 0);
    assert_int_equal(recorder_let_go(before, next_seq), 0);
    recorder_hold(next);

    f->recorder = next;
    assert_true(group(f, 0, 2, "/c"));
    await(f, 2);
    f->recorder = before;
    assert_true(group(f, 0, 3, "/b"));
    await(f, 3);
    recorder_destroy(before);
    f->recorder = next;
    recorder_is_alone(next);
    assert_true(group(f, 0, 4, "/d"));
    await(f, 4);
    recorder_stop(next);
    read_back(f);
    assert_str(buf_str(&f->found), STR("view:/a seen:/a click:/a seen:/b click:/b seen:/c click:/c "
                                       "seen:/d click:/d "));
    assert_int_equal(f->bench->damaged, 0);
}

static bool has_compressed(struct fixture *f)
{
    return strstr(bench_segment(f->bench, 0), ".gz") != NULL;
}

static void make_old(struct fixture *f)
{
    const struct timespec old[2] = {{.tv_sec = 1700000000}, {.tv_sec = 1700000000}};
    assert_int_equal(utimensat(AT_FDCWD, bench_path(f->bench, 0), old, 0), 0);
}

static void new_times_hold_for_segments_that_are_there(void **state)
{
    struct fixture *f = *state;
    assert_true(group(f, 0, 1, "/a"));
    turn(f);
    recorder_destroy(f->recorder);
    f->recorder = NULL;
    assert_int_equal(try_create(f, &f->recorder), 0);
    make_old(f);
    assert_int_equal(recorder_start(f->recorder), 0);
    uint64_t until = uv_hrtime() + (uint64_t)PATIENCE_MS * 1000000;
    while (!has_compressed(f) && uv_hrtime() < until) {
        recorder_tune(f->recorder, 0, -1);
        uv_sleep(1);
    }
    assert_true(has_compressed(f));
}

static void old_segments_are_the_next_ones_affair_once_it_is_alone(void **state)
{
    struct fixture *f = *state;
    assert_true(group(f, 0, 1, "/a"));
    turn(f);
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
    uint64_t until = uv_hrtime() + (uint64_t)PATIENCE_MS * 1000000;
    while (!has_compressed(f) && uv_hrtime() < until)
        uv_sleep(10);
    assert_true(has_compressed(f));
}

static void a_next_recorder_that_fails_changes_nothing(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(recorder_start(f->recorder), 0);
    struct recorder *next = create_next(f);
    uint64_t first_seq;
    int lock_fd;
    assert_int_equal(recorder_lock(next, &lock_fd, &first_seq), 0);
    assert_int_equal(recorder_let_go(f->recorder, first_seq), 0);
    recorder_destroy(next);
    recorder_hold(f->recorder);
    assert_true(group(f, 0, 1, "/a"));
    await(f, 1);
    recorder_stop(f->recorder);

    struct journal_recovery recovery;
    struct journal *journal = NULL;
    assert_int_equal(journal_open(&journal, &f->bench->options, &recovery), 0);
    assert_false(recovery.unclean);
    assert_int_equal(recovery.next_seq, 3);
    assert_int_equal(journal_close(journal), 0);
}

TEST_MAIN(RECORDER_TEST(views_and_groups_go_into_the_journal),
          RECORDER_TEST(what_waits_at_the_end_is_still_written),
          RECORDER_TEST(a_full_ring_refuses_groups_and_counts_views),
          RECORDER_TEST(a_full_disk_refuses_events_until_there_is_room),
          RECORDER_TEST(a_failed_sync_refuses_its_batch_alone),
          RECORDER_TEST(a_broken_disk_is_not_asked_for_every_click),
          RECORDER_TEST(refused_events_are_told_as_a_number),
          RECORDER_TEST(a_second_recorder_is_kept_out),
          RECORDER_TEST(without_a_journal_nothing_is_acknowledged),
          RECORDER_TEST(a_sleeping_recorder_is_woken_by_a_click),
          RECORDER_TEST(views_need_no_click_to_be_written),
          RECORDER_TEST(the_next_recorder_goes_on_where_the_one_before_leaves),
          RECORDER_TEST(new_times_hold_for_segments_that_are_there),
          RECORDER_TEST(old_segments_are_the_next_ones_affair_once_it_is_alone),
          RECORDER_TEST(a_next_recorder_that_fails_changes_nothing))
