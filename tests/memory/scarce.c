/* Memory that a test makes scarce: linked into a program of its own in place of the system's
 * (`-Wl,--wrap`). What the libraries allocate for themselves is left alone.
 *
 * ATTIMO_SCARCE_MEMORY names a file of two numbers that the test writes at once: how many
 * allocations succeed from now on, and how many fail after these. */
#include "memory/scarce.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(const char *text);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);

static struct scarce *map_scarce(void)
{
    const char *path = getenv("ATTIMO_SCARCE_MEMORY");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    void *mapped =
        fd < 0 ? MAP_FAILED
               : mmap(NULL, sizeof(struct scarce), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (mapped == MAP_FAILED) {
        (void)fputs("ATTIMO_SCARCE_MEMORY names no file\n", stderr);
        abort();
    }
    return mapped;
}

/* Two threads may both map it; both maps show the same. */
static bool fails(void)
{
    static _Atomic(struct scarce *) mapped;
    struct scarce *scarce = atomic_load(&mapped);
    if (!scarce) {
        scarce = map_scarce();
        atomic_store(&mapped, scarce);
    }
    int64_t left = atomic_fetch_sub(&scarce->successes, 1);
    return left <= 0 && left > -atomic_load(&scarce->failures);
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return fails() ? NULL : __real_realloc(old, size);
}

char *__wrap_strdup(const char *text)
{
    return fails() ? NULL : __real_strdup(text);
}
