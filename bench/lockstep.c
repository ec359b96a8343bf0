/* A load in step, for counting what a request costs: some requests at a time, the next when all of
 * these are answered, so that every server finds the same number of them when it wakes.
 *
 *     lockstep [-c CONNECTIONS] [-k AT-ONCE] [-p PID] -n REQUESTS TARGET REQUEST-FILE
 *
 * Where it shares one processor with the server, as it does in the guest of count.sh, nothing is
 * left to chance: one at a time, it runs only while the server sleeps (SCHED_IDLE), so that each
 * request wakes it once; several at a time, it runs before the server (SCHED_FIFO) and sleeps until
 * the last of them is answered, so that the server finds all at once.
 *
 * With -p it prints as JSON what all threads of the process PID have run meanwhile, as the kernel
 * accounts for it (/proc/PID/task/N/schedstat): nanoseconds, and how often they were put on a
 * processor. */
#include "client.h"

#include <dirent.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { REQUEST_MAX = 16384, CONNECTIONS_MAX = 1000, PATH_SIZE = 300 };

struct load {
    char request[REQUEST_MAX];
    size_t request_len;
    size_t connections, at_once, requests;
    const char *pid;
    struct target target;
    int fds[CONNECTIONS_MAX];
};

struct ran {
    unsigned long long ns, runs;
};

static bool add_thread(struct ran *ran, const char *pid, const char *thread)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof(path), "/proc/%s/task/%s/schedstat", pid, thread);
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    unsigned long long ns, waited, runs;
    bool read = fscanf(file, "%llu %llu %llu", &ns, &waited, &runs) == 3;
    fclose(file);
    if (read) {
        ran->ns += ns;
        ran->runs += runs;
    }
    return read;
}

/* What all threads of the process have run until now. A second before, so that what is done behind
 * the answers is done. */
static bool look(struct ran *ran, const char *pid)
{
    *ran = (struct ran){0};
    if (!pid)
        return true;
    nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
    char path[PATH_SIZE];
    snprintf(path, sizeof(path), "/proc/%s/task", pid);
    DIR *threads = opendir(path);
    if (!threads)
        return false;
    bool whole = true;
    for (struct dirent *entry; (entry = readdir(threads));)
        whole = (entry->d_name[0] == '.' || add_thread(ran, pid, entry->d_name)) && whole;
    closedir(threads);
    return whole;
}

static bool receive(int fd)
{
    struct response response = {0};
    enum response_state state = RESPONSE_PARTIAL;
    while (state == RESPONSE_PARTIAL) {
        char bytes[65536];
        ssize_t n = recv(fd, bytes, sizeof(bytes), 0);
        if (n <= 0)
            return false;
        state = response_feed(&response, bytes, (size_t)n);
    }
    return state == RESPONSE_COMPLETE;
}

/* Waits for the last first: its answer is the last one, and it is woken once. */
static bool step(const struct load *load, size_t first)
{
    for (size_t i = 0; i < load->at_once; i++) {
        int fd = load->fds[(first + i) % load->connections];
        if (send(fd, load->request, load->request_len, MSG_NOSIGNAL) != (ssize_t)load->request_len)
            return false;
    }
    for (size_t i = load->at_once; i-- > 0;) {
        if (!receive(load->fds[(first + i) % load->connections]))
            return false;
    }
    return true;
}

static bool run(const struct load *load, size_t requests)
{
    for (size_t sent = 0; sent < requests; sent += load->at_once) {
        if (!step(load, sent))
            return false;
    }
    return true;
}

/* Where one is not allowed to, the server is still measured, but less evenly. */
static void take_turns(const struct load *load)
{
    const struct sched_param last = {0}, first = {.sched_priority = 1};
    if (sched_setscheduler(0, load->at_once == 1 ? SCHED_IDLE : SCHED_FIFO,
                           load->at_once == 1 ? &last : &first) != 0)
        perror("lockstep: cannot choose when to run");
}

static bool open_all(struct load *load)
{
    for (size_t i = 0; i < load->connections; i++) {
        load->fds[i] = target_connect(&load->target, 0);
        if (load->fds[i] < 0 || !exchange(load->fds[i], load->request, load->request_len))
            return false;
    }
    return true;
}

static bool parse_options(struct load *load, int argc, char **argv)
{
    load->connections = load->at_once = 1;
    int option;
    while ((option = getopt(argc, argv, "c:k:n:p:")) != -1) {
        if (option == 'c')
            load->connections = strtoul(optarg, NULL, 10);
        else if (option == 'k')
            load->at_once = strtoul(optarg, NULL, 10);
        else if (option == 'n')
            load->requests = strtoul(optarg, NULL, 10);
        else if (option == 'p')
            load->pid = optarg;
        else
            return false;
    }
    return load->connections >= 1 && load->connections <= CONNECTIONS_MAX && load->at_once >= 1 &&
           load->at_once <= load->connections && load->requests % load->at_once == 0 &&
           load->requests > 0 && argc - optind == 2 && target_parse(&load->target, argv[optind]);
}

int main(int argc, char **argv)
{
    static struct load load;
    if (!parse_options(&load, argc, argv)) {
        fprintf(stderr, "usage: lockstep [-c CONNECTIONS] [-k AT-ONCE] [-p PID] -n REQUESTS "
                        "127.0.0.1:PORT|unix:PATH REQUEST-FILE\n");
        return 2;
    }
    if (!request_load(argv[optind + 1], load.request, sizeof(load.request), &load.request_len)) {
        perror(argv[optind + 1]);
        return 3;
    }
    struct ran before, after;
    take_turns(&load);
    if (!open_all(&load) || !run(&load, load.at_once * 16) || !look(&before, load.pid) ||
        !run(&load, load.requests) || !look(&after, load.pid)) {
        perror("lockstep");
        return 3;
    }
    if (load.pid)
        printf("{\"requests\":%zu,\"at_once\":%zu,\"cpu_ns\":%llu,\"runs\":%llu}\n", load.requests,
               load.at_once, after.ns - before.ns, after.runs - before.runs);
    return 0;
}
