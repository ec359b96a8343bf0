/* Owns counting units: each unit's best chain, in its group. */
#include "insight/funnel_count.h"

#include "base/calendar.h"
#include "base/err.h"

#include <stdio.h>
#include <stdlib.h>

void funnel_count_init(struct funnel_count *count, const struct question *question)
{
    *count = (struct funnel_count){.question = question};
    units_init(&count->units, question->unit_kind);
    tuples_init(&count->rows, question->query.by_count);
}

void funnel_count_finish(struct funnel_count *count)
{
    for (size_t i = 0; i < count->group_room; i++)
        spread_finish(&count->groups[i].elapsed_ms);
    free(count->groups);
    free(count->events);
    units_finish(&count->units);
    tuples_finish(&count->rows);
}

/* --- groups --------------------------------------------------------------------------------- */

/* The parts of a moment in the zone, as texts. */
struct local_time {
    char day[sizeof "-2147483648-12-31"];
    char hour[2];
    char weekday[1]; /* 1: Monday ... 7: Sunday */
};

static void tell_time(const struct zone *zone, int64_t ms, struct local_time *out)
{
    struct zone_time local = zone_time(zone, ms);
    struct date date = calendar_date(local.day);
    (void)snprintf(out->day, sizeof out->day, "%04d-%02d-%02d", date.year, date.month, date.day);
    out->hour[0] = (char)('0' + local.hour / 10);
    out->hour[1] = (char)('0' + local.hour % 10);
    out->weekday[0] = (char)('1' + calendar_weekday(local.day));
}

/* The number in `rows` of the group that an entry belongs to. */
static int group_of(struct funnel_count *count, const struct placed *entry, uint32_t *out)
{
    const struct funnel_query *query = &count->question->query;
    struct str row[FUNNEL_BY_MAX];
    struct local_time time;
    bool is_told = false;
    for (size_t i = 0; i < query->by_count; i++) {
        row[i] = entry->by[i];
        if (count->question->by[i] != NO_TEXT)
            continue;
        if (!is_told)
            tell_time(query->zone, entry->ms, &time);
        is_told = true;
        if (str_eq(query->by[i], STR("day")))
            row[i] = str_from(time.day);
        else if (str_eq(query->by[i], STR("hour")))
            row[i] = str_make(time.hour, sizeof time.hour);
        else
            row[i] = str_make(time.weekday, sizeof time.weekday);
    }
    return tuples_number(&count->rows, row, out);
}

static int find_group(struct funnel_count *count, uint32_t number, struct funnel_group **out)
{
    if (number >= count->group_room) {
        size_t room = count->group_room ? count->group_room * 2 : 16;
        while (number >= room)
            room *= 2;
        struct funnel_group *grown = realloc(count->groups, room * sizeof *grown);
        if (!grown)
            return ERR_NO_MEMORY;
        memset(grown + count->group_room, 0, (room - count->group_room) * sizeof *grown);
        count->groups = grown;
        count->group_room = room;
    }
    *out = &count->groups[number];
    (*out)->by = tuples_row(&count->rows, number);
    return 0;
}

/* --- units ---------------------------------------------------------------------------------- */

/* In its group, and in the total, which learns in the end how long it took. */
static int count_chain(struct funnel_count *count, struct funnel_group *group,
                       const struct chain *chain, const struct placed *events)
{
    const struct funnel_query *query = &count->question->query;
    int64_t entered_ms = events[chain->first].ms;
    if (entered_ms > query->now_ms - query->window_ms) {
        group->open++;
        count->total.open++;
        return 0;
    }
    for (size_t k = 0; k < chain->length; k++) {
        group->reached[k]++;
        count->total.reached[k]++;
    }
    if (chain->length < count->question->steps.count)
        return 0;
    return spread_add(&group->elapsed_ms, (uint64_t)(events[chain->last].ms - entered_ms));
}

static int fill_events(struct funnel_count *count, const struct placed *events, size_t number)
{
    const struct funnel_query *query = &count->question->query;
    if (number > count->room) {
        size_t room = number * 2;
        struct chain_event *grown = realloc(count->events, room * sizeof *grown);
        if (!grown)
            return ERR_NO_MEMORY;
        count->events = grown;
        count->room = room;
    }
    for (size_t i = 0; i < number; i++)
        count->events[i] = (struct chain_event){
            .ms = events[i].ms,
            .steps = events[i].steps,
            .may_begin = events[i].ms >= query->from_ms && events[i].ms < query->to_ms,
        };
    return 0;
}

int funnel_count_unit(struct funnel_count *count, const struct placed *events, size_t number)
{
    const struct chain_rules rules = {
        .steps = count->question->steps.count,
        .window_ms = count->question->query.window_ms,
        .mode = count->question->query.mode,
    };
    struct funnel_group *group;
    uint32_t row;
    int rc = fill_events(count, events, number);
    if (rc != 0)
        return rc;
    struct chain chain = chain_best(&rules, count->events, number);
    if (chain.length == 0)
        return 0;
    rc = group_of(count, &events[chain.first], &row);
    if (rc == 0)
        rc = find_group(count, row, &group);
    return rc == 0 ? count_chain(count, group, &chain, events) : rc;
}

static int on_unit(void *context, const struct placed *events, size_t number)
{
    return funnel_count_unit(context, events, number);
}

int funnel_count_add(struct funnel_count *count, struct str items)
{
    struct to_place item;
    for (int rc; items.len > 0; items = str_skip(items, sizeof item)) {
        memcpy(&item, items.ptr, sizeof item);
        rc = units_add(&count->units, item.unit, &item.event);
        if (rc != 0)
            return rc;
    }
    return 0;
}

int funnel_count_settled(struct funnel_count *count, int64_t settled_ms)
{
    const struct units_taker taker = {on_unit, count};
    return units_give(&count->units, settled_ms, &taker);
}

/* --- parts together ------------------------------------------------------------------------- */

static int merge_group(struct funnel_group *group, struct funnel_group *from, size_t steps)
{
    for (size_t k = 0; k < steps; k++)
        group->reached[k] += from->reached[k];
    group->open += from->open;
    return spread_take(&group->elapsed_ms, &from->elapsed_ms);
}

int funnel_count_merge(struct funnel_count *count, struct funnel_count *from)
{
    size_t steps = count->question->steps.count;
    int rc = merge_group(&count->total, &from->total, steps);
    for (size_t i = 0; rc == 0 && i < from->group_room; i++) {
        struct funnel_group *theirs = &from->groups[i];
        struct funnel_group *group;
        uint32_t row;
        if (theirs->reached[0] == 0 && theirs->open == 0)
            continue;
        rc = tuples_number(&count->rows, theirs->by, &row);
        if (rc == 0)
            rc = find_group(count, row, &group);
        if (rc == 0)
            rc = merge_group(group, theirs, steps);
    }
    return rc;
}
