/* What becomes of old segments while the server serves. */
#include "support/files.h"
#include "support/server.h"
#include "support/test.h"
#include "support/visit.h"

#include "base/clock.h"

#include <fcntl.h>
#include <glob.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>

enum { DAY_S = 86400 };

static size_t count_files(const struct server *s, const char *ending)
{
    char pattern[4096];
    glob_t found = {0};
    (void)snprintf(pattern, sizeof pattern, "%s/journal/*%s", s->data, ending);
    (void)glob(pattern, 0, NULL, &found);
    size_t count = found.gl_pathc;
    globfree(&found);
    return count;
}

/* As if the last event had been written so many days ago. */
static void age_segments(const struct server *s, int days)
{
    char pattern[4096];
    glob_t found = {0};
    struct timespec times[2] = {{.tv_sec = clock_wall() - (time_t)days * DAY_S}};
    times[1] = times[0];
    (void)snprintf(pattern, sizeof pattern, "%s/journal/*", s->data);
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++)
        assert_int_equal(utimensat(AT_FDCWD, found.gl_pathv[i], times, 0), 0);
    globfree(&found);
}

static void wait_for_files(const struct server *s, const char *ending, size_t count)
{
    uint64_t end = clock_monotonic_ms() + SERVER_PATIENCE_MS;
    while (count_files(s, ending) != count) {
        if (clock_monotonic_ms() > end)
            fail_msg("%zu files of *%s, not %zu", count_files(s, ending), ending, count);
        process_yield(5);
    }
}

/* A server that has recorded one view, which was so many days ago, and runs again. */
static void start_with_old_view(struct server *s, int days)
{
    server_page(s, "index.md", "Benvenuti.");
    server_configure(s, "journal:\n  compress_after: 2d\n  keep: 90d\n");
    server_start(s);
    assert_int_equal(server_get(s, "/").status, 200);
    server_stop(s);
    assert_int_equal(count_files(s, ".ndjson"), 1);
    age_segments(s, days);
    server_start(s);
}

static void an_old_segment_is_compressed_and_still_read(void **state)
{
    struct server *s = *state;
    struct record record;
    start_with_old_view(s, 3);
    wait_for_files(s, ".ndjson.gz", 1);
    wait_for_files(s, ".ndjson", 0);
    assert_int_equal(server_get(s, "/").status, 200);
    server_stop(s);

    record_read(&record, s->data);
    assert_int_equal(record_count(&record, "view"), 2);
    record_finish(&record);
}

static void a_reload_tells_how_long_they_are_kept(void **state)
{
    struct server *s = *state;
    start_with_old_view(s, 1);
    assert_int_equal(server_get(s, "/").status, 200);
    files_write(s->root, "attimo.yaml", STR("journal:\n  compress_after: 12h\n"));
    assert_int_equal(kill(s->process.pid, SIGHUP), 0);
    wait_for_files(s, ".ndjson.gz", 1);
    server_stop(s);
}

static void a_reload_tells_when_they_are_removed(void **state)
{
    struct server *s = *state;
    start_with_old_view(s, 1);
    files_write(s->root, "attimo.yaml", STR("journal:\n  keep: 12h\n"));
    assert_int_equal(kill(s->process.pid, SIGHUP), 0);
    wait_for_files(s, ".ndjson", 0);
    wait_for_files(s, ".gz", 0);
    server_stop(s);
}

static void a_segment_that_is_too_old_is_removed(void **state)
{
    struct server *s = *state;
    struct record record;
    start_with_old_view(s, 91);
    wait_for_files(s, ".ndjson", 0);
    assert_int_equal(server_get(s, "/").status, 200);
    server_stop(s);

    record_read(&record, s->data);
    assert_int_equal(record_count(&record, "view"), 1);
    assert_true(record_find(&record, "view", 0)->seq > 1); /* numbers go on all the same */
    record_finish(&record);
}

static void a_young_segment_stays_as_it_is(void **state)
{
    struct server *s = *state;
    start_with_old_view(s, 1);
    assert_int_equal(server_get(s, "/").status, 200);
    server_stop(s);
    assert_int_equal(count_files(s, ".ndjson"), 2);
    assert_int_equal(count_files(s, ".gz"), 0);
}

static void a_short_life_is_as_short_as_it_is_said(void **state)
{
    struct server *s = *state;
    server_page(s, "index.md", "Benvenuti.");
    server_configure(s, "journal:\n  segment_size: 4096\n  keep: 1s\n");
    server_start(s);
    for (int i = 0; i < 40; i++)
        assert_int_equal(server_get(s, "/").status, 200);
    uint64_t end = clock_monotonic_ms() + SERVER_PATIENCE_MS;
    while (server_metric(s, "attimo_events_total") < 40) {
        assert_true(clock_monotonic_ms() < end);
        process_yield(5);
    }
    wait_for_files(s, ".ndjson", 1); /* the one that is written to */
    server_stop(s);
}

static void what_is_left_of_another_name_is_told(void **state)
{
    struct server *s = *state;
    start_with_old_view(s, 1);
    server_stop(s);
    age_segments(s, 91);
    server_configure(s, "node: parma2\n");
    server_start(s);
    uint64_t end = clock_monotonic_ms() + SERVER_PATIENCE_MS;
    while (
        !server_said(s, "segments of other nodes (attimo) are older than journal.keep, 1 in all")) {
        if (clock_monotonic_ms() > end)
            fail_msg("nobody tells of the segment of the node that was");
        process_yield(20);
    }
    assert_int_equal(count_files(s, ".ndjson"), 1);
    server_stop(s);
}

/* --- who does it ---------------------------------------------------------------------------- */

enum { NICE_LEAST = 19 };

/* How long a thread has run, in nanoseconds; 0: not known, or it has ended. */
static uint64_t time_run(const struct server *s, pid_t thread)
{
    char path[64];
    struct buf text = BUF_EMPTY;
    uint64_t ns = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/task/%d/schedstat", (int)s->process.pid,
                   (int)thread);
    files_read(path, &text);
    ptrdiff_t end = str_find(buf_str(&text), ' ');
    if (end > 0)
        (void)str_to_u64(str_make(text.ptr, (size_t)end), &ns);
    buf_finish(&text);
    return ns;
}

/* The thread that gives way to all others, if there is one besides the improver of pages, which
 * only runs where nobody else wants to. */
static pid_t find_humble_thread(const struct server *s)
{
    char pattern[64];
    glob_t found = {0};
    pid_t humble = 0;
    (void)snprintf(pattern, sizeof pattern, "/proc/%d/task/*", (int)s->process.pid);
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        pid_t thread = atoi(strrchr(found.gl_pathv[i], '/') + 1);
        if (getpriority(PRIO_PROCESS, (id_t)thread) == NICE_LEAST &&
            sched_getscheduler(thread) == SCHED_OTHER)
            humble = thread;
    }
    globfree(&found);
    return humble;
}

/* It sleeps until there is something to compress; with the server's last page improved, it is the
 * only one of its kind. */
static void a_segment_is_compressed_by_who_gives_way_to_all_others(void **state)
{
    struct server *s = *state;
    start_with_old_view(s, 1);
    server_wait_until_compressed(s);
    uint64_t end = clock_monotonic_ms() + SERVER_PATIENCE_MS;
    pid_t thread;
    while ((thread = find_humble_thread(s)) == 0) {
        if (clock_monotonic_ms() > end)
            fail_msg("no thread gives way to all others");
        process_yield(5);
    }
    uint64_t before = time_run(s, thread);
    if (before == 0)
        skip_because("this kernel does not tell how long a thread has run");
    files_write(s->root, "attimo.yaml", STR("journal:\n  compress_after: 12h\n"));
    assert_int_equal(kill(s->process.pid, SIGHUP), 0);
    wait_for_files(s, ".ndjson.gz", 1);
    for (end = clock_monotonic_ms() + SERVER_PATIENCE_MS; time_run(s, thread) == before;) {
        assert_true(clock_monotonic_ms() < end);
        process_yield(5);
    }
    server_stop(s);
}

TEST_MAIN(SERVER_TEST(an_old_segment_is_compressed_and_still_read),
          SERVER_TEST(a_reload_tells_how_long_they_are_kept),
          SERVER_TEST(a_reload_tells_when_they_are_removed),
          SERVER_TEST(a_segment_that_is_too_old_is_removed),
          SERVER_TEST(a_young_segment_stays_as_it_is),
          SERVER_TEST(a_short_life_is_as_short_as_it_is_said),
          SERVER_TEST(what_is_left_of_another_name_is_told),
          SERVER_TEST(a_segment_is_compressed_by_who_gives_way_to_all_others))
