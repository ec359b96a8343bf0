/* Time zones of the IANA database: the clock on a shop's wall, and back to UTC.
 *
 * The C library knows only the one zone of the process (TZ), and changing that is not safe with
 * threads; so this reads the system's compiled zones (/usr/share/zoneinfo, RFC 9636) itself. */
#ifndef ATTIMO_BASE_ZONE_H
#define ATTIMO_BASE_ZONE_H

#include "base/str.h"

#include <time.h>

/* Where the system keeps them. */
#define ZONE_FOLDER "/usr/share/zoneinfo"

struct zone; /* immutable: any thread may use it */

/* Reads the zone called `name`, as in "Europe/Rome"; "UTC" needs no file. ERR_NOT_FOUND: there is
 * no such zone, or no zones on this system. ERR_INVALID: the file is damaged. ERR_NO_MEMORY. */
int zone_create(struct zone **out, struct str name);
void zone_destroy(struct zone *zone);

/* How far the zone's clock is ahead of UTC at a moment, in seconds. */
int32_t zone_offset(const struct zone *zone, time_t when);

/* What the zone's clock shows at a moment, `ms` milliseconds since 1970. */
struct zone_time {
    int64_t second; /* since 1970, as if it were UTC */
    int64_t day;    /* likewise */
    int of_day;     /* the seconds since midnight */
    int hour;       /* of the day */
};
struct zone_time zone_time(const struct zone *zone, int64_t ms);

/* The same for a clock that is known to be so many seconds ahead of UTC. */
struct zone_time zone_time_ahead(int32_t ahead, int64_t ms);

/* The moment at which the zone's clock shows `local_s` (seconds since 1970 as if it were UTC). A
 * time that the clock shows twice is the first of the two; one that it leaves out, when it is put
 * forward, is as much later as it was put forward: 02:30 becomes 03:30. */
time_t zone_to_utc(const struct zone *zone, int64_t local_s);

#endif
