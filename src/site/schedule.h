/* When a page is public. */
#ifndef ATTIMO_SITE_SCHEDULE_H
#define ATTIMO_SITE_SCHEDULE_H

#include "site/front_matter.h"
#include "site/page.h"

/* What a page is at `now`, and the second at which that changes (0: never). */
struct schedule {
    enum page_state state;
    time_t changes_at;
};
struct schedule schedule_at(const struct front_matter *front, const struct zone *zone, time_t now);

/* The second that an author means: one without an offset is on the site's clock. */
time_t schedule_second(const struct schema_moment *moment, const struct zone *zone);

#endif
