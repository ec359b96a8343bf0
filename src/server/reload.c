/* Owns what happens on SIGHUP. */
#include "server/reload.h"

#include "base/err.h"
#include "server/capacity.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static const struct log *log_of(const struct reload *reload)
{
    return &reload->to.options->log;
}

/* --- what cannot change */

static bool same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_addresses(const struct server_options *a, const struct server_options *b)
{
    bool same = a->listen_count == b->listen_count;
    for (size_t i = 0; same && i < a->listen_count; i++)
        same = strcmp(a->listen[i].text, b->listen[i].text) == 0;
    return same;
}

static bool same_admin(const struct server_options *a, const struct server_options *b)
{
    return a->has_admin == b->has_admin &&
           (!a->has_admin || strcmp(a->admin.text, b->admin.text) == 0);
}

/* The names of what is other in the file than in the process, told in one line. */
static void tell_fixed(const struct reload *reload, const struct server_options *fresh)
{
    const struct server_options *now = reload->to.options;
    const struct journal_options *journal = &now->recorder.journal;
    const struct journal_options *fresh_journal = &fresh->recorder.journal;
    const struct {
        const char *name;
        bool same;
    } fixed[] = {
        {"listen", same_addresses(now, fresh)},
        {"admin", same_admin(now, fresh)},
        {"pages", same_text(now->pages, fresh->pages)},
        {"data", same_text(now->data, fresh->data)},
        {"user", same_text(now->user, fresh->user)},
        {"isolate", now->isolate == fresh->isolate},
        {"workers", now->workers == fresh->workers},
        {"unix_mode", now->unix_mode == fresh->unix_mode},
        {"record", now->records == fresh->records},
        {"durability", journal->durability == fresh_journal->durability},
        {"node", str_eq(journal->node, fresh_journal->node)},
        {"journal.segment_size", journal->segment_bytes == fresh_journal->segment_bytes},
        {"journal.segment_age", journal->segment_age_ms == fresh_journal->segment_age_ms},
        {"journal.ring", now->recorder.ring_bytes == fresh->recorder.ring_bytes},
    };
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (!fixed[i].same)
            log_warning(log_of(reload), "reload: %s is another one now: that takes a restart",
                        fixed[i].name);
}

/* --- what can */

static void give_tuning(const struct reload *reload, struct tuning *tuning)
{
    const struct reload_options *to = &reload->to;
    for (size_t i = 0; i < to->worker_count; i++)
        worker_tune(&to->workers[i], tuning);
    worker_tune(to->admin_worker, tuning);
    tuning_unref(*to->tuning);
    *to->tuning = tuning;
}

static int use(void *context, const struct server_options *fresh)
{
    struct reload *reload = context;
    struct server_options *now = reload->to.options;
    struct server_options capped = *fresh;
    struct tuning *tuning;
    capacity_limit(&capped);
    int rc = tuning_create(&tuning, &capped);
    if (rc != 0)
        return rc;
    tell_fixed(reload, fresh);
    log_set_level(&now->log, fresh->log.level);
    now->drain_timeout_ms = fresh->drain_timeout_ms;
    acceptor_limit(reload->to.acceptor, tuning->limits.connections);
    give_tuning(reload, tuning);
    if (reload->to.recorder)
        recorder_tune(reload->to.recorder, fresh->recorder.compress_after_s,
                      fresh->recorder.keep_s);
    return 0;
}

/* --- one reload */

static void tell_diags(const struct reload *reload, const struct diags *diags)
{
    struct buf line = BUF_EMPTY;
    for (size_t i = 0; i < diags->count; i++) {
        buf_clear(&line);
        diag_format(&diags->items[i], &line);
        log_error(log_of(reload), "reload: %.*s", STR_ARG(buf_str(&line)));
    }
    buf_finish(&line);
}

static int read_configuration(struct reload *reload)
{
    const struct server_options *options = reload->to.options;
    struct diags diags = {0};
    if (!options->reread)
        return 0;
    int rc = options->reread(options->reread_context, use, reload, &diags);
    tell_diags(reload, &diags);
    diags_finish(&diags);
    return rc;
}

static void fail(struct reload *reload, const char *what_stays, int error)
{
    reload->under_way = false;
    reload->failed++;
    reload->last_failed = true;
    log_error(log_of(reload), "not reloaded: %s (%s)", what_stays, err_words(error));
    notify_ready(reload->to.notify, "serving; the last reload failed, see the log");
}

static void succeed(struct reload *reload)
{
    reload->under_way = false;
    reload->good++;
    reload->last_failed = false;
    reload->last_good = clock_wall();
    log_info(log_of(reload), "reloaded");
    notify_ready(reload->to.notify, "serving");
}

static void begin(struct reload *reload)
{
    reload->under_way = true;
    reload->again = false;
    log_info(log_of(reload), "reloading");
    notify_reloading(reload->to.notify);
    int rc = read_configuration(reload);
    if (rc == 0)
        publisher_reread(reload->to.publisher);
    else
        fail(reload, "everything is as it was", rc);
}

static void on_reread(uv_async_t *handle)
{
    struct reload *reload = handle->data;
    if (!reload->under_way || reload->stopped)
        return;
    int error = atomic_load(&reload->error);
    if (error == 0)
        succeed(reload);
    else
        fail(reload, "the pages are as they were, the configuration is in force", error);
    if (reload->again)
        begin(reload);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct reload *reload = handle->data;
    (void)number;
    if (reload->stopped)
        return;
    if (reload->on_terminal && !isatty(STDERR_FILENO))
        reload->on_hangup(reload->context);
    else if (reload->under_way)
        reload->again = true;
    else
        begin(reload);
}

/* --- life */

int reload_init(struct reload *reload, uv_loop_t *loop)
{
    *reload = (struct reload){.on_terminal = isatty(STDERR_FILENO) != 0, .last_good = clock_wall()};
    (void)uv_signal_init(loop, &reload->signal);
    reload->signal.data = reload;
    reload->reread.data = reload;
    return uv_async_init(loop, &reload->reread, on_reread) == 0 ? 0 : ERR_IO;
}

int reload_start(struct reload *reload, const struct reload_options *options,
                 void (*on_hangup)(void *context), void *context)
{
    reload->to = *options;
    reload->on_hangup = on_hangup;
    reload->context = context;
    return uv_signal_start(&reload->signal, on_signal, SIGHUP) == 0 ? 0 : ERR_IO;
}

void reload_on_reread(struct reload *reload, int error)
{
    atomic_store(&reload->error, error);
    (void)uv_async_send(&reload->reread);
}

void reload_stop(struct reload *reload)
{
    reload->stopped = true;
}

void reload_close(struct reload *reload)
{
    uv_close((uv_handle_t *)&reload->signal, NULL);
    uv_close((uv_handle_t *)&reload->reread, NULL);
}
