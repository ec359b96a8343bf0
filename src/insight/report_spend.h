/* What campaigns have cost, spread over the page views that they brought.
 *
 * A campaign costs the same on each of its days; what a day has cost is shared by the day's page
 * views that were served (where these are less than half: by all), and that of days without any by
 * all that share in one. So rows of any table add up. */
#ifndef ATTIMO_INSIGHT_REPORT_SPEND_H
#define ATTIMO_INSIGHT_REPORT_SPEND_H

#include "insight/pool.h"
#include "insight/report_rows.h"

/* The tables that costs are told for. */
enum spend_table { SPEND_ROWS, SPEND_CAMPAIGNS, SPEND_CHANNELS, SPEND_TABLES };

struct spend {
    const struct report_query *query;
    struct tuples campaigns; /* those that have a cost; from number 1 on */
    struct table days;       /* of struct spend_day: a campaign's day */
    struct table cells;      /* of struct spend_cell: a row's part of one */
};

/* ERR_NO_MEMORY; spend_finish in any case. */
int spend_init(struct spend *spend, const struct report_query *query);
void spend_finish(struct spend *spend);

/* The number of a campaign that has a cost; 0: it has none. ERR_NO_MEMORY. */
int spend_campaign(struct spend *spend, struct str campaign, uint32_t *out);

/* Counts a page view of the campaign on a day, in its row of each table. ERR_NO_MEMORY. */
int spend_view(struct spend *spend, uint32_t campaign, int64_t day, bool served,
               const uint32_t rows[SPEND_TABLES]);

/* Adds what `from`, made for the same query, has counted; `numbers` are those that its rows have in
 * the tables here. ERR_NO_MEMORY. */
int spend_take(struct spend *spend, const struct spend *from,
               uint32_t *const numbers[SPEND_TABLES]);

/* Gives rows, and the total, their costs; those of the days from `first_day` to `last_day`. What
 * no page view has come for is left in `unused`. ERR_NO_MEMORY. */
int spend_tell(struct spend *spend, int64_t first_day, int64_t last_day,
               struct rows *const tables[SPEND_TABLES], struct report_row *total, double *unused);

#endif
