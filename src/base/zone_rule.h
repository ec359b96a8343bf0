/* The rule at the end of a compiled time zone: `CET-1CEST,M3.5.0,M10.5.0/3` (POSIX TZ). */
#ifndef ATTIMO_BASE_ZONE_RULE_H
#define ATTIMO_BASE_ZONE_RULE_H

#include "base/str.h"

#include <time.h>

/* When in a year the clock is changed. */
struct zone_day {
    char form;       /* 'M': weekday of a week of a month, 'J': 1..365 without 29 February,
                        '0': 0..365 */
    int month;       /* of 'M' */
    int week;        /* of 'M': 1..4, 5 is the last */
    int day;         /* of 'M' 0..6 from Sunday on, else of the year */
    int32_t seconds; /* on the clock before the change */
};

struct zone_rule {
    bool present;
    bool has_summer;
    int32_t standard; /* seconds ahead of UTC */
    int32_t summer;
    struct zone_day begin; /* of summer time */
    struct zone_day end;
};

/* ERR_INVALID: not a rule. */
int zone_rule_parse(struct zone_rule *out, struct str text);

/* How far the clock is ahead of UTC at a moment, in seconds. */
int32_t zone_rule_offset(const struct zone_rule *rule, time_t when);

#endif
