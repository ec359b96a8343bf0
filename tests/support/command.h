/* The real program, run to its end by a test. */
#ifndef ATTIMO_TESTS_COMMAND_H
#define ATTIMO_TESTS_COMMAND_H

#include "base/buf.h"

struct command {
    char *folder; /* temporary, for the test's own files */
    int code;     /* of the last run: its exit code, and what it has said */
    struct buf out;
    struct buf err;
    uint64_t peak; /* the most memory that it had, in bytes: its own and that of files it mapped; at
                      least what the test had itself */
};

/* For cmocka: an empty folder. */
int command_setup(void **state);
int command_teardown(void **state);
#define COMMAND_TEST(name) cmocka_unit_test_setup_teardown(name, command_setup, command_teardown)

/* The path of `name` in the folder; freed with it. */
const char *command_path(struct command *c, const char *name);

/* Writes a site below `pages` that has nothing to be warned about. */
void command_good_site(struct command *c);

/* Runs `attimo` with the words given, and waits for its end. */
#define command_run(c, ...) command_run_words((c), (const char *const[]){__VA_ARGS__, NULL})
void command_run_words(struct command *c, const char *const *words);

/* Runs a script of bash, in which `"$ATTIMO"` is the program and may be run from any folder. */
void command_shell(struct command *c, const char *script);

#endif
