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

static int64_t earlier(int64_t a, int64_t b)
{
    return a == 0 || (b != 0 && b < a) ? b : a;
}

static int add_revs(struct tally *tally, const struct tally *from)
{
    for (uint32_t i = 1; i <= from->rev_days.pool.last; i++) {
        const struct tally_rev *item = table_at(&from->rev_days, i);
        const struct report_rev *theirs = &item->rev;
        const struct str rev[2] = {theirs->page, theirs->rev};
        uint32_t number;
        if (tuples_number(&tally->revs, rev, &number) != 0)
            return ERR_NO_MEMORY;
        struct report_rev *ours = tally_find_rev(tally, number, item->day);
        if (!ours)
            return ERR_NO_MEMORY;
        ours->first_ms = earlier(ours->first_ms, theirs->first_ms);
        if (theirs->last_ms > ours->last_ms)
            ours->last_ms = theirs->last_ms;
        rows_add_counts(&ours->counts, &theirs->counts);
    }
    return 0;
}

static void add_answer(struct report_answer *answer, const struct report_answer *from)
{
    rows_add(&answer->total, &from->total);
    for (size_t day = 0; day < REPORT_WEEKDAYS; day++)
        for (size_t hour = 0; hour < REPORT_HOURS; hour++)
            answer->hours[day][hour] += from->hours[day][hour];
    answer->goal_guessed += from->goal_guessed;
    loss_add(&answer->loss, &from->loss);
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

/* --- texts ---------------------------------------------------------------------------------- */

/* Page views that it takes to tell a text that is back from what caches bring. */
enum { BACK_VIEWS = 10 };

static int by_beginning(const void *left, const void *right)
{
    const struct report_rev *a = &(*(const struct tally_rev *const *)left)->rev;
    const struct report_rev *b = &(*(const struct tally_rev *const *)right)->rev;
    int order = str_cmp(a->page, b->page);
    if (order == 0 && a->first_ms != b->first_ms)
        return a->first_ms < b->first_ms ? -1 : 1;
    return order != 0 ? order : str_cmp(a->rev, b->rev);
}

/* Whether a text that another one has replaced is there again from the day `at` on: of the page's
 * views since, more than three quarters are its own, until they are enough. On that day itself what
 * ended before it was there before it; but two that are served side by side end as chance has it,
 * so that the day after has to agree: where there is none, they must not overlap. */
static bool is_back(struct tally_rev *const *days, size_t at, size_t count)
{
    const struct tally_rev *back = days[at];
    uint64_t own = 0;
    uint64_t others = 0;
    bool follows = false;  /* on another one, the same day */
    bool overlaps = false; /* that one */
    size_t i = at;
    while (i > 0 && days[i - 1]->day == back->day)
        i--;
    for (; i < count; i++) {
        const struct tally_rev *on = days[i];
        const struct report_counts *counts = &on->rev.counts;
        uint64_t views = counts->view > counts->seen ? counts->view : counts->seen;
        bool is_last = i + 1 == count;
        if (str_eq(on->rev.rev, back->rev.rev))
            own += views;
        else if (on->day > back->day || on->rev.last_ms > back->rev.last_ms)
            others += views;
        else {
            follows = true;
            overlaps |= on->rev.last_ms > back->rev.first_ms;
        }
        if (!is_last && days[i + 1]->day == on->day)
            continue;
        if (own <= others * 3)
            return false;
        if (own >= BACK_VIEWS && (!follows || on->day > back->day || (is_last && !overlaps)))
            return true;
    }
    return false;
}

/* The texts of one page, of which `days` are all that there are; returns how many. */
static size_t tell_page(struct tally_rev *const *days, size_t count, struct report_rev *revs)
{
    size_t told = 0;
    for (size_t i = 0; i < count; i++) {
        const struct report_rev *on = &days[i]->rev;
        size_t latest = told;
        while (latest > 0 && !str_eq(revs[latest - 1].rev, on->rev))
            latest--;
        if (latest == 0 || (latest < told && is_back(days, i, count))) {
            revs[told] = *on;
            revs[told++].is_back = latest > 0;
            continue;
        }
        if (on->last_ms > revs[latest - 1].last_ms)
            revs[latest - 1].last_ms = on->last_ms;
        rows_add_counts(&revs[latest - 1].counts, &on->counts);
    }
    return told;
}

static int tell_revs(struct tally *tally)
{
    struct report_answer *answer = &tally->answer;
    size_t count = 0;
    size_t room = tally->rev_days.pool.last + (size_t)1; /* never none */
    struct tally_rev **days = calloc(room, sizeof *days);
    answer->revs = calloc(room, sizeof *answer->revs);
    if (!days || !answer->revs) {
        free(days);
        return ERR_NO_MEMORY;
    }
    for (uint32_t i = 1; i <= tally->rev_days.pool.last; i++) {
        days[count] = table_at(&tally->rev_days, i);
        count += days[count]->rev.page.ptr && days[count]->rev.rev.ptr;
    }
    qsort(days, count, sizeof *days, by_beginning);
    for (size_t i = 0, end; i < count; i = end) {
        end = i + 1;
        while (end < count && str_eq(days[end]->rev.page, days[i]->rev.page))
            end++;
        answer->rev_count += tell_page(days + i, end - i, answer->revs + answer->rev_count);
    }
    free(days);
    return 0;
}

/* --- the whole ------------------------------------------------------------------------------ */

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
    if (rc == 0)
        rc = tell_revs(tally);
    if (rc != 0)
        return rc;
    bool by_time = tally->query->by_count > 0 && report_keys_is_time(tally->keys->by[0]);
    answer->rows = rows_sort(&tally->rows, by_time);
    answer->campaigns = rows_sort(&tally->campaigns, false);
    answer->channels = rows_sort(&tally->channels, false);
    return 0;
}
