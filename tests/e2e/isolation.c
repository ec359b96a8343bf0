/* What the server still reaches once it serves: its pages, its data, and no other file. */
#include "support/files.h"
#include "support/server.h"
#include "support/test.h"

#include "base/clock.h"
#include "server/landlock.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel's version of it; 0: it has none. */
static int landlock_version(void)
{
    struct landlock landlock;
    (void)landlock_open(&landlock);
    landlock_close(&landlock);
    return landlock.abi;
}

static char *path_of(const struct server *s, const char *name)
{
    char *path;
    assert_true(asprintf(&path, "%s/%s", s->root, name) > 0);
    return path;
}

static void make_folder(const struct server *s, const char *name)
{
    char *path = path_of(s, name);
    assert_int_equal(mkdir(path, 0755), 0);
    free(path);
}

/* A link called `name` that leads to `target`, in place of one that may be there. */
static void switch_link(const struct server *s, const char *name, const char *target)
{
    char *path = path_of(s, name);
    char *aside = path_of(s, "aside");
    assert_int_equal(symlink(target, aside), 0);
    assert_int_equal(rename(aside, path), 0);
    free(aside);
    free(path);
}

static void write_page(const struct server *s, const char *name, const char *body)
{
    struct buf text = BUF_EMPTY;
    server_page_text(&text, body);
    files_write(s->root, name, buf_str(&text));
    buf_finish(&text);
}

static void wait_for_words(struct server *s, const char *words)
{
    uint64_t end = clock_monotonic_ms() + SERVER_PATIENCE_MS;
    while (!server_said(s, words)) {
        if (clock_monotonic_ms() > end)
            fail_msg("the server does not say: %s", words);
        process_yield(5);
    }
}

static void wait_for_body(struct server *s, const char *words)
{
    uint64_t end = clock_monotonic_ms() + SERVER_PATIENCE_MS;
    for (;;) {
        struct str body = server_get(s, "/").body;
        if (str_contains(body, str_from(words)))
            return;
        if (clock_monotonic_ms() > end)
            fail_msg("the page does not say: %s", words);
        process_yield(5);
    }
}

/* Takes the place of the server's own folders; `pages` and `data` are in the test's folder. */
static void live_in(struct server *s, const char *pages, const char *data)
{
    free(s->pages);
    free(s->data);
    s->pages = path_of(s, pages);
    s->data = path_of(s, data);
}

/* Everything that is tried takes the server's own paths; its configuration lies where it cannot
 * read any more. */
static void start_probed(struct server *s, const char *yaml)
{
    make_folder(s, "site");
    make_folder(s, "site/data");
    make_folder(s, "elsewhere");
    live_in(s, "site/pages", "site/data");
    write_page(s, "site/pages/index.md", "Benvenuti.");
    files_write(s->root, "elsewhere/attimo.yaml", str_from(yaml));
    free(s->config);
    s->config = path_of(s, "elsewhere/attimo.yaml");
    assert_int_equal(setenv("ATTIMO_PROBE", s->root, 1), 0);
    s->probed = true;
    server_start(s);
}

/* Whether SIGUSR1 comes to the thread. One that makes or ends another holds signals up for a
 * moment; a sanitizer's own never takes any. */
static bool takes_signals(pid_t pid, int thread)
{
    enum { LOOKS = 20, PAUSE_MS = 5 };
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/task/%d/status", (int)pid, thread);
    for (int i = 0; i < LOOKS; i++) {
        struct buf status = BUF_EMPTY;
        files_read(path, &status);
        buf_append_char(&status, '\0');
        const char *mask = status.ptr ? strstr(status.ptr, "SigBlk:") : NULL;
        bool takes =
            mask && (strtoull(mask + strlen("SigBlk:"), NULL, 16) >> (SIGUSR1 - 1)) % 2 == 0;
        buf_finish(&status);
        if (takes)
            return true;
        process_yield(PAUSE_MS);
    }
    return false;
}

static bool signal_thread(pid_t pid, int thread, int number)
{
    return syscall(SYS_tgkill, pid, thread, number) == 0;
}

/* What is tried in one thread has the given outcome; false: the thread has ended meanwhile. */
static bool probe_thread(struct server *s, pid_t pid, int thread, const char *outcome)
{
    char expected[256];
    char last[64];
    (void)snprintf(expected, sizeof expected, "probe of %d: %s", thread, outcome);
    (void)snprintf(last, sizeof last, "end of %d\n", thread);
    uint64_t end = clock_monotonic_ms() + SERVER_PATIENCE_MS;
    if (!signal_thread(pid, thread, SIGUSR1))
        return false;
    while (!server_said(s, last)) {
        if (!signal_thread(pid, thread, 0))
            return false;
        assert_true(clock_monotonic_ms() < end);
        process_yield(5);
    }
    if (!server_said(s, expected))
        fail_msg("not as expected: %s", expected);
    return true;
}

/* Each thread of a process has a way of its own to files: how many were tried. */
static unsigned probe(struct server *s, pid_t pid, const char *outcome)
{
    unsigned count = 0;
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *threads = opendir(path);
    assert_non_null(threads);
    for (const struct dirent *e = readdir(threads); e; e = readdir(threads)) {
        int thread = (int)strtol(e->d_name, NULL, 10);
        count += thread > 0 && takes_signals(pid, thread) && probe_thread(s, pid, thread, outcome);
    }
    (void)closedir(threads);
    return count;
}

static void from_inside_nothing_is_reached_but_pages_and_data(void **state)
{
    enum { CONTROL = 1, WORKERS = 2, RECORDER = 1, PUBLISHER = 1 };
    struct server *s = *state;
    char *new_file = path_of(s, "elsewhere/new");
    if (landlock_version() == 0)
        skip_because("this kernel has no Landlock");
    start_probed(s, "workers: 2\n");
    assert_true(server_said(s, "isolated: "));
    unsigned threads =
        probe(s, s->process.pid,
              landlock_version() < 4
                  ? "passwd=13 config=13 tmp=13 beside=13 page=0 page-write=13 data=0 "
                  : "passwd=13 config=13 tmp=13 beside=13 page=0 page-write=13 data=0 bind=13 ");
    assert_true(threads >= CONTROL + WORKERS + RECORDER + PUBLISHER);
    assert_int_not_equal(access(new_file, F_OK), 0);
    assert_int_equal(server_get(s, "/").status, 200);
    assert_true(server_metric(s, "process_resident_memory_bytes") > 0);
    server_stop(s);
    free(new_file);
}

static void where_isolation_is_off_that_is_said(void **state)
{
    struct server *s = *state;
    start_probed(s, "isolate: off\n");
    assert_true(server_said(s, "not isolated: isolate is off"));
    assert_true(probe(s, s->process.pid, "passwd=0 ") > 0);
    server_stop(s);
}

/* A filter of system calls stands in for such a kernel. */
static void a_kernel_without_landlock_is_warned_of(void **state)
{
    struct server *s = *state;
    if (!process_can_miss_a_call())
        skip_because("this kernel has no filters of system calls (seccomp)");
    s->missing_call = SYS_landlock_create_ruleset;
    start_probed(s, "");
    assert_true(server_said(s, "warning not isolated: this kernel has no Landlock"));
    assert_true(probe(s, s->process.pid, "passwd=0 ") > 0);
    assert_int_equal(server_get(s, "/").status, 200);
    assert_int_equal(server_admin(s, "/readyz?journal").status, 200);
    server_stop(s);
}

/* Asks for a reload, and waits until `count` have been good. */
static void reload(struct server *s, int count)
{
    uint64_t end = clock_monotonic_ms() + SERVER_PATIENCE_MS;
    assert_int_equal(kill(s->process.pid, SIGHUP), 0);
    for (; server_metric(s, "attimo_reloads_total{result=\"good\"}") < count; process_yield(5))
        assert_true(clock_monotonic_ms() < end);
}

/* The file is another one each time, as editors and configuration tools leave it. */
static void what_it_cannot_open_itself_is_reloaded_all_the_same(void **state)
{
    struct server *s = *state;
    start_probed(s, "workers: 1\n");
    for (int workers = 2; workers <= 3; workers++) {
        char yaml[32];
        (void)snprintf(yaml, sizeof yaml, "workers: %d\n", workers);
        files_write(s->root, "elsewhere/attimo.yaml", str_from(yaml));
        reload(s, workers - 1);
    }
    assert_true(server_said(s, "reload: workers is another one now"));
    server_stop(s);
}

/* As before Linux 5.9. */
static void a_kernel_that_closes_no_range_reloads_all_the_same(void **state)
{
    struct server *s = *state;
    if (!process_can_miss_a_call())
        skip_because("this kernel has no filters of system calls (seccomp)");
    s->missing_call = SYS_close_range;
    start_probed(s, "workers: 1\n");
    reload(s, 1);
    server_stop(s);
}

/* The process beside the server, once it is what it stays; 0: it cannot be found on this system. */
static pid_t find_reader(const struct server *s)
{
    char path[64];
    pid_t pid = process_first_child(&s->process);
    (void)snprintf(path, sizeof path, "/proc/%d/comm", (int)pid);
    uint64_t end = clock_monotonic_ms() + SERVER_PATIENCE_MS;
    for (bool found = pid == 0; !found; process_yield(5)) {
        struct buf name = BUF_EMPTY;
        files_read(path, &name);
        found = str_eq(buf_str(&name), STR("attimo-config\n"));
        buf_finish(&name);
        assert_true(clock_monotonic_ms() < end);
    }
    return pid;
}

static void what_reads_the_configuration_again_can_only_read(void **state)
{
#ifdef __SANITIZE_THREAD__
    skip_because("ThreadSanitizer holds a signal up for as long as recv waits");
#endif
    struct server *s = *state;
    if (landlock_version() == 0)
        skip_because("this kernel has no Landlock");
    start_probed(s, "");
    pid_t reader = find_reader(s);
    if (reader == 0)
        skip_because("this kernel does not tell a process's children");
    assert_true(
        probe(s, reader, "passwd=0 config=0 tmp=13 beside=13 page=0 page-write=13 data=13 ") > 0);
    server_stop(s);
}

static void a_link_to_the_pages_can_be_switched(void **state)
{
    struct server *s = *state;
    write_page(s, "site/releases/1/pages/index.md", "Prima.");
    write_page(s, "site/releases/2/pages/index.md", "Seconda.");
    switch_link(s, "site/current", "releases/1");
    live_in(s, "site/current/pages", "data");
    server_start(s);
    wait_for_body(s, "Prima.");
    switch_link(s, "site/current", "releases/2");
    wait_for_body(s, "Seconda.");
    server_stop(s);
}

static void a_folder_takes_the_place_of_another(void **state)
{
    struct server *s = *state;
    write_page(s, "site/pages/index.md", "Prima.");
    write_page(s, "site/new/index.md", "Seconda.");
    live_in(s, "site/pages", "data");
    server_start(s);
    wait_for_body(s, "Prima.");
    char *pages = path_of(s, "site/pages");
    char *old = path_of(s, "site/old");
    char *new = path_of(s, "site/new");
    assert_int_equal(rename(pages, old), 0);
    assert_int_equal(rename(new, pages), 0);
    wait_for_body(s, "Seconda.");
    server_stop(s);
    free(pages);
    free(old);
    free(new);
}

static void a_link_that_is_switched_to_somewhere_else_leads_nowhere(void **state)
{
    struct server *s = *state;
    if (landlock_version() == 0)
        skip_because("this kernel has no Landlock");
    write_page(s, "site/first/index.md", "Prima.");
    write_page(s, "elsewhere/second/index.md", "Seconda.");
    switch_link(s, "site/pages", "first");
    live_in(s, "site/pages", "data");
    server_start(s);
    switch_link(s, "site/pages", "../elsewhere/second");
    wait_for_words(s, "permission denied; what was published stays live");
    assert_contains(server_get(s, "/").body, STR("Prima."));
    server_stop(s);
}

TEST_MAIN(SERVER_TEST(from_inside_nothing_is_reached_but_pages_and_data),
          SERVER_TEST(where_isolation_is_off_that_is_said),
          SERVER_TEST(a_kernel_without_landlock_is_warned_of),
          SERVER_TEST(what_it_cannot_open_itself_is_reloaded_all_the_same),
          SERVER_TEST(a_kernel_that_closes_no_range_reloads_all_the_same),
          SERVER_TEST(what_reads_the_configuration_again_can_only_read),
          SERVER_TEST(a_link_to_the_pages_can_be_switched),
          SERVER_TEST(a_folder_takes_the_place_of_another),
          SERVER_TEST(a_link_that_is_switched_to_somewhere_else_leads_nowhere))
