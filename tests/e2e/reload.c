/* SIGHUP: what can change changes under whoever is being served, what is wrong changes nothing. */
#include "support/files.h"
#include "support/manager.h"
#include "support/publishing.h"
#include "support/server.h"
#include "support/test.h"

#include "base/clock.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char good_reloads[] = "attimo_reloads_total{result=\"good\"}";
static const char failed_reloads[] = "attimo_reloads_total{result=\"failed\"}";

static void set_config(struct server *s, const char *yaml)
{
    files_write(s->root, "attimo.yaml", str_from(yaml));
}

static void hang_up(struct server *s)
{
    assert_int_equal(kill(s->process.pid, SIGHUP), 0);
}

static void wait_for(struct server *s, const char *metric, double value)
{
    uint64_t end = clock_monotonic_ms() + SERVER_PATIENCE_MS;
    while (server_metric(s, metric) < value) {
        if (clock_monotonic_ms() > end)
            fail_msg("%s does not become %g", metric, value);
        process_yield(5);
    }
}

static void reload(struct server *s, const char *yaml)
{
    double before = server_metric(s, good_reloads);
    set_config(s, yaml);
    hang_up(s);
    wait_for(s, good_reloads, before + 1);
}

static void fail_to_reload(struct server *s, const char *yaml)
{
    double before = server_metric(s, failed_reloads);
    set_config(s, yaml);
    hang_up(s);
    wait_for(s, failed_reloads, before + 1);
}

static unsigned ask_with_target_of(struct client *c, size_t length)
{
    struct buf request = BUF_EMPTY;
    buf_append(&request, STR("GET /"));
    for (size_t i = 1; i < length; i++)
        buf_append_char(&request, 'a');
    buf_append(&request, STR(" HTTP/1.1\r\nHost: a\r\n\r\n"));
    client_send(c, buf_str(&request), 0);
    buf_finish(&request);
    return client_response(c).status;
}

static void start(struct server *s, const char *yaml)
{
    server_page(s, "index.md", "Benvenuti.");
    set_config(s, yaml);
    server_start(s);
}

static void kept_connections_are_served_through_it_and_the_new_limits_hold(void **state)
{
    struct server *s = *state;
    start(s, "limits: {target: 100}\nworkers: 2\n");
    struct client *kept[4];
    for (int i = 0; i < 4; i++)
        kept[i] = server_connect(s, 0);

    for (int round = 1; round <= 6; round++) {
        bool wide = round % 2 == 1;
        set_config(s, wide ? "limits: {target: 1000}\nworkers: 2\n"
                           : "limits: {target: 100}\nworkers: 2\n");
        hang_up(s);
        while (server_metric(s, good_reloads) < round)
            for (int i = 0; i < 4; i++)
                assert_true(client_is_served(kept[i], "/"));
        for (int i = 0; i < 2; i++) /* of either worker */
            assert_int_equal(ask_with_target_of(server_connect(s, 0), 500), wide ? 404 : 414);
    }

    server_stop(s);
}

static void a_request_whose_body_is_under_way_is_held_to_no_lower_limits(void **state)
{
    struct server *s = *state;
    struct buf head = BUF_EMPTY;
    start(s, "limits: {target: 1000}\n");
    buf_append(&head, STR("POST /_/e?"));
    for (int i = 0; i < 500; i++)
        buf_append_char(&head, 'a');
    buf_append(&head, STR(" HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                          "Content-Length: 7\r\n\r\n"));
    struct client *c = server_connect(s, 0);
    client_send(c, buf_str(&head), 0);
    buf_finish(&head);
    assert_int_equal(client_response(c).status, 100);

    reload(s, "limits: {target: 100}\n");
    assert_int_equal(ask_with_target_of(server_connect(s, 0), 500), 414);
    client_send_text(c, "e=click");
    assert_int_equal(client_response(c).status, 415); /* it says no media type */
    server_stop(s);
}

static void a_configuration_with_an_error_leaves_everything_as_it_was(void **state)
{
    struct server *s = *state;
    start(s, "limits:\n  target: 100\n");

    fail_to_reload(s, "limits:\n  target: 1000\n  bodi: 3\n");
    assert_true(server_said(s, "attimo.yaml:3: error: "));
    assert_true(server_said(s, "everything is as it was"));
    assert_int_equal(ask_with_target_of(server_connect(s, 0), 500), 414);
    assert_true(server_metric(s, "attimo_last_reload_successful") == 0);

    fail_to_reload(s, "limits: [\n");
    assert_int_equal(unlink(s->config), 0);
    hang_up(s);
    wait_for(s, failed_reloads, 3);
    assert_int_equal(ask_with_target_of(server_connect(s, 0), 500), 414);

    reload(s, "limits:\n  target: 1000\n");
    assert_int_equal(ask_with_target_of(server_connect(s, 0), 500), 404);
    assert_true(server_metric(s, "attimo_last_reload_successful") == 1);
    server_stop(s);
}

static void what_takes_a_restart_is_named_and_left(void **state)
{
    struct server *s = *state;
    start(s, "workers: 1\nnode: uno\n");
    reload(s, "workers: 3\nnode: due\nlisten: 127.0.0.1:1\n");

    assert_true(server_said(s, "reload: workers is another one now: that takes a restart"));
    assert_true(server_said(s, "reload: node is another one now: that takes a restart"));
    /* A flag says where to listen, and wins over the file as it did at the start. */
    assert_false(server_said(s, "reload: listen is another one"));
    assert_int_equal(server_get(s, "/").status, 200);
    server_stop(s);
}

static void idle_connections_obey_a_new_deadline(void **state)
{
    struct server *s = *state;
    start(s, "");
    struct client *idle = server_connect(s, 0);
    assert_true(client_is_served(idle, "/"));
    reload(s, "limits: {idle_timeout: 100ms}\n");
    client_expect_close(idle);
    server_stop(s);
}

static void who_waits_for_room_comes_in_when_there_is_more(void **state)
{
    struct server *s = *state;
    start(s, "limits: {connections: 1}\n");
    struct client *first = server_connect(s, 0);
    assert_true(client_is_served(first, "/"));
    struct client *second = server_connect(s, 0);
    client_send_text(second, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    reload(s, "limits: {connections: 10}\n");
    assert_int_equal(client_response(second).status, 200);
    assert_true(client_is_served(first, "/"));
    server_stop(s);
}

static void the_log_tells_less_once_it_is_asked_to(void **state)
{
    struct server *s = *state;
    start(s, "");
    reload(s, "log_level: error\n");
    reload(s, "log_level: error\n");
    assert_true(server_said(s, "reloading"));
    server_page(s, "nuova.md", "Nuova.");
    uint64_t end = clock_monotonic_ms() + SERVER_PATIENCE_MS;
    while (server_get(s, "/nuova").status != 200 && clock_monotonic_ms() < end)
        process_yield(5);
    assert_int_equal(server_get(s, "/nuova").status, 200);
    assert_false(server_said(s, "/nuova"));
    server_stop(s);
}

/* Writes over part of a file so that neither size nor time tell, and the kernel says nothing. */
static void write_unseen(const char *folder, const char *name, const char *old, const char *new)
{
    char path[512];
    struct stat st;
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &st), 0);
    size_t size = (size_t)st.st_size;
    char *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    assert_true(bytes != MAP_FAILED);
    char *at = memmem(bytes, size, old, strlen(old));
    assert_non_null(at);
    memcpy(at, new, strlen(new));
    assert_int_equal(munmap(bytes, size), 0);
    const struct timespec times[] = {st.st_atim, st.st_mtim};
    assert_int_equal(futimens(fd, times), 0);
    (void)close(fd);
}

static void pages_are_read_anew_whatever_their_files_look_like(void **state)
{
    struct server *s = *state;
    start(s, "");
    write_unseen(s->pages, "index.md", "Benvenuti.", "Ben alzati");
    reload(s, "");
    assert_contains(server_get(s, "/").body, STR("Ben alzati"));
    server_stop(s);
}

static void set_site(struct server *s, const char *yaml)
{
    files_write(s->pages, "_site.yaml", str_from(yaml));
}

static void what_is_as_it_was_is_not_said_to_have_changed(void **state)
{
    struct server *s = *state;
    set_site(s, "url: https://www.example.it\n");
    start(s, "");
    reload(s, "");
    reload(s, "");
    assert_false(server_said(s, "settings have changed"));

    set_site(s, "url: https://www.example.com\n");
    reload(s, "");
    await_log(s, "the site's settings have changed");
    server_stop(s);
}

static void assert_nothing_is_read_while_there_is_no_folder(struct server *s, double failed)
{
    hang_up(s);
    wait_for(s, failed_reloads, failed);
    assert_true(server_metric(s, "attimo_last_reload_successful") == 0);
    assert_true(server_said(s, "not reloaded: the pages are as they were"));
    assert_false(server_said(s, "settings have changed"));
    assert_int_equal(server_get(s, "/").status, 200);
    assert_contains(server_get(s, "/sitemap.xml").body, STR("https://www.example.it/"));
}

static void without_a_pages_folder_the_settings_stay_as_well(void **state)
{
    struct server *s = *state;
    char away[600];
    set_site(s, "url: https://www.example.it\n");
    start(s, "");
    (void)snprintf(away, sizeof away, "%s-away", s->pages);
    assert_int_equal(rename(s->pages, away), 0);
    assert_nothing_is_read_while_there_is_no_folder(s, 1);
    assert_int_equal(rename(away, s->pages), 0);
    reload(s, "");
    assert_true(server_metric(s, "attimo_last_reload_successful") == 1);

    assert_int_equal(run_shell(s, "rm -rf pages"), 0);
    assert_nothing_is_read_while_there_is_no_folder(s, 2);

    assert_int_equal(run_shell(s, "mkdir pages"), 0);
    server_page(s, "index.md", "Di nuovo qui.");
    reload(s, "");
    await_log(s, "the site's settings have changed"); /* there are none now */
    server_stop(s);
}

static void a_capture_in_error_records_nothing_at_the_start_and_changes_nothing_later(void **state)
{
    struct server *s = *state;
    set_site(s, "capture: nessuna\n");
    start(s, "");
    assert_false(str_contains(server_get(s, "/").body, STR("/_/e")));

    set_site(s, "capture: full\n");
    await_page(s, "/", 200, "/_/e");
    set_site(s, "capture: nulla\n");
    await_log(s, "the site's settings stay as they were");
    reload(s, "");
    assert_contains(server_get(s, "/").body, STR("/_/e"));
    server_stop(s);
}

static void the_manager_hears_of_it_and_of_its_end(void **state)
{
    struct server *s = *state;
    struct manager m;
    manager_open(&m, s);
    start(s, "");
    manager_expect(&m, "READY=1");

    unsigned long long before = clock_monotonic_ms() * 1000;
    hang_up(s);
    manager_expect(&m, "RELOADING=1");
    assert_true(manager_number(&m, "MONOTONIC_USEC") >= before);
    manager_expect(&m, "READY=1");

    set_config(s, "chiave: 1\n");
    hang_up(s);
    manager_expect(&m, "RELOADING=1");
    manager_expect(&m, "READY=1");
    assert_contains(str_from(m.heard), STR("the last reload failed"));

    server_stop(s);
    manager_close(&m);
}

/* More signals than reloads: none is lost that came after the configuration was read. */
static void the_last_of_many_signals_counts(void **state)
{
    struct server *s = *state;
    start(s, "limits: {target: 100}\n");
    for (int i = 0; i < 20; i++)
        hang_up(s);
    set_config(s, "limits: {target: 1000}\n");
    hang_up(s);
    uint64_t end = clock_monotonic_ms() + SERVER_PATIENCE_MS;
    while (ask_with_target_of(server_connect(s, 0), 500) != 404) {
        if (clock_monotonic_ms() > end)
            fail_msg("the last configuration is not in force");
        process_yield(5);
    }
    server_stop(s);
}

/* What somebody is writing settles as it does without a signal. */
static void a_reload_waits_for_settings_that_are_being_written(void **state)
{
    struct server *s = *state;
    char path[PUBLISHING_PATH_MAX];
    files_write(s->pages, "_site.yaml", STR("capture: off\n"));
    start(s, "");
    pages_path(s, "_site.yaml", path);
    int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    assert_true(fd >= 0);

    reload(s, "");
    assert_false(str_contains(server_get(s, "/").body, STR("<script>")));

    assert_int_equal(close(fd), 0);
    files_write(s->pages, "_site.yaml", STR("capture: full\n"));
    await_page(s, "/", 200, "<script>");
    server_stop(s);
}

TEST_MAIN(SERVER_TEST(kept_connections_are_served_through_it_and_the_new_limits_hold),
          SERVER_TEST(a_request_whose_body_is_under_way_is_held_to_no_lower_limits),
          SERVER_TEST(a_configuration_with_an_error_leaves_everything_as_it_was),
          SERVER_TEST(what_takes_a_restart_is_named_and_left),
          SERVER_TEST(idle_connections_obey_a_new_deadline),
          SERVER_TEST(who_waits_for_room_comes_in_when_there_is_more),
          SERVER_TEST(the_log_tells_less_once_it_is_asked_to),
          SERVER_TEST(pages_are_read_anew_whatever_their_files_look_like),
          SERVER_TEST(what_is_as_it_was_is_not_said_to_have_changed),
          SERVER_TEST(without_a_pages_folder_the_settings_stay_as_well),
          SERVER_TEST(a_reload_waits_for_settings_that_are_being_written),
          SERVER_TEST(a_capture_in_error_records_nothing_at_the_start_and_changes_nothing_later),
          SERVER_TEST(the_manager_hears_of_it_and_of_its_end),
          SERVER_TEST(the_last_of_many_signals_counts))
