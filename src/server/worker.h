/* One event loop: its connections, its clock, the site that it serves. A worker either has a thread
 * of its own or lives on the control thread's loop (the admin listener does).
 *
 * Everything in here is touched by the loop's thread alone, but for the mailbox: what
 * worker_give_fd, worker_set_site, worker_complete, worker_tune and worker_stop leave there from
 * any thread is found by the loop when the bell rings. */
#ifndef ATTIMO_SERVER_WORKER_H
#define ATTIMO_SERVER_WORKER_H

#include "base/log.h"
#include "http/response.h"
#include "server/bell.h"
#include "server/counter.h"
#include "server/deadline.h"
#include "server/output.h"
#include "server/tuning.h"

#include <uv.h>

enum { READ_BUFFER_SIZE = 64 * 1024 };

/* Written by the worker's thread, read by any. */
struct counters {
    atomic_uint_least64_t responses[6]; /* by the status's first digit */
    atomic_uint_least64_t bytes_sent;
    atomic_uint_least64_t opened;
    atomic_uint_least64_t closed;
    atomic_uint_least64_t refused;   /* requests that were not well formed */
    atomic_uint_least64_t timed_out; /* connections closed by a deadline */
    atomic_uint_least64_t turned_ms; /* when the loop last turned, clock_monotonic_ms */
};

struct conn;

enum deadline_class {
    DEADLINE_HEAD,
    DEADLINE_BODY,
    DEADLINE_WAIT, /* for worker_complete; as long as that for a body */
    DEADLINE_WRITE,
    DEADLINE_IDLE,
    DEADLINE_LINGER
};
enum { DEADLINE_CLASSES = 6 };

struct worker_options {
    struct handler handler;
    struct feed *feed;           /* this worker's alone; NULL: nothing is recorded */
    struct recording *recording; /* likewise; has the same feed */
    struct tuning *tuning;       /* the worker takes a reference of its own */
    const struct log *log;
    /* When a descriptor that was given has been closed, other than by worker_finish; on the
     * worker's thread, or within worker_give_fd. May be NULL. */
    void (*on_conn_closed)(void *context);
    void *context;
};

struct worker {
    struct worker_options options;
    uv_loop_t *loop;
    uv_loop_t own_loop;
    uv_thread_t thread;
    bool has_thread;
    struct bell bell;
    uv_timer_t second;   /* the Date, the deadlines, the heartbeat */
    uv_idle_t next_turn; /* runs while connections wait for the next turn of the loop */

    struct site *site;     /* a reference */
    struct tuning *tuning; /* likewise */
    atomic_bool draining;  /* set from any thread; no mail, so that no answer behind it misses it */
    bool stopping;
    struct deadline_list deadlines[DEADLINE_CLASSES];
    struct deadline_list yielded; /* in the order in which they go on; its time counts turns */
    uint64_t turn;
    struct output output;
    struct buf scratch;
    struct request request;
    char date_line[RESPONSE_DATE_LINE_LEN];
    char read_buffer[READ_BUFFER_SIZE];

    struct slot {
        struct conn *conn;   /* NULL: free */
        uint32_t generation; /* grows each time the slot is freed */
        uint32_t next_free;
    } * slots;
    uint32_t slot_count;
    uint32_t first_free; /* slot_count: none */

    uv_mutex_t lock; /* guards what follows */
    struct mailbox {
        struct buf fds;         /* of struct mail_fd */
        struct buf completions; /* of struct mail_completion */
        struct site *site;      /* a reference; the latest wins */
        struct tuning *tuning;  /* likewise */
        bool stop;
    } mailbox;

    struct counters counters;
};

/* `loop` NULL: the worker makes a loop and, with worker_start, a thread for it. `site` may be NULL
 * until worker_set_site; the worker takes a reference of its own. ERR_NO_MEMORY, ERR_IO. */
int worker_init(struct worker *worker, uv_loop_t *loop, struct site *site,
                const struct worker_options *options);
int worker_start(struct worker *worker);

/* Hands over a connected, non-blocking socket, and who is at its other end; the worker owns the
 * socket from here, whatever happens. */
void worker_give_fd(struct worker *worker, int fd, const struct peer *peer);

/* From the next turn of the loop on, `site` is served. The worker takes a reference of its own. */
void worker_set_site(struct worker *worker, struct site *site);

/* From the next turn of the loop on, this is what holds. The worker takes a reference of its own.
 */
void worker_tune(struct worker *worker, struct tuning *tuning);

/* Ends the wait of a request for which the handler said VERDICT_WAIT: status 0 sends the answer
 * that the handler had filled in, anything else an error with that status instead. Harmless when
 * the connection is gone. It takes effect with the next worker_wake: of many that are completed
 * together the first does not wake the worker for itself. */
void worker_complete(struct worker *worker, struct ticket ticket, unsigned status);

/* Wakes the worker if there is any completion that it has not seen. */
void worker_wake(struct worker *worker);

/* Closes the connection that has asked for nothing for the longest time, or whose request is not
 * even whole: there must be room for others. False: there is none. On the worker's own thread. */
bool worker_make_room(struct worker *worker);

/* From now on each answer says that the connection closes. */
void worker_drain(struct worker *worker);

/* Closes every connection and ends the loop's work. A worker with a loop of its own: worker_join
 * waits for that, started or not; mail may still be left there until worker_finish. On a foreign
 * loop: let it turn until its handles are closed. */
void worker_stop(struct worker *worker);
void worker_join(struct worker *worker);

/* After worker_join, or after the foreign loop has run out. */
void worker_finish(struct worker *worker);

/* For connections: conn_on_turn is called in the next turn of the loop, unless it is disarmed
 * before.
 */
void worker_await_turn(struct worker *worker, struct deadline *turn);

/* For connections: a place in the worker's table, for as long as the connection is open.
 * ERR_NO_MEMORY. */
int worker_claim_slot(struct worker *worker, struct conn *conn, uint32_t *index);
void worker_release_slot(struct worker *worker, uint32_t index);

/* Tickets for that place, if there are any, are good for nothing any more. */
void worker_void_tickets(struct worker *worker, uint32_t index);

#endif
