/* Somebody tidies the data folder of a server that serves: `journal/` is moved away, or deleted.
 * What is acknowledged from when the server has seen it is in the folder that is there. */
#include "support/files.h"
#include "support/server.h"
#include "support/takeover.h"
#include "support/test.h"
#include "support/visit.h"

#include "base/clock.h"

#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const char taken[] = "journal: somebody took its folder away; events go on in another one";

static const char *in_data(const struct server *s, const char *name)
{
    static char paths[2][4096];
    static size_t turn;
    char *path = paths[turn++ % 2];
    (void)snprintf(path, sizeof paths[0], "%s/%s", s->data, name);
    return path;
}

static void wait_until_said(const struct server *s, const char *words)
{
    uint64_t end = clock_monotonic_ms() + SERVER_PATIENCE_MS;
    while (!server_said(s, words)) {
        if (clock_monotonic_ms() > end)
            fail_msg("the server does not say '%s'", words);
        process_yield(20);
    }
}

static void wait_until_ready(struct server *s, unsigned status)
{
    uint64_t end = clock_monotonic_ms() + SERVER_PATIENCE_MS;
    while (server_admin(s, "/readyz?journal").status != status) {
        if (clock_monotonic_ms() > end)
            fail_msg("/readyz?journal is not %u", status);
        process_yield(20);
    }
}

static void delete_files(const struct server *s)
{
    glob_t found = {0};
    (void)glob(in_data(s, "journal/*"), 0, NULL, &found);
    for (size_t i = 0; i < found.gl_pathc; i++)
        assert_int_equal(unlink(found.gl_pathv[i]), 0);
    globfree(&found);
}

static void move_folder(const struct server *s, const char *from, const char *to)
{
    assert_int_equal(rename(in_data(s, from), in_data(s, to)), 0);
}

static void start_and_click(struct server *s)
{
    server_page(s, "index.md", "Benvenuti.");
    server_start(s);
    takeover_expect_serving(s, 1);
}

/* One click was before that, and two come now. */
static void expect_two_clicks_in_another(struct server *s)
{
    wait_until_said(s, taken);
    takeover_expect_serving(s, 2);
    takeover_expect_serving(s, 3);
    wait_until_ready(s, 200);
    assert_true(server_metric(s, "attimo_journal_lost_segments_total") == 1);
    assert_true(server_metric(s, "attimo_unwritten_posts_total") == 0);
    server_stop(s);
    takeover_expect_clicks(s, 2);
}

static void it_goes_on_when_the_folder_was_moved_away(void **state)
{
    struct server *s = *state;
    start_and_click(s);
    move_folder(s, "journal", "journal.old");
    expect_two_clicks_in_another(s);

    /* And what was in the other one is still there, once. */
    delete_files(s);
    move_folder(s, "journal.old", "journal");
    takeover_expect_clicks(s, 1);
}

static void it_goes_on_when_the_folder_was_deleted(void **state)
{
    struct server *s = *state;
    struct stat st;
    start_and_click(s);
    delete_files(s);
    assert_int_equal(rmdir(in_data(s, "journal")), 0);
    expect_two_clicks_in_another(s);
    assert_int_equal(stat(in_data(s, "journal"), &st), 0);
    assert_true((st.st_mode & 027) == 0);
}

/* In one step, lest the server be faster. */
static void it_goes_on_when_the_folder_was_deleted_and_made_anew(void **state)
{
    struct server *s = *state;
    start_and_click(s);
    delete_files(s);
    assert_int_equal(mkdir(in_data(s, "fresh"), 0750), 0);
    move_folder(s, "fresh", "journal");
    expect_two_clicks_in_another(s);
}

/* A restart has sealed the segment, and nothing is written since. */
static void a_server_that_records_nothing_sees_it_too(void **state)
{
    struct server *s = *state;
    start_and_click(s);
    server_stop(s);
    server_start(s);
    move_folder(s, "journal", "journal.old");
    wait_until_said(s, taken);
    takeover_expect_serving(s, 2);
    server_stop(s);
    takeover_expect_clicks(s, 1);
}

static void without_a_folder_it_is_not_ready_until_there_is_one(void **state)
{
    struct server *s = *state;
    start_and_click(s);
    files_write(s->data, "other", STR("in the way"));
    int rc =
        renameat2(AT_FDCWD, in_data(s, "journal"), AT_FDCWD, in_data(s, "other"), RENAME_EXCHANGE);
    if (rc != 0)
        server_stop(s);
    if (rc != 0)
        skip_because("this file system cannot exchange two names");
    wait_until_ready(s, 503);
    assert_true(server_said(s, "/journal: is no folder"));
    assert_int_equal(server_get(s, "/").status, 200);
    struct client *c = server_connect(s, 0);
    assert_int_equal(takeover_click(c, 2), 503);
    client_close(c);

    assert_int_equal(unlink(in_data(s, "journal")), 0);
    wait_until_ready(s, 200);
    wait_until_said(s, "events are recorded again");
    takeover_expect_serving(s, 3);
    server_stop(s);
    takeover_expect_clicks(s, 1);
}

/* It has the lock of the one that it was started with. */
static void a_data_folder_that_was_moved_away_is_told(void **state)
{
    struct server *s = *state;
    char moved[4096];
    char other[4096];
    start_and_click(s);
    (void)snprintf(moved, sizeof moved, "%s.old", s->data);
    (void)snprintf(other, sizeof other, "%s.new", s->data);
    assert_int_equal(rename(s->data, moved), 0);
    assert_int_equal(mkdir(s->data, 0750), 0);
    wait_until_said(s, "somebody took the data folder ");
    takeover_expect_serving(s, 2);
    server_stop(s);
    assert_int_not_equal(access(in_data(s, "journal"), F_OK), 0);
    assert_int_equal(rename(s->data, other), 0);
    assert_int_equal(rename(moved, s->data), 0);
    takeover_expect_clicks(s, 2);
}

TEST_MAIN(SERVER_TEST(it_goes_on_when_the_folder_was_moved_away),
          SERVER_TEST(it_goes_on_when_the_folder_was_deleted),
          SERVER_TEST(it_goes_on_when_the_folder_was_deleted_and_made_anew),
          SERVER_TEST(a_server_that_records_nothing_sees_it_too),
          SERVER_TEST(without_a_folder_it_is_not_ready_until_there_is_one),
          SERVER_TEST(a_data_folder_that_was_moved_away_is_told))
