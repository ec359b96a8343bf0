/* Owns the children of a test. */
#include "support/process.h"

#include "support/files.h"
#include "support/test.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { EXIT_NO_EXEC = 127 };

static void redirect(const char *path, int fd)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
    if (file < 0 || dup2(file, fd) < 0)
        _exit(EXIT_NO_EXEC);
}

/* They go where systemd puts them, from descriptor 3 on: by way of higher ones, because one may be
 * where another must go. */
static void hand_over(const struct process_options *options)
{
    enum { FIRST = 3, ASIDE = 100, MOST = 32 };
    int aside[MOST];
    char text[32];
    size_t n = options->socket_count;
    for (size_t i = 0; i < n && n <= MOST; i++)
        aside[i] = fcntl(options->sockets[i], F_DUPFD_CLOEXEC, ASIDE);
    for (size_t i = 0; i < n && n <= MOST; i++)
        if (dup2(aside[i], FIRST + (int)i) < 0)
            _exit(EXIT_NO_EXEC);
    (void)snprintf(text, sizeof text, "%d", (int)getpid());
    (void)setenv("LISTEN_PID", options->socket_pid ? options->socket_pid : text, 1);
    (void)snprintf(text, sizeof text, "%zu", n);
    (void)setenv("LISTEN_FDS", text, 1);
    if (options->socket_names)
        (void)setenv("LISTEN_FDNAMES", options->socket_names, 1);
}

static void miss_call(long number)
{
    struct sock_filter rules[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)number, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog filter = {sizeof rules / sizeof *rules, rules};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
        _exit(EXIT_NO_EXEC);
}

bool process_can_miss_a_call(void)
{
    const unsigned action = SECCOMP_RET_ERRNO;
    return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

static void run_child(const struct process_options *options)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* Where root runs the tests, permissions are to hold for the program all the same. */
    (void)prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE);
    (void)prctl(PR_CAPBSET_DROP, CAP_DAC_READ_SEARCH);
    redirect(options->out_path, STDOUT_FILENO);
    redirect(options->err_path, STDERR_FILENO);
    if (options->nofile) {
        const struct rlimit limit = {options->nofile / 2, options->nofile};
        if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
            _exit(EXIT_NO_EXEC);
    }
    if (options->socket_count > 0)
        hand_over(options);
    if (options->missing_call)
        miss_call(options->missing_call);
    (void)execvp(options->argv[0], options->argv);
    perror(options->argv[0]);
    _exit(EXIT_NO_EXEC);
}

void process_start(struct process *p, const struct process_options *options)
{
    p->pid = fork();
    assert_true(p->pid >= 0);
    if (p->pid == 0)
        run_child(options);
    p->pidfd = (int)syscall(SYS_pidfd_open, p->pid, 0);
    assert_true(p->pidfd >= 0);
}

int process_wait(struct process *p, int ms)
{
    struct pollfd ended = {.fd = p->pidfd, .events = POLLIN};
    int n;
    do
        n = poll(&ended, 1, ms);
    while (n < 0 && errno == EINTR);
    if (n == 0)
        return PROCESS_RUNNING;

    int status = 0;
    struct rusage usage;
    assert_int_equal(wait4(p->pid, &status, 0, &usage), p->pid);
    p->peak = (uint64_t)usage.ru_maxrss * 1024;
    (void)close(p->pidfd);
    p->pid = 0;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

void process_kill(struct process *p)
{
    if (!p->pid)
        return;
    (void)kill(p->pid, SIGKILL);
    (void)process_wait(p, -1);
}

/* A file of /proc about it, ended with a NUL. */
static struct buf read_about(const struct process *p, const char *name)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/%s", (int)p->pid, name);
    struct buf text = BUF_EMPTY;
    files_read(path, &text);
    buf_append_char(&text, '\0');
    assert_int_equal(buf_status(&text), 0);
    return text;
}

uint64_t process_memory(const struct process *p)
{
    struct buf text = read_about(p, "status");
    const char *line = text.ptr ? strstr(text.ptr, "RssAnon:") : NULL;
    uint64_t kib = line ? strtoull(line + strlen("RssAnon:"), NULL, 10) : 0;
    buf_finish(&text);
    assert_true(kib > 0);
    return kib * 1024;
}

uint64_t process_cpu_ms(const struct process *p)
{
    struct buf text = read_about(p, "stat");
    /* Fields 14 and 15, counted behind the name, which may hold anything but ends the last ')'. */
    const char *at = text.ptr ? strrchr(text.ptr, ')') : NULL;
    for (int field = 2; at && field < 14; field++)
        at = strchr(at + 1, ' ');
    uint64_t ticks = 0;
    if (at) {
        char *next = NULL;
        ticks = strtoull(at, &next, 10);
        ticks += strtoull(next, NULL, 10);
    }
    buf_finish(&text);
    assert_non_null(at);
    return ticks * 1000 / (uint64_t)sysconf(_SC_CLK_TCK);
}

unsigned process_descriptors(const struct process *p)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/fd", (int)p->pid);
    DIR *dir = opendir(path);
    assert_non_null(dir);
    unsigned count = 0;
    for (const struct dirent *e = readdir(dir); e; e = readdir(dir))
        count += e->d_name[0] != '.';
    (void)closedir(dir);
    return count;
}

pid_t process_first_child(const struct process *p)
{
    char path[64];
    struct buf children = BUF_EMPTY;
    (void)snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)p->pid, (int)p->pid);
    files_read(path, &children);
    buf_append_char(&children, '\0');
    pid_t pid = children.ptr ? (pid_t)strtol(children.ptr, NULL, 10) : 0;
    buf_finish(&children);
    return pid;
}

void process_limit_descriptors(const struct process *p, unsigned nofile)
{
    const struct rlimit limit = {nofile, nofile};
    assert_int_equal(prlimit(p->pid, RLIMIT_NOFILE, &limit, NULL), 0);
}

void process_yield(int ms)
{
    const struct timespec pause = {ms / 1000, ms % 1000 * 1000000L};
    (void)nanosleep(&pause, NULL);
}
