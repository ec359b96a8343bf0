/* Owns POSIX's rules for summer time. */
#include "base/zone_rule.h"

#include "base/calendar.h"
#include "base/err.h"

/* --- reading -------------------------------------------------------------------------------- */

static bool take(struct str *rest, char c)
{
    if (rest->len == 0 || rest->ptr[0] != c)
        return false;
    *rest = str_skip(*rest, 1);
    return true;
}

/* A zone's abbreviation, `CET` or `<+0330>`. */
static bool take_name(struct str *rest)
{
    size_t n = 0;
    if (take(rest, '<')) {
        ptrdiff_t end = str_find(*rest, '>');
        *rest = str_skip(*rest, (size_t)(end + 1));
        return end >= 0;
    }
    while (n < rest->len && ((rest->ptr[n] | 0x20) >= 'a' && (rest->ptr[n] | 0x20) <= 'z'))
        n++;
    *rest = str_skip(*rest, n);
    return n >= 3;
}

static bool take_int(struct str *rest, int *out)
{
    int number = 0;
    size_t n = 0;
    while (n < rest->len && n < 4 && rest->ptr[n] >= '0' && rest->ptr[n] <= '9')
        number = number * 10 + (rest->ptr[n++] - '0');
    *rest = str_skip(*rest, n);
    *out = number;
    return n > 0;
}

/* `[+-]hh[:mm[:ss]]`, hours up to 167 (RFC 9636 3.3.2). */
static bool take_seconds(struct str *rest, int32_t *out)
{
    int sign = take(rest, '-') ? -1 : 1;
    int hours;
    int minutes = 0;
    int seconds = 0;
    if (sign > 0)
        (void)take(rest, '+');
    if (!take_int(rest, &hours) || hours > 167)
        return false;
    if (take(rest, ':') && (!take_int(rest, &minutes) || minutes > 59))
        return false;
    if (take(rest, ':') && (!take_int(rest, &seconds) || seconds > 59))
        return false;
    *out = sign * (hours * 3600 + minutes * 60 + seconds);
    return true;
}

static bool take_day(struct str *rest, struct zone_day *out)
{
    bool good;
    if (take(rest, 'M')) {
        out->form = 'M';
        good = take_int(rest, &out->month) && take(rest, '.') && take_int(rest, &out->week) &&
               take(rest, '.') && take_int(rest, &out->day) && out->month >= 1 &&
               out->month <= 12 && out->week >= 1 && out->week <= 5 && out->day <= 6;
    } else {
        out->form = take(rest, 'J') ? 'J' : '0';
        good = take_int(rest, &out->day) && out->day <= 365 && (out->form == '0' || out->day > 0);
    }
    out->seconds = 2 * 3600;
    return good && (!take(rest, '/') || take_seconds(rest, &out->seconds));
}

int zone_rule_parse(struct zone_rule *out, struct str text)
{
    *out = (struct zone_rule){.present = true};
    /* POSIX counts offsets westwards. */
    if (!take_name(&text) || !take_seconds(&text, &out->standard))
        return ERR_INVALID;
    out->standard = -out->standard;
    if (text.len == 0)
        return 0;
    out->has_summer = true;
    out->summer = out->standard + 3600;
    if (!take_name(&text))
        return ERR_INVALID;
    if (text.len > 0 && text.ptr[0] != ',') {
        if (!take_seconds(&text, &out->summer))
            return ERR_INVALID;
        out->summer = -out->summer;
    }
    bool good = take(&text, ',') && take_day(&text, &out->begin) && take(&text, ',') &&
                take_day(&text, &out->end) && text.len == 0;
    return good ? 0 : ERR_INVALID;
}

/* --- using ---------------------------------------------------------------------------------- */

/* Days since 1970 of a rule's day in a year. */
static int64_t day_in(const struct zone_day *day, int year)
{
    int64_t new_year = calendar_days((struct date){year, 1, 1});
    if (day->form == '0')
        return new_year + day->day;
    if (day->form == 'J')
        return new_year + day->day - 1 + (calendar_is_leap(year) && day->day >= 60);

    int64_t first = calendar_days((struct date){year, day->month, 1});
    int wanted = (day->day + 6) % 7; /* from Monday on */
    int64_t found = first + (wanted - calendar_weekday(first) + 7) % 7 + 7 * (day->week - 1);
    while (calendar_date(found).month != day->month)
        found -= 7;
    return found;
}

int32_t zone_rule_offset(const struct zone_rule *rule, time_t when)
{
    if (!rule->has_summer)
        return rule->standard;
    int64_t local = (int64_t)when + rule->standard;
    int64_t days = local / CALENDAR_DAY_S - (local % CALENDAR_DAY_S < 0);
    int year = calendar_date(days).year;
    int64_t begin =
        day_in(&rule->begin, year) * CALENDAR_DAY_S + rule->begin.seconds - rule->standard;
    int64_t end = day_in(&rule->end, year) * CALENDAR_DAY_S + rule->end.seconds - rule->summer;
    /* South of the equator summer goes over the new year. */
    bool summer = begin < end ? when >= begin && when < end : when >= begin || when < end;
    return summer ? rule->summer : rule->standard;
}
