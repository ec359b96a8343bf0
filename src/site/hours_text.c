/* Owns the wording of opening hours. */
#include "site/hours_text.h"

#include "base/calendar.h"

#include <ctype.h>

/* A day and a month are those of the year that begins now; near its end, the year is said, too. */
enum { YEAR_CLEAR_DAYS = 334 };

static bool needs_year(int64_t day, int64_t now)
{
    return day - now > YEAR_CLEAR_DAYS;
}

static int64_t day_of(const struct zone *zone, time_t when)
{
    return zone_time(zone, (int64_t)when * 1000).day;
}

static int minute_of(const struct zone *zone, time_t when)
{
    return zone_time(zone, (int64_t)when * 1000).of_day / 60;
}

/* --- open or closed ------------------------------------------------------------------------- */

/* "alle 13:00"; Italian says "all'1:00" and "a mezzanotte". */
static void append_at(const struct words *words, int minutes, struct buf *out)
{
    if (minutes == 0) {
        buf_append(out, words->italian ? STR("a mezzanotte") : STR("at midnight"));
        return;
    }
    if (!words->italian)
        buf_append(out, STR("at "));
    else if (minutes / 60 == 1)
        buf_append(out, STR("all\xE2\x80\x99"));
    else
        buf_append(out, STR("alle "));
    words_append_time(minutes, out);
}

static void append_until(const struct words *words, int minutes, struct buf *out)
{
    if (words->italian) {
        buf_append(out, STR(", fino "));
        append_at(words, minutes, out);
    } else if (minutes == 0) {
        buf_append(out, STR(", until midnight"));
    } else {
        buf_append(out, STR(", until "));
        words_append_time(minutes, out);
    }
}

static void append_opening_day(const struct words *words, int64_t day, int64_t today,
                               struct buf *out)
{
    if (day == today)
        return;
    if (day < today + 7) {
        buf_append(out, words->italian ? STR("") : STR("on "));
        buf_append(out, str_from(words->days[calendar_weekday(day)]));
    } else {
        struct date date = calendar_date(day);
        bool vowel = date.day == 8 || date.day == 11; /* l'otto, l'undici */
        buf_append(out, !words->italian ? STR("on ") : vowel ? STR("l\xE2\x80\x99") : STR("il "));
        words_append_date(words, date, needs_year(day, today), out);
    }
    buf_append_char(out, ' ');
}

void hours_append_state(const struct hours *hours, const struct zone *zone, time_t now,
                        const struct words *words, struct buf *out)
{
    struct hours_state state = hours_at(hours, zone, now);
    buf_append(out, state.open ? words->open_now : words->closed_now);
    if (state.until == 0)
        return;
    int minutes = minute_of(zone, state.until);
    if (state.open) {
        if (state.until - now <= CALENDAR_DAY_S)
            append_until(words, minutes, out);
        return;
    }
    buf_append(out, words->italian ? STR(", apre ") : STR(", opens "));
    append_opening_day(words, day_of(zone, state.until), day_of(zone, now), out);
    append_at(words, minutes, out);
}

time_t hours_changes_at(const struct hours *hours, const struct zone *zone, time_t now)
{
    struct hours_state state = hours_at(hours, zone, now);
    if (state.until == 0 && hours->closure_count == 0)
        return 0;
    time_t midnight = zone_to_utc(zone, (day_of(zone, now) + 1) * CALENDAR_DAY_S);
    return state.until != 0 && state.until < midnight ? state.until : midnight;
}

/* --- the week ------------------------------------------------------------------------------- */

static bool same(const struct hours_day *a, const struct hours_day *b)
{
    bool equal = a->count == b->count;
    for (size_t i = 0; equal && i < a->count; i++)
        equal = a->ranges[i].from == b->ranges[i].from && a->ranges[i].to == b->ranges[i].to;
    return equal;
}

static void append_day_name(const char *name, bool capital, struct buf *out)
{
    buf_append_char(out, capital ? (char)toupper((unsigned char)*name) : *name);
    buf_append(out, str_from(name + 1));
}

/* Names end in their own letter case: "Martedì–sabato", "Tuesday–Saturday". */
static void append_days(const struct words *words, int first, int last, struct buf *out)
{
    append_day_name(words->days[first], true, out);
    if (last == first)
        return;
    buf_append(out, STR("\xE2\x80\x93"));
    append_day_name(words->days[last], false, out);
}

static void append_ranges(const struct words *words, const struct hours_day *day, struct buf *out)
{
    if (day->count == 0)
        buf_append(out, words->closed);
    for (size_t i = 0; i < day->count; i++) {
        if (i > 0)
            buf_append(out, STR(", "));
        words_append_time(day->ranges[i].from, out);
        buf_append(out, STR("\xE2\x80\x93"));
        if (day->ranges[i].to == HOURS_DAY_MIN)
            buf_append(out, STR("24:00"));
        else
            words_append_time(day->ranges[i].to, out);
    }
}

static void append_closure(const struct words *words, const struct hours_closure *closure,
                           int64_t today, struct buf *out)
{
    struct date first = calendar_date(closure->first);
    struct date last = calendar_date(closure->last);
    bool one_year = first.year == last.year;
    bool one_month = first.month == last.month && one_year;
    bool year = needs_year(closure->first, today) || needs_year(closure->last, closure->first);
    if (closure->first == closure->last) {
        words_append_date(words, first, year, out);
    } else if (one_month && words->italian) {
        buf_printf(out, "%d\xE2\x80\x93", first.day);
        words_append_date(words, last, year, out);
    } else if (one_month) {
        words_append_date(words, first, false, out);
        buf_printf(out, "\xE2\x80\x93%d", last.day);
        if (year)
            buf_printf(out, ", %d", last.year);
    } else {
        words_append_date(words, first, year && !one_year, out);
        buf_append(out, STR(" \xE2\x80\x93 "));
        words_append_date(words, last, year, out);
    }
}

static void append_closures(const struct hours *hours, int64_t today, const struct words *words,
                            struct buf *out)
{
    size_t shown = 0;
    for (size_t i = 0; i < hours->closure_count; i++) {
        if (hours->closures[i].last < today)
            continue;
        buf_append(out, shown++ == 0 ? STR("<p class=\"note\">") : STR(", "));
        if (shown == 1) {
            buf_append(out, words->closures);
            buf_append_char(out, ' ');
        }
        append_closure(words, &hours->closures[i], today, out);
    }
    if (shown > 0)
        buf_append(out, STR("</p>\n"));
}

void hours_append_table(const struct hours *hours, const struct zone *zone, time_t now,
                        const struct words *words, struct buf *out)
{
    buf_append(out, STR("<table class=\"hours\">\n"));
    for (int first = 0, last; first < HOURS_DAYS; first = last + 1) {
        last = first;
        while (last + 1 < HOURS_DAYS && same(&hours->days[first], &hours->days[last + 1]))
            last++;
        buf_append(out, STR("<tr><th scope=\"row\">"));
        append_days(words, first, last, out);
        buf_append(out, STR("</th><td>"));
        append_ranges(words, &hours->days[first], out);
        buf_append(out, STR("</td></tr>\n"));
    }
    buf_append(out, STR("</table>\n"));
    append_closures(hours, day_of(zone, now), words, out);
}

/* --- JSON-LD -------------------------------------------------------------------------------- */

static void append_json_days(const struct hours *hours, int first, struct buf *out)
{
    static const char *const names[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                        "Friday", "Saturday", "Sunday"};
    const char *comma = "";
    for (int day = first; day < HOURS_DAYS; day++) {
        if (!same(&hours->days[first], &hours->days[day]))
            continue;
        buf_printf(out, "%s\"%s\"", comma, names[day]);
        comma = ",";
    }
}

static bool seen_before(const struct hours *hours, int day)
{
    for (int before = 0; before < day; before++)
        if (same(&hours->days[before], &hours->days[day]))
            return true;
    return false;
}

/* Search engines take midnight at the end of a day as 23:59. */
static void append_json_range(const struct hours_range *range, struct buf *out)
{
    int to = range->to == HOURS_DAY_MIN ? HOURS_DAY_MIN - 1 : range->to;
    buf_printf(out, "\"opens\":\"%02d:%02d\",\"closes\":\"%02d:%02d\"}", range->from / 60,
               range->from % 60, to / 60 % 24, to % 60);
}

void hours_append_json(const struct hours *hours, struct buf *out)
{
    const char *comma = "";
    buf_append(out, STR("\"openingHoursSpecification\":["));
    for (int day = 0; day < HOURS_DAYS; day++) {
        const struct hours_day *of_week = &hours->days[day];
        for (size_t i = 0; i < of_week->count && !seen_before(hours, day); i++) {
            buf_printf(out, "%s{\"@type\":\"OpeningHoursSpecification\",\"dayOfWeek\":[", comma);
            append_json_days(hours, day, out);
            buf_append(out, STR("],"));
            append_json_range(&of_week->ranges[i], out);
            comma = ",";
        }
    }
    buf_append(out, STR("],"));
    for (size_t i = 0; i < hours->closure_count; i++) {
        struct date first = calendar_date(hours->closures[i].first);
        struct date last = calendar_date(hours->closures[i].last);
        buf_append(out, i == 0 ? STR("\"specialOpeningHoursSpecification\":[") : STR(","));
        buf_printf(out,
                   "{\"@type\":\"OpeningHoursSpecification\",\"validFrom\":\"%04d-%02d-%02d\","
                   "\"validThrough\":\"%04d-%02d-%02d\",\"opens\":\"00:00\",\"closes\":\"00:00\"}",
                   first.year, first.month, first.day, last.year, last.month, last.day);
    }
    if (hours->closure_count > 0)
        buf_append(out, STR("],"));
}
