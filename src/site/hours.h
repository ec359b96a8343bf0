/* Opening hours: reading them as people write them, and whether a place is open at a moment. */
#ifndef ATTIMO_SITE_HOURS_H
#define ATTIMO_SITE_HOURS_H

#include "base/schema.h"
#include "base/zone.h"

enum { HOURS_DAYS = 7, HOURS_RANGES_MAX = 4, HOURS_CLOSURES_MAX = 64, HOURS_DAY_MIN = 1440 };

/* Minutes since midnight, `from` < `to`; what goes over midnight ends after HOURS_DAY_MIN. */
struct hours_range {
    int from;
    int to;
};

struct hours_day {
    struct hours_range ranges[HOURS_RANGES_MAX]; /* in order, none overlaps another */
    size_t count;
};

/* Days since 1970 on which nothing opens, first and last. */
struct hours_closure {
    int64_t first;
    int64_t last;
};

struct hours {
    bool present;
    bool wrong;                        /* what else was written of them could not be read */
    struct hours_day days[HOURS_DAYS]; /* from Monday on */
    struct hours_closure closures[HOURS_CLOSURES_MAX];
    size_t closure_count;
};

/* Readers of the keys `hours` ("lun 15:30-19:30; mar-sab 9-13, 15:30-19:30", "Mo-Sa 09:00-13:00")
 * and `closed` (dates and ranges of dates, "2026-12-25/2026-12-26"), into a struct hours. */
schema_reader hours_read;
schema_reader hours_read_closed;

/* Whether a place is open at `now`, and until when that holds (0: for the next year at least). */
struct hours_state {
    bool open;
    time_t until;
};
struct hours_state hours_at(const struct hours *hours, const struct zone *zone, time_t now);

#endif
