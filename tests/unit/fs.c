/* Files: whole or not at all, never from outside the folder, and a walk that always ends. */
#include "base/fs.h"

#include "base/err.h"
#include "support/beneath.h"
#include "support/files.h"
#include "support/process.h"
#include "support/test.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static void link_to(const struct beneath *f, const char *target, const char *name)
{
    assert_int_equal(symlinkat(target, f->fd, name), 0);
}

/* Reads `path`; gives the error, or 0 when it held `expected`. */
static int read_as(const struct beneath *f, const char *path, const char *expected)
{
    struct buf out = BUF_EMPTY;
    buf_append(&out, STR("before "));
    int rc = fs_read_beneath(f->fd, path, 1000, &out, NULL);
    assert_true(str_starts_with(buf_str(&out), STR("before ")));
    assert_str(str_skip(buf_str(&out), 7), str_from(rc == 0 ? expected : ""));
    buf_finish(&out);
    return rc;
}

static void a_file_is_read_whole_up_to_its_limit(void **state)
{
    const struct beneath *f = *state;
    static char large[1001];
    memset(large, 'x', sizeof large - 1);
    files_write(f->folder, "limit", str_make(large, 1000));
    files_write(f->folder, "over", str_make(large, 1001));
    files_write(f->folder, "empty", STR(""));
    files_write(f->folder, "x/y/z", STR("deep"));
    assert_int_equal(read_as(f, "a.txt", "inside"), 0);
    assert_int_equal(read_as(f, "limit", large), 0);
    assert_int_equal(read_as(f, "over", NULL), ERR_TOO_LARGE);
    assert_int_equal(read_as(f, "empty", ""), 0);
    assert_int_equal(read_as(f, "x/y/z", "deep"), 0);
    assert_int_equal(read_as(f, "absent", NULL), ERR_NOT_FOUND);
    assert_int_equal(read_as(f, "a.txt/x", NULL), ERR_NOT_FOUND);
}

static void a_file_without_a_known_size_is_read_whole(void **state)
{
    (void)state;
    struct buf out = BUF_EMPTY;
    assert_int_equal(fs_read("/proc/self/status", 100000, &out), 0);
    assert_contains(buf_str(&out), STR("VmSize"));
    buf_clear(&out);
    assert_int_equal(fs_read("/proc/self/status", 10, &out), ERR_TOO_LARGE);
    assert_int_equal(out.len, 0);
    buf_finish(&out);
}

static void links_are_followed_inside_and_never_out(void **state)
{
    const struct beneath *f = *state;
    char absolute[4096];
    (void)snprintf(absolute, sizeof absolute, "%s/a.txt", f->folder);
    link_to(f, "a.txt", "in");
    link_to(f, "../secret.txt", "out");
    link_to(f, "../pages/a.txt", "out-and-in");
    link_to(f, "/etc/passwd", "absolute");
    link_to(f, absolute, "absolute-in");
    link_to(f, "..", "parent");
    link_to(f, "circle", "circle");
    link_to(f, "nothing", "dangling");
    assert_int_equal(read_as(f, "in", "inside"), 0);
    assert_int_equal(read_as(f, "out", NULL), ERR_OUTSIDE);
    assert_int_equal(read_as(f, "out-and-in", NULL), ERR_OUTSIDE);
    assert_int_equal(read_as(f, "absolute", NULL), ERR_OUTSIDE);
    assert_int_equal(read_as(f, "absolute-in", NULL), ERR_OUTSIDE);
    assert_int_equal(read_as(f, "parent/secret.txt", NULL), ERR_OUTSIDE);
    assert_int_equal(read_as(f, "../secret.txt", NULL), ERR_OUTSIDE);
    assert_int_equal(read_as(f, "/etc/passwd", NULL), ERR_OUTSIDE);
    assert_int_equal(read_as(f, "circle", NULL), ERR_LOOP);
    assert_int_equal(read_as(f, "dangling", NULL), ERR_NOT_FOUND);
}

static void what_is_no_file_is_refused_without_waiting_for_it(void **state)
{
    const struct beneath *f = *state;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s/socket", f->folder);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(mkfifoat(f->fd, "fifo", 0600), 0);
    assert_int_equal(mkdirat(f->fd, "folder.md", 0700), 0);

    assert_int_equal(read_as(f, "fifo", NULL), ERR_INVALID);
    assert_int_equal(read_as(f, "socket", NULL), ERR_INVALID);
    assert_int_equal(read_as(f, "folder.md", NULL), ERR_FOLDER);
    (void)close(fd);
}

struct writer {
    int fd;
    atomic_bool stop;
};

static void *append_until_stopped(void *argument)
{
    struct writer *writer = argument;
    while (!atomic_load(&writer->stop) && lseek(writer->fd, 0, SEEK_CUR) < 64000000)
        assert_true(write(writer->fd, "0123456789abcdef", 16) == 16);
    return NULL;
}

static void a_file_that_grows_while_it_is_read_is_not_taken_for_whole(void **state)
{
    const struct beneath *f = *state;
    struct writer writer = {0};
    pthread_t thread;
    int rc = 0;
    writer.fd = openat(f->fd, "growing", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_int_equal(ftruncate(writer.fd, 1000000), 0);
    assert_int_equal(pthread_create(&thread, NULL, append_until_stopped, &writer), 0);
    for (int i = 0; i < 100000 && rc == 0; i++) {
        struct buf out = BUF_EMPTY;
        rc = fs_read_beneath(f->fd, "growing", 256000000, &out, NULL);
        assert_true(rc == 0 || out.len == 0);
        buf_finish(&out);
    }
    atomic_store(&writer.stop, true);
    assert_int_equal(pthread_join(thread, NULL), 0);
    (void)close(writer.fd);
    assert_int_equal(rc, ERR_CHANGED);
}

static void what_may_not_be_read_says_so(void **state)
{
    const struct beneath *f = *state;
    files_obey_permissions();
    assert_int_equal(fchmodat(f->fd, "a.txt", 0, 0), 0);
    assert_int_equal(read_as(f, "a.txt", NULL), ERR_DENIED);
}

static void a_write_that_fails_says_why(void **state)
{
    (void)state;
    int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(fs_write_all(fd, STR("x")), ERR_NO_SPACE);
    assert_int_equal(fs_write_all(fd, STR("")), 0);
    (void)close(fd);
    assert_int_equal(fs_write_all(-1, STR("x")), ERR_IO);
}

/* What a walk said, a line an entry: its path, `/` behind a folder, `!` and a code for an error. */
struct report {
    struct buf lines;
    const char *skip;
    const char *stop_at;
    const char *remove_at; /* removes z.txt when it comes to this */
    int fd;
};

static int on_entry(void *context, const struct fs_entry *entry)
{
    struct report *report = context;
    buf_append(&report->lines, str_from(entry->path));
    if (entry->error != 0)
        buf_printf(&report->lines, "!%d", -entry->error);
    else if (S_ISDIR(entry->st->st_mode))
        buf_append_char(&report->lines, '/');
    buf_append_char(&report->lines, '|');
    if (report->remove_at && strcmp(report->remove_at, entry->path) == 0)
        assert_int_equal(unlinkat(report->fd, "z.txt", 0), 0);
    if (report->stop_at && strcmp(report->stop_at, entry->path) == 0)
        return ERR_LIMIT;
    return report->skip && strcmp(report->skip, entry->path) == 0;
}

static int walk(const struct beneath *f, struct report *report)
{
    report->fd = f->fd;
    return fs_walk(f->fd, on_entry, report);
}

static void a_walk_visits_everything_in_order(void **state)
{
    const struct beneath *f = *state;
    struct report report = {.skip = "skipped"};
    files_write(f->folder, "x/index.md", STR(""));
    files_write(f->folder, "x/B.md", STR(""));
    files_write(f->folder, "x/y/z.md", STR(""));
    files_write(f->folder, "skipped/never.md", STR(""));
    files_write(f->folder, "\xC3\xA8.md", STR(""));
    files_write(f->folder, "line\nend.md", STR(""));
    assert_int_equal(walk(f, &report), 0);
    assert_str(buf_str(&report.lines), STR("a.txt|line\nend.md|skipped/|x/|x/B.md|x/index.md|x/y/|"
                                           "x/y/z.md|\xC3\xA8.md|"));
    buf_finish(&report.lines);
}

static void a_walk_follows_links_inside_and_reports_the_others(void **state)
{
    const struct beneath *f = *state;
    struct report report = {0};
    files_write(f->folder, "x/y.md", STR(""));
    link_to(f, "x", "also-x");
    link_to(f, "x/y.md", "b");
    link_to(f, "../secret.txt", "c");
    link_to(f, "..", "d");
    link_to(f, "nothing", "e");
    link_to(f, "f", "f");
    assert_int_equal(walk(f, &report), 0);
    assert_str(buf_str(&report.lines),
               STR("a.txt|also-x/|also-x/y.md|b|c!9|d!9|e!3|f!13|x/|x/y.md|"));
    buf_finish(&report.lines);
}

static void a_link_to_a_folder_above_does_not_lead_in_circles(void **state)
{
    const struct beneath *f = *state;
    struct report report = {0};
    files_write(f->folder, "x/y/z.md", STR(""));
    link_to(f, ".", "self");
    link_to(f, "..", "x/up");
    link_to(f, "../../x", "x/y/up");
    assert_int_equal(walk(f, &report), 0);
    assert_str(buf_str(&report.lines), STR("a.txt|self/|self!13|x/|x/up/|x/up!13|x/y/|x/y/up/|"
                                           "x/y/up!13|x/y/z.md|"));
    buf_finish(&report.lines);
}

static void folders_too_deep_are_reported_and_not_entered(void **state)
{
    const struct beneath *f = *state;
    struct report report = {0};
    struct buf path = BUF_EMPTY;
    for (int i = 0; i < 40; i++)
        buf_append(&path, STR("d/"));
    buf_append(&path, STR("x.md"));
    buf_append_char(&path, '\0');
    files_write(f->folder, path.ptr, STR(""));
    assert_int_equal(walk(f, &report), 0);
    assert_contains(buf_str(&report.lines), STR("/d!11|"));
    assert_true(report.lines.len < 3000);
    buf_finish(&path);
    buf_finish(&report.lines);
}

static void what_vanishes_during_a_walk_is_no_error(void **state)
{
    const struct beneath *f = *state;
    struct report report = {.remove_at = "m.txt"};
    files_write(f->folder, "m.txt", STR(""));
    files_write(f->folder, "z.txt", STR(""));
    assert_int_equal(walk(f, &report), 0);
    assert_str(buf_str(&report.lines), STR("a.txt|m.txt|"));
    buf_finish(&report.lines);
}

static void a_visit_can_end_the_walk(void **state)
{
    const struct beneath *f = *state;
    struct report report = {.stop_at = "x/a"};
    files_write(f->folder, "x/a", STR(""));
    files_write(f->folder, "x/b", STR(""));
    files_write(f->folder, "y/c", STR(""));
    assert_int_equal(walk(f, &report), ERR_LIMIT);
    assert_str(buf_str(&report.lines), STR("a.txt|x/|x/a|"));
    buf_finish(&report.lines);
}

static void a_folder_that_may_not_be_read_is_reported(void **state)
{
    const struct beneath *f = *state;
    struct report report = {0};
    files_obey_permissions();
    files_write(f->folder, "closed/x.md", STR(""));
    assert_int_equal(fchmodat(f->fd, "closed", 0, 0), 0);
    assert_int_equal(walk(f, &report), 0);
    assert_int_equal(fchmodat(f->fd, "closed", 0700, 0), 0);
    assert_str(buf_str(&report.lines), STR("a.txt|closed/|closed!5|"));
    buf_finish(&report.lines);
}

static void a_walk_of_what_is_no_folder_is_an_error(void **state)
{
    const struct beneath *f = *state;
    struct report report = {0};
    int fd = openat(f->fd, "a.txt", O_RDONLY | O_CLOEXEC);
    assert_int_equal(fs_walk(fd, on_entry, &report), ERR_NOT_FOUND);
    assert_int_equal(report.lines.len, 0);
    (void)close(fd);
    buf_finish(&report.lines);
}

static void a_file_is_at_rest_while_nobody_writes_to_it(void **state)
{
    const struct beneath *f = *state;
    int reader = fs_open_beneath(f->fd, "a.txt", O_RDONLY);
    if (!fs_is_at_rest(f->fd, "a.txt"))
        skip_because("this file system gives no leases");

    int writer = fs_open_beneath(f->fd, "a.txt", O_WRONLY);
    assert_true(writer >= 0);
    assert_false(fs_is_at_rest(f->fd, "a.txt"));
    assert_int_equal(close(writer), 0);
    assert_true(fs_is_at_rest(f->fd, "a.txt"));
    assert_int_equal(close(reader), 0);

    assert_false(fs_is_at_rest(f->fd, "absent.txt"));
    assert_int_equal(mkfifoat(f->fd, "pipe", 0644), 0);
    assert_false(fs_is_at_rest(f->fd, "pipe"));
}

struct reading {
    const struct beneath *folder;
    int rc;
    long sleeps;
};

static void *read_a(void *argument)
{
    struct reading *reading = argument;
    struct rusage used = {0};
    reading->rc = read_as(reading->folder, "a.txt", "inside");
    (void)getrusage(RUSAGE_THREAD, &used);
    reading->sleeps = used.ru_nvcsw;
    return NULL;
}

/* Samba has leases on files that its clients have open, and gives them back when it is asked. */
static void a_file_that_is_leased_is_waited_for_asleep(void **state)
{
    struct reading reading = {.folder = *state};
    pthread_t reader;
    (void)signal(SIGIO, SIG_IGN);
    int fd = fs_open_beneath(reading.folder->fd, "a.txt", O_RDWR);
    if (fcntl(fd, F_SETLEASE, F_WRLCK) != 0)
        skip_because("this file system gives no leases");
    assert_int_equal(pthread_create(&reader, NULL, read_a, &reading), 0);
    for (int i = 0; i < 10000 && fcntl(fd, F_GETLEASE) == F_WRLCK; i++)
        process_yield(1);
    assert_int_not_equal(fcntl(fd, F_GETLEASE), F_WRLCK); /* it was asked for */
    process_yield(500);
    assert_int_equal(fcntl(fd, F_SETLEASE, F_UNLCK), 0);
    assert_int_equal(pthread_join(reader, NULL), 0);
    assert_int_equal(close(fd), 0);
    assert_int_equal(reading.rc, 0);
    assert_true(reading.sleeps >= 3);
}

TEST_MAIN(BENEATH_TEST(a_file_that_is_leased_is_waited_for_asleep),
          BENEATH_TEST(a_file_is_at_rest_while_nobody_writes_to_it),
          BENEATH_TEST(a_file_is_read_whole_up_to_its_limit),
          cmocka_unit_test(a_file_without_a_known_size_is_read_whole),
          BENEATH_TEST(links_are_followed_inside_and_never_out),
          BENEATH_TEST(what_is_no_file_is_refused_without_waiting_for_it),
          BENEATH_TEST(a_file_that_grows_while_it_is_read_is_not_taken_for_whole),
          BENEATH_TEST(what_may_not_be_read_says_so), cmocka_unit_test(a_write_that_fails_says_why),
          BENEATH_TEST(a_walk_visits_everything_in_order),
          BENEATH_TEST(a_walk_follows_links_inside_and_reports_the_others),
          BENEATH_TEST(a_link_to_a_folder_above_does_not_lead_in_circles),
          BENEATH_TEST(folders_too_deep_are_reported_and_not_entered),
          BENEATH_TEST(what_vanishes_during_a_walk_is_no_error),
          BENEATH_TEST(a_visit_can_end_the_walk),
          BENEATH_TEST(a_folder_that_may_not_be_read_is_reported),
          BENEATH_TEST(a_walk_of_what_is_no_folder_is_an_error))
