/* Owns counting taps. */
#include "insight/report_taps.h"

#include "base/calendar.h"
#include "base/err.h"

#include <math.h>
#include <stdlib.h>

/* Texts that say more than what was tapped are alike in that. */
struct tap_kind {
    uint64_t key; /* of their number */
    uint32_t name;
};

struct tapped_entry {
    uint64_t key; /* of page and name */
    struct report_tapped told;
    const struct report_page *page; /* NULL: not known */
    double value;                   /* of one */
    uint64_t last_view;             /* the last that was counted in `views`, and in `left` */
    uint64_t last_left;
};

void taps_init(struct taps *taps, const struct report_query *query, pthread_mutex_t *open)
{
    *taps = (struct taps){
        .query = query,
        .open = open,
        .kinds.pool.item_size = sizeof(struct tap_kind),
        .entries.pool.item_size = sizeof(struct tapped_entry),
    };
    tuples_init(&taps->names, 2);
}

void taps_finish(struct taps *taps)
{
    table_finish(&taps->kinds);
    table_finish(&taps->entries);
    tuples_finish(&taps->names);
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

/* A link that nobody has named: none is told, or the server has called one on the site by its kind.
 */
static bool is_link(struct str cta, struct str dest)
{
    return cta.len == 0 || (str_eq(cta, STR("page")) && str_eq(dest, STR("page")));
}

/* Of a page whose goal is not known every call to action is one, and whatever leads off the site.
 */
static bool is_goal(const struct report_page *page, struct str cta, struct str dest)
{
    if (page && page->goal.len > 0 && str_eq(page->goal, STR("shared")))
        return str_eq(dest, STR("share"));
    if (page && page->goal.len > 0)
        return cta.ptr && str_eq(cta, page->goal);
    return !is_link(cta, dest) || !str_eq(dest, STR("page"));
}

static struct tapped_entry *find_entry(struct taps *taps, const struct taps_page *page,
                                       uint32_t name)
{
    bool added;
    uint32_t number = table_get(&taps->entries, table_key_of_pair(page->number, name), &added);
    struct tapped_entry *entry = number ? table_at(&taps->entries, number) : NULL;
    if (!entry || !added)
        return entry;
    struct str cta = tuples_row(&taps->names, name)[0];
    struct str dest = tuples_row(&taps->names, name)[1];
    bool goal = is_goal(page->known, cta, dest);
    entry->page = page->known;
    entry->value = value_of(page->known, cta);
    entry->told = (struct report_tapped){
        .page = page->path,
        .cta = cta,
        .dest = dest,
        .is_goal = goal,
        .is_link = !goal && is_link(cta, dest),
        .value = isnan(entry->value) ? NAN : 0,
    };
    return entry;
}

static struct tapped_entry *entry_of(struct taps *taps, const struct taps_page *page,
                                     uint32_t texts)
{
    bool added;
    uint32_t number = table_get(&taps->kinds, table_key_of_pair(texts, 1), &added);
    struct tap_kind *kind = number ? table_at(&taps->kinds, number) : NULL;
    if (!kind)
        return NULL;
    if (added) {
        const struct str *row = visits_texts(taps->visits, texts);
        /* Older journals have spaces around what authors have called it. */
        const struct str name[2] = {str_trim(row[REPORT_CTA]), row[REPORT_DEST]};
        if (tuples_number(&taps->names, name, &kind->name) != 0)
            return NULL;
    }
    return find_entry(taps, page, kind->name);
}

/* --- one page view -------------------------------------------------------------------------- */

enum { FOLLOWED = 1 }; /* by a departure */

/* A departure is from the last tap before it. */
static void tie_departures(struct settling *events, size_t count)
{
    struct settling *tap = NULL;
    for (size_t i = 0; i < count; i++) {
        events[i].steps = 0;
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

static bool is_closed(const struct taps *taps, const struct tapped_entry *entry, int64_t ms)
{
    if (!entry->page || !entry->page->hours || !needs_somebody(entry->told.dest))
        return false;
    (void)pthread_mutex_lock(taps->open);
    bool is_open = taps->query->pages.is_open(entry->page->hours, ms);
    (void)pthread_mutex_unlock(taps->open);
    return !is_open;
}

static void count_closed(const struct taps *taps, struct tapped_entry *entry, int64_t ms)
{
    if (!is_closed(taps, entry, ms))
        return;
    struct zone_time local = zone_time(taps->query->zone, ms);
    entry->told.closed++;
    entry->told.closed_at[calendar_weekday(local.day)][local.hour]++;
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

int taps_take(struct taps *taps, struct visit *visit, const struct taps_page *page, bool counts,
              struct taps_of_view *out)
{
    *out = (struct taps_of_view){.value = NAN};
    if (visit->count == 0)
        return 0;
    settle_order(visit->events, visit->count);
    tie_departures(visit->events, visit->count);
    taps->views++;
    for (size_t i = 0; i < visit->count; i++) {
        const struct settling *event = &visit->events[i];
        if (!event->moment.is_click)
            continue;
        struct tapped_entry *entry = entry_of(taps, page, event->moment.values);
        if (!entry)
            return ERR_NO_MEMORY;
        out->clicks++;
        if (counts)
            count_tap(taps, entry, event, visit->has_seen);
        if (!entry->told.is_goal)
            continue;
        out->goal++;
        out->left |= event->steps == FOLLOWED;
        if (isnan(out->value))
            out->value = entry->value;
    }
    return 0;
}

/* --- parts together ------------------------------------------------------------------------- */

static void add_told(struct report_tapped *to, const struct report_tapped *told)
{
    to->views += told->views;
    to->left += told->left;
    to->taps += told->taps;
    to->closed += told->closed;
    for (size_t day = 0; day < REPORT_WEEKDAYS; day++)
        for (size_t hour = 0; hour < REPORT_HOURS; hour++)
            to->closed_at[day][hour] += told->closed_at[day][hour];
    if (!isnan(told->value))
        to->value += told->value;
}

int taps_add(struct taps *taps, const struct taps *from, struct tuples *paths)
{
    int rc = 0;
    for (uint32_t i = 1; rc == 0 && i <= from->entries.pool.last; i++) {
        const struct tapped_entry *theirs = table_at(&from->entries, i);
        struct taps_page page = {.known = theirs->page};
        const struct str name[2] = {theirs->told.cta, theirs->told.dest};
        uint32_t number;
        rc = tuples_number(paths, &theirs->told.page, &page.number);
        if (rc == 0)
            rc = tuples_number(&taps->names, name, &number);
        if (rc != 0)
            return rc;
        page.path = tuples_row(paths, page.number)[0];
        struct tapped_entry *entry = find_entry(taps, &page, number);
        if (!entry)
            return ERR_NO_MEMORY;
        add_told(&entry->told, &theirs->told);
    }
    return rc;
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
