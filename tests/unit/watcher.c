/* What a watcher tells of real files in a real folder. */
#include "support/files.h"
#include "support/test.h"

#include "server/watcher.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATIENCE_MS = 10000 };

struct fixture {
    char *root;
    char top[PATH_MAX]; /* the folder that is watched, in the root */
    int top_fd;
    struct watcher watcher;
    struct buf told; /* "<change> <path>\n" for each */
};

static const char *const names[] = {
    "written",         "complete",       "appeared",    "touched", "gone", "folder-appeared",
    "folder-moved-in", "folder-touched", "folder-gone", "top",     "lost"};

static void on_change(void *context, enum change change, struct str path)
{
    struct fixture *f = context;
    buf_printf(&f->told, "%s %.*s\n", names[change], STR_ARG(path));
    if (change == CHANGE_FOLDER_APPEARED || change == CHANGE_FOLDER_MOVED_IN) {
        char folder[PATH_MAX];
        (void)snprintf(folder, sizeof folder, "%.*s", STR_ARG(path));
        (void)watcher_add(&f->watcher, f->top_fd, folder);
    }
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->root = files_make_folder();
    (void)snprintf(f->top, sizeof f->top, "%s/pages", f->root);
    assert_int_equal(mkdir(f->top, 0755), 0);
    f->top_fd = open(f->top, O_PATH | O_DIRECTORY | O_CLOEXEC);
    assert_true(f->top_fd >= 0);
    assert_int_equal(watcher_init(&f->watcher, f->top), 0);
    assert_int_equal(watcher_add(&f->watcher, f->top_fd, ""), 0);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    watcher_finish(&f->watcher);
    buf_finish(&f->told);
    (void)close(f->top_fd);
    files_remove(f->root);
    free(f);
    return 0;
}

/* Drains until `line` has been told. */
static void expect(struct fixture *f, const char *line)
{
    const struct watcher_sink sink = {on_change, f};
    for (;;) {
        watcher_drain(&f->watcher, &sink);
        if (str_contains(buf_str(&f->told), str_from(line)))
            return;
        struct pollfd queue = {.fd = f->watcher.fd, .events = POLLIN};
        if (poll(&queue, 1, PATIENCE_MS) != 1)
            fail_msg("\"%s\" is not told, but:\n%.*s", line, STR_ARG(buf_str(&f->told)));
    }
}

static bool was_told(const struct fixture *f, const char *line)
{
    return str_contains(buf_str(&f->told), str_from(line));
}

static int open_file(const struct fixture *f, const char *name, int flags)
{
    char path[PATH_MAX + 16];
    (void)snprintf(path, sizeof path, "%s/%s", f->top, name);
    int fd = open(path, O_WRONLY | O_CLOEXEC | flags, 0644);
    assert_true(fd >= 0);
    return fd;
}

static void make_folder(const struct fixture *f, const char *name)
{
    char path[PATH_MAX + 16];
    (void)snprintf(path, sizeof path, "%s/%s", f->top, name);
    assert_int_equal(mkdir(path, 0755), 0);
}

static void move(const struct fixture *f, const char *from, const char *to)
{
    char old[PATH_MAX + 16];
    char new[PATH_MAX + 16];
    (void)snprintf(old, sizeof old, "%s/%s", f->root, from);
    (void)snprintf(new, sizeof new, "%s/%s", f->root, to);
    assert_int_equal(rename(old, new), 0);
}

static void a_file_is_complete_only_when_its_writer_closes_it(void **state)
{
    struct fixture *f = *state;
    int fd = open_file(f, "x.md", O_CREAT);
    assert_int_equal(write(fd, "half", 4), 4);
    expect(f, "written x.md\n");
    assert_true(was_told(f, "appeared x.md\n"));
    assert_false(was_told(f, "complete x.md\n"));

    assert_int_equal(close(fd), 0);

    expect(f, "complete x.md\n");
}

static void a_file_that_is_cut_to_nothing_counts_as_written(void **state)
{
    struct fixture *f = *state;
    files_write(f->top, "x.md", STR("whole"));
    expect(f, "complete x.md\n");
    buf_clear(&f->told);

    int fd = open_file(f, "x.md", O_TRUNC);

    expect(f, "written x.md\n");
    assert_false(was_told(f, "complete x.md\n"));
    assert_int_equal(close(fd), 0);
}

static void a_folder_is_followed_through_creation_renaming_and_removal(void **state)
{
    struct fixture *f = *state;
    make_folder(f, "a");
    expect(f, "folder-appeared a\n");
    make_folder(f, "a/deep");
    expect(f, "folder-appeared a/deep\n");
    assert_int_equal(close(open_file(f, "a/deep/x.md", O_CREAT)), 0);
    expect(f, "complete a/deep/x.md\n");

    move(f, "pages/a", "pages/b");
    expect(f, "folder-moved-in b\n");
    assert_true(was_told(f, "folder-gone a\n"));
    assert_int_equal(watcher_add(&f->watcher, f->top_fd, "b/deep"), 0);
    buf_clear(&f->told);
    assert_int_equal(close(open_file(f, "b/deep/x.md", 0)), 0);
    expect(f, "complete b/deep/x.md\n");
    assert_false(was_told(f, " a"));

    move(f, "pages/b", "elsewhere");
    expect(f, "folder-gone b\n");
    buf_clear(&f->told);
    move(f, "elsewhere/deep", "pages/c");
    expect(f, "folder-moved-in c\n");
    assert_false(was_told(f, "b/deep"));
}

static void a_folder_with_two_names_is_told_by_both(void **state)
{
    struct fixture *f = *state;
    char link[PATH_MAX + 16];
    make_folder(f, "a");
    expect(f, "folder-appeared a\n");
    (void)snprintf(link, sizeof link, "%s/also", f->top);
    assert_int_equal(symlink("a", link), 0);
    expect(f, "appeared also\n");
    assert_int_equal(watcher_add(&f->watcher, f->top_fd, "also"), 0);

    assert_int_equal(close(open_file(f, "a/x.md", O_CREAT)), 0);
    expect(f, "complete a/x.md\n");
    expect(f, "complete also/x.md\n");

    assert_int_equal(unlink(link), 0);
    expect(f, "gone also\n");
    buf_clear(&f->told);
    assert_int_equal(close(open_file(f, "a/x.md", 0)), 0);
    expect(f, "complete a/x.md\n");
    assert_false(was_told(f, "also/x.md"));
}

static void another_folder_under_the_top_name_is_noticed(void **state)
{
    struct fixture *f = *state;
    make_folder(f, "../other");
    const struct watcher_sink sink = {on_change, f};
    watcher_drain(&f->watcher, &sink);
    assert_int_equal(f->told.len, 0); /* not about us */

    move(f, "pages", "old");
    move(f, "other", "pages");

    expect(f, "top \n");
}

static void a_full_queue_is_told_as_lost(void **state)
{
    struct fixture *f = *state;
    struct buf limit = BUF_EMPTY;
    files_read("/proc/sys/fs/inotify/max_queued_events", &limit);
    buf_append_char(&limit, '\0');
    long events = limit.ptr ? strtol(limit.ptr, NULL, 10) : 0;
    buf_finish(&limit);
    if (events <= 0 || events > 100000)
        skip_because("this system's queue is too long to fill");

    int odd = open_file(f, "odd.md", O_CREAT);
    int even = open_file(f, "even.md", O_CREAT);
    for (long i = 0; i <= events; i++) /* equal events, one behind the other, would be merged */
        assert_int_equal(write(i % 2 ? odd : even, "x", 1), 1);

    expect(f, "lost \n");
    (void)close(odd);
    (void)close(even);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

TEST_MAIN(TEST(a_file_is_complete_only_when_its_writer_closes_it),
          TEST(a_file_that_is_cut_to_nothing_counts_as_written),
          TEST(a_folder_is_followed_through_creation_renaming_and_removal),
          TEST(a_folder_with_two_names_is_told_by_both),
          TEST(another_folder_under_the_top_name_is_noticed), TEST(a_full_queue_is_told_as_lost))
