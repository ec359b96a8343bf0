/* Owns reading the clocks and writing HTTP dates. */
#include "base/clock.h"

#include <stdio.h>
#include <string.h>

uint64_t clock_monotonic_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

time_t clock_wall(void)
{
    return time(NULL);
}

int64_t clock_wall_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void clock_http_date(char out[CLOCK_HTTP_DATE_LEN], time_t when)
{
    /* Not strftime: day and month names must be English whatever the locale is. */
    static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct tm tm = {0}; /* what is left of a year that has no room in an int */
    char text[64];
    (void)gmtime_r(&when, &tm);
    (void)snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[tm.tm_wday],
                   tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
                   tm.tm_sec);
    memcpy(out, text, CLOCK_HTTP_DATE_LEN);
}
