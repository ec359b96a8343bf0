/* Owns what the control thread asks of the recorder's thread: orders, of which the last one counts.
 */
#include "server/recorder_handover.h"

#include "base/err.h"
#include "server/recorder_parts.h"

enum { PATIENCE_S = 2 };

/* --- the control thread */

int recorder_lock(struct recorder *r, int *lock_fd, uint64_t *next_seq)
{
    uv_mutex_lock(&r->lock);
    *lock_fd = r->lock_fd;
    *next_seq = r->state.journal.next_seq;
    uv_mutex_unlock(&r->lock);
    return *lock_fd >= 0 ? 0 : ERR_NOT_FOUND;
}

static uint64_t give(struct recorder *r, bool lets_go, uint64_t first_seq)
{
    uv_mutex_lock(&r->lock);
    r->orders.lets_go = lets_go;
    r->orders.first_seq = first_seq;
    uint64_t number = ++r->orders.given;
    uv_mutex_unlock(&r->lock);
    if (r->has_thread)
        sleeper_call(&r->sleeper);
    else
        recorder_follow(r);
    return number;
}

int recorder_let_go(struct recorder *r, uint64_t first_seq)
{
    uint64_t number = give(r, true, first_seq);
    uint64_t end = uv_hrtime() + (uint64_t)PATIENCE_S * 1000000000;
    uv_mutex_lock(&r->lock);
    for (uint64_t now = uv_hrtime(); r->orders.followed < number && now < end; now = uv_hrtime())
        (void)uv_cond_timedwait(&r->followed, &r->lock, end - now);
    int rc = r->orders.followed < number ? ERR_STOPPED : r->orders.result;
    uv_mutex_unlock(&r->lock);
    if (rc != 0)
        recorder_hold(r);
    return rc;
}

void recorder_hold(struct recorder *r)
{
    (void)give(r, false, 0);
}

void recorder_is_alone(struct recorder *r)
{
    uv_mutex_lock(&r->lock);
    r->orders.is_alone = true;
    uv_mutex_unlock(&r->lock);
    recorder_hold(r);
}

/* --- the recorder's thread */

static void mend(struct recorder *r)
{
    struct journal_recovery recovery = {0};
    int rc = r->journal ? journal_mend(r->journal, &recovery) : 0;
    if (rc != 0)
        log_warning(r->options.log, "journal: cannot look at what the server before has left: %s",
                    err_words(rc));
    recorder_tell_unread(r, &recovery);
    if (recovery.cut_bytes > 0)
        log_warning(r->options.log,
                    "journal: the server before did not end in order; cut %llu bytes without a "
                    "whole line off the end of %s",
                    (unsigned long long)recovery.cut_bytes, recovery.file);
    if (upkeep_start(&r->upkeep) != 0)
        log_error(r->options.log, "cannot start a thread: old segments are not looked after");
}

void recorder_follow(struct recorder *r)
{
    uv_mutex_lock(&r->lock);
    struct recorder_orders orders = r->orders;
    uv_mutex_unlock(&r->lock);
    if (orders.given == orders.followed)
        return;
    int rc = 0;
    r->holds = !orders.lets_go;
    if (r->journal && orders.lets_go)
        rc = journal_let_go(r->journal, orders.first_seq);
    else if (r->journal)
        journal_hold(r->journal);
    if (orders.is_alone && !r->is_alone) {
        r->is_alone = true;
        mend(r);
    }
    uv_mutex_lock(&r->lock);
    r->orders.followed = orders.given;
    r->orders.result = rc;
    uv_cond_signal(&r->followed);
    uv_mutex_unlock(&r->lock);
}
