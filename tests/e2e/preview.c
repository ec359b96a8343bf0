/* attimo preview: a draft goes round for approval, and nobody else sees it. */
#include "support/command.h"
#include "support/files.h"
#include "support/publishing.h"
#include "support/test.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define DRAFT \
    "---\ntitle: Bozza\ndescription: Una bozza.\ngoal: letto\ndraft: true\n---\n\nSegreto.\n"

struct fixture {
    struct server *server;
    struct command *command;
};

static int set_up(void **state)
{
    static struct fixture fixture;
    void *inner;
    (void)server_setup(&inner);
    fixture.server = inner;
    (void)command_setup(&inner);
    fixture.command = inner;
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    void *inner = f->command;
    (void)command_teardown(&inner);
    inner = f->server;
    return server_teardown(&inner);
}

static void preview(struct fixture *f, const char *page)
{
    command_run(f->command, "preview", page, "--pages", f->server->pages, "--data", f->server->data,
                "--url", "https://www.example.it/", "--lang", "it");
}

/* As a server that has run before has left it. */
static void leave_key(struct fixture *f)
{
    files_write(f->server->data, "secret", STR("0123456789abcdef0123456789abcdef"));
}

/* The path and query of the link that was printed. */
static const char *target(const struct fixture *f)
{
    static char path[256];
    static const struct str site = STR_INIT("https://www.example.it");
    struct str link = str_trim_lines(buf_str(&f->command->out));
    assert_true(str_starts_with(link, site));
    link = str_skip(link, site.len);
    assert_true(link.len < sizeof path);
    (void)snprintf(path, sizeof path, "%.*s", STR_ARG(link));
    return path;
}

static void a_link_shows_the_draft_and_keeps_it_out_of_caches_and_searches(void **state)
{
    struct fixture *f = *state;
    struct server *s = f->server;
    files_write(s->pages, "x/bozza.md", STR(DRAFT));
    server_start(s);
    preview(f, "x/bozza.md");
    assert_int_equal(f->command->code, 0);
    assert_contains(buf_str(&f->command->err), STR("Vale 48 ore"));

    struct response r = server_get(s, target(f));
    assert_int_equal(r.status, 200);
    assert_contains(r.body, STR("Segreto."));
    assert_field(&r, "X-Robots-Tag", "noindex, nofollow");
    assert_field(&r, "Cache-Control", "no-store");
    assert_field(&r, "Referrer-Policy", "no-referrer");
    server_stop(s);
}

static void a_draft_that_is_there_already_is_not_sent_again(void **state)
{
    struct fixture *f = *state;
    struct server *s = f->server;
    char fields[128];
    files_write(s->pages, "x/bozza.md", STR(DRAFT));
    server_start(s);
    preview(f, "x/bozza.md");
    struct response r = server_get(s, target(f));
    struct str tag = response_field(&r, "ETag");
    assert_true(tag.len > 0);

    (void)snprintf(fields, sizeof fields, "If-None-Match: %.*s\r\n", STR_ARG(tag));
    struct response again = server_ask(s, "GET", target(f), fields);
    assert_not_modified(&again, &r);
    assert_field(&again, "Cache-Control", "no-store");
    assert_field(&again, "X-Robots-Tag", "noindex, nofollow");
    assert_int_equal(server_ask(s, "GET", target(f), "If-Match: \"other\"\r\n").status, 412);
    assert_int_equal(server_get(s, "/x/bozza").status, 404);
    server_stop(s);
}

static void a_visit_to_a_draft_is_not_recorded(void **state)
{
    struct fixture *f = *state;
    struct server *s = f->server;
    files_write(s->pages, "x/bozza.md", STR(DRAFT));
    server_page(s, "a.md", "Ciao.");
    server_start(s);
    preview(f, "x/bozza.md");
    assert_int_equal(server_get(s, target(f)).status, 200);
    assert_int_equal(server_get(s, "/a").status, 200);
    server_stop(s); /* with all that was to be recorded */

    assert_int_equal(run_shell(s, "cat data/journal/*.ndjson | grep -q '\"page\":\"/a\"'"), 0);
    assert_int_equal(run_shell(s, "cat data/journal/*.ndjson | grep -q bozza"), 1);
}

static void a_takedown_of_another_page_leaves_the_link_as_it_is(void **state)
{
    struct fixture *f = *state;
    struct server *s = f->server;
    server_page(s, "index.md", "Benvenuti.");
    files_write(s->pages, "bozza.md", STR(DRAFT));
    leave_key(f);
    preview(f, "bozza.md");
    char link[256];
    (void)snprintf(link, sizeof link, "%s", target(f));
    command_run(f->command, "takedown", "/", "--data", s->data, "--reason", "Prova");
    server_start(s);

    assert_int_equal(server_get(s, "/").status, 410);
    assert_int_equal(server_get(s, link).status, 200);

    server_stop(s);
}

static void hold_clock_in(struct server *s, int hours)
{
    char when[32];
    struct tm tm;
    time_t then = time(NULL) + hours * 3600;
    assert_non_null(gmtime_r(&then, &tm));
    assert_true(strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &tm) > 0);
    server_hold_clock(s, when);
}

static void a_link_is_good_for_two_days(void **state)
{
    struct fixture *f = *state;
    struct server *s = f->server;
    files_write(s->pages, "x/bozza.md", STR(DRAFT));
    leave_key(f);
    preview(f, "x/bozza.md");
    hold_clock_in(s, 47);
    server_start(s);
    assert_int_equal(server_get(s, target(f)).status, 200);

    hold_clock_in(s, 49);
    await_page(s, target(f), 404, NULL);
    server_stop(s);
}

static void without_the_link_there_is_nothing(void **state)
{
    struct fixture *f = *state;
    struct server *s = f->server;
    files_write(s->pages, "x/bozza.md", STR(DRAFT));
    files_write(s->pages, "x/altra.md", STR(DRAFT));
    server_start(s);
    preview(f, "/x/altra");
    char other[256];
    (void)snprintf(other, sizeof other, "/x/bozza%s", strchr(target(f), '?'));

    assert_int_equal(server_get(s, "/x/bozza").status, 404);
    assert_int_equal(server_get(s, "/x/bozza?preview=").status, 404);
    assert_int_equal(server_get(s, "/x/bozza?preview=99999999999.AAAAAAAAAAAAAAAA").status, 404);
    assert_int_equal(server_get(s, other).status, 404);
    assert_int_equal(server_get(s, target(f)).status, 200);
    server_stop(s);
}

static void a_page_that_is_public_needs_no_link(void **state)
{
    struct fixture *f = *state;
    server_page(f->server, "a.md", "Ciao.");
    preview(f, "a.md");
    assert_int_equal(f->command->code, 1);
    assert_contains(buf_str(&f->command->err), STR("è pubblica: https://www.example.it/a\n"));
    assert_int_equal(f->command->out.len, 0);
}

static void a_page_that_is_over_is_not_said_to_be_public(void **state)
{
    struct fixture *f = *state;
    files_write(f->server->pages, "a.md",
                STR("---\ntitle: Ieri\ndescription: Di ieri.\ngoal: letto\n"
                    "expires_at: 2020-05-01\n---\n\nCiao.\n"));
    preview(f, "a.md");
    assert_int_equal(f->command->code, 1);
    assert_contains(buf_str(&f->command->err), STR("è scaduta: https://www.example.it/a\n"));
    assert_int_equal(f->command->out.len, 0);
}

static void a_page_that_shares_its_address_is_not_said_to_be_public(void **state)
{
    struct fixture *f = *state;
    server_page(f->server, "a.md", "Ciao.");
    server_page(f->server, "a.html", "<p>Ciao.");
    preview(f, "a.md");
    assert_int_equal(f->command->code, 1);
    assert_contains(buf_str(&f->command->err), STR("/a.md: errore: indirizzo: "));
    assert_false(str_contains(buf_str(&f->command->err), STR("è pubblica")));
}

/* The server would show the other one, and count the visit. */
static void a_draft_whose_address_is_another_pages_has_no_link(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *file;
        struct str text;
    } others[] = {
        {"bozza.html", STR_INIT("<title>Altra</title>")},
        {"bozza.html", STR_INIT("---\ndraft: true\n---\n<title>Altra</title>")},
        {"altra.md",
         STR_INIT("---\ntitle: Altra\ndescription: d\ngoal: letto\naliases: /bozza\n---\n")},
    };
    files_write(f->server->pages, "bozza.md", STR(DRAFT));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct buf words = BUF_EMPTY;
        char path[PUBLISHING_PATH_MAX];
        files_write(f->server->pages, others[i].file, others[i].text);
        preview(f, "bozza.md");
        assert_int_equal(f->command->code, 1);
        assert_int_equal(f->command->out.len, 0);
        buf_printf(&words, "a /bozza si vedrebbe %s, che ha già", others[i].file);
        assert_contains(buf_str(&f->command->err), buf_str(&words));
        pages_path(f->server, others[i].file, path);
        assert_int_equal(unlink(path), 0);
        buf_finish(&words);
    }
    leave_key(f);
    preview(f, "bozza.md");
    assert_int_equal(f->command->code, 0);
}

static void a_draft_that_has_errors_says_them(void **state)
{
    struct fixture *f = *state;
    files_write(f->server->pages, "a.md", STR("---\ntitle: a\ndraft: true\n---\n"));
    preview(f, "a.md");
    assert_int_equal(f->command->code, 1);
    assert_contains(buf_str(&f->command->err), STR("/a.md:1: errore: descrizione: "));
    preview(f, "b.md");
    assert_int_equal(f->command->code, 1);
    assert_contains(buf_str(&f->command->err), STR("non c’è la pagina b.md"));
}

static void a_page_may_be_named_by_any_path_of_its_file(void **state)
{
    struct fixture *f = *state;
    static const char *const paths[] = {"$PWD/pages/x/bozza.md", "pages/../pages/x/bozza.md"};
    char script[512];
    files_write(f->server->pages, "x/bozza.md", STR(DRAFT));
    leave_key(f);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        (void)snprintf(script, sizeof script, "cd '%s' && \"$ATTIMO\" preview \"%s\"",
                       f->server->root, paths[i]);
        command_shell(f->command, script);
        assert_int_equal(f->command->code, 0);
        assert_contains(buf_str(&f->command->out), STR("/x/bozza?preview="));
    }
}

static void what_new_says_to_do_next_works(void **state)
{
    struct fixture *f = *state;
    static const char *const languages[] = {"it", "en"};
    char script[1024];
    leave_key(f);
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++) {
        (void)snprintf(script, sizeof script,
                       "cd /; \"$ATTIMO\" new andare prova-%s --pages '%s' --lang %s 2>'%s/said'; "
                       "next=$(sed -n 's/^  attimo \\(preview .*[^ ]\\)    .*/\\1/p' '%s/said'); "
                       "\"$ATTIMO\" $next --data '%s'",
                       languages[i], f->server->pages, languages[i], f->server->root,
                       f->server->root, f->server->data);
        command_shell(f->command, script);
        assert_int_equal(f->command->code, 0);
        assert_contains(buf_str(&f->command->out), STR("?preview="));
    }
}

/* The server would not know it; and one that was made by root could not be read by it. */
static void no_key_is_made_for_a_link(void **state)
{
    struct fixture *f = *state;
    struct server *s = f->server;
    files_write(s->pages, "bozza.md", STR(DRAFT));
    assert_int_equal(rmdir(s->data), 0);

    preview(f, "bozza.md");

    assert_int_equal(f->command->code, 3);
    assert_int_equal(f->command->out.len, 0);
    assert_contains(buf_str(&f->command->err), STR("data/secret: non c’è\n"));
    assert_contains(buf_str(&f->command->err), STR("indica la sua cartella dei dati con --data"));
    assert_int_not_equal(access(s->data, F_OK), 0);
    server_start(s);
    preview(f, "bozza.md");
    assert_int_equal(server_get(s, target(f)).status, 200);
    server_stop(s);
}

static void a_server_that_cannot_keep_a_key_serves_all_the_same(void **state)
{
    struct fixture *f = *state;
    struct server *s = f->server;
    files_write(s->root, "file", STR(""));
    char path[512];
    (void)snprintf(path, sizeof path, "%s/file/data", s->root);
    server_page(s, "a.md", "Ciao.");
    server_flag(s, "--data", path);
    server_start(s);
    assert_int_equal(server_get(s, "/a").status, 200);
    assert_true(server_said(s, "no links to drafts"));
    server_stop(s);
}

#define PREVIEW_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

TEST_MAIN(PREVIEW_TEST(a_link_shows_the_draft_and_keeps_it_out_of_caches_and_searches),
          PREVIEW_TEST(a_draft_that_is_there_already_is_not_sent_again),
          PREVIEW_TEST(a_visit_to_a_draft_is_not_recorded),
          PREVIEW_TEST(a_takedown_of_another_page_leaves_the_link_as_it_is),
          PREVIEW_TEST(a_link_is_good_for_two_days),
          PREVIEW_TEST(without_the_link_there_is_nothing),
          PREVIEW_TEST(a_page_that_is_public_needs_no_link),
          PREVIEW_TEST(a_page_that_is_over_is_not_said_to_be_public),
          PREVIEW_TEST(a_page_that_shares_its_address_is_not_said_to_be_public),
          PREVIEW_TEST(a_draft_whose_address_is_another_pages_has_no_link),
          PREVIEW_TEST(a_draft_that_has_errors_says_them),
          PREVIEW_TEST(a_page_may_be_named_by_any_path_of_its_file),
          PREVIEW_TEST(what_new_says_to_do_next_works), PREVIEW_TEST(no_key_is_made_for_a_link),
          PREVIEW_TEST(a_server_that_cannot_keep_a_key_serves_all_the_same))
