/* Owns sending: one system call for all answers to a read, and what to do when the socket does not
 * take them whole.
 *
 * send(2) on the descriptor where uv_try_write would use write(2): no SIGPIPE, and only when libuv
 * has nothing queued, so the order holds. The rest goes through uv_write: bytes of the worker's
 * output are copied (at most OUTPUT_FULL and one response), a body of the site is sent from where
 * it is, with a reference on the site. */
#include "server/conn_parts.h"

#include "base/err.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>

struct pending {
    uv_write_t write;
    struct site *site; /* a reference for the tail, or NULL */
    size_t len;        /* of bytes and tail together */
    char bytes[];
};

static void on_written(uv_write_t *write, int status)
{
    struct pending *pending = (struct pending *)write;
    struct conn *conn = write->data;
    if (status == 0)
        counter_add(&conn->worker->counters.bytes_sent, pending->len);
    site_unref(pending->site);
    free(pending);
    conn->writes--;

    if (conn->state == CONN_CLOSING)
        return;
    if (status != 0)
        conn_close(conn);
    else if (conn->writes == 0)
        conn_on_written(conn);
}

/* Queues what is left of the output behind its first `sent` bytes. */
static int write_rest(struct conn *conn, const struct output *output, size_t sent)
{
    struct str bytes = str_skip(buf_str(&output->bytes), sent);
    struct str tail = output->tail;
    if (sent > output->bytes.len)
        tail = str_skip(tail, sent - output->bytes.len);

    struct pending *pending = malloc(sizeof *pending + bytes.len);
    if (!pending)
        return ERR_NO_MEMORY;
    pending->site = tail.len ? site_ref(conn->worker->site) : NULL;
    pending->len = bytes.len + tail.len;
    pending->write.data = conn;
    if (bytes.len > 0)
        memcpy(pending->bytes, bytes.ptr, bytes.len);

    uv_buf_t bufs[2];
    unsigned n = 0;
    if (bytes.len > 0)
        bufs[n++] = uv_buf_init(pending->bytes, (unsigned)bytes.len);
    if (tail.len > 0)
        bufs[n++] = uv_buf_init((char *)tail.ptr, (unsigned)tail.len);
    if (uv_write(&pending->write, &conn->uv.stream, bufs, n, on_written) != 0) {
        site_unref(pending->site);
        free(pending);
        return ERR_IO;
    }
    conn->writes++;
    conn->queued_before = conn->uv.stream.write_queue_size;
    conn_arm(conn, DEADLINE_WRITE);
    conn_read(conn, false);
    return 0;
}

/* Bytes that the socket took, 0 if it is full or others are queued, -1 if it is gone. */
static ssize_t send_now(struct conn *conn, const struct output *output)
{
    if (conn->writes > 0)
        return 0;
    ssize_t n;
    do {
        if (output->tail.len == 0) {
            n = send(conn->fd, output->bytes.ptr, output->bytes.len, MSG_NOSIGNAL);
        } else {
            struct iovec parts[] = {{output->bytes.ptr, output->bytes.len},
                                    {(char *)output->tail.ptr, output->tail.len}};
            struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
            n = sendmsg(conn->fd, &message, MSG_NOSIGNAL);
        }
    } while (n < 0 && errno == EINTR);
    return n < 0 && errno == EAGAIN ? 0 : n;
}

void conn_flush(struct conn *conn)
{
    struct output *output = &conn->worker->output;
    size_t total = output->bytes.len + output->tail.len;
    if (conn->state != CONN_CLOSING && buf_status(&output->bytes) != 0) {
        conn_close(conn); /* out of memory: part of an answer is missing */
    } else if (conn->state != CONN_CLOSING && total > 0) {
        ssize_t n = send_now(conn, output);
        if (n > 0)
            counter_add(&conn->worker->counters.bytes_sent, (uint64_t)n);
        if (n < 0 || ((size_t)n < total && write_rest(conn, output, (size_t)n) != 0))
            conn_close(conn);
    }
    output_clear(output);
}
