/* Owns the answer to a funnel's question.
 *
 * Happy path: lines are gathered into page views (visits), these are settled and their events given
 * to units, each unit's best chain is found and counted. Failure modes: a line that cannot be read
 * is counted as damaged and hides nothing else; when memory is short there is no answer at all. */
#include "insight/funnel.h"

#include "base/calendar.h"
#include "base/err.h"
#include "insight/units.h"

#include <stdio.h>
#include <stdlib.h>

struct funnel {
    struct question question;
    struct visits visits;
    struct units units;
    struct tuples rows; /* the groups' values, parts of the time included */
    struct placed_list events;
    struct chain_event *chain_events;
    size_t chain_room;
    size_t group_room;
    struct funnel_answer answer;
};

int funnel_create(struct funnel **out, const struct funnel_query *query, struct buf *why)
{
    struct funnel *funnel = calloc(1, sizeof *funnel);
    *out = NULL;
    if (!funnel)
        return ERR_NO_MEMORY;
    int rc = question_init(&funnel->question, query, why);
    if (rc != 0) {
        free(funnel);
        return rc;
    }
    visits_init(&funnel->visits, &funnel->question);
    units_init(&funnel->units, &funnel->visits);
    tuples_init(&funnel->rows, query->by_count);
    funnel->answer.steps = &funnel->question.steps;
    *out = funnel;
    return 0;
}

void funnel_destroy(struct funnel *funnel)
{
    if (!funnel)
        return;
    for (size_t i = 0; i < funnel->answer.group_count; i++)
        free(funnel->answer.groups[i].elapsed_s);
    free(funnel->answer.groups);
    free(funnel->answer.total.elapsed_s);
    free(funnel->answer.channels);
    visits_finish(&funnel->visits);
    units_finish(&funnel->units);
    tuples_finish(&funnel->rows);
    free(funnel->events.items);
    free(funnel->chain_events);
    free(funnel);
}

int funnel_add(struct funnel *funnel, struct str line, const char **damage)
{
    int rc = visits_add(&funnel->visits, line, damage);
    funnel->answer.loss.damaged += *damage != NULL;
    return rc;
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
    int64_t utc = ms / 1000 - (ms % 1000 < 0);
    int64_t local = utc + zone_offset(zone, (time_t)utc);
    int64_t days = local / CALENDAR_DAY_S - (local % CALENDAR_DAY_S < 0);
    struct date date = calendar_date(days);
    (void)snprintf(out->day, sizeof out->day, "%04d-%02d-%02d", date.year, date.month, date.day);
    int hour = (int)((local - days * CALENDAR_DAY_S) / 3600);
    out->hour[0] = (char)('0' + hour / 10);
    out->hour[1] = (char)('0' + hour % 10);
    out->weekday[0] = (char)('1' + calendar_weekday(days));
}

/* The number in `rows` of the group that an entry belongs to. */
static int group_of(struct funnel *funnel, const struct placed *entry, uint32_t *out)
{
    const struct funnel_query *query = &funnel->question.query;
    const struct str *by = tuples_row(&funnel->units.by, entry->by);
    struct str row[FUNNEL_BY_MAX];
    struct local_time time;
    tell_time(query->zone, entry->ms, &time);
    for (size_t i = 0; i < query->by_count; i++) {
        row[i] = by[i];
        if (str_eq(query->by[i], STR("day")))
            row[i] = str_from(time.day);
        else if (str_eq(query->by[i], STR("hour")))
            row[i] = str_make(time.hour, sizeof time.hour);
        else if (str_eq(query->by[i], STR("weekday")))
            row[i] = str_make(time.weekday, sizeof time.weekday);
    }
    return tuples_number(&funnel->rows, row, out);
}

static int find_group(struct funnel *funnel, const struct placed *entry, struct funnel_group **out)
{
    uint32_t number;
    int rc = group_of(funnel, entry, &number);
    if (rc != 0)
        return rc;
    if (number >= funnel->group_room) {
        size_t room = funnel->group_room ? funnel->group_room * 2 : 16;
        while (number >= room)
            room *= 2;
        struct funnel_group *grown = realloc(funnel->answer.groups, room * sizeof *grown);
        if (!grown)
            return ERR_NO_MEMORY;
        memset(grown + funnel->group_room, 0, (room - funnel->group_room) * sizeof *grown);
        funnel->answer.groups = grown;
        funnel->answer.group_count = funnel->group_room = room;
    }
    *out = &funnel->answer.groups[number];
    (*out)->by = tuples_row(&funnel->rows, number);
    return 0;
}

static int add_elapsed(struct funnel_group *group, double seconds)
{
    if (group->elapsed_count == group->elapsed_room) {
        size_t room = group->elapsed_room ? group->elapsed_room * 2 : 4;
        double *grown = realloc(group->elapsed_s, room * sizeof *grown);
        if (!grown)
            return ERR_NO_MEMORY;
        group->elapsed_s = grown;
        group->elapsed_room = room;
    }
    group->elapsed_s[group->elapsed_count++] = seconds;
    return 0;
}

/* --- units ---------------------------------------------------------------------------------- */

static int count_in(struct funnel *funnel, struct funnel_group *group, const struct chain *chain)
{
    const struct placed *events = funnel->events.items;
    const struct funnel_query *query = &funnel->question.query;
    int64_t entered_ms = events[chain->first].ms;
    if (entered_ms > query->now_ms - query->window_ms) {
        group->open++;
        return 0;
    }
    for (size_t k = 0; k < chain->length; k++)
        group->reached[k]++;
    if (chain->length < funnel->question.steps.count)
        return 0;
    return add_elapsed(group, (double)(events[chain->last].ms - entered_ms) / 1000);
}

static int fill_chain_events(struct funnel *funnel)
{
    const struct funnel_query *query = &funnel->question.query;
    const struct placed_list *events = &funnel->events;
    if (events->count > funnel->chain_room) {
        struct chain_event *grown =
            realloc(funnel->chain_events, events->room * sizeof *funnel->chain_events);
        if (!grown)
            return ERR_NO_MEMORY;
        funnel->chain_events = grown;
        funnel->chain_room = events->room;
    }
    for (size_t i = 0; i < events->count; i++) {
        const struct placed *event = &events->items[i];
        funnel->chain_events[i] = (struct chain_event){
            .ms = event->ms,
            .steps = event->steps,
            .may_begin = event->ms >= query->from_ms && event->ms < query->to_ms,
        };
    }
    return 0;
}

static int count_unit(struct funnel *funnel, const struct unit *unit)
{
    const struct chain_rules rules = {
        .steps = funnel->question.steps.count,
        .window_ms = funnel->question.query.window_ms,
        .mode = funnel->question.query.mode,
    };
    struct funnel_group *group;
    int rc = units_events(&funnel->units, unit, &funnel->events);
    if (rc == 0)
        rc = fill_chain_events(funnel);
    if (rc != 0)
        return rc;
    struct chain chain = chain_best(&rules, funnel->chain_events, funnel->events.count);
    if (chain.length == 0)
        return 0;
    rc = count_in(funnel, &funnel->answer.total, &chain);
    if (rc == 0)
        rc = find_group(funnel, &funnel->events.items[chain.first], &group);
    return rc == 0 ? count_in(funnel, group, &chain) : rc;
}

/* --- page views: what counts, and what is lost ---------------------------------------------- */

static int find_channel(struct funnel *funnel, uint32_t number, struct funnel_channel **out)
{
    struct funnel_answer *answer = &funnel->answer;
    if (!answer->channels) {
        answer->channel_count = (size_t)funnel->visits.channels.table.pool.last + 1;
        answer->channels = calloc(answer->channel_count, sizeof *answer->channels);
        if (!answer->channels)
            return ERR_NO_MEMORY;
    }
    *out = &answer->channels[number];
    (*out)->os = tuples_row(&funnel->visits.channels, number)[0];
    (*out)->name = tuples_row(&funnel->visits.channels, number)[1];
    return 0;
}

static int cover(struct funnel *funnel, const struct visit *visit)
{
    struct funnel_channel *channel;
    int rc = find_channel(funnel, visit->channel, &channel);
    if (rc != 0)
        return rc;
    channel->view += visit->has_view;
    channel->seen += visit->has_seen;
    funnel->answer.coverage.view += visit->has_view;
    funnel->answer.coverage.seen += visit->has_seen;
    return 0;
}

/* Where a page view that does not count is counted instead, or NULL. */
static uint64_t *loss_of(struct funnel *funnel, const struct visit *visit)
{
    const struct funnel_query *query = &funnel->question.query;
    if (visit->is_bot && !query->with_bots)
        return &funnel->answer.loss.bot;
    if (visit->is_prefetch && !visit->has_seen && !query->with_prefetches)
        return &funnel->answer.loss.prefetch;
    if (visit->is_internal && !query->with_internal)
        return &funnel->answer.loss.internal;
    return NULL;
}

static int count_visit(struct funnel *funnel, const struct visit *visit)
{
    const struct funnel_query *query = &funnel->question.query;
    bool in_range = visit->first_ms >= query->from_ms && visit->first_ms < query->to_ms;
    uint64_t *loss = loss_of(funnel, visit);
    size_t repeats;
    size_t clicks;
    if (loss) {
        *loss += in_range;
        return 0;
    }
    int rc = units_add(&funnel->units, visit, &repeats, &clicks);
    if (rc != 0 || !in_range)
        return rc;
    funnel->answer.loss.duplicate += repeats;
    if (!visit->has_view && !(visit->is_client && visit->has_seen))
        funnel->answer.loss.orphan_click += clicks;
    return cover(funnel, visit);
}

/* --- the answer in order -------------------------------------------------------------------- */

static int by_entries(const void *left, const void *right)
{
    const struct funnel_group *a = left;
    const struct funnel_group *b = right;
    uint64_t of_a = a->reached[0] + a->open;
    uint64_t of_b = b->reached[0] + b->open;
    if (of_a != of_b)
        return of_a > of_b ? -1 : 1;
    return 0;
}

struct sorting {
    bool by_value;
    size_t width;
};

static int compare_groups(const void *left, const void *right, void *context)
{
    const struct sorting *sorting = context;
    const struct funnel_group *a = left;
    const struct funnel_group *b = right;
    int order = sorting->by_value ? 0 : by_entries(a, b);
    for (size_t i = 0; order == 0 && i < sorting->width; i++) {
        order = (a->by[i].ptr != NULL) - (b->by[i].ptr != NULL);
        if (order == 0)
            order = str_cmp(a->by[i], b->by[i]);
    }
    return order;
}

static int by_views(const void *left, const void *right)
{
    const struct funnel_channel *a = left;
    const struct funnel_channel *b = right;
    if (a->view != b->view)
        return a->view > b->view ? -1 : 1;
    int order = str_cmp(a->name, b->name);
    return order != 0 ? order : str_cmp(a->os, b->os);
}

static void sort_groups(struct funnel *funnel)
{
    struct funnel_answer *answer = &funnel->answer;
    const struct funnel_query *query = &funnel->question.query;
    struct sorting sorting = {
        .by_value = query->by_count > 0 && funnel->question.by[0] == NO_DIMENSION,
        .width = query->by_count,
    };
    size_t kept = 0;
    for (size_t i = 0; i < answer->group_count; i++)
        if (answer->groups[i].reached[0] > 0 || answer->groups[i].open > 0)
            answer->groups[kept++] = answer->groups[i];
    answer->group_count = kept;
    if (kept > 1)
        qsort_r(answer->groups, kept, sizeof *answer->groups, compare_groups, &sorting);
    for (size_t i = 0; i < kept; i++)
        statistics_sort(answer->groups[i].elapsed_s, answer->groups[i].elapsed_count);
    statistics_sort(answer->total.elapsed_s, answer->total.elapsed_count);
}

static void sort_channels(struct funnel_answer *answer)
{
    size_t kept = 0;
    for (size_t i = 0; i < answer->channel_count; i++)
        if (answer->channels[i].view > 0 || answer->channels[i].seen > 0)
            answer->channels[kept++] = answer->channels[i];
    answer->channel_count = kept;
    if (kept > 1)
        qsort(answer->channels, kept, sizeof *answer->channels, by_views);
}

int funnel_answer(struct funnel *funnel, const struct funnel_answer **out)
{
    int rc = 0;
    funnel->answer.loss.dropped = funnel->visits.dropped;
    funnel->answer.loss.refused = funnel->visits.refused;
    for (uint32_t i = 1; rc == 0 && i <= funnel->visits.table.pool.last; i++)
        rc = count_visit(funnel, table_at(&funnel->visits.table, i));
    for (uint32_t i = 1; rc == 0 && i <= funnel->units.table.pool.last; i++)
        rc = count_unit(funnel, table_at(&funnel->units.table, i));
    sort_groups(funnel);
    sort_channels(&funnel->answer);
    *out = rc == 0 ? &funnel->answer : NULL;
    return rc;
}
