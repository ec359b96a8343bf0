/* The Gregorian calendar: days, weekdays, dates as people write them. Knows no time zones. */
#ifndef ATTIMO_BASE_CALENDAR_H
#define ATTIMO_BASE_CALENDAR_H

#include "base/str.h"

struct date {
    int year;
    int month; /* 1..12 */
    int day;   /* 1..31 */
};

enum { CALENDAR_DAY_S = 86400 };

/* Days since 1970-01-01, and back. */
int64_t calendar_days(struct date date);
struct date calendar_date(int64_t days);

static inline bool calendar_is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* 0: Monday ... 6: Sunday. */
int calendar_weekday(int64_t days);

/* "2026-12-25", and nothing else; the day must exist. ERR_INVALID. */
int calendar_parse_date(struct str text, struct date *out);

/* A date-time as RFC 3339 writes it, the offset or the seconds or the time of day left out if one
 * likes: "2026-12-24T18:00:00+01:00", "2026-12-24 18:00", "2026-12-24". `local_s` counts seconds
 * since 1970 on the clock that it is written for; `offset_s` is how far that clock is ahead of UTC,
 * if `has_offset`. ERR_INVALID. */
struct date_time {
    int64_t local_s;
    bool has_offset;
    int32_t offset_s;
};
int calendar_parse_date_time(struct str text, struct date_time *out);

#endif
