/* Italy's public holidays. */
#ifndef ATTIMO_SITE_HOLIDAY_H
#define ATTIMO_SITE_HOLIDAY_H

#include "base/lang.h"

#include <stdbool.h>
#include <stdint.h>

/* Days are counted as base/calendar.h does. */
struct holiday {
    struct text name;
    int64_t day;
};

/* The first holiday on one of the days `from` to `to`, both included; false if there is none. */
bool holiday_next(int64_t from, int64_t to, struct holiday *out);

#endif
