/* The real server, run by a test: folders of its own, free ports, and its log shown when the test
 * fails.
 *
 *     static void a_page_is_served(void **state)
 *     {
 *         struct server *s = *state;
 *         server_page(s, "index.md", "Benvenuti");
 *         server_start(s);
 *         ...
 *         server_stop(s);
 *     }
 *     TEST_MAIN(SERVER_TEST(a_page_is_served))
 *
 * A test that comes to its end stops the server itself and so proves that it leaves cleanly: exit
 * 0, nothing from a sanitizer. */
#ifndef ATTIMO_TESTS_SERVER_H
#define ATTIMO_TESTS_SERVER_H

#include "support/client.h"
#include "support/process.h"

enum { SERVER_LISTENERS = 4, SERVER_ARGS = 24, SERVER_PATIENCE_MS = 30000 };

struct server {
    struct process process;
    char *root;  /* temporary; holds all that follows */
    char *pages; /* to be filled before or while it runs */
    char *data;
    char *config; /* path of the configuration file */
    char *log;    /* path of what it says on stderr */
    char *said;   /* path of what it says on stdout */
    char *args[SERVER_ARGS];
    size_t arg_count;
    bool bare;         /* no --listen nor --admin unless flagged: the configuration tells */
    char *memory;      /* path of the file that says how much there is; NULL: the system's */
    bool probed;       /* somebody is inside (confinement/probe.c) */
    char *clock;       /* path of the clock that the test holds; NULL: it has the system's */
    unsigned nofile;   /* as struct process_options has it */
    long missing_call; /* likewise */
    int sockets[SERVER_LISTENERS]; /* that it is handed over as systemd does; closed at the end */
    size_t socket_count;
    const char *socket_names; /* likewise, and for whom: as struct process_options has them */
    const char *socket_pid;
    struct endpoint listen[SERVER_LISTENERS]; /* in the order in which it told them */
    size_t listen_count;
    struct endpoint admin;
    struct client *clients; /* all that were opened, closed at server_stop */
};

/* For cmocka: a server that is not started yet, with empty folders. */
int server_setup(void **state);
int server_teardown(void **state);
#define SERVER_TEST(name) cmocka_unit_test_setup_teardown(name, server_setup, server_teardown)

struct server *server_create(void);
void server_destroy(struct server *s);

/* Appends a page with the given body and a front matter that passes all checks; writes it. */
void server_page_text(struct buf *out, const char *body);
void server_page(struct server *s, const char *name, const char *body);

/* Appends lines of YAML to the configuration file. */
void server_configure(struct server *s, const char *yaml);

/* Adds a flag (and its value, unless NULL). Without --listen it gets 127.0.0.1:0. */
void server_flag(struct server *s, const char *flag, const char *value);

/* From its start on, the server's clock on the wall stands still at `when`
 * ("2026-03-29T00:59:59Z"), until it is set anew. */
void server_hold_clock(struct server *s, const char *when);

/* Starts it and waits until it says that it is ready. */
void server_start(struct server *s);

/* Starts it where it may or may not serve: PROCESS_RUNNING once it is ready, else its exit code. */
int server_try(struct server *s);

/* From its next start on, the server's memory is what the file says whose path is returned, a
 * struct scarce (memory/scarce.h): nothing, to begin with. */
const char *server_make_memory_scarce(struct server *s);

/* Starts it where it is not to serve (a mistake, --help), and returns its exit code. */
int server_run(struct server *s);

/* Closes all clients, sends SIGTERM, and expects exit 0. */
void server_stop(struct server *s);

/* Expects that it ends by itself, with exit 0. */
void server_expect_exit(struct server *s);

/* A connection to the `n`-th listener, or to the admin one. */
struct client *server_connect(struct server *s, size_t n);
struct client *server_connect_admin(struct server *s);

/* One request on a connection of its own, and its response: valid until the test ends. `fields` is
 * NULL or whole field lines. */
struct response server_ask(struct server *s, const char *method, const char *target,
                           const char *fields);
struct response server_get(struct server *s, const char *target);
struct response server_admin(struct server *s, const char *target);

/* The sum of all samples of a metric. A metric that is not there fails the test. */
double server_metric(struct server *s, const char *name);

/* Waits until the best tier is done with everything, and its thread needs no memory any more. */
void server_wait_until_compressed(struct server *s);

/* Waits until the server has no connection left. */
void server_wait_until_alone(struct server *s);

/* Whether the log (stderr) or what it has printed (stdout) holds `text`. */
bool server_said(const struct server *s, const char *text);
void server_print_log(const struct server *s);

#endif
