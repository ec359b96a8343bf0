/* Owns the order within a page view. */
#include "insight/settle.h"

#include <stdlib.h>
#include <string.h>

#define COMPARE(a, b)                  \
    do {                               \
        if ((a) != (b))                \
            return (a) < (b) ? -1 : 1; \
    } while (0)

static int compare_arrival(const struct settling *a, const struct settling *b)
{
    COMPARE(a->moment.ms, b->moment.ms);
    COMPARE(a->moment.seq, b->moment.seq);
    COMPARE(a->moment.id, b->moment.id);
    return 0;
}

static int by_arrival(const void *left, const void *right)
{
    return compare_arrival(left, right);
}

static int by_id(const void *left, const void *right)
{
    const struct settling *a = left;
    const struct settling *b = right;
    COMPARE(a->moment.id, b->moment.id);
    return compare_arrival(a, b);
}

static int by_counter(const void *left, const void *right)
{
    const struct settling *a = left;
    const struct settling *b = right;
    COMPARE(a->moment.document, b->moment.document);
    COMPARE(a->moment.n, b->moment.n);
    return compare_arrival(a, b);
}

static int by_document(const void *left, const void *right)
{
    const struct settling *a = left;
    const struct settling *b = right;
    COMPARE(a->moment.document, b->moment.document);
    return compare_arrival(a, b);
}

static int by_order(const void *left, const void *right)
{
    const struct settling *a = left;
    const struct settling *b = right;
    COMPARE(a->document_ms, b->document_ms);
    COMPARE(a->document_seq, b->document_seq);
    COMPARE(!a->is_first, !b->is_first);
    COMPARE(a->moment.document, b->moment.document);
    COMPARE(a->moment.t, b->moment.t);
    COMPARE(a->moment.n, b->moment.n);
    return compare_arrival(a, b);
}

/* Page views rarely have more than a few events. Equal ones stay in their order. */
static void sort(struct settling *events, size_t count, int (*order)(const void *, const void *))
{
    enum { FEW = 12 };
    if (count > FEW) {
        qsort(events, count, sizeof *events, order);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        size_t at = i;
        while (at > 0 && order(&events[at - 1], &events[i]) > 0)
            at--;
        if (at == i)
            continue;
        struct settling moved = events[i];
        memmove(&events[at + 1], &events[at], (i - at) * sizeof *events);
        events[at] = moved;
    }
}

static bool repeats_id(const struct moment *a, const struct moment *b)
{
    return a->id != 0 && a->id == b->id;
}

static bool repeats_counter(const struct moment *a, const struct moment *b)
{
    return a->document != 0 && a->document == b->document && a->n != NO_COUNTER && a->n == b->n;
}

/* Sorts by `order`, which brings repeats together, the first to arrive first, and keeps that. */
static size_t remove_repeats(struct settling *events, size_t count,
                             int (*order)(const void *, const void *),
                             bool (*repeats)(const struct moment *, const struct moment *))
{
    size_t kept = 0;
    sort(events, count, order);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || !repeats(&events[kept - 1].moment, &events[i].moment))
            events[kept++] = events[i];
    return kept;
}

size_t settle_unique(struct settling *events, size_t count)
{
    if (count < 2)
        return count;
    count = remove_repeats(events, count, by_id, repeats_id);
    count = remove_repeats(events, count, by_counter, repeats_counter);
    sort(events, count, by_arrival);
    return count;
}

/* An event without a document is one by itself. */
static void find_documents(struct settling *events, size_t count)
{
    sort(events, count, by_document);
    for (size_t i = 0; i < count; i++) {
        const struct moment *moment = &events[i].moment;
        bool goes_on =
            i > 0 && moment->document != 0 && moment->document == events[i - 1].moment.document;
        events[i].document_ms = goes_on ? events[i - 1].document_ms : moment->ms;
        events[i].document_seq = goes_on ? events[i - 1].document_seq : moment->seq;
    }
}

/* What the script tells has happened on a page that was there: the view goes before all of it. */
static void put_view_first(struct settling *events, size_t count)
{
    struct settling *view = NULL;
    for (size_t i = 0; i < count; i++)
        if (events[i].moment.is_view && (!view || compare_arrival(&events[i], view) < 0))
            view = &events[i];
    if (!view)
        return;
    view->is_first = true;
    for (size_t i = 0; i < count; i++) {
        const struct settling *event = &events[i];
        if (event->moment.document == 0 || event->document_ms > view->document_ms ||
            (event->document_ms == view->document_ms && event->document_seq >= view->document_seq))
            continue;
        view->document_ms = event->document_ms;
        view->document_seq = event->document_seq;
    }
}

void settle_order(struct settling *events, size_t count)
{
    if (count < 2)
        return;
    find_documents(events, count);
    put_view_first(events, count);
    sort(events, count, by_order);
    for (size_t i = count - 1; i-- > 0;) {
        const struct moment *later = &events[i + 1].moment;
        struct moment *moment = &events[i].moment;
        if (moment->ms > later->ms || (moment->ms == later->ms && moment->seq > later->seq)) {
            moment->ms = later->ms;
            moment->seq = later->seq;
        }
    }
}
