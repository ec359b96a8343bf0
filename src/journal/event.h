/* One event, and the line of the journal that it is: NDJSON with a checksum (docs/events.md). */
#ifndef ATTIMO_JOURNAL_EVENT_H
#define ATTIMO_JOURNAL_EVENT_H

#include "base/str.h"

#include <sys/types.h>

/* What an event may know besides its numbers, in the order in which a line has it. Kinds:
 *   identity  a text that is never cut
 *   text      a text that may be cut where a line gets too long
 *   utm       the same, of at most EVENT_UTM_MAX bytes; the rest is cut off
 *   count     an integer
 *   number    a number with up to three decimals, held in thousandths
 *   flag      true, or not there */
// clang-format off
#define EVENT_FIRST_KEYS(X)                                                               \
    X(identity, event)                                                                    \
    X(identity, pv) X(identity, pv_src) X(identity, journey) X(identity, d)               \
    X(count, n) X(count, t)
#define EVENT_PAGE_KEYS(X)                                                                \
    X(text, page) X(text, rev) X(text, theme_rev) X(text, intent) X(text, stage)
#define EVENT_VISIT_KEYS(X)                                                               \
    X(text, variant) X(text, cta) X(text, dest)                                           \
    X(utm, utm_source) X(utm, utm_medium) X(utm, utm_campaign) X(utm, utm_content)        \
    X(utm, utm_term) X(utm, utm_id)                                                       \
    X(text, ref_host)
#define EVENT_AGENT_KEYS(X)                                                               \
    X(text, app) X(text, device) X(text, os) X(text, lang)
#define EVENT_LAST_KEYS(X)                                                                \
    X(text, country) X(text, purpose) X(text, bot)                                        \
    X(flag, internal) X(flag, early) X(flag, gpc) X(flag, save_data) X(flag, cached)      \
    X(text, transport)                                                                    \
    X(number, engaged_ms) X(number, scroll) X(number, ttfb) X(number, fcp) X(number, lcp) \
    X(number, cls) X(number, inp)
#define EVENT_KEYS(X)                                                                     \
    X(identity, node) EVENT_FIRST_KEYS(X) EVENT_PAGE_KEYS(X) EVENT_VISIT_KEYS(X)          \
    EVENT_AGENT_KEYS(X) EVENT_LAST_KEYS(X)
// clang-format on

struct event_number {
    bool set;
    int64_t value;
};

#define EVENT_MEMBER_identity(name) struct str name;
#define EVENT_MEMBER_text(name)     struct str name;
#define EVENT_MEMBER_utm(name)      struct str name;
#define EVENT_MEMBER_count(name)    struct event_number name;
#define EVENT_MEMBER_number(name)   struct event_number name;
#define EVENT_MEMBER_flag(name)     bool name;
#define EVENT_MEMBER(kind, name)    EVENT_MEMBER_##kind(name)

/* Numbers larger than this (either sign) are written as this. */
#define EVENT_NUMBER_MAX 999999999999999999

/* Keys that many events have alike, as lines have them: from who has written them before
 * (event_write_origin and its kin). Each may be empty. */
struct event_written {
    struct str origin;
    struct str page;
    struct str agent;
};

/* The slices belong to somebody else. An empty text is one that is not there, so a zeroed struct
 * knows nothing. */
struct event {
    uint64_t seq;
    int64_t ts_ms; /* since 1970, UTC */
    struct str id;
    struct event_written written; /* of keys that are set all the same */
    EVENT_KEYS(EVENT_MEMBER)
};

#define EVENT_CLEAR_text(name)     event->name = (struct str){0};
#define EVENT_CLEAR_identity(name) EVENT_CLEAR_text(name)
#define EVENT_CLEAR_utm(name)      EVENT_CLEAR_text(name)
#define EVENT_CLEAR_count(name)    event->name = (struct event_number){0};
#define EVENT_CLEAR_number(name)   EVENT_CLEAR_count(name)
#define EVENT_CLEAR_flag(name)     event->name = false;
#define EVENT_CLEAR(kind, name)    EVENT_CLEAR_##kind(name)

/* Makes it one that knows nothing: member by member, as compilers then leave out what is set right
 * afterwards, and clear the rest faster than all of it at once. */
static inline void event_init(struct event *event)
{
    event->seq = 0;
    event->ts_ms = 0;
    event->id = (struct str){0};
    event->written = (struct event_written){0};
    EVENT_KEYS(EVENT_CLEAR)
}

enum {
    EVENT_LINE_MAX = 4096, /* with its '\n' */
    EVENT_LINE_ROOM = EVENT_LINE_MAX + 64,
    EVENT_UTM_MAX = 64,
    EVENT_WRITTEN_MAX = 320,
    EVENT_ID_AT = 7, /* behind ,"id":" */
};

/* Writes the event's line, with '\n', to `out`, which has room for EVENT_LINE_ROOM bytes, and
 * returns its length. Any bytes may stand in a text: what is no UTF-8 becomes U+FFFD. Where the
 * line would be longer than EVENT_LINE_MAX, its longest texts are cut at a character.
 * ERR_TOO_LARGE: what may not be cut is longer alone. ERR_INVALID: `id`, `node` or `event` is not
 * there, `seq` is over EVENT_NUMBER_MAX, or the time is not of the years 0 to 9999. */
ssize_t event_encode(const struct event *event, char *out);

/* Write some keys of the event as its line has them, to `out`, which has room for EVENT_WRITTEN_MAX
 * bytes: `id`, `ts` and `node`; EVENT_PAGE_KEYS; EVENT_AGENT_KEYS. Empty: there are none, or they
 * are longer. The bytes of an origin's id stand EVENT_ID_AT bytes from its start. */
struct str event_write_origin(const struct event *event, char *out);
struct str event_write_page(const struct event *event, char *out);
struct str event_write_agent(const struct event *event, char *out);

/* Whether a line, without its '\n', has the form and the checksum of one that was written whole. */
bool event_line_is_intact(struct str line);

/* What of a line is intact: all of it; or its end, where something else (zeros, half a line) stands
 * before a line that was written whole; or nothing. */
struct str event_line_intact_part(struct str line);

/* Reads an intact line back. Texts are slices of `line`, or of `scratch` (EVENT_LINE_MAX bytes)
 * where they had to be unescaped. Keys of a later version are skipped. ERR_INVALID: not a line that
 * event_encode writes. */
int event_decode(struct event *out, struct str line, char *scratch);

#endif
