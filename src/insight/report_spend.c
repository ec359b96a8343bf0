/* Owns spreading costs. */
#include "insight/report_spend.h"

#include "base/err.h"
#include "insight/fingerprint.h"

#include <math.h>
#include <stdlib.h>

/* A browser that hides the server's token makes two page views of one visit: one that was served,
 * and one that was seen. So only those that were served count, where they are half of all or more.
 */
struct views {
    uint64_t served;
    uint64_t all;
};

struct spend_day {
    uint64_t key;
    uint32_t campaign;
    struct views views;
    double amount;
};

struct spend_cell {
    uint64_t key;
    uint32_t table;
    uint32_t row;
    uint32_t campaign;
    uint32_t day; /* the number of the struct spend_day */
    struct views views;
};

int spend_init(struct spend *spend, const struct report_query *query)
{
    *spend = (struct spend){
        .query = query,
        .days.pool.item_size = sizeof(struct spend_day),
        .cells.pool.item_size = sizeof(struct spend_cell),
    };
    tuples_init(&spend->campaigns, 1);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < query->costs.count; i++) {
        uint32_t number;
        rc = tuples_number(&spend->campaigns, &query->costs.items[i].campaign, &number);
    }
    return rc;
}

void spend_finish(struct spend *spend)
{
    tuples_finish(&spend->campaigns);
    table_finish(&spend->days);
    table_finish(&spend->cells);
}

int spend_campaign(struct spend *spend, struct str campaign, uint32_t *out)
{
    uint32_t known = spend->campaigns.table.pool.last;
    *out = 0;
    if (known == 0 || campaign.len == 0)
        return 0;
    /* A new row is a campaign without a cost. */
    int rc = tuples_number(&spend->campaigns, &campaign, out);
    for (size_t i = 0; rc == 0 && i < spend->query->costs.count; i++)
        if (str_eq(spend->query->costs.items[i].campaign, campaign))
            return 0;
    *out = 0;
    return rc;
}

static uint64_t day_key(uint32_t campaign, int64_t day)
{
    return fingerprint_fold((uint64_t)campaign ^ 0x9E3779B97F4A7C15,
                            (uint64_t)day * 2 + UINT64_C(0xD6E8FEB86659FD93));
}

static void add_views(struct views *views, struct views more)
{
    views->served += more.served;
    views->all += more.all;
}

/* Of a row's page views of a day, or all of the day, those that bear its cost: those that were
 * served, for one that was may have left another one that was not. More than these can have left
 * come from another cache, and all bear it. */
static uint64_t bearing(struct views views, const struct spend_day *day)
{
    return day->views.served >= day->views.all - day->views.served ? views.served : views.all;
}

/* Counts page views of a campaign's day, which has the number `day`, in one row. */
static int add_cell(struct spend *spend, uint32_t day, uint32_t table, uint32_t row,
                    struct views views)
{
    bool added;
    const struct spend_day *of_day = table_at(&spend->days, day);
    uint64_t place = (uint64_t)row << 2 | table;
    uint64_t key = fingerprint_fold(place * 0x9E3779B97F4A7C15 + 1, of_day->key | 1);
    uint32_t number = table_get(&spend->cells, key, &added);
    if (number == 0)
        return ERR_NO_MEMORY;
    struct spend_cell *cell = table_at(&spend->cells, number);
    cell->table = table;
    cell->row = row;
    cell->campaign = of_day->campaign;
    cell->day = day;
    add_views(&cell->views, views);
    return 0;
}

static int add_day(struct spend *spend, uint64_t key, uint32_t campaign, struct views views,
                   uint32_t *number)
{
    bool added;
    *number = table_get(&spend->days, key, &added);
    if (*number == 0)
        return ERR_NO_MEMORY;
    struct spend_day *of_day = table_at(&spend->days, *number);
    of_day->campaign = campaign;
    add_views(&of_day->views, views);
    return 0;
}

int spend_view(struct spend *spend, uint32_t campaign, int64_t day, bool served,
               const uint32_t rows[SPEND_TABLES])
{
    const struct views one = {.served = served, .all = 1};
    uint32_t number;
    int rc = add_day(spend, day_key(campaign, day), campaign, one, &number);
    for (uint32_t t = 0; rc == 0 && t < SPEND_TABLES; t++)
        rc = add_cell(spend, number, t, rows[t], one);
    return rc;
}

/* Campaigns that have a cost come first in any part, so they have the same numbers in all. */
int spend_take(struct spend *spend, const struct spend *from, uint32_t *const numbers[SPEND_TABLES])
{
    int rc = 0;
    uint32_t day;
    for (uint32_t i = 1; rc == 0 && i <= from->days.pool.last; i++) {
        const struct spend_day *of_day = table_at(&from->days, i);
        rc = add_day(spend, of_day->key, of_day->campaign, of_day->views, &day);
    }
    for (uint32_t i = 1; rc == 0 && i <= from->cells.pool.last; i++) {
        const struct spend_cell *cell = table_at(&from->cells, i);
        const struct spend_day *of_day = table_at(&from->days, cell->day);
        rc = add_day(spend, of_day->key, of_day->campaign, (struct views){0}, &day);
        if (rc == 0)
            rc = add_cell(spend, day, cell->table, numbers[cell->table][cell->row], cell->views);
    }
    return rc;
}

/* A campaign as a whole: page views, and what its days without any have cost. */
struct whole {
    uint64_t views;
    double idle;
};

/* Gives what a cost comes to in the period to its days. */
static int give_to_days(struct spend *spend, const struct report_cost *cost, int64_t first,
                        int64_t last, struct whole *wholes)
{
    uint32_t campaign;
    int rc = tuples_number(&spend->campaigns, &cost->campaign, &campaign);
    double daily = cost->amount / (double)(cost->last_day - cost->first_day + 1);
    if (first < cost->first_day)
        first = cost->first_day;
    if (last > cost->last_day)
        last = cost->last_day;
    for (int64_t day = first; rc == 0 && day <= last; day++) {
        bool added;
        uint32_t number = table_get(&spend->days, day_key(campaign, day), &added);
        if (number == 0)
            return ERR_NO_MEMORY;
        struct spend_day *of_day = table_at(&spend->days, number);
        of_day->campaign = campaign;
        if (of_day->views.all > 0)
            of_day->amount += daily;
        else
            wholes[campaign].idle += daily;
    }
    return rc;
}

/* NAN: it bears none. */
static double cost_of(const struct spend *spend, const struct spend_cell *cell,
                      const struct whole *wholes)
{
    const struct spend_day *day = table_at(&spend->days, cell->day);
    const struct whole *whole = &wholes[cell->campaign];
    double views = (double)bearing(cell->views, day);
    return views > 0 ? day->amount * views / (double)bearing(day->views, day) +
                           whole->idle * views / (double)whole->views
                     : NAN;
}

static void add_cost(struct report_row *row, double cost)
{
    row->cost = isnan(row->cost) ? cost : row->cost + cost;
}

int spend_tell(struct spend *spend, int64_t first_day, int64_t last_day,
               struct rows *const tables[SPEND_TABLES], struct report_row *total, double *unused)
{
    uint32_t count = spend->campaigns.table.pool.last + 1;
    *unused = 0;
    if (spend->query->costs.count == 0)
        return 0;
    struct whole *wholes = calloc(count, sizeof *wholes);
    if (!wholes)
        return ERR_NO_MEMORY;
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < spend->query->costs.count; i++)
        rc = give_to_days(spend, &spend->query->costs.items[i], first_day, last_day, wholes);
    for (uint32_t i = 1; rc == 0 && i <= spend->days.pool.last; i++) {
        const struct spend_day *day = table_at(&spend->days, i);
        wholes[day->campaign].views += bearing(day->views, day);
        add_cost(total, day->amount);
    }
    for (uint32_t i = 0; rc == 0 && i < count; i++) {
        add_cost(total, wholes[i].idle);
        if (wholes[i].views == 0)
            *unused += wholes[i].idle;
    }
    for (uint32_t i = 1; rc == 0 && i <= spend->cells.pool.last; i++) {
        const struct spend_cell *cell = table_at(&spend->cells, i);
        double cost = cost_of(spend, cell, wholes);
        if (!isnan(cost))
            add_cost(&tables[cell->table]->items[cell->row], cost);
    }
    free(wholes);
    return rc;
}
