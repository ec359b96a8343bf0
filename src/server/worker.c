/* Owns one event loop, and the mailbox through which other threads reach it.
 *
 * Happy path: init, start, then descriptors and sites arrive by mail, connections live and die by
 * themselves, stop, join, finish. The bell coalesces, so it carries nothing: what is in the
 * mailbox is taken out whole. Failure modes: when memory for mail is short, a descriptor is closed,
 * a completion is lost and its connection is ended by its deadline. */
#include "server/worker.h"

#include "server/conn.h"
#include "server/recording.h"

#include "base/err.h"

#include <assert.h>
#include <stdlib.h>
#include <unistd.h>

enum { SECOND_MS = 1000 };

struct mail_fd {
    int fd;
    struct peer peer;
};

struct mail_completion {
    struct ticket ticket;
    unsigned status;
};

int worker_claim_slot(struct worker *worker, struct conn *conn, uint32_t *index)
{
    if (worker->first_free == worker->slot_count) {
        uint32_t count = worker->slot_count ? worker->slot_count * 2 : 64;
        struct slot *grown = realloc(worker->slots, count * sizeof *grown);
        if (!grown)
            return ERR_NO_MEMORY;
        for (uint32_t i = worker->slot_count; i < count; i++)
            grown[i] = (struct slot){.next_free = i + 1};
        worker->slots = grown;
        worker->slot_count = count;
    }
    *index = worker->first_free;
    worker->first_free = worker->slots[*index].next_free;
    worker->slots[*index].conn = conn;
    return 0;
}

void worker_release_slot(struct worker *worker, uint32_t index)
{
    struct slot *slot = &worker->slots[index];
    slot->conn = NULL;
    slot->generation++;
    slot->next_free = worker->first_free;
    worker->first_free = index;
}

void worker_void_tickets(struct worker *worker, uint32_t index)
{
    worker->slots[index].generation++;
}

bool worker_make_room(struct worker *worker)
{
    static const enum deadline_class idle[] = {DEADLINE_LINGER, DEADLINE_IDLE, DEADLINE_HEAD};
    for (size_t i = 0; i < sizeof idle / sizeof *idle; i++) {
        struct deadline *first = deadline_due(&worker->deadlines[idle[i]], UINT64_MAX);
        if (first) {
            conn_close(conn_of_deadline(first));
            return true;
        }
    }
    return false;
}

/* Those that yield once more get a later turn. */
static void on_next_turn(uv_idle_t *idle)
{
    struct worker *worker = idle->data;
    struct deadline *due;
    worker->turn++;
    while ((due = deadline_due(&worker->yielded, worker->turn)))
        conn_on_turn(due);
    if (!deadline_due(&worker->yielded, UINT64_MAX))
        (void)uv_idle_stop(idle);
}

void worker_await_turn(struct worker *worker, struct deadline *turn)
{
    deadline_arm(&worker->yielded, turn, worker->turn + 1);
    (void)uv_idle_start(&worker->next_turn, on_next_turn);
}

static void close_all(struct worker *worker)
{
    for (uint32_t i = 0; i < worker->slot_count; i++)
        if (worker->slots[i].conn)
            conn_close(worker->slots[i].conn);
}

static void take_fds(struct worker *worker, const struct buf *fds)
{
    for (size_t at = 0; at < fds->len; at += sizeof(struct mail_fd)) {
        struct mail_fd mail;
        memcpy(&mail, fds->ptr + at, sizeof mail);
        if (worker->stopping)
            (void)close(mail.fd);
        else
            conn_create(worker, mail.fd, &mail.peer);
    }
}

static void take_completions(struct worker *worker, const struct buf *completions)
{
    for (size_t at = 0; at < completions->len; at += sizeof(struct mail_completion)) {
        struct mail_completion mail;
        memcpy(&mail, completions->ptr + at, sizeof mail);
        if (mail.ticket.slot >= worker->slot_count)
            continue;
        const struct slot *slot = &worker->slots[mail.ticket.slot];
        if (slot->conn && slot->generation == mail.ticket.generation)
            conn_complete(slot->conn, mail.status);
    }
}

static void stop_now(struct worker *worker)
{
    if (worker->stopping)
        return;
    worker->stopping = true;
    close_all(worker);
    uv_close((uv_handle_t *)&worker->second, NULL);
    uv_close((uv_handle_t *)&worker->next_turn, NULL);
    if (worker->loop == &worker->own_loop)
        bell_unref(&worker->bell);
    else
        bell_close(&worker->bell);
}

static void set_deadlines(struct worker *worker)
{
    const struct limits *limits = &worker->tuning->limits;
    worker->deadlines[DEADLINE_HEAD].length_ms = limits->head_timeout_ms;
    worker->deadlines[DEADLINE_BODY].length_ms = limits->body_timeout_ms;
    worker->deadlines[DEADLINE_WAIT].length_ms = limits->body_timeout_ms;
    worker->deadlines[DEADLINE_WRITE].length_ms = limits->write_timeout_ms;
    worker->deadlines[DEADLINE_IDLE].length_ms = limits->idle_timeout_ms;
}

static void take_tuning(struct worker *worker, struct tuning *tuning)
{
    if (worker->options.recording)
        recording_tune(worker->options.recording, tuning);
    tuning_unref(worker->tuning);
    worker->tuning = tuning;
    set_deadlines(worker);
}

static void on_bell(struct bell *bell)
{
    struct worker *worker = (struct worker *)((char *)bell - offsetof(struct worker, bell));
    uv_mutex_lock(&worker->lock);
    struct mailbox mail = worker->mailbox;
    worker->mailbox = (struct mailbox){0};
    uv_mutex_unlock(&worker->lock);

    if (mail.site) {
        site_unref(worker->site);
        worker->site = mail.site;
    }
    if (mail.tuning)
        take_tuning(worker, mail.tuning);
    take_completions(worker, &mail.completions);
    take_fds(worker, &mail.fds);
    buf_finish(&mail.completions);
    buf_finish(&mail.fds);
    if (mail.stop)
        stop_now(worker);
}

static void on_second(uv_timer_t *timer)
{
    struct worker *worker = timer->data;
    uint64_t now = uv_now(worker->loop);
    response_date_line(worker->date_line, clock_wall());
    atomic_store_explicit(&worker->counters.turned_ms, clock_monotonic_ms(), memory_order_relaxed);
    for (int i = 0; i < DEADLINE_CLASSES; i++) {
        struct deadline *due;
        while ((due = deadline_due(&worker->deadlines[i], now)))
            conn_on_deadline(due);
    }
}

static void init_deadlines(struct worker *worker)
{
    enum { LINGER_MS = 5000 };
    for (int i = 0; i < DEADLINE_CLASSES; i++)
        deadline_list_init(&worker->deadlines[i], LINGER_MS);
    set_deadlines(worker);
    deadline_list_init(&worker->yielded, 0);
}

int worker_init(struct worker *worker, uv_loop_t *loop, struct site *site,
                const struct worker_options *options)
{
    memset(worker, 0, sizeof *worker);
    worker->options = *options;
    worker->loop = loop ? loop : &worker->own_loop;
    worker->site = site ? site_ref(site) : NULL;
    worker->tuning = tuning_ref(options->tuning);
    init_deadlines(worker);
    response_date_line(worker->date_line, clock_wall());
    atomic_store(&worker->counters.turned_ms, clock_monotonic_ms());

    if (output_init(&worker->output) != 0)
        goto fail_unref;
    if (!loop && uv_loop_init(&worker->own_loop) != 0)
        goto fail_output;
    if (uv_mutex_init(&worker->lock) != 0)
        goto fail_loop;
    if (bell_init(&worker->bell, worker->loop, on_bell) != 0)
        goto fail_mutex;
    (void)uv_timer_init(worker->loop, &worker->second);
    worker->second.data = worker;
    (void)uv_timer_start(&worker->second, on_second, SECOND_MS, SECOND_MS);
    (void)uv_idle_init(worker->loop, &worker->next_turn);
    worker->next_turn.data = worker;
    return 0;

fail_mutex:
    uv_mutex_destroy(&worker->lock);
fail_loop:
    if (!loop)
        (void)uv_loop_close(&worker->own_loop);
fail_output:
    output_finish(&worker->output);
fail_unref:
    site_unref(worker->site);
    tuning_unref(worker->tuning);
    return ERR_NO_MEMORY;
}

static void run(void *argument)
{
    struct worker *worker = argument;
    (void)uv_run(worker->loop, UV_RUN_DEFAULT);
}

int worker_start(struct worker *worker)
{
    assert(worker->loop == &worker->own_loop);
    if (uv_thread_create(&worker->thread, run, worker) != 0)
        return ERR_LIMIT;
    worker->has_thread = true;
    return 0;
}

void worker_give_fd(struct worker *worker, int fd, const struct peer *peer)
{
    struct mail_fd mail = {.fd = fd, .peer = *peer};
    uv_mutex_lock(&worker->lock);
    buf_append(&worker->mailbox.fds, str_make((const char *)&mail, sizeof mail));
    bool lost = buf_status(&worker->mailbox.fds) != 0;
    if (lost)
        worker->mailbox.fds.failed = false;
    uv_mutex_unlock(&worker->lock);
    if (lost) {
        (void)close(fd);
        if (worker->options.on_conn_closed)
            worker->options.on_conn_closed(worker->options.context);
    }
    bell_ring(&worker->bell);
}

void worker_tune(struct worker *worker, struct tuning *tuning)
{
    uv_mutex_lock(&worker->lock);
    struct tuning *unseen = worker->mailbox.tuning;
    worker->mailbox.tuning = tuning_ref(tuning);
    uv_mutex_unlock(&worker->lock);
    tuning_unref(unseen);
    bell_ring(&worker->bell);
}

void worker_set_site(struct worker *worker, struct site *site)
{
    uv_mutex_lock(&worker->lock);
    struct site *unseen = worker->mailbox.site;
    worker->mailbox.site = site_ref(site);
    uv_mutex_unlock(&worker->lock);
    site_unref(unseen);
    bell_ring(&worker->bell);
}

void worker_complete(struct worker *worker, struct ticket ticket, unsigned status)
{
    struct mail_completion mail = {.ticket = ticket, .status = status};
    uv_mutex_lock(&worker->lock);
    buf_append(&worker->mailbox.completions, str_make((const char *)&mail, sizeof mail));
    worker->mailbox.completions.failed = false;
    uv_mutex_unlock(&worker->lock);
}

void worker_wake(struct worker *worker)
{
    uv_mutex_lock(&worker->lock);
    bool has_any = worker->mailbox.completions.len > 0;
    uv_mutex_unlock(&worker->lock);
    if (has_any)
        bell_ring(&worker->bell);
}

void worker_drain(struct worker *worker)
{
    atomic_store(&worker->draining, true);
}

void worker_stop(struct worker *worker)
{
    uv_mutex_lock(&worker->lock);
    worker->mailbox.stop = true;
    uv_mutex_unlock(&worker->lock);
    bell_ring(&worker->bell);
}

void worker_join(struct worker *worker)
{
    if (worker->has_thread)
        (void)uv_thread_join(&worker->thread);
    else
        run(worker);
    worker->has_thread = false;
}

/* Mail that came after the loop had ended. */
static void drop_mail(struct worker *worker)
{
    worker->stopping = true;
    take_fds(worker, &worker->mailbox.fds);
    buf_finish(&worker->mailbox.fds);
    buf_finish(&worker->mailbox.completions);
    site_unref(worker->mailbox.site);
    tuning_unref(worker->mailbox.tuning);
}

void worker_finish(struct worker *worker)
{
    drop_mail(worker);
    if (worker->loop == &worker->own_loop) {
        bell_close(&worker->bell);
        run(worker);
        int rc = uv_loop_close(&worker->own_loop);
        assert(rc == 0);
        (void)rc;
    }
    bell_finish(&worker->bell);
    uv_mutex_destroy(&worker->lock);
    site_unref(worker->site);
    tuning_unref(worker->tuning);
    output_finish(&worker->output);
    buf_finish(&worker->scratch);
    free(worker->slots);
}
