/* The clock on the wall, held by a test: linked into a program of its own in place of the system's
 * (`-Wl,--wrap`), so that no program that anybody else runs can be told a wrong time.
 *
 * ATTIMO_HELD_CLOCK names a file of eight bytes: milliseconds since 1970, which the test writes at
 * once. Clocks that only go forward are left alone. */
#include <fcntl.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

typedef _Atomic int64_t held_ms;

int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);
time_t __wrap_time(time_t *out);

static held_ms *map_clock(void)
{
    const char *path = getenv("ATTIMO_HELD_CLOCK");
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *mapped = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(held_ms), PROT_READ, MAP_SHARED, fd, 0);
    if (mapped == MAP_FAILED) {
        (void)fputs("ATTIMO_HELD_CLOCK names no clock\n", stderr);
        abort();
    }
    return mapped;
}

/* Two threads may both map it; both maps show the same. */
static int64_t read_clock(void)
{
    static _Atomic(held_ms *) mapped;
    held_ms *clock = atomic_load(&mapped);
    if (!clock) {
        clock = map_clock();
        atomic_store(&mapped, clock);
    }
    return atomic_load(clock);
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
    if (clock != CLOCK_REALTIME)
        return __real_clock_gettime(clock, now);
    int64_t ms = read_clock();
    now->tv_sec = (time_t)(ms / 1000);
    now->tv_nsec = (long)(ms % 1000) * 1000000;
    return 0;
}

time_t __wrap_time(time_t *out)
{
    time_t now = (time_t)(read_clock() / 1000);
    if (out)
        *out = now;
    return now;
}
