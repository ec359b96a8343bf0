/* Owns the order of a take-over, as the server that comes and later goes sees it. */
#include "server/succession.h"

#include "server/recorder_handover.h"

void succession_init(struct succession *s, uv_loop_t *loop)
{
    *s = (struct succession){0};
    handover_take_init(&s->before);
    handover_give_init(&s->after, loop);
}

int succession_ask(struct succession *s, const char *data, struct diag_words *why)
{
    int rc = handover_take_ask(&s->before, data, why);
    s->takes_over = rc == 0;
    return rc;
}

struct handover_offer *succession_offer(struct succession *s)
{
    return s->takes_over ? &s->before.offer : NULL;
}

const struct journal_handover *succession_journal(struct succession *s)
{
    if (!s->takes_over || s->before.offer.lock_fd < 0)
        return NULL;
    s->journal = (struct journal_handover){s->before.offer.lock_fd, s->before.offer.first_seq};
    s->before.offer.lock_fd = -1;
    s->has_journal = true;
    return &s->journal;
}

static void on_before_ended(void *context)
{
    struct succession *s = context;
    s->after.has_before = false;
    if (s->options.recorder && s->has_journal)
        recorder_is_alone(s->options.recorder);
    log_info(s->options.log, "the server before has ended");
}

int succession_take(struct succession *s, const struct handover_give_options *options,
                    unsigned unix_mode, struct diag_words *why)
{
    int socket_fd = -1;
    s->options = *options;
    if (s->takes_over) {
        int rc = handover_take_all(&s->before, why);
        if (rc != 0)
            return rc;
        acceptor_keep(options->visitors, unix_mode);
        acceptor_keep(options->admin, unix_mode);
        if (options->recorder && s->has_journal)
            recorder_hold(options->recorder);
        socket_fd = s->before.offer.socket_fd;
        s->before.offer.socket_fd = -1;
        handover_offer_finish(&s->before.offer);
    }
    handover_give_open(&s->after, options, socket_fd);
    return 0;
}

void succession_serve(struct succession *s, uv_loop_t *loop)
{
    s->after.has_before = s->takes_over && !s->before.has_ended;
    if (s->after.has_before)
        handover_take_follow(&s->before, loop, on_before_ended, s);
    else if (s->takes_over)
        on_before_ended(s);
    handover_give_start(&s->after);
}

void succession_end(struct succession *s)
{
    handover_give_end(&s->after);
}

void succession_close(struct succession *s)
{
    if (s->is_closed)
        return;
    s->is_closed = true;
    handover_take_close(&s->before);
    handover_give_close(&s->after);
}
