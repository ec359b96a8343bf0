/* How long a takedown takes to be in force on every worker.
 *
 *     takedown HOST:PORT DATA-FOLDER PATH COUNT ATTIMO
 *
 * Holds connections, which are dealt to all workers in turn; COUNT times, starts `attimo takedown`
 * and asks on each connection, three times a millisecond, until it is answered 410; then restores.
 * Prints a line for each: milliseconds from the start of the command until its file was seen in
 * DATA-FOLDER/takedowns, until the last connection's first 410, and until the command had ended,
 * which is when the disk has it. A takedown that is not in force within ten seconds ends the run
 * with exit 1. */
#include "client.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS = 16, PATIENCE_S = 10, ANSWER_MAX = 1 << 18 };

extern char **environ;

struct times {
    uint64_t began;
    uint64_t renamed;
    uint64_t in_force;
    uint64_t ended;
};

static pid_t start(char *const *words)
{
    posix_spawn_file_actions_t actions;
    pid_t pid;
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    if (posix_spawn(&pid, words[0], &actions, NULL, words, environ) != 0)
        give_up(words[0]);
    (void)posix_spawn_file_actions_destroy(&actions);
    return pid;
}

/* The status of the answer to `request`. */
static int status_of(int fd, const char *request)
{
    static char in[ANSWER_MAX];
    (void)ask(fd, request, in, sizeof in);
    return (int)strtol(in + strlen("HTTP/1.1 "), NULL, 10);
}

/* Notes what has happened meanwhile. */
static void look(struct times *times, int watch, pid_t pid)
{
    struct pollfd readable = {.fd = watch, .events = POLLIN};
    char events[4096];
    if (times->renamed == 0 && poll(&readable, 1, 0) == 1) {
        times->renamed = now_ns();
        if (read(watch, events, sizeof events) < 0)
            give_up("inotify");
    }
    if (times->ended == 0 && waitpid(pid, NULL, WNOHANG) == pid)
        times->ended = now_ns();
    if (now_ns() - times->began > PATIENCE_S * NS_PER_S)
        give_up("not in force");
}

static void pause_a_moment(void)
{
    const struct timespec moment = {0, 300000};
    (void)nanosleep(&moment, NULL);
}

/* Until every connection is answered `status`. */
static void await(const int *fds, const char *request, int status, struct times *times)
{
    for (int i = 0; i < CONNECTIONS; i++)
        while (status_of(fds[i], request) != status) {
            if (now_ns() - times->began > PATIENCE_S * NS_PER_S)
                give_up("not in force");
            pause_a_moment();
        }
}

static struct times take_down(const int *fds, const char *request, int watch, char *const *words)
{
    struct times times = {.began = now_ns()};
    bool done[CONNECTIONS] = {false};
    pid_t pid = start(words);
    for (int left = CONNECTIONS; left > 0; pause_a_moment()) {
        look(&times, watch, pid);
        /* One of those that are left tells whether it is worth asking the others. */
        for (int i = 0; i < CONNECTIONS; i++) {
            if (done[i])
                continue;
            if (status_of(fds[i], request) != 410)
                break;
            done[i] = true;
            left--;
            times.in_force = now_ns();
        }
    }
    while (times.ended == 0 || times.renamed == 0) {
        look(&times, watch, pid);
        pause_a_moment();
    }
    return times;
}

static double ms(uint64_t from, uint64_t to)
{
    return to > from ? (double)(to - from) / 1e6 : 0;
}

int main(int argc, char **argv)
{
    static char reason_flag[] = "--reason", reason[] = "bench", data_flag[] = "--data";
    static char command[] = "takedown", restore[] = "restore";
    struct target target;
    char request[1024];
    char folder[4096];
    int fds[CONNECTIONS];
    if (argc != 6 || !target_parse(&target, argv[1]))
        return 2;
    char *const down[] = {argv[5], command, argv[3], reason_flag, reason, data_flag, argv[2], NULL};
    char *const up[] = {argv[5], restore, argv[3], data_flag, argv[2], NULL};
    (void)snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: bench\r\n\r\n", argv[3]);
    (void)snprintf(folder, sizeof folder, "%s/takedowns", argv[2]);
    for (int i = 0; i < CONNECTIONS; i++)
        if ((fds[i] = target_connect(&target, 0)) < 0)
            give_up("connect");
    int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (watch < 0 || inotify_add_watch(watch, folder, IN_MOVED_TO) < 0)
        give_up(folder);
    for (long n = strtol(argv[4], NULL, 10); n > 0; n--) {
        struct times t = take_down(fds, request, watch, down);
        (void)printf("%.2f %.2f %.2f\n", ms(t.began, t.renamed), ms(t.began, t.in_force),
                     ms(t.began, t.ended));
        t.began = now_ns();
        (void)waitpid(start(up), NULL, 0);
        await(fds, request, 200, &t);
    }
    return 0;
}
