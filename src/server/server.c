/* Owns everything that runs, and the order in which it starts and ends.
 *
 * Start, once it is made (server_create.c): threads, then what the server before has, then
 * accepting, then "ready". End: on the first SIGTERM or SIGINT, or when the next server has taken
 * over, listeners close, every answer says that its connection closes, and when the last one has,
 * or the drain timeout is over, or a second signal comes, workers stop and are joined. Idle
 * connections are left until then because a proxy may be sending on one this instant. */
#include "server/server_parts.h"

#include "base/err.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum { DRAIN_LOOK_MS = 20 };

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
    succession_close(&server->succession);
    if (server->has_admin_worker)
        worker_stop(server->admin_worker);
    acceptor_close(&server->acceptor);
    acceptor_close(&server->admin_acceptor);
    takedown_watch_close(&server->takedowns);
    notify_close(&server->notify);
    reload_close(&server->reload);
    for (int i = 0; i < SIGNALS; i++)
        uv_close((uv_handle_t *)&server->signals[i], NULL);
    uv_close((uv_handle_t *)&server->drain_look, NULL);
}

static void on_drain_look(uv_timer_t *timer)
{
    struct server *server = timer->data;
    unsigned open = atomic_load(&server->acceptor.connections);
    bool over = open == 0 && handover_give_may_leave(&server->succession.after);
    if (!over && clock_monotonic_ms() < server->drain_until)
        return;
    if (open > 0)
        log_info(&server->options.log, "drain timeout: closing %u connections", open);
    end_now(server);
}

static void drain(struct server *server)
{
    server->draining = true;
    server->admin.draining = true;
    reload_stop(&server->reload);
    server->drain_until = clock_monotonic_ms() + server->options.drain_timeout_ms;
    acceptor_drain(&server->acceptor);
    for (size_t i = 0; i < server->worker_count; i++)
        worker_drain(&server->workers[i]);
    log_info(&server->options.log, "draining: %u connections",
             atomic_load(&server->acceptor.connections));
    (void)uv_timer_start(&server->drain_look, on_drain_look, 0, DRAIN_LOOK_MS);
}

/* The next server serves, and the service goes on: no word to its manager. */
static void on_taken(void *context)
{
    struct server *server = context;
    if (!server->draining)
        drain(server);
}

/* Nobody goes on in its place. */
static void leave(struct server *server)
{
    succession_end(&server->succession);
    if (server->draining)
        return;
    notify_send(&server->notify, "STOPPING=1\nSTATUS=draining\n");
    drain(server);
}

static void stop(struct server *server)
{
    if (server->told_to_stop) {
        log_info(&server->options.log, "a second signal: ending at once");
        end_now(server);
        return;
    }
    server->told_to_stop = true;
    leave(server);
}

static void on_signal(uv_signal_t *handle, int number)
{
    (void)number;
    stop(handle->data);
}

static void on_hangup(void *context)
{
    stop(context);
}

/* Whoever starts it anew can open its sockets anew. */
void server_on_deaf(void *context)
{
    struct server *server = context;
    if (server->draining)
        return;
    log_error(&server->options.log, "nobody can connect any more: ending");
    server->failure = ERR_IO;
    leave(server);
}

/* --- the start */

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

static int take_over(struct server *server)
{
    const struct handover_offer *offer = succession_offer(&server->succession);
    if (offer)
        notify_inherit_watchdog(&server->notify, offer->watchdog_ms);
    const struct handover_give_options options = {
        .data = server->options.data,
        .visitors = &server->acceptor,
        .admin = &server->admin_acceptor,
        .recorder = server->recorder,
        .log = &server->options.log,
        .watchdog_ms = server->notify.watchdog_ms,
        .on_taken = on_taken,
        .context = server,
    };
    struct diag_words why = {0};
    int rc = succession_take(&server->succession, &options, server->options.unix_mode, &why);
    if (rc != 0)
        log_error(&server->options.log, "%.*s", STR_ARG(buf_str(&why.en)));
    diag_words_finish(&why);
    return rc;
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
        .statm = server->statm,
        .started = clock_wall(),
    };
    rc = server->recorder ? recorder_start(server->recorder) : 0;
    for (size_t i = 0; rc == 0 && i < server->worker_count; i++)
        rc = worker_start(&server->workers[i]);
    if (rc == 0)
        rc = publisher_start(server->publisher);
    if (rc == 0)
        rc = start_reload(server);
    if (rc != 0)
        log_error(&server->options.log, "cannot start a thread: %s", err_words(rc));
    else
        rc = take_over(server);
    if (rc != 0) {
        end_now(server);
    } else {
        acceptor_start(&server->acceptor, server->dealt, server->worker_count);
        acceptor_start(&server->admin_acceptor, &server->admin_worker, 1);
        /* One turn, and all that the loop watches is watched when it is said. (ThreadSanitizer
         * loses a signal that comes into a thread's very first wait.) */
        (void)uv_run(&server->loop, UV_RUN_NOWAIT);
        tell_ready(server);
        succession_serve(&server->succession, &server->loop);
    }
    (void)uv_run(&server->loop, UV_RUN_DEFAULT);
    return rc != 0 ? rc : server->failure;
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
    if (server->statm >= 0)
        (void)close(server->statm);
    int rc = uv_loop_close(&server->loop);
    assert(rc == 0);
    (void)rc;
    free(server->workers);
    free(server->recordings);
    free(server->admin_worker);
    free(server);
}
