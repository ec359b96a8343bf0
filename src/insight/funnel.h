/* Funnels: how many units get from one event to the next, and how sure that is.
 *
 * A unit is a journey (the page views of one visit), a page view, or all that share a value of some
 * key. The semantics are those of docs/funnel.md. Lines may come in any order; see visits.h for
 * what is kept in memory. */
#ifndef ATTIMO_INSIGHT_FUNNEL_H
#define ATTIMO_INSIGHT_FUNNEL_H

#include "base/zone.h"
#include "insight/chain.h"
#include "insight/loss.h"
#include "insight/scan.h"
#include "insight/spread.h"
#include "insight/steps.h"

enum { FUNNEL_BY_MAX = 8 };

struct funnel_query {
    struct str steps;             /* see steps_parse */
    struct str unit;              /* "journey", "pv", or a key */
    struct str by[FUNNEL_BY_MAX]; /* keys; or day, hour, weekday of the entry */
    size_t by_count;
    enum chain_mode mode;
    int64_t window_ms;
    int64_t from_ms; /* entries before this do not count */
    int64_t to_ms;   /* nor from this moment on */
    int64_t now_ms;  /* entries less than the window before this are shown apart; see scan.h */
    const struct zone *zone;
    struct include include;
};

/* One row of an answer: the units with the same `by` values. */
struct funnel_group {
    const struct str *by;        /* by_count texts; `ptr` NULL: no value. NULL for the total */
    uint64_t reached[STEPS_MAX]; /* units that got to each step at least; the first: entered */
    uint64_t open;               /* entered too lately to be judged; in none of the counts above */
    struct spread elapsed_ms;    /* of the units that got to the end */
    double median_s;             /* of these; NAN: there are none */
    double p90_s;
};

/* How many of the page views that were answered the script has seen, by where they came from. */
struct funnel_channel {
    struct str os;   /* `ptr` NULL: not known, or of no matter */
    struct str name; /* the app, else utm_source, else the referring host; `ptr` NULL: direct */
    uint64_t view;
    uint64_t seen;
};

struct funnel_answer {
    const struct steps *steps;
    struct funnel_group total;
    struct funnel_group
        *groups; /* by entries, most first; by their values if `by` starts with time */
    size_t group_count;
    /* Where the first step is `view` (of the unit `pv`, any), `seen` of the coverage is that of
     * page views that have one, and this counts the others, which get no further. Else 0. */
    uint64_t unserved;
    struct funnel_channel coverage;  /* of all */
    struct funnel_channel *channels; /* most views first */
    size_t channel_count;
    struct loss loss;
};

struct funnel;

/* The texts and the zone of the query must outlive the funnel. ERR_INVALID: the query is none, and
 * `*why` says what it lacks. ERR_NO_MEMORY. */
int funnel_create(struct funnel **out, const struct funnel_query *query, struct complaint *why);
void funnel_destroy(struct funnel *funnel);

/* What is read, and who is told about it. */
struct funnel_input {
    unsigned threads;  /* see crew_create */
    size_t piece_size; /* see scan.h */
    /* A line that cannot be read; it counts as damaged. */
    void (*on_damage)(void *context, const struct scan_damage *damage);
    /* A file that cannot be read to its end; it counts as damaged. 0: go on without it. */
    int (*on_failure)(void *context, const char *file, int error);
    void *context;
};

/* Reads a file, "-" for standard input, or the journal in a server's folder (see scan.h); once.
 * ERR_NO_MEMORY, or what on_failure has returned; see scan_file. */
int funnel_read_file(struct funnel *funnel, const struct funnel_input *input, const char *path);
int funnel_read_data(struct funnel *funnel, const struct funnel_input *input, const char *data);

/* The answer, once; it is the funnel's and lives as long. ERR_NO_MEMORY. */
int funnel_answer(struct funnel *funnel, const struct funnel_answer **out);

#endif
