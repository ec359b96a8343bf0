/* Owns the server under test: its process, its folders, its clients. */
#include "support/server.h"

#include "base/clock.h"
#include "memory/scarce.h"
#include "support/files.h"
#include "support/test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PROGRAM_PATH_MAX = 512 };

static char *path_in(const char *folder, const char *name)
{
    char *path = NULL;
    assert_true(asprintf(&path, "%s/%s", folder, name) > 0);
    return path;
}

/* A sanitizer that finds something must be heard in the exit code, and what ASan keeps after free
 * must not count as the server's memory. */
static void prepare_sanitizers(void)
{
    const char *given = getenv("ASAN_OPTIONS");
    if (given && strstr(given, "quarantine_size_mb"))
        return;
    char *options = NULL;
    assert_true(asprintf(&options, "%s%squarantine_size_mb=1", given ? given : "",
                         given && *given ? ":" : "") > 0);
    (void)setenv("ASAN_OPTIONS", options, 1);
    free(options);
}

struct server *server_create(void)
{
    prepare_sanitizers();
    struct server *s = calloc(1, sizeof *s);
    assert_non_null(s);
    s->root = files_make_folder();
    s->pages = path_in(s->root, "pages");
    s->data = path_in(s->root, "data");
    s->config = path_in(s->root, "attimo.yaml");
    s->log = path_in(s->root, "stderr");
    s->said = path_in(s->root, "stdout");
    assert_int_equal(mkdir(s->pages, 0755), 0);
    assert_int_equal(mkdir(s->data, 0755), 0);
    files_write(s->root, "attimo.yaml", STR(""));
    return s;
}

void server_destroy(struct server *s)
{
    if (!s)
        return;
    process_kill(&s->process);
    for (struct client *c = s->clients, *next; c; c = next) {
        next = c->next;
        client_destroy(c);
    }
    for (size_t i = 0; i < s->arg_count; i++)
        free(s->args[i]);
    for (size_t i = 0; i < s->socket_count; i++)
        (void)close(s->sockets[i]);
    free(s->pages);
    free(s->data);
    free(s->config);
    free(s->log);
    free(s->said);
    free(s->clock);
    free(s->memory);
    files_remove(s->root);
    free(s);
}

int server_setup(void **state)
{
    *state = server_create();
    return 0;
}

/* A server that still runs is one whose test did not come to its end. */
int server_teardown(void **state)
{
    struct server *s = *state;
    if (s->process.pid)
        server_print_log(s);
    server_destroy(s);
    return 0;
}

void server_page_text(struct buf *out, const char *body)
{
    buf_printf(out,
               "---\ntitle: Una pagina di prova\ndescription: Una pagina per le prove di attimo.\n"
               "intent: know\ncta:\n  - link: Avanti\n    to: https://shop.example/\n---\n%s\n",
               body);
    assert_int_equal(buf_status(out), 0);
}

void server_page(struct server *s, const char *name, const char *body)
{
    struct buf text = BUF_EMPTY;
    server_page_text(&text, body);
    files_write(s->pages, name, buf_str(&text));
    buf_finish(&text);
}

void server_configure(struct server *s, const char *yaml)
{
    struct buf text = BUF_EMPTY;
    files_read(s->config, &text);
    buf_append(&text, str_from(yaml));
    files_write(s->root, "attimo.yaml", buf_str(&text));
    buf_finish(&text);
}

static void add_arg(struct server *s, const char *text)
{
    assert_true(s->arg_count < SERVER_ARGS);
    s->args[s->arg_count] = strdup(text);
    assert_non_null(s->args[s->arg_count++]);
}

void server_flag(struct server *s, const char *flag, const char *value)
{
    add_arg(s, flag);
    if (value)
        add_arg(s, value);
}

/* In one write of eight bytes, so that nobody reads half a time. */
void server_hold_clock(struct server *s, const char *when)
{
    struct tm tm = {0};
    const char *end = strptime(when, "%Y-%m-%dT%H:%M:%SZ", &tm);
    assert_true(end && *end == '\0');
    const int64_t ms = (int64_t)timegm(&tm) * 1000;
    if (!s->clock)
        s->clock = path_in(s->root, "clock");
    int fd = open(s->clock, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, &ms, sizeof ms, 0), sizeof ms);
    (void)close(fd);
    assert_int_equal(setenv("ATTIMO_HELD_CLOCK", s->clock, 1), 0);
}

const char *server_make_memory_scarce(struct server *s)
{
    const struct scarce nothing = {0};
    s->memory = path_in(s->root, "memory");
    files_write(s->root, "memory", str_make((const char *)&nothing, sizeof nothing));
    assert_int_equal(setenv("ATTIMO_SCARCE_MEMORY", s->memory, 1), 0);
    return s->memory;
}

static bool has_flag(const struct server *s, const char *flag)
{
    for (size_t i = 0; i < s->arg_count; i++)
        if (strcmp(s->args[i], flag) == 0)
            return true;
    return false;
}

static void launch(struct server *s)
{
    char words[][sizeof "127.0.0.1:0"] = {"serve",    "--config", "--pages",    "--data",
                                          "--listen", "--admin",  "127.0.0.1:0"};
    enum { SERVE, CONFIG, PAGES, DATA, LISTEN, ADMIN, ANY_PORT };
    char *given = getenv("ATTIMO");
    char program[PROGRAM_PATH_MAX];
    (void)snprintf(program, sizeof program, "%s%s", given && *given ? given : "build/attimo",
                   s->clock    ? "-held-clock"
                   : s->memory ? "-scarce-memory"
                   : s->probed ? "-probed"
                               : "");
    char *argv[SERVER_ARGS + 16] = {program,      words[SERVE], words[CONFIG], s->config,
                                    words[PAGES], s->pages,     words[DATA],   s->data};
    size_t n = 8;
    for (size_t i = 0; i < s->arg_count; i++)
        argv[n++] = s->args[i];
    if (!s->bare && !has_flag(s, words[LISTEN])) {
        argv[n++] = words[LISTEN];
        argv[n++] = words[ANY_PORT];
    }
    if (!s->bare && !has_flag(s, words[ADMIN])) {
        argv[n++] = words[ADMIN];
        argv[n++] = words[ANY_PORT];
    }
    const struct process_options options = {
        .argv = argv,
        .out_path = s->said,
        .err_path = s->log,
        .nofile = s->nofile,
        .missing_call = s->missing_call,
        .sockets = s->sockets,
        .socket_count = s->socket_count,
        .socket_names = s->socket_names,
        .socket_pid = s->socket_pid,
    };
    /* What an earlier run said must not be taken for this one's. */
    (void)unlink(s->log);
    (void)unlink(s->said);
    process_start(&s->process, &options);
}

static bool file_holds(const char *path, struct str text)
{
    struct buf all = BUF_EMPTY;
    files_read(path, &all);
    bool found = text.ptr && str_contains(buf_str(&all), text);
    buf_finish(&all);
    return found;
}

bool server_said(const struct server *s, const char *text)
{
    return file_holds(s->log, str_from(text)) || file_holds(s->said, str_from(text));
}

void server_print_log(const struct server *s)
{
    struct buf all = BUF_EMPTY;
    files_read(s->log, &all);
    print_error("The server's log:\n%.*s\n", STR_ARG(buf_str(&all)));
    buf_finish(&all);
}

/* The word behind `words` in a line of the log. */
static struct str told(struct str line, struct str words)
{
    const char *at =
        line.ptr && words.ptr ? memmem(line.ptr, line.len, words.ptr, words.len) : NULL;
    if (!at)
        return str_make(NULL, 0);
    struct str rest = str_skip(line, (size_t)(at - line.ptr) + words.len);
    struct str word = rest;
    (void)str_split(&rest, ' ', &word);
    return str_trim_lines(word);
}

static void learn_endpoints(struct server *s)
{
    struct buf all = BUF_EMPTY;
    files_read(s->log, &all);
    struct str rest = buf_str(&all);
    struct str line;
    s->listen_count = 0;
    while (str_split(&rest, '\n', &line)) {
        struct str public = told(line, STR("listening on "));
        struct str private = told(line, STR("admin on "));
        if (public.ptr && s->listen_count < SERVER_LISTENERS)
            s->listen_count += endpoint_parse(&s->listen[s->listen_count], public);
        if (private.ptr)
            assert_true(endpoint_parse(&s->admin, private));
    }
    buf_finish(&all);
}

int server_try(struct server *s)
{
    launch(s);
    uint64_t deadline = clock_monotonic_ms() + SERVER_PATIENCE_MS;
    while (!file_holds(s->log, STR(" ready"))) {
        int code = process_wait(&s->process, 2);
        if (code != PROCESS_RUNNING)
            return code;
        if (clock_monotonic_ms() > deadline) {
            server_print_log(s);
            fail_msg("the server does not become ready");
        }
    }
    learn_endpoints(s);
    assert_true(s->listen_count > 0);
    return PROCESS_RUNNING;
}

void server_start(struct server *s)
{
    int code = server_try(s);
    if (code == PROCESS_RUNNING)
        return;
    server_print_log(s);
    fail_msg("the server did not become ready (exit %d)", code);
}

int server_run(struct server *s)
{
    launch(s);
    int code = process_wait(&s->process, SERVER_PATIENCE_MS);
    if (code == PROCESS_RUNNING)
        fail_msg("the server goes on where it should have ended");
    return code;
}

static void close_clients(struct server *s)
{
    for (struct client *c = s->clients; c; c = c->next)
        client_close(c);
}

void server_expect_exit(struct server *s)
{
    int code = process_wait(&s->process, SERVER_PATIENCE_MS);
    if (code == 0)
        return;
    server_print_log(s);
    fail_msg("the server should have left with exit 0 (exit %d, -1: it still runs)", code);
}

void server_stop(struct server *s)
{
    close_clients(s);
    assert_true(s->process.pid > 0);
    assert_int_equal(kill(s->process.pid, SIGTERM), 0);
    server_expect_exit(s);
}

static struct client *remember(struct server *s, struct client *c)
{
    c->next = s->clients;
    s->clients = c;
    return c;
}

struct client *server_connect(struct server *s, size_t n)
{
    assert_true(n < s->listen_count);
    return remember(s, client_create(&s->listen[n]));
}

struct client *server_connect_admin(struct server *s)
{
    assert_true(s->admin.len > 0);
    return remember(s, client_create(&s->admin));
}

static struct response ask(struct client *c, const char *method, const char *target,
                           const char *fields)
{
    struct buf request = BUF_EMPTY;
    buf_printf(&request, "%s %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n%s\r\n", method, target,
               fields ? fields : "");
    assert_int_equal(buf_status(&request), 0);
    client_send(c, buf_str(&request), 0);
    buf_finish(&request);

    struct response r = {0};
    if (!client_read(c, &r, strcmp(method, "HEAD") == 0))
        fail_msg("no answer to %s %s", method, target);
    return r;
}

struct response server_ask(struct server *s, const char *method, const char *target,
                           const char *fields)
{
    return ask(server_connect(s, 0), method, target, fields);
}

struct response server_get(struct server *s, const char *target)
{
    return server_ask(s, "GET", target, NULL);
}

struct response server_admin(struct server *s, const char *target)
{
    return ask(server_connect_admin(s), "GET", target, NULL);
}

double server_metric(struct server *s, const char *name)
{
    struct response r = server_admin(s, "/metrics");
    struct str rest = r.body;
    struct str line;
    double sum = 0;
    bool found = false;
    while (str_split(&rest, '\n', &line)) {
        struct str behind = str_skip(line, strlen(name));
        if (!str_starts_with(line, str_from(name)) || behind.len == 0 ||
            (behind.ptr[0] != ' ' && behind.ptr[0] != '{'))
            continue;
        char number[64] = {0};
        struct str value = str_skip(line, (size_t)str_find_last(line, ' ') + 1);
        memcpy(number, value.ptr, value.len < sizeof number ? value.len : sizeof number - 1);
        sum += strtod(number, NULL);
        found = true;
    }
    if (!found)
        fail_msg("there is no metric %s", name);
    return sum;
}

/* Waits until a metric is down to 0. */
static void wait_for_none(struct server *s, const char *metric)
{
    uint64_t end = clock_monotonic_ms() + SERVER_PATIENCE_MS;
    while (server_metric(s, metric) > 0) {
        if (clock_monotonic_ms() > end)
            fail_msg("%s is not down to 0", metric);
        process_yield(10);
    }
}

void server_wait_until_compressed(struct server *s)
{
    wait_for_none(s, "attimo_resources{tier=\"quick\"}");
}

void server_wait_until_alone(struct server *s)
{
    wait_for_none(s, "attimo_connections");
}
