/* What the crisis switch tells who uses it. */
#include "support/files.h"
#include "support/publishing.h"
#include "support/test.h"

#include <stdio.h>

/* `words`, in the folder where `pages` and `data` are: what it says has to hold `told`. */
static void take_down_and_be_told(struct server *s, const char *words, const char *told)
{
    char program[PUBLISHING_PATH_MAX];
    char line[2048];
    const char *given = getenv("ATTIMO");
    assert_non_null(realpath(given && *given ? given : "build/attimo", program));
    (void)snprintf(line, sizeof line, "'%s' takedown --reason x %s 2>e", program, words);
    assert_int_equal(run_shell(s, line), 0);
    if (*told)
        (void)snprintf(line, sizeof line, "grep -q '%s' e", told);
    else
        (void)snprintf(line, sizeof line, "test ! -s e");
    if (run_shell(s, line) != 0)
        fail_msg("%s: not told: %s", words, told);
}

static void one_is_told_what_was_there_to_take_down(void **state)
{
    struct server *s = *state;
    server_page(s, "c.md", "Una pagina.");
    server_page(s, "f.md", "Una pagina.");
    server_page(s, "f/index.md", "Un'altra.");
    files_write(s->pages, "d.md",
                STR("---\ntitle: D\ndescription: D\naliases: /qr\n---\n\nNuova.\n"));
    server_start(s);
    take_down_and_be_told(s, "/c/ --lang en", "");
    take_down_and_be_told(s, "/cc --lang it", "non c’è nessuna pagina");
    take_down_and_be_told(s, "/cc --lang en", "though no page of \"pages\" is there now");
    take_down_and_be_told(s, "/qr --lang en", "only an alias of /d");
    take_down_and_be_told(s, "/f.html --lang en", "are taken down: /f/, /f$");
    take_down_and_be_told(s, "/f --lang it", "sono ritirate insieme.*: /f/, /f$");
    server_stop(s);
}

/* A folder that is called `pages` need not be this server's. */
static void nothing_is_told_of_pages_that_may_be_anothers(void **state)
{
    struct server *s = *state;
    assert_int_equal(run_shell(s, "mkdir other; ln -s data elsewhere"), 0);
    files_write(s->root, "a.yaml", STR("data: elsewhere\n"));
    files_write(s->root, "b.yaml", STR("data: elsewhere\npages: other\n"));
    server_start(s);
    take_down_and_be_told(s, "/cc --lang en --data elsewhere", "");
    take_down_and_be_told(s, "/cc --lang en --config a.yaml", "");
    take_down_and_be_told(s, "/cc --lang en --config b.yaml", "no page of \"other\" is there");
    server_stop(s);
}

/* The page stays where it is, and nobody must believe otherwise. One that ended badly has left its
 * socket. */
static void one_is_told_that_no_server_runs_with_the_data_folder(void **state)
{
    struct server *s = *state;
    server_page(s, "a.md", "Ciao.");
    server_flag(s, "--record", "off");
    assert_int_equal(run_shell(s, "mkdir elsewhere"), 0);
    server_start(s);

    take_down_and_be_told(s, "/b --lang en --data elsewhere",
                          "no server runs with the data folder \"elsewhere\"");
    take_down_and_be_told(s, "/b --lang it --data elsewhere",
                          "con la cartella dei dati «elsewhere» non lavora nessun server");
    take_down_and_be_told(s, "/a --lang en", "");

    process_kill(&s->process);
    take_down_and_be_told(s, "/a --lang en", "no server runs with the data folder \"data\"");
}

TEST_MAIN(SERVER_TEST(one_is_told_what_was_there_to_take_down),
          SERVER_TEST(nothing_is_told_of_pages_that_may_be_anothers),
          SERVER_TEST(one_is_told_that_no_server_runs_with_the_data_folder))
