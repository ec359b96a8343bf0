/* Threads that work through numbered tasks together. */
#ifndef ATTIMO_INSIGHT_CREW_H
#define ATTIMO_INSIGHT_CREW_H

#include <stddef.h>

enum { CREW_MAX = 16 };

struct crew;

/* A crew of `size` threads, the caller's own among them; 0: one for each processor that this
 * process may use. CREW_MAX at most, and fewer if the system gives no more. ERR_NO_MEMORY. */
int crew_create(struct crew **out, unsigned size);
void crew_destroy(struct crew *crew);
unsigned crew_size(const struct crew *crew);

/* Calls `work` once for each number below `count`, low ones first, on all threads at the same time,
 * and returns when all calls have: 0, or what the lowest task that did not return 0 has returned.
 * What the tasks have written can then be read. Not to be called from within a task. */
int crew_run(struct crew *crew, int (*work)(void *context, size_t task), void *context,
             size_t count);

#endif
