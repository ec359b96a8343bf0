/* Compressing and removing segments: nothing is lost, wherever a run was stopped, and readers see
 * no difference. */
#include "journal/maintain.h"

#include "support/files.h"
#include "support/journal.h"
#include "support/test.h"

#include "base/err.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DAY_S = 86400 };

#define ALL_PAGES "/a /b /c /d "

/* Four segments of one line each, the last of them still open. */
static int make_segments(struct bench *b)
{
    static const char *const pages[] = {"/a", "/b", "/c", "/d"};
    b->options.segment_bytes = 1;
    bench_open(b);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(bench_record(b, pages[i]), 0);
    assert_int_equal(bench_segments(b), 4);
    int dir_fd = openat(b->data_fd, "journal", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(dir_fd >= 0);
    return dir_fd;
}

static void make_old(struct bench *b, const char *path, int days)
{
    struct timespec times[2] = {{.tv_sec = (time_t)(b->wall_ms / 1000 - (int64_t)days * DAY_S)}};
    times[1] = times[0];
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

/* Makes the `index`-th segment's last event some days old. */
static void age(struct bench *b, size_t index, int days)
{
    make_old(b, bench_path(b, index), days);
}

static struct maintain_report run(struct bench *b, int dir_fd)
{
    struct maintain_report report;
    const struct maintain_options options = {
        .dir_fd = dir_fd,
        .node = "parma1",
        .unsealed_seq = b->journal ? journal_state(b->journal).unsealed_seq : UINT64_MAX,
        .now_s = b->wall_ms / 1000,
        .compress_after_s = DAY_S,
        .keep_s = (int64_t)90 * DAY_S,
        .disk = &b->fault.disk,
    };
    assert_int_equal(maintain_run(&options, &report), 0);
    return report;
}

static bool is_compressed(struct bench *b, size_t index)
{
    return str_ends_with(str_from(bench_segment(b, index)), STR(".ndjson.gz"));
}

static void old_segments_are_compressed_and_read_as_before(void **state)
{
    struct bench *b = *state;
    struct stat st;
    int dir_fd = make_segments(b);
    for (size_t i = 0; i < 4; i++)
        age(b, i, i == 1 ? 0 : 3);

    struct maintain_report report = run(b, dir_fd);

    assert_int_equal(report.error, 0);
    assert_int_equal(report.compressed, 2);
    assert_true(is_compressed(b, 0) && !is_compressed(b, 1) && is_compressed(b, 2));
    assert_false(is_compressed(b, 3)); /* old, but still written */
    assert_int_equal(bench_segments(b), 4);
    assert_int_equal(stat(bench_path(b, 0), &st), 0);
    assert_int_equal(st.st_mtime, b->wall_ms / 1000 - 3 * DAY_S);
    assert_pages(b, ALL_PAGES);
    bench_crash(b);
    assert_int_equal(run(b, dir_fd).compressed, 1); /* the last, once nobody writes it */
    bench_open(b);
    assert_true(b->recovery.next_seq > 4);
    assert_int_equal(bench_record(b, "/e"), 0);
    assert_pages(b, ALL_PAGES "/e ");
    (void)close(dir_fd);
}

static void segments_are_removed_when_their_time_is_over(void **state)
{
    struct bench *b = *state;
    int dir_fd = make_segments(b);
    age(b, 0, 3);
    assert_int_equal(run(b, dir_fd).compressed, 1);
    age(b, 0, 91);
    age(b, 1, 92);
    age(b, 2, 89);
    age(b, 3, 500);
    struct maintain_report report = run(b, dir_fd);
    assert_int_equal(report.removed, 2);
    assert_int_equal(report.compressed, 1);
    assert_pages(b, "/c /d ");
    (void)close(dir_fd);
}

/* Nobody has been there to compress it, or somebody was killed who did. */
static void a_segment_whose_time_is_over_leaves_no_twin(void **state)
{
    struct bench *b = *state;
    char name[300];
    int dir_fd = make_segments(b);
    (void)snprintf(name, sizeof name, "journal/%s.gz", bench_segment(b, 0));
    files_write(b->folder, name, STR("a gzip file"));
    age(b, 0, 91);
    assert_int_equal(run(b, dir_fd).removed, 1);
    assert_int_equal(bench_segments(b), 3);
    assert_int_not_equal(faccessat(b->data_fd, name, F_OK, 0), 0);
    assert_pages(b, "/b /c /d ");
    (void)close(dir_fd);
}

static void segments_of_other_nodes_are_left_alone(void **state)
{
    struct bench *b = *state;
    int dir_fd = make_segments(b);
    bench_close(b);
    b->options.node = STR("parma2");
    bench_open(b);
    for (size_t i = 0; i < 4; i++)
        age(b, i, 500);
    struct maintain_report report;
    const struct maintain_options options = {
        .dir_fd = dir_fd, .node = "parma2", .unsealed_seq = UINT64_MAX, .now_s = b->wall_ms / 1000};
    assert_int_equal(maintain_run(&options, &report), 0);
    assert_int_equal(report.removed + report.compressed, 0);
    assert_int_equal(bench_segments(b), 4);
    (void)close(dir_fd);
}

static struct maintain_report look_as(int dir_fd, const char *node, int64_t now_s, int64_t keep_s)
{
    struct maintain_report report;
    const struct maintain_options options = {
        .dir_fd = dir_fd, .node = node, .now_s = now_s, .compress_after_s = -1, .keep_s = keep_s};
    assert_int_equal(maintain_run(&options, &report), 0);
    return report;
}

/* Whoever has changed his node has promised of the old ones, too, for how long they are kept. */
static void those_of_other_nodes_that_are_too_old_are_told_by_name(void **state)
{
    struct bench *b = *state;
    int64_t now_s = b->wall_ms / 1000;
    int dir_fd = make_segments(b);
    bench_close(b);
    b->options.node = STR("parma2");
    bench_open(b);
    assert_int_equal(bench_record(b, "/e"), 0);
    bench_close(b);
    for (size_t i = 0; i < 5; i++)
        age(b, i, i == 2 ? 89 : 91);

    enum { KEEP_S = 90 * DAY_S };
    struct maintain_report report = look_as(dir_fd, "parma3", now_s, KEEP_S);
    assert_int_equal(report.foreign, 4);
    assert_string_equal(report.foreign_nodes, "parma1, parma2");
    report = look_as(dir_fd, "parma2", now_s, KEEP_S);
    assert_int_equal(report.foreign, 3);
    assert_string_equal(report.foreign_nodes, "parma1");
    report = look_as(dir_fd, "parma3", now_s, -1); /* for ever */
    assert_int_equal(report.foreign, 0);
    assert_int_equal(bench_segments(b), 5);
    (void)close(dir_fd);
}

static void a_disk_that_fails_keeps_the_plain_segment(void **state)
{
    struct bench *b = *state;
    int dir_fd = make_segments(b);
    age(b, 0, 3);
    b->fault.fail_file_syncs = 1; /* that of the compressed file */
    struct maintain_report report = run(b, dir_fd);
    assert_int_equal(report.error, ERR_IO);
    assert_string_equal(report.file, bench_segment(b, 0));
    assert_false(is_compressed(b, 0));
    b->fault.fail_creates = 1;
    assert_int_equal(run(b, dir_fd).error, ERR_NO_SPACE);
    assert_false(is_compressed(b, 0));
    assert_pages(b, ALL_PAGES);
    assert_int_equal(run(b, dir_fd).compressed, 1);
    assert_pages(b, ALL_PAGES);
    (void)close(dir_fd);
}

/* One sector of it: while it is packed, and while that is held against it. */
static void a_segment_that_cannot_be_read_is_told_and_the_others_are_compressed(void **state)
{
    struct bench *b = *state;
    int dir_fd = make_segments(b);
    age(b, 0, 3);
    age(b, 1, 3);
    for (int good = 0; good < 2; good++) {
        b->fault.good_reads = good;
        b->fault.fail_reads = 1;
        struct maintain_report report = run(b, dir_fd);
        assert_int_equal(report.error, ERR_IO);
        assert_string_equal(report.file, bench_segment(b, 0));
        assert_false(is_compressed(b, 0));
        assert_true(is_compressed(b, 1));
        assert_pages(b, ALL_PAGES);
    }
    assert_int_equal(run(b, dir_fd).compressed, 1);
    assert_pages(b, ALL_PAGES);
    (void)close(dir_fd);
}

/* Until its name is on the disk, a power cut may take the compressed one. */
static void a_folder_that_cannot_be_synced_keeps_the_plain_segment(void **state)
{
    struct bench *b = *state;
    int dir_fd = make_segments(b);
    age(b, 0, 3);
    b->fault.good_file_syncs = 1;
    b->fault.fail_file_syncs = 1;
    assert_int_equal(run(b, dir_fd).error, ERR_IO);
    assert_false(is_compressed(b, 0));
    assert_int_equal(run(b, dir_fd).compressed, 1);
    assert_true(is_compressed(b, 0));
    assert_pages(b, ALL_PAGES);
    (void)close(dir_fd);
}

/* A disk that says that it has synced what it has lost. */
static int lose_the_end(void *context, int fd)
{
    struct stat st;
    (void)context;
    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? ftruncate(fd, st.st_size - 1) : 0;
}

static void what_cannot_be_read_back_takes_no_segments_place(void **state)
{
    struct bench *b = *state;
    int dir_fd = make_segments(b);
    age(b, 0, 3);
    int (*sync)(void *, int) = b->fault.disk.sync;
    b->fault.disk.sync = lose_the_end;
    assert_int_not_equal(run(b, dir_fd).error, 0);
    b->fault.disk.sync = sync;
    assert_false(is_compressed(b, 0));
    assert_pages(b, ALL_PAGES);
    (void)close(dir_fd);
}

/* A run that was killed after the rename leaves both; one that was killed before it leaves a part
 * aside, under a name that is no segment's. */
static void a_run_that_was_killed_is_taken_up_again(void **state)
{
    struct bench *b = *state;
    char name[300];
    int dir_fd = make_segments(b);
    age(b, 0, 3);
    age(b, 1, 3);
    (void)snprintf(name, sizeof name, "journal/%s.gz", bench_segment(b, 0));
    files_write(b->folder, name, STR("half of a gzip file"));
    (void)snprintf(name, sizeof name, "journal/%s.gz.tmp", bench_segment(b, 1));
    files_write(b->folder, name, STR("half of a gzip file"));
    assert_int_equal(bench_segments(b), 4);
    assert_pages(b, ALL_PAGES);

    assert_int_equal(run(b, dir_fd).compressed, 2);

    assert_true(is_compressed(b, 0) && is_compressed(b, 1));
    assert_int_not_equal(faccessat(b->data_fd, name, F_OK, 0), 0);
    assert_pages(b, ALL_PAGES);
    (void)close(dir_fd);
}

/* --- a backup to which files were only added -------------------------------------------------- */

enum { KEPT_BYTES = 10 };

/* Three lines, compressed; beside them the file as it was copied in the middle of the second. */
static int make_stale_copy(struct bench *b, char path[4096])
{
    struct buf copy = BUF_EMPTY;
    bench_open(b);
    assert_int_equal(bench_record(b, "/a"), 0);
    (void)snprintf(path, 4096, "%s", bench_path(b, 0));
    files_read(path, &copy);
    size_t line = copy.len;
    assert_int_equal(bench_record(b, "/b"), 0);
    assert_int_equal(bench_record(b, "/c"), 0);
    buf_clear(&copy);
    files_read(path, &copy);
    bench_close(b);
    age(b, 0, 3);
    int dir_fd = openat(b->data_fd, "journal", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_int_equal(run(b, dir_fd).compressed, 1);
    files_write(b->folder, path + strlen(b->folder) + 1, str_make(copy.ptr, line + KEPT_BYTES));
    buf_finish(&copy);
    return dir_fd;
}

static void a_stale_copy_takes_nothing_from_the_compressed_segment(void **state)
{
    struct bench *b = *state;
    char path[4096];
    int dir_fd = make_stale_copy(b, path);
    make_old(b, path, 3);
    assert_int_equal(bench_segments(b), 1);
    assert_pages(b, "/a /b /c ");
    bench_open(b); /* cuts off what is torn of a last one that was not sealed */
    assert_pages(b, "/a /b /c ");
    assert_int_equal(b->recovery.cut_bytes, 0);

    assert_int_equal(run(b, dir_fd).compressed, 1);

    assert_int_not_equal(access(path, F_OK), 0);
    assert_true(is_compressed(b, 0));
    assert_pages(b, "/a /b /c ");
    assert_int_equal(run(b, dir_fd).compressed, 0);
    (void)close(dir_fd);
}

static void a_stale_copy_goes_with_its_segment(void **state)
{
    struct bench *b = *state;
    char path[4096];
    int dir_fd = make_stale_copy(b, path);
    age(b, 0, 91);
    assert_int_equal(run(b, dir_fd).removed, 1);
    assert_int_equal(bench_segments(b), 0);
    (void)close(dir_fd);
}

/* Its last bytes tell 4 GiB, and it gives less than the plain one. */
static void a_compressed_segment_that_was_cut_short_hides_no_line(void **state)
{
    struct bench *b = *state;
    char path[4096];
    char compressed[4100];
    struct buf bytes = BUF_EMPTY;
    int dir_fd = make_stale_copy(b, path);
    (void)snprintf(compressed, sizeof compressed, "%s.gz", path);
    files_read(compressed, &bytes);
    bytes.len /= 4;
    buf_append(&bytes, STR("\xFF\xFF\xFF\xFF"));
    assert_int_equal(buf_status(&bytes), 0);
    files_write(b->folder, compressed + strlen(b->folder) + 1, buf_str(&bytes));
    buf_finish(&bytes);
    bench_open(b); /* cuts off what is torn of the plain one */
    assert_pages(b, "/a ");
    (void)close(dir_fd);
}

/* The compressed one gives back more, but not its checksum; then the plain one has other lines. */
static void of_twins_that_both_hold_something_none_goes(void **state)
{
    struct bench *b = *state;
    char path[4096];
    char compressed[4100];
    struct stat st;
    int dir_fd = make_stale_copy(b, path);
    (void)snprintf(compressed, sizeof compressed, "%s.gz", path);
    assert_int_equal(stat(compressed, &st), 0);
    assert_int_equal(truncate(compressed, st.st_size - 8), 0);
    for (int i = 0; i < 2; i++) {
        if (i > 0)
            files_write(b->folder, path + strlen(b->folder) + 1, STR("other lines\n"));
        make_old(b, path, 3);
        make_old(b, compressed, 3);
        assert_int_equal(run(b, dir_fd).error, ERR_INVALID);
        assert_int_equal(access(path, F_OK), 0);
        assert_int_equal(access(compressed, F_OK), 0);
    }
    (void)close(dir_fd);
}

static void a_damaged_compressed_segment_is_told_and_the_next_are_read(void **state)
{
    struct bench *b = *state;
    int dir_fd = make_segments(b);
    age(b, 0, 3);
    age(b, 1, 3);
    assert_int_equal(run(b, dir_fd).compressed, 2);
    assert_int_equal(truncate(bench_path(b, 1), 60), 0);
    bench_read(b, true);
    assert_str(buf_str(&b->pages), STR("/a /c /d "));
    assert_int_equal(b->damaged, 1);
    assert_int_equal(b->damage[0].reason, DAMAGE_UNREADABLE);
    (void)close(dir_fd);
}

/* --- readers meanwhile ----------------------------------------------------------------------- */

static void expect_none(struct iterate *it)
{
    struct event event;
    assert_int_equal(iterate_next(it, &event), 0);
}

static void a_reader_follows_a_writer_into_new_segments(void **state)
{
    struct bench *b = *state;
    struct iterate *it;
    b->options.segment_age_ms = 1000;
    bench_open(b);
    const struct iterate_options options = {
        .dir_fd = openat(b->data_fd, "journal", O_RDONLY | O_DIRECTORY | O_CLOEXEC), .live = true};
    assert_int_equal(iterate_create(&it, &options), 0);
    expect_none(it);
    assert_int_equal(bench_record(b, "/a"), 0);
    expect_none(it);
    assert_int_equal(iterate_refresh(it), 0);
    assert_next_page(it, "/a");
    expect_none(it);
    assert_int_equal(bench_record(b, "/b"), 0);
    assert_next_page(it, "/b");
    expect_none(it);

    assert_int_equal(bench_record(b, "/c"), 0);
    b->monotonic_ms += 1000;
    assert_int_equal(bench_record(b, "/d"), 0);
    assert_int_equal(bench_segments(b), 2);
    assert_int_equal(iterate_refresh(it), 0);
    assert_next_page(it, "/c");
    assert_next_page(it, "/d");
    expect_none(it);
    b->monotonic_ms += 1000;
    assert_int_equal(journal_tick(b->journal), 0);
    assert_int_equal(bench_record(b, "/e"), 0);
    assert_int_equal(iterate_refresh(it), 0);
    assert_next_page(it, "/e");
    iterate_destroy(it);
    (void)close(options.dir_fd);
}

/* The writer cuts back what a full disk has let through of a line, and writes another one there. */
static void a_reader_does_not_mix_a_cut_line_with_the_next(void **state)
{
    struct bench *b = *state;
    struct iterate *it;
    bench_open(b);
    assert_int_equal(bench_record(b, "/a"), 0);
    const struct iterate_options options = {
        .dir_fd = openat(b->data_fd, "journal", O_RDONLY | O_DIRECTORY | O_CLOEXEC), .live = true};
    assert_int_equal(iterate_create(&it, &options), 0);
    assert_next_page(it, "/a");
    struct stat st;
    assert_int_equal(stat(bench_path(b, 0), &st), 0);
    int fd = open(bench_path(b, 0), O_WRONLY | O_APPEND | O_CLOEXEC);
    assert_int_equal(write(fd, "{\"v\":1,\"seq\":99", 15), 15);
    expect_none(it);
    assert_int_equal(ftruncate(fd, st.st_size), 0);
    (void)close(fd);
    assert_int_equal(bench_record(b, "/b"), 0);
    assert_next_page(it, "/b");
    iterate_destroy(it);
    (void)close(options.dir_fd);
}

TEST_MAIN(BENCH_TEST(old_segments_are_compressed_and_read_as_before),
          BENCH_TEST(segments_are_removed_when_their_time_is_over),
          BENCH_TEST(a_segment_whose_time_is_over_leaves_no_twin),
          BENCH_TEST(segments_of_other_nodes_are_left_alone),
          BENCH_TEST(those_of_other_nodes_that_are_too_old_are_told_by_name),
          BENCH_TEST(a_disk_that_fails_keeps_the_plain_segment),
          BENCH_TEST(a_segment_that_cannot_be_read_is_told_and_the_others_are_compressed),
          BENCH_TEST(a_folder_that_cannot_be_synced_keeps_the_plain_segment),
          BENCH_TEST(what_cannot_be_read_back_takes_no_segments_place),
          BENCH_TEST(a_run_that_was_killed_is_taken_up_again),
          BENCH_TEST(a_stale_copy_takes_nothing_from_the_compressed_segment),
          BENCH_TEST(a_stale_copy_goes_with_its_segment),
          BENCH_TEST(a_compressed_segment_that_was_cut_short_hides_no_line),
          BENCH_TEST(of_twins_that_both_hold_something_none_goes),
          BENCH_TEST(a_damaged_compressed_segment_is_told_and_the_next_are_read),
          BENCH_TEST(a_reader_follows_a_writer_into_new_segments),
          BENCH_TEST(a_reader_does_not_mix_a_cut_line_with_the_next))
