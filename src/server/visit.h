/* What a request tells of whoever sent it, and what of that is recorded with a page. */
#ifndef ATTIMO_SERVER_VISIT_H
#define ATTIMO_SERVER_VISIT_H

#include "capture/hit.h"
#include "server/recording.h"

/* Fills a zeroed hit with the moment, and with all that the head of the request tells of its
 * sender. Slices of the request. */
void visit_read(struct hit *hit, const struct exchange *exchange);

/* Whether an address is one of the site that the request was sent to. */
bool visit_is_own_address(const struct request *request, struct str address);

/* What the page's own facts add to a hit. */
void visit_add_page(struct hit *hit, const struct resource *page);

/* Records that `page` is answered (`cached`: with 304) to a GET. Returns the field lines that its
 * answer carries for that; they are good until the next view. */
struct str visit_view(const struct exchange *exchange, const struct resource *page, bool cached);

/* The cookie that staff ask for, so that their own visits are told from others'. */
extern const struct str visit_staff_cookie;
bool visit_is_staff(const struct request *request);

#endif
