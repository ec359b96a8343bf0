/* Owns counting taps. */
#include "insight/report_taps.h"

#include "base/calendar.h"
#include "base/err.h"

#include <math.h>
#include <stdlib.h>

void taps_init(struct taps *taps, const struct gather *gather)
{
    *taps = (struct taps){
        .gather = gather,
        .entries.pool.item_size = sizeof(struct tapped_entry),
    };
}

void taps_finish(struct taps *taps)
{
    table_finish(&taps->entries);
    free(taps->settling);
}

/* --- what a tap means ----------------------------------------------------------------------- */

static double value_of(const struct report_page *page, struct str cta)
{
    for (size_t i = 0; page && i < page->cta_count; i++)
        if (str_eq(page->ctas[i].id, cta))
            return page->ctas[i].value;
    return NAN;
}

double taps_goal_value(const struct report_page *page)
{
    return page ? value_of(page, page->goal) : NAN;
}

/* Of a page whose goal is not known every call to action is one, and whatever leads off the site.
 */
static bool is_goal(const struct report_page *page, struct str cta, struct str dest)
{
    if (page && page->goal.len > 0 && str_eq(page->goal, STR("shared")))
        return str_eq(dest, STR("share"));
    if (page && page->goal.len > 0)
        return cta.ptr && str_eq(cta, page->goal);
    return cta.len > 0 || !str_eq(dest, STR("page"));
}

static struct tapped_entry *find_entry(struct taps *taps, const struct taps_page *page,
                                       uint32_t tap)
{
    bool added;
    /* Multiplying by an odd number keeps pairs apart and spreads them. */
    uint64_t key = ((uint64_t)page->number << 32 | tap) * 0x9E3779B97F4A7C15;
    uint32_t number = table_get(&taps->entries, key, &added);
    struct tapped_entry *entry = number ? table_at(&taps->entries, number) : NULL;
    if (!entry || !added)
        return entry;
    const struct str *row = tuples_row(&taps->gather->taps, tap);
    entry->page = page->known;
    entry->value = value_of(page->known, row[TAP_CTA]);
    entry->told = (struct report_tapped){
        .page = page->path,
        .cta = row[TAP_CTA],
        .dest = row[TAP_DEST],
        .is_goal = is_goal(page->known, row[TAP_CTA], row[TAP_DEST]),
        .value = isnan(entry->value) ? NAN : 0,
    };
    return entry;
}

/* --- one page view -------------------------------------------------------------------------- */

enum { FOLLOWED = 1 }; /* by a departure */

static int collect(struct taps *taps, const struct gather_part *part, uint32_t first, size_t *count)
{
    *count = 0;
    for (uint32_t number = first; number != 0;) {
        const struct moment *moment = pool_at(&part->moments, number);
        if (*count == taps->room) {
            size_t room = taps->room ? taps->room * 2 : 64;
            struct settling *grown = realloc(taps->settling, room * sizeof *grown);
            if (!grown)
                return ERR_NO_MEMORY;
            taps->settling = grown;
            taps->room = room;
        }
        taps->settling[(*count)++] = (struct settling){.moment = *moment, .number = number};
        number = moment->next;
    }
    return 0;
}

/* A departure is from the last tap before it. */
static void tie_departures(struct settling *events, size_t count)
{
    struct settling *tap = NULL;
    for (size_t i = 0; i < count; i++) {
        if (events[i].moment.is_click)
            tap = &events[i];
        else if (tap)
            tap->steps = FOLLOWED;
    }
}

static bool needs_somebody(struct str dest)
{
    return str_eq(dest, STR("tel")) || str_eq(dest, STR("map")) || str_eq(dest, STR("whatsapp")) ||
           str_eq(dest, STR("sms"));
}

static void count_closed(const struct taps *taps, struct tapped_entry *entry, int64_t ms)
{
    const struct report_query *query = taps->gather->query;
    if (!entry->page || !entry->page->hours || !needs_somebody(entry->told.dest) ||
        query->pages.is_open(entry->page->hours, ms))
        return;
    int64_t utc = ms / 1000 - (ms % 1000 < 0);
    int64_t local = utc + zone_offset(query->zone, (time_t)utc);
    int64_t day = local / CALENDAR_DAY_S - (local % CALENDAR_DAY_S < 0);
    entry->told.closed++;
    entry->told.closed_at[calendar_weekday(day)][(local - day * CALENDAR_DAY_S) / 3600]++;
}

static void count_tap(struct taps *taps, struct tapped_entry *entry, const struct settling *event,
                      bool is_seen)
{
    entry->told.taps++;
    count_closed(taps, entry, event->moment.ms);
    if (is_seen && entry->last_view != taps->views) {
        entry->last_view = taps->views;
        entry->told.views++;
        if (!isnan(entry->value))
            entry->told.value += entry->value;
    }
    if (is_seen && event->steps == FOLLOWED && entry->last_left != taps->views) {
        entry->last_left = taps->views;
        entry->told.left++;
    }
}

int taps_take(struct taps *taps, const struct gather_part *part, const struct report_visit *visit,
              const struct taps_page *page, bool counts, struct taps_of_view *out)
{
    size_t count;
    *out = (struct taps_of_view){.value = NAN};
    int rc = collect(taps, part, visit->moments, &count);
    if (rc != 0 || count == 0)
        return rc;
    size_t unique = settle_unique(taps->settling, count);
    out->repeats = count - unique;
    settle_order(taps->settling, unique);
    tie_departures(taps->settling, unique);
    taps->views++;
    for (size_t i = 0; i < unique; i++) {
        const struct settling *event = &taps->settling[i];
        if (!event->moment.is_click)
            continue;
        struct tapped_entry *entry = find_entry(taps, page, event->moment.values);
        if (!entry)
            return ERR_NO_MEMORY;
        out->clicks++;
        if (counts)
            count_tap(taps, entry, event, visit->flags & VISIT_SEEN);
        if (!entry->told.is_goal)
            continue;
        out->goal++;
        out->left |= event->steps == FOLLOWED;
        if (isnan(out->value))
            out->value = entry->value;
    }
    return 0;
}

/* --- the whole ------------------------------------------------------------------------------ */

static int by_page(const void *left, const void *right)
{
    const struct report_tapped *a = left;
    const struct report_tapped *b = right;
    int order = str_cmp(a->page, b->page);
    if (order == 0 && a->views != b->views)
        return a->views > b->views ? -1 : 1;
    if (order == 0)
        order = str_cmp(a->cta, b->cta);
    return order != 0 ? order : str_cmp(a->dest, b->dest);
}

int taps_tell(const struct taps *taps, struct report_tapped **out, size_t *count)
{
    size_t all = taps->entries.pool.last;
    *count = 0;
    *out = calloc(all + 1, sizeof **out);
    if (!*out)
        return ERR_NO_MEMORY;
    for (uint32_t i = 1; i <= all; i++) {
        const struct tapped_entry *entry = table_at(&taps->entries, i);
        if (entry->told.taps > 0)
            (*out)[(*count)++] = entry->told;
    }
    if (*count > 1)
        qsort(*out, *count, sizeof **out, by_page);
    return 0;
}
