/* The command line: what `attimo` understands, and its exit codes. */
#ifndef ATTIMO_CLI_CLI_H
#define ATTIMO_CLI_CLI_H

#include "base/lang.h"

#include <stdbool.h>

/* 0 good; 1 the answer is no; 2 wrong usage; 3 failure at work. */
enum exit_code { EXIT_GOOD = 0, EXIT_ANSWER_NO = 1, EXIT_USAGE = 2, EXIT_FAILURE_AT_WORK = 3 };

/* Runs the subcommand that `argv` names and returns the process's exit code. */
int cli_main(int argc, char **argv);

/* Whether there are random numbers, without which nothing is signed or hashed; says so if not. */
bool cli_has_randomness(enum lang lang);

/* Says where the flags of a command are told. */
void cli_point_to_help(const char *command, enum lang lang);

/* Says whence a journal is that is not there, and which flag names its folder. */
void cli_point_to_data(enum lang lang);

/* Ends what was printed on standard output: `code`, or where some of it could not be written, which
 * is said, EXIT_FAILURE_AT_WORK. A reader that has seen enough is no failure. */
int cli_end_output(int code, enum lang lang);

/* Prints what was asked for, help for one, and ends the output. */
int cli_tell(struct text words, enum lang lang);

/* Of the build, as git describes it. */
extern const char cli_version[];

/* The subcommands; each gets the arguments behind its name. */
int cli_serve(int argc, char **argv);
int cli_takedown(int argc, char **argv);
int cli_restore(int argc, char **argv);

int cli_check(int argc, char **argv);
int cli_new(int argc, char **argv);
int cli_preview(int argc, char **argv);
int cli_journal(int argc, char **argv);
int cli_funnel(int argc, char **argv);
int cli_report(int argc, char **argv);
int cli_export(int argc, char **argv);

#endif
