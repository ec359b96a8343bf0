/* Owns the calendar of public holidays (legge 260/1949 and its changes). */
#include "site/holiday.h"

#include "base/calendar.h"

#include <stddef.h>

/* Easter Sunday of the Gregorian calendar: the anonymous algorithm of 1876 (Nature, 20 April 1876).
 */
static int64_t easter(int year)
{
    int a = year % 19;
    int b = year / 100;
    int c = year % 100;
    int f = (b + 8) / 25;
    int g = (b - f + 1) / 3;
    int h = (19 * a + b - b / 4 - g + 15) % 30;
    int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    int m = (a + 11 * h + 22 * l) / 451;
    int n = h + l - 7 * m + 114;
    return calendar_days((struct date){year, n / 31, n % 31 + 1});
}

/* In order of the year; Easter and its Monday stand apart. */
static const struct {
    struct text name;
    int month;
    int day;
    int since; /* the first year; 0: always */
} fixed[] = {
    {{"New Year's Day", "Capodanno"}, 1, 1, 0},
    {{"Epiphany", "Epifania"}, 1, 6, 0},
    {{"Liberation Day", "Festa della Liberazione"}, 4, 25, 0},
    {{"Labour Day", "Festa dei lavoratori"}, 5, 1, 0},
    {{"Republic Day", "Festa della Repubblica"}, 6, 2, 0},
    {{"Ferragosto", "Ferragosto"}, 8, 15, 0},
    {{"Saint Francis", "San Francesco"}, 10, 4, 2026}, /* legge 151/2025 */
    {{"All Saints", "Ognissanti"}, 11, 1, 0},
    {{"Immaculate Conception", "Immacolata"}, 12, 8, 0},
    {{"Christmas", "Natale"}, 12, 25, 0},
    {{"Saint Stephen", "Santo Stefano"}, 12, 26, 0},
};

/* Takes the holiday if it lies between `from` and what has been found before it. */
static bool take(int64_t from, struct text name, int64_t day, struct holiday *best)
{
    if (day < from || day >= best->day)
        return false;
    *best = (struct holiday){name, day};
    return true;
}

bool holiday_next(int64_t from, int64_t to, struct holiday *out)
{
    static const struct text easter_sunday = {"Easter", "Pasqua"};
    static const struct text easter_monday = {"Easter Monday", "Pasquetta"};
    struct holiday best = {.day = to + 1};
    bool found = false;
    int year = calendar_date(from).year;
    for (int last = year + 1; year <= last; year++) {
        for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
            int64_t day = calendar_days((struct date){year, fixed[i].month, fixed[i].day});
            if (year >= fixed[i].since)
                found |= take(from, fixed[i].name, day, &best);
        }
        found |= take(from, easter_sunday, easter(year), &best);
        found |= take(from, easter_monday, easter(year) + 1, &best);
    }
    if (found)
        *out = best;
    return found;
}
