/* Owns counting page views. */
#include "insight/report_tally.h"

#include "base/calendar.h"
#include "base/err.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

int tally_init(struct tally *tally, struct tally_question *question)
{
    const struct report_query *query = question->query;
    *tally = (struct tally){
        .query = query,
        .keys = question->keys,
        .meanings.pool.item_size = sizeof(struct tally_meaning),
        .days.pool.item_size = sizeof(struct tally_day),
        .rev_days.pool.item_size = sizeof(struct tally_rev),
        .timed.pool.item_size = sizeof(struct tally_timed),
        .answer.total = {.value = NAN, .cost = NAN},
    };
    if (query->before_ms < query->from_ms && query->to_ms != INT64_MAX) {
        tally->first = zone_time(query->zone, query->from_ms).second;
        tally->last = zone_time(query->zone, query->to_ms - 1).second;
        tally->shift = zone_time(query->zone, query->to_ms).second - tally->first;
    }
    tuples_init(&tally->timeless, query->by_count);
    rows_init(&tally->rows, query->by_count);
    rows_init(&tally->campaigns, 1);
    rows_init(&tally->channels, CHANNEL_WIDTH);
    tuples_init(&tally->paths, 1);
    tuples_init(&tally->revs, 2);
    taps_init(&tally->taps, query, &question->open);
    return spend_init(&tally->spend, query);
}

void tally_finish(struct tally *tally)
{
    table_finish(&tally->meanings);
    table_finish(&tally->timed);
    tuples_finish(&tally->timeless);
    rows_finish(&tally->rows);
    rows_finish(&tally->campaigns);
    rows_finish(&tally->channels);
    tuples_finish(&tally->paths);
    tuples_finish(&tally->revs);
    table_finish(&tally->rev_days);
    table_finish(&tally->days);
    taps_finish(&tally->taps);
    spend_finish(&tally->spend);
    free(tally->answer.days);
    free(tally->answer.tapped);
    free(tally->answer.revs);
}

/* --- time ----------------------------------------------------------------------------------- */

/* As zone_time; page views mostly come in the order of time. A day at whose ends the zone's clock
 * is as far from UTC is as far all along: no zone changes its clock twice in two days. */
static struct zone_time local_time(struct tally *tally, int64_t ms)
{
    struct tally_offset *offset = &tally->offset;
    int64_t utc_day = zone_time_ahead(0, ms).day;
    if (utc_day != offset->day || !offset->holds) {
        const struct zone *zone = tally->query->zone;
        *offset = (struct tally_offset){
            .day = utc_day,
            .seconds = zone_offset(zone, (time_t)(utc_day * CALENDAR_DAY_S)),
        };
        offset->holds =
            offset->seconds == zone_offset(zone, (time_t)((utc_day + 1) * CALENDAR_DAY_S));
    }
    return offset->holds ? zone_time_ahead(offset->seconds, ms) : zone_time(tally->query->zone, ms);
}

/* What the clock shows as far into the period as it was into the one before: so a day faces a
 * stretch as long as it is, also where the period ends in the midst of it. An hour that the clock
 * showed twice could reach beyond an end. */
static struct zone_time time_beside(const struct tally *tally, const struct zone_time *local)
{
    int64_t second = local->second + tally->shift;
    second = second < tally->first ? tally->first : second;
    second = second > tally->last ? tally->last : second;
    return zone_time_ahead(0, second * 1000);
}

/* As much of the time as the groups tell; 23 bits hold the days of ten thousand years. */
static uint32_t time_in_groups(const struct tally *tally, const struct zone_time *local)
{
    uint32_t time = 0;
    for (size_t i = 0; i < tally->query->by_count; i++) {
        if (tally->keys->by[i] == BY_DAY)
            time |= ((uint32_t)(local->day + (1 << 22)) & 0x7FFFFF) << 8;
        else if (tally->keys->by[i] == BY_HOUR)
            time |= (uint32_t)local->hour << 3;
        else if (tally->keys->by[i] == BY_WEEKDAY)
            time |= (uint32_t)calendar_weekday(local->day);
    }
    return time;
}

static int make_timed_row(struct tally *tally, const struct tally_meaning *meaning,
                          const struct zone_time *local, uint32_t *out)
{
    struct str row[REPORT_BY_MAX] = {{0}};
    char day[sizeof "-2147483648-12-31"];
    struct date date = calendar_date(local->day);
    (void)snprintf(day, sizeof day, "%04d-%02d-%02d", date.year, date.month, date.day);
    const char hour[2] = {(char)('0' + local->hour / 10), (char)('0' + local->hour % 10)};
    const char weekday[1] = {(char)('1' + calendar_weekday(local->day))};
    for (size_t i = 0; i < tally->query->by_count; i++) {
        size_t by = tally->keys->by[i];
        row[i] = by == BY_DAY       ? str_from(day)
                 : by == BY_HOUR    ? str_make(hour, sizeof hour)
                 : by == BY_WEEKDAY ? str_make(weekday, sizeof weekday)
                                    : meaning->texts[by];
    }
    return rows_find(&tally->rows, row, out);
}

/* A row by time is never the one without any value, which has the number 0. */
static int find_timed_row(struct tally *tally, const struct tally_meaning *meaning,
                          const struct zone_time *local, uint32_t *out)
{
    bool added;
    uint64_t both = (uint64_t)meaning->timeless << 32 | time_in_groups(tally, local);
    uint32_t number = table_get(&tally->timed, table_key(both + 1), &added);
    struct tally_timed *timed = number ? table_at(&tally->timed, number) : NULL;
    if (!timed)
        return ERR_NO_MEMORY;
    int rc = timed->row == 0 ? make_timed_row(tally, meaning, local, &timed->row) : 0;
    *out = timed->row;
    return rc;
}

struct tally_day *tally_find_day(struct tally *tally, int64_t day)
{
    bool added;
    if (tally->latest && tally->latest->day == day)
        return tally->latest;
    uint32_t number = table_get(&tally->days, table_key((uint64_t)day), &added);
    struct tally_day *found = number ? table_at(&tally->days, number) : NULL;
    if (found) {
        found->day = day;
        tally->latest = found;
    }
    return found;
}

struct report_rev *tally_find_rev(struct tally *tally, uint32_t number, int64_t day)
{
    bool added;
    uint32_t at = table_get(&tally->rev_days, table_key_of_pair(number, (uint32_t)day), &added);
    struct tally_rev *found = at ? table_at(&tally->rev_days, at) : NULL;
    if (!found)
        return NULL;
    found->day = day;
    found->rev.page = tuples_row(&tally->revs, number)[0];
    found->rev.rev = tuples_row(&tally->revs, number)[1];
    return &found->rev;
}

/* --- one page view -------------------------------------------------------------------------- */

/* A page view that counts, and all that is known of it. */
struct counted {
    struct visit *visit;
    const struct tally_meaning *meaning;
    const struct report_summary *summary; /* NULL: none */
    struct taps_of_view taps;
    struct report_counts counts; /* each 0 or 1 */
    struct zone_time local;
};

static void add_to_row(struct report_row *row, const struct counted *c)
{
    rows_add_counts(&row->now, &c->counts);
    row->taps += c->taps.goal;
    row->left += c->counts.goal && c->taps.left;
    row->measured += c->counts.seen && c->visit->figures;
    if (!c->counts.seen || isnan(c->meaning->goal_value)) {
        if (c->counts.goal && !isnan(c->taps.value))
            row->value = c->taps.value + (isnan(row->value) ? 0 : row->value);
        return;
    }
    /* Nothing was reached is another thing than that nothing is known of its worth. */
    row->value = (isnan(row->value) ? 0 : row->value) +
                 (c->counts.goal && !isnan(c->taps.value) ? c->taps.value : 0);
}

static int count_now(struct tally *tally, const struct counted *c, uint32_t row)
{
    const struct tally_meaning *meaning = c->meaning;
    struct report_answer *answer = &tally->answer;
    add_to_row(&answer->total, c);
    add_to_row(&tally->rows.items[row], c);
    add_to_row(&tally->channels.items[meaning->channel], c);
    if (meaning->has_campaign)
        add_to_row(&tally->campaigns.items[meaning->campaign], c);
    bool is_known = meaning->page.known && meaning->page.known->goal.len > 0;
    answer->goal_guessed += c->counts.goal && !is_known;
    if (c->counts.seen)
        answer->hours[calendar_weekday(c->local.day)][c->local.hour]++;
    int64_t ms = c->visit->first_ms;
    if (answer->first_ms == 0 || ms < answer->first_ms)
        answer->first_ms = ms;
    if (ms > answer->last_ms)
        answer->last_ms = ms;
    int rc = 0;
    if (c->counts.seen && c->visit->figures)
        rc = rows_measure(&tally->rows, row, c->visit->figures);
    if (rc == 0 && meaning->cost != 0) {
        const uint32_t rows[SPEND_TABLES] = {row, meaning->campaign, meaning->channel};
        rc = spend_view(&tally->spend, meaning->cost, c->local.day, c->counts.view, rows);
    }
    return rc;
}

static void count_before(struct tally *tally, const struct counted *c, uint32_t row)
{
    int64_t *first_ms = &tally->answer.before_first_ms;
    if (*first_ms == 0 || c->visit->first_ms < *first_ms)
        *first_ms = c->visit->first_ms;
    rows_add_counts(&tally->answer.total.before, &c->counts);
    rows_add_counts(&tally->rows.items[row].before, &c->counts);
    rows_add_counts(&tally->channels.items[c->meaning->channel].before, &c->counts);
    if (c->meaning->has_campaign)
        rows_add_counts(&tally->campaigns.items[c->meaning->campaign].before, &c->counts);
}

static int count_rev(struct tally *tally, const struct counted *c)
{
    struct report_rev *rev = tally_find_rev(tally, c->meaning->rev, c->local.day);
    int64_t ms = c->visit->first_ms;
    if (!rev)
        return ERR_NO_MEMORY;
    if (rev->first_ms == 0 || ms < rev->first_ms)
        rev->first_ms = ms;
    if (ms > rev->last_ms)
        rev->last_ms = ms;
    rows_add_counts(&rev->counts, &c->counts);
    return 0;
}

static bool is_read(const struct counted *c)
{
    const struct report_page *page = c->meaning->page.known;
    return page && str_eq(page->goal, STR("read")) && c->visit->marks & MARK_READ;
}

/* A tap is engagement, also where the word of it got lost. */
static void judge(struct counted *c)
{
    const struct visit *visit = c->visit;
    c->counts.view = visit->has_view;
    c->counts.seen = visit->has_seen;
    c->counts.goal = c->counts.seen && (c->taps.goal > 0 || is_read(c));
    c->counts.engaged = c->counts.seen && (visit->marks & MARK_ENGAGED || c->counts.goal);
}

/* The row of its time: of a day, the one that it is compared with, as in the answer's days; hours
 * and weekdays are compared with themselves. */
static int find_row(struct tally *tally, const struct counted *c, const struct zone_time *beside,
                    uint32_t *out)
{
    bool by_day = false;
    for (size_t i = 0; i < tally->query->by_count; i++)
        by_day |= tally->keys->by[i] == BY_DAY;
    return find_timed_row(tally, c->meaning, by_day ? beside : &c->local, out);
}

static int count_visit(struct tally *tally, struct counted *c, bool now)
{
    const struct visit *visit = c->visit;
    uint32_t row = c->meaning->row;
    int rc = taps_take(&tally->taps, c->visit, &c->meaning->page, now, &c->taps);
    if (rc != 0)
        return rc;
    if (now) {
        tally->answer.loss.duplicate += visit->repeats;
        tally->answer.loss.orphan_click += visit_is_known(visit) ? 0 : c->taps.clicks;
    }
    judge(c);
    if (!c->counts.view && !c->counts.seen)
        return 0;
    struct zone_time beside = now ? c->local : time_beside(tally, &c->local);
    if (tally->keys->by_time)
        rc = find_row(tally, c, &beside, &row);
    struct tally_day *day = rc == 0 ? tally_find_day(tally, beside.day) : NULL;
    if (!day)
        return ERR_NO_MEMORY;
    rows_add_counts(now ? &day->now : &day->before, &c->counts);
    rc = count_rev(tally, c);
    if (rc == 0 && now)
        return count_now(tally, c, row);
    if (rc == 0)
        count_before(tally, c, row);
    return rc;
}

int tally_visit(struct tally *tally, struct visit *visit)
{
    const struct report_query *query = tally->query;
    if (visit->first_ms < query->before_ms || visit->first_ms >= query->to_ms)
        return 0;
    bool now = visit->first_ms >= query->from_ms;
    uint64_t *loss = loss_of(&tally->answer.loss, &query->include, visit->is_bot,
                             visit->is_prefetch && !visit->has_seen, visit->is_internal);
    if (loss) {
        *loss += now && visit_is_known(visit);
        return 0;
    }
    struct counted c = {
        .visit = visit,
        .meaning = tally_meaning(tally, visit->texts),
        .local = local_time(tally, visit->first_ms),
    };
    return c.meaning ? count_visit(tally, &c, now) : ERR_NO_MEMORY;
}
