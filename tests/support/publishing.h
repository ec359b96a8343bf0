/* What tests of publishing share: waiting for a page to be as it should, saving files as editors
 * do, running other programs on them. All waiting has a bound, and failing to get there fails the
 * test. */
#ifndef ATTIMO_TESTS_PUBLISHING_H
#define ATTIMO_TESTS_PUBLISHING_H

#include "support/server.h"

enum { PUBLISHING_PATH_MAX = 1024 };

/* Waits until a GET of `target` answers with `status` (and a body that holds `text`, if not
 * NULL). */
void await_page(struct server *s, const char *target, unsigned status, const char *text);

/* Waits until what is at `target` no longer holds `text`. */
void await_no(struct server *s, const char *target, const char *text);

/* Waits until the readiness body, or the log, holds `text`. */
void await_readiness(struct server *s, const char *text);
void await_log(struct server *s, const char *text);

/* How often the log holds `text`; waits until it does so often. */
unsigned times_said(const struct server *s, const char *text);
void await_log_times(struct server *s, const char *text, unsigned times);

/* Writes over the file, in its place: cut to nothing, written, closed. */
void save_in_place(const struct server *s, const char *name, const char *body);

/* `name` in the pages folder. */
void pages_path(const struct server *s, const char *name, char out[PUBLISHING_PATH_MAX]);

/* Stops the server's process, so that what is done meanwhile is found all at once; lets it go on.
 */
void suspend_server(struct server *s);
void resume_server(struct server *s);

/* Runs a command line in the server's root folder; its exit code. */
int run_shell(struct server *s, const char *command);
bool has_program(const char *name);

#endif
