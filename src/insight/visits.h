/* The page views of a journal: each is given once it is over, with what its events say together.
 *
 * Lines may come in any order. Memory grows with the page views under way: of a journal whose lines
 * come in the order of time a page view is over, and given and forgotten, when it has been silent
 * for longer than its token is valid. Of a server's folder nothing is kept of it then; of a file,
 * and where the browser made the token up, its key (see recall.h), because it may come again after
 * all: then all is read once more. Of other input all are given at the end.
 *
 * Page views are dealt to a fixed number of parts, whose work goes on at the same time; a question
 * keeps what it counts for each part by itself, and adds it up in the end. */
#ifndef ATTIMO_INSIGHT_VISITS_H
#define ATTIMO_INSIGHT_VISITS_H

#include "insight/scan.h"
#include "insight/settle.h"

enum { VISITS_PARTS = 8, VISITS_TEXTS_MAX = 40, VISITS_FIGURES_MAX = 8 };

/* What a question wants to know of events, besides what every question needs. */
struct visits_wanted {
    struct line_keys keys;
    uint8_t texts[VISITS_TEXTS_MAX]; /* numbers of keys */
    bool inherited[VISITS_TEXTS_MAX];
    size_t text_count;
    uint8_t figures[VISITS_FIGURES_MAX]; /* numbers of keys */
    size_t figure_count;
};

void visits_wanted_init(struct visits_wanted *wanted);

/* Wants the text under a key and tells the number that it has among them (again: the same), or
 * ERR_LIMIT. `key` must outlive `wanted`.
 *
 * What a text's key says of the page view (UTM, referrer, device, page...) stands on the view, and
 * on other events perhaps: an event that lacks it inherits the view's. What is an event's own
 * affair (cta, dest, t...) is not inherited. */
int visits_want_text(struct visits_wanted *wanted, struct str key);

/* Wants the number under a key, in the order in which such keys are wanted; no text is wanted under
 * it. ERR_LIMIT. */
int visits_want_figure(struct visits_wanted *wanted, struct str key);

/* What one event of a page view says of the figures: of several of one document the one with the
 * highest counter, as what is measured adds up, else the latest. */
struct visit_figures {
    int64_t ms;
    uint64_t seq;
    uint32_t n;
    uint32_t document;                /* half a fingerprint; 0: none */
    float values[VISITS_FIGURES_MAX]; /* NAN: not a number, or negative */
};

struct visit {
    uint64_t key;     /* a fingerprint of `pv` */
    uint64_t journey; /* likewise; 0: none */
    int64_t first_ms; /* when its first event came */
    uint32_t texts;   /* the view's, and of what it lacks those of `seen`; see visits_texts */
    uint32_t channel; /* where it came from; see visits_channel */
    bool has_view : 1;
    bool has_seen : 1;
    bool is_client : 1; /* the token is the script's own: there is no view */
    bool is_bot : 1;
    bool is_internal : 1;
    bool is_prefetch : 1;
    bool is_alone : 1;                   /* its journey has no other page view */
    uint8_t marks;                       /* what was told of any of its events */
    const struct visit_figures *figures; /* NULL: none */

    struct settling *events; /* those that are kept: without repeats, by arrival, `values` being the
                                number of their own texts; settle_order puts them in order */
    size_t count;
    size_t repeats; /* that were removed */
};

/* Whether it is a page view that the journal knows: its view is there, or none can be, the token
 * being the script's own. Events that belong to none (a redirect, a ping, what follows a view with
 * `capture: page`) come one by one. */
static inline bool visit_is_known(const struct visit *visit)
{
    return visit->has_view || (visit->has_seen && visit->is_client);
}

enum { VISITS_KEEP = 128 };

struct visits;

struct visits_options {
    const struct visits_wanted *wanted;
    int64_t
        from_ms; /* of a server's journal page views with events of this time are needed; others */
    int64_t to_ms;     /* may be missing, or what is a day away */
    int64_t now_ms;    /* see scan.h */
    unsigned threads;  /* see crew_create */
    size_t piece_size; /* see scan.h */

    bool ignores_journeys; /* `is_alone` is not asked for, and tells nothing */

    /* What the server tells of events that are not there counts from `lost_from_ms` on, up to
     * `lost_to_ms`. */
    int64_t lost_from_ms;
    int64_t lost_to_ms;

    /* What is to be known of an event with these texts, or this name, or these figures: a
     * question's own bits, which its page view gathers as `marks`; of the first two also
     * VISITS_KEEP, if it is kept for on_visit. They must always say the same, and are asked on any
     * thread. Where the name alone tells, few texts need be looked at. NULL: neither texts nor
     * name: all events are kept; figures tell nothing. */
    uint8_t (*tell)(const void *context, const struct str *texts);
    uint8_t (*tell_name)(struct str event);
    uint8_t (*tell_figures)(const float *values);
    /* Takes a page view that is over; valid during the call. Called on several threads, but never
     * twice at a time for one part, and for one part always in the same order. */
    int (*on_visit)(void *context, size_t part, struct visit *visit);

    /* The rest is called on the thread of the caller, while no other function is. */

    /* Events that come yet are from `settled_ms` on; INT64_MAX: none comes, and all page views have
     * been given. May be NULL. */
    int (*on_settled)(void *context, struct crew *crew, int64_t settled_ms);
    /* All that was given is to be forgotten, and comes again. `keeps_undated`: this time page views
     * whose key has no date are given at the end only, and so may units be (SCAN_AGAIN_IN_ORDER of
     * on_settled asks for it). Else `settled_ms` tells nothing before the end. */
    int (*on_restart)(void *context, bool keeps_undated);
    void (*on_damage)(void *context, const struct scan_damage *damage);
    int (*on_failure)(void *context, const char *file, int error); /* see scan.h */
    void *context;
};

/* ERR_NO_MEMORY. The options are copied; what they point to must outlive the page views. */
int visits_create(struct visits **out, const struct visits_options *options);
void visits_destroy(struct visits *visits);

/* Reads a file (see scan_file) or a server's folder (see scan_data), once. What a function of the
 * options returned if not 0; ERR_NO_MEMORY. */
int visits_read_file(struct visits *visits, const char *path);
int visits_read_data(struct visits *visits, const char *data);

/* The texts under a number, in the order in which they were wanted: `ptr` NULL where there is none.
 * They live as long as `visits`. Any thread may ask; but few numbers stand for many events, so what
 * follows from texts is better kept by number. */
const struct str *visits_texts(struct visits *visits, uint32_t number);

/* Of a channel: the system, where that matters; and the app, else utm_source, else the referring
 * host. Likewise. */
const struct str *visits_channel(struct visits *visits, uint32_t number);

/* What the server tells of events that are not there. */
struct visits_missing {
    uint64_t dropped; /* views that it could not record */
    uint64_t refused;
};
struct visits_missing visits_missing(const struct visits *visits);

#endif
