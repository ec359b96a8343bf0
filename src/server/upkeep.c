/* Owns the thread that looks after old segments: once at the start, and then every few minutes, or
 * more often where they are to be compressed or removed sooner than that. */
#include "server/upkeep.h"

#include "base/clock.h"
#include "base/err.h"
#include "journal/maintain.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

enum { UPKEEP_NICE = 19, LOOK_EVERY_MS = 5 * 60 * 1000, LOOK_AGAIN_MS = 1000 };

static void tell(struct upkeep *upkeep, const struct maintain_report *report)
{
    const struct log *log = upkeep->options.log;
    if (report->compressed > 0 || report->removed > 0)
        log_info(log, "journal: %u segments compressed, %u removed", report->compressed,
                 report->removed);
    if (report->error != 0 && report->error != upkeep->last_error)
        log_warning(log, "journal: cannot compress or remove %s: %s", report->file,
                    err_words(report->error));
    upkeep->last_error = report->error;
    if (report->foreign > 0 && !upkeep->has_told_foreign) {
        log_warning(log,
                    "journal: segments of other nodes (%s) are older than journal.keep, %u in all; "
                    "only a server of their node compresses and removes them",
                    report->foreign_nodes, report->foreign);
        upkeep->has_told_foreign = true;
    }
}

static void look(struct upkeep *upkeep, uint64_t unsealed_seq)
{
    struct maintain_options options = {
        .node = upkeep->options.node,
        .unsealed_seq = unsealed_seq,
        .now_s = clock_wall(),
        .stop = &upkeep->stopping,
    };
    struct maintain_report report = {0};
    char folder[PATH_MAX];
    uv_mutex_lock(&upkeep->lock);
    options.compress_after_s = upkeep->options.compress_after_s;
    options.keep_s = upkeep->options.keep_s;
    uv_mutex_unlock(&upkeep->lock);
    (void)snprintf(folder, sizeof folder, "%s/journal", upkeep->options.data);
    options.dir_fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (options.dir_fd < 0)
        return; /* whoever writes there complains of it */
    int rc = maintain_run(&options, &report);
    (void)close(options.dir_fd);
    if (rc != 0)
        report = (struct maintain_report){.error = rc, .file = "anything"};
    tell(upkeep, &report);
}

static uint64_t until_next_ms(const struct upkeep_options *options)
{
    const int64_t ages_s[] = {options->compress_after_s, options->keep_s};
    uint64_t ms = LOOK_EVERY_MS;
    for (size_t i = 0; i < sizeof ages_s / sizeof *ages_s; i++)
        if (ages_s[i] >= 0 && (uint64_t)ages_s[i] * 500 < ms)
            ms = (uint64_t)ages_s[i] * 500; /* half of it */
    return ms > LOOK_AGAIN_MS ? ms : LOOK_AGAIN_MS;
}

static void look_after(void *argument)
{
    struct upkeep *upkeep = argument;
    (void)setpriority(PRIO_PROCESS, (id_t)gettid(), UPKEEP_NICE);
    while (!atomic_load(&upkeep->stopping)) {
        uint64_t unsealed_seq = atomic_load(&upkeep->unsealed_seq);
        if (unsealed_seq > 0)
            look(upkeep, unsealed_seq);
        uv_mutex_lock(&upkeep->lock);
        uint64_t ms = unsealed_seq > 0 ? until_next_ms(&upkeep->options) : LOOK_AGAIN_MS;
        if (!atomic_load(&upkeep->stopping) && !upkeep->tuned)
            (void)uv_cond_timedwait(&upkeep->woken, &upkeep->lock, ms * 1000000);
        upkeep->tuned = false;
        uv_mutex_unlock(&upkeep->lock);
    }
}

int upkeep_init(struct upkeep *upkeep, const struct upkeep_options *options)
{
    *upkeep = (struct upkeep){.options = *options};
    if (uv_mutex_init(&upkeep->lock) != 0)
        return ERR_LIMIT;
    if (uv_cond_init(&upkeep->woken) != 0) {
        uv_mutex_destroy(&upkeep->lock);
        return ERR_LIMIT;
    }
    return 0;
}

int upkeep_start(struct upkeep *upkeep)
{
    if (uv_thread_create(&upkeep->thread, look_after, upkeep) != 0)
        return ERR_LIMIT;
    upkeep->has_thread = true;
    return 0;
}

void upkeep_tune(struct upkeep *upkeep, int64_t compress_after_s, int64_t keep_s)
{
    uv_mutex_lock(&upkeep->lock);
    upkeep->options.compress_after_s = compress_after_s;
    upkeep->options.keep_s = keep_s;
    upkeep->tuned = true;
    uv_cond_signal(&upkeep->woken);
    uv_mutex_unlock(&upkeep->lock);
}

void upkeep_stop(struct upkeep *upkeep)
{
    if (!upkeep->has_thread)
        return;
    uv_mutex_lock(&upkeep->lock);
    atomic_store(&upkeep->stopping, true);
    uv_cond_signal(&upkeep->woken);
    uv_mutex_unlock(&upkeep->lock);
    (void)uv_thread_join(&upkeep->thread);
    upkeep->has_thread = false;
}

void upkeep_finish(struct upkeep *upkeep)
{
    upkeep_stop(upkeep);
    uv_cond_destroy(&upkeep->woken);
    uv_mutex_destroy(&upkeep->lock);
}
