/* What pages and browsers have told lately, with what it leads to in events: few of each are most
 * of those that come, and a user agent is asked about more than two hundred marks. In memory only,
 * and no longer than until others take their places. Private to hit*.c. */
#ifndef ATTIMO_CAPTURE_HIT_KNOWN_H
#define ATTIMO_CAPTURE_HIT_KNOWN_H

#include "capture/hit_form.h"

struct hit_known;
int hit_known_create(struct hit_known **out); /* ERR_NO_MEMORY */
void hit_known_destroy(struct hit_known *known);

/* Set what the event knows of its page (of its browser: app, device, os, lang, bot), by that piece
 * of a packed hit. The texts are constants or slices of `known`, valid until the next call. */
void hit_known_page(struct hit_known *known, struct event *event, struct str piece);
void hit_known_agent(struct hit_known *known, struct event *event, struct str piece);

#endif
