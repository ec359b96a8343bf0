/* Where links lead, as events tell it. */
#ifndef ATTIMO_BASE_DEST_H
#define ATTIMO_BASE_DEST_H

#include "base/str.h"

/* What kind of place an address leads to: "tel", "sms", "mail", "map", "whatsapp", "share", "page"
 * (a relative one, or of the site at `site`, its address or empty), else "web". */
struct str dest_of(struct str address, struct str site);

/* Whether `word` is one of these. */
bool dest_is_known(struct str word);

#endif
