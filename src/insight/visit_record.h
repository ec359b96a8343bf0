/* Events between reading and gathering: what a page view needs of each, in memory of their own. */
#ifndef ATTIMO_INSIGHT_VISIT_RECORD_H
#define ATTIMO_INSIGHT_VISIT_RECORD_H

#include "insight/line_ending.h"
#include "insight/row_numbers.h"
#include "insight/visits.h"

/* The keys that every question needs, the first in struct line_keys. */
enum visit_key {
    KEY_EVENT = SCAN_EVENT,
    KEY_TS = SCAN_TS,
    KEY_SEQ,
    KEY_ID,
    KEY_PV,
    KEY_PV_SRC,
    KEY_JOURNEY,
    KEY_D,
    KEY_N,
    KEY_T,
    KEY_PURPOSE,
    KEY_BOT,
    KEY_INTERNAL,
    KEY_OS,
    KEY_APP,
    KEY_UTM_SOURCE,
    KEY_REF_HOST,
    KEY_COUNT,
};

enum { VISIT_CHANNEL_WIDTH = 2 };

struct visit_record {
    uint64_t visit;
    uint64_t journey; /* 0: none */
    int64_t ms;
    uint64_t seq;
    uint64_t id;
    uint64_t document;
    uint32_t t;
    uint32_t n;
    uint32_t texts;
    uint32_t carried; /* what it tells of the page view: texts, if it is a view or `seen` */
    uint32_t channel; /* likewise */
    uint8_t marks;
    bool is_kept : 1;
    bool has_figures : 1;
    bool is_view : 1;
    bool is_seen : 1;
    bool is_click : 1;
    bool is_client : 1;
    bool is_bot : 1;
    bool is_internal : 1;
    bool is_prefetch : 1;
    bool is_missing : 1;       /* no event: the server tells that `n` could not be recorded */
    bool is_refused : 1;       /* or that it refused them */
    bool is_joined : 1;        /* no event: the journey of `visit` has other page views too */
    bool is_late : 1;          /* for a token it is old: `visit` */
    bool has_late_journey : 1; /* and `journey` */
};

/* What all threads share, and what one remembers of it. */
struct visit_reader {
    const struct visits_wanted *wanted;
    uint8_t (*tell_name)(struct str event);
    uint8_t (*tell_figures)(const float *values);
    bool is_servers;    /* it reads a server's folder: nothing should be late there */
    bool keeps_undated; /* one without a date has come again: they are over at the end only */
    struct row_numbers rows;
    struct row_numbers channels;
};
enum { VISIT_ENDINGS = LINE_ENDINGS };
struct visit_memory {
    struct row_memory rows;
    struct row_memory channels;
    struct visit_ending {
        uint64_t number;            /* of a line's end (see line_guess_read); 0: none */
        struct visit_record record; /* of an event that ended so */
    } endings[VISIT_ENDINGS];
};

/* Makes the record of an event, which has read its figures to `figures` if it has any.
 * ERR_NO_MEMORY. */
int visit_record_make(struct visit_reader *reader, struct visit_memory *memory,
                      const struct scan_event *event, struct visit_record *out, float *figures);

#endif
