/* Runs attimo under the system call filter of its unit: what is not in the list ends the process,
 * and so the test that runs it.
 *
 * ATTIMO_SYSCALLS names a file of numbers, one a line, ATTIMO_FILTERED the program. */
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { RULES_MAX = 2048, WRONG = 126 };

static void give_up(const char *what)
{
    perror(what);
    exit(WRONG);
}

/* Two instructions for each number: is it this one, then go on. */
static size_t read_rules(const char *path, struct sock_filter *rules)
{
    size_t n = 0;
    unsigned number;
    FILE *file = path ? fopen(path, "re") : NULL;
    if (!file)
        give_up("ATTIMO_SYSCALLS");
    rules[n++] =
        (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    while (fscanf(file, "%u", &number) == 1 && n + 3 < RULES_MAX) {
        rules[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1);
        rules[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    }
    (void)fclose(file);
    rules[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    return n;
}

int main(int argc, char **argv)
{
    static struct sock_filter rules[RULES_MAX];
    const char *program = getenv("ATTIMO_FILTERED");
    const struct sock_fprog filter = {(unsigned short)read_rules(getenv("ATTIMO_SYSCALLS"), rules),
                                      rules};
    (void)argc;
    if (!program || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
        give_up("seccomp");
    (void)execv(program, argv);
    give_up(program);
}
