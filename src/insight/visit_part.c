/* Owns the page views of one part while they are under way. */
#include "insight/visit_part.h"

#include "base/err.h"
#include "journal/token_date.h"

#include <stdlib.h>

/* How many records or page views are in sight while one is dealt with. */
enum { AHEAD = 6 };

struct gathered {
    uint64_t key;
    uint64_t journey;
    int64_t first_ms;
    int64_t last_ms;
    uint32_t events;  /* the first in a list */
    uint32_t figures; /* 0: none */
    uint32_t texts;
    uint32_t channel;
    uint32_t younger; /* the next in the order of their beginnings; 0: none */
    uint8_t marks;
    bool has_view : 1;
    bool has_seen : 1;
    bool is_client : 1;
    bool is_bot : 1;
    bool is_internal : 1;
    bool is_prefetch : 1;
    bool is_joined : 1; /* its journey has other page views too */
};

struct merge {
    uint64_t key; /* of both numbers */
    uint32_t texts;
};

void visit_part_init(struct visit_part *part, struct visit_reader *reader, size_t number)
{
    *part = (struct visit_part){
        .reader = reader,
        .number = number,
        .visits.pool.item_size = sizeof(struct gathered),
        .events.item_size = sizeof(struct moment),
        .figures.item_size = sizeof(struct visit_figures),
        .merges.pool.item_size = sizeof(struct merge),
    };
}

void visit_part_finish(struct visit_part *part)
{
    table_finish(&part->visits);
    table_finish(&part->merges);
    recall_finish(&part->given);
    recall_finish(&part->joined);
    keyset_finish(&part->missed);
    pool_finish(&part->events);
    pool_finish(&part->figures);
    free(part->list);
    free(part->free_events);
    part->list = NULL;
    part->free_events = NULL;
    part->free_count = part->free_room = 0;
}

void visit_part_clear(struct visit_part *part)
{
    struct visit_reader *reader = part->reader;
    size_t number = part->number;
    visit_part_finish(part);
    visit_part_init(part, reader, number);
}

/* --- gathering ------------------------------------------------------------------------------ */

/* Fills the gaps of `first` with `second`; found out once for each pair. */
static int merge(struct visit_part *part, uint32_t first, uint32_t second, uint32_t *out)
{
    bool added;
    *out = first ? first : second;
    if (first == 0 || second == 0 || first == second)
        return 0;
    uint32_t number = table_get(&part->merges, table_key_of_pair(first, second), &added);
    if (number == 0)
        return ERR_NO_MEMORY;
    struct merge *known = table_at(&part->merges, number);
    int rc = added ? row_numbers_merge(&part->reader->rows, first, second, &known->texts) : 0;
    *out = known->texts;
    return rc;
}

/* The view's word counts, and what it does not say `seen` may. */
static int carry(struct visit_part *part, struct gathered *visit, const struct visit_record *record)
{
    if (!record->is_view && !record->is_seen)
        return 0;
    if (visit->channel == 0 || (record->is_view && record->channel != 0))
        visit->channel = record->channel;
    return record->is_view ? merge(part, record->carried, visit->texts, &visit->texts)
                           : merge(part, visit->texts, record->carried, &visit->texts);
}

/* The one that is used some events later is brought near. */
static uint32_t take_event(struct visit_part *part)
{
    if (part->free_count == 0)
        return pool_add(&part->events);
    uint32_t number = part->free_events[--part->free_count];
    if (part->free_count > AHEAD)
        __builtin_prefetch(pool_at(&part->events, part->free_events[part->free_count - AHEAD]), 1);
    return number;
}

/* Where there is no memory to remember it, it is not used again. */
static void free_event(struct visit_part *part, uint32_t number)
{
    if (part->free_count == part->free_room) {
        size_t room = part->free_room ? part->free_room * 2 : 256;
        uint32_t *grown = realloc(part->free_events, room * sizeof *grown);
        if (!grown)
            return;
        part->free_events = grown;
        part->free_room = room;
    }
    part->free_events[part->free_count++] = number;
}

static int keep(struct visit_part *part, struct gathered *visit, const struct visit_record *record)
{
    uint32_t number = take_event(part);
    if (number == 0 || record->texts > UINT32_MAX >> 2)
        return ERR_NO_MEMORY;
    struct moment *moment = pool_at(&part->events, number);
    *moment = (struct moment){
        .ms = record->ms,
        .seq = record->seq,
        .id = record->id,
        .document = record->document,
        .t = record->t,
        .n = record->n,
        .values = record->texts & UINT32_MAX >> 2,
        .is_view = record->is_view,
        .is_click = record->is_click,
        .next = visit->events,
    };
    visit->events = number;
    return 0;
}

static uint32_t take_figures(struct visit_part *part)
{
    uint32_t number = part->free_figures;
    if (number == 0)
        return pool_add(&part->figures);
    const struct visit_figures *figures = pool_at(&part->figures, number);
    part->free_figures = figures->n;
    return number;
}

/* Few documents are of one page view: that they differ is told by half of their fingerprints. */
static uint32_t document_of(const struct visit_record *record)
{
    return (uint32_t)(record->document >> 32);
}

/* Each document counts from 1. */
static bool is_later(const struct visit_record *record, const struct visit_figures *than)
{
    if (document_of(record) == than->document && record->n != than->n)
        return than->n == NO_COUNTER || (record->n != NO_COUNTER && record->n > than->n);
    if (record->ms != than->ms)
        return record->ms > than->ms;
    return record->seq > than->seq;
}

static int measure(struct visit_part *part, struct gathered *visit,
                   const struct visit_record *record, struct str values)
{
    bool is_first = visit->figures == 0;
    if (is_first)
        visit->figures = take_figures(part);
    if (visit->figures == 0)
        return ERR_NO_MEMORY;
    struct visit_figures *figures = pool_at(&part->figures, visit->figures);
    if (!is_first && !is_later(record, figures))
        return 0;
    *figures = (struct visit_figures){
        .ms = record->ms,
        .seq = record->seq,
        .n = record->n,
        .document = document_of(record),
    };
    memcpy(figures->values, values.ptr, values.len);
    return 0;
}

static void put_last(struct visit_part *part, uint32_t number)
{
    if (part->youngest) {
        struct gathered *before = table_at(&part->visits, part->youngest);
        before->younger = number;
    } else {
        part->oldest = number;
    }
    part->youngest = number;
}

static struct gathered *begin(struct visit_part *part, uint32_t number, int64_t ms)
{
    struct gathered *visit = table_at(&part->visits, number);
    visit->first_ms = visit->last_ms = ms;
    put_last(part, number);
    return visit;
}

/* Of one that is not under way. What is forgotten of `given` may be of `joined` too; and what comes
 * late in a server's folder may have been there, as nothing is kept of it. */
static bool may_have_been_given(const struct visit_part *part, const struct visit_record *record)
{
    bool may_be_unknown = part->reader->is_servers && view_key_is_dated(record->visit);
    return recall_has(&part->given, record->visit) ||
           recall_may_have_forgotten(&part->given, record->visit) ||
           (record->is_late && may_be_unknown && recall_is_settled(&part->given));
}

/* It is for scripts' own tokens to come again after days: these few are kept next time. */
static int again(uint64_t key)
{
    return view_key_is_dated(key) ? SCAN_AGAIN : SCAN_AGAIN_IN_ORDER;
}

/* One that was given and comes again was not over. */
static int find(struct visit_part *part, const struct visit_record *record, struct gathered **out)
{
    uint64_t key = record->visit;
    bool added;
    uint32_t number = table_get(&part->visits, key, &added);
    if (number == 0)
        return ERR_NO_MEMORY;
    *out = added ? begin(part, number, record->ms) : table_at(&part->visits, number);
    if (!added)
        return 0;
    (*out)->is_joined = recall_has(&part->joined, key);
    return may_have_been_given(part, record) ? again(key) : 0;
}

/* Mostly the journey's first page view is still there. */
static int join(struct visit_part *part, const struct visit_record *record)
{
    uint64_t journey = record->visit;
    uint32_t number = table_find(&part->visits, journey);
    if (number != 0) {
        struct gathered *first = table_at(&part->visits, number);
        first->is_joined = true;
        return 0;
    }
    if (recall_has(&part->joined, journey))
        return 0;
    return may_have_been_given(part, record) ? again(journey) : recall_add(&part->joined, journey);
}

/* A line that comes again, by its id, tells nothing new. */
static int add_missing(struct visit_part *part, const struct visits_options *options,
                       const struct visit_record *record)
{
    bool is_known = record->id != 0 && keyset_has(&part->missed, record->id);
    if (is_known || record->ms < options->lost_from_ms || record->ms >= options->lost_to_ms)
        return 0;
    if (record->is_missing)
        part->missing.dropped += record->n;
    else
        part->missing.refused += record->n;
    return record->id ? keyset_add(&part->missed, record->id) : 0;
}

static int add(struct visit_part *part, const struct visit_record *record, struct str figures)
{
    struct gathered *visit;
    int rc = find(part, record, &visit);
    if (rc != 0)
        return rc;
    if (record->ms < visit->first_ms)
        visit->first_ms = record->ms;
    if (record->ms > visit->last_ms)
        visit->last_ms = record->ms;
    if (record->journey != 0 && (visit->journey == 0 || record->is_seen))
        visit->journey = record->journey;
    visit->has_view |= record->is_view;
    visit->has_seen |= record->is_seen;
    visit->is_client |= record->is_client;
    visit->is_bot |= record->is_bot;
    visit->is_internal |= record->is_internal;
    visit->is_prefetch |= record->is_prefetch;
    visit->marks |= record->marks;
    rc = carry(part, visit, record);
    if (rc == 0 && record->has_figures)
        rc = measure(part, visit, record, figures);
    return rc == 0 && record->is_kept ? keep(part, visit, record) : rc;
}

/* Has what a record will need brought near. */
static void look_forward(const struct visit_part *part, const struct visit_record *record)
{
    table_prefetch(&part->visits, record->visit);
    if (!record->is_view)
        return;
    recall_prefetch(&part->given, record->visit);
    recall_prefetch(&part->joined, record->visit);
}

int visit_part_add(struct visit_part *part, const struct visits_options *options,
                   struct str records, struct str figures)
{
    size_t width = part->reader->wanted->figure_count * sizeof(float);
    const struct visit_record *record = (const struct visit_record *)(const void *)records.ptr;
    for (size_t left = records.len / sizeof *record; left > 0; left--, record++) {
        int rc = 0;
        if (left > AHEAD)
            look_forward(part, &record[AHEAD]);
        if (record->is_joined)
            rc = join(part, record);
        else if (record->is_missing || record->is_refused)
            rc = add_missing(part, options, record);
        else
            rc = add(part, record, str_make(figures.ptr, width));
        if (record->has_figures)
            figures = str_skip(figures, width);
        if (rc != 0)
            return rc;
    }
    return 0;
}

/* --- giving --------------------------------------------------------------------------------- */

static int collect(struct visit_part *part, const struct gathered *visit, size_t *count)
{
    *count = 0;
    for (uint32_t number = visit->events; number != 0;) {
        const struct moment *moment = pool_at(&part->events, number);
        if (*count == part->room) {
            size_t room = part->room ? part->room * 2 : 64;
            struct settling *grown = realloc(part->list, room * sizeof *grown);
            if (!grown)
                return ERR_NO_MEMORY;
            part->list = grown;
            part->room = room;
        }
        part->list[(*count)++] = (struct settling){.moment = *moment, .number = number};
        number = moment->next;
    }
    return 0;
}

static void forget(struct visit_part *part, uint32_t number)
{
    const struct gathered *visit = table_at(&part->visits, number);
    for (uint32_t event = visit->events, next; event != 0; event = next) {
        const struct moment *moment = pool_at(&part->events, event);
        next = moment->next;
        free_event(part, event);
    }
    if (visit->figures) {
        struct visit_figures *figures = pool_at(&part->figures, visit->figures);
        figures->n = part->free_figures;
        part->free_figures = visit->figures;
    }
    table_remove(&part->visits, number);
}

static int give(struct visit_part *part, const struct visits_options *options,
                const struct gathered *gathered)
{
    size_t count;
    int rc = collect(part, gathered, &count);
    if (rc != 0)
        return rc;
    size_t unique = settle_unique(part->list, count);
    struct visit visit = {
        .key = gathered->key,
        .journey = gathered->journey,
        .first_ms = gathered->first_ms,
        .texts = gathered->texts,
        .channel = gathered->channel,
        .has_view = gathered->has_view,
        .has_seen = gathered->has_seen,
        .is_client = gathered->is_client,
        .is_bot = gathered->is_bot,
        .is_internal = gathered->is_internal,
        .is_prefetch = gathered->is_prefetch,
        .is_alone =
            (gathered->journey == 0 || gathered->journey == gathered->key) && !gathered->is_joined,
        .marks = gathered->marks,
        .figures = gathered->figures ? pool_at(&part->figures, gathered->figures) : NULL,
        .events = part->list,
        .count = unique,
        .repeats = count - unique,
    };
    return options->on_visit(options->context, part->number, &visit);
}

/* A server refuses what comes with an old token, and late comers are known by that; but the
 * browser's own never gets old. */
static int remember(struct visit_part *part, const struct gathered *visit, int64_t settled_ms)
{
    if (settled_ms == INT64_MAX || (part->reader->is_servers && view_key_is_dated(visit->key)))
        return 0;
    int rc = visit->is_joined ? recall_add(&part->joined, visit->key) : 0;
    return rc == 0 ? recall_add(&part->given, visit->key) : rc;
}

/* Takes the oldest out of the order; one that has had events lately becomes the youngest. */
static void take_oldest(struct visit_part *part, bool put_back)
{
    uint32_t number = part->oldest;
    struct gathered *visit = table_at(&part->visits, number);
    part->oldest = visit->younger;
    visit->younger = 0;
    if (part->oldest == 0)
        part->youngest = 0;
    if (put_back)
        put_last(part, number);
}

/* Not where it belongs to a journey that will be over. */
static bool is_kept(const struct visit_part *part, const struct visits_options *options,
                    const struct gathered *visit)
{
    return part->reader->keeps_undated && !view_key_is_dated(visit->key) &&
           (options->ignores_journeys || !view_key_is_dated(visit->journey));
}

/* Whether nothing comes any more of what was last heard of at `ms`. */
static bool is_over(int64_t ms, int64_t settled_ms)
{
    return settled_ms == INT64_MAX ||
           (settled_ms != INT64_MIN && ms < settled_ms - TOKEN_SILENCE_MS);
}

/* Has what giving a page view will need brought near, and returns the next one. */
static uint32_t run_ahead(const struct visit_part *part, uint32_t number)
{
    if (number == 0)
        return 0;
    const struct gathered *visit = table_at(&part->visits, number);
    recall_prefetch(&part->given, visit->key);
    table_prefetch(&part->visits, visit->key);
    if (visit->events)
        __builtin_prefetch(pool_at(&part->events, visit->events));
    if (visit->younger)
        __builtin_prefetch(table_at(&part->visits, visit->younger));
    return visit->younger;
}

int visit_part_give(struct visit_part *part, const struct visits_options *options,
                    int64_t settled_ms, bool *more)
{
    uint32_t last = part->youngest;
    uint32_t ahead = part->oldest;
    *more = false;
    recall_settle(&part->given, settled_ms);
    recall_settle(&part->joined, settled_ms);
    for (int i = 0; i < AHEAD; i++)
        ahead = run_ahead(part, ahead);
    for (size_t given = 0; part->oldest != 0;) {
        uint32_t number = part->oldest;
        const struct gathered *visit = table_at(&part->visits, number);
        if (!is_over(visit->first_ms, settled_ms))
            return 0;
        bool goes_on = !is_over(visit->last_ms, settled_ms) ||
                       (settled_ms != INT64_MAX && is_kept(part, options, visit));
        ahead = run_ahead(part, ahead);
        *more = !goes_on && ++given > VISIT_PART_GIVEN;
        int rc = goes_on || *more ? 0 : give(part, options, visit);
        if (rc == 0 && !goes_on && !*more)
            rc = remember(part, visit, settled_ms);
        if (rc != 0 || *more)
            return rc;
        take_oldest(part, goes_on);
        if (!goes_on)
            forget(part, number);
        if (number == last)
            return 0;
    }
    return 0;
}
