/* Owns waiting for what is published. */
#include "support/publishing.h"

#include "base/clock.h"
#include "base/fs.h"
#include "support/files.h"
#include "support/test.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

void await_page(struct server *s, const char *target, unsigned status, const char *text)
{
    uint64_t deadline = clock_monotonic_ms() + CLIENT_PATIENCE_MS;
    for (;;) {
        struct response r = server_get(s, target);
        if (r.status == status && str_contains(r.body, str_from(text)))
            return;
        if (clock_monotonic_ms() > deadline) {
            server_print_log(s);
            fail_msg("%s should answer %u with \"%s\", but answers %u:\n%.*s", target, status,
                     text ? text : "", r.status, STR_ARG(r.body));
        }
        process_yield(5);
    }
}

void await_no(struct server *s, const char *target, const char *text)
{
    uint64_t deadline = clock_monotonic_ms() + CLIENT_PATIENCE_MS;
    while (str_contains(server_get(s, target).body, str_from(text))) {
        if (clock_monotonic_ms() > deadline) {
            server_print_log(s);
            fail_msg("\"%s\" should not be in %s any more", text, target);
        }
        process_yield(5);
    }
}

void await_readiness(struct server *s, const char *text)
{
    uint64_t deadline = clock_monotonic_ms() + CLIENT_PATIENCE_MS;
    for (;;) {
        struct response r = server_admin(s, "/readyz");
        if (str_contains(r.body, str_from(text)))
            return;
        if (clock_monotonic_ms() > deadline) {
            server_print_log(s);
            fail_msg("\"%s\" should be in %.*s", text, STR_ARG(r.body));
        }
        process_yield(5);
    }
}

unsigned times_said(const struct server *s, const char *text)
{
    struct buf log = BUF_EMPTY;
    unsigned times = 0;
    files_read(s->log, &log);
    buf_append_char(&log, '\0');
    assert_int_equal(buf_status(&log), 0);
    for (const char *at = log.ptr; (at = strstr(at, text)); at++)
        times++;
    buf_finish(&log);
    return times;
}

void await_log_times(struct server *s, const char *text, unsigned times)
{
    uint64_t deadline = clock_monotonic_ms() + CLIENT_PATIENCE_MS;
    while (times_said(s, text) < times) {
        if (clock_monotonic_ms() > deadline) {
            server_print_log(s);
            fail_msg("\"%s\" should be in the log (%u)", text, times);
        }
        process_yield(5);
    }
}

void await_log(struct server *s, const char *text)
{
    await_log_times(s, text, 1);
}

void pages_path(const struct server *s, const char *name, char out[PUBLISHING_PATH_MAX])
{
    assert_true(snprintf(out, PUBLISHING_PATH_MAX, "%s/%s", s->pages, name) < PUBLISHING_PATH_MAX);
}

void save_in_place(const struct server *s, const char *name, const char *body)
{
    char path[PUBLISHING_PATH_MAX];
    struct buf text = BUF_EMPTY;
    server_page_text(&text, body);
    pages_path(s, name, path);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    assert_true(fd >= 0);
    assert_int_equal(fs_write_all(fd, buf_str(&text)), 0);
    assert_int_equal(close(fd), 0);
    buf_finish(&text);
}

void suspend_server(struct server *s)
{
    siginfo_t stopped;
    assert_int_equal(kill(s->process.pid, SIGSTOP), 0);
    assert_int_equal(waitid(P_PID, (id_t)s->process.pid, &stopped, WSTOPPED), 0);
}

void resume_server(struct server *s)
{
    assert_int_equal(kill(s->process.pid, SIGCONT), 0);
}

int run_shell(struct server *s, const char *command)
{
    char line[4096];
    char output[PUBLISHING_PATH_MAX];
    assert_true(snprintf(line, sizeof line, "cd '%s' && %s", s->root, command) < (int)sizeof line);
    (void)snprintf(output, sizeof output, "%s/shell", s->root);
    char shell[] = "/bin/sh";
    char flag[] = "-ec";
    char *argv[] = {shell, flag, line, NULL};
    const struct process_options options = {.argv = argv, .out_path = output, .err_path = output};
    struct process p;
    process_start(&p, &options);
    int code = process_wait(&p, SERVER_PATIENCE_MS);
    if (code == PROCESS_RUNNING) {
        process_kill(&p);
        fail_msg("this does not end: %s", command);
    }
    return code;
}

bool has_program(const char *name)
{
    char path[PUBLISHING_PATH_MAX];
    const char *all = getenv("PATH");
    struct str rest = str_from(all ? all : "/usr/bin:/bin");
    struct str folder;
    while (str_split(&rest, ':', &folder)) {
        (void)snprintf(path, sizeof path, "%.*s/%s", STR_ARG(folder), name);
        if (access(path, X_OK) == 0)
            return true;
    }
    return false;
}
