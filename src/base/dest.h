/* Where links lead, as events tell it. */
#ifndef ATTIMO_BASE_DEST_H
#define ATTIMO_BASE_DEST_H

#include "base/str.h"

/* What kind of place an address leads to: "tel", "sms", "mail", "whatsapp", "share", "map", "page"
 * (a relative one, or of the site at `site`, its address or empty), else "web". */
struct str dest_of(struct str address, struct str site);

#endif
