/* A thread that sleeps until there is work, or until a time is over. Others wake it with a system
 * call only when it sleeps, and only as deeply as their work bears. */
#ifndef ATTIMO_SERVER_SLEEPER_H
#define ATTIMO_SERVER_SLEEPER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum sleep_depth {
    SLEEP_NONE,
    SLEEP_NAP,  /* it will look by itself soon enough for work that can wait */
    SLEEP_DEEP, /* whatever comes must wake it */
};

struct sleeper {
    atomic_int depth;
};

void sleeper_init(struct sleeper *sleeper);

/* Sleeps for at most so long, perhaps shorter, unless `has_work` already says otherwise: it is
 * asked after everybody can see that this thread sleeps, so that work that is made known first
 * (sequentially consistent) and rung for afterwards is never missed. */
void sleeper_sleep(struct sleeper *sleeper, enum sleep_depth depth, uint64_t ms,
                   bool (*has_work)(void *context), void *context);

/* From any thread: wakes it if it sleeps as deeply as `from`, or deeper. */
void sleeper_wake(struct sleeper *sleeper, enum sleep_depth from);

/* The same, whether it sleeps or not: if not, its next sleep ends at once. */
void sleeper_call(struct sleeper *sleeper);

#endif
