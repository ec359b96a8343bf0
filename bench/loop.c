/* Runs as many instructions as it is told to, and says how many nanoseconds the kernel has
 * accounted for them: `loop TURNS` turns a loop of ten instructions. x86-64 only; elsewhere it runs
 * none. */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

/* What this process has run. Who yields is accounted for up to then, not up to the last tick. */
static unsigned long long accounted(void)
{
    sched_yield();
    FILE *file = fopen("/proc/self/schedstat", "re");
    unsigned long long ns = 0;
    if (!file || fscanf(file, "%llu", &ns) != 1)
        ns = 0;
    if (file)
        fclose(file);
    return ns;
}

int main(int argc, char **argv)
{
    unsigned long turns = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
    if (turns == 0) {
        fprintf(stderr, "usage: loop TURNS\n");
        return 2;
    }
    unsigned long instructions = turns * 10;
    unsigned long long before = accounted();
#ifdef __x86_64__
    __asm__ volatile("1: nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n dec %0\n jnz 1b"
                     : "+r"(turns)
                     :
                     : "cc");
#endif
    printf("{\"instructions\":%lu,\"cpu_ns\":%llu}\n", instructions, accounted() - before);
    return 0;
}
