/* Owns drafts, publishing at a time and expiry. */
#include "site/schedule.h"

time_t schedule_second(const struct schema_moment *moment, const struct zone *zone)
{
    if (moment->time.has_offset)
        return (time_t)(moment->time.local_s - moment->time.offset_s);
    return zone_to_utc(zone, moment->time.local_s);
}

struct schedule schedule_at(const struct front_matter *front, const struct zone *zone, time_t now)
{
    time_t begin = front->publish_at.present ? schedule_second(&front->publish_at, zone) : now;
    time_t end = front->expires_at.present ? schedule_second(&front->expires_at, zone) : 0;
    if (front->draft)
        return (struct schedule){PAGE_DRAFT, 0};
    if (begin > now)
        return (struct schedule){PAGE_SCHEDULED, begin};
    if (front->expires_at.present && end <= now)
        return (struct schedule){PAGE_EXPIRED, 0};
    return (struct schedule){PAGE_LIVE, end};
}
