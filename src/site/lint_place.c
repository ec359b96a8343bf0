/* Owns the rule about opening hours: what a place says of the holidays that are near. */
#include "site/holiday.h"
#include "site/lint_parts.h"

#include <stdio.h>

enum { AHEAD_DAYS = 14, WEEK_DAYS = 7 };

/* Whether a closure is written for any day of the week that `day` is in. */
static bool says_something(const struct hours *hours, int64_t day)
{
    int64_t monday = day - calendar_weekday(day);
    for (size_t i = 0; i < hours->closure_count; i++)
        if (hours->closures[i].first < monday + WEEK_DAYS && hours->closures[i].last >= monday)
            return true;
    return false;
}

void lint_hours(const struct hours *hours, const struct lint_hours *where, struct diags *diags)
{
    int64_t today = zone_time(where->zone, (int64_t)where->now * 1000).day;
    struct holiday holiday;
    for (int64_t from = today; holiday_next(from, today + AHEAD_DAYS, &holiday);
         from = holiday.day + 1) {
        if (hours->days[calendar_weekday(holiday.day)].count == 0 ||
            says_something(hours, holiday.day))
            continue;
        char date[48];
        struct date d = calendar_date(holiday.day);
        (void)snprintf(date, sizeof date, "%04d-%02d-%02d", d.year, d.month, d.day);
        lint_say(diags, where->file, where->line, LINT_HOLIDAY, holiday.name, lint_same(date));
        return;
    }
}
