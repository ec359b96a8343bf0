/* What is broken keeps its last good version, is told, and harms nothing else. */
#include "support/files.h"
#include "support/json.h"
#include "support/publishing.h"
#include "support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void start(struct server *s)
{
    server_page(s, "x.md", "La prima versione.");
    server_page(s, "y.md", "Un'altra pagina.");
    server_start(s);
    await_page(s, "/x", 200, "La prima versione.");
}

static void a_broken_page_leaves_the_last_good_version_live(void **state)
{
    struct server *s = *state;
    start(s);

    files_write(s->pages, "x.md", STR("---\ntitle: Rotta\ndescription: [\n---\nRotta.\n"));

    await_readiness(s, "\"file\":\"x.md\",\"line\":4,\"error\":");
    await_readiness(s, "\"rejected\":1");
    await_readiness(s, "\"live\":\"");
    await_log(s, "x.md is not published, version ");
    await_log(s, " stays live: x.md:4: error: ");
    assert_contains(server_get(s, "/x").body, STR("La prima versione."));
    assert_contains(server_admin(s, "/metrics").body,
                    STR("\nattimo_pages{state=\"rejected\"} 1\n"));
    save_in_place(s, "y.md", "Cambiata.");
    await_page(s, "/y", 200, "Cambiata.");

    save_in_place(s, "x.md", "Riparata.");
    await_page(s, "/x", 200, "Riparata.");
    await_readiness(s, "\"rejected\":0");
    assert_contains(server_admin(s, "/metrics").body,
                    STR("\nattimo_pages{state=\"rejected\"} 0\n"));
    server_stop(s);
}

/* `attimo check` beside the server; whether it says `words`, a regular expression. */
static bool check_says(struct server *s, const char *arguments, const char *words)
{
    char program[PUBLISHING_PATH_MAX];
    char line[4096];
    const char *given = getenv("ATTIMO");
    assert_non_null(realpath(given && *given ? given : "build/attimo", program));
    (void)snprintf(line, sizeof line, "'%s' check %s --data '%s' | grep -q '%s'", program,
                   arguments, s->data, words);
    return run_shell(s, line) == 0;
}

static void check_says_which_version_stays_live(void **state)
{
    struct server *s = *state;
    start(s);
    files_write(s->pages, "x.md", STR("---\ntitle: Rotta\ndescription: [\n---\nRotta.\n"));
    files_write(s->pages, "z.md", STR("---\ntitle: Mai stata\n---\nRotta.\n"));
    await_log(s, "x.md is not published, version ");
    await_log(s, "z.md is not published: ");

    assert_true(check_says(s, "--lang it pages", "^/x .*: resta online [-_0-9A-Za-z]\\{8\\}$"));
    assert_true(check_says(s, "--lang it pages", "^/z .*: questa versione non va online$"));
    assert_true(check_says(s, "--lang en pages", "^/x .*: [-_0-9A-Za-z]\\{8\\} stays live$"));
    assert_true(
        check_says(s, "--json pages", "\"state\":\"rejected\",\"live\":\"[-_0-9A-Za-z]\\{8\\}\""));
    assert_int_equal(run_shell(s, "cp -r pages copy"), 0);
    assert_true(check_says(s, "--lang en copy", "^/x .*: this version is not published$"));

    server_stop(s); /* and nothing is live any more */
    assert_true(check_says(s, "--lang it pages", "^/x .*: questa versione non va online$"));
}

static void text_that_is_not_utf8_is_told_at_its_line(void **state)
{
    struct server *s = *state;
    start(s);

    files_write(s->pages, "x.md", STR("---\ntitle: Caff\xE8\ndescription: d\n---\nTesto.\n"));

    await_readiness(s, "\"file\":\"x.md\",\"line\":2,\"error\":\"this is not UTF-8");
    assert_contains(server_get(s, "/x").body, STR("La prima versione."));
    assert_int_equal(server_get(s, "/y").status, 200);
    server_stop(s);
}

static void an_empty_file_is_no_page_yet(void **state)
{
    struct server *s = *state;
    start(s);

    files_write(s->pages, "x.md", STR(""));

    await_readiness(s, "\"rejected\":1");
    assert_contains(server_get(s, "/x").body, STR("La prima versione."));
    server_stop(s);
}

/* What a full disk leaves of a file that was to be written over. */
static void an_emptied_file_is_not_taken_for_what_was_in_it(void **state)
{
    struct server *s = *state;
    files_write(s->pages, "_site.yaml", STR("capture: off\n"));
    files_write(s->pages, "p.png", STR("un'immagine"));
    start(s);

    assert_int_equal(run_shell(s, ": >pages/p.png; : >pages/_site.yaml"), 0);

    await_log(s, "the site's settings stay as they were: _site.yaml: error: empty: ");
    await_readiness(s, "\"file\":\"_site.yaml\",\"error\":\"there is nothing in this file");
    await_log(s, "p.png is not published, version ");
    assert_str(server_get(s, "/p.png").body, STR("un'immagine"));
    assert_false(str_contains(server_get(s, "/x").body, STR("<script>")));
    files_write(s->pages, "_site.yaml", STR("# nothing is asked for\n"));
    await_page(s, "/x", 200, "<script>");
    server_stop(s);
}

static void a_huge_file_is_refused(void **state)
{
    struct server *s = *state;
    start(s);

    assert_int_equal(run_shell(s, "truncate -s 100M huge; mv huge pages/x.md"), 0);

    await_log(s, "x.md is not published, version ");
    assert_contains(server_get(s, "/x").body, STR("La prima versione."));
    server_stop(s);
}

static void a_pipe_is_no_page_and_stops_nothing(void **state)
{
    struct server *s = *state;
    start(s);

    assert_int_equal(run_shell(s, "mkfifo pages/pipe.md"), 0);

    await_log(s, "pipe.md is not published");
    await_readiness(s, "\"file\":\"pipe.md\"");
    save_in_place(s, "x.md", "La seconda versione.");
    await_page(s, "/x", 200, "La seconda versione.");
    assert_int_equal(server_get(s, "/pipe").status, 404);
    assert_int_equal(run_shell(s, "rm pages/pipe.md"), 0);
    await_readiness(s, "\"rejected\":0");
    server_stop(s);
}

static void a_folder_named_like_a_page_publishes_what_is_in_it(void **state)
{
    struct server *s = *state;
    start(s);

    server_page(s, "folder.md/in.md", "Dentro.");

    await_page(s, "/folder.md/in", 200, "Dentro.");
    assert_int_equal(server_get(s, "/folder").status, 404);
    server_stop(s);
}

/* Editors on Windows put it behind the name, where nobody sees it. */
static void a_page_that_ends_in_txt_is_not_public(void **state)
{
    struct server *s = *state;
    start(s);
    files_write(s->pages, "promo.md.txt",
                STR("---\ntitle: P\ndescription: D\ndraft: true\n---\n\nNon ancora.\n"));
    await_log(s, "promo.md.txt: warning: file: this is not published");
    assert_int_equal(server_get(s, "/promo.md.txt").status, 404);
    server_stop(s);
}

static void settings_of_another_name_are_told_and_do_not_hold(void **state)
{
    struct server *s = *state;
    start(s);
    files_write(s->pages, "_site.yml", STR("name: Sport Parma\n"));
    await_log(s, "_site.yml: warning: file: attimo does not read this");
    files_write(s->pages, "_guidelines.yaml.txt", STR("require_credit: true\n"));
    await_log(s, "_guidelines.yaml.txt: warning: file: attimo does not read this");
    await_no(s, "/x", "Sport Parma");
    server_stop(s);
}

static void a_file_that_vanishes_while_it_is_saved_does_no_harm(void **state)
{
    struct server *s = *state;
    start(s);

    for (int i = 0; i < 200; i++) {
        char path[PUBLISHING_PATH_MAX];
        char name[32];
        (void)snprintf(name, sizeof name, "flash%d.md", i);
        save_in_place(s, name, "Un lampo.");
        pages_path(s, name, path);
        assert_int_equal(unlink(path), 0);
    }

    save_in_place(s, "x.md", "La seconda versione.");
    await_page(s, "/x", 200, "La seconda versione.");
    for (int i = 0; i < 200; i += 50) {
        char target[32];
        (void)snprintf(target, sizeof target, "/flash%d", i);
        await_page(s, target, 404, NULL);
    }
    await_readiness(s, "\"live\":2,\"rejected\":0");
    server_stop(s);
}

static void a_file_that_may_not_be_read_keeps_its_last_version(void **state)
{
    struct server *s = *state;
    start(s);
    char path[PUBLISHING_PATH_MAX];
    pages_path(s, "x.md", path);

    server_page(s, "new.md", "Nuova.");
    await_page(s, "/new", 200, "Nuova.");
    assert_int_equal(run_shell(s, "sed 's/prima/seconda/' pages/x.md > x; chmod 0 x; "
                                  "mv x pages/x.md"),
                     0);
    await_log(s, "x.md is not published, version ");
    assert_contains(server_get(s, "/x").body, STR("La prima versione."));

    assert_int_equal(chmod(path, 0644), 0);
    await_page(s, "/x", 200, "La seconda versione.");
    server_stop(s);
}

static void a_folder_that_could_not_be_read_for_a_while_leaves_no_trace(void **state)
{
    struct server *s = *state;
    server_page(s, "f/in.md", "Dentro.");
    start(s);
    char path[PUBLISHING_PATH_MAX];
    pages_path(s, "f", path);

    assert_int_equal(chmod(path, 0), 0);
    await_log(s, "f/in.md is not published, version ");
    assert_int_equal(server_get(s, "/f/in").status, 200);
    assert_int_equal(chmod(path, 0755), 0);
    await_readiness(s, "\"rejected\":0");
    assert_false(server_said(s, "max_user_watches"));

    server_stop(s);
}

static void a_folder_in_the_theme_that_cannot_be_walked_keeps_no_settings_back(void **state)
{
    struct server *s = *state;
    server_page(s, "index.md", "Benvenuti.");
    start(s);
    char path[PUBLISHING_PATH_MAX];
    pages_path(s, "_theme", path);
    assert_int_equal(mkdir(path, 0755), 0);
    pages_path(s, "_theme/sub", path);
    assert_int_equal(symlink(".", path), 0);

    for (int n = 1; n < 4; n++) {
        char yaml[32];
        (void)snprintf(yaml, sizeof yaml, "legal: Ditta %d.\n", n);
        files_write(s->pages, "_site.yaml", str_from(yaml));
        yaml[strlen(yaml) - 1] = '\0';
        await_page(s, "/", 200, yaml + strlen("legal: "));
    }
    server_stop(s);
}

static void names_with_spaces_and_emoji_are_pages_like_others(void **state)
{
    struct server *s = *state;
    start(s);

    save_in_place(s, "due parole \xF0\x9F\x8D\x95.md", "Con la pizza.");

    await_page(s, "/due%20parole%20%F0%9F%8D%95", 200, "Con la pizza.");
    server_stop(s);
}

static void a_name_that_is_no_text_is_told_so_that_programs_can_read_it(void **state)
{
    struct server *s = *state;
    start(s);

    save_in_place(s, "caff\xE8.md", "In latin-1.");

    await_readiness(s,
                    "{\"file\":\"caff\\\\xe8.md\",\"error\":\"the name cannot become an address");
    assert_true(json_is_valid(server_admin(s, "/readyz").body));
    await_log(s, ".md is not published: ");
    server_stop(s);
}

static void of_two_files_for_one_address_the_first_stays(void **state)
{
    struct server *s = *state;
    start(s);

    server_page(s, "x.html", "L'intruso.");
    await_log(s, "x.html is not published: error: url: /x is also the address of x.md");
    assert_contains(server_get(s, "/x").body, STR("La prima versione."));
    await_readiness(s, "\"file\":\"x.html\"");

    assert_int_equal(run_shell(s, "rm pages/x.md"), 0);
    await_page(s, "/x", 200, "L'intruso.");
    await_readiness(s, "\"rejected\":0");
    server_stop(s);
}

#define WITH_ALIAS \
    "---\ntitle: Una\ndescription: Una pagina.\ngoal: letto\naliases: [/qr]\n---\nTesto.\n"

static void an_alias_of_two_pages_leads_to_the_first_and_both_are_told(void **state)
{
    struct server *s = *state;
    files_write(s->pages, "b.md", STR(WITH_ALIAS));
    start(s);
    struct response r = server_get(s, "/qr");
    assert_field(&r, "Location", "/b");

    files_write(s->pages, "c.md", STR(WITH_ALIAS));
    await_log(s, "b.md: warning: alias: the alias /qr leads here, but c.md has it too");
    await_log(s, "c.md: warning: alias: the alias /qr does not lead here, but to b.md");
    r = server_get(s, "/qr");
    assert_field(&r, "Location", "/b");
    assert_int_equal(server_get(s, "/c").status, 200);
    await_readiness(s, "\"rejected\":0");

    assert_int_equal(run_shell(s, "rm pages/b.md"), 0);
    await_page(s, "/b", 404, NULL);
    r = server_get(s, "/qr");
    assert_field(&r, "Location", "/c");
    server_stop(s);
}

static void a_link_that_leads_outside_is_not_followed(void **state)
{
    struct server *s = *state;
    start(s);
    files_write(s->root, "secret.md",
                STR("---\ntitle: Segreto\ndescription: Un segreto.\n---\nSegreto.\n"));

    assert_int_equal(run_shell(s, "ln -s ../secret.md pages/secret.md"), 0);

    await_log(s, "secret.md is not published");
    assert_int_equal(server_get(s, "/secret").status, 404);
    server_stop(s);
}

static void a_link_to_a_folder_that_it_is_in_has_no_pages(void **state)
{
    struct server *s = *state;
    start(s);
    assert_int_equal(run_shell(s, "ln -s . pages/l"), 0);
    await_log(s, "l is not published: l: error: file: this link leads back to itself");

    save_in_place(s, "x.md", "La seconda versione.");
    await_page(s, "/x", 200, "La seconda versione.");
    save_in_place(s, "x.md", "La terza versione.");
    await_page(s, "/x", 200, "La terza versione.");
    assert_int_equal(server_get(s, "/l/x").status, 404);
    server_stop(s);
}

/* With each new folder all files are looked at. */
static void what_is_wrong_with_the_theme_is_told_once(void **state)
{
    struct server *s = *state;
    start(s);
    assert_int_equal(run_shell(s, "echo 'p { }' > style.css; mkdir pages/_theme && "
                                  "ln -s ../../style.css pages/_theme/style.css"),
                     0);
    await_log(s, "the site's settings stay as they were: _theme/style.css: error: ");
    for (int i = 0; i < 4; i++) {
        char name[32];
        char path[32];
        (void)snprintf(name, sizeof name, "n%d/x.md", i);
        (void)snprintf(path, sizeof path, "/n%d/x", i);
        server_page(s, name, "Nuova.");
        await_page(s, path, 200, "Nuova.");
    }
    assert_int_equal(times_said(s, "settings stay as they were"), 1);

    assert_int_equal(run_shell(s, "rm pages/_theme/style.css; cp style.css pages/_theme"), 0);
    await_log(s, "the site's settings have changed");
    server_stop(s);
}

TEST_MAIN(SERVER_TEST(a_broken_page_leaves_the_last_good_version_live),
          SERVER_TEST(check_says_which_version_stays_live),
          SERVER_TEST(text_that_is_not_utf8_is_told_at_its_line),
          SERVER_TEST(an_empty_file_is_no_page_yet),
          SERVER_TEST(an_emptied_file_is_not_taken_for_what_was_in_it),
          SERVER_TEST(a_huge_file_is_refused), SERVER_TEST(a_pipe_is_no_page_and_stops_nothing),
          SERVER_TEST(a_folder_named_like_a_page_publishes_what_is_in_it),
          SERVER_TEST(a_page_that_ends_in_txt_is_not_public),
          SERVER_TEST(settings_of_another_name_are_told_and_do_not_hold),
          SERVER_TEST(a_file_that_vanishes_while_it_is_saved_does_no_harm),
          SERVER_TEST(a_file_that_may_not_be_read_keeps_its_last_version),
          SERVER_TEST(a_folder_that_could_not_be_read_for_a_while_leaves_no_trace),
          SERVER_TEST(a_folder_in_the_theme_that_cannot_be_walked_keeps_no_settings_back),
          SERVER_TEST(names_with_spaces_and_emoji_are_pages_like_others),
          SERVER_TEST(a_name_that_is_no_text_is_told_so_that_programs_can_read_it),
          SERVER_TEST(of_two_files_for_one_address_the_first_stays),
          SERVER_TEST(an_alias_of_two_pages_leads_to_the_first_and_both_are_told),
          SERVER_TEST(a_link_that_leads_outside_is_not_followed),
          SERVER_TEST(a_link_to_a_folder_that_it_is_in_has_no_pages),
          SERVER_TEST(what_is_wrong_with_the_theme_is_told_once))
