/* The zone that the days of a site are in. */
#ifndef ATTIMO_CLI_SITE_ZONE_H
#define ATTIMO_CLI_SITE_ZONE_H

#include "site/settings.h"

/* Its name; lives as long as the settings. */
struct str site_zone(const struct settings *settings);

/* Appends the name of the zone of the pages in `folder`. ERR_NOT_FOUND...: the folder cannot be
 * looked at. ERR_INVALID: nothing of its `_site.yaml` can be read. ERR_NO_MEMORY. */
int site_zone_read(struct buf *out, const char *folder);

/* Says on stderr what came of reading the folder. */
void site_zone_complain(const char *folder, int error, enum lang lang);

#endif
