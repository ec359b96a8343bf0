/* Ways in which people and programs save pages, all of which must end in the right site. */
#include "support/publishing.h"
#include "support/files.h"
#include "support/test.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void start(struct server *s)
{
    server_page(s, "index.md", "Benvenuti.");
    server_page(s, "x.md", "La prima versione.");
    server_start(s);
    await_page(s, "/x", 200, "La prima versione.");
}

static void a_page_that_is_written_in_its_place_is_live(void **state)
{
    struct server *s = *state;
    start(s);

    save_in_place(s, "x.md", "La seconda versione.");

    await_page(s, "/x", 200, "La seconda versione.");
    await_log(s, "/x is live after ");
    server_stop(s);
}

static void two_versions_that_look_the_same_to_the_file_system_are_told_apart(void **state)
{
    struct server *s = *state;
    start(s);
    char path[PUBLISHING_PATH_MAX];
    pages_path(s, "x.md", path);
    for (int i = 0; i < 50; i++) {
        char body[32];
        struct stat st;
        (void)snprintf(body, sizeof body, "Versione %02d.", i);
        save_in_place(s, "x.md", body); /* of one size, in one file, */
        const struct timespec times[] = {{0, UTIME_OMIT}, {1700000000, 0}};
        assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0); /* of one time */
        assert_int_equal(stat(path, &st), 0);
    }
    await_page(s, "/x", 200, "Versione 49.");
    server_stop(s);
}

static void a_page_that_is_renamed_into_its_place_is_live(void **state)
{
    struct server *s = *state;
    start(s);

    server_page(s, "x.md", "La seconda versione."); /* aside, then renamed */

    await_page(s, "/x", 200, "La seconda versione.");
    server_stop(s);
}

/* vim's way: the old version gets another name, the new one is written under the old name. */
static void a_page_is_there_while_its_editor_keeps_a_copy(void **state)
{
    struct server *s = *state;
    start(s);

    assert_int_equal(run_shell(s, "mv pages/x.md pages/x.md~"), 0);
    assert_int_equal(server_get(s, "/x").status, 200);
    save_in_place(s, "x.md", "La seconda versione.");

    await_page(s, "/x", 200, "La seconda versione.");
    assert_int_equal(server_get(s, "/x.md~").status, 404);
    server_stop(s);
}

static void a_page_that_is_deleted_and_made_anew_is_live(void **state)
{
    struct server *s = *state;
    start(s);

    assert_int_equal(run_shell(s, "rm pages/x.md"), 0);
    save_in_place(s, "x.md", "La seconda versione.");
    await_page(s, "/x", 200, "La seconda versione.");

    assert_int_equal(run_shell(s, "rm pages/x.md"), 0);
    await_page(s, "/x", 404, NULL);
    save_in_place(s, "x.md", "La terza versione.");
    await_page(s, "/x", 200, "La terza versione.");
    server_stop(s);
}

static void a_deleted_page_is_gone(void **state)
{
    struct server *s = *state;
    start(s);

    assert_int_equal(run_shell(s, "rm pages/x.md"), 0);

    await_page(s, "/x", 404, NULL);
    await_log(s, "/x is no more");
    assert_int_equal(server_get(s, "/").status, 200);
    server_stop(s);
}

static void a_folder_that_is_copied_is_live_as_a_whole(void **state)
{
    struct server *s = *state;
    start(s);

    assert_int_equal(run_shell(s, "mkdir -p new/deep/er;"
                                  "for i in 1 2 3 4 5 6 7 8 9; do"
                                  "  sed \"s/prima/$i/\" pages/x.md > new/deep/$i.md;"
                                  "  sed \"s/prima/$i/\" pages/x.md > new/deep/er/$i.md;"
                                  "done; cp -r new pages/"),
                     0);

    for (int i = 1; i <= 9; i++) {
        char target[64];
        char text[64];
        (void)snprintf(text, sizeof text, "La %d versione.", i);
        (void)snprintf(target, sizeof target, "/new/deep/%d", i);
        await_page(s, target, 200, text);
        (void)snprintf(target, sizeof target, "/new/deep/er/%d", i);
        await_page(s, target, 200, text);
    }
    server_stop(s);
}

static void a_folder_that_is_moved_takes_its_pages_along(void **state)
{
    struct server *s = *state;
    server_page(s, "here/deep/x.md", "Una pagina in viaggio.");
    start(s);

    assert_int_equal(run_shell(s, "mv pages/here pages/there"), 0);
    await_page(s, "/there/deep/x", 200, "in viaggio");
    await_page(s, "/here/deep/x", 404, NULL);

    save_in_place(s, "there/deep/x.md", "Arrivata.");
    await_page(s, "/there/deep/x", 200, "Arrivata.");

    assert_int_equal(run_shell(s, "mv pages/there elsewhere"), 0);
    await_page(s, "/there/deep/x", 404, NULL);
    assert_int_equal(run_shell(s, "mv elsewhere/deep pages/back"), 0);
    await_page(s, "/back/x", 200, "Arrivata.");
    server_stop(s);
}

static void a_checkout_of_another_commit_ends_in_that_commit(void **state)
{
    struct server *s = *state;
    if (!has_program("git"))
        skip_because("there is no git here");
    server_page(s, "same.md", "Sempre uguale.");
    server_page(s, "old/only.md", "Solo prima.");
    start(s);
    assert_int_equal(
        run_shell(s, "cd pages; export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=a "
                     "GIT_AUTHOR_EMAIL=a@a GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@a;"
                     "git init -q -b one .; for i in $(seq 100); do"
                     "  sed \"s/La prima/Numero $i, prima/\" x.md > p$i.md; done;"
                     "git add .; git commit -qm one; git checkout -q -b two;"
                     "for i in $(seq 100); do sed \"s/La prima/Numero $i, seconda/\" x.md > p$i.md;"
                     "done; mkdir new; sed 's/La prima/Solo dopo, la/' x.md > new/only.md;"
                     "rm -r old; git add -A .; git commit -qm two; git checkout -q one"),
        0);
    await_page(s, "/p100", 200, "Numero 100, prima");
    await_page(s, "/old/only", 200, "Solo prima.");
    await_page(s, "/new/only", 404, NULL);

    assert_int_equal(run_shell(s, "cd pages; git checkout -q two"), 0);

    for (int i = 1; i <= 100; i++) {
        char target[32];
        char text[64];
        (void)snprintf(target, sizeof target, "/p%d", i);
        (void)snprintf(text, sizeof text, "Numero %d, seconda", i);
        await_page(s, target, 200, text);
    }
    await_page(s, "/new/only", 200, "Solo dopo");
    await_page(s, "/old/only", 404, NULL);
    await_page(s, "/same", 200, "Sempre uguale.");
    assert_int_equal(server_get(s, "/.git/HEAD").status, 404);
    server_stop(s);
}

static void rsync_with_delete_ends_in_what_was_sent(void **state)
{
    struct server *s = *state;
    if (!has_program("rsync"))
        skip_because("there is no rsync here");
    start(s);
    assert_int_equal(run_shell(s,
                               "mkdir -p sent/new; sed 's/prima/seconda/' pages/x.md > sent/x.md;"
                               "cp sent/x.md sent/new/y.md; rsync -a --delete sent/ pages/"),
                     0);

    await_page(s, "/x", 200, "La seconda versione.");
    await_page(s, "/new/y", 200, "La seconda versione.");
    await_page(s, "/", 404, NULL);
    server_stop(s);
}

/* It writes over the file that is live, block by block, and sets its time afterwards. */
static void rsync_in_place_ends_in_what_was_sent(void **state)
{
    struct server *s = *state;
    if (!has_program("rsync"))
        skip_because("there is no rsync here");
    start(s);
    assert_int_equal(run_shell(s, "mkdir sent; sed 's/prima/seconda/' pages/x.md > sent/x.md;"
                                  "cp sent/x.md sent/y.md; touch -d 2020-01-01 sent/*.md;"
                                  "rsync -a --inplace --no-whole-file sent/ pages/"),
                     0);
    await_page(s, "/x", 200, "La seconda versione.");
    await_page(s, "/y", 200, "La seconda versione.");

    /* Of the same size and the same time, as two deployments of one second may have them. */
    assert_int_equal(run_shell(s, "sed -i 's/seconda/secondo/' sent/x.md;"
                                  "touch -d 2020-01-01 sent/x.md;"
                                  "rsync -a --checksum --inplace --no-whole-file sent/ pages/"),
                     0);
    await_page(s, "/x", 200, "La secondo versione.");
    assert_int_equal(server_get(s, "/").status, 200);
    server_stop(s);
}

static void files_that_are_copied_over_others_are_live(void **state)
{
    struct server *s = *state;
    start(s);
    assert_int_equal(run_shell(s,
                               "mkdir -p copy/new; sed 's/prima/seconda/' pages/x.md > copy/x.md;"
                               "cp copy/x.md copy/new/y.md; cp -r copy/. pages/"),
                     0);

    await_page(s, "/x", 200, "La seconda versione.");
    await_page(s, "/new/y", 200, "La seconda versione.");
    assert_int_equal(server_get(s, "/").status, 200);
    server_stop(s);
}

/* Capistrano's way: releases side by side, and a link to the one that counts. */
static void a_switched_link_switches_the_site(void **state)
{
    struct server *s = *state;
    assert_int_equal(run_shell(s, "rmdir pages; mkdir -p releases/1 releases/2; "
                                  "ln -s releases/1 pages"),
                     0);
    server_page(s, "only-1.md", "Solo nella prima.");
    start(s);
    assert_int_equal(run_shell(s, "sed 's/prima/seconda/' releases/1/x.md > releases/2/x.md;"
                                  "ln -s releases/2 switched; mv -T switched pages"),
                     0);
    await_page(s, "/x", 200, "La seconda versione.");
    await_page(s, "/only-1", 404, NULL);

    save_in_place(s, "x.md", "La terza versione.");
    await_page(s, "/x", 200, "La terza versione.");

    assert_int_equal(run_shell(s, "ln -s releases/1 switched; mv -T switched pages"), 0);
    await_page(s, "/x", 200, "La prima versione.");
    await_page(s, "/only-1", 200, "Solo nella prima.");
    server_stop(s);
}

static void pages_stay_live_while_their_folder_is_away(void **state)
{
    struct server *s = *state;
    start(s);

    assert_int_equal(run_shell(s, "mv pages away"), 0);
    await_log(s, "what was published stays live");
    assert_int_equal(server_get(s, "/x").status, 200);

    assert_int_equal(run_shell(s, "sed -i 's/prima/seconda/' away/x.md; mv away pages"), 0);
    await_page(s, "/x", 200, "La seconda versione.");
    server_stop(s);
}

static void settings_are_taken_over_by_every_page(void **state)
{
    struct server *s = *state;
    start(s);

    files_write(s->pages, "_site.yaml", STR("legal: Ditta Rossi, P.IVA 01234567890\n"));
    await_page(s, "/x", 200, "Ditta Rossi");
    await_page(s, "/", 200, "Ditta Rossi");

    files_write(s->pages, "_site.yaml", STR("legal: [\n"));
    await_log(s, "settings stay as they were");
    assert_contains(server_get(s, "/x").body, STR("Ditta Rossi"));
    await_readiness(s, "\"file\":\"_site.yaml\"");

    files_write(s->pages, "_site.yaml", STR("legal: Ditta Bianchi\n"));
    await_page(s, "/x", 200, "Ditta Bianchi");
    server_stop(s);
}

/* A modification time that is set is told like a write, and no close follows. */
static void settings_are_taken_over_by_a_page_that_was_touched(void **state)
{
    struct server *s = *state;
    start(s);

    assert_int_equal(run_shell(s, "touch -c -m -r pages/x.md pages/x.md"), 0);
    save_in_place(s, "index.md", "Bentornati.");
    await_page(s, "/", 200, "Bentornati."); /* by now it was looked at, too */
    files_write(s->pages, "_site.yaml", STR("legal: Ditta Rossi\n"));

    await_page(s, "/x", 200, "Ditta Rossi");
    server_stop(s);
}

static void search_engines_find_what_is_live(void **state)
{
    struct server *s = *state;
    start(s);
    assert_int_equal(server_get(s, "/sitemap.xml").status, 404);

    files_write(s->pages, "_site.yaml", STR("url: https://www.example.it\n"));
    await_page(s, "/sitemap.xml", 200, "<loc>https://www.example.it/x</loc>");
    await_page(s, "/robots.txt", 200, "Sitemap: https://www.example.it/sitemap.xml\n");
    struct response map = server_get(s, "/sitemap.xml");
    assert_field(&map, "Content-Type", "application/xml");

    save_in_place(s, "nuova.md", "Una pagina nuova.");
    await_page(s, "/sitemap.xml", 200, "<loc>https://www.example.it/nuova</loc>");

    files_write(s->pages, "robots.txt", STR("User-agent: *\nDisallow: /\n"));
    await_page(s, "/robots.txt", 200, "Disallow: /\n");
    server_stop(s);
}

/* As the pages are, and again whenever it changes. */
static void what_search_engines_get_is_compressed_as_well_as_possible(void **state)
{
    struct server *s = *state;
    files_write(s->pages, "_site.yaml", STR("url: https://www.example.it\n"));
    start(s);
    server_wait_until_compressed(s);
    assert_contains(server_get(s, "/robots.txt").body, STR("/sitemap.xml\n"));

    save_in_place(s, "nuova.md", "Una pagina nuova.");
    await_page(s, "/sitemap.xml", 200, "<loc>https://www.example.it/nuova</loc>");
    server_wait_until_compressed(s);
    assert_int_equal(run_shell(s, "rm pages/nuova.md"), 0);
    await_no(s, "/sitemap.xml", "/nuova");
    server_wait_until_compressed(s);
    assert_contains(server_get(s, "/sitemap.xml").body, STR("<loc>https://www.example.it/x</loc>"));
    server_stop(s);
}

static void every_worker_serves_the_new_page(void **state)
{
    struct server *s = *state;
    server_flag(s, "--workers", "3");
    start(s);
    struct client *clients[6]; /* dealt to the workers in turn */
    for (int i = 0; i < 6; i++)
        clients[i] = server_connect(s, 0);

    save_in_place(s, "x.md", "La seconda versione.");
    await_page(s, "/x", 200, "La seconda versione.");
    await_log(s, "/x is live after ");

    for (int i = 0; i < 6; i++) {
        client_send_text(clients[i], "GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
        assert_contains(client_response(clients[i]).body, STR("La seconda versione."));
    }
    server_stop(s);
}

TEST_MAIN(SERVER_TEST(a_page_that_is_written_in_its_place_is_live),
          SERVER_TEST(two_versions_that_look_the_same_to_the_file_system_are_told_apart),
          SERVER_TEST(a_page_that_is_renamed_into_its_place_is_live),
          SERVER_TEST(a_page_is_there_while_its_editor_keeps_a_copy),
          SERVER_TEST(a_page_that_is_deleted_and_made_anew_is_live),
          SERVER_TEST(a_deleted_page_is_gone),
          SERVER_TEST(a_folder_that_is_copied_is_live_as_a_whole),
          SERVER_TEST(a_folder_that_is_moved_takes_its_pages_along),
          SERVER_TEST(a_checkout_of_another_commit_ends_in_that_commit),
          SERVER_TEST(rsync_with_delete_ends_in_what_was_sent),
          SERVER_TEST(rsync_in_place_ends_in_what_was_sent),
          SERVER_TEST(files_that_are_copied_over_others_are_live),
          SERVER_TEST(a_switched_link_switches_the_site),
          SERVER_TEST(pages_stay_live_while_their_folder_is_away),
          SERVER_TEST(settings_are_taken_over_by_every_page),
          SERVER_TEST(settings_are_taken_over_by_a_page_that_was_touched),
          SERVER_TEST(search_engines_find_what_is_live),
          SERVER_TEST(what_search_engines_get_is_compressed_as_well_as_possible),
          SERVER_TEST(every_worker_serves_the_new_page))
