/* Owns everything that runs, and the order in which it starts and ends.
 *
 * Start: bind (fail early), load the pages, make the workers; then threads, then accepting, then
 * "ready". End: on the first SIGTERM or SIGINT listeners close, every answer says that its
 * connection closes, and when the last one has, or the drain timeout is over, or a second signal
 * comes, workers stop and are joined. Idle connections are left until then because a proxy may be
 * sending on one this instant. */
#include "server/server.h"

#include "server/admin.h"
#include "server/capacity.h"
#include "server/confine.h"
#include "server/listeners.h"
#include "server/notify.h"
#include "server/publisher.h"
#include "server/reload.h"
#include "server/takedown_watch.h"

#include "base/err.h"
#include "base/secret.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>

enum { SIGNALS = 2, DRAIN_LOOK_MS = 20 };

struct server {
    struct server_options options;
    struct tuning *tuning; /* a reference to what is in force */
    struct handler_serving serving;
    unsigned char key[HASH_KEY_SIZE]; /* signs links to drafts, and tokens */
    uv_loop_t loop;
    struct publisher *publisher;
    struct takedown_watch takedowns;
    struct acceptor acceptor;
    struct worker *workers;
    struct recorder *recorder;
    struct recording *recordings; /* one for each worker */
    struct worker *dealt[WORKERS_MAX];
    size_t worker_count; /* that are initialised */

    struct notify notify;
    struct reload reload;
    struct admin admin;
    struct acceptor admin_acceptor;
    struct worker *admin_worker;
    bool has_admin_worker;

    uv_signal_t signals[SIGNALS];
    uv_async_t stop;
    uv_timer_t drain_look;
    uint64_t drain_until;
    bool draining;
    bool ended;
};

/* --- the end */

static void end_now(struct server *server)
{
    if (server->ended)
        return;
    server->ended = true;
    publisher_stop(server->publisher); /* it brings sites to the workers */
    for (size_t i = 0; i < server->worker_count; i++)
        worker_stop(&server->workers[i]);
    /* Workers ring the acceptor's bell: they are gone before it is closed. */
    for (size_t i = 0; i < server->worker_count; i++)
        worker_join(&server->workers[i]);
    /* It takes what they have offered, and still rings their bells. */
    if (server->recorder)
        recorder_stop(server->recorder);
    if (server->has_admin_worker)
        worker_stop(server->admin_worker);
    acceptor_close(&server->acceptor);
    acceptor_close(&server->admin_acceptor);
    takedown_watch_close(&server->takedowns);
    notify_close(&server->notify);
    reload_close(&server->reload);
    for (int i = 0; i < SIGNALS; i++)
        uv_close((uv_handle_t *)&server->signals[i], NULL);
    uv_close((uv_handle_t *)&server->stop, NULL);
    uv_close((uv_handle_t *)&server->drain_look, NULL);
}

static void on_drain_look(uv_timer_t *timer)
{
    struct server *server = timer->data;
    unsigned open = atomic_load(&server->acceptor.connections);
    if (open > 0 && clock_monotonic_ms() < server->drain_until)
        return;
    if (open > 0)
        log_info(&server->options.log, "drain timeout: closing %u connections", open);
    end_now(server);
}

static void drain(struct server *server)
{
    if (server->draining) {
        log_info(&server->options.log, "a second signal: ending at once");
        end_now(server);
        return;
    }
    server->draining = true;
    server->admin.draining = true;
    reload_stop(&server->reload);
    notify_send(&server->notify, "STOPPING=1\nSTATUS=draining\n");
    server->drain_until = clock_monotonic_ms() + server->options.drain_timeout_ms;
    acceptor_drain(&server->acceptor);
    for (size_t i = 0; i < server->worker_count; i++)
        worker_drain(&server->workers[i]);
    log_info(&server->options.log, "draining: %u connections",
             atomic_load(&server->acceptor.connections));
    (void)uv_timer_start(&server->drain_look, on_drain_look, 0, DRAIN_LOOK_MS);
}

static void on_signal(uv_signal_t *handle, int number)
{
    (void)number;
    drain(handle->data);
}

static void on_hangup(void *context)
{
    drain(context);
}

static void on_stop(uv_async_t *handle)
{
    drain(handle->data);
}

void server_stop(struct server *server)
{
    (void)uv_async_send(&server->stop);
}

/* --- the start */

static void on_conn_closed(void *context)
{
    acceptor_on_conn_closed(context);
}

static void on_site(void *context, struct site *site)
{
    struct server *server = context;
    for (size_t i = 0; i < server->worker_count; i++)
        worker_set_site(&server->workers[i], site);
}

static void on_reread(void *context)
{
    struct server *server = context;
    reload_on_reread(&server->reload);
}

static int init_handles(struct server *server)
{
    if (uv_loop_init(&server->loop) != 0)
        return ERR_IO;
    for (int i = 0; i < SIGNALS; i++) {
        (void)uv_signal_init(&server->loop, &server->signals[i]);
        server->signals[i].data = server;
    }
    (void)uv_timer_init(&server->loop, &server->drain_look);
    server->drain_look.data = server;
    server->stop.data = server;
    if (uv_async_init(&server->loop, &server->stop, on_stop) != 0 ||
        reload_init(&server->reload, &server->loop) != 0 ||
        acceptor_init(&server->acceptor, &server->loop, &server->options.log,
                      server->options.limits.connections) != 0 ||
        acceptor_init(&server->admin_acceptor, &server->loop, &server->options.log,
                      ADMIN_CONNECTIONS_MAX) != 0)
        return ERR_IO;
    /* Nobody may keep the operator from looking. */
    server->admin_acceptor.crowds_out = true;
    takedown_watch_init(&server->takedowns, &server->loop, &server->options.log);
    notify_init(&server->notify, &server->loop, &server->options.log);
    return 0;
}

static int confine_server(struct server *server, struct buf *why)
{
    const struct acceptor *acceptors[] = {&server->acceptor, &server->admin_acceptor};
    return confine(&server->options, acceptors, 2, why);
}

/* Without a key, drafts cannot be shown, and tokens are good until the next start; all else works.
 */
static void load_key(struct server *server)
{
    int rc = secret_load(server->key, server->options.data);
    const unsigned char *key = rc == 0 ? server->key : NULL;
    if (rc != 0)
        log_warning(&server->options.log, "no links to drafts: %s/secret: %s", server->options.data,
                    err_words(rc));
    server->serving.preview_key = key;
}

static int init_workers(struct server *server, struct site *site)
{
    const struct server_options *options = &server->options;
    struct worker_options worker = {
        .handler = options->handler.handle ? options->handler
                                           : (struct handler){handler_serve, &server->serving},
        .tuning = server->tuning,
        .log = &options->log,
        .on_conn_closed = on_conn_closed,
        .context = &server->acceptor,
    };
    server->workers = calloc(options->workers, sizeof *server->workers);
    server->recordings = calloc(options->workers, sizeof *server->recordings);
    server->admin_worker = calloc(1, sizeof *server->admin_worker);
    if (!server->workers || !server->recordings || !server->admin_worker)
        return ERR_NO_MEMORY;
    for (; server->worker_count < options->workers; server->worker_count++) {
        struct worker *next = &server->workers[server->worker_count];
        int rc = 0;
        if (server->recorder) {
            worker.feed = recorder_feed(server->recorder, server->worker_count);
            worker.recording = &server->recordings[server->worker_count];
            rc = recording_init(worker.recording, server->serving.preview_key, server->tuning,
                                worker.feed);
        }
        if (rc == 0)
            rc = worker_init(next, NULL, site, &worker);
        if (rc != 0)
            return rc;
        server->dealt[server->worker_count] = next;
    }

    worker.feed = NULL;
    worker.recording = NULL;
    worker.handler = (struct handler){admin_handle, &server->admin};
    worker.context = &server->admin_acceptor;
    int rc = worker_init(server->admin_worker, &server->loop, site, &worker);
    server->has_admin_worker = rc == 0;
    return rc;
}

static void on_recorded(void *context, size_t feed, struct ticket ticket, unsigned status)
{
    struct server *server = context;
    worker_complete(&server->workers[feed], ticket, status);
}

static int open_recorder(struct server *server, struct buf *why)
{
    struct recorder_options options = server->options.recorder;
    options.data = server->options.data;
    options.feeds = server->options.workers;
    options.log = &server->options.log;
    options.complete = on_recorded;
    options.context = server;
    int rc = recorder_create(&server->recorder, &options);
    if (rc == ERR_IN_USE)
        buf_printf(why, "another attimo serves with the data folder %s; give this one its own",
                   options.data);
    else if (rc != 0)
        buf_printf(why, "cannot make the recorder: %s", err_words(rc));
    return rc;
}

static int load_pages(struct server *server, struct diags *diags)
{
    const struct publisher_options publisher = {.pages = server->options.pages,
                                                .log = &server->options.log,
                                                .without_capture = !server->options.records,
                                                .on_site = on_site,
                                                .on_reread = on_reread,
                                                .context = server};
    int rc = publisher_create(&server->publisher, &publisher, diags);
    if (rc == 0)
        takedown_watch_start(&server->takedowns, server->options.data,
                             publisher_release(server->publisher));
    return rc;
}

int server_create(struct server **out, const struct server_options *options, struct diags *diags,
                  struct buf *why)
{
    assert(options->workers >= 1 && options->workers <= WORKERS_MAX);
    struct server *server = calloc(1, sizeof *server);
    if (!server)
        return ERR_NO_MEMORY;
    server->options = *options;
    (void)signal(SIGPIPE, SIG_IGN); /* uv_write uses write(2), and nobody may be reading stdout */
    (void)signal(SIGIO, SIG_IGN);   /* fs_is_at_rest */
    (void)signal(SIGHUP, SIG_IGN);  /* until there is something to reload */
    capacity_limit(&server->options);
    int rc = tuning_create(&server->tuning, &server->options);
    if (rc == 0)
        rc = init_handles(server);
    if (rc != 0) {
        buf_printf(why, "cannot start the event loop");
        goto fail_exit; /* no handle can be closed without a loop: the process is about to end */
    }
    rc = listeners_open(&server->acceptor, &server->admin_acceptor, &server->options, why);
    if (rc == 0)
        rc = confine_server(server, why);
    if (rc != 0)
        goto fail_destroy;

    load_key(server);
    rc = options->records ? open_recorder(server, why) : 0;
    if (rc != 0)
        goto fail_destroy;
    rc = load_pages(server, diags);
    if (rc != 0) {
        buf_printf(why, "cannot read the pages folder %s: %s", options->pages, err_words(rc));
        goto fail_destroy;
    }
    struct site *site = release_site(publisher_release(server->publisher));
    rc = init_workers(server, site);
    site_unref(site);
    if (rc != 0) {
        buf_printf(why, "cannot make the workers: %s", err_words(rc));
        goto fail_destroy;
    }
    *out = server;
    return 0;

fail_destroy:
    server_destroy(server);
    return rc;
fail_exit:
    tuning_unref(server->tuning);
    free(server);
    return rc;
}

const struct site *server_site(const struct server *server)
{
    return publisher_release(server->publisher)->site;
}

static void log_listener(const struct server *server, const char *what,
                         const struct listener *listener)
{
    log_info(&server->options.log, "%s on %s%s", what, listener->name,
             listener->is_given ? " from systemd" : "");
}

static void log_names(const struct server *server)
{
    for (size_t i = 0; i < server->acceptor.listener_count; i++)
        log_listener(server, "listening", &server->acceptor.listeners[i]);
    for (size_t i = 0; i < server->admin_acceptor.listener_count; i++)
        log_listener(server, "admin", &server->admin_acceptor.listeners[i]);
}

static int start_reload(struct server *server)
{
    const struct reload_options options = {
        .options = &server->options,
        .tuning = &server->tuning,
        .workers = server->workers,
        .worker_count = server->worker_count,
        .admin_worker = server->admin_worker,
        .acceptor = &server->acceptor,
        .recorder = server->recorder,
        .publisher = server->publisher,
        .notify = &server->notify,
    };
    return reload_start(&server->reload, &options, on_hangup, server);
}

static bool is_alive(void *context)
{
    const struct server *server = context;
    return admin_loops_turn(&server->admin);
}

static void tell_ready(struct server *server)
{
    log_names(server);
    if (!server->recorder)
        log_info(&server->options.log, "nothing is recorded");
    log_info(&server->options.log, "ready");
    notify_ready(&server->notify, "serving");
    notify_start_watchdog(&server->notify, is_alive, server);
}

int server_run(struct server *server)
{
    static const int numbers[SIGNALS] = {SIGTERM, SIGINT};
    int rc = 0;
    for (int i = 0; i < SIGNALS; i++)
        (void)uv_signal_start(&server->signals[i], on_signal, numbers[i]);

    server->admin = (struct admin){
        .workers = server->workers,
        .worker_count = server->worker_count,
        .acceptor = &server->acceptor,
        .release = publisher_release(server->publisher),
        .recorder = server->recorder,
        .reload = &server->reload,
        .version = server->options.version,
        .started = clock_wall(),
    };
    rc = server->recorder ? recorder_start(server->recorder) : 0;
    for (size_t i = 0; rc == 0 && i < server->worker_count; i++)
        rc = worker_start(&server->workers[i]);
    if (rc == 0)
        rc = publisher_start(server->publisher);
    if (rc == 0)
        rc = start_reload(server);
    if (rc != 0) {
        log_error(&server->options.log, "cannot start a thread: %s", err_words(rc));
        end_now(server);
    } else {
        acceptor_start(&server->acceptor, server->dealt, server->worker_count);
        acceptor_start(&server->admin_acceptor, &server->admin_worker, 1);
        /* One turn, and all that the loop watches is watched when it is said. (ThreadSanitizer
         * loses a signal that comes into a thread's very first wait.) */
        (void)uv_run(&server->loop, UV_RUN_NOWAIT);
        tell_ready(server);
    }
    (void)uv_run(&server->loop, UV_RUN_DEFAULT);
    return rc;
}

void server_destroy(struct server *server)
{
    if (!server)
        return;
    end_now(server);
    (void)uv_run(&server->loop, UV_RUN_DEFAULT);
    for (size_t i = 0; i < server->worker_count; i++)
        worker_finish(&server->workers[i]);
    if (server->has_admin_worker)
        worker_finish(server->admin_worker);
    for (size_t i = 0; server->recordings && i < server->options.workers; i++)
        recording_finish(&server->recordings[i]);
    recorder_destroy(server->recorder);
    publisher_destroy(server->publisher);
    tuning_unref(server->tuning);
    int rc = uv_loop_close(&server->loop);
    assert(rc == 0);
    (void)rc;
    free(server->workers);
    free(server->recordings);
    free(server->admin_worker);
    free(server);
}
