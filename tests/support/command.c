/* Owns running the program to its end. */
#include "support/command.h"

#include "support/files.h"
#include "support/process.h"
#include "support/test.h"

#include <stdio.h>

enum { WORDS_MAX = 16, PATIENCE_MS = 60000 };

int command_setup(void **state)
{
    struct command *c = calloc(1, sizeof *c);
    assert_non_null(c);
    c->folder = files_make_folder();
    *state = c;
    return 0;
}

int command_teardown(void **state)
{
    struct command *c = *state;
    files_remove(c->folder);
    buf_finish(&c->out);
    buf_finish(&c->err);
    free(c);
    return 0;
}

/* Paths live in a few slots, long enough for the words of one run. */
const char *command_path(struct command *c, const char *name)
{
    static char paths[WORDS_MAX][512];
    static size_t next;
    char *path = paths[next++ % WORDS_MAX];
    assert_true(snprintf(path, sizeof *paths, "%s/%s", c->folder, name) < (int)sizeof *paths);
    return path;
}

/* Runs a program to its end. */
static void run(struct command *c, char **argv)
{
    struct process process;
    const struct process_options options = {
        .argv = argv,
        .out_path = command_path(c, ".out"),
        .err_path = command_path(c, ".err"),
    };
    process_start(&process, &options);
    c->code = process_wait(&process, PATIENCE_MS);
    c->peak = process.peak;
    buf_clear(&c->out);
    buf_clear(&c->err);
    files_read(options.out_path, &c->out);
    files_read(options.err_path, &c->err);
}

void command_good_site(struct command *c)
{
    files_write(c->folder, "pages/_site.yaml",
                STR("name: Prova\nurl: https://www.example.it\nprivacy: /privacy\n"
                    "legal: Prova S.r.l. · P.IVA 00000000000\n"));
    files_write(c->folder, "pages/privacy.md",
                STR("---\ntitle: Privacy\ndescription: Che cosa si registra.\n---\n\nNiente.\n"));
    files_write(c->folder, "pages/index.md",
                STR("---\ntitle: Prova\ndescription: La prima pagina.\ncta:\n  - call: Chiama\n"
                    "    to: +39 0521 555 0100\n---\n\nCiao.\n"));
}

void command_run_words(struct command *c, const char *const *words)
{
    char *argv[WORDS_MAX] = {getenv("ATTIMO")};
    assert_non_null(argv[0]);
    for (size_t i = 0; words[i]; i++) {
        assert_true(i + 2 < WORDS_MAX);
        argv[i + 1] = (char *)(uintptr_t)words[i];
    }
    run(c, argv);
}

void command_shell(struct command *c, const char *script)
{
    struct buf words = BUF_EMPTY;
    buf_printf(&words, "ATTIMO=$(realpath \"$ATTIMO\")\n%s", script);
    buf_append_char(&words, '\0');
    assert_int_equal(buf_status(&words), 0);
    char *argv[] = {(char[]){"bash"}, (char[]){"-c"}, words.ptr, NULL};
    run(c, argv);
    buf_finish(&words);
}
