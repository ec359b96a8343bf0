/* What people, bots and browsers do in the shop: visits become events, in order of their arrival.
 */
#ifndef ATTIMO_BENCH_SHOP_VISIT_H
#define ATTIMO_BENCH_SHOP_VISIT_H

#include "journal/event.h"
#include "journal/token_date.h"
#include "shop_model.h"

/* Page views have the ids of the server's tokens (see token_date.h), or one that the script made
 * up. */
enum { SERVER_PV_LEN = TOKEN_ID_LEN, CLIENT_PV_LEN = 22, PV_MAX = 22, DOCUMENT_LEN = 11 };

/* An event under way to the server. */
struct happening {
    int64_t ms;
    uint64_t order; /* among those of one millisecond */
    struct event event;
    char pv[PV_MAX];
    char journey[PV_MAX];
    char d[DOCUMENT_LEN];
};

/* What has come true, of what counts: page views of people who were seen. */
struct shop_page_count {
    uint64_t seen;
    uint64_t goal;
    uint64_t tapped;
};

struct shop {
    struct chance chance;
    double more; /* added to the rate of the first page's goal, from `more_from_ms` on */
    int64_t more_from_ms;
    struct shop_page_count pages[SHOP_PAGES];
    uint64_t bots, prefetched, staff; /* page views that do not count */
    uint64_t resent;                  /* events of the others */
    struct happening **queue;         /* a heap, the first to come on top */
    size_t count, room;
    uint64_t order;
};

/* Somebody, or something, comes at this moment. */
void shop_visit(struct shop *shop, int64_t ms);

/* The next event that comes before `ms`, or NULL; the caller frees it. */
struct happening *shop_next(struct shop *shop, int64_t ms);

/* `len` random characters of base64url. */
void shop_id(struct chance *chance, char *out, size_t len);

#endif
