/* What conn.c, conn_request.c and conn_write.c share: the inside of a connection. Private to
 * conn*.c. */
#ifndef ATTIMO_SERVER_CONN_PARTS_H
#define ATTIMO_SERVER_CONN_PARTS_H

#include "http/request_body.h"
#include "server/conn.h"

enum conn_state {
    CONN_READING,   /* between requests, or within a head */
    CONN_BODY,      /* a head is there, its body is not */
    CONN_WAITING,   /* the handler said VERDICT_WAIT */
    CONN_LINGERING, /* the last answer is sent; what still comes in is dropped */
    CONN_CLOSING    /* uv_close has been called */
};

/* What a connection must keep between two callbacks; most never have any. */
struct aside {
    struct buf input; /* read, not yet used */
    size_t scanned;   /* so much of `input` is known to hold no empty line */
    struct buf head;  /* of the request whose body is being read */
    struct request_body *body;
    struct buf held;    /* the rendered answer of a waiting request */
    struct buf instead; /* likewise, where it has one of its own for status 503 */
    unsigned held_status;
    bool held_close;
};

struct conn {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } uv; /* first, so that a handle is its connection */
    struct worker *worker;
    struct deadline deadline;
    enum deadline_class deadline_class; /* of `deadline`, while it is armed */
    struct deadline turn;               /* armed while it has had its share and others come first */
    enum conn_state state;
    struct aside *aside;
    size_t queued_before; /* bytes not yet written when the write deadline was armed */
    int fd;
    uint32_t slot;
    struct peer peer;
    unsigned writes; /* uv_write requests under way; reading stops meanwhile */
    bool is_reading;
    bool head_begun; /* part of a head is there, and its deadline runs */
    bool close_after_write;
    bool linger;       /* the peer may still be sending what nobody will read */
    bool peer_is_done; /* it has half-closed, or is gone */
};

/* --- conn.c */

void conn_move_to(struct conn *conn, enum conn_state next);
void conn_arm(struct conn *conn, enum deadline_class which);

/* Starts or stops reading. */
void conn_read(struct conn *conn, bool wanted);

/* The connection's aside, made if there is none yet. NULL: out of memory. */
struct aside *conn_get_aside(struct conn *conn);

/* All that conn_flush had queued has been sent. */
void conn_on_written(struct conn *conn);

/* It has had its share of this turn of the loop. Neither reads nor answers until the next. */
void conn_yield(struct conn *conn);

/* --- conn_request.c */

/* Whether it may now answer requests. */
bool conn_can_take(const struct conn *conn);

/* Answers all that `input` holds, as far as it may now, and sends the answers. Returns how much of
 * it was used. */
size_t conn_process(struct conn *conn, struct str input);

/* Adds the answer that was held back (status 0), or an error, to the output. */
void conn_answer_held(struct conn *conn, unsigned status);

/* --- conn_write.c */

/* Sends what the worker's output holds, which is empty afterwards: at once as far as the socket
 * takes it, the rest when it can. On a connection that is closing it is dropped. */
void conn_flush(struct conn *conn);

#endif
