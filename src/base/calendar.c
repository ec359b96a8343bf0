/* Owns the arithmetic of dates. */
#include "base/calendar.h"

#include "base/err.h"

enum { DAYS_PER_ERA = 146097, DAYS_TO_1970 = 719468 };

/* Years are counted from March on, so that the leap day is the last of its year; an era is 400
 * years, after which the calendar repeats. */
int64_t calendar_days(struct date date)
{
    int64_t year = date.month <= 2 ? date.year - 1 : date.year;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t month = date.month > 2 ? date.month - 3 : date.month + 9;
    int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * DAYS_PER_ERA + day_of_era - DAYS_TO_1970;
}

struct date calendar_date(int64_t days)
{
    days += DAYS_TO_1970;
    int64_t era = (days >= 0 ? days : days - (DAYS_PER_ERA - 1)) / DAYS_PER_ERA;
    int64_t of_era = days - era * DAYS_PER_ERA;
    int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * of_year + 2) / 153;
    struct date date = {.day = (int)(of_year - (153 * month + 2) / 5 + 1)};
    date.month = (int)(month < 10 ? month + 3 : month - 9);
    date.year = (int)(year + era * 400 + (date.month <= 2));
    return date;
}

int calendar_weekday(int64_t days)
{
    /* 1970 began on a Thursday. */
    int64_t weekday = (days + 3) % 7;
    return (int)(weekday < 0 ? weekday + 7 : weekday);
}

/* Takes exactly `digits` digits. */
static bool take_number(struct str *rest, size_t digits, int *out)
{
    int number = 0;
    if (rest->len < digits)
        return false;
    for (size_t i = 0; i < digits; i++) {
        if (rest->ptr[i] < '0' || rest->ptr[i] > '9')
            return false;
        number = number * 10 + (rest->ptr[i] - '0');
    }
    *rest = str_skip(*rest, digits);
    *out = number;
    return true;
}

static bool take_char(struct str *rest, const char *any_of)
{
    if (rest->len == 0 || rest->ptr[0] == '\0' || !strchr(any_of, rest->ptr[0]))
        return false;
    *rest = str_skip(*rest, 1);
    return true;
}

static bool take_date(struct str *rest, struct date *out)
{
    bool taken = take_number(rest, 4, &out->year) && take_char(rest, "-") &&
                 take_number(rest, 2, &out->month) && take_char(rest, "-") &&
                 take_number(rest, 2, &out->day);
    if (!taken || out->month < 1 || out->month > 12 || out->day < 1)
        return false;
    /* A day that does not exist comes back as another one. */
    struct date back = calendar_date(calendar_days(*out));
    return back.day == out->day && back.month == out->month;
}

int calendar_parse_date(struct str text, struct date *out)
{
    return take_date(&text, out) && text.len == 0 ? 0 : ERR_INVALID;
}

static bool take_time(struct str *rest, int64_t *seconds)
{
    int hour;
    int minute;
    int second = 0;
    int unused;
    if (!take_number(rest, 2, &hour) || !take_char(rest, ":") || !take_number(rest, 2, &minute))
        return false;
    if (take_char(rest, ":") && !take_number(rest, 2, &second))
        return false;
    if (take_char(rest, "."))
        while (take_number(rest, 1, &unused))
            continue;
    *seconds = hour * 3600 + minute * 60 + second;
    return hour < 24 && minute < 60 && second < 60;
}

static bool take_offset(struct str *rest, struct date_time *out)
{
    int hours;
    int minutes;
    if (rest->len == 0)
        return true;
    out->has_offset = true;
    if (take_char(rest, "Zz"))
        return true;
    int sign = rest->ptr[0] == '-' ? -1 : 1;
    if (!take_char(rest, "+-") || !take_number(rest, 2, &hours) || !take_char(rest, ":") ||
        !take_number(rest, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    out->offset_s = sign * (hours * 3600 + minutes * 60);
    return true;
}

int calendar_parse_date_time(struct str text, struct date_time *out)
{
    struct date date;
    int64_t seconds = 0;
    *out = (struct date_time){0};
    if (!take_date(&text, &date))
        return ERR_INVALID;
    if (text.len > 0 &&
        (!take_char(&text, "Tt ") || !take_time(&text, &seconds) || !take_offset(&text, out)))
        return ERR_INVALID;
    out->local_s = calendar_days(date) * CALENDAR_DAY_S + seconds;
    return text.len == 0 ? 0 : ERR_INVALID;
}
