/* A server's place between the one before it and the one after: what is taken over at the start,
 * and what is handed on at the end.
 *
 * In the order of the functions. Without succession_ask there is no server before, and the others
 * do less. */
#ifndef ATTIMO_SERVER_SUCCESSION_H
#define ATTIMO_SERVER_SUCCESSION_H

#include "journal/handover.h"
#include "server/handover_give.h"
#include "server/handover_take.h"

struct succession {
    struct handover_take before;
    struct handover_give after;
    struct handover_give_options options;
    struct journal_handover journal;
    bool takes_over;
    bool has_journal;
    bool is_closed;
};

void succession_init(struct succession *succession, uv_loop_t *loop);

/* Asks the running server; see handover_take_ask. */
int succession_ask(struct succession *succession, const char *data, struct diag_words *why);

/* What it has; NULL: there is no server before. */
struct handover_offer *succession_offer(struct succession *succession);

/* What the recorder is to open the journal with, whose the descriptor is from here on; NULL: it
 * must take the lock itself. */
const struct journal_handover *succession_journal(struct succession *succession);

/* When all of this server is ready: takes everything, and is ready for the one after. `options` is
 * copied; for `unix_mode` see acceptor_keep. See handover_take_all; without a server before, it
 * does not fail. */
int succession_take(struct succession *succession, const struct handover_give_options *options,
                    unsigned unix_mode, struct diag_words *why);

/* When it serves, and everybody who must know has been told: the one before may leave. */
void succession_serve(struct succession *succession, uv_loop_t *loop);

/* When this server's end begins: see handover_give_end. */
void succession_end(struct succession *succession);

/* When nothing of it runs any more: the one after learns that it is alone. The loop must turn until
 * it is done. */
void succession_close(struct succession *succession);

#endif
