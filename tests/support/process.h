/* Child processes of a test: started with their output in files, awaited with a bound, measured. */
#ifndef ATTIMO_TESTS_PROCESS_H
#define ATTIMO_TESTS_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct process {
    pid_t pid; /* 0: none */
    int pidfd;
    uint64_t peak; /* once it has ended: the most memory that it (or a child of it, or the copy of
                      us that it began as) had, in bytes */
};

struct process_options {
    char *const *argv;    /* ends in NULL; looked up in PATH */
    const char *out_path; /* where stdout goes, truncated */
    const char *err_path; /* where stderr goes, truncated */
    unsigned nofile;      /* its hard limit of descriptors; half of it holds at first; 0: ours */
    long missing_call;    /* a system call that it finds the kernel not to have; 0: none */
    /* Sockets that it is handed over as systemd does: descriptors of ours, which stay open here. */
    const int *sockets;
    size_t socket_count;
    const char *socket_names; /* "web:admin"; NULL: they have none */
    const char *socket_pid;   /* for whom they are; NULL: for it */
};

enum { PROCESS_RUNNING = -1 };

/* Whether `missing_call` works here. */
bool process_can_miss_a_call(void);

/* Starts a child that dies with us. */
void process_start(struct process *p, const struct process_options *options);

/* Waits up to `ms` for its end and returns its exit code, 128 + number for one that a signal ended,
 * or PROCESS_RUNNING. Once it has ended, `pid` is 0. */
int process_wait(struct process *p, int ms);

/* Ends it without asking. Takes one that has ended. */
void process_kill(struct process *p);

/* Its private memory (RssAnon) in bytes, the CPU time that it has used in milliseconds, and its
 * open descriptors. */
uint64_t process_memory(const struct process *p);
uint64_t process_cpu_ms(const struct process *p);
unsigned process_descriptors(const struct process *p);

/* Its first child; 0: it has none, or this kernel does not tell. */
pid_t process_first_child(const struct process *p);

/* Sets how many descriptors it may have from now on; those that are open stay. */
void process_limit_descriptors(const struct process *p, unsigned nofile);

/* Lets other processes run for some milliseconds, in loops that wait for a condition. */
void process_yield(int ms);

#endif
