/* Owns giving events to units. */
#include "insight/units.h"

#include "base/err.h"
#include "insight/fingerprint.h"

#include <stdlib.h>

/* What an event's own values and its view's mean together. Found out once for each pair. */
struct meaning {
    uint64_t key;  /* of both numbers */
    uint64_t unit; /* of a unit of another key; 0: belongs to none */
    uint32_t steps;
    uint32_t by;
};

void units_init(struct units *units, struct visits *visits)
{
    *units = (struct units){
        .visits = visits,
        .table.pool.item_size = sizeof(struct unit),
        .meanings.pool.item_size = sizeof(struct meaning),
    };
    tuples_init(&units->by, visits->question->query.by_count);
}

void units_finish(struct units *units)
{
    table_finish(&units->table);
    table_finish(&units->meanings);
    tuples_finish(&units->by);
    free(units->settling);
}

/* --- what events mean ----------------------------------------------------------------------- */

static struct str value_of(const struct question *question, size_t dimension, const struct str *own,
                           const struct str *carried)
{
    if (own[dimension].ptr || !question->dimensions[dimension].inherited)
        return own[dimension];
    return carried[dimension];
}

static int find_out(struct units *units, uint32_t values, uint32_t carried, struct meaning *out)
{
    const struct question *question = units->visits->question;
    const struct str *own = tuples_row(&units->visits->values, values);
    const struct str *view = tuples_row(&units->visits->values, carried);
    struct str by[FUNNEL_BY_MAX] = {{0}};
    for (size_t i = 0; i < question->query.by_count; i++)
        if (question->by[i] != NO_DIMENSION)
            by[i] = value_of(question, question->by[i], own, view);
    if (question->unit_kind == UNIT_KEY) {
        struct str unit = value_of(question, question->unit, own, view);
        out->unit = unit.ptr ? fingerprint(unit, 0) | 1 : 0;
    }
    out->steps = question_steps(question, own, view);
    return tuples_number(&units->by, by, &out->by);
}

static const struct meaning *meaning_of(struct units *units, uint32_t values, uint32_t carried)
{
    bool added;
    /* Multiplying by an odd number keeps pairs apart and spreads them. */
    uint64_t key = ((uint64_t)values << 32 | carried) * 0x9E3779B97F4A7C15;
    uint32_t number = table_get(&units->meanings, key, &added);
    struct meaning *meaning = number ? table_at(&units->meanings, number) : NULL;
    if (meaning && added && find_out(units, values, carried, meaning) != 0)
        return NULL;
    return meaning;
}

/* --- page views ----------------------------------------------------------------------------- */

static int collect(struct units *units, const struct visit *visit, size_t *count)
{
    const struct pool *events = &units->visits->events;
    *count = 0;
    for (uint32_t number = visit->moments; number != 0;) {
        const struct moment *moment = pool_at(events, number);
        if (*count == units->room) {
            size_t room = units->room ? units->room * 2 : 64;
            struct settling *grown = realloc(units->settling, room * sizeof *grown);
            if (!grown)
                return ERR_NO_MEMORY;
            units->settling = grown;
            units->room = room;
        }
        units->settling[(*count)++] = (struct settling){.moment = *moment, .number = number};
        number = moment->next;
    }
    return 0;
}

/* Leaves only what takes part in chains: in strict ones whatever lies between. */
static int choose(struct units *units, const struct visit *visit, size_t *count)
{
    size_t kept = 0;
    bool all = units->visits->question->query.mode == CHAIN_STRICT;
    for (size_t i = 0; i < *count; i++) {
        struct settling *event = &units->settling[i];
        const struct meaning *meaning = meaning_of(units, event->moment.values, visit->carried);
        if (!meaning)
            return ERR_NO_MEMORY;
        event->steps = meaning->steps;
        if (all || meaning->steps != 0)
            units->settling[kept++] = *event;
    }
    *count = kept;
    return 0;
}

static uint64_t unit_key(const struct units *units, const struct visit *visit, uint64_t by_value)
{
    switch (units->visits->question->unit_kind) {
    case UNIT_JOURNEY:
        return visit->journey ? visit->journey : visit->key;
    case UNIT_PV:
        return visit->key;
    default:
        return by_value;
    }
}

static int place(struct units *units, const struct visit *visit, size_t rank)
{
    const struct settling *event = &units->settling[rank];
    const struct meaning *meaning = meaning_of(units, event->moment.values, visit->carried);
    if (!meaning)
        return ERR_NO_MEMORY;
    uint64_t key = unit_key(units, visit, meaning->unit);
    if (key == 0)
        return 0;
    bool added;
    uint32_t number = table_get(&units->table, key, &added);
    if (number == 0)
        return ERR_NO_MEMORY;
    struct unit *unit = table_at(&units->table, number);
    union kept_event *there = pool_at(&units->visits->events, event->number);
    there->placed = (struct placed){
        .ms = event->moment.ms,
        .seq = event->moment.seq,
        .visit = visit->key,
        .rank = (uint32_t)rank,
        .steps = event->steps,
        .by = meaning->by,
        .next = unit->events,
    };
    unit->events = event->number;
    return 0;
}

int units_add(struct units *units, const struct visit *visit, size_t *repeats, size_t *clicks)
{
    size_t count;
    *repeats = 0;
    *clicks = 0;
    int rc = collect(units, visit, &count);
    if (rc != 0 || count == 0)
        return rc;
    size_t unique = settle_unique(units->settling, count);
    *repeats = count - unique;
    count = unique;
    for (size_t i = 0; i < count; i++)
        *clicks += units->settling[i].moment.is_click;
    rc = choose(units, visit, &count);
    if (rc == 0)
        settle_order(units->settling, count);
    for (size_t i = 0; rc == 0 && i < count; i++)
        rc = place(units, visit, i);
    return rc;
}

/* --- units ---------------------------------------------------------------------------------- */

static int by_order(const void *left, const void *right)
{
    const struct placed *a = left;
    const struct placed *b = right;
    if (a->ms != b->ms)
        return a->ms < b->ms ? -1 : 1;
    if (a->seq != b->seq)
        return a->seq < b->seq ? -1 : 1;
    if (a->visit != b->visit)
        return a->visit < b->visit ? -1 : 1;
    return a->rank < b->rank ? -1 : 1;
}

int units_events(const struct units *units, const struct unit *unit, struct placed_list *out)
{
    out->count = 0;
    for (uint32_t number = unit->events; number != 0;) {
        const struct placed *event = pool_at(&units->visits->events, number);
        if (out->count == out->room) {
            size_t room = out->room ? out->room * 2 : 64;
            struct placed *grown = realloc(out->items, room * sizeof *grown);
            if (!grown)
                return ERR_NO_MEMORY;
            out->items = grown;
            out->room = room;
        }
        out->items[out->count++] = *event;
        number = event->next;
    }
    if (out->count > 1)
        qsort(out->items, out->count, sizeof *out->items, by_order);
    return 0;
}
