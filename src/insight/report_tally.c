/* Owns counting page views. */
#include "insight/report_tally.h"

#include "base/calendar.h"
#include "base/err.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { DAYS_MAX = 36600 };

/* Where page views that carry the same values are counted. */
struct meaning {
    uint64_t key;
    uint32_t carried;
    uint32_t row; /* none if groups are by time */
    uint32_t campaign;
    uint32_t channel;
    uint32_t rev;
    uint32_t cost; /* the campaign's number in `spend` */
    bool has_campaign;
    struct taps_page page;
    double goal_value; /* NAN: nobody says */
};

struct tally_day {
    uint64_t key;
    int64_t day;
    struct report_counts now;
    struct report_counts before;
};

int tally_init(struct tally *tally, struct gather *gather, const struct report_keys *keys)
{
    *tally = (struct tally){
        .query = gather->query,
        .keys = keys,
        .gather = gather,
        .meanings.pool.item_size = sizeof(struct meaning),
        .days.pool.item_size = sizeof(struct tally_day),
        .answer.total = {.value = NAN, .cost = NAN},
    };
    rows_init(&tally->rows, gather->query->by_count);
    rows_init(&tally->campaigns, 1);
    rows_init(&tally->channels, CHANNEL_WIDTH);
    tuples_init(&tally->paths, 1);
    tuples_init(&tally->revs, 2);
    taps_init(&tally->taps, gather);
    return spend_init(&tally->spend, gather->query);
}

void tally_finish(struct tally *tally)
{
    table_finish(&tally->meanings);
    rows_finish(&tally->rows);
    rows_finish(&tally->campaigns);
    rows_finish(&tally->channels);
    tuples_finish(&tally->paths);
    tuples_finish(&tally->revs);
    free(tally->rev_items);
    table_finish(&tally->days);
    taps_finish(&tally->taps);
    spend_finish(&tally->spend);
    free(tally->answer.days);
    free(tally->answer.tapped);
}

/* --- what values lead to -------------------------------------------------------------------- */

/* What the view says counts, and what it does not say `seen` may. */
static int merge(struct tally *tally, const struct report_visit *visit, uint32_t *out)
{
    struct str row[CARRIED_MAX];
    *out = visit->by_view ? visit->by_view : visit->by_seen;
    if (visit->by_view == 0 || visit->by_seen == 0 || visit->by_view == visit->by_seen)
        return 0;
    const struct str *of_view = tuples_row(&tally->gather->carried, visit->by_view);
    const struct str *of_seen = tuples_row(&tally->gather->carried, visit->by_seen);
    for (size_t i = 0; i < tally->keys->carried; i++)
        row[i] = of_view[i].ptr ? of_view[i] : of_seen[i];
    return tuples_number(&tally->gather->carried, row, out);
}

static struct str value_of(const struct tally *tally, const struct meaning *meaning,
                           enum report_key key)
{
    return gather_value(tally->gather, meaning->carried, key);
}

/* The system matters inside an app only: its browser is another one on each. */
static int find_channel(struct tally *tally, struct meaning *meaning)
{
    struct str channel[CHANNEL_WIDTH] = {{0}};
    if (value_of(tally, meaning, REPORT_APP).len > 0) {
        channel[CHANNEL_KIND] = STR("app");
        channel[CHANNEL_NAME] = value_of(tally, meaning, REPORT_APP);
        channel[CHANNEL_DETAIL] = value_of(tally, meaning, REPORT_OS);
    } else if (value_of(tally, meaning, REPORT_UTM_SOURCE).len > 0) {
        channel[CHANNEL_KIND] = STR("utm");
        channel[CHANNEL_NAME] = value_of(tally, meaning, REPORT_UTM_SOURCE);
        channel[CHANNEL_DETAIL] = value_of(tally, meaning, REPORT_UTM_MEDIUM);
    } else if (value_of(tally, meaning, REPORT_REF_HOST).len > 0) {
        channel[CHANNEL_KIND] = STR("referrer");
        channel[CHANNEL_NAME] = value_of(tally, meaning, REPORT_REF_HOST);
    }
    return rows_find(&tally->channels, channel, &meaning->channel);
}

static int by_path(const void *path, const void *page)
{
    return str_cmp(*(const struct str *)path, ((const struct report_page *)page)->path);
}

static int find_page(struct tally *tally, struct meaning *meaning)
{
    const struct report_pages *pages = &tally->query->pages;
    struct str path = value_of(tally, meaning, REPORT_PAGE);
    int rc = tuples_number(&tally->paths, &path, &meaning->page.number);
    if (rc != 0)
        return rc;
    meaning->page.path = tuples_row(&tally->paths, meaning->page.number)[0];
    meaning->page.known = pages->count > 0 && path.ptr ? bsearch(&path, pages->items, pages->count,
                                                                 sizeof *pages->items, by_path)
                                                       : NULL;
    meaning->goal_value = taps_goal_value(meaning->page.known);
    return 0;
}

static int find_rev(struct tally *tally, struct meaning *meaning)
{
    const struct str rev[2] = {value_of(tally, meaning, REPORT_PAGE),
                               value_of(tally, meaning, REPORT_REV)};
    int rc = tuples_number(&tally->revs, rev, &meaning->rev);
    if (rc != 0 || meaning->rev < tally->rev_room)
        return rc;
    size_t room = (size_t)meaning->rev * 2 + 16;
    struct report_rev *grown = realloc(tally->rev_items, room * sizeof *grown);
    if (!grown)
        return ERR_NO_MEMORY;
    memset(grown + tally->rev_room, 0, (room - tally->rev_room) * sizeof *grown);
    tally->rev_items = grown;
    tally->rev_room = room;
    return 0;
}

static int find_row(struct tally *tally, const struct meaning *meaning, uint32_t *out)
{
    const struct str *carried = tuples_row(&tally->gather->carried, meaning->carried);
    struct str row[REPORT_BY_MAX] = {{0}};
    for (size_t i = 0; i < tally->query->by_count; i++)
        row[i] = carried[tally->keys->by[i]];
    return rows_find(&tally->rows, row, out);
}

static int find_out(struct tally *tally, const struct report_visit *visit, struct meaning *meaning)
{
    int rc = merge(tally, visit, &meaning->carried);
    if (rc == 0 && !tally->keys->by_time)
        rc = find_row(tally, meaning, &meaning->row);
    if (rc == 0)
        rc = find_channel(tally, meaning);
    if (rc == 0)
        rc = find_page(tally, meaning);
    if (rc == 0)
        rc = find_rev(tally, meaning);
    if (rc != 0)
        return rc;
    struct str campaign = value_of(tally, meaning, REPORT_UTM_CAMPAIGN);
    meaning->has_campaign = campaign.len > 0;
    if (meaning->has_campaign)
        rc = rows_find(&tally->campaigns, &campaign, &meaning->campaign);
    return rc == 0 ? spend_campaign(&tally->spend, campaign, &meaning->cost) : rc;
}

static const struct meaning *meaning_of(struct tally *tally, const struct report_visit *visit)
{
    bool added;
    uint64_t key = ((uint64_t)visit->by_view << 32 | visit->by_seen) * 0x9E3779B97F4A7C15;
    uint32_t number = table_get(&tally->meanings, key, &added);
    struct meaning *meaning = number ? table_at(&tally->meanings, number) : NULL;
    if (meaning && added && find_out(tally, visit, meaning) != 0)
        return NULL;
    return meaning;
}

/* --- time ----------------------------------------------------------------------------------- */

struct local {
    int64_t day; /* since 1970 */
    int weekday; /* 0: Monday */
    int hour;
};

static struct local local_time(const struct zone *zone, int64_t ms)
{
    int64_t utc = ms / 1000 - (ms % 1000 < 0);
    int64_t local = utc + zone_offset(zone, (time_t)utc);
    int64_t day = local / CALENDAR_DAY_S - (local % CALENDAR_DAY_S < 0);
    return (struct local){day, calendar_weekday(day), (int)((local - day * CALENDAR_DAY_S) / 3600)};
}

static int find_timed_row(struct tally *tally, const struct meaning *meaning,
                          const struct local *local, uint32_t *out)
{
    const struct str *carried = tuples_row(&tally->gather->carried, meaning->carried);
    struct str row[REPORT_BY_MAX] = {{0}};
    char day[sizeof "-2147483648-12-31"];
    struct date date = calendar_date(local->day);
    (void)snprintf(day, sizeof day, "%04d-%02d-%02d", date.year, date.month, date.day);
    const char hour[2] = {(char)('0' + local->hour / 10), (char)('0' + local->hour % 10)};
    const char weekday[1] = {(char)('1' + local->weekday)};
    for (size_t i = 0; i < tally->query->by_count; i++) {
        if (tally->keys->by[i] != BY_TIME)
            row[i] = carried[tally->keys->by[i]];
        else if (str_eq(tally->query->by[i], STR("day")))
            row[i] = str_from(day);
        else if (str_eq(tally->query->by[i], STR("hour")))
            row[i] = str_make(hour, sizeof hour);
        else
            row[i] = str_make(weekday, sizeof weekday);
    }
    return rows_find(&tally->rows, row, out);
}

static struct tally_day *find_day(struct tally *tally, int64_t day)
{
    bool added;
    uint32_t number = table_get(&tally->days, (uint64_t)day * UINT64_C(0x9E3779B97F4A7C15), &added);
    struct tally_day *found = number ? table_at(&tally->days, number) : NULL;
    if (found)
        found->day = day;
    return found;
}

/* --- one page view -------------------------------------------------------------------------- */

/* A page view that counts, and all that is known of it. */
struct counted {
    const struct gather_part *part;
    const struct report_visit *visit;
    const struct meaning *meaning;
    const struct report_summary *summary; /* NULL: none */
    struct taps_of_view taps;
    struct report_counts counts; /* each 0 or 1 */
    struct local local;
};

static void add_counts(struct report_counts *to, const struct report_counts *counts)
{
    to->view += counts->view;
    to->seen += counts->seen;
    to->engaged += counts->engaged;
    to->goal += counts->goal;
}

static void add_to_row(struct report_row *row, const struct counted *c)
{
    add_counts(&row->now, &c->counts);
    row->taps += c->taps.goal;
    row->left += c->counts.goal && c->taps.left;
    row->measured += c->counts.seen && c->summary;
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
    const struct meaning *meaning = c->meaning;
    struct report_answer *answer = &tally->answer;
    add_to_row(&answer->total, c);
    add_to_row(&tally->rows.items[row], c);
    add_to_row(&tally->channels.items[meaning->channel], c);
    if (meaning->has_campaign)
        add_to_row(&tally->campaigns.items[meaning->campaign], c);
    bool is_known = meaning->page.known && meaning->page.known->goal.len > 0;
    answer->goal_guessed += c->counts.goal && !is_known;
    if (c->counts.seen)
        answer->hours[c->local.weekday][c->local.hour]++;
    int64_t ms = c->visit->first_ms;
    if (answer->first_ms == 0 || ms < answer->first_ms)
        answer->first_ms = ms;
    if (ms > answer->last_ms)
        answer->last_ms = ms;
    int rc = 0;
    if (c->counts.seen && c->summary)
        rc = rows_measure(&tally->rows, row, c->summary);
    if (rc == 0 && meaning->cost != 0) {
        const uint32_t rows[SPEND_TABLES] = {row, meaning->campaign, meaning->channel};
        rc = spend_view(&tally->spend, meaning->cost, c->local.day, rows);
    }
    return rc;
}

static void count_before(struct tally *tally, const struct counted *c, uint32_t row)
{
    int64_t *first_ms = &tally->answer.before_first_ms;
    if (*first_ms == 0 || c->visit->first_ms < *first_ms)
        *first_ms = c->visit->first_ms;
    add_counts(&tally->answer.total.before, &c->counts);
    add_counts(&tally->rows.items[row].before, &c->counts);
    add_counts(&tally->channels.items[c->meaning->channel].before, &c->counts);
    if (c->meaning->has_campaign)
        add_counts(&tally->campaigns.items[c->meaning->campaign].before, &c->counts);
}

static void count_rev(struct tally *tally, const struct counted *c)
{
    struct report_rev *rev = &tally->rev_items[c->meaning->rev];
    int64_t ms = c->visit->first_ms;
    if (!rev->page.ptr || ms < rev->first_ms)
        rev->first_ms = ms;
    if (!rev->page.ptr || ms > rev->last_ms)
        rev->last_ms = ms;
    rev->page = tuples_row(&tally->revs, c->meaning->rev)[0];
    rev->rev = tuples_row(&tally->revs, c->meaning->rev)[1];
    add_counts(&rev->counts, &c->counts);
}

/* Where a page view that does not count is counted instead, or NULL. */
static uint64_t *loss_of(struct tally *tally, unsigned flags)
{
    const struct report_query *query = tally->query;
    if (flags & VISIT_BOT && !query->with_bots)
        return &tally->answer.loss.bot;
    if (flags & VISIT_PREFETCH && !(flags & VISIT_SEEN) && !query->with_prefetches)
        return &tally->answer.loss.prefetch;
    if (flags & VISIT_INTERNAL && !query->with_internal)
        return &tally->answer.loss.internal;
    return NULL;
}

static bool is_read(const struct counted *c)
{
    const struct report_page *page = c->meaning->page.known;
    return page && str_eq(page->goal, STR("read")) && c->visit->flags & VISIT_READ;
}

/* A tap is engagement, also where the word of it got lost. */
static void judge(struct counted *c)
{
    unsigned flags = c->visit->flags;
    c->counts.view = (flags & VISIT_VIEW) != 0;
    c->counts.seen = (flags & VISIT_SEEN) != 0;
    c->counts.goal = c->counts.seen && (c->taps.goal > 0 || is_read(c));
    c->counts.engaged = c->counts.seen && (flags & VISIT_ENGAGED || c->counts.goal);
}

static int count_visit(struct tally *tally, struct counted *c, bool now)
{
    uint32_t row = c->meaning->row;
    int rc = taps_take(&tally->taps, c->part, c->visit, &c->meaning->page, now, &c->taps);
    if (rc != 0)
        return rc;
    unsigned flags = c->visit->flags;
    bool is_orphan = !(flags & VISIT_VIEW) && !(flags & VISIT_CLIENT && flags & VISIT_SEEN);
    if (now) {
        tally->answer.loss.duplicate += c->taps.repeats;
        tally->answer.loss.orphan_click += is_orphan ? c->taps.clicks : 0;
    }
    judge(c);
    if (!c->counts.view && !c->counts.seen)
        return 0;
    if (tally->keys->by_time)
        rc = find_timed_row(tally, c->meaning, &c->local, &row);
    struct tally_day *day = rc == 0 ? find_day(tally, c->local.day) : NULL;
    if (!day)
        return ERR_NO_MEMORY;
    add_counts(now ? &day->now : &day->before, &c->counts);
    count_rev(tally, c);
    if (now)
        return count_now(tally, c, row);
    count_before(tally, c, row);
    return 0;
}

int tally_visit(struct tally *tally, const struct gather_part *part,
                const struct report_visit *visit)
{
    const struct report_query *query = tally->query;
    if (visit->first_ms < query->before_ms || visit->first_ms >= query->to_ms)
        return 0;
    bool now = visit->first_ms >= query->from_ms;
    uint64_t *loss = loss_of(tally, visit->flags);
    if (loss) {
        *loss += now;
        return 0;
    }
    struct counted c = {
        .part = part,
        .visit = visit,
        .meaning = meaning_of(tally, visit),
        .summary = visit->summary ? pool_at(&part->summaries, visit->summary) : NULL,
        .local = local_time(query->zone, visit->first_ms),
    };
    return c.meaning ? count_visit(tally, &c, now) : ERR_NO_MEMORY;
}

/* --- the answer ----------------------------------------------------------------------------- */

static int64_t first_day(const struct tally *tally)
{
    bool bounded = tally->query->from_ms != INT64_MIN;
    return local_time(tally->query->zone, bounded ? tally->query->from_ms : tally->answer.first_ms)
        .day;
}

static int64_t last_day(const struct tally *tally)
{
    bool bounded = tally->query->to_ms != INT64_MAX;
    return local_time(tally->query->zone, bounded ? tally->query->to_ms - 1 : tally->answer.last_ms)
        .day;
}

static int tell_days(struct tally *tally)
{
    struct report_answer *answer = &tally->answer;
    int64_t first = first_day(tally);
    int64_t last = last_day(tally);
    int64_t shift = first - local_time(tally->query->zone, tally->query->before_ms).day;
    bool has_before = tally->query->before_ms < tally->query->from_ms;
    if (last - first >= DAYS_MAX)
        first = last - DAYS_MAX + 1;
    answer->days = calloc((size_t)(last - first + 1), sizeof *answer->days);
    if (!answer->days)
        return ERR_NO_MEMORY;
    answer->day_count = (size_t)(last - first + 1);
    for (size_t i = 0; i < answer->day_count; i++)
        answer->days[i].day = first + (int64_t)i;
    for (uint32_t i = 1; i <= tally->days.pool.last; i++) {
        const struct tally_day *day = table_at(&tally->days, i);
        if (day->day >= first && day->day <= last)
            add_counts(&answer->days[day->day - first].now, &day->now);
        if (has_before && day->day + shift >= first && day->day + shift <= last)
            add_counts(&answer->days[day->day + shift - first].before, &day->before);
    }
    return 0;
}

static int by_beginning(const void *left, const void *right)
{
    const struct report_rev *a = left;
    const struct report_rev *b = right;
    int order = str_cmp(a->page, b->page);
    if (order == 0 && a->first_ms != b->first_ms)
        return a->first_ms < b->first_ms ? -1 : 1;
    return order != 0 ? order : str_cmp(a->rev, b->rev);
}

static void tell_revs(struct tally *tally)
{
    size_t kept = 0;
    for (size_t i = 0; i < tally->rev_room; i++)
        if (tally->rev_items[i].page.ptr && tally->rev_items[i].rev.ptr)
            tally->rev_items[kept++] = tally->rev_items[i];
    if (kept > 1)
        qsort(tally->rev_items, kept, sizeof *tally->rev_items, by_beginning);
    tally->answer.revs = tally->rev_items;
    tally->answer.rev_count = kept;
}

int tally_answer(struct tally *tally)
{
    struct report_answer *answer = &tally->answer;
    struct rows *const tables[SPEND_TABLES] = {&tally->rows, &tally->campaigns, &tally->channels};
    int rc = tell_days(tally);
    if (rc == 0)
        rc = spend_tell(&tally->spend, first_day(tally), last_day(tally), tables, &answer->total,
                        &answer->cost_unused);
    if (rc == 0)
        rc = rows_tell_quantiles(&tally->rows, &answer->total);
    if (rc == 0)
        rc = rows_tell_quantiles(&tally->campaigns, NULL);
    if (rc == 0)
        rc = rows_tell_quantiles(&tally->channels, NULL);
    if (rc == 0)
        rc = taps_tell(&tally->taps, &answer->tapped, &answer->tapped_count);
    if (rc != 0)
        return rc;
    tell_revs(tally);
    bool by_time = tally->query->by_count > 0 && tally->keys->by[0] == BY_TIME;
    answer->rows = rows_sort(&tally->rows, by_time);
    answer->campaigns = rows_sort(&tally->campaigns, false);
    answer->channels = rows_sort(&tally->channels, false);
    answer->loss.dropped = tally->gather->loss.dropped;
    answer->loss.refused = tally->gather->loss.refused;
    return 0;
}
