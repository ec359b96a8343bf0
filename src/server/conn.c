/* Owns one connection: its states, and what it has read and not yet answered.
 *
 * Happy path: on_read gets whole requests in the worker's shared buffer, each is parsed in place,
 * handled, and its answer gathered in the worker's output; one send at the end of the read carries
 * them all. Nothing is allocated.
 *
 * Off that path, in `aside`: a head or body that comes in pieces, bytes behind a request that
 * waits, an answer that is held until its event is durable. While the socket would not take
 * everything (conn_write.c), reading stops.
 *
 * Failure modes: a malformed request is answered and the connection lingers, so that the answer is
 * not lost to a reset; short memory closes the connection; so does a deadline, but for that of a
 * wait, which ends with an error. A connection that is closed in the middle of a callback stays in
 * memory until libuv says that it is closed; callers look at its state. */
#include "server/conn.h"

#include "server/conn_parts.h"

#include "base/err.h"
#include "server/feed.h"

#include <assert.h>
#include <stdlib.h>
#include <unistd.h>

void conn_move_to(struct conn *conn, enum conn_state next)
{
    static const unsigned char allowed[] = {
        [CONN_READING] =
            1 << CONN_BODY | 1 << CONN_WAITING | 1 << CONN_LINGERING | 1 << CONN_CLOSING,
        [CONN_BODY] = 1 << CONN_READING | 1 << CONN_CLOSING,
        [CONN_WAITING] = 1 << CONN_READING | 1 << CONN_CLOSING,
        [CONN_LINGERING] = 1 << CONN_CLOSING,
        [CONN_CLOSING] = 0,
    };
    assert(allowed[conn->state] & 1 << next);
    conn->state = next;
}

void conn_arm(struct conn *conn, enum deadline_class which)
{
    conn->deadline_class = which;
    deadline_arm(&conn->worker->deadlines[which], &conn->deadline, uv_now(conn->worker->loop));
}

/* The deadline of what the connection is doing, when it is not writing. */
static void arm_for_state(struct conn *conn)
{
    if (conn->state == CONN_BODY)
        conn_arm(conn, DEADLINE_BODY);
    else if (conn->state == CONN_WAITING)
        conn_arm(conn, DEADLINE_WAIT);
    else
        conn_arm(conn, conn->head_begun ? DEADLINE_HEAD : DEADLINE_IDLE);
}

void conn_yield(struct conn *conn)
{
    if (conn->state != CONN_CLOSING)
        worker_await_turn(conn->worker, &conn->turn);
}

static bool has_yielded(const struct conn *conn)
{
    return conn->turn.next != NULL;
}

struct aside *conn_get_aside(struct conn *conn)
{
    if (!conn->aside)
        conn->aside = calloc(1, sizeof *conn->aside);
    return conn->aside;
}

static void free_aside(struct conn *conn)
{
    if (!conn->aside)
        return;
    buf_finish(&conn->aside->input);
    buf_finish(&conn->aside->head);
    buf_finish(&conn->aside->held);
    buf_finish(&conn->aside->instead);
    request_body_destroy(conn->aside->body);
    free(conn->aside);
    conn->aside = NULL;
}

/* Keeps what could not be used. */
static void keep(struct conn *conn, struct str rest)
{
    if (rest.len == 0 || conn->state == CONN_CLOSING || conn->state == CONN_LINGERING)
        return;
    struct aside *aside = conn_get_aside(conn);
    if (aside)
        buf_append(&aside->input, rest);
    if (!aside || buf_status(&aside->input) != 0)
        conn_close(conn);
    else if (conn->head_begun)
        aside->scanned = aside->input.len;
}

static void process_kept(struct conn *conn)
{
    struct aside *aside = conn->aside;
    if (!aside || aside->input.len == 0)
        return;
    size_t used = conn_process(conn, buf_str(&aside->input));
    buf_consume(&aside->input, used);
    if (conn->head_begun)
        aside->scanned = aside->input.len;
}

/* --- between callbacks */

static void end(struct conn *conn)
{
    if (!conn->linger || conn->peer_is_done) {
        conn_close(conn);
        return;
    }
    (void)shutdown(conn->fd, SHUT_WR);
    conn_move_to(conn, CONN_LINGERING);
    conn_arm(conn, DEADLINE_LINGER);
}

static bool wants_to_read(const struct conn *conn)
{
    if (conn->peer_is_done || conn->writes > 0 || has_yielded(conn))
        return false;
    return conn->state != CONN_WAITING || !conn->aside || conn->aside->input.len < READ_BUFFER_SIZE;
}

/* Every callback ends here: what the connection's state now asks for. */
static void settle(struct conn *conn)
{
    if (conn->state == CONN_CLOSING)
        return;
    if (conn->writes == 0 && conn->state == CONN_READING) {
        /* More behind an answer that closes: it lingers, or a reset would take the answer along. */
        conn->linger |= conn->aside && conn->aside->input.len > 0;
        if (conn->close_after_write)
            end(conn);
        else if (conn->peer_is_done && !has_yielded(conn))
            conn_close(conn);
    } else if (conn->state == CONN_BODY && conn->peer_is_done) {
        conn_close(conn);
    }
    if (conn->state == CONN_CLOSING)
        return;

    struct aside *aside = conn->aside;
    if (aside && aside->input.len == 0 && !aside->body && aside->held.len == 0)
        free_aside(conn);
    conn_read(conn, wants_to_read(conn));
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct conn *conn = (struct conn *)handle;
    (void)suggested;
    *buf = uv_buf_init(conn->worker->read_buffer, READ_BUFFER_SIZE);
    if (!conn->aside || conn->aside->input.len == 0 || conn->state == CONN_LINGERING)
        return;
    struct buf *input = &conn->aside->input;
    char *room = buf_reserve(input, 2048);
    size_t size = input->capacity - input->len;
    *buf =
        uv_buf_init(room, room ? (unsigned)size : 0); /* no room: libuv calls back with ENOBUFS */
}

/* libuv reads the same stream again, up to 32 times, as long as reads fill the buffer: too long for
 * all others. */
static void on_read(uv_stream_t *stream, ssize_t nread, const uv_buf_t *buf)
{
    struct conn *conn = (struct conn *)stream;
    if (nread == 0 || conn->state == CONN_CLOSING)
        return;
    if (nread > 0 && (size_t)nread == buf->len)
        conn_yield(conn);
    if (nread < 0) {
        conn->peer_is_done = true;
        if (nread != UV_EOF || conn->state == CONN_LINGERING)
            conn_close(conn);
    } else if (conn->state == CONN_LINGERING) {
        return;
    } else if (buf->base == conn->worker->read_buffer) {
        struct str input = str_make(buf->base, (size_t)nread);
        keep(conn, str_skip(input, conn_process(conn, input)));
    } else {
        conn->aside->input.len += (size_t)nread;
        process_kept(conn);
    }
    settle(conn);
}

void conn_read(struct conn *conn, bool wanted)
{
    if (wanted == conn->is_reading)
        return;
    conn->is_reading = wanted;
    if (!wanted)
        (void)uv_read_stop(&conn->uv.stream);
    else if (uv_read_start(&conn->uv.stream, on_alloc, on_read) != 0)
        conn_close(conn);
}

void conn_on_written(struct conn *conn)
{
    arm_for_state(conn);
    if (conn_can_take(conn))
        process_kept(conn);
    settle(conn);
}

void conn_on_turn(struct deadline *turn)
{
    struct conn *conn = (struct conn *)((char *)turn - offsetof(struct conn, turn));
    deadline_disarm(turn);
    if (conn_can_take(conn))
        process_kept(conn);
    settle(conn);
}

void conn_complete(struct conn *conn, unsigned status)
{
    conn_answer_held(conn, status);
    conn_flush(conn);
    if (conn_can_take(conn))
        process_kept(conn);
    settle(conn);
}

struct conn *conn_of_deadline(struct deadline *deadline)
{
    return (struct conn *)((char *)deadline - offsetof(struct conn, deadline));
}

void conn_on_deadline(struct deadline *deadline)
{
    struct conn *conn = conn_of_deadline(deadline);
    size_t queued = conn->uv.stream.write_queue_size;
    if (conn->deadline_class == DEADLINE_WAIT) {
        if (conn->worker->options.feed)
            feed_give_up(conn->worker->options.feed);
        worker_void_tickets(conn->worker, conn->slot);
        conn_complete(conn, 503);
        return;
    }
    if (conn->deadline_class == DEADLINE_WRITE && queued < conn->queued_before) {
        conn->queued_before = queued;
        conn_arm(conn, DEADLINE_WRITE);
        return;
    }
    counter_add(&conn->worker->counters.timed_out, 1);
    conn_close(conn);
}

/* --- birth and death */

static void count_closed(struct worker *worker)
{
    counter_add(&worker->counters.closed, 1);
    if (worker->options.on_conn_closed)
        worker->options.on_conn_closed(worker->options.context);
}

static void on_closed(uv_handle_t *handle)
{
    struct conn *conn = (struct conn *)handle;
    free_aside(conn);
    count_closed(conn->worker);
    free(conn);
}

void conn_close(struct conn *conn)
{
    if (conn->state == CONN_CLOSING)
        return;
    conn_move_to(conn, CONN_CLOSING);
    deadline_disarm(&conn->deadline);
    deadline_disarm(&conn->turn);
    worker_release_slot(conn->worker, conn->slot);
    uv_close(&conn->uv.handle, on_closed);
}

static int open_stream(struct conn *conn)
{
    if (conn->peer.kind == PEER_UNIX) {
        (void)uv_pipe_init(conn->worker->loop, &conn->uv.pipe, 0);
        return uv_pipe_open(&conn->uv.pipe, conn->fd);
    }
    (void)uv_tcp_init(conn->worker->loop, &conn->uv.tcp);
    return uv_tcp_open(&conn->uv.tcp, conn->fd);
}

void conn_create(struct worker *worker, int fd, const struct peer *peer)
{
    counter_add(&worker->counters.opened, 1);
    struct conn *conn = calloc(1, sizeof *conn);
    if (!conn)
        goto fail_close;
    conn->worker = worker;
    conn->fd = fd;
    conn->peer = *peer;
    if (worker_claim_slot(worker, conn, &conn->slot) != 0)
        goto fail_free;

    bool opened = open_stream(conn) == 0;
    conn_arm(conn, DEADLINE_HEAD); /* whoever connects has something to ask */
    if (opened) {
        conn_read(conn, true);
    } else {
        (void)close(fd);
        conn_close(conn);
    }
    return;

fail_free:
    free(conn);
fail_close:
    (void)close(fd);
    count_closed(worker);
}
