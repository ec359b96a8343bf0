/* Owns a few threads and what they have to do. */
#include "insight/crew.h"

#include "base/err.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* How often a thread looks whether it is its turn before it sleeps: some ten microseconds. Runs
 * follow each other closely, and waking takes longer than that. */
enum { LOOKS = 400 };

struct crew {
    pthread_mutex_t lock; /* over all that is not atomic */
    pthread_cond_t begun;
    pthread_cond_t ended;
    pthread_t threads[CREW_MAX];
    unsigned helpers; /* threads besides the caller's */

    int (*work)(void *context, size_t task);
    void *context;
    size_t count;
    atomic_size_t next;
    /* These two are changed under the lock only, and looked at without. */
    atomic_uint_fast64_t run; /* its number */
    atomic_uint behind;       /* helpers that have not ended it */
    bool leaving;
    int rc; /* of the task `failed` */
    size_t failed;
};

static void work_through(struct crew *crew)
{
    for (size_t task; (task = atomic_fetch_add(&crew->next, 1)) < crew->count;) {
        int rc = crew->work(crew->context, task);
        if (rc == 0)
            continue;
        (void)pthread_mutex_lock(&crew->lock);
        if (crew->rc == 0 || task < crew->failed) {
            crew->rc = rc;
            crew->failed = task;
        }
        (void)pthread_mutex_unlock(&crew->lock);
    }
}

static void look_again(void)
{
#if defined(__SSE2__)
    _mm_pause();
#endif
}

static void *help(void *argument)
{
    struct crew *crew = argument;
    uint64_t done = 0;
    for (;;) {
        for (int i = 0; i < LOOKS && atomic_load(&crew->run) == done; i++)
            look_again();
        (void)pthread_mutex_lock(&crew->lock);
        while (crew->run == done && !crew->leaving)
            (void)pthread_cond_wait(&crew->begun, &crew->lock);
        done = crew->run;
        bool leaving = crew->leaving;
        (void)pthread_mutex_unlock(&crew->lock);
        if (leaving)
            break;
        work_through(crew);
        (void)pthread_mutex_lock(&crew->lock);
        if (--crew->behind == 0)
            (void)pthread_cond_signal(&crew->ended);
        (void)pthread_mutex_unlock(&crew->lock);
    }
    return NULL;
}

static unsigned processors(void)
{
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
    return count > 0 ? (unsigned)count : 1;
}

int crew_create(struct crew **out, unsigned size)
{
    struct crew *crew = calloc(1, sizeof *crew);
    *out = crew;
    if (!crew)
        return ERR_NO_MEMORY;
    (void)pthread_mutex_init(&crew->lock, NULL);
    (void)pthread_cond_init(&crew->begun, NULL);
    (void)pthread_cond_init(&crew->ended, NULL);
    if (size == 0)
        size = processors();
    if (size > CREW_MAX)
        size = CREW_MAX;
    while (crew->helpers + 1 < size &&
           pthread_create(&crew->threads[crew->helpers], NULL, help, crew) == 0)
        crew->helpers++;
    return 0;
}

void crew_destroy(struct crew *crew)
{
    if (!crew)
        return;
    (void)pthread_mutex_lock(&crew->lock);
    crew->leaving = true;
    (void)pthread_cond_broadcast(&crew->begun);
    (void)pthread_mutex_unlock(&crew->lock);
    for (unsigned i = 0; i < crew->helpers; i++)
        (void)pthread_join(crew->threads[i], NULL);
    (void)pthread_cond_destroy(&crew->begun);
    (void)pthread_cond_destroy(&crew->ended);
    (void)pthread_mutex_destroy(&crew->lock);
    free(crew);
}

unsigned crew_size(const struct crew *crew)
{
    return crew->helpers + 1;
}

int crew_run(struct crew *crew, int (*work)(void *context, size_t task), void *context,
             size_t count)
{
    (void)pthread_mutex_lock(&crew->lock);
    crew->work = work;
    crew->context = context;
    crew->count = count;
    crew->rc = 0;
    crew->behind = crew->helpers;
    crew->run++;
    atomic_store(&crew->next, 0);
    (void)pthread_cond_broadcast(&crew->begun);
    (void)pthread_mutex_unlock(&crew->lock);

    work_through(crew);

    for (int i = 0; i < LOOKS && atomic_load(&crew->behind) > 0; i++)
        look_again();
    (void)pthread_mutex_lock(&crew->lock);
    while (crew->behind > 0)
        (void)pthread_cond_wait(&crew->ended, &crew->lock);
    int rc = crew->rc;
    (void)pthread_mutex_unlock(&crew->lock);
    return rc;
}
