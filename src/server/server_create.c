/* Owns making a server, up to the moment in which its threads start: bind (fail early), give up
 * rights, open the journal, load the pages, make the workers. What fails, fails here, and leaves a
 * server that is being taken over as it was. */
#include "server/server_parts.h"

#include "server/capacity.h"
#include "server/confine.h"
#include "server/listeners.h"

#include "base/err.h"
#include "base/secret.h"

#include <assert.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>

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

static void on_reread(void *context, int error)
{
    struct server *server = context;
    reload_on_reread(&server->reload, error);
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
    if (reload_init(&server->reload, &server->loop) != 0 ||
        acceptor_init(&server->acceptor, &server->loop, &server->options.log,
                      server->options.limits.connections) != 0 ||
        acceptor_init(&server->admin_acceptor, &server->loop, &server->options.log,
                      ADMIN_CONNECTIONS_MAX) != 0)
        return ERR_IO;
    server->acceptor.on_deaf = server_on_deaf;
    server->acceptor.context = server;
    /* Nobody may keep the operator from looking. */
    server->admin_acceptor.crowds_out = true;
    takedown_watch_init(&server->takedowns, &server->loop, &server->options.log);
    succession_init(&server->succession, &server->loop);
    notify_init(&server->notify, &server->loop, &server->options.log);
    return 0;
}

static int confine_server(struct server *server, struct diag_words *why)
{
    const struct acceptor *acceptors[] = {&server->acceptor, &server->admin_acceptor};
    server->statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    return confine(&server->options, acceptors, 2, why);
}

/* Without the installation's key, drafts cannot be shown, and tokens are good until the next start,
 * under a key of this server's own; all else works. */
static void load_key(struct server *server)
{
    int rc = secret_load(server->key, server->options.data);
    if (rc == 0) {
        server->serving.preview_key = server->key;
        return;
    }
    log_warning(&server->options.log, "no links to drafts: %s/secret: %s", server->options.data,
                err_words(rc));
    hash_random(server->key, sizeof server->key);
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
            rc = recording_init(worker.recording, server->key, server->tuning, worker.feed);
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
    /* It would keep that site for as long as it lives, as nobody brings it another one. */
    int rc = worker_init(server->admin_worker, &server->loop, NULL, &worker);
    server->has_admin_worker = rc == 0;
    return rc;
}

static void on_recorded(void *context, size_t feed, struct ticket ticket, unsigned status)
{
    struct server *server = context;
    worker_complete(&server->workers[feed], ticket, status);
}

static void on_all_recorded(void *context)
{
    struct server *server = context;
    for (size_t i = 0; i < server->worker_count; i++)
        worker_wake(&server->workers[i]);
}

static void fail(struct diag_words *why, struct text words, int error)
{
    buf_append(&why->en, str_from(words.en));
    buf_append(&why->it, str_from(words.it));
    diag_words_because(why, error);
}

/* Whoever takes over a journal that is written must be able to write it. */
static int look_at_journal(struct server *server, struct diag_words *why)
{
    struct recorder_state state;
    recorder_state(server->recorder, &state);
    if (state.error != 0) {
        diag_words_say(why, "cannot take over: %s/journal", "non si può subentrare: %s/journal",
                       server->options.data);
        diag_words_because(why, state.error);
    }
    return state.error;
}

/* A server that is leaving has the lock as long as it writes, and cannot be asked for a take-over
 * any more; it may have been taken over by one that has died since. Before it is waited for comes a
 * second look, soon: a command that only asks for the lock has it for an instant. */
static int create_recorder(struct server *server, const struct recorder_options *options)
{
    enum { PATIENCE_MS = 60 * 1000, LOOK_MS = 50, INSTANT_MS = 2 };
    uint64_t end = clock_monotonic_ms() + PATIENCE_MS;
    int rc = recorder_create(&server->recorder, options);
    for (int looks = 0;
         rc == ERR_IN_USE && !handover_is_served(options->data) && clock_monotonic_ms() < end;
         looks++) {
        if (looks == 1)
            log_info(options->log, "waiting for a server that is leaving");
        uv_sleep(looks == 0 ? INSTANT_MS : LOOK_MS);
        rc = recorder_create(&server->recorder, options);
    }
    return rc;
}

static int open_recorder(struct server *server, struct diag_words *why)
{
    struct recorder_options options = server->options.recorder;
    options.data = server->options.data;
    options.feeds = server->options.workers;
    options.log = &server->options.log;
    options.complete = on_recorded;
    options.completed = on_all_recorded;
    options.context = server;
    options.journal.handover = succession_journal(&server->succession);
    int rc = create_recorder(server, &options);
    if (rc == 0 && options.journal.handover)
        rc = look_at_journal(server, why);
    if (rc == ERR_IN_USE)
        diag_words_say(why, "another attimo serves with the data folder %s; give this one its own",
                       "un altro attimo serve con la cartella dei dati %s: dai a questo la sua",
                       options.data);
    else if (rc != 0 && why->en.len == 0)
        fail(why, TEXT("cannot make the recorder", "non si riesce a registrare"), rc);
    return rc;
}

static int load_pages(struct server *server, struct diags *diags)
{
    const struct publisher_options publisher = {.pages = server->options.pages,
                                                .data = server->options.data,
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
                  struct diag_words *why)
{
    assert(options->workers >= 1 && options->workers <= WORKERS_MAX);
    struct server *server = calloc(1, sizeof *server);
    if (!server)
        return ERR_NO_MEMORY;
    server->options = *options;
    server->statm = -1;
    (void)signal(SIGPIPE, SIG_IGN); /* uv_write uses write(2), and nobody may be reading stdout */
    (void)signal(SIGIO, SIG_IGN);   /* fs_is_at_rest */
    (void)signal(SIGHUP, SIG_IGN);  /* until there is something to reload */
    capacity_limit(&server->options);
    int rc = tuning_create(&server->tuning, &server->options);
    if (rc == 0)
        rc = init_handles(server);
    if (rc != 0) {
        fail(why, TEXT("cannot start the event loop", "il ciclo degli eventi non parte"), rc);
        goto fail_exit; /* no handle can be closed without a loop: the process is about to end */
    }
    rc = options->take_over ? succession_ask(&server->succession, options->data, why) : 0;
    if (rc == 0)
        rc = listeners_open(&server->acceptor, &server->admin_acceptor, &server->options,
                            succession_offer(&server->succession), why);
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
        diag_words_say(why, "cannot read the pages folder %s",
                       "non si riesce a leggere la cartella delle pagine %s", options->pages);
        diag_words_because(why, rc);
        goto fail_destroy;
    }
    struct site *site = release_site(publisher_release(server->publisher));
    rc = init_workers(server, site);
    site_unref(site);
    if (rc != 0) {
        fail(why, TEXT("cannot make the workers", "non parte chi serve le richieste"), rc);
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
