/* Pages that become public, and cease to be, at a second: with a clock that the test holds. */
#include "support/files.h"
#include "support/publishing.h"
#include "support/test.h"

#include "base/clock.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* A page with more lines of front matter. */
static void save(struct server *s, const char *name, const char *lines, const char *body)
{
    struct buf text = BUF_EMPTY;
    buf_printf(&text,
               "---\ntitle: Una pagina di prova\ndescription: Una pagina per le prove di attimo.\n"
               "goal: letto\n%s---\n%s\n",
               lines, body);
    assert_int_equal(buf_status(&text), 0);
    files_write(s->pages, name, buf_str(&text));
    buf_finish(&text);
}

/* Waits for `target` to have the status that it has at the second `when`, and no second before:
 * `before` is that second. */
static void expect_switch(struct server *s, const char *target, const char *before,
                          const char *when, unsigned status)
{
    unsigned first = server_get(s, target).status;
    assert_int_not_equal(first, status);
    /* Whatever else is scheduled for it, the second before leaves this page as it was. */
    server_hold_clock(s, before);
    save(s, "marker.md", "", before);
    await_page(s, "/marker", 200, before);
    assert_int_equal(server_get(s, target).status, first);

    server_hold_clock(s, when);
    await_page(s, target, status, NULL);
}

static void a_page_is_public_from_its_second_on(void **state)
{
    struct server *s = *state;
    server_hold_clock(s, "2026-05-01T00:00:00Z");
    save(s, "x.md", "publish_at: 2026-05-01T10:00:00+02:00\n", "Ecco.");
    server_start(s);
    await_readiness(s, "\"live\":0,\"rejected\":0,\"scheduled\":1");
    await_readiness(s, "\"schedule\":[{\"file\":\"x.md\",\"url\":\"/x\","
                       "\"publish_at\":\"2026-05-01T08:00:00Z\"}],");
    assert_contains(server_admin(s, "/metrics").body,
                    STR("\nattimo_next_switch_timestamp_seconds 1777622400\n"));

    expect_switch(s, "/x", "2026-05-01T07:59:59Z", "2026-05-01T08:00:00Z", 200);

    await_log(s, "/x is live, "); /* not since the start */
    await_readiness(s, "\"live\":2,\"rejected\":0,\"scheduled\":0");
    assert_contains(server_admin(s, "/metrics").body,
                    STR("\nattimo_pages{state=\"scheduled\"} 0\n"));
    server_stop(s);
}

static void a_page_ceases_at_its_second_and_shows_a_way_on(void **state)
{
    struct server *s = *state;
    server_hold_clock(s, "2026-05-01T00:00:00Z");
    save(s, "x.md", "expires_at: 2026-05-01T23:59:59+02:00\n", "Solo oggi.");
    save(s, "y.md", "expires_at: 2026-05-01T23:59:59+02:00\nthen: /altro?da=y\n", "Solo oggi.");
    server_start(s);
    assert_int_equal(server_get(s, "/y").status, 200);
    await_readiness(s, "\"url\":\"/y\",\"expires_at\":\"2026-05-01T21:59:59Z\"}]");

    expect_switch(s, "/x", "2026-05-01T21:59:58Z", "2026-05-01T21:59:59Z", 410);

    assert_contains(server_get(s, "/x").body, STR("non è più valida"));
    struct response r = server_get(s, "/y?utm_source=ig");
    assert_int_equal(r.status, 307);
    assert_field(&r, "Location", "/altro?da=y&utm_source=ig");
    await_log(s, "/x has expired");
    await_readiness(s, "\"expired\":2");
    server_stop(s);
}

/* In Italy the clock goes from 02:00 to 03:00 at 01:00 UTC, and from 03:00 to 02:00 likewise. */
static void local_times_follow_daylight_saving(void **state)
{
    struct server *s = *state;
    files_write(s->pages, "_site.yaml", STR("timezone: Europe/Rome\n"));
    server_hold_clock(s, "2026-03-28T00:00:00Z");
    save(s, "winter.md", "publish_at: 2026-03-29T01:59:59\n", "L'ultima ora solare.");
    save(s, "summer.md", "publish_at: 2026-03-29T03:00:00\n", "La prima ora legale.");
    save(s, "never.md", "publish_at: 2026-03-29T02:30:00\n", "Un'ora che non c'è.");
    save(s, "twice.md", "publish_at: 2026-10-25T02:30:00\n", "Un'ora che c'è due volte.");
    save(s, "back.md", "expires_at: 2026-10-25T03:00:00\n", "Di nuovo solare.");
    server_start(s);

    expect_switch(s, "/winter", "2026-03-29T00:59:58Z", "2026-03-29T00:59:59Z", 200);
    expect_switch(s, "/summer", "2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z", 200);
    expect_switch(s, "/never", "2026-03-29T01:29:59Z", "2026-03-29T01:30:00Z", 200);
    expect_switch(s, "/twice", "2026-10-25T00:29:59Z", "2026-10-25T00:30:00Z", 200);
    expect_switch(s, "/back", "2026-10-25T01:59:59Z", "2026-10-25T02:00:00Z", 410);
    server_stop(s);
}

static void a_time_that_comes_while_nothing_runs_holds_at_the_start(void **state)
{
    struct server *s = *state;
    server_hold_clock(s, "2026-05-01T00:00:00Z");
    save(s, "from.md", "publish_at: 2026-05-01T10:00:00Z\n", "Ecco.");
    save(s, "until.md", "expires_at: 2026-05-01T10:00:00Z\n", "Solo oggi.");
    save(s, "later.md", "publish_at: 2026-05-01T12:00:00Z\n", "Più tardi.");
    server_start(s);
    assert_int_equal(server_get(s, "/from").status, 404);
    assert_int_equal(server_get(s, "/until").status, 200);
    server_stop(s);

    server_hold_clock(s, "2026-05-01T11:00:00Z");
    server_start(s);
    assert_int_equal(server_get(s, "/from").status, 200); /* from the first request on */
    assert_int_equal(server_get(s, "/until").status, 410);
    expect_switch(s, "/later", "2026-05-01T11:59:59Z", "2026-05-01T12:00:00Z", 200);
    server_stop(s);
}

static void a_page_ends_in_time_while_a_broken_version_is_saved(void **state)
{
    struct server *s = *state;
    server_hold_clock(s, "2026-05-01T00:00:00Z");
    save(s, "x.md", "publish_at: 2026-05-01T10:00:00Z\nexpires_at: 2026-05-01T20:00:00Z\n",
         "Solo oggi.");
    server_start(s);
    files_write(s->pages, "x.md", STR("---\ntitle: Rotta\ndescription: [\n---\nRotta.\n"));
    await_readiness(s, "\"file\":\"x.md\"");

    expect_switch(s, "/x", "2026-05-01T09:59:59Z", "2026-05-01T10:00:00Z", 200);
    assert_contains(server_get(s, "/x").body, STR("Solo oggi."));
    expect_switch(s, "/x", "2026-05-01T19:59:59Z", "2026-05-01T20:00:00Z", 410);
    await_readiness(s, "\"rejected\":1");

    save(s, "x.md", "expires_at: 2026-05-02T20:00:00Z\n", "Anche domani.");
    await_page(s, "/x", 200, "Anche domani.");
    server_stop(s);
}

static void a_page_ends_in_time_while_its_file_is_being_written(void **state)
{
    struct server *s = *state;
    char path[PUBLISHING_PATH_MAX];
    server_hold_clock(s, "2026-05-01T00:00:00Z");
    save(s, "x.md", "expires_at: 2026-05-01T20:00:00Z\n", "Solo oggi.");
    server_start(s);
    pages_path(s, "x.md", path);
    int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "---\n", 4), 4);

    expect_switch(s, "/x", "2026-05-01T19:59:59Z", "2026-05-01T20:00:00Z", 410);
    assert_int_equal(close(fd), 0);
    server_stop(s);
}

static void the_brands_new_rules_keep_no_old_page_alive(void **state)
{
    struct server *s = *state;
    server_hold_clock(s, "2026-05-01T00:00:00Z");
    save(s, "x.md", "expires_at: 2026-05-01T20:00:00Z\n", "Scarpe low cost.");
    server_start(s);
    files_write(s->pages, "_guidelines.yaml", STR("never_say: [low cost]\n"));
    await_readiness(s, "\"file\":\"x.md\"");

    expect_switch(s, "/x", "2026-05-01T19:59:59Z", "2026-05-01T20:00:00Z", 410);
    server_stop(s);
}

/* Waits for the log while somebody writes, who is never done. */
static void await_log_while_writing(struct server *s, int fd, const char *text)
{
    uint64_t deadline = clock_monotonic_ms() + CLIENT_PATIENCE_MS;
    while (!server_said(s, text)) {
        assert_int_equal(write(fd, "\n", 1), 1);
        if (clock_monotonic_ms() > deadline) {
            server_print_log(s);
            fail_msg("\"%s\" should be in the log", text);
        }
        process_yield(20);
    }
}

static void what_goes_live_against_new_rules_is_told(void **state)
{
    struct server *s = *state;
    char path[PUBLISHING_PATH_MAX];
    server_hold_clock(s, "2026-05-01T00:00:00Z");
    save(s, "x.md", "publish_at: 2026-05-01T20:00:00Z\n", "Scarpe low cost.");
    save(s, "y.md", "", "Scarpe low cost.");
    server_start(s);
    pages_path(s, "x.md", path);
    int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "---\n", 4), 4);
    files_write(s->pages, "_guidelines.yaml", STR("never_say: [low cost]\n"));
    await_log_while_writing(s, fd, "y.md is not published");

    server_hold_clock(s, "2026-05-01T20:00:00Z");
    await_log_while_writing(s, fd, "but the next start will not publish it: x.md:7: error: ");
    assert_true(server_said(s, "warning /x is live"));
    assert_int_equal(server_get(s, "/x").status, 200);
    assert_int_equal(close(fd), 0);
    server_stop(s);
}

/* It ends with the address still its own; the other may be renamed before its time. */
static void a_page_whose_address_is_taken_at_its_time_is_told_of_before(void **state)
{
    struct server *s = *state;
    server_hold_clock(s, "2026-05-01T00:00:00Z");
    save(s, "x.html", "expires_at: 2026-05-01T20:00:00Z\n", "<p>Fino a stasera.");
    save(s, "x.md", "publish_at: 2026-05-01T20:00:00Z\n", "Da stasera.");
    server_start(s);
    assert_true(server_said(s, "x.md: error: url: /x is also the address of x.html: "));
    save(s, "y.md", "publish_at: 2026-05-01T20:00:00Z\naliases: /z\n", "Da stasera.");
    save(s, "y.html", "", "<p>Sempre.");
    await_log(s, "y.md: error: url: /y is also the address of y.html: ");

    expect_switch(s, "/x", "2026-05-01T19:59:59Z", "2026-05-01T20:00:00Z", 410);
    await_log(s, "error y.md is not published: error: url: ");
    server_stop(s);
}

static void a_clock_that_is_put_back_brings_back_what_was_then(void **state)
{
    struct server *s = *state;
    server_hold_clock(s, "2027-05-01T00:00:00Z"); /* as a machine without a battery may have it */
    save(s, "x.md", "expires_at: 2026-05-01T20:00:00Z\n", "Solo oggi.");
    save(s, "y.md", "publish_at: 2026-05-01T20:00:00Z\n", "Da stasera.");
    server_start(s);
    assert_int_equal(server_get(s, "/x").status, 410);
    assert_int_equal(server_get(s, "/y").status, 200);

    server_hold_clock(s, "2026-05-01T00:00:00Z");
    await_page(s, "/x", 200, "Solo oggi.");
    await_page(s, "/y", 404, NULL);
    expect_switch(s, "/y", "2026-05-01T19:59:59Z", "2026-05-01T20:00:00Z", 200);
    server_stop(s);
}

static void a_shop_is_open_until_the_minute_that_it_says(void **state)
{
    struct server *s = *state;
    files_write(s->pages, "_site.yaml", STR("timezone: Europe/Rome\n"));
    server_hold_clock(s, "2026-05-04T06:59:59Z"); /* a Monday, 08:59:59 */
    save(s, "x.md",
         "intent: andare\nplace:\n  name: Negozio\n  street: Via Roma 1\n  city: Parma\n"
         "  hours: \"lun-sab 9-13, 15:30-19:30\"\n",
         "Vieni.");
    server_start(s);
    assert_contains(server_get(s, "/x").body, STR("class=\"shut\""));

    server_hold_clock(s, "2026-05-04T07:00:00Z");
    await_page(s, "/x", 200, "class=\"open\"");
    assert_contains(server_get(s, "/x").body, STR("13:00"));

    /* What is said stays true while its author is in the middle of something. */
    files_write(s->pages, "x.md", STR("---\ntitle: Rotta\ndescription: [\n---\nRotta.\n"));
    await_readiness(s, "\"file\":\"x.md\"");
    server_hold_clock(s, "2026-05-04T11:00:00Z");
    await_page(s, "/x", 200, "class=\"shut\"");
    assert_contains(server_get(s, "/x").body, STR("15:30"));
    server_stop(s);
}

TEST_MAIN(SERVER_TEST(a_page_is_public_from_its_second_on),
          SERVER_TEST(a_page_ceases_at_its_second_and_shows_a_way_on),
          SERVER_TEST(local_times_follow_daylight_saving),
          SERVER_TEST(a_time_that_comes_while_nothing_runs_holds_at_the_start),
          SERVER_TEST(a_page_ends_in_time_while_a_broken_version_is_saved),
          SERVER_TEST(a_page_ends_in_time_while_its_file_is_being_written),
          SERVER_TEST(the_brands_new_rules_keep_no_old_page_alive),
          SERVER_TEST(what_goes_live_against_new_rules_is_told),
          SERVER_TEST(a_page_whose_address_is_taken_at_its_time_is_told_of_before),
          SERVER_TEST(a_clock_that_is_put_back_brings_back_what_was_then),
          SERVER_TEST(a_shop_is_open_until_the_minute_that_it_says))
