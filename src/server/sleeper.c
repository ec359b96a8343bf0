/* Owns sleeping and waking: a futex that says how deeply the thread sleeps. Whoever wakes it says
 * at once that it is awake, so that of many who come at the same time only one makes a system call.
 * Without a lock, because a thread that wakes on the processor of the one that wakes it runs at
 * once, and would wait for that lock first. */
#include "server/sleeper.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { CALLED = -1 }; /* awake, and the next sleep ends at once */

void sleeper_init(struct sleeper *sleeper)
{
    atomic_init(&sleeper->depth, SLEEP_NONE);
}

/* Returns at once if the depth is another one by now. */
static void wait_while(struct sleeper *sleeper, enum sleep_depth depth, uint64_t ms)
{
    const struct timespec left = {.tv_sec = (time_t)(ms / 1000),
                                  .tv_nsec = (long)(ms % 1000) * 1000000};
    (void)syscall(SYS_futex, &sleeper->depth, FUTEX_WAIT_PRIVATE, depth, &left, NULL, 0);
}

static void wake(struct sleeper *sleeper)
{
    (void)syscall(SYS_futex, &sleeper->depth, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

void sleeper_sleep(struct sleeper *sleeper, enum sleep_depth depth, uint64_t ms,
                   bool (*has_work)(void *context), void *context)
{
    int awake = SLEEP_NONE;
    if (atomic_compare_exchange_strong(&sleeper->depth, &awake, depth) && !has_work(context))
        wait_while(sleeper, depth, ms);
    (void)atomic_exchange(&sleeper->depth, SLEEP_NONE);
}

void sleeper_wake(struct sleeper *sleeper, enum sleep_depth from)
{
    int depth = atomic_load(&sleeper->depth);
    while (depth >= (int)from) {
        if (atomic_compare_exchange_weak(&sleeper->depth, &depth, SLEEP_NONE)) {
            wake(sleeper);
            return;
        }
    }
}

void sleeper_call(struct sleeper *sleeper)
{
    if (atomic_exchange(&sleeper->depth, CALLED) > SLEEP_NONE)
        wake(sleeper);
}
