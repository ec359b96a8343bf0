/* From which campaign somebody comes: the UTM parameters of a query. */
#ifndef ATTIMO_CAPTURE_CAMPAIGN_H
#define ATTIMO_CAPTURE_CAMPAIGN_H

#include "journal/event.h"

enum {
    CAMPAIGN_KEYS = 6,
    CAMPAIGN_ROOM = CAMPAIGN_KEYS * (3 * EVENT_UTM_MAX + 3),
};

/* Fills in the event's utm_* from `query` (raw, without `?`). The first of repeated ones that is
 * not empty counts. Texts are slices of `query` or of `room` (CAMPAIGN_ROOM bytes). */
void campaign_read(struct event *event, struct str query, char *room);

#endif
