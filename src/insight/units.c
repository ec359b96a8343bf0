/* Owns giving events to units. */
#include "insight/units.h"

#include "base/err.h"

#include <stdlib.h>

/* A journey takes half an hour to the last page view that joins it, and a page view a day; up to
 * four days pass until that one is given: if it is still under way when it is looked at, it is next
 * when all are over that have begun by then, and of large rounds there is one a day. */
static const int64_t over_after_ms = INT64_C(123) * 3600 * 1000;

struct unit {
    uint64_t key;
    int64_t first_ms;
    uint32_t events;  /* the first in a list */
    uint32_t younger; /* the next in the order of their beginnings; 0: none */
};

void units_init(struct units *units, enum unit_kind kind)
{
    *units = (struct units){
        .is_endless = kind == UNIT_KEY,
        .table.pool.item_size = sizeof(struct unit),
        .events.item_size = sizeof(struct placed),
    };
}

void units_finish(struct units *units)
{
    table_finish(&units->table);
    pool_finish(&units->events);
    recall_finish(&units->done);
    free(units->list);
    units->list = NULL;
}

/* --- adding --------------------------------------------------------------------------------- */

static uint32_t take_event(struct units *units)
{
    uint32_t number = units->free_event;
    if (number == 0)
        return pool_add(&units->events);
    const struct placed *event = pool_at(&units->events, number);
    units->free_event = event->next;
    return number;
}

static void begin(struct units *units, uint32_t number, int64_t ms)
{
    struct unit *unit = table_at(&units->table, number);
    unit->first_ms = ms;
    if (units->youngest) {
        struct unit *before = table_at(&units->table, units->youngest);
        before->younger = number;
    } else {
        units->oldest = number;
    }
    units->youngest = number;
}

int units_add(struct units *units, uint64_t key, const struct placed *event)
{
    bool added;
    uint32_t number = table_get(&units->table, key, &added);
    uint32_t place = number ? take_event(units) : 0;
    if (place == 0)
        return ERR_NO_MEMORY;
    if (added && (recall_has(&units->done, key) || recall_may_have_forgotten(&units->done, key)))
        return view_key_is_dated(key) ? SCAN_AGAIN : SCAN_AGAIN_IN_ORDER;
    if (added)
        begin(units, number, event->ms);
    struct unit *unit = table_at(&units->table, number);
    struct placed *there = pool_at(&units->events, place);
    if (event->ms < unit->first_ms)
        unit->first_ms = event->ms;
    *there = *event;
    there->next = unit->events;
    unit->events = place;
    return 0;
}

/* --- giving --------------------------------------------------------------------------------- */

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
    return (a->rank > b->rank) - (a->rank < b->rank);
}

/* Puts the events into the list, and frees them. */
static int collect(struct units *units, struct unit *unit, size_t *count)
{
    *count = 0;
    while (unit->events != 0) {
        struct placed *event = pool_at(&units->events, unit->events);
        uint32_t next = event->next;
        if (*count == units->room) {
            size_t room = units->room ? units->room * 2 : 64;
            struct placed *grown = realloc(units->list, room * sizeof *grown);
            if (!grown)
                return ERR_NO_MEMORY;
            units->list = grown;
            units->room = room;
        }
        units->list[(*count)++] = *event;
        event->next = units->free_event;
        units->free_event = unit->events;
        unit->events = next;
    }
    if (*count > 1)
        qsort(units->list, *count, sizeof *units->list, by_order);
    return 0;
}

static int give_oldest(struct units *units, const struct units_taker *taker)
{
    size_t count;
    uint32_t number = units->oldest;
    struct unit *unit = table_at(&units->table, number);
    int rc = collect(units, unit, &count);
    if (rc == 0)
        rc = taker->on_unit(taker->context, units->list, count);
    units->oldest = unit->younger;
    if (units->oldest == 0)
        units->youngest = 0;
    table_remove(&units->table, number);
    return rc;
}

/* Makes the oldest the youngest. */
static void put_back(struct units *units)
{
    uint32_t number = units->oldest;
    struct unit *unit = table_at(&units->table, number);
    if (number == units->youngest)
        return;
    struct unit *before = table_at(&units->table, units->youngest);
    units->oldest = unit->younger;
    unit->younger = 0;
    before->younger = number;
    units->youngest = number;
}

int units_give(struct units *units, int64_t settled_ms, const struct units_taker *taker)
{
    bool all = settled_ms == INT64_MAX;
    if (!all && (units->is_endless || settled_ms == INT64_MIN))
        return 0;
    recall_settle(&units->done, settled_ms);
    uint32_t last = units->youngest;
    for (uint32_t number = 0; units->oldest != 0 && number != last;) {
        number = units->oldest;
        const struct unit *unit = table_at(&units->table, number);
        if (!all && unit->first_ms >= settled_ms - over_after_ms)
            return 0;
        if (!all && units->keeps_undated && !view_key_is_dated(unit->key)) {
            put_back(units);
            continue;
        }
        int rc = all ? 0 : recall_add(&units->done, unit->key);
        if (rc == 0)
            rc = give_oldest(units, taker);
        if (rc != 0)
            return rc;
    }
    return 0;
}
