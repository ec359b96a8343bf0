/* Owns telling the events that count from those that do not, with what is known so far. */
#include "base/err.h"
#include "insight/export_parts.h"
#include "insight/fingerprint.h"

#include <stdlib.h>

/* A line that waits, for its view or for its page to be seen. */
struct sift_wait {
    struct sift_wait *next;
    int64_t ms;
    size_t len;
    char line[];
};

struct sift_visit {
    uint64_t key;
    struct sift_wait *last; /* of a ring of lines that wait */
    unsigned flags;
};

struct sift_orphan {
    struct sift_orphan *next;
    uint64_t visit;
    int64_t until_ms;
};

enum verdict { WAITS, COUNTS, LEFT_OUT };

void sift_init(struct sift *sift, struct export_sink *sink)
{
    *sift = (struct sift){.sink = sink};
    recent_init(&sift->visits, sizeof(struct sift_visit));
    entry_reader_init(&sift->reader);
    sift->orphans_end = &sift->orphans;
}

/* What is known can only grow; a bot is a bot even before its view has come. */
static enum verdict judge(const struct sift *sift, unsigned flags)
{
    const uint64_t *loss = visit_loss(sift->sink, flags);
    if (loss == &sift->sink->counts.bot)
        return LEFT_OUT;
    if (!(flags & VISIT_KNOWN) || loss == &sift->sink->counts.prefetch)
        return WAITS;
    return loss ? LEFT_OUT : COUNTS;
}

/* Gives an event, or counts it where its page view is counted. */
static int decide(struct sift *sift, const struct entry *entry, unsigned flags)
{
    struct export_sink *sink = sift->sink;
    uint64_t *loss = visit_loss(sink, flags);
    if (!export_is_in_range(sink, entry->ms))
        return 0;
    ++*(loss ? loss : &sink->counts.given);
    return loss ? 0 : sink->take(sink->context, &(struct export_row){entry->line, entry->values});
}

/* --- waiting -------------------------------------------------------------------------------- */

static int keep(struct sift_visit *visit, const struct entry *entry)
{
    struct sift_wait *wait = malloc(sizeof *wait + entry->line.len);
    if (!wait)
        return ERR_NO_MEMORY;
    wait->ms = entry->ms;
    wait->len = entry->line.len;
    memcpy(wait->line, entry->line.ptr, entry->line.len);
    wait->next = visit->last ? visit->last->next : wait;
    if (visit->last)
        visit->last->next = wait;
    visit->last = wait;
    return 0;
}

static int add_orphan(struct sift *sift, const struct sift_visit *visit, int64_t ms)
{
    struct sift_orphan *orphan = malloc(sizeof *orphan);
    if (!orphan)
        return ERR_NO_MEMORY;
    *orphan = (struct sift_orphan){.visit = visit->key, .until_ms = ms + EXPORT_MINUTE_MS};
    *sift->orphans_end = orphan;
    sift->orphans_end = &orphan->next;
    return 0;
}

static int wait_for_more(struct sift *sift, struct sift_visit *visit, const struct entry *entry)
{
    bool is_orphan = !visit->last && !(visit->flags & VISIT_KNOWN);
    int rc = is_orphan ? add_orphan(sift, visit, entry->ms) : 0;
    return rc == 0 ? keep(visit, entry) : rc;
}

/* Ends the waiting of a page view's lines, in the order in which they came. */
static int end_waiting(struct sift *sift, struct sift_visit *visit)
{
    struct sift_wait *next = visit->last ? visit->last->next : NULL;
    struct sift_wait *last = visit->last;
    int rc = 0;
    visit->last = NULL;
    while (next) {
        struct sift_wait *wait = next;
        struct entry entry;
        const struct text *damage;
        next = wait == last ? NULL : wait->next;
        if (rc == 0 && !entry_read(&sift->reader, str_make(wait->line, wait->len), &entry, &damage))
            rc = ERR_NO_MEMORY; /* it was read before */
        if (rc == 0)
            rc = decide(sift, &entry, visit->flags);
        free(wait);
    }
    return rc;
}

/* --- events --------------------------------------------------------------------------------- */

int sift_add(struct sift *sift, const struct entry *entry)
{
    unsigned flags = visit_flags(entry);
    uint64_t key = fingerprint_key(entry->values[ENTRY_pv]);
    if (key == 0)
        return decide(sift, entry, flags);
    struct sift_visit *visit = recent_find(&sift->visits, key);
    if (!visit)
        visit = recent_add(&sift->visits, key);
    if (!visit)
        return ERR_NO_MEMORY;
    visit->flags |= flags;
    if (judge(sift, visit->flags) == WAITS)
        return wait_for_more(sift, visit, entry);
    int rc = end_waiting(sift, visit);
    return rc == 0 ? decide(sift, entry, visit->flags) : rc;
}

/* The first orphan's view does not come any more: the event is taken as it is. */
static int give_up_first(struct sift *sift)
{
    struct sift_orphan *orphan = sift->orphans;
    struct sift_visit *visit = recent_find(&sift->visits, orphan->visit);
    sift->orphans = orphan->next;
    if (!sift->orphans)
        sift->orphans_end = &sift->orphans;
    free(orphan);
    if (!visit)
        return 0;
    visit->flags |= VISIT_KNOWN;
    return judge(sift, visit->flags) == WAITS ? 0 : end_waiting(sift, visit);
}

int sift_pass(struct sift *sift, int64_t ms)
{
    int rc = 0;
    while (rc == 0 && sift->orphans && sift->orphans->until_ms <= ms)
        rc = give_up_first(sift);
    return rc;
}

/* What waits still is of a page that was fetched ahead and has not been seen in a day. */
static void forget(void *context, void *item)
{
    (void)end_waiting(context, item);
}

void sift_turn(struct sift *sift)
{
    recent_turn(&sift->visits, forget, sift);
}

int sift_settle(struct sift *sift)
{
    int rc = sift_pass(sift, INT64_MAX);
    recent_finish(&sift->visits, forget, sift);
    return rc;
}

static void free_waiting(void *context, void *item)
{
    struct sift_visit *visit = item;
    (void)context;
    while (visit->last) {
        struct sift_wait *first = visit->last->next;
        visit->last->next = first->next;
        if (first == visit->last)
            visit->last = NULL;
        free(first);
    }
}

void sift_finish(struct sift *sift)
{
    for (struct sift_orphan *next; sift->orphans; sift->orphans = next) {
        next = sift->orphans->next;
        free(sift->orphans);
    }
    recent_finish(&sift->visits, free_waiting, NULL);
    entry_reader_finish(&sift->reader);
}
