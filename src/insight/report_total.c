/* Owns putting the parts of a report together, and its answer. */
#include "insight/report_tally.h"

#include "base/err.h"

#include <stdlib.h>

/* --- parts together ------------------------------------------------------------------------- */

static int add_days(struct tally *tally, const struct tally *from)
{
    for (uint32_t i = 1; i <= from->days.pool.last; i++) {
        const struct tally_day *theirs = table_at(&from->days, i);
        struct tally_day *day = tally_find_day(tally, theirs->day);
        if (!day)
            return ERR_NO_MEMORY;
        rows_add_counts(&day->now, &theirs->now);
        rows_add_counts(&day->before, &theirs->before);
    }
    return 0;
}

static int add_revs(struct tally *tally, const struct tally *from)
{
    for (size_t i = 0; i < from->rev_room; i++) {
        const struct report_rev *theirs = &from->rev_items[i];
        const struct str rev[2] = {theirs->page, theirs->rev};
        uint32_t number;
        if (!theirs->page.ptr)
            continue;
        int rc = tally_rev(tally, rev, &number);
        if (rc != 0)
            return rc;
        struct report_rev *ours = &tally->rev_items[number];
        if (!ours->page.ptr || theirs->first_ms < ours->first_ms)
            ours->first_ms = theirs->first_ms;
        if (!ours->page.ptr || theirs->last_ms > ours->last_ms)
            ours->last_ms = theirs->last_ms;
        ours->page = tuples_row(&tally->revs, number)[0];
        ours->rev = tuples_row(&tally->revs, number)[1];
        rows_add_counts(&ours->counts, &theirs->counts);
    }
    return 0;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

static void add_answer(struct report_answer *answer, const struct report_answer *from)
{
    rows_add(&answer->total, &from->total);
    for (size_t day = 0; day < REPORT_WEEKDAYS; day++)
        for (size_t hour = 0; hour < REPORT_HOURS; hour++)
            answer->hours[day][hour] += from->hours[day][hour];
    answer->goal_guessed += from->goal_guessed;
    answer->loss.bot += from->loss.bot;
    answer->loss.prefetch += from->loss.prefetch;
    answer->loss.internal += from->loss.internal;
    answer->loss.duplicate += from->loss.duplicate;
    answer->loss.orphan_click += from->loss.orphan_click;
    answer->first_ms = earlier(answer->first_ms, from->first_ms);
    answer->before_first_ms = earlier(answer->before_first_ms, from->before_first_ms);
    if (from->last_ms > answer->last_ms)
        answer->last_ms = from->last_ms;
}

int tally_add(struct tally *tally, struct tally *from)
{
    uint32_t *numbers[SPEND_TABLES] = {NULL};
    add_answer(&tally->answer, &from->answer);
    int rc = rows_take(&tally->rows, &from->rows, &numbers[SPEND_ROWS]);
    if (rc == 0)
        rc = rows_take(&tally->campaigns, &from->campaigns, &numbers[SPEND_CAMPAIGNS]);
    if (rc == 0)
        rc = rows_take(&tally->channels, &from->channels, &numbers[SPEND_CHANNELS]);
    if (rc == 0)
        rc = spend_take(&tally->spend, &from->spend, numbers);
    if (rc == 0)
        rc = add_days(tally, from);
    if (rc == 0)
        rc = add_revs(tally, from);
    if (rc == 0)
        rc = taps_add(&tally->taps, &from->taps, &tally->paths);
    for (size_t i = 0; i < SPEND_TABLES; i++)
        free(numbers[i]);
    return rc;
}

/* --- the answer ----------------------------------------------------------------------------- */

static int64_t last_day(const struct tally *tally)
{
    bool bounded = tally->query->to_ms != INT64_MAX;
    return zone_time(tally->query->zone, bounded ? tally->query->to_ms - 1 : tally->answer.last_ms)
        .day;
}

/* Where nothing counts, and no day is named from which it would, there is the last one only. */
static int64_t first_day(const struct tally *tally)
{
    bool bounded = tally->query->from_ms != INT64_MIN;
    if (!bounded && tally->answer.first_ms == 0)
        return last_day(tally);
    return zone_time(tally->query->zone, bounded ? tally->query->from_ms : tally->answer.first_ms)
        .day;
}

static int tell_days(struct tally *tally)
{
    struct report_answer *answer = &tally->answer;
    int64_t first = first_day(tally);
    int64_t last = last_day(tally);
    if (last < first) /* it begins behind all that was read, and has no end */
        last = first;
    if (last - first >= REPORT_DAYS_MAX)
        return ERR_LIMIT;
    answer->days = calloc((size_t)(last - first + 1), sizeof *answer->days);
    if (!answer->days)
        return ERR_NO_MEMORY;
    answer->day_count = (size_t)(last - first + 1);
    for (size_t i = 0; i < answer->day_count; i++)
        answer->days[i].day = first + (int64_t)i;
    for (uint32_t i = 1; i <= tally->days.pool.last; i++) {
        const struct tally_day *day = table_at(&tally->days, i);
        if (day->day < first || day->day > last)
            continue;
        rows_add_counts(&answer->days[day->day - first].now, &day->now);
        rows_add_counts(&answer->days[day->day - first].before, &day->before);
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
    bool by_time = tally->query->by_count > 0 && report_keys_is_time(tally->keys->by[0]);
    answer->rows = rows_sort(&tally->rows, by_time);
    answer->campaigns = rows_sort(&tally->campaigns, false);
    answer->channels = rows_sort(&tally->channels, false);
    return 0;
}
