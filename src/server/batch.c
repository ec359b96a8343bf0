/* Owns the threads that help with compiling. */
#include "server/batch.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>
#include <uv.h>

enum { HELPERS_MAX = 7, TASKS_PER_THREAD = 8, HELPER_NICE = 10 };

struct run {
    struct batch *batch;
    atomic_size_t next;
};

static void compile_file(const struct loader *loader, struct task *task)
{
    struct stat st;
    const char *path = task->entry->path;
    /* A version that is noted before reading can at worst be older than what is read: that costs a
     * second compiling, where one noted afterwards could hide a change. */
    bool there = fs_stat_beneath(loader->pages_fd, path, 0, &st) == 0;
    if (there)
        task->before = version_of(&st);
    task->error = loader_compile(&task->compiled, loader, &task->entry->file, &task->diags);
    if (there && fs_stat_beneath(loader->pages_fd, path, 0, &st) == 0) {
        struct version after = version_of(&st);
        task->stable = version_same(&task->before, &after);
    }
}

static void compile(const struct loader *loader, struct task *task)
{
    const struct entry *entry = task->entry;
    if (task->timed)
        task->error = loader_recompile(&task->compiled, loader, &entry->file,
                                       buf_str(&entry->compiled.source), &task->diags);
    else
        compile_file(loader, task);
}

static void compile_some(void *argument)
{
    struct run *run = argument;
    size_t i;
    while ((i = atomic_fetch_add(&run->next, 1)) < run->batch->count)
        compile(&run->batch->loader, &run->batch->tasks[i]);
}

static void help(void *argument)
{
    const struct run *run = argument;
    if (run->batch->serving) /* Linux keeps the nice value per thread. */
        (void)setpriority(PRIO_PROCESS, (id_t)gettid(), HELPER_NICE);
    compile_some(argument);
}

void batch_run(struct batch *batch)
{
    struct run run = {.batch = batch};
    uv_thread_t helpers[HELPERS_MAX];
    size_t wanted = uv_available_parallelism() - 1;
    if (wanted > HELPERS_MAX)
        wanted = HELPERS_MAX;
    if (wanted > batch->count / TASKS_PER_THREAD)
        wanted = batch->count / TASKS_PER_THREAD;
    size_t started = 0;
    while (started < wanted && uv_thread_create(&helpers[started], help, &run) == 0)
        started++;
    compile_some(&run);
    for (size_t i = 0; i < started; i++)
        (void)uv_thread_join(&helpers[i]);
}

void batch_finish(struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        compiled_finish(&batch->tasks[i].compiled);
        diags_finish(&batch->tasks[i].diags);
    }
    free(batch->tasks);
    *batch = (struct batch){0};
}
