/* What the two kinds of export share. Private to export.c, sift.c and flat.c. */
#ifndef ATTIMO_INSIGHT_EXPORT_PARTS_H
#define ATTIMO_INSIGHT_EXPORT_PARTS_H

#include "insight/export.h"
#include "insight/recent.h"

struct export_sink {
    struct export_query query;
    struct export_counts counts;
    export_take *take;
    void *context;
};

bool export_is_in_range(const struct export_sink *sink, int64_t ms);

/* What is known of a page view, as bits. */
enum visit_flag {
    VISIT_KNOWN = 1, /* its view has come, or the `seen` of one whose token is the script's own */
    VISIT_SEEN = 2,
    VISIT_BOT = 4,
    VISIT_INTERNAL = 8,
    VISIT_AHEAD = 16, /* fetched ahead */
};

unsigned visit_flags(const struct entry *entry);

/* Where the events of such a page view are counted when they are left out, or NULL. */
uint64_t *visit_loss(struct export_sink *sink, unsigned flags);

/* --- events one by one (sift.c) --- */

struct sift {
    struct export_sink *sink;
    struct recent visits;        /* of struct sift_visit */
    struct sift_orphan *orphans; /* page views without a view, the first to come first */
    struct sift_orphan **orphans_end;
    struct entry_reader reader; /* for lines that have waited */
};

void sift_init(struct sift *sift, struct export_sink *sink);
void sift_finish(struct sift *sift);
int sift_add(struct sift *sift, const struct entry *entry);
/* What has waited a minute for its view has none. */
int sift_pass(struct sift *sift, int64_t ms);
/* A day has gone. */
void sift_turn(struct sift *sift);
/* All that waits is settled, and page views are forgotten. */
int sift_settle(struct sift *sift);

/* --- page views (flat.c) --- */

struct flat {
    struct export_sink *sink;
    struct recent visits;   /* of struct flat_visit */
    struct flat_row *first; /* in order of their first events */
    struct flat_row **end;
    struct buf scratch;
};

void flat_init(struct flat *flat, struct export_sink *sink);
void flat_finish(struct flat *flat);
int flat_add(struct flat *flat, const struct entry *entry);
/* Page views that are older than a day are complete. */
int flat_pass(struct flat *flat, int64_t ms);
void flat_turn(struct flat *flat);
int flat_settle(struct flat *flat);

#endif
