/* What a page carries so that events can be told of it: the script, and pings for browsers that do
 * not run it. Only a live page does: drafts, error pages and what has expired are not recorded. */
#ifndef ATTIMO_SITE_CAPTURE_SLOT_H
#define ATTIMO_SITE_CAPTURE_SLOT_H

#include "base/buf.h"
#include "site/resource.h"

/* The script of sites that let so much be recorded; static; empty: none. */
struct str capture_slot_script(enum capture capture);

/* Appends the script's element. */
void capture_slot_append_script(struct str script, struct buf *out);

/* Appends ` ping="..."`, for the link of the call to action `id` on the page at `path`. */
void capture_slot_append_ping(struct str path, struct str id, struct buf *out);

#endif
