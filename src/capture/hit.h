/* A hit: the raw facts of what a request asks to be recorded. The worker fills it with slices of
 * the request and packs it into its ring; the recorder makes an event of it, and only there is
 * anything classified. */
#ifndef ATTIMO_CAPTURE_HIT_H
#define ATTIMO_CAPTURE_HIT_H

#include "journal/event.h"

/* Kind, the event's name in the journal (docs/events.md). */
#define HIT_KINDS(X)        \
    X(VIEW, "view")         \
    X(SEEN, "seen")         \
    X(ENGAGED, "engaged")   \
    X(CLICK, "click")       \
    X(LEFT, "left")         \
    X(SUMMARY, "summary")   \
    X(RETURN, "return")     \
    X(REDIRECT, "redirect") \
    X(REFUSED, "refused")   \
    X(GAP, "gap")

#define HIT_TRANSPORTS(X) \
    X(SERVER, "server")   \
    X(FETCH, "fetch")     \
    X(BEACON, "beacon")   \
    X(PING, "ping")       \
    X(REDIRECT, "redirect")

/* Name, at most so many bytes; the rest is cut off. What pages and what browsers tell comes again
 * and again alike; the rest is a view's own, or only other events have it. */
#define HIT_PAGE_TEXTS(X) \
    X(page, 1024)         \
    X(rev, 24)            \
    X(theme_rev, 24)      \
    X(intent, 16)         \
    X(stage, 16)
#define HIT_AGENT_TEXTS(X)                      \
    X(user_agent, 512)                          \
    X(language, 64)       /* Accept-Language */ \
    X(requested_with, 64) /* X-Requested-With: the app that a web view of Android is in */
#define HIT_VIEW_TEXTS(X)                              \
    X(pv, 40) /* without its signature */              \
    X(country, 8)                                      \
    X(referrer, 512) /* empty where it is this site */ \
    X(query, 2048)   /* raw, without `?` */            \
    X(purpose, 64)   /* Sec-Purpose and its kin */
#define HIT_EVENT_TEXTS(X) \
    X(journey, 40)         \
    X(d, 40)               \
    X(variant, 32)         \
    X(cta, 64)             \
    X(dest, 16)
#define HIT_ALL_VIEW_TEXTS(X) HIT_PAGE_TEXTS(X) HIT_AGENT_TEXTS(X) HIT_VIEW_TEXTS(X)
#define HIT_TEXTS(X)          HIT_ALL_VIEW_TEXTS(X) HIT_EVENT_TEXTS(X)

/* Integers n and t; the others in thousandths, as in an event. */
#define HIT_NUMBERS(X) X(n) X(t) X(engaged_ms) X(scroll) X(ttfb) X(fcp) X(lcp) X(cls) X(inp)

#define HIT_ENUM(name, words) HIT_##name,
enum hit_kind { HIT_KINDS(HIT_ENUM) HIT_KIND_COUNT };
#undef HIT_ENUM

#define HIT_ENUM(name, words) HIT_BY_##name,
enum hit_transport { HIT_TRANSPORTS(HIT_ENUM) HIT_TRANSPORT_COUNT };
#undef HIT_ENUM

enum hit_flag {
    HIT_INTERNAL = 1 << 0,     /* the firm's own staff */
    HIT_EARLY = 1 << 1,        /* Early-Data */
    HIT_GPC = 1 << 2,          /* Sec-GPC or DNT */
    HIT_SAVE_DATA = 1 << 3,    /* Save-Data: on */
    HIT_CACHED = 1 << 4,       /* answered 304 */
    HIT_CLIENT_TOKEN = 1 << 5, /* the script made up the pv itself */
    HIT_MOBILE = 1 << 6,       /* Sec-CH-UA-Mobile: ?1 */
};

/* A zeroed hit is a view of which nothing is known. The slices belong to somebody else. Of a view
 * nothing is looked at but what stands before the texts of other events: hit_init_view is enough.
 */
struct hit {
    enum hit_kind kind;
    enum hit_transport transport;
    unsigned flags;
    int64_t ts_ms; /* since 1970, UTC: when the request came */
#define HIT_MEMBER(name, max) struct str name;
    HIT_TEXTS(HIT_MEMBER)
#undef HIT_MEMBER
#define HIT_MEMBER(name) struct event_number name;
    HIT_NUMBERS(HIT_MEMBER)
#undef HIT_MEMBER
};

static inline void hit_init_view(struct hit *hit)
{
    hit->kind = HIT_VIEW;
    hit->transport = HIT_BY_SERVER;
    hit->flags = 0;
    hit->ts_ms = 0;
#define HIT_EMPTY(name, max) hit->name = str_make(NULL, 0);
    HIT_ALL_VIEW_TEXTS(HIT_EMPTY)
#undef HIT_EMPTY
}

#define HIT_ADD(name, max) +(max)
enum {
    HIT_ROOM = 192 HIT_TEXTS(HIT_ADD) /* no packed hit is longer */
};
#undef HIT_ADD

/* Writes the hit, its texts cut to what they may have, to `out`, which has room for HIT_ROOM bytes
 * and need not be aligned. Returns its length. */
size_t hit_pack(const struct hit *hit, char *out);

/* What the recorder's thread keeps for reading hits: room for texts that had to be decoded, and
 * what pages and user agents came last. For one thread. */
struct hit_reader;
int hit_reader_create(struct hit_reader **out); /* ERR_NO_MEMORY */
void hit_reader_destroy(struct hit_reader *reader);

/* The event that a packed hit is, all that can be read from it classified; `seq`, `id` and `node`
 * are left to the journal. Its texts are constants, or slices of `record` or of the reader, valid
 * until the next hit is read. Returns its kind. */
enum hit_kind hit_read(struct event *out, struct str record, struct hit_reader *reader);

#endif
